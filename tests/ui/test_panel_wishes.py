"""Every wish of the teller becomes a signal of the panel; forms open, are answered and close."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from teller_assist.evidence.printed import FieldName
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerDecision, TellerJudgement
from teller_assist.settings.personal import Personal
from teller_assist.ui.panel import Panel
from teller_assist.ui.theme import DARK
from teller_assist.ui.words import Language, Words
from teller_assist.wording import sentence
from teller_assist.workflow.view import PassNeeds
from teller_assist.workflow.view_scan import ScanState
from tests.stand_ins.looking import clipped, place
from tests.stand_ins.panels import in_state, made, press_key
from tests.stand_ins.views import STATES, preview_frame

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


def pressed_each(*paths: tuple[str, ...]) -> Callable[[Panel], None]:
    def press(panel: Panel) -> None:
        for path in paths:
            pressed(*path)(panel)

    return press


def device(name: str, *buttons: str) -> Callable[[Panel], None]:
    def press(panel: Panel) -> None:
        panel.devices.chip(name).click()
        for one in buttons:
            pressed(one)(panel.devices_dialog.device(name))

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
    "role": ("ready", lambda panel: panel.ready.roles[PersonRole.AGENT].click(), "role_chosen", [PersonRole.AGENT]),
    "next person": ("ready_to_go_on", pressed("ready", "go_on_button"), "go_on", []),
    "another card": (
        "waiting_for_consent",
        lambda panel: panel.identity.findChild(QAbstractButton).click(),
        "card_put_aside",
        [],
    ),
    "authority again": (
        "netcheck_down",
        lambda panel: panel.identity.findChild(QAbstractButton).click(),
        "authority_wanted",
        [],
    ),
    "a scan": ("scan_agrees", pressed("scan", "scan_button"), "scan_wanted", []),
    "a field in doubt": ("scan_doubts", pressed("scan", "check_button"), "text_wanted", []),
    "a field confirmed": (
        "scan_doubts",
        pressed_each(("scan", "check_button"), ("scan", "fields", "editor", "confirm")),
        "field_settled",
        [FieldName.NAME, Personal("林样晓")],
    ),
    "a box": (
        "scan_nothing_found",
        pressed_each(("scan", "box_button"), ("scan_box", "read_button")),
        "box_drawn",
        [(0.2, 0.25, 0.6, 0.5)],
    ),
    "the devices": ("ready", lambda panel: panel.devices.chip("camera").click(), "devices_wanted", []),
    "a self-test": ("devices_well", device("id_card_reader", "test"), "device_test_wanted", ["id_card_reader", False]),
    "a self-test beside a customer": (
        "devices_customer_present",
        device("id_card_reader", "test", "anyway"),
        "device_test_wanted",
        ["id_card_reader", True],
    ),
    "no more of a self-test": ("devices_testing", device("id_card_reader", "stop"), "device_test_stopped", []),
    "not here": ("holder_of_an_agent", pressed("consent", "absent"), "absence_noted", []),
    "no chip": ("holder_of_an_agent", pressed("decision", "no_chip_button"), "text_wanted", []),
    "documents instead": ("searching", pressed("decision", "leave_button"), "face_path_left", []),
    "consent after all": ("without_face", pressed("decision", "return_button"), "consent_given", []),
    "back to the face": ("face_path_left", pressed("decision", "return_button"), "consent_given", []),
    "retake": ("match", pressed("decision", "retake_button"), "retake", []),
    "abandon": ("match", pressed("decision", "abandon_button"), "abandoned", []),
    "pass": ("match", lambda panel: panel.decision.buttons[P].click(), "decided", [P, "", "", ()]),
    "undo": ("taken", pressed("decision", "undo", "undo"), "undone", []),
    "next": ("simulated", pressed("simulated", "next"), "next_customer", []),
    "a training pair": ("training_between", pressed("training", "line", "one_pair"), "training_asked_for", []),
    "no training pair": ("training_asked", pressed("training", "skip"), "training_ended", []),
    "back to work": ("training_wrong", pressed("training", "back"), "training_ended", []),
    "begin beside a training pair": ("training_asked", pressed("ready", "begin_button"), "begin", []),
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


def test_a_click_on_the_preview_points_at_a_place_of_the_picture(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "searching")
    panel.show_view(replace(STATES["searching"](), capture=replace(STATES["searching"]().capture, may_point=True)))
    panel.show_preview(preview_frame())
    preview = panel.preview
    with qtbot.waitSignal(panel.face_pointed_at) as caught:
        qtbot.mouseClick(preview, Qt.MouseButton.LeftButton, pos=preview.rect().center())  # type: ignore[no-untyped-call]
    assert caught.args == [pytest.approx(0.5, abs=0.01), pytest.approx(0.5, abs=0.01)]


def test_a_click_means_nothing_where_no_face_is_looked_for(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "searching")
    panel.show_preview(preview_frame())
    with qtbot.assertNotEmitted(panel.face_pointed_at):
        qtbot.mouseClick(panel.preview, Qt.MouseButton.LeftButton, pos=panel.preview.rect().center())  # type: ignore[no-untyped-call]


def test_signing_on_gives_the_name_without_blanks(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "sign_on")
    assert not panel.sign_on_page.confirm.isEnabled()
    panel.sign_on_page.teller.setText("  10427 ")
    with qtbot.waitSignal(panel.sign_on) as caught:
        panel.sign_on_page.confirm.click()
    assert caught.args == ["10427"]


KEYS: list[tuple[str, Qt.Key, str, list[Any]]] = [
    ("waiting_for_consent", Qt.Key.Key_F5, "consent_given", []),
    ("waiting_for_consent", Qt.Key.Key_F9, "consent_refused", []),
    ("ready", Qt.Key.Key_F4, "begin", []),
    ("scan_agrees", Qt.Key.Key_F11, "scan_wanted", []),
    ("scan_doubts", Qt.Key.Key_F12, "text_wanted", []),
    ("ready", Qt.Key.Key_5, "business_chosen", [BusinessKind.PASSWORD_RESET]),
    ("match", Qt.Key.Key_F6, "decided", [P, "", "", ()]),
    ("training_asked", Qt.Key.Key_F4, "begin", []),
    ("training_right", Qt.Key.Key_5, "business_chosen", [BusinessKind.PASSWORD_RESET]),
]


@pytest.mark.parametrize(("state", "key", "signal", "arguments"), KEYS)
def test_keys(qtbot: QtBot, state: str, key: Qt.Key, signal: str, arguments: list[Any]) -> None:
    panel = in_state(qtbot, state)
    with qtbot.waitActive(panel):
        panel.activateWindow()
    with qtbot.waitSignal(getattr(panel, signal), timeout=2000) as caught:
        press_key(panel, key)
    assert caught.args == arguments


def test_a_digit_chooses_the_judgement_and_f5_confirms_it(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "judging")
    with qtbot.waitActive(panel):
        panel.activateWindow()
    press_key(panel, Qt.Key.Key_F5)
    press_key(panel, Qt.Key.Key_2)
    qtbot.waitUntil(panel.judgement.confirm.isEnabled)
    with qtbot.waitSignal(panel.judged_first, timeout=2000) as caught:
        press_key(panel, Qt.Key.Key_F5)
    assert caught.args == [TellerJudgement.PROBABLY_DIFFERENT]


@pytest.mark.parametrize("height_px", [1040, 760])
def test_a_training_pair_is_judged_with_the_keys_of_a_real_one(qtbot: QtBot, height_px: int) -> None:
    panel = in_state(qtbot, "training_asked", height_px=height_px)
    with qtbot.waitActive(panel):
        panel.activateWindow()
    with qtbot.assertNotEmitted(panel.business_chosen):
        press_key(panel, Qt.Key.Key_2)
        qtbot.waitUntil(panel.training.judgement.confirm.isEnabled)
    with qtbot.assertNotEmitted(panel.judged_first), qtbot.waitSignal(panel.training_judged, timeout=2000) as caught:
        press_key(panel, Qt.Key.Key_F5)
    assert caught.args == [TellerJudgement.PROBABLY_DIFFERENT]


def test_a_training_picture_opens_like_a_real_one_and_closes_when_a_customer_begins(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "training_asked")
    panel.training.portraits.pictures["chip"].click()
    panel.show_view(STATES["training_asked"]())
    assert panel.original.isVisible(), "another view alone does not close it"
    panel.show_view(STATES["waiting_for_consent"]())
    assert not panel.original.isVisible()


@pytest.mark.parametrize("height_px", [1040, 760, 680])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_beside_a_training_pair_the_start_stays_in_sight(qtbot: QtBot, language: Language, height_px: int) -> None:
    for state in ("training_asked", "training_wrong"):
        panel = in_state(qtbot, state, language=language, height_px=height_px)
        for one in (panel.ready.begin_button, panel.training.portraits):
            assert one.visibleRegion().boundingRect() == one.rect(), state


def test_no_key_that_confirms_the_judgement_decides_a_moment_later(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "judging")
    confirm = panel.judgement.confirm.shortcut().toString()
    assert confirm
    assert confirm not in {one.shortcut().toString() for one in panel.decision.buttons.values()}


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


def test_esc_closes_the_enlarged_scan_and_then_the_field_that_is_looked_at(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "scan_doubts")
    panel.scan.check_button.click()
    panel.scan.box_button.click()
    assert panel.scan_box.isVisible()
    assert panel.take_escape()
    assert not panel.scan_box.isVisible()
    assert panel.scan.fields.edits is FieldName.NAME
    assert panel.take_escape()
    assert panel.scan.fields.edits is None
    assert not panel.take_escape()


def test_every_signal_of_a_part_is_heard(qtbot: QtBot) -> None:
    panel = made(qtbot)
    unheard = {
        f"{kind.__name__}.{name}"
        for part in panel.findChildren(QWidget)
        for kind in type(part).__mro__
        if kind.__module__.startswith("teller_assist.")
        for name, one in vars(kind).items()
        if isinstance(one, pyqtSignal) and not part.receivers(getattr(part, name))
    }
    assert unheard == set()


@pytest.mark.parametrize("state", ["scan_scanning", "scan_reading", "scan_waiting"])
def test_no_box_is_drawn_while_a_scan_runs(qtbot: QtBot, state: str) -> None:
    panel = in_state(qtbot, state)
    panel.scan.box_wanted.emit()
    assert not panel.scan_box.isVisible()
    panel.scan.picture.click()
    assert not panel.scan_box.isVisible()


def test_a_box_is_drawn_while_a_card_is_only_waited_for_and_goes_once_it_is_scanned(qtbot: QtBot) -> None:
    panel = in_state(qtbot, "scan_watching_again")
    shown = STATES["scan_watching_again"]()
    assert shown.scan is not None
    panel.scan.picture.click()
    assert panel.scan_box.isVisible()
    panel.show_view(replace(shown, scan=replace(shown.scan, told=sentence("scan_watch", "no_card"))))
    assert panel.scan_box.isVisible(), "the same picture, whatever the camera sees meanwhile"
    panel.show_view(replace(shown, scan=replace(shown.scan, state=ScanState.SCANNING, told=None)))
    assert not panel.scan_box.isVisible()


@pytest.mark.parametrize("state", [ScanState.SCANNING, ScanState.READING, ScanState.READ])
def test_a_box_drawn_on_one_scan_is_never_read_on_another(qtbot: QtBot, state: ScanState) -> None:
    panel = in_state(qtbot, "scan_doubts")
    shown = STATES["scan_doubts"]()
    assert shown.scan is not None
    assert shown.scan.large is not None
    panel.scan.picture.click()
    panel.show_view(STATES["scan_agrees"]())
    assert panel.scan_box.isVisible(), "the same picture, whatever else is new"
    another = shown.scan.large.copy() if state is ScanState.READ else shown.scan.large
    panel.show_view(replace(shown, scan=replace(shown.scan, state=state, large=another)))
    assert not panel.scan_box.isVisible()
    panel.show_view(shown)
    panel.scan.picture.click()
    assert panel.scan_box.isVisible(), "it opens again once nothing runs"


@pytest.mark.parametrize("ends", ["scan_blanked", "locked", "ready"])
def test_neither_the_scan_nor_its_fields_outlive_idleness_lock_or_customer(qtbot: QtBot, ends: str) -> None:
    panel = in_state(qtbot, "scan_differs")
    panel.scan.picture.click()
    assert panel.scan_box.isVisible()
    panel.scan.check_button.click()
    panel.show_view(STATES[ends]())
    assert not panel.scan_box.isVisible()
    assert not panel.scan.picture.shows_picture
    assert panel.scan.fields.editor.value.text() == ""
    assert not [name for name, row in panel.scan.fields.rows.items() if row.printed.text() or row.chip.text()]
