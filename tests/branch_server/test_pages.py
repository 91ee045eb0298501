"""The manager's pages as a browser gets them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import requests

from teller_assist.alerts.envelope import seal_case
from teller_assist.review.people import Role
from tests.stand_ins.branch import PASSWORD, EnrolledStation, RunningServer
from tests.stand_ins.cases import NAME, NUMBER, made_up_case
from tests.stand_ins.databases import audit_of

ALERTS = (("impostor", "stop", "live_chip_differs"), ("kinship", "info", "possible_twin"))


@pytest.fixture
def deliver(server: RunningServer, station: EnrolledStation) -> Callable[..., str]:
    sequence = [0]

    def one(**changed: object) -> str:
        sequence[0] += 1
        case = made_up_case(sequence[0], station=station.enrolment.station_id, **changed)  # type: ignore[arg-type]
        station.post("/api/v1/cases", seal_case(case, recipient=server.records.keys.public.recipient, key=station.key))
        return str(case["case_id"])

    return one


def test_nobody_sees_anything_without_a_login(server: RunningServer, deliver: Callable[..., str]) -> None:
    case_id = deliver(pictures=True)
    for path in ("/", f"/cases/{case_id}"):
        answer = requests.get(server.url + path, allow_redirects=False, timeout=10)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    for path in (f"/cases/{case_id}/pictures/live", "/api/v1/cases", f"/api/v1/cases/{case_id}", "/api/v1/stations"):
        assert requests.get(server.url + path, timeout=10).status_code == 401


def test_the_list_shows_codes_in_words_and_nobodys_name(server: RunningServer, deliver: Callable[..., str]) -> None:
    deliver(alerts=ALERTS)
    deliver()
    session = server.log_in()
    page = session.get(f"{server.url}/?show=all").text
    for words in ("3号柜台", "挂失", "系统判断为同一人", "待复核", "柜员一", "通过", "■"):
        assert words in page
    assert NAME not in page
    assert page.index(">2</small>") < page.index(">1</small>"), "newest first"
    filtered = session.get(f"{server.url}/?show=alerts").text
    assert filtered.count("data-case=") == 1


@pytest.mark.full
def test_pages_follow_each_other_without_a_gap(server: RunningServer, deliver: Callable[..., str]) -> None:
    delivered = [deliver() for _ in range(27)]
    session = server.log_in()
    first = session.get(f"{server.url}/?show=all").text
    found = re.findall(r"/cases/([0-9a-f]{32})", first)
    following = re.search(r'class="more" href="([^"]+)"', first)
    assert following is not None
    second = session.get(server.url + following[1].replace("&amp;", "&")).text
    found += re.findall(r"/cases/([0-9a-f]{32})", second)
    assert found == delivered[::-1]
    assert 'class="more"' not in second
    assert session.get(f"{server.url}/?after=nonsense").status_code == 422


def test_the_compared_face_is_marked_and_an_imported_picture_is_not_called_live(
    server: RunningServer, deliver: Callable[..., str]
) -> None:
    live, *others = made_up_case(pictures=True)["evidence"]
    face = {"x_px": 30.5, "y_px": 40.0, "width_px": 41.0, "height_px": 52.0}
    case_id = deliver(evidence=[live | {"imported": True, "face": face}, *others])
    session = server.log_in()
    page = session.get(f"{server.url}/cases/{case_id}").text
    assert "导入照（非现场）" in page
    assert "现场采集照" not in page
    raw = session.get(f"{server.url}/cases/{case_id}/pictures/live/raw").text
    assert '<rect class="face" x="30.5" y="40.0" width="41.0" height="52.0"/>' in raw
    assert 'viewBox="0 0 102 126"' in raw
    assert 'class="face"' not in session.get(f"{server.url}/cases/{case_id}/pictures/chip/raw").text, "none was measured there"


def test_a_case_shows_everything_side_by_side_and_every_look_is_on_record(
    server: RunningServer, deliver: Callable[..., str]
) -> None:
    case_id = deliver(alerts=ALERTS, pictures=True)
    session = server.log_in()
    page = session.get(f"{server.url}/cases/{case_id}").text
    for words in (
        NAME,
        "现场人像与芯片照不一致",
        "11 / 358,800",
        "比对次数不足",
        "未比对",
        "柜员一",
        "收到个案",
        "190001 19** ****",
    ):
        assert words in page, words
    assert NUMBER not in page
    places = [page.index(f"/cases/{case_id}/pictures/{role}") for role in ("live", "chip", "netcheck")]
    assert places == sorted(places)
    picture = session.get(f"{server.url}/cases/{case_id}/pictures/chip")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    looks = [(link.kind, link.actor) for link in audit_of(server.data).links if link.subject == case_id]
    assert looks[1:] == [("case_seen", "manager"), ("picture_seen", "manager")]


def test_what_was_not_kept_says_why(server: RunningServer, deliver: Callable[..., str]) -> None:
    refused = [{"role": "chip", "kept": False, "why": "no_consent"}]
    case_id = deliver(evidence=refused, decision={"taken": "none"}, judgement={"made": False}, next_step="none", persons=[])
    page = server.log_in().get(f"{server.url}/cases/{case_id}").text
    assert "客户没有同意人脸识别" in page
    assert "没有这张照片" in page
    assert "没有读卡" in page


def test_how_the_teller_judged_first_and_what_the_customer_answered_stands_beside_the_decision(
    server: RunningServer, deliver: Callable[..., str]
) -> None:
    answers = [{"question": "own_number", "right": True}, {"question": "valid_from", "right": False}]
    case_id = deliver(teller_judgement={"asked": True, "given": "probably_different"}, challenge=answers)
    page = server.log_in().get(f"{server.url}/cases/{case_id}").text.partition('class="rail"')[2]
    told = ["柜员判断（读数显示前）", "很可能不是同一人", "系统判断为同一人", "柜员决定", "通过"]
    told += ["本人身份证号码（对照证件） · ✓ 答对", "证件有效期起始日 · ≠ 未答对"]
    places = [page.index(words) for words in told]
    assert places == sorted(places), "the teller's own judgement before the reading"


@pytest.mark.parametrize(("asked", "told"), [(True, True), (False, False)])
def test_a_judgement_that_was_due_and_not_given_is_told(
    server: RunningServer, deliver: Callable[..., str], asked: bool, told: bool
) -> None:
    case_id = deliver(teller_judgement={"asked": asked, "given": "none"})
    page = server.log_in().get(f"{server.url}/cases/{case_id}").text
    assert ("柜员没有先判断" in page) is told


def test_an_agents_case_and_what_was_typed_say_so(server: RunningServer, deliver: Callable[..., str]) -> None:
    earlier = deliver()
    transaction = made_up_case()["transaction"]
    case_id = deliver(transaction={**transaction, "role": "holder", "together_with": [earlier]}, without_chip="lost")
    page = server.log_in().get(f"{server.url}/cases/{case_id}").text
    assert f'<a href="/cases/{earlier}">同一业务的前一人</a>' in page
    assert f'<a href="/cases/{case_id}">同一业务的后一人</a>' in server.log_in().get(f"{server.url}/cases/{earlier}").text
    assert "未读取芯片：证件遗失" in page
    agent = deliver(transaction={**transaction, "role": "agent"})
    assert "代理人" in server.log_in().get(f"{server.url}/cases/{agent}").text


def test_codes_of_a_later_version_are_shown_as_they_are(server: RunningServer, deliver: Callable[..., str]) -> None:
    case_id = deliver(reasons=["of_a_later_version"], netcheck="LATER")
    page = server.log_in().get(f"{server.url}/cases/{case_id}").text
    assert "of_a_later_version" in page


def test_what_a_case_says_cannot_become_markup(server: RunningServer, deliver: Callable[..., str]) -> None:
    evil = "<script>alert(1)</script>"
    persons = [{"role": "holder", "name": evil, "number": NUMBER}]
    page = server.log_in().get(f"{server.url}/cases/{deliver(persons=persons)}").text
    assert evil not in page
    assert "&lt;script&gt;" in page


def test_every_answer_carries_the_headers_that_protect_it(server: RunningServer) -> None:
    session = server.log_in()
    for path in ("/", "/login", "/healthz", "/nothing", "/static/branch.css", "/static/pictures.js", "/api/v1/cases"):
        headers = session.get(server.url + path).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy.pop("default-src") == "'none'"
        loaded = {kind: policy.pop(f"{kind}-src") for kind in ("script", "connect", "img", "style")}
        assert set(loaded.values()) == {"'self'"}
        assert policy == {"form-action": "'self'", "frame-ancestors": "'none'", "base-uri": "'none'"}
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers or "uvicorn" not in headers["server"]


def test_a_page_loads_nothing_from_elsewhere_and_holds_neither_script_nor_style(
    server: RunningServer, deliver: Callable[..., str]
) -> None:
    session = server.log_in()
    for path in ("/", f"/cases/{deliver(pictures=True)}"):
        page = session.get(server.url + path).text
        assert re.sub(r'<script src="/static/[a-z_]+[.]js" defer></script>', "", page).count("<script") == 0
        assert not re.search(r'<style| style=| on[a-z]+="', page)
        assert not re.search(r'(src|href)="(https?:)?//', page)


def test_a_form_of_another_site_does_nothing(server: RunningServer) -> None:
    server.records.people.add("manager", "王经理", Role.MANAGER, PASSWORD, actor="test")
    bare = requests.post(f"{server.url}/login", data={"login": "manager", "password": PASSWORD}, timeout=10)
    assert bare.status_code == 403
    session = server.log_in()
    assert session.post(f"{server.url}/logout", data={"form_token": "guessed"}).status_code == 403
    assert session.get(f"{server.url}/api/v1/cases").status_code == 200
    token = re.search(r'name="form_token" value="([^"]+)"', session.get(server.url).text)
    assert token is not None
    session.post(f"{server.url}/logout", data={"form_token": token[1]})
    assert session.get(f"{server.url}/api/v1/cases").status_code == 401


def test_cookies_are_for_this_server_alone(server: RunningServer) -> None:
    session = server.log_in()
    for cookie in session.cookies:
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert cookie.get_nonstandard_attr("SameSite") == "strict"


def test_a_wrong_password_is_told_on_the_page_and_after_five_it_is_locked(server: RunningServer) -> None:
    server.log_in().close()
    session = requests.Session()
    told = []
    for _ in range(6):
        token = re.search(r'name="form_token" value="([^"]+)"', session.get(f"{server.url}/login").text)
        assert token is not None
        answer = session.post(f"{server.url}/login", data={"login": "manager", "password": "wrong", "form_token": token[1]})
        told.append("已锁定" if "已锁定" in answer.text else "不正确" if "不正确" in answer.text else "?")
    assert told == ["不正确"] * 5 + ["已锁定"]


def test_an_auditor_sees_the_list_and_no_case(server: RunningServer, deliver: Callable[..., str]) -> None:
    case_id = deliver(pictures=True)
    session = server.log_in(Role.AUDITOR, "auditor")
    assert session.get(f"{server.url}/api/v1/cases").status_code == 200
    assert session.get(f"{server.url}/api/v1/cases/{case_id}/events").json()["events"][0]["kind"] == "case_received"
    page = session.get(f"{server.url}/cases/{case_id}")
    assert page.status_code == 403
    assert "无权" in page.text
    assert session.get(f"{server.url}/cases/{case_id}/pictures/live").status_code == 403


def test_the_interface_for_programs_lists_and_opens_cases(server: RunningServer, deliver: Callable[..., str]) -> None:
    delivered = [deliver(alerts=ALERTS, pictures=True) for _ in range(3)]
    session = server.log_in()
    page = session.get(f"{server.url}/api/v1/cases", params={"size": 2}).json()
    rest = session.get(f"{server.url}/api/v1/cases", params={"size": 2, "after": page["after"]}).json()
    assert [one["case_id"] for one in page["cases"] + rest["cases"]] == delivered[::-1]
    assert "after" not in rest
    assert [alert["kind"] for alert in page["cases"][0]["alerts"]] == ["impostor", "kinship"]
    plain = session.get(f"{server.url}/api/v1/cases/{delivered[0]}").json()["case"]
    assert all("data_base64" not in one for one in plain["evidence"])
    whole = session.get(f"{server.url}/api/v1/cases/{delivered[0]}", params={"pictures": "true"}).json()["case"]
    assert all("data_base64" in one for one in whole["evidence"])
    assert session.get(f"{server.url}/api/v1/cases/{'0' * 32}").status_code == 404
    assert session.get(f"{server.url}/api/v1/cases", params={"size": 0}).status_code == 422
    assert session.get(f"{server.url}/api/v1/stations").json()["stations"][0]["name"] == "3号柜台"
