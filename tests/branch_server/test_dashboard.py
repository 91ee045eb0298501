"""The dashboard as a browser and a program get it: who sees which figures, nothing of it as markup, shares with their counts."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from teller_assist.alerts.envelope import seal_case
from teller_assist.branch_server import application
from teller_assist.branch_server.dashboard_pages import dashboard_routes
from teller_assist.branch_server.dashboard_words import duration, per_thousand, quantile_told
from teller_assist.branch_server.plots import Value, along, upright
from teller_assist.review.people import LoggedIn, Role
from teller_assist.review.review_kinds import Finding, ReviewOutcome, Round
from teller_assist.review.shares import NoShare, Quantile, share
from teller_assist.review.words import Told
from tests.branch_server.test_proof_pages import heartbeat
from tests.stand_ins.branch import PASSWORD, EnrolledStation, RunningServer
from tests.stand_ins.cases import NAME, made_up_case

LOOK = (("document_mismatch", "review", "expired"),)
HOSTILE = "<script>x</script>"


@pytest.fixture
def deliver(server: RunningServer, station: EnrolledStation) -> Callable[..., str]:
    sequence = [0]

    def one(**changed: object) -> str:
        sequence[0] += 1
        case = made_up_case(sequence[0], station=station.enrolment.station_id, **changed)  # type: ignore[arg-type]
        station.post("/api/v1/cases", seal_case(case, recipient=server.records.keys.public.recipient, key=station.key))
        return str(case["case_id"])

    return one


def judged(teller_login: str) -> dict[str, object]:
    transaction = {**made_up_case()["transaction"], "teller_login": teller_login}
    return {"alerts": LOOK, "transaction": transaction, "teller_judgement": {"asked": True, "given": "surely_same"}}


def close(server: RunningServer, case_id: str) -> None:
    server.records.people.add("reviewer", "复核", Role.MANAGER, PASSWORD, actor="test")
    person = server.records.people.logged_in(server.records.people.log_in("reviewer", PASSWORD))
    server.records.reviewing.record_finding(person, case_id, Round.FIRST, Finding.GENUINE, ReviewOutcome.PROCEED)


def figures(server: RunningServer, session: requests.Session, query: str = "") -> dict[str, Any]:
    answer = session.get(f"{server.url}/api/v1/statistics{query}")
    assert answer.status_code == 200
    return answer.json()  # type: ignore[no-any-return]


def test_nobody_sees_figures_without_a_login_or_without_the_right(server: RunningServer) -> None:
    for path in ("/dashboard", "/my-agreement"):
        answer = requests.get(server.url + path, allow_redirects=False, timeout=10)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert requests.get(f"{server.url}/api/v1/statistics", timeout=10).status_code == 401
    teller, auditor = server.log_in(Role.TELLER, "teller"), server.log_in(Role.AUDITOR, "auditor")
    for session, path in ((teller, "/dashboard"), (teller, "/api/v1/statistics"), (auditor, "/my-agreement")):
        assert session.get(server.url + path).status_code == 403


def test_a_manager_sees_the_own_branch_with_counts_and_intervals(server: RunningServer, deliver: Callable[..., str]) -> None:
    close(server, deliver(alerts=LOOK))
    deliver(alerts=LOOK)
    deliver()
    session = server.log_in()
    page = session.get(f"{server.url}/dashboard").text
    for words in (
        "统计",
        "2 / 3",
        "证件信息不一致",
        "0 / 1",
        "[0.0 % – 97.5 %]",
        "待复核 1",
        "已结案 1 例",
        "例数太少，没有区间",
    ):
        assert words in page, words
    assert NAME not in page
    assert page.count("<svg") == 5
    assert "style=" not in page
    assert "Customers with alerts" in session.get(f"{server.url}/dashboard?lang=en").text


def test_the_interface_gives_the_same_and_what_is_not_stated_says_why(server: RunningServer, deliver: Callable[..., str]) -> None:
    deliver(alerts=LOOK)
    body = figures(server, server.log_in(), "?days=7")
    assert (body["schema"], body["customers"], body["branches"]) == ("statistics/1", 1, ["main"])
    assert body["with_alerts"] == {"stated": True, "count": 1, "of": 1, "value": 1.0, "ci95": [pytest.approx(0.025), 1.0]}
    (kind,) = body["kinds"]
    assert kind["ppv"] == {"stated": False, "why": "none_reviewed", "of": 0}
    assert body["decisions"]["median"] == {"stated": False, "why": "none_closed"}


def test_another_branch_is_not_there_for_a_manager_and_there_for_an_auditor(
    server: RunningServer, deliver: Callable[..., str]
) -> None:
    deliver()
    server.records.branches.add("north", "城北支行", actor="test")
    manager = server.log_in()
    for path in ("/dashboard?branch=north", "/api/v1/statistics?branch=north"):
        assert manager.get(server.url + path).status_code == 404
    assert "城北支行" not in manager.get(f"{server.url}/dashboard").text
    server.records.people.add("auditor", "审计", Role.AUDITOR, PASSWORD, actor="test", branch_id="")
    auditor = requests.Session()
    auditor.trust_env = False
    auditor.cookies.set("teller_assist_session", server.records.people.log_in("auditor", PASSWORD))
    assert set(figures(server, auditor)["branches"]) == {"main", "north"}
    assert figures(server, auditor, "?branch=north")["customers"] == 0
    assert '<option value="north" selected>' in auditor.get(f"{server.url}/dashboard?branch=north").text


@pytest.mark.parametrize(
    "query", ["days=x", "days=0", "days=9999", "from=2026-02-30&to=2026-03-01", "from=2026-01-01", "month=x"]
)
def test_days_that_are_none_are_refused_and_change_nothing(server: RunningServer, query: str) -> None:
    session = server.log_in()
    assert session.get(f"{server.url}/dashboard?{query}").status_code == 422
    assert session.get(f"{server.url}/api/v1/statistics?{query}").status_code == 422


def test_names_of_stations_tellers_and_branches_are_never_markup(
    server: RunningServer, station: EnrolledStation, deliver: Callable[..., str]
) -> None:
    close(server, deliver(**judged("teller")))
    server.records.branches.add("main", HOSTILE, actor="test")
    from teller_assist.review.tables import Person, Station

    teller = server.log_in(Role.TELLER, "teller")
    assert teller.get(f"{server.url}/my-agreement").status_code == 200
    with server.records.database.writing() as session:
        session.get_one(Person, "teller").name = HOSTILE
        session.get_one(Station, station.enrolment.station_id).name = HOSTILE
    page = server.log_in().get(f"{server.url}/dashboard?branch=main").text
    assert HOSTILE not in page
    assert page.count("&lt;script&gt;x&lt;/script&gt;") == 4
    assert teller.get(f"{server.url}/my-agreement?month={HOSTILE}").text.count(HOSTILE) == 0


def test_a_teller_comes_to_the_own_figures_first_and_only_then_does_the_manager(
    server: RunningServer, deliver: Callable[..., str]
) -> None:
    close(server, deliver(**judged("teller")))
    teller, manager = server.log_in(Role.TELLER, "teller"), server.log_in()
    # Logging in led there already: the first page of a teller is the own one.
    assert teller.get(server.url).url == f"{server.url}/my-agreement"
    with server.records.database.writing() as session:
        from teller_assist.review.tables import TellerView

        session.query(TellerView).delete()
    assert "该柜员尚未查看" in manager.get(f"{server.url}/dashboard").text
    tellers = figures(server, manager)["tellers"]
    assert tellers["seen"] == []
    assert tellers["not_seen"] == [{"login": "teller", "name": "王经理"}]
    own = teller.get(f"{server.url}/my-agreement").text
    assert "1 / 1" in own
    assert "不足 10 例，不给出比例" in own
    page = manager.get(f"{server.url}/dashboard").text
    assert "该柜员尚未查看" not in page
    (seen,) = figures(server, manager)["tellers"]["seen"]
    assert (seen["judged"], seen["agreed"]) == (1, {"stated": False, "why": "too_few_judged", "of": 1})


@dataclass(frozen=True)
class Reported:
    """A station's health as a keeper of heartbeats lists it, and a device's."""

    station_name: str = "三号柜台"
    revoked: bool = False
    received: str = "2026-12-01T09:00:00.000Z"
    waiting: int = 4
    clock_ahead_s: int = -200
    clock_is_wrong: bool = True
    kind: str = "camera"
    told_s: int = 7200
    ready_s: int = 5400


class Health:
    """Keeps one station's heartbeats."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def listed(self, person: LoggedIn) -> list[Reported]:
        self.asked.append(person.branch_id)
        return [Reported(), Reported(station_name="撤销的柜台", revoked=True)]

    def readiness(self, person: LoggedIn, since: datetime.datetime) -> list[Reported]:
        return [Reported()]


