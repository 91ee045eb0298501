"""The station's records against a real server: what is acknowledged arrives, once, in order, and unreadable on the way."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.alerts.envelope import open_envelope
from teller_assist.alerts.receipts import FILE, read_receipts
from teller_assist.alerts.states import Begun, Kept
from teller_assist.alerts.station_records import StationRecords
from teller_assist.errors import OutboxError, ResourceError, SecretsError
from tests.stand_ins.branch import EnrolledStation, MemorySecrets, RunningServer
from tests.stand_ins.cases import NAME, NUMBER, made_up_case
from tests.stand_ins.equipment import wait_until

ALERT = (("impostor", "review", "live_chip_differs"),)


def draft_of(station: EnrolledStation, **changed: Any) -> Callable[[Begun], dict[str, Any]]:
    def make(begun: Begun) -> dict[str, Any]:
        case = made_up_case(begun.sequence, station=station.enrolment.station_id, case_id=begun.case_id, **changed)
        return {**case, "transaction": {**case["transaction"], "ending": "interrupted"}}

    return make


def final(station: EnrolledStation, begun: Begun, **changed: Any) -> dict[str, Any]:
    return made_up_case(begun.sequence, station=station.enrolment.station_id, case_id=begun.case_id, **changed)


def kept_one(records: StationRecords, station: EnrolledStation, **changed: Any) -> Begun:
    begun = records.begin(draft_of(station))
    records.keep(final(station, begun, **changed))
    return begun


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.json") if path.parent.name in ("open", "outbox", "refused"))


@pytest.fixture
def open_records(station: EnrolledStation) -> Iterator[Callable[[], StationRecords]]:
    opened: list[StationRecords] = []

    def open_them() -> StationRecords:
        opened.append(station.open())
        return opened[-1]

    yield open_them
    for records in opened:
        records.close()


Open = Callable[[], StationRecords]


def test_a_case_is_saved_delivered_and_gone_from_the_disk(
    server: RunningServer, station: EnrolledStation, open_records: Open
) -> None:
    records = open_records()
    begun = kept_one(records, station)
    assert records.kept(begun.case_id) in (Kept.SAVED, Kept.DELIVERED)
    wait_until(lambda: records.kept(begun.case_id) is Kept.DELIVERED)
    assert server.case_ids() == [begun.case_id]
    wait_until(lambda: files(station.folder) == [])
    assert [one["case_id"] for one in read_receipts(station.folder / FILE)] == [begun.case_id]
    assert (records.delivered_ms(begun.case_id) or 0) > 0
    wait_until(lambda: records.state().reachable is True)  # known a moment after the last piece is gone
    assert records.state().waiting == 0


def test_a_number_is_announced_while_the_customer_is_still_there(
    server: RunningServer, station: EnrolledStation, open_records: Open
) -> None:
    open_records().begin(draft_of(station))
    wait_until(lambda: server.records.cases.counts()["announced_without_case"] == 1)
    assert server.case_ids() == []


def test_numbers_have_no_gap_over_starts_and_what_is_open_at_the_end_of_the_program_is_sent(
    server: RunningServer, station: EnrolledStation, open_records: Open
) -> None:
    records = open_records()
    first = kept_one(records, station)
    left = records.begin(draft_of(station))
    records.renew_draft({**draft_of(station, alerts=ALERT)(left)})
    records.close()
    again = open_records()
    third = kept_one(again, station)
    assert [first.sequence, left.sequence, third.sequence] == [1, 2, 3]
    wait_until(lambda: len(server.case_ids()) == 3)
    assert server.case_ids() == [first.case_id, left.case_id, third.case_id]
    with server.records.database.reading() as session:
        from teller_assist.review.tables import Case

        interrupted = session.get_one(Case, left.case_id)
        assert (interrupted.ending, interrupted.with_alerts) == ("interrupted", True)


def test_nothing_on_the_stations_disk_can_be_read(server: RunningServer, station: EnrolledStation, open_records: Open) -> None:
    server.stop()
    records = open_records()
    kept_one(records, station, pictures=True)
    records.begin(draft_of(station, pictures=True))
    assert len(files(station.folder)) == 2
    for path in station.folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for secret in (NAME.encode(), NUMBER.encode(), NUMBER[6:14].encode(), b"loss_report", b"iVBORw0KGgo"):
            assert secret not in content, path.name
    records.close()
    server.start()


@pytest.mark.full
def test_while_the_server_is_down_cases_wait_and_then_arrive_in_their_order(
    server: RunningServer, station: EnrolledStation, open_records: Open
) -> None:
    server.stop()
    records = open_records()
    begun = [kept_one(records, station) for _ in range(4)]
    wait_until(lambda: records.state().reachable is False)
    state = records.state()
    assert (state.waiting, state.refused, state.unsaved) == (4, 0, 0)
    assert state.problem is not None
    assert state.problem.reason == "server_unreachable"
    assert [records.kept(one.case_id) for one in begun] == [Kept.SAVED] * 4
    server.start()
    wait_until(lambda: records.state().waiting == 0)
    assert server.case_ids() == [one.case_id for one in begun]
    indexes = [one["index"] for one in read_receipts(station.folder / FILE)]
    assert indexes == sorted(indexes)
    assert records.state().problem is None


def test_every_file_that_waits_opens_with_the_servers_key(
    server: RunningServer, station: EnrolledStation, open_records: Open
) -> None:
    identity = server.identity
    server.stop()
    records = open_records()
    begun = [kept_one(records, station, alerts=ALERT) for _ in range(3)]
    opened = [open_envelope(json.loads(path.read_bytes()), identity) for path in files(station.folder)]
    assert [case["case_id"] for case in opened] == [one.case_id for one in begun]
    records.close()
    server.start()


def test_a_second_program_on_the_same_folder_is_refused(station: EnrolledStation, open_records: Open) -> None:
    open_records()
    with pytest.raises(OutboxError) as caught:
        open_records()
    assert caught.value.reason == "outbox_in_use"


@pytest.mark.logs_warnings
def test_a_damaged_file_is_set_aside_and_holds_up_nothing(
    server: RunningServer, station: EnrolledStation, open_records: Open
) -> None:
    server.stop()
    records = open_records()
    begun = [kept_one(records, station) for _ in range(3)]
    records.close()
    waiting = files(station.folder)
    waiting[0].write_bytes(waiting[0].read_bytes()[:-40])
    server.start()
    records = open_records()
    wait_until(lambda: records.state().waiting == 0)
    assert server.case_ids() == [one.case_id for one in begun[1:]]
    assert records.state().refused == 1
    assert records.kept(begun[0].case_id) is Kept.REFUSED
    assert [path.parent.name for path in files(station.folder)] == ["refused"]


@pytest.mark.logs_warnings
def test_a_case_that_the_server_will_never_take_is_set_aside_and_told(
    server: RunningServer, station: EnrolledStation, open_records: Open
) -> None:
    records = open_records()
    begun = records.begin(draft_of(station))
    station.post("/api/v1/cases", _sealed(station, server, final(station, begun, netcheck="NOT_FOUND")))
    records.keep(final(station, begun))
    after = kept_one(records, station)
    wait_until(lambda: records.kept(after.case_id) is Kept.DELIVERED)
    assert records.kept(begun.case_id) is Kept.REFUSED
    assert records.state().refused == 1
    records.close()
    assert open_records().state().refused == 1


def _sealed(station: EnrolledStation, server: RunningServer, case: dict[str, Any]) -> dict[str, Any]:
    from teller_assist.alerts.envelope import seal_case

    return seal_case(case, recipient=server.records.keys.public.recipient, key=station.key)


def test_a_revoked_station_keeps_its_cases_and_says_why(
    server: RunningServer, station: EnrolledStation, open_records: Open
) -> None:
    server.records.stations.revoke(station.enrolment.station_id, actor="test")
    records = open_records()
    kept_one(records, station)
    wait_until(lambda: records.state().problem is not None)
    state = records.state()
    assert state.problem is not None
    assert (state.reachable, state.problem.reason, state.waiting) == (True, "server_refused", 1)
    assert len(files(station.folder)) == 1


def test_a_receipt_that_the_pinned_server_did_not_sign_removes_nothing(
    server: RunningServer, station: EnrolledStation, open_records: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    from teller_assist.alerts.keys import SigningKey
    from teller_assist.review import intake

    forged = SigningKey(b"\x09" * 32)
    monkeypatch.setattr(intake, "to_base64", lambda _signature: intake_base64(forged.sign(b"anything")))
    records = open_records()
    kept_one(records, station)
    wait_until(lambda: records.state().problem is not None)
    state = records.state()
    assert state.problem is not None
    assert state.problem.reason == "server_not_the_pinned_one"
    assert len(files(station.folder)) == 1
    assert read_receipts(station.folder / FILE) == []


def intake_base64(data: bytes) -> str:
    from teller_assist.alerts.canonical import to_base64

    return to_base64(data)


# ---------------------------------------------------------------- the disk


@pytest.mark.logs_warnings
def test_on_a_full_disk_the_customer_is_served_and_the_case_is_kept_once_there_is_room(
    server: RunningServer, station: EnrolledStation, open_records: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.stop()
    records = open_records()
    real = os.fsync
    monkeypatch.setattr(os, "fsync", _full)
    begun = records.begin(draft_of(station))
    with pytest.raises(ResourceError) as caught:
        records.keep(final(station, begun, alerts=ALERT))
    assert caught.value.reason == "disk_full"
    assert records.kept(begun.case_id) is Kept.NOT_SAVED
    state = records.state()
    assert (state.unsaved, state.waiting) == (1, 1)
    assert state.problem is not None
    assert state.problem.reason == "disk_full"
    monkeypatch.setattr(os, "fsync", real)
    server.start()
    wait_until(lambda: records.kept(begun.case_id) is Kept.DELIVERED)
    assert server.case_ids() == [begun.case_id]
    wait_until(lambda: records.state().problem is None)  # said a moment after the receipt is kept
    assert kept_one(records, station).sequence == 2


def _full(_descriptor: int) -> None:
    raise OSError(errno.ENOSPC, "made up")


class Crash(BaseException):
    """The program ends here."""


STEPS = 26
QUICK = (2, 9, 16)  # one in each transaction; all of them with --full


@pytest.mark.parametrize("number", [pytest.param(one, marks=() if one in QUICK else pytest.mark.full) for one in range(STEPS)])
def test_a_crash_at_any_step_loses_no_acknowledged_case_doubles_none_and_leaves_no_gap(
    server: RunningServer, station: EnrolledStation, open_records: Open, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The program dies at the n-th call that touches the disk; the next start goes on as if it had been a pause."""
    server.stop()
    acknowledged: list[str] = []
    begun: list[Begun] = []
    records = open_records()
    with monkeypatch.context() as patched:
        calls = _crash_at(patched, number)
        try:
            for _ in range(3):
                begun.append(records.begin(draft_of(station)))
                records.renew_draft(draft_of(station, alerts=ALERT)(begun[-1]))
                records.keep(final(station, begun[-1]))
                acknowledged.append(begun[-1].case_id)
        except Crash:
            pass
    assert calls[0] >= min(number, STEPS - 1), "the crash came"
    _die(records)
    again = open_records()
    after = kept_one(again, station)
    server.start()
    wait_until(lambda: again.state().waiting == 0)
    arrived = server.case_ids()
    assert set(acknowledged) <= set(arrived)
    assert len(set(arrived)) == len(arrived)
    assert {one.case_id for one in begun} <= set(arrived), "what was begun is told of, finished or interrupted"
    assert arrived[-1] == after.case_id
    assert after.sequence == len(arrived), "no gap: as many cases as numbers"


