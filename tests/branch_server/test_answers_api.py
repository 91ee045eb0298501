"""Stations that wait for a manager's answer: real requests to a real server, which holds no thread for them."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from teller_assist.alerts.branch_client import BranchHttp
from teller_assist.branch_server import answers_api
from teller_assist.errors import BranchRefusedError, BranchUnreachableError, DatabaseError
from teller_assist.review.answers import Answers
from tests.stand_ins.branch import EnrolledStation, RunningServer
from tests.stand_ins.equipment import wait_until
from tests.stand_ins.reviews import reviewed
from tests.stand_ins.stations_cases import deliver_case

UNHEARD = "f" * 32
LONG_S = 20
SOON_S = 8.0  # a poll that was not woken takes LONG_S


def ask(station: EnrolledStation, known: dict[str, str], wait_s: int = 0, timeout_s: float = 40.0) -> dict[str, dict[str, Any]]:
    http = BranchHttp(station.enrolment.url, timeout_s)
    cases = [{"case_id": case_id, "known": revision} for case_id, revision in known.items()]
    try:
        document = {"schema": "answers/1", "cases": cases, "wait_s": wait_s}
        answer = http.post("/api/v1/answers", document, key=station.key, key_id=station.enrolment.station_id)
    finally:
        http.close()
    assert answer["schema"] == "answers_answer/1"
    assert answer["answer_within_s"] == 900
    return {one["case_id"]: one for one in answer["answers"]}


def known_of(station: EnrolledStation, *case_ids: str) -> dict[str, str]:
    return {case_id: one["revision"] for case_id, one in ask(station, dict.fromkeys(case_ids, "")).items()}


@pytest.fixture
def second_station(server: RunningServer, tmp_path: Path) -> EnrolledStation:
    return server.enrol(tmp_path / "second_station", "4号柜台")


def waiting(server: RunningServer) -> int:
    return int(server.watch.waiting)


def test_what_the_station_does_not_know_yet_is_answered_at_once(server: RunningServer, station: EnrolledStation) -> None:
    case_id = deliver_case(server, station)
    reviewed(server.records, case_id, "closed", "genuine", "proceed")
    began_s = time.monotonic()
    answer = ask(station, {case_id: "", UNHEARD: ""}, LONG_S)
    assert time.monotonic() - began_s < SOON_S
    assert (answer[case_id]["state"], answer[case_id]["outcome"]) == ("closed", "proceed")
    assert answer[case_id]["received"]
    assert answer[UNHEARD]["state"] == "unknown"


@pytest.mark.full
def test_without_news_it_is_answered_when_the_time_is_over(server: RunningServer, station: EnrolledStation) -> None:
    case_id = deliver_case(server, station)
    known = known_of(station, case_id)
    began_s = time.monotonic()
    assert ask(station, known, 1)[case_id]["revision"] == known[case_id]
    assert time.monotonic() - began_s >= 1


def test_a_finding_wakes_who_waits_for_its_case_and_nobody_else(
    server: RunningServer, station: EnrolledStation, second_station: EnrolledStation
) -> None:
    first, second = deliver_case(server, station), deliver_case(server, second_station)
    known, known_there = known_of(station, first), known_of(second_station, second)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(ask, station, known, LONG_S)
        other = pool.submit(ask, second_station, known_there, LONG_S)
        wait_until(lambda: waiting(server) == 2)
        reviewed(server.records, first, "closed", "genuine", "proceed")
        assert one.result(SOON_S)[first]["state"] == "closed"
        assert not other.done()
        reviewed(server.records, second, "closed", "twin", "two_tellers")
        assert other.result(SOON_S)[second]["outcome"] == "two_tellers"


def test_a_newer_question_of_a_station_lets_its_older_one_go(server: RunningServer, station: EnrolledStation) -> None:
    first, second = deliver_case(server, station), deliver_case(server, station, 2)
    known = known_of(station, first, second)
    with ThreadPoolExecutor(2) as pool:
        older = pool.submit(ask, station, {first: known[first]}, LONG_S)
        wait_until(lambda: waiting(server) == 1)
        newer = pool.submit(ask, station, known, LONG_S)
        assert older.result(SOON_S)[first]["revision"] == known[first]
        wait_until(lambda: waiting(server) == 1)
        assert not newer.done()
        reviewed(server.records, second)
        assert newer.result(SOON_S)[second]["state"] == "closed"
    assert waiting(server) == 0


def test_a_case_that_arrives_while_its_station_waits_is_news(server: RunningServer, station: EnrolledStation) -> None:
    case_id = "ab" * 16
    known = known_of(station, case_id)
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(ask, station, known, LONG_S)
        wait_until(lambda: waiting(server) == 1)
        deliver_case(server, station, case_id=case_id)
        assert waits.result(SOON_S)[case_id]["state"] == "none"


def test_what_was_recorded_between_the_first_look_and_the_wait_is_not_missed(
    server: RunningServer, station: EnrolledStation, second_station: EnrolledStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry is there before anybody waits for it; who waits already has had the chain read on past it."""
    first, second = deliver_case(server, station), deliver_case(server, second_station)
    known, known_there = known_of(station, first), known_of(second_station, second)
    original, armed = Answers.find, threading.Event()

    def find(self: Answers, station_id: str, case_ids: Any) -> Any:
        found = original(self, station_id, case_ids)
        if second in case_ids and not armed.is_set():
            armed.set()
            reviewed(server.records, second, "closed", "genuine", "proceed")
            read = server.watch._read_until
            wait_until(lambda: server.watch._read_until > read)
        return found

    with ThreadPoolExecutor(2) as pool:
        other = pool.submit(ask, station, known, LONG_S)
        wait_until(lambda: waiting(server) == 1)
        monkeypatch.setattr(Answers, "find", find)
        one = pool.submit(ask, second_station, known_there, LONG_S)
        assert one.result(SOON_S)[second]["state"] == "closed"
        reviewed(server.records, first, "closed")
        assert other.result(SOON_S)[first]["state"] == "closed"


