"""Reviews over HTTP: the interface for programs and the forms of the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests

from teller_assist.alerts.envelope import seal_case
from teller_assist.review.people import Role
from teller_assist.review.tables import FindingRow, SignOffRow
from tests.stand_ins.branch import EnrolledStation, RunningServer
from tests.stand_ins.cases import made_up_case, number

KINSHIP = (("kinship", "review", "possible_twin"),)
STOP = (("netcheck_result", "stop", "card_lost"),)
FOUND = {"schema": "finding/1", "round": "first", "finding": "twin", "outcome": "two_tellers", "note": "左眼下方有痣"}


@pytest.fixture
def deliver(server: RunningServer, station: EnrolledStation) -> Callable[..., str]:
    sequences = iter(range(1, 100))

    def one(**changed: object) -> str:
        case = made_up_case(next(sequences), station=station.enrolment.station_id, **changed)  # type: ignore[arg-type]
        station.post("/api/v1/cases", seal_case(case, recipient=server.records.keys.public.recipient, key=station.key))
        return str(case["case_id"])

    return one


class Somebody:
    """A manager's program, logged in."""

    def __init__(self, server: RunningServer, login: str, role: Role = Role.MANAGER) -> None:
        self.server, self.session = server, server.log_in(role, login)
        self.token = self.session.get(f"{server.url}/api/v1/session").json()["form_token"]

    def post(self, path: str, document: Any, **headers: str) -> requests.Response:
        told = {"X-Form-Token": self.token, **headers}
        return self.session.post(f"{self.server.url}/api/v1/cases/{path}", json=document, headers=told)

    def form(self, path: str, **fields: str) -> requests.Response:
        fields = {"form_token": self.token, **fields}
        return self.session.post(f"{self.server.url}/cases/{path}", data=fields, allow_redirects=False)


def counts(server: RunningServer) -> tuple[int, int]:
    with server.records.database.reading() as session:
        return session.query(FindingRow).count(), session.query(SignOffRow).count()


def test_a_finding_is_recorded_judged_blind_and_signed_by_programs(server: RunningServer, deliver: Callable[..., str]) -> None:
    case_id = deliver(alerts=KINSHIP)
    one, two = Somebody(server, "one"), Somebody(server, "two")
    answer = one.post(f"{case_id}/findings", FOUND)
    assert (answer.status_code, answer.json()["state"]) == (201, "second_review")
    blind = two.session.get(f"{server.url}/api/v1/cases/{case_id}/review").json()
    assert (blind["findings"], blind["findings_hidden"], blind["may_find"]) == ([], 1, "second")
    assert "twin" not in two.session.get(f"{server.url}/api/v1/cases/{case_id}/events").text.partition("kinship")[0]
    answer = two.post(f"{case_id}/findings", {**FOUND, "round": "second", "finding": "relative"})
    assert answer.json()["state"] == "disagreed"
    answer = one.post(f"{case_id}/findings", {**FOUND, "round": "resolving"})
    assert answer.json()["state"] == "sign_off"
    assert answer.json()["may_sign"] == 0
    last = answer.json()["findings"][-1]["number"]
    signed = two.post(f"{case_id}/sign-offs", {"schema": "sign_off/1", "finding": last, "agreed": True})
    assert (signed.status_code, signed.json()["state"]) == (201, "closed")
    assert [found["note"] for found in signed.json()["findings"]] == ["左眼下方有痣"] * 3


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({}, 422),
        ({**FOUND, "finding": "thief"}, 422),
        ({**FOUND, "note": "x" * 2001}, 422),
        ({**FOUND, "round": "second"}, 409),
        ({**FOUND, "outcome": None}, 422),
        ([FOUND], 422),
    ],
)
def test_what_is_no_finding_changes_nothing(
    server: RunningServer, deliver: Callable[..., str], document: object, status: int
) -> None:
    case_id = deliver(alerts=KINSHIP)
    assert Somebody(server, "one").post(f"{case_id}/findings", document).status_code == status
    assert counts(server) == (0, 0)


def test_a_login_alone_changes_nothing_without_the_sessions_token(server: RunningServer, deliver: Callable[..., str]) -> None:
    case_id = deliver(alerts=KINSHIP)
    one, two = Somebody(server, "one"), Somebody(server, "two")
    for token in ("", two.token, "x"):
        refused = one.post(f"{case_id}/findings", FOUND, **{"X-Form-Token": token})
        assert (refused.status_code, refused.json()["reason"]) == (403, "form_expired")
        assert (
            one.form(f"{case_id}/findings", form_token=token, round="first", finding="twin", outcome="proceed").status_code == 403
        )
    assert requests.post(f"{server.url}/api/v1/cases/{case_id}/findings", json=FOUND, timeout=10).status_code == 401
    assert counts(server) == (0, 0)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.IT, Role.TELLER])
