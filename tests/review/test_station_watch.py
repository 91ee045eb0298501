"""Gaps, cut-off tails and silent stations: each told once, ended by itself, acknowledged by whoever may, all of it on record."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.alerts.canonical import utc_text
from teller_assist.alerts.envelope import seal_case
from teller_assist.alerts.keys import SigningKey
from teller_assist.errors import LoginError, RequestError, ShapeError, SignatureError
from teller_assist.review.audit_check import check_chain
from teller_assist.review.people import LoggedIn, Role
from teller_assist.review.proof import ProofPolicy
from teller_assist.review.records import BranchRecords
from teller_assist.review.station_alerts import StationAlert
from teller_assist.review.station_watch import gaps_between, ranges_of, without
from teller_assist.review.tables import Station
from tests.stand_ins.branch import QUICK, fixed_clock
from tests.stand_ins.cases import STATION, made_up_case
from tests.stand_ins.databases import address_of, audit_of

KEY = SigningKey(bytes(range(32)))
NOW = datetime.datetime(2026, 11, 27, 9, 0, tzinfo=datetime.UTC)
MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)
OTHER = "1" * 32
MANAGER = LoggedIn("manager", "王经理", Role.MANAGER, "token", "main")
ELSEWHERE = LoggedIn("elsewhere", "李经理", Role.MANAGER, "token", "north")
AUDITOR = LoggedIn("auditor", "审计", Role.AUDITOR, "token", "")
TELLER = LoggedIn("teller", "柜员", Role.TELLER, "token", "main")


@dataclass
class Server:
    folder: Path
    records: BranchRecords
    move: Callable[[datetime.timedelta], None]

    def deliver(self, *sequences: int, station: str = STATION) -> None:
        for sequence in sequences:
            envelope = seal_case(made_up_case(sequence, station=station), recipient=self.records.keys.public.recipient, key=KEY)
            self.records.intake.take_case(station, KEY.verify_key, envelope)

    def announce(self, sequence: int) -> None:
        started = "2026-11-27T09:00:00.000Z"
        self.records.intake.announce(
            STATION, {"schema": "transaction/1", "station": STATION, "sequence": sequence, "started": started}
        )

    def beat(self, highest: int, **changed: Any) -> None:
        self.records.proof.health.take(STATION, heartbeat(self.records.clock(), highest, **changed))

    def look(self) -> list[tuple[str, int, int, bool]]:
        self.records.proof.look()
        return sorted((one.why, one.first_sequence, one.last_sequence, bool(one.ended)) for one in self.alerts())

    def alerts(self, person: LoggedIn = MANAGER, *, only_open: bool = False) -> list[StationAlert]:
        return list(self.records.proof.alerts.listed(person, size=50, only_open=only_open).alerts)

    def restart(self) -> None:
        self.records.close()
        address = address_of(self.folder)
        self.records = BranchRecords(self.folder, database=address, hasher=QUICK, now=self.records.clock, proof=POLICY)


POLICY = ProofPolicy(case_within=12 * HOUR, silent_after=26 * HOUR)


def heartbeat(now: datetime.datetime, highest: int, **changed: Any) -> dict[str, Any]:
    usual = {"product_version": "0.1.0", "under_way": 0, "waiting": 0, "refused": 0, "unsaved": 0, "devices": []}
    told = {"schema": "heartbeat/1", "station": STATION, "highest_sequence": highest, "clock": utc_text(now)}
    return {**told, **usual, **changed}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    clock, move = fixed_clock(NOW)
    records = BranchRecords(tmp_path / "server", database=address_of(tmp_path / "server"), hasher=QUICK, now=clock, proof=POLICY)
    with records.database.writing() as session:
        for station_id, branch in ((STATION, "main"), (OTHER, "north")):
            session.add(
                Station(
                    station_id=station_id,
                    name="3号柜台",
                    verify_key=KEY.verify_key,
                    enrolled=utc_text(NOW),
                    last_seen=utc_text(NOW),
                    revoked=False,
                    branch_id=branch,
                )
            )
    running = Server(tmp_path / "server", records, move)
    yield running
    running.records.close()
    assert check_chain(audit_of(tmp_path / "server")) is None


# ---------------------------------------------------------------- numbers


def test_a_number_that_is_missing_is_told_once_later_cases_have_been_here_for_two_minutes(server: Server) -> None:
    server.deliver(1, 2, 5)
    assert server.look() == [], "two cases may be on their way at once"
    server.move(2 * MINUTE)
    assert server.look() == [("number_missing", 3, 4, False)]
    server.deliver(8)
    server.move(3 * MINUTE)
    told = [("number_missing", 3, 4, False), ("number_missing", 6, 7, False)]
    assert server.look() == told
    assert server.look() == told, "once"
    server.restart()
    assert server.look() == told, "also after a restart"


def test_an_alert_ends_by_itself_when_all_its_cases_came_and_stays_on_record(server: Server) -> None:
    server.deliver(1, 4)
    server.move(2 * MINUTE)
    server.look()
    server.deliver(3)
    assert server.look() == [("number_missing", 2, 3, False)]
    server.deliver(2)
    assert server.look() == [("number_missing", 2, 3, True)]
    assert server.alerts(only_open=True) == []
    kinds = [link.kind for link in audit_of(server.folder).links]
    assert (kinds.count("station_alert_raised"), kinds.count("station_alert_ended")) == (1, 1)


def test_the_first_number_counts_and_stations_are_told_apart(server: Server) -> None:
    server.deliver(2)
    server.deliver(1, 2, 3, station=OTHER)
    server.move(2 * MINUTE)
    assert server.look() == [("number_missing", 1, 1, False)]


def test_a_number_far_away_makes_one_alert(server: Server) -> None:
    server.deliver(1, 2**40)
    server.move(2 * MINUTE)
    assert server.look() == [("number_missing", 2, 2**40 - 1, False)]
    assert server.look() == [("number_missing", 2, 2**40 - 1, False)]


def test_an_announced_number_without_a_case_is_told_after_its_time_and_ends_with_the_case(server: Server) -> None:
    server.deliver(1)
    for sequence in (2, 3):
        server.announce(sequence)
    server.move(11 * HOUR)
    assert server.look() == []
    server.move(HOUR)
    assert server.look() == [("announced_without_case", 2, 3, False)]
    server.deliver(2, 3)
    assert server.look() == [("announced_without_case", 2, 3, True)]


def test_one_number_is_not_told_of_twice_whatever_it_is_missed_by(server: Server) -> None:
    server.announce(2)
    server.deliver(1, 3)
    server.beat(4)
    server.move(12 * HOUR)
    assert server.look() == [("number_missing", 2, 2, False), ("tail_missing", 4, 4, False)]
    server.deliver(5)
    server.move(3 * MINUTE)
    assert len(server.look()) == 2, "4 is told of already"


def test_a_tail_that_neither_came_nor_waits_is_told(server: Server) -> None:
    server.deliver(1, 2)
    for waits in ({"waiting": 2}, {"waiting": 1, "unsaved": 1}, {"under_way": 2}):
        server.beat(4, **waits)
        assert server.look() == [], waits
    server.beat(4, under_way=1)
    assert server.look() == [("tail_missing", 3, 3, False)]
    server.beat(4)
    assert server.look() == [("tail_missing", 3, 3, False), ("tail_missing", 4, 4, False)]
    server.deliver(3)
    assert server.look() == [("tail_missing", 3, 3, True), ("tail_missing", 4, 4, False)]


@given(st.sets(st.integers(1, 40)), st.lists(st.tuples(st.integers(1, 40), st.integers(0, 8)), max_size=5))
def test_ranges_are_what_sets_of_numbers_say(here: set[int], others: list[tuple[int, int]]) -> None:
    def numbers(ranges: list[tuple[int, int]]) -> set[int]:
        return {number for first, last in ranges for number in range(first, last + 1)}

    assert numbers(gaps_between(sorted(here), 1, 40)) == set(range(1, 41)) - here
    assert numbers(ranges_of(sorted(here))) == here
    told = [(first, first + more) for first, more in others]
    assert numbers(without((1, 40), told)) == set(range(1, 41)) - numbers(told)


# ---------------------------------------------------------------- silence


def test_a_silent_station_is_told_until_it_is_heard_or_revoked(server: Server) -> None:
    server.records.stations.revoke(OTHER, actor="test")
    server.move(26 * HOUR + MINUTE)
    assert server.look() == [("station_silent", 0, 0, False)]
    assert server.look() == [("station_silent", 0, 0, False)]
    server.move(MINUTE)
    with server.records.database.writing() as session:
        session.get_one(Station, STATION).last_seen = utc_text(server.records.clock())
    assert server.look() == [("station_silent", 0, 0, True)]
    server.move(27 * HOUR)
    assert [one[0] for one in server.look()] == ["station_silent"] * 2
    server.records.stations.revoke(STATION, actor="test")
    assert all(one[3] for one in server.look())


# ---------------------------------------------------------------- who sees and acknowledges


@pytest.mark.full
def test_a_manager_sees_the_own_branch_alone_and_acknowledges_once_with_a_note(server: Server) -> None:
    server.deliver(1, 3)
    server.move(2 * MINUTE)
    server.look()
    (alert,) = server.alerts()
    assert (alert.kind, alert.station_name, alert.branch_id) == ("sequence_gap", "3号柜台", "main")
    assert server.alerts(AUDITOR) == [alert]
    assert server.alerts(ELSEWHERE) == []
    acknowledge = server.records.proof.alerts.acknowledge
    for person, note, reason in (
        (TELLER, "x", "not_permitted"),
        (AUDITOR, "x", "not_permitted"),
        (ELSEWHERE, "x", "not_found"),
        (MANAGER, "  ", "body_malformed"),
        (MANAGER, "x" * 501, "body_malformed"),
    ):
        with pytest.raises((LoginError, RequestError)) as caught:
            acknowledge(person, alert.alert_id, note)
        assert caught.value.reason == reason
    with pytest.raises(LoginError):
        server.alerts(TELLER)
    acknowledge(MANAGER, alert.alert_id, " 柜员小李误关机 ")
    with pytest.raises(RequestError) as twice:
        acknowledge(MANAGER, alert.alert_id, "again")
    assert twice.value.reason == "already_acknowledged"
    (seen,) = server.alerts()
    assert (seen.seen_by, seen.note, bool(seen.seen_at), seen.ended) == ("manager", "柜员小李误关机", True, "")
    assert server.alerts(only_open=True) == []
    assert "小李".encode() not in b"".join(path.read_bytes() for path in server.folder.glob("branch*"))
    server.deliver(2)
    assert server.look() == [("number_missing", 2, 2, True)], "the case that came after all is told all the same"
    (last,) = [link for link in audit_of(server.folder).links if link.kind == "station_alert_seen"]
    assert (last.actor, last.subject, last.facts["alert"]) == ("manager", STATION, alert.alert_id)


def test_pages_of_alerts_follow_each_other_without_a_gap(server: Server) -> None:
    server.deliver(*range(2, 22, 2))
    server.move(2 * MINUTE)
    server.look()
    found, after = [], None
    while True:
        page = server.records.proof.alerts.listed(MANAGER, size=3, after=after)
        found += [one.first_sequence for one in page.alerts]
        after = page.after
        if after is None:
            break
    assert sorted(found) == list(range(1, 21, 2))


# ---------------------------------------------------------------- heartbeats


def test_the_last_heartbeat_is_listed_and_a_wrong_clock_shows(server: Server) -> None:
    devices = [{"kind": "camera", "state": "ready", "plugin": "simulated_counter"}]
    server.beat(3, waiting=1, devices=devices)
    server.beat(5, refused=1, devices=devices, clock=utc_text(NOW - 121 * datetime.timedelta(seconds=1)))
    (one,) = server.records.proof.health.listed(MANAGER)
    assert (one.highest_sequence, one.waiting, one.refused, one.devices) == (5, 0, 1, tuple(devices))
    assert (one.clock_ahead_s, one.clock_is_wrong) == (-121, True)
    assert [one.received for one in server.records.proof.health.listed(AUDITOR)] == [utc_text(NOW), ""]
    with pytest.raises(LoginError):
        server.records.proof.health.listed(TELLER)


def test_the_hours_of_devices_count_the_time_between_heartbeats(server: Server) -> None:
    def devices(state: str) -> list[dict[str, str]]:
        return [{"kind": "camera", "state": state, "plugin": "p"}]

    server.beat(1, devices=devices("ready"))
    for state, minutes in (("ready", 5), ("ready", 5), ("out_of_order", 5), ("ready", 60)):
        server.move(minutes * MINUTE)
        server.beat(1, devices=devices(state))
    (camera,) = server.records.proof.health.readiness(MANAGER, NOW)
    assert (camera.kind, camera.told_s, camera.ready_s) == ("camera", 900, 600), "an hour of silence counts for nothing"
    assert server.records.proof.health.readiness(ELSEWHERE, NOW) == []
    server.move(datetime.timedelta(days=91))
    server.records.proof.health.forget_old()
    assert server.records.proof.health.readiness(MANAGER, NOW) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"highest_sequence": -1},
        {"clock": "2026-99-99T00:00:00Z"},
        {"devices": [{"kind": "camera"}]},
        {"product_version": "<b>"},
        {"devices": [{"kind": "camera", "state": "ready", "plugin": "p"}] * 21},
    ],
)
def test_what_is_no_heartbeat_is_refused(server: Server, changed: dict[str, Any]) -> None:
    with pytest.raises(ShapeError):
        server.beat(1, **changed)
    with pytest.raises(SignatureError):
        server.beat(1, station=OTHER)