@pytest.mark.full
def test_devices_health_is_shown_where_heartbeats_are_kept(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    health = Health()
    server.stop()
    monkeypatch.setattr(application, "dashboard_routes", lambda records, **_more: dashboard_routes(records))
    server.start()
    assert "没有收到柜台的设备报告" in server.log_in().get(f"{server.url}/dashboard").text
    server.stop()
    monkeypatch.setattr(application, "dashboard_routes", lambda records, **_more: dashboard_routes(records, health=health))
    server.start()
    session = server.log_in()
    page = session.get(f"{server.url}/dashboard").text
    for words in ("75.0 % · 1 小时 30 分 / 2 小时", "三号柜台", "▲ 慢 3 分 20 秒"):
        assert words in page, words
    assert "撤销的柜台" not in page
    assert figures(server, session)["devices"] == [{"kind": "camera", "ready_s": 5400, "reported_s": 7200}]
    assert set(health.asked) == {"main"}


def test_a_stations_heartbeats_are_shown(server: RunningServer, station: EnrolledStation) -> None:
    station.post("/api/v1/heartbeats", heartbeat(station, clock="2026-01-01T09:00:00.000Z"))
    page = server.log_in().get(f"{server.url}/dashboard").text
    assert re.search(r"3号柜台[^█]*▲ 慢 \d+", page)


def test_a_share_is_told_with_its_counts_or_with_why_there_is_none() -> None:
    found = per_thousand(share(1, 1000, none=""))
    assert (found.counts.zh, found.value.zh, found.interval.zh) == ("1 / 1,000", "1.00", "[0.03 – 5.56]")
    none = per_thousand(NoShare("no_customers", 0))
    assert (none.counts.zh, none.value.zh, none.interval.zh) == ("0", "没有客户", "—")
    assert quantile_told(None)[0].zh == "尚无已结案"
    assert quantile_told(Quantile(90, (60, 3700)))[1].zh == "[1 分钟 – 1 小时 1 分]"
    assert [duration(one).en for one in (0, 59, 61, 7200)] == ["0 s", "59 s", "1 min 1 s", "2 h"]


def test_bars_end_where_their_values_lie_and_whiskers_where_their_intervals_do() -> None:
    plot = along([Value(Told("甲"), Told(""), 50, (25, 100)), Value(Told("乙"), Told("不适用"), None)], 100, " %")
    first, second = plot.bars
    length = plot.ticks[-1].at - plot.origin
    assert [first.end, first.low, first.high] == [pytest.approx(plot.origin + length * part) for part in (0.5, 0.25, 1.0)]
    assert (second.end, second.low, second.shown.zh) == (None, None, "不适用")
    assert [tick.text for tick in plot.ticks] == ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]
    empty = upright([Value(Told("0"), Told(""), 0.0)])
    assert empty.bars[0].end == empty.origin
    tall = upright([Value(Told("0"), Told(""), 1234.0)])
    assert [tick.text for tick in tall.ticks] == ["0", "500", "1,000", "1,500"]


def test_the_page_names_every_plot_and_has_a_table_for_each(server: RunningServer, deliver: Callable[..., str]) -> None:
    deliver(alerts=LOOK)
    page = server.log_in().get(f"{server.url}/dashboard").text
    assert all("aria-label=" in one and 'role="img"' in one for one in re.findall(r"<svg[^>]*>", page))
    assert page.count("<table") >= page.count("<svg")
