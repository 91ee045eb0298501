"""The whole panel: every state fits, says what it must and never what it must not; every wish becomes a signal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from teller_assist.decision.judgement import Alert, AlertKind, Severity
from teller_assist.errors import BugError
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.transaction import BusinessKind, TellerDecision
from teller_assist.ui import panel as panel_module
from teller_assist.ui.panel import Panel
from teller_assist.ui.theme import DARK, LIGHT, PANEL_WIDTH_PX
from teller_assist.ui.widgets.gauge import OUTCOMES
from teller_assist.ui.widgets.strip import Strip
from teller_assist.ui.words import Language, Words
from teller_assist.workflow.view import PassNeeds, Screen, StationView
from tests.stand_ins.looking import clipped, everything_said, overlapping, place, skin_pixels, texts
from tests.stand_ins.views import STATES, capture, compared, decision, impostor, portraits, preview_frame, view

HEIGHTS_PX = (1200, 1040, 900, 760, 680)
# The confidence level of an interval is no percentage of anything seen.
CONFIDENCE = ("95%区间", "95 % interval")
RAW_SCORE = re.compile(r"(?<![\d,.])[01]\.\d{2,}")
NEVER_SAID = ("冒用", "冒充", "冒名", "嫌疑", "欺诈", "骗", "impostor", "fraud", "fake", "suspect", "spoof")


def made(qtbot: QtBot, language: Language = "zh", height_px: int = 1040) -> Panel:
    panel = Panel(Words(language), LIGHT)
    qtbot.addWidget(panel)
    panel.resize(PANEL_WIDTH_PX, height_px)
    panel.show()
    return panel


def press_key(widget: QWidget | None, key: Qt.Key) -> None:
    # Through the class: the stubs of QTest take its static methods for methods.
    QTest.keyClick(widget, key)  # type: ignore[call-overload]


def in_state(qtbot: QtBot, name: str, **sizes: Any) -> Panel:
    panel = made(qtbot, **sizes)
    panel.show_view(STATES[name]())
    return panel


# ---------------------------------------------------------------- every state


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


def test_locking_takes_name_and_number_away(qtbot: QtBot) -> None:
    panel = made(qtbot)
    with_everything(panel)
    panel.show_view(BLANK["locked"]())
    said = " ".join(one.text() for one in panel.findChildren(type(panel.identity.name)))
    assert "林*晓" not in said
    assert "330106" not in said


def test_the_next_tellers_sign_on_does_not_find_a_name_in_the_field(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "sign_on")
    panel.sign_on_page.teller.setText("10427")
    panel.show_view(STATES["ready"]())
    panel.show_view(STATES["locked"]())
    assert panel.sign_on_page.teller.text() == ""


def test_frames_are_shown_only_while_a_customer_is_served(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "ready")
    panel.show_preview(preview_frame())
    assert not panel.preview.shows_picture


# ---------------------------------------------------------------- wishes

P, R, N = TellerDecision.PASS, TellerDecision.REFER, TellerDecision.REJECT


def pressed(*path: str) -> Callable[[Panel], None]:
    def press(panel: Panel) -> None:
        found: Any = panel
        for name in path:
            found = getattr(found, name)
        assert isinstance(found, QAbstractButton)
        assert found.isVisible()
        found.click()

    return press


WISHES: dict[str, tuple[str, Callable[[Panel], None], str, list[Any]]] = {
    "begin": ("ready", pressed("ready", "begin_button"), "begin", []),
    "business": (
        "ready",
        lambda panel: panel.ready.buttons[BusinessKind.ACTIVATION].click(),
        "business_chosen",
        [BusinessKind.ACTIVATION],
    ),
    "consent": ("waiting_for_consent", pressed("consent", "agree"), "consent_given", []),
    "no consent": ("waiting_for_consent", pressed("consent", "refuse"), "consent_refused", []),
    "retake": ("match", pressed("decision", "retake_button"), "retake", []),
    "abandon": ("match", pressed("decision", "abandon_button"), "abandoned", []),
    "pass": ("match", lambda panel: panel.decision.buttons[P].click(), "decided", [P, "", "", ()]),
    "undo": ("taken", pressed("decision", "undo", "undo"), "undone", []),
    "next": ("simulated", pressed("simulated", "next"), "next_customer", []),
    "lock": ("match", pressed("header", "lock_button"), "lock", []),
    "collapse": ("match", pressed("header", "collapse_button"), "collapse", []),
    "language": ("match", pressed("header", "language_button"), "language_chosen", ["en"]),
    "theme": ("match", pressed("header", "theme_button"), "theme_chosen", ["dark"]),
    "second teller": ("non_match", lambda panel: panel.decision.buttons[P].click(), "text_wanted", []),
}


@pytest.mark.parametrize("wish", WISHES)
def test_every_wish_becomes_its_signal(qtbot: QtBot, wish: str) -> None:
    state, act, signal, arguments = WISHES[wish]
    panel = in_state(qtbot, state)
    with qtbot.waitSignal(getattr(panel, signal), timeout=1000) as caught:
        act(panel)
    assert caught.args == arguments


def test_signing_on_gives_the_name_without_blanks(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "sign_on")
    assert not panel.sign_on_page.confirm.isEnabled()
    panel.sign_on_page.teller.setText("  10427 ")
    with qtbot.waitSignal(panel.sign_on) as caught:
        panel.sign_on_page.confirm.click()
    assert caught.args == ["10427"]


KEYS: list[tuple[str, Qt.Key, str, list[Any]]] = [
    ("waiting_for_consent", Qt.Key.Key_F5, "consent_given", []),
    ("match", Qt.Key.Key_F6, "decided", [P, "", "", ()]),
]


@pytest.mark.parametrize(("state", "key", "signal", "arguments"), KEYS)
def test_keys(qtbot: QtBot, state: str, key: Qt.Key, signal: str, arguments: list[Any]) -> None:
    panel = in_state(qtbot, state)
    with qtbot.waitActive(panel):
        panel.activateWindow()
    with qtbot.waitSignal(getattr(panel, signal), timeout=2000) as caught:
        press_key(panel, key)
    assert caught.args == arguments


@pytest.mark.parametrize(("key", "decided"), [(Qt.Key.Key_F7, R), (Qt.Key.Key_F8, N)])
def test_a_digit_chooses_the_reason_and_esc_closes_the_form(qtbot: QtBot, key: Qt.Key, decided: TellerDecision) -> None:
    panel = in_state(qtbot, "match")
    with qtbot.waitActive(panel):
        panel.activateWindow()
    for _attempt in ("closed by Esc", "answered"):
        press_key(panel, key)
        qtbot.waitUntil(lambda: panel.decision.form is not None)
        form = panel.decision.form
        if _attempt == "closed by Esc":
            press_key(form, Qt.Key.Key_Escape)
            qtbot.waitUntil(lambda: panel.decision.form is None)
    with qtbot.waitSignal(panel.decided) as caught:
        press_key(form, Qt.Key.Key_2)
    code = STATES["match"]().decision.reason_codes[decided][1]
    assert caught.args == [decided, code, "", ()]


@pytest.mark.parametrize("opened", ["original", "form", "nothing"])
def test_escape_closes_one_thing_and_says_whether_there_was_one(qtbot: QtBot, opened: str) -> None:
    panel = in_state(qtbot, "match")
    if opened == "original":
        panel.portraits.pictures["chip"].click()
    elif opened == "form":
        panel.decision.buttons[R].click()
    assert panel.take_escape() is (opened != "nothing")
    assert not panel.original.isVisible()
    assert panel.decision.form is None


def test_keys_follow_one_another_from_top_to_bottom(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "match")
    chain, one = [], panel.header.language_button.nextInFocusChain()
    while one is not None and one is not panel.header.language_button:
        if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus:
            chain.append(one)
        one = one.nextInFocusChain()
    tops = [place(one, panel).top() // 20 for one in chain]
    assert tops == sorted(tops)
    assert [one for one in chain if one in panel.decision.buttons.values()] == list(panel.decision.buttons.values())


# ---------------------------------------------------------------- changing while it is used


def test_dressing_anew_shows_the_same_view_in_the_other_language_and_theme(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "kinship")
    panel.dress(Words("en"), DARK)
    assert panel.gauge.verdict.word.text() == "The system judges: the same person"
    assert panel.gauge.isVisible()
    assert clipped(panel) == []
    with qtbot.waitSignal(panel.lock):
        panel.header.lock_button.click()


def test_an_open_form_survives_views_that_change_nothing_for_it_and_closes_when_the_decision_is_gone(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "match")
    panel.decision.buttons[R].click()
    form = panel.decision.form
    assert form is not None
    panel.show_view(replace(STATES["match"](), more_alerts=1))
    assert panel.decision.form is form
    panel.show_view(STATES["searching"]())
    assert panel.decision.form is None
    assert panel.decision.buttons[R].isVisible()


@pytest.mark.parametrize("height_px", [760, 680])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("chosen", list(TellerDecision))
def test_forms_fit_into_a_compact_panel(qtbot: QtBot, language: Language, height_px: int, chosen: TellerDecision) -> None:
    panel = in_state(qtbot, "non_match", language=language, height_px=height_px)
    panel.decision.buttons[chosen].click()
    assert panel.decision.form is not None
    assert clipped(panel) == []
    assert place(panel.decision.form, panel).bottom() < panel.footer.y()
    assert panel.height() == height_px


def test_a_clear_non_match_says_that_two_tellers_sign_and_takes_the_second_name(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "non_match")
    assert panel.decision.needs.text() == "通过需第二位柜员签署。"
    panel.decision.buttons[P].click()
    form = panel.decision.form
    assert form is not None
    form.teller.setText("10533 ")
    with qtbot.waitSignal(panel.decided) as caught:
        form.confirm.click()
    assert caught.args == [P, "", "10533", ()]


def test_the_way_without_a_face_takes_the_ticked_documents(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "without_face")
    assert STATES["without_face"]().decision.pass_needs is PassNeeds.DOCUMENTS
    assert not panel.decision.buttons[P].isEnabled()
    panel.decision.documents.boxes["passport"].click()
    panel.decision.documents.boxes["household_register"].click()
    with qtbot.waitSignal(panel.decided) as caught:
        panel.decision.buttons[P].click()
    assert caught.args == [P, "", "", ("household_register", "passport")]


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
