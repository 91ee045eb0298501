"""Every route against every role: a route that nobody decided about fails here."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.routing import Mount, Route

from teller_assist.branch_server.application import make_app
from teller_assist.branch_server.review_api import FORM_TOKEN_HEADER
from teller_assist.errors import LoginError
from teller_assist.review.branches import ALL_BRANCHES, FIRST_BRANCH
from teller_assist.review.people import OF_ALL_BRANCHES, LoggedIn, Role
from teller_assist.review.records import BranchRecords
from teller_assist.review.rights import RIGHTS, Action, may, require
from tests.stand_ins.branch import QUICK, RunningServer, form_token
from tests.stand_ins.databases import address_of


class Open(StrEnum):
    """What asks for no right."""

    ANYBODY = "anybody"
    STATION = "station"  # signed by an enrolled station
    SOMEBODY = "somebody"  # logged in, whoever it is


Decision = Action | Open
# Method and path -> who may. A new route belongs in here, or the first test fails.
DECISIONS: dict[tuple[str, str], Decision] = {
    ("GET", "/healthz"): Open.ANYBODY,
    ("GET", "/metrics"): Open.ANYBODY,
    ("GET", "/openapi.json"): Open.ANYBODY,
    ("GET", "/login"): Open.ANYBODY,
    ("POST", "/login"): Open.ANYBODY,
    ("GET", "/first-administrator"): Open.ANYBODY,
    ("POST", "/first-administrator"): Open.ANYBODY,
    ("GET", "/api/v1/keys"): Open.ANYBODY,
    ("POST", "/api/v1/enrolments"): Open.ANYBODY,
    ("POST", "/api/v1/transactions"): Open.STATION,
    ("POST", "/api/v1/cases"): Open.STATION,
    ("POST", "/api/v1/kinship"): Open.STATION,
    ("POST", "/api/v1/second_identity"): Open.STATION,
    ("POST", "/api/v1/recent-faces"): Open.STATION,
    ("POST", "/api/v1/sign-ons"): Open.STATION,
    ("POST", "/api/v1/sign-ons/standing"): Open.STATION,
    ("POST", "/api/v1/answers"): Open.STATION,
    ("POST", "/api/v1/heartbeats"): Open.STATION,
    ("POST", "/logout"): Open.SOMEBODY,
    ("GET", "/password"): Open.SOMEBODY,
    ("POST", "/password"): Open.SOMEBODY,
    ("GET", "/api/v1/cases"): Action.LIST_CASES,
    ("GET", "/api/v1/cases/{case_id}"): Action.SEE_CASE,
    ("GET", "/api/v1/cases/{case_id}/events"): Action.SEE_EVENTS,
    ("GET", "/api/v1/stations"): Action.LIST_STATIONS,
    ("GET", "/"): Action.LIST_CASES,
    ("GET", "/cases/{case_id}"): Action.SEE_CASE,
    ("GET", "/cases/{case_id}/pictures/{role}"): Action.SEE_PICTURE,
    ("GET", "/cases/{case_id}/pictures/{role}/raw"): Action.SEE_CASE,
    ("GET", "/case-rows"): Action.LIST_CASES,
    ("GET", "/live"): Action.LIST_CASES,
    ("GET", "/api/v1/session"): Open.SOMEBODY,
    ("GET", "/api/v1/cases/{case_id}/review"): Action.SEE_REVIEW,
    ("POST", "/api/v1/cases/{case_id}/findings"): Action.FIND,
    ("POST", "/api/v1/cases/{case_id}/sign-offs"): Action.SIGN_OFF,
    ("POST", "/cases/{case_id}/findings"): Action.FIND,
    ("POST", "/cases/{case_id}/sign-offs"): Action.SIGN_OFF,
    ("POST", "/cases/{case_id}/different-people"): Action.NOTE_DIFFERENT_PEOPLE,
    ("POST", "/cases/{case_id}/evidence-pack"): Action.MAKE_EVIDENCE_PACK,
    ("GET", "/evidence-packs/{token}"): Action.MAKE_EVIDENCE_PACK,
    ("GET", "/dashboard"): Action.SEE_STATISTICS,
    ("GET", "/api/v1/statistics"): Action.SEE_STATISTICS,
    ("GET", "/my-agreement"): Action.SEE_OWN_AGREEMENT,
    ("GET", "/station-alerts"): Action.SEE_STATION_ALERTS,
    ("GET", "/api/v1/station-alerts"): Action.SEE_STATION_ALERTS,
    ("POST", "/station-alerts/{alert_id}/seen"): Action.ACKNOWLEDGE_STATION_ALERTS,
    ("GET", "/audit"): Action.SEE_AUDIT,
    ("GET", "/audit/export"): Action.EXPORT_AUDIT,
    ("GET", "/people"): Action.MANAGE_PEOPLE,
    ("POST", "/people"): Action.MANAGE_PEOPLE,
    ("GET", "/people/{login}"): Action.MANAGE_PEOPLE,
    ("POST", "/people/{login}/{act}"): Action.MANAGE_PEOPLE,
    ("GET", "/stations"): Action.MANAGE_STATIONS,
    ("POST", "/stations"): Action.MANAGE_STATIONS,
    ("GET", "/stations/{station_id}"): Action.MANAGE_STATIONS,
    ("POST", "/stations/{station_id}/revoke"): Action.MANAGE_STATIONS,
    ("GET", "/branches"): Action.MANAGE_PEOPLE,
    ("POST", "/branches"): Action.MANAGE_BRANCHES,
}
FORMS = {
    "login": "somebody",
    "name": "某人",
    "role": "teller",
    "branch": "main",
    "confirmed": "yes",
    "round": "first",
    "outcome": "proceed",
    "agreed": "yes",
    "other_case": "1" * 32,
    "marks": "左眉有痣",
    "purpose": "police",
}
PROGRAMS_SAY: dict[str, Any] = {
    "/findings": {"schema": "finding/1", "round": "first", "finding": "genuine", "outcome": "proceed"},
    "/sign-offs": {"schema": "sign_off/1", "finding": 1, "agreed": True},
}
OF_PEOPLE = [one for one, decision in DECISIONS.items() if isinstance(decision, Action)]


@pytest.fixture(autouse=True, scope="module")
def _no_thread_is_left_behind() -> Iterator[None]:
    """One server serves the whole module, and its threads come as they are needed: none is left once it has ended."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]
    for thread in left:
        thread.join(timeout=1.0)
    assert not [thread.name for thread in left if thread.is_alive()]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path_factory.mktemp("rights") / "server")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def sessions(server: RunningServer) -> dict[Role, requests.Session]:
    branch = {role: ALL_BRANCHES if role in OF_ALL_BRANCHES else FIRST_BRANCH for role in Role}
    return {role: server.log_in(role, f"one.{role.value}", branch_id=branch[role]) for role in Role}


