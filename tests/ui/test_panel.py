"""The whole panel: every state fits, says what it must and never what it must not; nothing of a customer stays."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from teller_assist.decision.judgement import Alert, AlertKind, Severity
from teller_assist.errors import BugError
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.ui import panel as panel_module
from teller_assist.ui.panel import Panel
from teller_assist.ui.theme import LIGHT, PANEL_WIDTH_PX
from teller_assist.ui.widgets.gauge import OUTCOMES
from teller_assist.ui.widgets.strip import Strip
from teller_assist.ui.words import Language, Words
from teller_assist.workflow.view import Screen, StationView
from tests.stand_ins.looking import clipped, everything_said, overlapping, place, skin_pixels, texts
from tests.stand_ins.panels import in_state, made
from tests.stand_ins.view_parts import capture, decision, portraits
from tests.stand_ins.views import STATES, compared, impostor, preview_frame, view

HEIGHTS_PX = (1200, 1040, 900, 760, 680)
# The confidence level of an interval is no percentage of anything seen.
CONFIDENCE = ("95%区间", "95 % interval")
RAW_SCORE = re.compile(r"(?<![\d,.])[01]\.\d{2,}")
NEVER_SAID = ("冒用", "冒充", "冒名", "嫌疑", "欺诈", "骗", "impostor", "fraud", "fake", "suspect", "spoof")


# ---------------------------------------------------------------- every state


@pytest.mark.full
@pytest.mark.parametrize("height_px", HEIGHTS_PX)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_clipped_and_nothing_lies_over_anything(qtbot: QtBot, language: Language, height_px: int) -> None:
    panel = made(qtbot, language, height_px)
    for name, make in STATES.items():
        panel.show_view(make())
        assert clipped(panel) == [], name
        for part in (panel._top, panel._middle.parentWidget(), panel.decision, panel.advice, panel.footer, panel.header):
            assert isinstance(part, QWidget)
            assert overlapping(part) == [], name
        assert panel.height() == height_px, name


@pytest.mark.full
@pytest.mark.parametrize("height_px", HEIGHTS_PX)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_decision_and_the_footer_are_never_scrolled_away(qtbot: QtBot, language: Language, height_px: int) -> None:
    panel = made(qtbot, language, height_px)
    for name, make in STATES.items():
        panel.show_view(make())
        assert panel.footer.geometry().bottom() < height_px, name
        if panel.decision.isVisible():
            inside = place(panel.decision, panel)
            assert inside.bottom() < panel.footer.y(), name
            assert inside.left() >= 0, name
            assert inside.right() < PANEL_WIDTH_PX, name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_at_1040_a_match_and_at_1080_a_kinship_alert_show_the_whole_gauge_without_scrolling(
    qtbot: QtBot, language: Language
) -> None:
    panel = made(qtbot, language, 1040)
    for name, height_px in (("match", 1040), ("kinship", 1080)):
        panel.resize(PANEL_WIDTH_PX, height_px)
        panel.show_view(STATES[name]())
        bottom = place(panel.gauge.calibration, panel).bottom()
        assert bottom < place(panel.advice, panel).top(), name


@pytest.mark.full
@pytest.mark.parametrize("height_px", HEIGHTS_PX)
def test_what_a_hand_or_an_eye_returns_to_never_moves_from_state_to_state(qtbot: QtBot, height_px: int) -> None:
    panel = made(qtbot, "zh", height_px)
    plain = [make() for make in STATES.values() if make().screen is Screen.CUSTOMER and make().simulated is None]
    parts: dict[str, QWidget] = {
        "header": panel.header,
        "devices": panel.devices,
        "stepper": panel.stepper,
        "footer": panel.footer,
        **{str(decision): button for decision, button in panel.decision.buttons.items()},
    }
    seen: dict[str, set[object]] = {}
    for one in plain:
        panel.show_view(one)
        for name, widget in parts.items():
            if widget.isVisible():
                seen.setdefault(name, set()).add(place(widget, panel).getRect())
    assert {name: len(places) for name, places in seen.items()} == dict.fromkeys(parts, 1)


def test_the_simulated_line_is_as_high_whatever_it_says(qtbot: QtBot) -> None:
    panel = made(qtbot)
    tops = set()
    for name in ("sign_on_simulated", "simulated", "everything_at_once"):
        panel.show_view(STATES[name]())
        tops.add(place(panel.devices, panel).top())
    assert len(tops) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_the_lowest_screen_the_documents_can_be_ticked(qtbot: QtBot, language: Language) -> None:
    panel = made(qtbot, language, 600)
    simulated = STATES["simulated"]().simulated
    for name in ("without_face", "face_path_left"):
        panel.show_view(replace(STATES[name](), simulated=simulated))
        assert clipped(panel.decision) == [], name
        assert overlapping(panel.decision.documents) == [], name
        assert place(panel.decision, panel).bottom() < panel.footer.y(), name


@pytest.mark.full
@pytest.mark.parametrize("height_px", [640, 600])
def test_on_a_low_screen_a_new_outcome_comes_into_sight_and_the_next_customer_begins_at_the_top(
    qtbot: QtBot, height_px: int
) -> None:
    panel = made(qtbot, "zh", height_px)
    bar = panel._area.verticalScrollBar()
    assert bar is not None
    for name in ("comparing", "non_match"):
        panel.show_view(STATES[name]())
    for one in (panel.gauge.verdict, panel.gauge.headline):
        assert not one.visibleRegion().isEmpty()
        assert one.visibleRegion().boundingRect() == one.rect()
    panel.dress(panel.words, panel.theme)
    bar = panel._area.verticalScrollBar()
    assert bar is not None
    assert bar.value() > 0, "in another language as well"
    bar.setValue(0)
    panel.show_view(STATES["non_match"]())
    assert bar.value() == 0, "the teller scrolled back and is left there"
    panel.show_view(STATES["kinship"]())
    assert bar.value() > 0
    panel.show_view(STATES["waiting_for_consent"]())
    assert bar.value() == 0


@pytest.mark.full
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_percentage_no_raw_score_and_no_accusation_on_any_surface(qtbot: QtBot, language: Language) -> None:
    panel, strip = made(qtbot, language), Strip(Words(language), LIGHT)
    qtbot.addWidget(strip)
    strip.show()
    for name, make in STATES.items():
        for surface in (panel, strip):
            surface.show_view(make())
            panel.gauge.more.click() if surface is panel and panel.gauge.more.isVisible() else None
            for text in everything_said(surface):
                plain = text
                for allowed in CONFIDENCE:
                    plain = plain.replace(allowed, "")
                assert not re.search("[%％]", plain), (name, text)
                assert not RAW_SCORE.search(plain), (name, text)
                assert not [word for word in NEVER_SAID if word in plain.lower()], (name, text)


def test_every_text_is_a_label_or_a_button_and_none_is_painted() -> None:
    folder = Path(panel_module.__file__).parent
    for path in (*folder.glob("widgets/*.py"), folder / "panel.py"):
        assert "drawText" not in path.read_text(encoding="utf-8"), path.name


def test_no_widget_compares_anything_with_a_threshold() -> None:
    folder = Path(panel_module.__file__).parent / "widgets"
    for path in folder.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(stranger|match_from|non_match_until)\s*[<>]|[<>]=?\s*view\.(match_from|non_match_until)", text), (
            path.name
        )


def test_verdict_alert_and_hint_are_labels_with_an_accessible_name(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "kinship")
    assert panel.gauge.verdict.word.accessibleName() == "系统判断为同一人"
    assert panel.alert.headline.accessibleName().startswith("请核实：")
    panel.show_view(STATES["searching"]())
    assert panel.preview.hint.accessibleName() == panel.preview.hint.text() != ""


@pytest.mark.parametrize("name", STATES)
def test_reject_is_never_emphasised_and_never_comes_first(qtbot: QtBot, name: str) -> None:
    panel = in_state(qtbot, name)
    roles = {one: panel.decision.buttons[one].property("role") for one in TellerDecision}
    assert roles[TellerDecision.REJECT] == "decision"
    assert [one for one, role in roles.items() if role == "emphasised"] in ([], [TellerDecision.PASS], [TellerDecision.REFER])


def test_even_a_view_that_asks_for_it_cannot_emphasise_reject(qtbot: QtBot) -> None:
    panel = made(qtbot)
    panel.show_view(compared(Outcome.NON_MATCH, decision=decision(frozenset(TellerDecision), TellerDecision.REJECT)))
    assert panel.decision.buttons[TellerDecision.REJECT].property("role") == "decision"


def test_an_unknown_code_is_our_own_fault(qtbot: QtBot) -> None:
    panel = made(qtbot)
    with pytest.raises(BugError, match=r"alert_headline\.moonlight"):
        panel.show_view(compared(Outcome.MATCH, alert=Alert(AlertKind.DEVICE, Severity.INFO, "moonlight")))


# ---------------------------------------------------------------- which part shows when

PARTS = (
    "skeleton",
    "sign_on_page",
    "ready",
    "stepper",
    "preview",
    "portraits",
    "gauge",
    "decision",
    "consent",
    "advice",
    "today",
)
SHOWN = {
    "opening": {"skeleton"},
    "sign_on": {"sign_on_page"},
    "locked": {"sign_on_page"},
    "ready": {"ready", "today"},
    "waiting_for_card": {"stepper", "preview", "portraits", "gauge", "decision", "consent", "today"},
    "searching": {"stepper", "preview", "portraits", "gauge", "decision", "consent", "today"},
    "match": {"stepper", "portraits", "gauge", "decision", "advice", "today"},
    "without_face": {"stepper", "portraits", "decision", "consent", "advice", "today"},
    "face_path_left": {"stepper", "portraits", "decision", "consent", "advice", "today"},
}


@pytest.mark.parametrize("name", SHOWN)
def test_each_state_shows_its_parts(qtbot: QtBot, name: str) -> None:
    panel = in_state(qtbot, name)
    assert {part for part in PARTS if getattr(panel, part).isVisible()} == SHOWN[name]


def test_before_the_first_view_there_is_the_skeleton(qtbot: QtBot) -> None:
    panel = made(qtbot)
    assert panel.skeleton.isVisible()
    assert "正在打开设备和模型，请稍候。" in texts(panel)


@pytest.mark.parametrize(
    ("height_px", "compact", "preview"), [(1200, False, True), (1040, False, False), (900, False, False), (899, True, False)]
)
def test_height_classes(qtbot: QtBot, height_px: int, compact: bool, preview: bool) -> None:
    panel = in_state(qtbot, "match", height_px=height_px)
    assert panel.compact is compact
    assert panel.preview.isVisible() is preview, "beside a reading the preview needs a very high panel"
    assert panel.portraits.pad.isVisible() is not preview, "its word is not lost with the preview"
    assert panel.identity.second.isVisible() is not compact
    assert panel.today.isVisible() is not compact


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("searching", "等待采集"),
        ("comparing", "正在比对"),
        ("captured_waiting_for_card", "等待证件"),
        ("by_hand", "没有比对读数"),
    ],
)
def test_the_empty_gauge_says_why_it_is_empty(qtbot: QtBot, name: str, instead: str) -> None:
    assert in_state(qtbot, name).gauge.verdict.word.text() == instead


def test_the_simulated_line_stands_only_where_the_counter_is_simulated(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "simulated")
    simulated = STATES["simulated"]().simulated
    assert simulated is not None
    for screen in (Screen.CUSTOMER, Screen.READY, Screen.SIGN_ON, Screen.LOCKED):
        panel.show_view(view(screen, simulated=simulated))
        assert panel.simulated.isVisible(), "nobody may take it for a real counter"
        assert panel.simulated.next.isVisible() is (screen in (Screen.CUSTOMER, Screen.READY))
    panel.show_view(STATES["match"]())
    assert not panel.simulated.isVisible()


# ---------------------------------------------------------------- privacy


def with_everything(panel: Panel) -> None:
    panel.resize(PANEL_WIDTH_PX, 1200)
    panel.show_view(compared(Outcome.MATCH))
    panel.show_preview(preview_frame())
    assert skin_pixels(panel) > 1000


BLANK: dict[str, Callable[[], StationView]] = {
    "locked": lambda: view(Screen.LOCKED, identity=compared(Outcome.MATCH).identity, portraits=portraits()),
    "next customer": lambda: view(Screen.READY),
    "signed off": lambda: view(Screen.SIGN_ON),
    "idle": lambda: compared(
        Outcome.MATCH, capture=capture(captured=True, blanked=True), portraits=portraits("", absent="blanked")
    ),
}


@pytest.mark.full
@pytest.mark.parametrize("case", BLANK)
def test_faces_are_gone_after_blanking_also_from_widgets_that_are_hidden(qtbot: QtBot, case: str) -> None:
    panel = made(qtbot)
    with_everything(panel)
    panel.portraits.pictures["live"].click()
    assert panel.original.isVisible()
    panel.show_view(BLANK[case]())
    panel.show_preview(preview_frame())
    assert skin_pixels(panel) == 0
    assert not panel.original.isVisible()
    assert not panel.preview.shows_picture
    assert not [role for role, one in panel.portraits.pictures.items() if one.shows_picture]


@pytest.mark.full
def test_locking_takes_name_and_number_away(qtbot: QtBot) -> None:
    panel = made(qtbot)
    with_everything(panel)
    panel.show_view(BLANK["locked"]())
    said = " ".join(one.text() for one in panel.findChildren(type(panel.identity.name)))
    assert "林*晓" not in said
    assert "330106" not in said


@pytest.mark.full
def test_the_next_tellers_sign_on_does_not_find_a_name_in_the_field(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "sign_on")
    panel.sign_on_page.teller.setText("10427")
    panel.show_view(STATES["ready"]())
    panel.show_view(STATES["locked"]())
    assert panel.sign_on_page.teller.text() == ""


@pytest.mark.full
def test_frames_are_shown_only_while_a_customer_is_served(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "ready")
    panel.show_preview(preview_frame())
    assert not panel.preview.shows_picture


@pytest.mark.parametrize("outcome", Outcome)
def test_each_outcome_has_its_word_and_its_own_icon(qtbot: QtBot, outcome: Outcome) -> None:
    panel = made(qtbot)
    panel.show_view(compared(outcome, alert=impostor()))
    assert panel.gauge.verdict.icon.name == OUTCOMES[outcome][1]
    assert len({name for _tone, name in OUTCOMES.values()}) == len(Outcome)


@pytest.mark.full
@pytest.mark.parametrize("factor", ["1.5", "2"])
def test_nothing_is_clipped_on_a_screen_of_high_resolution(factor: str) -> None:
    environment = {**os.environ, "QT_SCALE_FACTOR": factor}
    named = f"{__file__}::test_nothing_is_clipped_and_nothing_lies_over_anything"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", named]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
