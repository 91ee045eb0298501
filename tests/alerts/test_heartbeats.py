"""What a station tells of itself every few minutes: at its start, in its courier's time, and nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from teller_assist import __version__
from teller_assist.alerts.station_records import StationRecords
from teller_assist.errors import BranchRefusedError
from teller_assist.review.people import LoggedIn, Role
from teller_assist.review.station_health import StationHealthListed
from tests.alerts.test_station_records import draft_of, files, final, kept_one
from tests.stand_ins.branch import EnrolledStation, RunningServer
from tests.stand_ins.equipment import wait_until

AUDITOR = LoggedIn("auditor", "审计", Role.AUDITOR, "token", "")
CAMERA = {"kind": "camera", "state": "ready", "plugin": "simulated_counter"}


@pytest.fixture
def open_records(station: EnrolledStation) -> Iterator[Callable[[], StationRecords]]:
    opened: list[StationRecords] = []

    def open_them() -> StationRecords:
        opened.append(station.open())
        return opened[-1]

    yield open_them
    for records in opened:
        records.close()


def told(server: RunningServer) -> StationHealthListed:
    (one,) = server.records.proof.health.listed(AUDITOR)
    return one


def why(server: RunningServer) -> list[tuple[str, int, int]]:
    server.records.proof.look()
    page = server.records.proof.alerts.listed(AUDITOR, size=10)
    return [(one.why, one.first_sequence, one.last_sequence) for one in page.alerts]


def test_the_first_heartbeat_comes_at_the_start_and_the_next_ones_by_the_setting(server: RunningServer, tmp_path: Any) -> None:
    station = server.enrol(tmp_path / "quick", heartbeat_every_s=0.05)
    records = station.open()
    wait_until(lambda: told(server).received != "")
    assert (told(server).product_version, told(server).highest_sequence, told(server).devices) == (__version__, 0, ())
    assert abs(told(server).clock_ahead_s) <= 1
    records.tell_devices = lambda: [CAMERA]
    begun = records.begin(draft_of(station))
    wait_until(lambda: told(server).highest_sequence == 1 and told(server).devices == (CAMERA,))
    assert (told(server).under_way, why(server)) == (1, [])
    records.keep(final(station, begun))
    wait_until(lambda: told(server).under_way == 0)
    records.close()


def test_no_heartbeat_is_sent_between_two_of_them(server: RunningServer, station: EnrolledStation, open_records: Any) -> None:
    records = open_records()
    wait_until(lambda: told(server).received != "")
    first = told(server).received
    kept_one(records, station)
    wait_until(lambda: records.state().waiting == 0)
    assert told(server).received == first


def test_a_heartbeat_that_does_not_arrive_is_an_unreachable_server_and_is_sent_when_it_is_back(
    server: RunningServer, station: EnrolledStation, open_records: Any
) -> None:
    server.stop()
    records = open_records()
    wait_until(lambda: records.state().reachable is False)
    server.start()
    wait_until(lambda: told(server).received != "")
    wait_until(lambda: records.state().reachable is True)


def test_a_server_that_knows_no_heartbeats_is_reached_all_the_same(
    station: EnrolledStation, open_records: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from teller_assist.alerts.branch_client import BranchClient

    def unknown(*_: object) -> None:
        raise BranchRefusedError(status=404, why="not_found")

    monkeypatch.setattr(BranchClient, "beat", unknown)
    records = open_records()
    wait_until(lambda: records.state().reachable is True)
    assert records.state().problem is None


def test_a_revoked_stations_heartbeat_is_refused_and_the_station_says_so(
    server: RunningServer, station: EnrolledStation, open_records: Any
) -> None:
    server.records.stations.revoke(station.enrolment.station_id, actor="test")
    records = open_records()
    wait_until(lambda: records.state().problem is not None)
    assert told(server).received == ""


def test_cases_that_somebody_removes_from_the_stations_disk_are_missed_although_nothing_follows(
    server: RunningServer, station: EnrolledStation, open_records: Any
) -> None:
    records = open_records()
    kept_one(records, station)
    wait_until(lambda: records.state().waiting == 0)
    server.stop()
    for _ in range(2):
        kept_one(records, station)
    records.close()
    for path in files(station.folder):
        path.unlink()
    server.start()
    open_records()
    wait_until(lambda: told(server).highest_sequence == 3)
    assert why(server) == [("tail_missing", 2, 3)]


def test_a_draft_that_somebody_removes_is_missed_after_the_next_start(
    server: RunningServer, station: EnrolledStation, open_records: Any
) -> None:
    records = open_records()
    records.begin(draft_of(station))
    records.close()
    for path in files(station.folder):
        path.unlink()
    open_records()
    wait_until(lambda: told(server).highest_sequence == 1 and told(server).under_way == 0)
    assert why(server) == [("tail_missing", 1, 1)]


def test_a_heartbeat_names_nobody(server: RunningServer, station: EnrolledStation, open_records: Any) -> None:
    from teller_assist.alerts.branch_client import BranchClient
    from tests.stand_ins.cases import NAME, NUMBER

    sent: list[Any] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(BranchClient, "beat", lambda _client, document: sent.append(document))
        records = open_records()
        kept_one(records, station)
        wait_until(lambda: sent != [])
    assert not [secret for secret in (NAME, NUMBER, "柜员一") if secret in str(sent)]
