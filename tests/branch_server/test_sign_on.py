"""Tellers signing on at stations, over HTTP as a station asks: who may, what the server signs, what is on record."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import requests

from teller_assist.alerts.branch_client import BranchClient
from teller_assist.alerts.canonical import canonical_bytes, to_base64
from teller_assist.alerts.keys import seal_to
from teller_assist.alerts.sign_on_papers import ANSWER, checked_paper
from teller_assist.errors import BranchRefusedError, EnrolmentError, ShapeError
from teller_assist.review.branches import ALL_BRANCHES
from teller_assist.review.people import FAILURES_MOST, Role
from tests.stand_ins.branch import PASSWORD, EnrolledStation, RunningServer
from tests.stand_ins.databases import audit_of

LOGIN, NAME = "li.na", "李娜"


@pytest.fixture
def teller(server: RunningServer) -> str:
    server.records.people.add(LOGIN, NAME, Role.TELLER, PASSWORD, actor="test")
    return LOGIN


@pytest.fixture
def sign_on(station: EnrolledStation) -> Callable[..., Any]:
    client = BranchClient(station.enrolment, station.key, 10)

    def one(login: str = LOGIN, password: str = PASSWORD) -> Any:
        return client.sign_on(login, password)

    return one


def refusal(asked: Callable[[], Any]) -> tuple[Any, Any]:
    with pytest.raises(BranchRefusedError) as caught:
        asked()
    return caught.value.facts["status"], caught.value.facts["why"]


def entries(server: RunningServer, *kinds: str) -> list[tuple[str, str, str]]:
    return [(link.kind, link.actor, link.subject) for link in audit_of(server.data).links if link.kind in kinds]


def test_a_teller_gets_a_statement_for_this_station_with_an_end(
    server: RunningServer, station: EnrolledStation, teller: str, sign_on: Callable[..., Any]
) -> None:
    paper = sign_on()
    assert (paper["login"], paper["name"], paper["station"]) == (teller, NAME, station.enrolment.station_id)
    issued, expires = (datetime.datetime.fromisoformat(paper[name]) for name in ("issued", "expires"))
    assert expires - issued == datetime.timedelta(days=7)
    assert PASSWORD not in str(paper)
    assert entries(server, "teller_signed_on") == [("teller_signed_on", teller, station.enrolment.station_id)]


def test_a_manager_serves_too(server: RunningServer, sign_on: Callable[..., Any]) -> None:
    server.records.people.add("wang", "王经理", Role.MANAGER, PASSWORD, actor="test")
    assert sign_on("wang")["name"] == "王经理"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.IT])
def test_who_serves_no_customers_does_not_sign_on(server: RunningServer, sign_on: Callable[..., Any], role: Role) -> None:
    server.records.people.add("zhou", "周", role, PASSWORD, actor="test", branch_id=ALL_BRANCHES)
    assert refusal(lambda: sign_on("zhou")) == (403, "sign_on_not_permitted")
    assert len(entries(server, "teller_sign_on_failed")) == 1


def test_another_branchs_teller_does_not_sign_on_here(server: RunningServer, sign_on: Callable[..., Any]) -> None:
    server.records.branches.add("east", "东支行", actor="test")
    server.records.people.add(LOGIN, NAME, Role.TELLER, PASSWORD, actor="test", branch_id="east")
    assert refusal(sign_on) == (403, "sign_on_not_permitted")


def test_a_one_time_password_is_changed_on_the_page_first(server: RunningServer, sign_on: Callable[..., Any]) -> None:
    server.records.people.add(LOGIN, NAME, Role.TELLER, PASSWORD, actor="test", must_change=True)
    assert refusal(sign_on) == (403, "password_must_change")


def test_an_unknown_login_reads_like_a_wrong_password_and_leaves_no_trace_of_what_was_typed(
    server: RunningServer, station: EnrolledStation, teller: str, sign_on: Callable[..., Any]
) -> None:
    assert refusal(lambda: sign_on("nobody")) == refusal(lambda: sign_on(password="wrong-password")) == (401, "login_bad")
    where = station.enrolment.station_id
    told = entries(server, "teller_sign_on_failed")
    assert told == [("teller_sign_on_failed", "unknown", where), ("teller_sign_on_failed", teller, where)]


def test_wrong_passwords_lock_the_login_here_and_on_the_pages(
    server: RunningServer, teller: str, sign_on: Callable[..., Any]
) -> None:
    for _ in range(FAILURES_MOST):
        assert refusal(lambda: sign_on(password="wrong-password")) == (401, "login_bad")
    assert refusal(sign_on) == (403, "login_locked")
    assert len(entries(server, "login_locked")) == 1


def test_a_password_sealed_for_another_login_or_station_is_good_for_nothing(
    server: RunningServer, station: EnrolledStation, teller: str
) -> None:
    ours = {"login": LOGIN, "password": PASSWORD, "station": station.enrolment.station_id}
    for changed in ({"station": "0" * 32}, {"login": "somebody"}):
        sealed = to_base64(seal_to(station.enrolment.server.recipient, canonical_bytes({**ours, **changed})))
        asked = {"schema": "sign_on/1", "login": LOGIN, "nonce": "0" * 32, "password_sealed": sealed}
        assert refusal(partial(station.post, "/api/v1/sign-ons", asked)) == (401, "signature_bad")


@pytest.mark.parametrize(
    "changed",
    [{"login": "LI NA"}, {"nonce": "1"}, {"password_sealed": "AAAA"}, {"password_sealed": "x" * 9000}, {"login": "' OR 1=1"}],
)
def test_what_is_no_sign_on_is_refused(station: EnrolledStation, teller: str, changed: dict[str, str]) -> None:
    asked = {"schema": "sign_on/1", "login": LOGIN, "nonce": "0" * 32, "password_sealed": "AAAA"}
    assert refusal(lambda: station.post("/api/v1/sign-ons", asked | changed)) == (422, "shape_invalid")


def test_nobody_signs_on_unsigned(server: RunningServer, teller: str) -> None:
    for path in ("/api/v1/sign-ons", "/api/v1/sign-ons/standing"):
        assert requests.post(server.url + path, json={}, timeout=10).status_code == 401


@pytest.mark.parametrize(
    "changed", [{"login": "somebody"}, {"expires": "2099-01-01T00:00:00.000Z"}, {"nonce": "1" * 32}, {"station": "0" * 32}]
)
def test_a_statement_that_was_altered_is_not_the_servers(
    station: EnrolledStation, teller: str, sign_on: Callable[..., Any], changed: dict[str, str]
) -> None:
    paper = sign_on()
    checked_paper(paper, ANSWER, station.enrolment.station_id, station.enrolment.server.verify_key, paper["nonce"])
    with pytest.raises(EnrolmentError):
        checked_paper(paper | changed, ANSWER, station.enrolment.station_id, station.enrolment.server.verify_key)
    with pytest.raises(EnrolmentError):
        checked_paper(paper, ANSWER, station.enrolment.station_id, station.enrolment.server.verify_key, "f" * 32)
    with pytest.raises(ShapeError):
        checked_paper({**paper, "signature": ""}, ANSWER, station.enrolment.station_id, station.enrolment.server.verify_key)


CHANGES: dict[str, Callable[[RunningServer], Any]] = {
    "password": lambda server: server.records.people.set_password(LOGIN, "another-one-yet", actor="test", must_change=False),
    "role": lambda server: server.records.people.change(LOGIN, Role.AUDITOR, ALL_BRANCHES, actor="test"),
    "branch": lambda server: _moved(server),
    "removed": lambda server: server.records.people.remove(LOGIN, actor="test"),
}


def _moved(server: RunningServer) -> None:
    server.records.branches.add("east", "东支行", actor="test")
    server.records.people.change(LOGIN, Role.TELLER, "east", actor="test")


@pytest.mark.parametrize("change", CHANGES)
def test_whose_account_changed_stands_no_more(
    server: RunningServer, station: EnrolledStation, teller: str, sign_on: Callable[..., Any], change: str
) -> None:
    client = BranchClient(station.enrolment, station.key, 10)
    accounts = {LOGIN: str(sign_on()["account"]), "nobody": "0" * 32}
    assert client.standing(accounts)["standing"] == [LOGIN]
    CHANGES[change](server)
    assert client.standing(accounts)["standing"] == []
    client.close()


def test_a_stolen_station_is_cut_off_at_once(
    server: RunningServer, station: EnrolledStation, teller: str, sign_on: Callable[..., Any]
) -> None:
    accounts = {LOGIN: str(sign_on()["account"])}
    server.records.stations.revoke(station.enrolment.station_id, actor="test")
    client = BranchClient(station.enrolment, station.key, 10)
    for asked in (sign_on, lambda: client.standing(accounts), lambda: client.announce(1, "2026-11-27T09:30:00.000Z")):
        assert refusal(asked) == (403, "station_unknown")
    client.close()
