"""The case page in a real browser: looked at, compared, switched; every sentence of it could be read."""

from __future__ import annotations

import datetime
import re

import pytest

from tests.stand_ins.branch import EnrolledStation, RunningServer
from tests.stand_ins.browser import ChromiumForTests, Window
from tests.stand_ins.drawn_cases import deliver_drawn_case, plain_picture

pytestmark = pytest.mark.full

KEPT = ("live", "chip", "netcheck", "netcheck_restored")
# What the eye sees: name and size of every text against the colour behind it, by WCAG 2.1.
CONTRASTS = """() => {
  const rgb = (text) => text.match(/[0-9.]+/g).map(Number);
  const part = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest("svg, script, .skip") || !element.getClientRects().length) continue;
    const [one, other] = [light(rgb(getComputedStyle(element).color)), light(behind(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    found.push([texts.currentNode.data.trim().slice(0, 20), Math.round(contrast * 100) / 100]);
  }
  return found;
}"""


@pytest.fixture
def case_path(server: RunningServer, station: EnrolledStation) -> str:
    return f"/cases/{deliver_drawn_case(server, station)}"


def view_boxes(window: Window) -> dict[str, list[float]]:
    boxes = window.page.eval_on_selector_all(
        "figure[data-role] .view", "all => all.map(one => [one.closest('figure').dataset.role, one.getAttribute('viewBox')])"
    )
    return {role: [float(value) for value in box.split()] for role, box in boxes}


def shown(window: Window) -> list[str]:
    """The pictures that can be seen now."""
    figures = window.page.query_selector_all("figure[data-role]")
    return [str(figure.get_attribute("data-role")) for figure in figures if figure.is_visible()]


def open_with_a_still_clock(window: Window, path: str) -> None:
    """Open a page whose timers run only when the test says so."""
    window.page.clock.install()
    window.open(path)
    window.page.clock.pause_at(datetime.datetime.now() + datetime.timedelta(hours=1))


def test_four_pictures_are_there_at_once_and_their_faces_have_one_height(window: Window, case_path: str) -> None:
    window.open(case_path)
    assert shown(window) == list(KEPT)
    heights = window.page.eval_on_selector_all(
        ".view", "all => all.map(one => one.getBoundingClientRect().height / one.viewBox.baseVal.height)"
    )
    faces = [66 / 145 * height for height in (480, 126, 220, 220)]  # as they were drawn, in pixels of each picture
    on_screen = [scale * face for scale, face in zip(heights, faces, strict=True)]
    assert max(on_screen) - min(on_screen) < 1.0
    assert min(on_screen) > 100, "and large enough to be looked at"
    loaded = window.page.evaluate("() => performance.getEntriesByType('resource').map(one => one.name)")
    assert [sum(name.endswith(f"/pictures/{role}") for name in loaded) for role in KEPT] == [1, 1, 1, 1]


def test_flicker_shows_two_pictures_in_turn_in_one_place_and_never_faster_than_three_flashes_a_second(
    window: Window, case_path: str
) -> None:
    open_with_a_still_clock(window, case_path)
    window.page.select_option(".second", "netcheck_restored")
    window.page.click(".flicker")
    turns = [shown(window)]
    for _ in range(40):  # four seconds in steps of a tenth
        window.page.clock.run_for(100)
        if shown(window) != turns[-1]:
            turns.append(shown(window))
    assert turns[:3] == [["live"], ["netcheck_restored"], ["live"]]
    assert len(turns) - 1 == 8, "two pictures a second; a flash is a change there and back: one a second"
    figures = window.page.query_selector_all("figure.chosen")
    places = [figure.evaluate("one => JSON.stringify(one.getBoundingClientRect())") for figure in figures]
    assert len(places) == 2
    assert places[0] == places[1]
    window.page.click(".flicker")
    assert shown(window) == list(KEPT)


def test_the_flicker_rests_as_soon_as_it_is_turned_by_hand(window: Window, case_path: str) -> None:
    open_with_a_still_clock(window, case_path)
    window.page.click("figure[data-role=chip] .frame")
    for key, seen in (("f", "live"), ("t", "chip"), ("t", "live")):
        window.page.keyboard.press(key)
        assert shown(window) == [seen]
    window.page.clock.run_for(5_000)
    assert shown(window) == ["live"]
    window.page.keyboard.press("Escape")
    assert shown(window) == list(KEPT)


