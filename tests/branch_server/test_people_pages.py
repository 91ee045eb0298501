"""The administrator's pages and everybody's own password, as a browser meets them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from teller_assist.alerts.enrolment import parse_code
from teller_assist.branch_server.limits import RateLimit
from teller_assist.review.branches import ALL_BRANCHES
from teller_assist.review.first_administrator import CODE_VALID, TRIES_MOST
from teller_assist.review.people import FAILURES_MOST, IDLE_MOST, SESSION_MOST, Role
from tests.stand_ins.branch import PASSWORD, EnrolledStation, RunningServer, fixed_clock, form_token
from tests.stand_ins.databases import audit_of, sql_in

NEW = "my-own-and-longer"
NOW = datetime.datetime(2026, 11, 27, 9, 0, tzinfo=datetime.UTC)


class Administrator:
    """Somebody of the role ``it`` at the pages."""

    def __init__(self, server: RunningServer, **more: str) -> None:
        self.server = server
        self.session = server.log_in(Role.IT, "chen", **{"branch_id": ALL_BRANCHES, **more})

    def get(self, path: str) -> requests.Response:
        return self.session.get(self.server.url + path, allow_redirects=False)

    def post(self, path: str, **fields: str) -> requests.Response:
        token = form_token(self.session.get(f"{self.server.url}/password").text)
        data = {"form_token": token, **fields}
        return self.session.post(self.server.url + path, data=data, allow_redirects=False)

    def add(self, login: str = "li.na", role: str = "teller", branch: str = "main") -> str:
        """Add somebody; returns the one-time password that the page shows once."""
        answer = self.post("/people", login=login, name="李娜", role=role, branch=branch)
        assert (answer.status_code, answer.headers["location"]) == (303, "/people")
        shown = re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", self.get("/people").text)
        assert shown is not None
        return shown[0]


@pytest.fixture
def administrator(server: RunningServer) -> Administrator:
    return Administrator(server)


def kinds(server: RunningServer) -> list[tuple[str, str, str]]:
    return [(link.kind, link.actor, link.subject) for link in audit_of(server.data).links]


def kept(server: RunningServer, *tables: str) -> str:
    with sql_in(server.data) as sql:
        return "\n".join(str(row) for table in tables for row in sql.execute(f"SELECT * FROM {table}"))  # noqa: S608


# ---------------------------------------------------------------- the first one


def first(server: RunningServer, **fields: str) -> requests.Response:
    session = requests.Session()
    session.trust_env = False
    token = form_token(session.get(f"{server.url}/first-administrator").text)
    usual = {"form_token": token, "login": "chen", "name": "陈", "new": PASSWORD, "again": PASSWORD}
    return session.post(f"{server.url}/first-administrator", data=usual | fields, allow_redirects=False)


def test_the_code_makes_one_administrator_of_all_branches_and_none_after_it(server: RunningServer) -> None:
    code = server.records.first_administrator.make_code(actor="server")
    assert "/first-administrator" in requests.get(f"{server.url}/login", timeout=10).text
    answer = first(server, code=code.lower())
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    found = server.records.people.listed()
    assert [(one.login, one.role, one.branch_id) for one in found] == [("chen", Role.IT, ALL_BRANCHES)]
    assert "/first-administrator" not in requests.get(f"{server.url}/login", timeout=10).text
    assert first(server, code=code, login="eve").headers.get("location") != "/people"
    assert [one.login for one in server.records.people.listed()] == ["chen"]
    assert ("first_administrator_made", "chen", "chen") in kinds(server)
    assert code not in kept(server, "people", "audit_entries")
    _, answer = server.try_to_log_in("chen", PASSWORD)
    assert answer.url == f"{server.url}/people"


def test_a_wrong_code_counts_and_a_bad_form_does_not_use_it_up(server: RunningServer) -> None:
    code = server.records.first_administrator.make_code(actor="server")
    assert first(server, code=code, new="short", again="short").status_code == 422
    assert first(server, code=code, again="another").status_code == 422
    assert first(server, code=code, login="No Login").status_code == 422
    for _ in range(TRIES_MOST):
        assert first(server, code="AAAA-BBBB-CCCC-DDDD").status_code == 403
    assert first(server, code=code).status_code == 403
    assert first(server, code=server.records.first_administrator.make_code(actor="server")).status_code == 303


def test_a_code_is_good_for_half_an_hour(tmp_path: Path) -> None:
    now, move = fixed_clock(NOW)
    server = RunningServer(tmp_path / "server", now=now)
    code = server.records.first_administrator.make_code(actor="server")
    move(CODE_VALID)
    assert first(server, code=code).status_code == 403
    server.stop()


# ---------------------------------------------------------------- people


def test_somebody_is_added_with_a_password_that_is_shown_once_and_good_for_choosing_another_only(
    server: RunningServer, administrator: Administrator
) -> None:
    password = administrator.add(role="manager")
    assert password not in administrator.get("/people").text
    session, answer = server.try_to_log_in("li.na", password)
    assert answer.url == f"{server.url}/password"
    assert session.get(f"{server.url}/api/v1/cases").status_code == 403
    assert session.get(server.url).url == f"{server.url}/password"
    token = form_token(answer.text)
    fields = {"form_token": token, "old": password, "new": NEW, "again": NEW}
    assert session.post(f"{server.url}/password", data=fields).status_code == 200
    assert session.get(f"{server.url}/api/v1/cases").status_code == 200
    assert server.try_to_log_in("li.na", password)[1].status_code == 401
    assert password not in kept(server, "people", "audit_entries")


def test_role_and_branch_are_changed_and_the_session_ends(server: RunningServer, administrator: Administrator) -> None:
    other = server.log_in(Role.MANAGER, "wang")
    administrator.post("/branches", branch="east", name="东支行")
    assert administrator.post("/people/wang/change", role="teller", branch="east").status_code == 303
    assert other.get(f"{server.url}/api/v1/cases").status_code == 401
    changed = next(one for one in server.records.people.listed() if one.login == "wang")
    assert (changed.role, changed.branch_id) == (Role.TELLER, "east")
    assert ("person_changed", "chen", "wang") in kinds(server)


def test_a_locked_person_is_unlocked(server: RunningServer, administrator: Administrator) -> None:
    administrator.server.records.people.add("wang", "王", Role.MANAGER, PASSWORD, actor="test")
    for _ in range(FAILURES_MOST):
        assert server.try_to_log_in("wang", "wrong-password")[1].status_code == 401
    assert server.try_to_log_in("wang", PASSWORD)[1].status_code == 403
    assert "已锁定" in administrator.get("/people").text
    assert administrator.post("/people/wang/unlock").status_code == 303
    assert server.try_to_log_in("wang", PASSWORD)[1].status_code == 200


def test_a_removal_needs_the_tick_and_ends_everything(server: RunningServer, administrator: Administrator) -> None:
    other = server.log_in(Role.MANAGER, "wang")
    assert administrator.post("/people/wang/remove").status_code == 422
    assert other.get(f"{server.url}/api/v1/cases").status_code == 200
    assert administrator.post("/people/wang/remove", confirmed="yes").status_code == 303
    assert other.get(f"{server.url}/api/v1/cases").status_code == 401
    assert server.try_to_log_in("wang", PASSWORD)[1].status_code == 401


@pytest.mark.parametrize("act", ["change", "remove", "password", "unlock"])
def test_nobody_changes_or_removes_themselves(administrator: Administrator, act: str) -> None:
    answer = administrator.post(f"/people/chen/{act}", role="manager", branch="main", confirmed="yes")
    assert answer.status_code == 403
    assert administrator.get("/people").status_code == 200


def test_an_administrator_of_one_branch_reaches_no_further(server: RunningServer) -> None:
    server.records.branches.add("east", "东支行", actor="test")
    server.records.people.add("wang", "王", Role.MANAGER, PASSWORD, actor="test", branch_id="east")
    administrator = Administrator(server, branch_id="main")
    assert "wang" not in administrator.get("/people").text
    for path in ("change", "remove", "password"):
        assert administrator.post(f"/people/wang/{path}", role="teller", branch="main", confirmed="yes").status_code == 403
    for branch in ("east", "*"):
        assert administrator.post("/people", login="eve", name="e", role="it", branch=branch).status_code == 403
    assert administrator.post("/branches", branch="west", name="西").status_code == 403
    assert administrator.post("/stations", name="9号", branch="east").status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        {"login": "Two Words"},
        {"login": "chen"},
        {"name": " "},
        {"role": "king"},
        {"branch": "nowhere"},
        {"branch": ""},
        {"branch": "*"},
        {"login": "<script>alert(1)</script>"},
    ],
)
def test_a_form_that_says_nothing_usable_is_told_what_is_wrong(administrator: Administrator, fields: dict[str, str]) -> None:
    answer = administrator.post("/people", **({"login": "new", "name": "新", "role": "teller", "branch": "main"} | fields))
    assert answer.status_code == 422
    assert "▲" in answer.text
    assert "<script>" not in answer.text
    assert [one.login for one in administrator.server.records.people.listed()] == ["chen"]


def test_a_form_of_another_site_does_nothing(server: RunningServer, administrator: Administrator) -> None:
    for path in ("/people", "/people/wang/remove", "/stations", "/branches", "/password"):
        for token in ("", "made-up"):
            answer = administrator.post(path, form_token=token, login="eve", name="e", role="it", branch="*", confirmed="yes")
            assert answer.status_code == 403
    assert len(server.records.people.listed()) == 1


# ---------------------------------------------------------------- stations


def test_a_code_for_a_station_is_shown_once(server: RunningServer, administrator: Administrator) -> None:
    assert administrator.post("/stations", name="5号柜台", branch="main").status_code == 303
    shown = re.search(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){11}", administrator.get("/stations").text)
    assert shown is not None
    assert parse_code(shown[0]).fingerprint == server.records.keys.public.fingerprint
    assert shown[0] not in administrator.get("/stations").text


def test_a_stolen_station_is_cut_off_with_one_ticked_form(
    server: RunningServer, administrator: Administrator, station: EnrolledStation
) -> None:
    path = f"/stations/{station.enrolment.station_id}"
    assert station.enrolment.station_name in administrator.get("/stations").text
    assert "确认停用" in administrator.get(path).text
    assert administrator.post(f"{path}/revoke").status_code == 422
    assert administrator.post(f"{path}/revoke", confirmed="yes").status_code == 303
    assert "已停用" in administrator.get("/stations").text
    assert server.records.stations.verify_key(station.enrolment.station_id) is None
    assert administrator.post("/stations/nonsense/revoke", confirmed="yes").status_code == 422


# ---------------------------------------------------------------- passwords, sessions, guesses


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [
        ("short", "short", "不足10个字符"),
        ("1234567890", "1234567890", "容易猜到"),
        ("chen123456", "chen123456", "容易猜到"),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "容易猜到"),
        (PASSWORD, PASSWORD, "容易猜到"),
        (NEW, "something-else", "不一致"),
    ],
)
def test_a_password_that_may_not_be_used_is_refused_with_the_reason(
    administrator: Administrator, new: str, again: str, words: str
) -> None:
    answer = administrator.post("/password", old=PASSWORD, new=new, again=again)
    assert answer.status_code == 422
    assert words in answer.text


def test_ones_own_password_needs_the_old_one_and_ends_every_other_session(
    server: RunningServer, administrator: Administrator
) -> None:
    other, _ = server.try_to_log_in("chen", PASSWORD)
    assert administrator.post("/password", old="wrong-password", new=NEW, again=NEW).status_code == 401
    assert administrator.post("/password", old=PASSWORD, new=NEW, again=NEW).status_code == 303
    assert administrator.get("/people").status_code == 200
    assert other.get(f"{server.url}/people", allow_redirects=False).headers["location"] == "/login"


@pytest.mark.full
@pytest.mark.parametrize("most", [IDLE_MOST, SESSION_MOST])
def test_a_session_ends_by_itself(tmp_path: Path, most: datetime.timedelta) -> None:
    now, move = fixed_clock(NOW)
    server = RunningServer(tmp_path / "server", now=now)
    session = server.log_in()
    ask: Callable[[], int] = lambda: session.get(f"{server.url}/api/v1/cases").status_code  # noqa: E731
    step = IDLE_MOST - datetime.timedelta(minutes=1)
    passed = datetime.timedelta()
    while most is SESSION_MOST and passed + step < most:  # somebody is at work all the time
        move(step)
        passed += step
        assert ask() == 200
    move(most - passed)
    assert ask() == 401
    server.stop()


def test_guesses_from_one_address_are_few_a_minute(tmp_path: Path) -> None:
    server = RunningServer(tmp_path / "server", guesses=RateLimit(3))
    seen = [server.try_to_log_in("nobody", "wrong-password")[1].status_code for _ in range(5)]
    assert seen == [401, 401, 401, 429, 429]
    assert requests.get(f"{server.url}/login", timeout=10).status_code == 200
    server.stop()
