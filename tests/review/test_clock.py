"""A server's clock that is set back: the record says so, and nothing that was over begins anew."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from teller_assist.alerts.http_signatures import SignedRequest
from teller_assist.errors import LoginError, SignatureError
from teller_assist.review.audit_check import check_chain
from teller_assist.review.clock import SteadyClock
from teller_assist.review.people import FAILURES_MOST, IDLE_MOST, LOCKED_FOR, Role
from teller_assist.review.records import BranchRecords
from tests.stand_ins.branch import PASSWORD, QUICK, fixed_clock
from tests.stand_ins.databases import address_of, audit_of

NOW = datetime.datetime(2026, 11, 27, 9, 0, tzinfo=datetime.UTC)
HOUR, SECOND = datetime.timedelta(hours=1), datetime.timedelta(seconds=1)


def test_a_steady_clock_goes_on_at_its_pace_while_the_machines_clock_is_behind() -> None:
    machine, move = fixed_clock(NOW)
    passed_s = [0.0]
    clock = SteadyClock(machine, lambda: passed_s[0])
    move(HOUR)
    assert clock() == NOW + HOUR
    move(-2 * HOUR)
    assert clock() == NOW + HOUR
    passed_s[0] += 10
    assert clock() == NOW + HOUR + 10 * SECOND
    assert clock.ahead_s() == 2 * 3600 + 10
    move(3 * HOUR)
    assert (clock(), clock.ahead_s()) == (NOW + 2 * HOUR, 0.0), "caught up"
    clock.know(NOW + 5 * HOUR)
    assert clock() == NOW + 5 * HOUR


def test_the_record_tells_by_how_much_the_clock_went_back(tmp_path: Path) -> None:
    clock, move = fixed_clock(NOW)
    records = BranchRecords(tmp_path / "server", database=address_of(tmp_path / "server"), hasher=QUICK, now=clock)
    records.note_start()
    move(-HOUR)
    records.note_start()
    records.note_start()
    move(-0.5 * SECOND)
    records.note_start()
    links = list(audit_of(tmp_path / "server").links)
    assert [link.kind for link in links] == ["server_started", "clock_went_back", *["server_started"] * 3]
    assert (links[1].facts, links[1].actor) == ({"seconds": 3600}, "server")
    assert [link.at for link in links][-2:] == ["2026-11-27T08:00:00.000Z"] * 2, "trimming is no jump"
    assert check_chain(audit_of(tmp_path / "server")) is None
    records.close()


def test_a_request_that_counted_once_counts_no_more_after_the_clock_went_back(tmp_path: Path) -> None:
    clock, move = fixed_clock(NOW)
    records = BranchRecords(tmp_path / "server", database=address_of(tmp_path / "server"), hasher=QUICK, now=clock)
    records.stations.take_nonce(SignedRequest("0" * 32, NOW, "first"))
    move(HOUR)
    records.stations.take_nonce(SignedRequest("0" * 32, NOW + HOUR, "later"))  # the first one's nonce is forgotten here
    move(-HOUR)
    assert records.clock() >= NOW + HOUR, "a signature of an hour ago stays stale"
    records.close()
    again = BranchRecords(tmp_path / "server", database=address_of(tmp_path / "server"), hasher=QUICK, now=clock)
    assert again.clock() >= NOW + HOUR, "also after a restart"
    with pytest.raises(SignatureError):
        again.stations.take_nonce(SignedRequest("0" * 32, NOW + HOUR, "later"))
    again.close()


def test_a_session_that_was_over_and_a_lock_that_held_stay_so(tmp_path: Path) -> None:
    clock, move = fixed_clock(NOW)
    records = BranchRecords(tmp_path / "server", database=address_of(tmp_path / "server"), hasher=QUICK, now=clock)
    for login in ("manager", "other"):
        records.people.add(login, "王经理", Role.MANAGER, PASSWORD, actor="test")
    token = records.people.log_in("manager", PASSWORD)
    move(IDLE_MOST)
    for _ in range(FAILURES_MOST):
        with pytest.raises(LoginError):
            records.people.log_in("other", "wrong")
    move(-10 * HOUR)
    with pytest.raises(LoginError) as over:
        records.people.logged_in(token)
    with pytest.raises(LoginError) as locked:
        records.people.log_in("other", PASSWORD)
    assert (over.value.reason, locked.value.reason) == ("login_missing", "login_locked")
    move(10 * HOUR + LOCKED_FOR + SECOND)
    assert records.people.log_in("other", PASSWORD)
    records.close()


def test_while_the_clock_is_behind_that_is_an_alert(tmp_path: Path) -> None:
    clock, move = fixed_clock(NOW)
    records = BranchRecords(tmp_path / "server", database=address_of(tmp_path / "server"), hasher=QUICK, now=clock)
    move(-HOUR)
    records.proof.look()
    assert records.proof.alerts.open_count() == 1
    move(2 * HOUR)
    records.proof.look()
    assert records.proof.alerts.open_count() == 0
    records.close()