def _crash_at(monkeypatch: pytest.MonkeyPatch, number: int) -> list[int]:
    calls = [0]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            import threading

            if threading.current_thread() is not threading.main_thread():
                return real(*arguments, **named)
            calls[0] += 1
            if calls[0] > number:
                raise Crash
            return real(*arguments, **named)

        return call

    monkeypatch.setattr(os, "fsync", counted(os.fsync))
    monkeypatch.setattr(Path, "replace", counted(Path.replace))
    monkeypatch.setattr(Path, "unlink", counted(Path.unlink))
    return calls


def _die(records: StationRecords) -> None:
    """Let the folder go without putting anything in order, as a killed process does."""
    records._courier.close(1.0)
    records._closed = True
    records._outbox.close()


def test_the_key_is_asked_for_where_the_enrolment_says_it_is(station: EnrolledStation) -> None:
    from teller_assist.alerts.station_records import open_station_records

    with pytest.raises(SecretsError) as caught:
        open_station_records(station.settings, secrets=MemorySecrets())
    assert caught.value.reason == "key_missing"


def test_a_station_that_is_not_enrolled_has_no_records(tmp_path: Path) -> None:
    from teller_assist.alerts.station_records import open_station_records
    from teller_assist.settings.schema import BranchSettings

    assert open_station_records(BranchSettings(data_folder=str(tmp_path / "nothing"))) is None


@pytest.mark.full
def test_closing_does_not_wait_for_a_server_that_hangs(
    station: EnrolledStation, open_records: Open, server: RunningServer
) -> None:
    import socket
    import time

    with socket.create_server(("127.0.0.1", 0)) as silent:
        from dataclasses import replace

        hanging = replace(station.enrolment, url=f"http://127.0.0.1:{silent.getsockname()[1]}")
        records = StationRecords(station.folder, hanging, station.key, station.settings)
        kept_one(records, station)
        started_s = time.monotonic()
        records.close()
        assert time.monotonic() - started_s < 3
    wait_until(lambda: not records._courier._thread.is_alive())
