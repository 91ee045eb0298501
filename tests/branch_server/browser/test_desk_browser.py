"""The manager's desk in a real browser: five tasks with their clicks counted, and a list that renews itself."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from teller_assist.alerts.canonical import utc_text
from teller_assist.alerts.envelope import seal_case
from teller_assist.review.evidence_pack.checking import check_pack, read_pack
from teller_assist.review.people import Role
from teller_assist.review.review_kinds import Finding, ReviewOutcome, ReviewState, Round
from teller_assist.review.tables import AlertRow, Case
from tests.stand_ins.branch import PASSWORD, EnrolledStation, RunningServer
from tests.stand_ins.browser import ChromiumForTests, Window
from tests.stand_ins.cases import made_up_case
from tests.stand_ins.drawn_cases import deliver_drawn_case

pytestmark = pytest.mark.full

KINSHIP = (("kinship", "review", "possible_twin"),)


class Clicks:
    """Clicks as a person makes them, counted."""

    def __init__(self, window: Window) -> None:
        self.count, self._window = 0, window

    def __call__(self, selector: str) -> None:
        self.count += 1
        self._window.page.click(selector)
        self._window.page.wait_for_load_state("domcontentloaded")


@pytest.fixture
def deliver(server: RunningServer, station: EnrolledStation) -> Callable[..., str]:
    sequences = iter(range(100, 200))

    def one(days_ago: int = 0, teller: str = "柜员一", **changed: object) -> str:
        case = made_up_case(next(sequences), station=station.enrolment.station_id, **changed)  # type: ignore[arg-type]
        case["transaction"]["teller"] = teller
        station.post("/api/v1/cases", seal_case(case, recipient=server.records.keys.public.recipient, key=station.key))
        received = utc_text(datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days_ago))
        with server.records.database.writing() as session:  # nobody waits a day
            session.query(Case).filter_by(case_id=case["case_id"]).update({"received": received})
            session.query(AlertRow).filter_by(case_id=case["case_id"]).update({"received": received})
        return str(case["case_id"])

    return one


def listed(window: Window) -> list[str]:
    rows = window.page.query_selector_all("tr[data-case]")
    return [str(row.get_attribute("data-case")) for row in rows]


def test_yesterdays_kinship_alerts_of_one_teller_are_three_clicks_away(window: Window, deliver: Callable[..., str]) -> None:
    wanted = {deliver(1, "李柜员", alerts=KINSHIP) for _ in range(2)}
    deliver(0, "李柜员", alerts=KINSHIP)
    deliver(1, "柜员一", alerts=KINSHIP)
    deliver(1, "李柜员", alerts=(("quality", "review", "quality"),))
    window.open_live("/")
    assert len(listed(window)) == 5
    click = Clicks(window)
    click("nav.filters a:text-is('昨天')")
    click("nav.filters a:text-is('可能的近亲属')")
    click("nav.filters a:text-is('李柜员')")
    assert set(listed(window)) == wanted
    assert click.count <= 3


def test_a_case_is_opened_and_its_four_pictures_compared_by_one_click(
    window: Window, server: RunningServer, station: EnrolledStation
) -> None:
    deliver_drawn_case(server, station)
    window.open_live("/")
    click = Clicks(window)
    click("tr[data-case] a")
    window.page.wait_for_load_state("networkidle")
    assert len(window.page.query_selector_all("figure[data-role] image")) == 4
    assert click.count == 1


def test_a_finding_with_its_outcome_is_three_clicks_and_a_second_signature_one(
    chromium: ChromiumForTests, window: Window, server: RunningServer, station: EnrolledStation
) -> None:
    case_id = deliver_drawn_case(server, station)
    window.open(f"/cases/{case_id}")
    click = Clicks(window)
    click("#finding-form input[value=impostor]")
    click("#finding-form input[value=do_not_proceed]")
    click("#finding-form button")
    assert "待第二人签署" in window.page.inner_text("#review-state")
    assert click.count <= 3
    with chromium.window(server) as other:
        other.log_in("deputy")
        other.open(f"/cases/{case_id}")
        second = Clicks(other)
        second("#sign-form button[value=yes]")
        assert "已结案" in other.page.inner_text("#review-state")
        assert second.count <= 3


def test_an_evidence_pack_is_made_by_one_click(
    window: Window, server: RunningServer, station: EnrolledStation, tmp_path: Path
) -> None:
    case_id = deliver_drawn_case(server, station)
    window.open(f"/cases/{case_id}")
    window.page.set_default_timeout(60_000)
    click = Clicks(window)
    click("#pack-form button")
    passphrase = window.page.inner_text(".passphrase code")
    assert click.count == 1
    with window.page.expect_download() as download:
        window.page.click("#fetch-pack")
    shutil.copy(download.value.path(), tmp_path / "pack")
    assert check_pack(read_pack(tmp_path / "pack", passphrase), server.records.keys.public).fault is None


def test_the_list_renews_itself_when_a_case_comes_and_when_it_is_found(
    window: Window, server: RunningServer, deliver: Callable[..., str]
) -> None:
    window.open_live("/")
    assert listed(window) == []
    case_id = deliver(alerts=(("quality", "review", "quality"),))
    window.page.wait_for_selector(f"tr[data-case='{case_id}']")
    person = server.records.people.logged_in(_token(server))
    state = server.records.reviewing.record_finding(person, case_id, Round.FIRST, Finding.QUALITY, ReviewOutcome.PROCEED)
    assert state is ReviewState.CLOSED
    window.page.wait_for_selector(f"tr[data-case='{case_id}']", state="detached")
    assert "实时更新" in window.page.inner_text("#live-state")


def test_a_session_that_is_over_leaves_the_live_list(
    window: Window, server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("teller_assist.branch_server.live.STILL_HERE_EVERY_S", 0.2)
    window.open_live("/")
    server.records.people.add("manager", "王经理", Role.MANAGER, "another-long-password", actor="test")
    window.page.wait_for_url("**/login")


def test_the_desk_is_looked_at(
    window: Window, server: RunningServer, station: EnrolledStation, deliver: Callable[..., str]
) -> None:
    """Pictures of the list and of a case under review, where somebody asks for them."""
    for teller in ("柜员一", "李柜员", "赵柜员"):
        deliver(0, teller, alerts=KINSHIP)
        deliver(1, teller, alerts=(("presentation_attack", "review", "attack"), ("quality", "info", "quality")))
        deliver(1, teller)
    case_id = deliver_drawn_case(server, station)
    folder = os.environ.get("TELLER_ASSIST_SCREENSHOTS", "")
    for width, height in ((1366, 768), (1920, 1080)):
        window.page.set_viewport_size({"width": width, "height": height})
        for name, path in (("list", "/?show=all"), ("review", f"/cases/{case_id}")):
            window.open_live(path)
            assert window.page.inner_text("h1")
            wide = window.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is wider than the window"
            if folder:
                (Path(folder) / f"desk-{name}-{width}.png").write_bytes(window.page.screenshot(full_page=True))


def _token(server: RunningServer) -> str:
    server.records.people.add("finder", "赵主管", Role.MANAGER, PASSWORD, actor="test")
    return server.records.people.log_in("finder", PASSWORD)
