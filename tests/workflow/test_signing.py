"""Tellers who prove who they are: through the very session, with records on disk and a branch server of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from teller_assist.alerts.states import SignOnWay
from teller_assist.errors import SessionError
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.transaction import TellerDecision, TellerJudgement
from teller_assist.review.people import Role
from teller_assist.settings.personal import Personal
from teller_assist.settings.schema import Settings
from teller_assist.workflow.case_keeper import CaseKeeping
from teller_assist.workflow.case_record import CaseOrigin
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.view import Screen, StationView
from tests.stand_ins.branch import PASSWORD, RunningServer
from tests.stand_ins.counter import Counter

LOGIN, NAME = "li.na", "李娜"
SECOND, SECOND_NAME = "wang", "王强"


class Desk:
    """A counter whose tellers sign on with a server."""

    def __init__(self, server: RunningServer, folder: Path, make: Callable[..., Counter], settings: Settings) -> None:
        self.server, self.cases = server, list[dict[str, object]]()
        self.records = server.enrol(folder).open()
        station = replace(settings.station, sign_on="branch", undo_s=1.0)
        origin = CaseOrigin(self.records.station_id, "", (), make.instruments.policy)  # type: ignore[attr-defined]
        keeping = CaseKeeping(self.records, origin, lambda case: self.cases.append(dict(case)))
        self.counter = make(settings=replace(settings, station=station), keeping=keeping)
        self.station = self.counter.station

    def sign_on(self, login: str = LOGIN, password: str = PASSWORD) -> StationView:
        self.station.sign_on_with(login, Personal(password))
        return self.counter.wait_for(lambda view: not view.sign_on.checking)

    def to_clear_non_match(self) -> None:
        self.station.begin()
        self.station.record_consent()
        self.counter.reader.lay_down(self.counter.card)
        self.counter.wait_for(lambda view: view.judgement_asked or view.gauge is not None)
        if self.counter.view.judgement_asked:
            self.station.judge_first(TellerJudgement.CANNOT_SAY)
        self.counter.wait_for(lambda view: view.gauge is not None)
        customer = self.station._known_customer()
        assert customer.judgement is not None
        self.station._change({"judgement": replace(customer.judgement, outcome=Outcome.NON_MATCH)})

    def pass_with(self, login: str, password: str = PASSWORD) -> StationView:
        self.station.pass_with(login, Personal(password))
        return self.counter.wait_for(lambda view: not view.sign_on.checking)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path / "server")
    running.records.people.add(LOGIN, NAME, Role.TELLER, PASSWORD, actor="test")
    running.records.people.add(SECOND, SECOND_NAME, Role.TELLER, PASSWORD, actor="test")
    yield running
    running.stop()


@pytest.fixture
def desk(
    server: RunningServer, tmp_path: Path, make_counter: Callable[..., Counter], instruments: Instruments, settings: Settings
) -> Desk:
    def make(**changed: object) -> Counter:
        return make_counter(**changed)

    make.instruments = instruments  # type: ignore[attr-defined]
    return Desk(server, tmp_path / "station", make, settings)


def test_a_name_signs_nobody_on_where_passwords_are_asked_for(desk: Desk) -> None:
    assert desk.counter.view.sign_on.by_password
    with pytest.raises(SessionError):
        desk.station.sign_on(NAME)
    assert desk.counter.view.screen is Screen.SIGN_ON


def test_an_enrolled_station_goes_by_name_only_where_the_bank_wants_it_so(
    server: RunningServer, tmp_path: Path, make_counter: Callable[..., Counter], settings: Settings, instruments: Instruments
) -> None:
    records = server.enrol(tmp_path / "station").open()
    keeping = CaseKeeping(records, CaseOrigin(records.station_id, "", (), instruments.policy))
    counter = make_counter(settings=settings, keeping=keeping)  # "name", see conftest
    assert not counter.view.sign_on.by_password
    counter.station.sign_on("柜员一")
    assert counter.view.screen is Screen.READY


def test_a_station_that_is_not_enrolled_goes_by_name_whatever_the_setting_says(
    make_counter: Callable[..., Counter], settings: Settings
) -> None:
    counter = make_counter(settings=replace(settings, station=replace(settings.station, sign_on="branch")))
    assert not counter.view.sign_on.by_password
    with pytest.raises(SessionError):
        counter.station.sign_on_with(LOGIN, Personal(PASSWORD))
    counter.station.sign_on("柜员一")
    assert counter.view.screen is Screen.READY


def test_the_servers_name_for_the_login_is_what_the_window_and_managers_see(desk: Desk) -> None:
    view = desk.sign_on()
    assert (view.screen, view.teller, view.sign_on.way) == (Screen.READY, NAME, SignOnWay.BRANCH)


@pytest.mark.full
def test_why_it_was_refused_is_told_and_nobody_is_signed_on(desk: Desk) -> None:
    view = desk.sign_on(password="wrong-password")
    assert view.screen is Screen.SIGN_ON
    assert view.sign_on.refused is not None
    assert view.sign_on.refused.zh.startswith("用户名或密码不正确")
    assert desk.sign_on().sign_on.refused is None


@pytest.mark.full
def test_after_a_lock_the_same_teller_proves_it_again_and_the_customer_is_still_there(desk: Desk) -> None:
    desk.sign_on()
    desk.station.begin()
    desk.station.lock()
    view = desk.counter.view
    assert (view.screen, view.sign_on.login) == (Screen.LOCKED, LOGIN)
    assert desk.sign_on(password="wrong-password").screen is Screen.LOCKED
    assert desk.sign_on().screen is Screen.CUSTOMER


@pytest.mark.full
def test_another_login_ends_the_customer_of_the_one_before(desk: Desk) -> None:
    desk.sign_on()
    desk.station.begin()
    desk.station.lock()
    view = desk.sign_on(SECOND)
    assert (view.screen, view.teller) == (Screen.READY, SECOND_NAME)


def test_whose_account_is_taken_away_is_signed_off_where_they_sit(desk: Desk) -> None:
    desk.sign_on()
    desk.server.records.people.remove(LOGIN, actor="test")
    desk.records.sign_on.ask_now()
    view = desk.counter.view
    assert view.screen is Screen.LOCKED
    assert view.sign_on.refused is not None
    assert view.sign_on.refused.zh.startswith("该账号不能在本柜台登录")


def test_the_case_says_who_served_and_who_checked_it(desk: Desk) -> None:
    desk.sign_on()
    desk.station.begin()
    desk.station.abandon()
    desk.counter.wait_for(lambda _view: bool(desk.cases))
    case = desk.cases[0]
    assert isinstance(case["transaction"], dict)
    told = {name: case["transaction"][name] for name in ("teller", "teller_login", "sign_on")}
    assert told == {"teller": NAME, "teller_login": LOGIN, "sign_on": "branch"}


@pytest.mark.full
def test_without_the_server_the_window_and_the_case_say_so(desk: Desk) -> None:
    desk.sign_on()
    desk.server.stop()
    try:
        desk.station.lock()
        assert desk.sign_on().sign_on.way is SignOnWay.OFFLINE
        desk.station.begin()
        desk.station.abandon()
        desk.counter.wait_for(lambda _view: bool(desk.cases))
        assert isinstance(desk.cases[0]["transaction"], dict)
        assert desk.cases[0]["transaction"]["sign_on"] == "offline"
    finally:
        desk.server.start()


@pytest.mark.full
def test_the_second_teller_proves_who_they_are_and_the_case_names_both(desk: Desk) -> None:
    desk.sign_on()
    desk.to_clear_non_match()
    assert desk.pass_with(SECOND).decision.taken is TellerDecision.PASS
    desk.counter.wait_for(lambda _view: bool(desk.cases))
    decision = desk.cases[0]["decision"]
    assert isinstance(decision, dict)
    assert (decision["second_teller"], decision["second_teller_login"], decision["second_sign_on"]) == (
        SECOND_NAME,
        SECOND,
        "branch",
    )
    assert desk.counter.view.teller == NAME, "who signs beside them does not sit there"


@pytest.mark.full
@pytest.mark.parametrize(("login", "password"), [(SECOND, "wrong-password"), ("nobody", PASSWORD)])
def test_a_second_signature_with_a_wrong_password_is_none(desk: Desk, login: str, password: str) -> None:
    desk.sign_on()
    desk.to_clear_non_match()
    view = desk.pass_with(login, password)
    assert view.decision.taken is None
    assert view.sign_on.refused is not None


@pytest.mark.full
def test_the_acting_teller_is_never_the_second_one(desk: Desk) -> None:
    desk.sign_on()
    desk.to_clear_non_match()
    view = desk.pass_with(f" {LOGIN.upper()} ")
    assert view.decision.taken is None
    assert view.sign_on.refused is not None
    with pytest.raises(SessionError):
        desk.station.decide(TellerDecision.PASS, reason="", second_teller=SECOND_NAME, documents=())
    assert desk.counter.view.decision.taken is None


@pytest.mark.full
def test_a_case_with_both_logins_is_taken_by_the_server(desk: Desk) -> None:
    desk.sign_on()
    desk.to_clear_non_match()
    desk.pass_with(SECOND)
    desk.counter.wait_for(lambda _view: len(desk.server.case_ids()) == 1)