def test_who_wants_less_motion_turns_by_hand(chromium: ChromiumForTests, server: RunningServer, case_path: str) -> None:
    with chromium.window(server, reduced_motion="reduce") as window:
        window.log_in()
        open_with_a_still_clock(window, case_path)
        window.page.click(".flicker")
        window.page.clock.run_for(5_000)
        assert shown(window) == ["live"]
        assert window.page.is_visible("text=请按“切换一次”")
        window.page.click(".toggle")
        assert shown(window) == ["chip"]


def test_zoom_and_move_are_the_same_on_every_picture(window: Window, case_path: str) -> None:
    window.open(case_path)
    before = view_boxes(window)
    window.page.hover("figure[data-role=chip] .frame", position={"x": 40, "y": 60})
    window.page.mouse.wheel(0, -100)
    window.page.keyboard.press("a")  # not one of its keys, and nothing has the focus
    window.page.wait_for_selector(".pictures.zoomed")
    zoomed = view_boxes(window)
    for role in KEPT:
        x, y, width, _height = zoomed[role]
        old_x, old_y, old_width, old_height = before[role]
        assert width / old_width == pytest.approx(0.8, abs=1e-3)
        assert (x - old_x) / old_width == pytest.approx((zoomed["live"][0] - before["live"][0]) / before["live"][2], abs=1e-3)
        assert (y - old_y) / old_height == pytest.approx((zoomed["live"][1] - before["live"][1]) / before["live"][3], abs=1e-3)
    assert zoomed["live"][0] - before["live"][0] < 0.1 * before["live"][2], "towards the pointer: the left of the middle"
    window.page.focus(".pictures")
    window.page.keyboard.press("ArrowRight")
    assert all(view_boxes(window)[role][0] > zoomed[role][0] for role in KEPT)
    window.page.keyboard.press("0")
    for role, box in view_boxes(window).items():
        assert box == pytest.approx(before[role], abs=0.1)


def test_a_picture_is_moved_with_the_pointer_and_never_out_of_its_frame(window: Window, case_path: str) -> None:
    window.open(case_path)
    for _ in range(3):
        window.page.click(".in")
    start = view_boxes(window)
    box = window.page.locator("figure[data-role=live] .frame").bounding_box()
    assert box is not None
    window.page.mouse.move(box["x"] + 100, box["y"] + 100)
    window.page.mouse.down()
    window.page.mouse.move(box["x"] + 140, box["y"] + 130)
    assert view_boxes(window)["netcheck"][0] < start["netcheck"][0]
    window.page.mouse.move(box["x"] + 4_000, box["y"] + 4_000)
    window.page.mouse.up()
    whole = {role: (start[role][2] * 1.25**3, start[role]) for role in KEPT}
    for role, (width, first) in whole.items():
        left = first[0] + first[2] / 2 - width / 2
        assert view_boxes(window)[role][0] == pytest.approx(left, abs=width / 100), "at its edge"


@pytest.mark.parametrize("state", ["side by side", "flicker", "zoomed", "raw"])
def test_the_viewers_name_lies_over_every_face_in_every_state(window: Window, case_path: str, state: str) -> None:
    window.open(case_path if state != "raw" else f"{case_path}/pictures/live/raw")
    if state == "flicker":
        window.page.click(".flicker")
    if state == "zoomed":
        window.page.click(".in")
    frames = [frame for frame in window.page.query_selector_all(".frame:not(.none)") if frame.is_visible()]
    assert frames
    for frame in frames:
        layer = frame.query_selector(".watermark")
        assert layer is not None
        assert layer.bounding_box() == pytest.approx(frame.bounding_box(), abs=0.5)
        assert frame.evaluate("one => one.lastElementChild.getAttribute('class')") == "watermark", "above the picture"
        assert frame.get_attribute("draggable") == "false"
    text = window.page.text_content("#watermark text") or ""
    assert re.fullmatch(r"王经理 manager \d{4}-\d\d-\d\d \d\d:\d\d", text)


def test_without_script_the_pictures_stand_side_by_side(
    chromium: ChromiumForTests, server: RunningServer, case_path: str
) -> None:
    with chromium.window(server, java_script_enabled=False) as window:
        window.log_in()
        window.open(case_path)
        assert shown(window) == list(KEPT)
        assert not window.page.is_visible(".tools"), "nothing is offered that would do nothing"
        window.page.click("figure[data-role=live] a")
        assert window.page.url.endswith("/pictures/live/raw")
        assert window.page.is_visible("text=640×480")


