"""Signing on at a station: with the server, without it, and what is on the disk meanwhile."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from teller_assist.alerts.branch_client import BranchClient
from teller_assist.alerts.branch_sign_on import BranchSignOn
from teller_assist.alerts.http_signatures import CLOCK_SKEW_MOST
from teller_assist.alerts.keys import SigningKey
from teller_assist.alerts.offline_sign_on import FAILURES_MOST, FILE, LOCKED_FOR, OfflineSignOns
from teller_assist.alerts.states import SignedOn, SignOnWay
from teller_assist.errors import KnownError, LoginError, ResourceError, SignatureError, SignOnError
from teller_assist.review.people import Role
from tests.stand_ins.branch import PASSWORD, QUICK, EnrolledStation, RunningServer

LOGIN, NAME = "li.na", "李娜"
Move = Callable[[datetime.timedelta], None]


class Desk:
    """A station's sign-on in a test's hands: its clock, its server, its file."""

    def __init__(self, server: RunningServer, station: EnrolledStation) -> None:
        self.server, self.station = server, station
        self.ahead = datetime.timedelta()
        self.ended: list[str] = []
        self.open()

    def open(self) -> None:
        self.offline = self.opened_store(self.station.key)
        self.sign_on = BranchSignOn(BranchClient(self.station.enrolment, self.station.key, 5), self.offline)
        self.sign_on.on_ended(self.ended.append)

    def opened_store(self, key: SigningKey, **changed: str) -> OfflineSignOns:
        enrolment = replace(self.station.enrolment, **changed)  # type: ignore[arg-type]
        return OfflineSignOns(self.station.folder, enrolment, key, now=self.now, hasher=QUICK)

    def now(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC) + self.ahead

    def restart(self) -> None:
        self.sign_on.close(5)
        self.open()

    def why(self, login: str = LOGIN, password: str = PASSWORD) -> str:
        with pytest.raises(KnownError) as caught:
            self.sign_on.sign_on(login, password)
        return caught.value.reason

    def way(self, login: str = LOGIN, password: str = PASSWORD) -> SignOnWay:
        return self.sign_on.sign_on(login, password).way


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path / "server")
    running.records.people.add(LOGIN, NAME, Role.TELLER, PASSWORD, actor="test")
    yield running
    running.stop()


@pytest.fixture
def desk(server: RunningServer, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(server, server.enrol(tmp_path / "station"))
    yield made
    made.sign_on.close(5)


@pytest.fixture
def away(desk: Desk) -> Iterator[Desk]:
    """A desk whose teller has signed on once, and whose server went away then."""
    desk.sign_on.sign_on(LOGIN, PASSWORD)
    desk.server.stop()
    yield desk
    desk.server.start()


def test_the_server_says_who_it_is(desk: Desk) -> None:
    assert desk.sign_on.sign_on(" Li.Na ", PASSWORD) == SignedOn(LOGIN, NAME, SignOnWay.BRANCH)


@pytest.mark.parametrize(("login", "password"), [("", "x"), ("li na", "x"), (LOGIN, ""), (LOGIN, "x" * 2000), ("x" * 65, "x")])
def test_what_can_be_no_login_or_password_is_not_even_asked_about(desk: Desk, login: str, password: str) -> None:
    desk.server.stop()
    assert desk.why(login, password) == "login_bad"
    desk.server.start()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda people: people.set_password(LOGIN, "another-one-yet", actor="test", must_change=False), "login_bad"),
        (lambda people: people.set_password(LOGIN, PASSWORD, actor="test", must_change=True), "password_must_change"),
        (lambda people: people.change(LOGIN, Role.AUDITOR, "", actor="test"), "sign_on_not_permitted"),
        (lambda people: people.remove(LOGIN, actor="test"), "login_bad"),
    ],
)
def test_whom_the_server_refuses_the_station_does_not_let_in_when_the_cable_is_pulled(
    desk: Desk, change: Callable[..., object], reason: str
) -> None:
    desk.sign_on.sign_on(LOGIN, PASSWORD)
    change(desk.server.records.people)
    assert desk.why() == reason
    desk.server.stop()
    assert desk.why() == "offline_sign_on_missing"
    desk.server.start()


def test_without_the_server_the_last_statement_does_and_it_is_said(away: Desk) -> None:
    assert away.sign_on.sign_on(LOGIN, PASSWORD) == SignedOn(LOGIN, NAME, SignOnWay.OFFLINE)
    away.restart()
    assert away.way() is SignOnWay.OFFLINE


def test_who_never_signed_on_here_needs_the_server(away: Desk) -> None:
    assert away.why("wang") == "offline_sign_on_missing"


def test_a_wrong_password_counts_without_the_server_too_across_a_restart(away: Desk) -> None:
    for number in range(FAILURES_MOST):
        assert away.why(password="wrong-password") == "login_bad"
        if number == 2:
            away.restart()
    assert away.why() == "login_locked"
    away.restart()
    assert away.why() == "login_locked"
    away.ahead += LOCKED_FOR + datetime.timedelta(minutes=1)
    assert away.way() is SignOnWay.OFFLINE
    assert away.why(password="wrong-password") == "login_bad", "counted anew"


def test_a_try_that_cannot_be_counted_is_none(away: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise ResourceError("disk_full", folder="records")

    monkeypatch.setattr("teller_assist.alerts.offline_sign_on.write_durably", full)
    assert away.why() == "disk_full"


def test_the_statement_ends_on_its_day_and_setting_the_clock_back_does_not_help(away: Desk) -> None:
    away.ahead = datetime.timedelta(days=7, minutes=1)
    assert away.why() == "offline_sign_on_expired"
    away.ahead = datetime.timedelta(days=6)
    assert away.why() == "clock_set_back"
    away.restart()
    assert away.why() == "clock_set_back"


def test_a_clock_before_the_statement_is_refused_and_the_skew_that_requests_may_have_is_not(away: Desk) -> None:
    away.ahead = -CLOCK_SKEW_MOST + datetime.timedelta(seconds=30)
    assert away.way() is SignOnWay.OFFLINE
    away.ahead = -CLOCK_SKEW_MOST - datetime.timedelta(minutes=1)
    assert away.why() == "clock_set_back"


def test_nothing_readable_lies_on_the_disk(away: Desk) -> None:
    away.sign_on.sign_on(LOGIN, PASSWORD)
    kept = away.station.folder / FILE
    assert kept.stat().st_mode & 0o077 == 0
    for path in away.station.folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for secret in (PASSWORD, NAME, LOGIN, "argon2"):
            assert secret.encode() not in content, path.name


@pytest.mark.logs_warnings
def test_the_file_says_nothing_on_another_machine_or_at_another_station(away: Desk) -> None:
    other_key = away.opened_store(SigningKey.generate())
    other_station = away.opened_store(away.station.key, station_id="f" * 32)
    for store in (other_key, other_station):
        with pytest.raises(SignOnError) as caught:
            store.check(LOGIN, PASSWORD)
        assert caught.value.reason == "offline_sign_on_missing"


@pytest.mark.logs_warnings
def test_an_altered_file_lets_nobody_in_and_the_station_works_on(away: Desk) -> None:
    kept = away.station.folder / FILE
    sealed = bytearray(kept.read_bytes())
    sealed[20] ^= 1
    kept.write_bytes(bytes(sealed))
    away.restart()
    assert away.why() == "offline_sign_on_missing"
    kept.write_bytes(b"")
    away.restart()
    assert away.why() == "offline_sign_on_missing"


def test_where_the_bank_allows_no_days_there_is_no_sign_on_without_the_server(tmp_path: Path) -> None:
    server = RunningServer(tmp_path / "server", offline_days=0)
    server.records.people.add(LOGIN, NAME, Role.TELLER, PASSWORD, actor="test")
    desk = Desk(server, server.enrol(tmp_path / "station"))
    assert desk.way() is SignOnWay.BRANCH
    server.stop()
    assert desk.why() == "offline_sign_on_missing"
    desk.sign_on.close(5)


def test_at_the_next_contact_a_changed_account_is_forgotten_and_signed_off(desk: Desk) -> None:
    desk.sign_on.sign_on(LOGIN, PASSWORD)
    desk.sign_on.ask_now()
    assert desk.ended == []
    desk.server.records.people.remove(LOGIN, actor="test")
    desk.sign_on.ask_now()
    assert desk.ended == [LOGIN]
    desk.server.stop()
    assert desk.why() == "offline_sign_on_missing"
    desk.server.start()


def test_who_only_signed_for_something_does_not_sit_here(desk: Desk) -> None:
    desk.server.records.people.add("wang", "王", Role.TELLER, PASSWORD, actor="test")
    desk.sign_on.sign_on(LOGIN, PASSWORD)
    desk.sign_on.sign_on("wang", PASSWORD, stays=False)
    desk.server.records.people.remove("wang", actor="test")
    desk.sign_on.ask_now()
    assert desk.ended == []
    assert desk.offline.accounts().keys() == {LOGIN}


def test_a_stolen_station_knows_nobody_any_more_once_it_asks(desk: Desk) -> None:
    desk.sign_on.sign_on(LOGIN, PASSWORD)
    desk.server.records.stations.revoke(desk.station.enrolment.station_id, actor="test")
    desk.sign_on.ask_now()
    assert desk.ended == [LOGIN]
    assert desk.offline.accounts() == {}
    with pytest.raises(SignatureError):
        desk.sign_on.sign_on(LOGIN, PASSWORD)


def test_while_the_server_is_away_asking_changes_nothing(away: Desk) -> None:
    away.sign_on.ask_now()
    assert away.ended == []
    assert away.way() is SignOnWay.OFFLINE


def test_a_password_never_prints(away: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(LoginError) as caught:
        away.sign_on.sign_on(LOGIN, "wrong-password")
    assert "wrong-password" not in f"{caught.value!r}{caught.value.facts}{caplog.text}{away.offline!r}{away.sign_on!r}"