def test_who_waits_is_let_go_when_the_server_stops(server: RunningServer, station: EnrolledStation) -> None:
    case_id = deliver_case(server, station)
    known = known_of(station, case_id)
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(ask, station, known, LONG_S)
        wait_until(lambda: waiting(server) == 1)
        server.stop()
        assert waits.result(SOON_S)[case_id]["revision"] == known[case_id]
        with pytest.raises(BranchUnreachableError):
            ask(station, known)
    server.start()


def test_more_than_may_wait_are_answered_at_once(
    server: RunningServer, station: EnrolledStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers_api, "WAITING_MOST", 1)
    case_id = deliver_case(server, station)
    known = known_of(station, case_id)
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(ask, station, known, LONG_S)
        wait_until(lambda: waiting(server) == 1)
        assert ask(station, known, LONG_S)[case_id]["revision"] == known[case_id]
        assert not waits.done()
        reviewed(server.records, case_id)
        waits.result(SOON_S)


@pytest.mark.parametrize(
    "document",
    [
        {"schema": "answers/1", "cases": [], "wait_s": 0},
        {"schema": "answers/1", "cases": [{"case_id": UNHEARD, "known": ""}], "wait_s": 21},
        {"schema": "answers/1", "cases": [{"case_id": UNHEARD, "known": ""}], "wait_s": -1},
        {"schema": "answers/1", "cases": [{"case_id": UNHEARD, "known": ""}] * 51, "wait_s": 0},
        {"schema": "answers/1", "cases": [{"case_id": "' OR 1=1 --", "known": ""}], "wait_s": 0},
        {"schema": "answers/1", "cases": [{"case_id": UNHEARD, "known": 1}], "wait_s": 0},
        {"schema": "answers/2", "cases": [{"case_id": UNHEARD, "known": ""}], "wait_s": 0},
        [],
    ],
)
def test_a_question_of_another_shape_is_refused(station: EnrolledStation, document: Any) -> None:
    with pytest.raises(BranchRefusedError) as caught:
        station.post("/api/v1/answers", document)
    assert (caught.value.facts["status"], caught.value.facts["why"]) == (422, "shape_invalid")


def test_a_question_without_a_signature_is_refused(server: RunningServer, station: EnrolledStation) -> None:
    http = BranchHttp(station.enrolment.url, 5)
    try:
        with pytest.raises(BranchRefusedError) as caught:
            http.post("/api/v1/answers", {"schema": "answers/1", "cases": [{"case_id": UNHEARD, "known": ""}], "wait_s": 0})
    finally:
        http.close()
    assert (caught.value.facts["status"], caught.value.facts["why"]) == (401, "signature_missing")


@pytest.mark.full
@pytest.mark.logs_warnings
def test_a_database_that_does_not_answer_for_a_moment_costs_nobody_the_answer(
    server: RunningServer, station: EnrolledStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = deliver_case(server, station)
    known = known_of(station, case_id)
    original, failures = Answers.touched_since, iter([DatabaseError("database_unreadable", why="busy")] * 2)

    def touched_since(self: Answers, number: int) -> tuple[int, frozenset[str]]:
        failure = next(failures, None)
        if failure is not None:
            raise failure
        return original(self, number)

    monkeypatch.setattr(Answers, "touched_since", touched_since)
    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(ask, station, known, LONG_S)
        wait_until(lambda: waiting(server) == 1)
        reviewed(server.records, case_id)
        assert waits.result(SOON_S)[case_id]["state"] == "closed"


@pytest.mark.full
def test_a_hundred_stations_wait_without_a_thread_each_and_all_are_told(server: RunningServer, tmp_path: Path) -> None:
    stations = [server.enrol(tmp_path / f"station_{place}", f"{place}号") for place in range(100)]
    cases = [deliver_case(server, one) for one in stations]
    known = [known_of(one, case_id) for one, case_id in zip(stations, cases, strict=True)]
    with ThreadPoolExecutor(100, "asking") as pool:
        waits = [pool.submit(ask, *pair, LONG_S) for pair in zip(stations, known, strict=True)]
        wait_until(lambda: waiting(server) == 100, limit_s=30)
        ours = [one for one in threading.enumerate() if not one.name.startswith("asking")]
        assert len(ours) < 60, "the server's pool has 40 threads, however many wait"
        for case_id in cases:
            reviewed(server.records, case_id, "closed", "genuine", "proceed")
        answers = [one.result(SOON_S) for one in waits]
    assert [answer[case_id]["outcome"] for answer, case_id in zip(answers, cases, strict=True)] == ["proceed"] * 100
    assert waiting(server) == 0
