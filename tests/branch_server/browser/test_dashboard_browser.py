"""The figures in a real browser: nothing breaks the page's policy, nothing runs out of the window, every plot is drawn."""

from __future__ import annotations

import pytest

from teller_assist.alerts.envelope import seal_case
from tests.stand_ins.branch import EnrolledStation, RunningServer
from tests.stand_ins.browser import Window
from tests.stand_ins.cases import made_up_case

pytestmark = pytest.mark.full

ALERTS = (("impostor", "review", "live_chip_differs"), ("netcheck_result", "review", "card_lost"))
CAMERA = [{"kind": "camera", "state": "ready", "plugin": "bank.twin_camera"}]
# Labels that begin or end outside their plot.
CUT_OFF = """() => [...document.querySelectorAll(".plot text")].filter((text) => {
  const plot = text.ownerSVGElement.getBoundingClientRect(), box = text.getBoundingClientRect();
  return box.left < plot.left - 1 || box.right > plot.right + 1;
}).map((text) => text.textContent)"""


@pytest.mark.parametrize("width", [1366, 1920])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_figures_fit_the_window_and_are_drawn_whole(
    window: Window, server: RunningServer, station: EnrolledStation, width: int, language: str
) -> None:
    for sequence in range(1, 4):
        case = made_up_case(sequence, station=station.enrolment.station_id, alerts=ALERTS, devices=CAMERA)
        station.post("/api/v1/cases", seal_case(case, recipient=server.records.keys.public.recipient, key=station.key))
    window.page.set_viewport_size({"width": width, "height": 900})
    window.open(f"/dashboard?lang={language}")
    assert window.page.evaluate("document.documentElement.scrollWidth") <= width
    assert window.page.evaluate(CUT_OFF) == []
    panels = window.page.eval_on_selector_all(".panel", "all => all.map(one => one.scrollWidth - one.clientWidth)")
    assert max(panels) <= 0, "no table is wider than its panel"
    bars = window.page.eval_on_selector_all(".plot .bar", "all => all.map(one => getComputedStyle(one).fill)")
    assert len(bars) > 10
    assert "rgb(0, 0, 0)" not in bars, "the style sheet colours them"
    window.page.click("summary >> nth=0")
    assert window.page.is_visible("details[open] table")