def test_other_roles_neither_find_nor_sign(server: RunningServer, deliver: Callable[..., str], role: Role) -> None:
    case_id = deliver(alerts=STOP)
    somebody = Somebody(server, "somebody", role)
    assert somebody.post(f"{case_id}/findings", FOUND).status_code == 403
    sign_off = {"schema": "sign_off/1", "finding": 1, "agreed": True}
    assert somebody.post(f"{case_id}/sign-offs", sign_off).status_code == 403
    assert somebody.form(f"{case_id}/evidence-pack", purpose="police").status_code == 403
    assert counts(server) == (0, 0)


@pytest.mark.full
def test_the_page_offers_what_is_due_and_its_forms_lead_back_to_the_case(
    server: RunningServer, deliver: Callable[..., str]
) -> None:
    case_id = deliver(alerts=STOP)
    one, two = Somebody(server, "one"), Somebody(server, "two")
    page = one.session.get(f"{server.url}/cases/{case_id}").text
    assert 'id="finding-form"' in page
    assert 'id="sign-form"' not in page
    done = one.form(f"{case_id}/findings", round="first", finding="impostor", outcome="do_not_proceed", note="<b>刀疤</b>")
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{case_id}")
    page = one.session.get(f"{server.url}/cases/{case_id}").text
    assert "冒用" in page
    assert "&lt;b&gt;刀疤" in page
    assert 'id="sign-form"' not in page, "nobody signs the own finding"
    page = two.session.get(f"{server.url}/cases/{case_id}").text
    found = re.search(r'id="sign-form">.*?name="finding" value="(\d+)"', page, flags=re.DOTALL)
    assert found is not None
    assert two.form(f"{case_id}/sign-offs", finding=found[1], agreed="yes").status_code == 303
    assert counts(server) == (1, 1)
    refused = two.form(f"{case_id}/sign-offs", finding=found[1], agreed="yes")
    assert refused.status_code == 409
    assert "请刷新页面" in refused.text


def test_the_second_managers_page_says_nothing_of_the_first_finding(server: RunningServer, deliver: Callable[..., str]) -> None:
    case_id = deliver(alerts=KINSHIP)
    one, two = Somebody(server, "one"), Somebody(server, "two")
    one.form(f"{case_id}/findings", round="first", finding="twin", outcome="more_documents", note="无痣")
    page = two.session.get(f"{server.url}/cases/{case_id}").text
    assert "无痣" not in page
    assert 'class="findings"' not in page
    assert "请独立判断" in page


def test_two_cases_are_noted_as_two_people_from_the_page(server: RunningServer, deliver: Callable[..., str]) -> None:
    first, second = deliver(holder=number(31)), deliver(holder=number(35))
    one = Somebody(server, "one")
    fields = {"other_case": f"{server.url}/cases/{second}", "marks": "右耳垂"}
    assert one.form(f"{first}/different-people", **fields).status_code == 303
    for case_id, other in ((first, second), (second, first)):
        page = one.session.get(f"{server.url}/cases/{case_id}").text
        assert "右耳垂" in page
        assert f"/cases/{other}" in page
    assert one.form(f"{first}/different-people", other_case="/cases/../x", marks="痣").status_code == 404


@pytest.mark.full
def test_a_pack_is_made_shown_once_and_fetched_once_by_who_made_it(server: RunningServer, deliver: Callable[..., str]) -> None:
    case_id = deliver(alerts=STOP, pictures=True)
    one, two = Somebody(server, "one"), Somebody(server, "two")
    made = one.form(f"{case_id}/evidence-pack", purpose="police")
    assert made.status_code == 200
    address = re.search(r'href="(/evidence-packs/[^"]+)"', made.text)
    assert address is not None
    assert two.session.get(server.url + address[1]).status_code == 404
    fetched = one.session.get(server.url + address[1])
    assert fetched.content.startswith(b"age-encryption.org/v1")
    assert fetched.headers["cache-control"] == "no-store"
    assert one.session.get(server.url + address[1]).status_code == 404
    assert one.form(f"{case_id}/evidence-pack", purpose="curiosity").status_code == 422


def test_forms_are_bounded(server: RunningServer, deliver: Callable[..., str]) -> None:
    case_id = deliver(alerts=KINSHIP)
    one = Somebody(server, "one")
    many = {f"field{number}": "x" for number in range(30)}
    assert one.form(f"{case_id}/findings", **many).status_code == 422
    assert one.form(f"{case_id}/findings", note="x" * 100_000).status_code == 413
    assert one.form(f"{case_id}/sign-offs", finding="9" * 40, agreed="yes").status_code == 422
    assert counts(server) == (0, 0)
