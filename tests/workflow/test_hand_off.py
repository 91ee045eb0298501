"""The core banking system begins a transaction at the running station and learns what came of it, over the real channel."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from teller_assist.errors import HandOffError, SessionError, UsageError
from teller_assist.evidence.transaction import BusinessKind, TellerDecision
from teller_assist.settings.schema import Settings
from teller_assist.workflow.hand_off import answer_core_system
from teller_assist.workflow.hand_off_channel import FILE, HOST, HandOffServer, ask_station
from teller_assist.workflow.view import Screen
from tests.stand_ins.counter import Counter

REFERENCE = "CBS-2026/11-000017"
START = {"action": "start", "kind": "activation", "reference": REFERENCE}
STATUS = {"action": "status", "reference": REFERENCE}
CANCEL = {"action": "cancel", "reference": REFERENCE}


@pytest.fixture
def counter(make_counter: Callable[..., Counter], settings: Settings, tmp_path: Path) -> Iterator[Counter]:
    quick = replace(settings, station=replace(settings.station, undo_s=0.2))
    made = make_counter(settings=quick)
    made.station.accompany(HandOffServer(tmp_path, lambda request: answer_core_system(made.station, request)))
    yield made
    made.station.close()
    assert not (tmp_path / FILE).exists()


def test_a_transaction_is_begun_under_its_reference_and_its_kind(counter: Counter, tmp_path: Path) -> None:
    counter.station.sign_on("柜员一")
    told = ask_station(tmp_path, START)
    person = {"role": "holder", "state": "in_progress", "case_id": "none"}
    assert told == {
        "reference": REFERENCE,
        "business_kind": "activation",
        "state": "in_progress",
        "case_id": "none",
        "persons": [person],
    }
    assert counter.view.screen is Screen.CUSTOMER
    assert counter.view.business_kind is BusinessKind.ACTIVATION
    assert ask_station(tmp_path, STATUS) == told


@pytest.mark.parametrize(
    ("decision", "state"),
    [(TellerDecision.PASS, "passed"), (TellerDecision.REFER, "referred"), (TellerDecision.REJECT, "rejected")],
)
def test_the_core_system_learns_what_the_teller_decided_and_no_score(
    counter: Counter, tmp_path: Path, decision: TellerDecision, state: str
) -> None:
    counter.station.sign_on("柜员一")
    ask_station(tmp_path, START)
    counter.station.refuse_consent()
    reason = counter.view.decision.reason_codes.get(decision, ("",))[0]
    counter.station.decide(decision, reason=reason, second_teller="", documents=("passport",))
    assert ask_station(tmp_path, STATUS)["state"] == "in_progress", "it can still be undone"
    counter.wait_for(lambda view: view.screen is Screen.READY)
    told = ask_station(tmp_path, STATUS)
    assert told["state"] == state
    assert set(told) == {"reference", "business_kind", "state", "case_id", "persons"}
    assert set(told["persons"][0]) == {"role", "state", "case_id"}


def by_hand(counter: Counter, decision: TellerDecision) -> None:
    counter.station.refuse_consent()
    reason = counter.view.decision.reason_codes.get(decision, ("",))[0]
    counter.station.decide(decision, reason=reason, second_teller="", documents=("passport",))
    counter.wait_for(lambda view: view.screen is Screen.READY)


@pytest.mark.full
@pytest.mark.parametrize(
    ("agent", "holder", "state"),
    [
        (TellerDecision.PASS, TellerDecision.PASS, "passed"),
        (TellerDecision.PASS, TellerDecision.REFER, "referred"),
        (TellerDecision.REJECT, TellerDecision.PASS, "rejected"),
    ],
)
def test_an_agent_and_the_holder_are_one_transaction_that_fares_as_the_worse_of_them(
    counter: Counter, tmp_path: Path, agent: TellerDecision, holder: TellerDecision, state: str
) -> None:
    counter.station.sign_on("柜员一")
    ask_station(tmp_path, {**START, "role": "agent"})
    by_hand(counter, agent)
    counter.station.begin(another=True)
    told = ask_station(tmp_path, STATUS)
    assert [(one["role"], one["state"]) for one in told["persons"]][1] == ("holder", "in_progress")
    assert told["state"] == "in_progress"
    by_hand(counter, holder)
    told = ask_station(tmp_path, STATUS)
    assert (told["state"], [one["role"] for one in told["persons"]]) == (state, ["agent", "holder"])


def test_the_reference_stands_in_the_window_for_every_person_of_its_business_and_no_longer(
    counter: Counter, tmp_path: Path
) -> None:
    counter.station.sign_on("柜员一")
    ask_station(tmp_path, {**START, "role": "agent"})
    assert counter.view.reference == REFERENCE
    by_hand(counter, TellerDecision.PASS)
    counter.station.begin(another=True)
    assert counter.view.reference == REFERENCE
    by_hand(counter, TellerDecision.PASS)
    counter.station.begin()
    assert counter.view.reference == ""


def test_the_customer_after_them_is_not_part_of_it(counter: Counter, tmp_path: Path) -> None:
    counter.station.sign_on("柜员一")
    ask_station(tmp_path, START)
    by_hand(counter, TellerDecision.PASS)
    counter.station.begin()
    assert len(ask_station(tmp_path, STATUS)["persons"]) == 1


def test_asking_twice_begins_once_and_a_used_reference_begins_nothing(counter: Counter, tmp_path: Path) -> None:
    counter.station.sign_on("柜员一")
    assert ask_station(tmp_path, START) == ask_station(tmp_path, START)
    assert counter.station._session.transaction == 1
    assert ask_station(tmp_path, CANCEL)["state"] == "ended"
    with pytest.raises(SessionError) as refused:
        ask_station(tmp_path, START)
    assert refused.value.facts["why"] == "reference_used"
    assert counter.view.screen is Screen.READY


def test_cancelling_ends_the_transaction_and_leaves_another_one_alone(counter: Counter, tmp_path: Path) -> None:
    counter.station.sign_on("柜员一")
    ask_station(tmp_path, START)
    assert ask_station(tmp_path, CANCEL)["state"] == "ended"
    assert ask_station(tmp_path, CANCEL)["state"] == "ended"
    counter.station.begin()
    assert ask_station(tmp_path, CANCEL)["state"] == "ended"
    assert counter.view.screen is Screen.CUSTOMER


def test_what_the_teller_decided_is_not_cancelled(counter: Counter, tmp_path: Path) -> None:
    counter.station._settings = replace(
        counter.station._settings, station=replace(counter.station._settings.station, undo_s=60.0)
    )
    counter.station.sign_on("柜员一")
    ask_station(tmp_path, START)
    counter.station.refuse_consent()
    counter.station.decide(TellerDecision.PASS, reason="", second_teller="", documents=("passport",))
    with pytest.raises(SessionError):
        ask_station(tmp_path, CANCEL)
    assert counter.view.decision.taken is TellerDecision.PASS


@pytest.mark.parametrize(("sign_on", "busy", "why"), [(False, False, "not_signed_on"), (True, True, "customer_present")])
def test_nothing_is_begun_over_the_tellers_head(counter: Counter, tmp_path: Path, sign_on: bool, busy: bool, why: str) -> None:
    if sign_on:
        counter.station.sign_on("柜员一")
    if busy:
        counter.station.begin()
    with pytest.raises(SessionError) as refused:
        ask_station(tmp_path, START)
    assert refused.value.facts["why"] == why
    with pytest.raises(HandOffError):
        ask_station(tmp_path, STATUS)


@pytest.mark.parametrize("reference", ["", "张三", "a b", "-x", "x" * 65, "a\n"])
def test_a_reference_has_no_room_for_a_name(counter: Counter, tmp_path: Path, reference: str) -> None:
    counter.station.sign_on("柜员一")
    with pytest.raises(HandOffError) as refused:
        ask_station(tmp_path, {**START, "reference": reference})
    assert refused.value.reason == "reference_invalid"


@pytest.mark.parametrize("request_", [{**START, "kind": "theft"}, {**START, "role": "thief"}, {**STATUS, "action": "decide"}])
def test_what_is_not_offered_is_refused(counter: Counter, tmp_path: Path, request_: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        ask_station(tmp_path, request_)


def sent(folder: Path, line: bytes) -> dict[str, object]:
    place = json.loads((folder / FILE).read_text())
    with socket.create_connection((HOST, place["port"]), timeout=10) as connection:
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as answered:
            answer: dict[str, object] = json.loads(answered.readline())
            return answer


@pytest.mark.parametrize("line", [b"", b"\n", b"[]\n", b"\xff\xfe\n", b'{"token": 1}\n', b"[" * 4000 + b"\n", b"x" * 5000])
def test_garbage_is_refused_and_the_next_request_is_answered(counter: Counter, tmp_path: Path, line: bytes) -> None:
    assert sent(tmp_path, line)["done"] is False
    counter.station.sign_on("柜员一")
    assert ask_station(tmp_path, START)["state"] == "in_progress"


@pytest.mark.parametrize("token", ["", "0" * 64, "ä"])
def test_who_does_not_know_the_token_is_not_heard(counter: Counter, tmp_path: Path, token: str) -> None:
    counter.station.sign_on("柜员一")
    answer = sent(tmp_path, json.dumps({**START, "token": token}).encode() + b"\n")
    assert answer["done"] is False
    assert counter.view.screen is Screen.READY


@pytest.mark.usefixtures("counter")
def test_the_token_is_readable_by_its_user_alone_and_another_one_each_time(tmp_path: Path) -> None:
    before = json.loads((tmp_path / FILE).read_text())
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    later = HandOffServer(tmp_path, lambda _request: {})
    after = json.loads((tmp_path / FILE).read_text())
    assert before["token"] != after["token"]
    later.close()


@pytest.mark.full
def test_a_caller_that_hangs_holds_nobody_up_for_long(counter: Counter, tmp_path: Path) -> None:
    counter.station.sign_on("柜员一")
    with socket.create_connection((HOST, json.loads((tmp_path / FILE).read_text())["port"]), timeout=10):
        assert ask_station(tmp_path, START)["state"] == "in_progress"


@pytest.mark.full
def test_a_caller_that_drips_holds_nobody_up_for_long(counter: Counter, tmp_path: Path) -> None:
    counter.station.sign_on("柜员一")
    dripping = socket.create_connection((HOST, json.loads((tmp_path / FILE).read_text())["port"]), timeout=10)
    over = threading.Event()

    def drip() -> None:
        with suppress(OSError):
            while not over.wait(0.2):
                dripping.sendall(b" ")

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        assert ask_station(tmp_path, START)["state"] == "in_progress"  # gives up after ten seconds
    finally:
        over.set()
        thread.join()
        dripping.close()


def test_without_a_station_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(HandOffError) as refused:
        ask_station(tmp_path, STATUS)
    assert refused.value.reason == "station_not_running"
    (tmp_path / FILE).write_text('{"port": 9, "token": "x"}')
    with pytest.raises(HandOffError):
        ask_station(tmp_path, STATUS)