def test_a_picture_that_was_not_kept_says_why_and_one_without_a_face_that_its_scale_may_differ(
    window: Window, server: RunningServer, station: EnrolledStation
) -> None:
    evidence = [plain_picture("chip", 102, 126), {"role": "netcheck", "kept": False, "why": "policy"}]
    window.open(f"/cases/{deliver_drawn_case(server, station, evidence=evidence)}")
    told = {
        "live": "没有采集现场人像",
        "chip": "比例可能不同",
        "netcheck": "没有提示的个案不留照片",
        "netcheck_restored": "没有网纹",
    }
    for role, words in told.items():
        assert words in (window.page.text_content(f"figure[data-role={role}]") or "")
    assert window.page.is_disabled(".flicker"), "one picture has no other to flicker with"


def test_the_portrait_printed_on_the_card_stands_beside_them_where_a_case_has_it(
    window: Window, server: RunningServer, station: EnrolledStation
) -> None:
    evidence = [plain_picture(role, 102, 126) for role in ("chip", "card_portrait")]
    window.open(f"/cases/{deliver_drawn_case(server, station, evidence=evidence)}")
    assert shown(window)[-1] == "card_portrait"
    window.open(f"/cases/{deliver_drawn_case(server, station, 2)}")
    assert "card_portrait" not in shown(window)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_cut_off_and_all_can_be_read(
    chromium: ChromiumForTests, server: RunningServer, case_path: str, width: int, height: int, language: str
) -> None:
    with chromium.window(server, viewport={"width": width, "height": height}) as window:
        window.log_in()
        for path in (case_path, "/", f"{case_path}/pictures/chip/raw", "/login"):
            window.open(f"{path}?lang={language}")
            assert window.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"), path
            contrasts = window.page.evaluate(CONTRASTS)
            assert len(contrasts) > 5, path
            assert [one for one in contrasts if one[1] < 4.5] == [], path
        window.open(f"{case_path}?lang={language}")
        box = window.page.locator("figure[data-role=live] .frame").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < height, "all pictures are seen without scrolling"


def test_every_control_is_reached_by_keyboard_in_the_order_of_the_page_and_its_focus_is_seen(
    window: Window, case_path: str
) -> None:
    window.open(case_path)
    reached: list[str] = []
    for _ in range(40):
        window.page.keyboard.press("Tab")
        told = window.page.evaluate(
            "() => { const at = document.activeElement; const style = getComputedStyle(at);"
            " const name = at.className.split(' ')[0] || at.textContent.trim();"
            " return [at === document.body ? '' : name, style.outlineStyle, style.outlineWidth]; }"
        )
        if not told[0]:
            break
        assert told[1:] == ["solid", "3px"], f"the focus is not seen on {told[0]}"
        reached.append(told[0])
    order = ["skip", "product", "language", "first", "second", "flicker", "toggle", "out", "in", "home", "pictures"]
    places = [reached.index(name) for name in order]
    assert places == sorted(places)
    assert reached.count("原图") == 4


def test_every_picture_and_region_has_a_name(window: Window, case_path: str) -> None:
    window.open(case_path)
    unnamed = window.page.eval_on_selector_all(
        "[role=img], [role=group], nav, aside, section",
        "all => all.filter(one => !one.hidden && !one.getAttribute('aria-label') && !one.getAttribute('aria-labelledby')"
        " && !one.classList.contains('card')).map(one => one.outerHTML.slice(0, 60))",
    )
    assert unnamed == []
    assert window.page.locator("main").count() == 1
    assert window.page.locator("h1").count() == 1


def test_the_switch_in_the_header_turns_every_page_into_english_and_it_stays_so(window: Window, case_path: str) -> None:
    window.open(case_path)
    window.page.click("text=English")
    window.page.wait_for_url("**lang=en")
    assert window.page.get_attribute("html", "lang") == "en"
    window.open(case_path)
    told = window.page.inner_text("main")
    assert "Pictures side by side" in told
    chinese = set(re.findall(r"[\u4e00-\u9fff]+", told))
    assert chinese <= {"王经理", "号柜台", "柜员一", "林晓样", "汉", "示例市公安局"}, "names and what the card says"
    window.page.click("text=中文")
    assert "照片比对" in window.page.inner_text("main")