def asked(server: RunningServer, session: requests.Session, method: str, path: str) -> requests.Response:
    for name in ("case_id", "role", "login", "station_id", "token", "alert_id"):
        path = path.replace(f"{{{name}}}", "0" * 32)
    url = server.url + path.replace("{act}", "unlock")
    if method == "GET":
        with session.get(url, allow_redirects=False, stream=True) as answer:  # one of them never ends by itself
            return answer
    token = form_token(session.get(f"{server.url}/password").text)
    said = next((body for end, body in PROGRAMS_SAY.items() if path.startswith("/api") and path.endswith(end)), None)
    if said is not None:
        return session.post(url, json=said, headers={FORM_TOKEN_HEADER: token}, allow_redirects=False)
    finding = "1" if path.endswith("/sign-offs") else "genuine"
    return session.post(url, data={**FORMS, "finding": finding, "form_token": token}, allow_redirects=False)


def walked(routes: Iterable[Any]) -> Iterator[Route]:
    """Every route, those of routers within routers too; what only serves files has no methods."""
    for one in routes:
        if isinstance(one, Route):
            yield one
        elif hasattr(one, "original_router"):
            yield from walked(one.original_router.routes)
        else:
            assert isinstance(one, Mount), one
            assert one.path == "/static"


def is_refused(answer: requests.Response) -> bool:
    """Whether the right was missing; who has nothing to do with cases is led from "/" to where their work begins."""
    to = answer.headers.get("location", "")
    led_away = to in ("/password", "/login") or (to in ("/people", "/my-agreement") and answer.request.method == "GET")
    return answer.status_code in (401, 403) or led_away


def test_every_route_has_a_decision(tmp_path: Path) -> None:
    records = BranchRecords(tmp_path / "server", database=address_of(tmp_path / "server"), hasher=QUICK)
    routes = make_app(records, secure_cookies=True).routes
    records.close()
    found = {(method, route.path) for route in walked(routes) for method in route.methods or () if method != "HEAD"}
    assert found == DECISIONS.keys()


def test_every_role_has_its_rights_and_every_right_somebody() -> None:
    assert RIGHTS.keys() == set(Role)
    assert frozenset().union(*RIGHTS.values()) == set(Action)


def test_it_sees_no_case_and_no_face_and_nobody_else_manages_people() -> None:
    assert not RIGHTS[Role.IT] & {Action.LIST_CASES, Action.SEE_CASE, Action.SEE_EVENTS, Action.SIGN_ON_AT_STATION}
    assert [role for role, rights in RIGHTS.items() if Action.MANAGE_PEOPLE in rights] == [Role.IT]
    assert [role for role, rights in RIGHTS.items() if {Action.SEE_CASE, Action.SEE_PICTURE} & rights] == [Role.MANAGER]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("method", "path"), OF_PEOPLE)
def test_a_route_answers_exactly_who_has_the_right(
    server: RunningServer, sessions: dict[Role, requests.Session], method: str, path: str, role: Role
) -> None:
    action = DECISIONS[(method, path)]
    assert isinstance(action, Action)
    assert is_refused(asked(server, sessions[role], method, path)) is (action not in RIGHTS[role])


@pytest.mark.parametrize(("method", "path"), [one for one, decision in DECISIONS.items() if decision is not Open.ANYBODY])
def test_without_a_login_or_a_signature_nothing_is_answered(server: RunningServer, method: str, path: str) -> None:
    stranger = requests.Session()
    stranger.trust_env = False
    assert is_refused(asked(server, stranger, method, path))


@pytest.mark.parametrize("role", Role)
def test_with_a_password_that_was_given_out_nothing_may_be_done_but_changing_it(
    server: RunningServer, sessions: dict[Role, requests.Session], role: Role
) -> None:
    somebody = LoggedIn("x", "x", role, "", "", must_change=True)
    assert [action for action in Action if may(somebody, action)] == [Action.CHANGE_OWN_PASSWORD]
    for action in Action:
        if action is not Action.CHANGE_OWN_PASSWORD:
            with pytest.raises(LoginError) as caught:
                require(somebody, action)
            assert caught.value.reason == ("password_must_change" if action in RIGHTS[role] else "not_permitted")
    branch = ALL_BRANCHES if role in OF_ALL_BRANCHES else FIRST_BRANCH
    session = server.log_in(role, f"new.{role.value}", branch_id=branch, must_change=True)
    for method, path in OF_PEOPLE:
        assert is_refused(asked(server, session, method, path)), (method, path)
