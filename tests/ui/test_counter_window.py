from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PyQt5.QtCore import QEvent, QPoint, Qt, pyqtSignal
from PyQt5.QtGui import QFontDatabase, QGuiApplication, QMouseEvent
from PyQt5.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from teller_assist.decision.challenge import ChallengeQuestion
from teller_assist.decision.judgement import NextStep
from teller_assist.errors import PluginFailedError, SessionError
from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.printed import FieldName
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerDecision, TellerJudgement
from teller_assist.settings.personal import Personal
from teller_assist.settings.schema import StationSettings
from teller_assist.ui import counter_window
from teller_assist.ui.counter_window import CounterWindow
from teller_assist.ui.dock import Docked
from teller_assist.ui.hotkeys import Hotkey
from teller_assist.ui.teller_wishes import TellerWishes
from teller_assist.ui.widgets.strip import Strip
from teller_assist.wording import error_sentences, sentence
from teller_assist.workflow.station import Station
from teller_assist.workflow.view import Screen
from teller_assist.workflow.view_reviews import ReviewAct
from tests.stand_ins.card_readers import ACCESS
from tests.stand_ins.panels import press_key
from tests.stand_ins.review_views import answered, review_row, reviews
from tests.stand_ins.stations import ScriptedStation, Wish
from tests.stand_ins.view_parts import decision
from tests.stand_ins.views import STATES, compared, impostor, preview_frame, view

OWN_FAULT = sentence("program", "own_fault").zh
WISHES: list[tuple[str, tuple[Any, ...], Wish]] = [
    ("sign_on", ("10427",), ("sign_on", ("10427",))),
    ("sign_on_with", ("li.na", Personal("x")), ("sign_on_with", ("li.na", Personal("x")))),
    ("signed_with", ("wang", Personal("y")), ("pass_with", ("wang", Personal("y")))),
    ("lock", (), ("lock", ())),
    ("business_chosen", (BusinessKind.LOSS_REPORT,), ("choose_business", (BusinessKind.LOSS_REPORT,))),
    ("role_chosen", (PersonRole.AGENT,), ("choose_role", (PersonRole.AGENT,))),
    ("begin", (), ("begin", ())),
    ("go_on", (), ("begin", (True,))),
    ("chip_wanted", (ACCESS,), ("read_travel_document", (ACCESS,))),
    ("chip_stopped", (), ("stop_travel_document", ())),
    ("bank_card_wanted", (), ("read_bank_card", ())),
    ("bank_card_stopped", (), ("stop_bank_card", ())),
    ("identity_stated", (NoChip.LOST, "林晓样", "1"), ("state_identity", (NoChip.LOST, "林晓样", "1"))),
    ("authority_wanted", (), ("ask_authority_again", ())),
    ("absence_noted", (), ("note_absence", ())),
    ("card_put_aside", (), ("read_card_again", ())),
    ("scan_wanted", (), ("scan_document", ())),
    ("devices_wanted", (), ("look_at_devices", ())),
    ("device_test_wanted", ("camera", True), ("test_device", ("camera", True))),
    ("device_test_stopped", (), ("stop_test", ())),
    ("box_drawn", ((0.1, 0.2, 0.5, 0.4),), ("read_box", ((0.1, 0.2, 0.5, 0.4),))),
    ("field_settled", (FieldName.NAME, Personal("林晓样")), ("settle_field", (FieldName.NAME, Personal("林晓样")))),
    ("consent_given", (), ("record_consent", ())),
    ("consent_refused", (), ("refuse_consent", ())),
    ("face_path_left", (), ("leave_face_path", ())),
    ("training_asked_for", (), ("ask_for_training", ())),
    ("training_judged", (TellerJudgement.SURELY_SAME,), ("judge_training", (TellerJudgement.SURELY_SAME,))),
    ("training_ended", (), ("end_training", ())),
    ("training_forgotten", (), ("forget_training", ())),
    ("judged_first", (TellerJudgement.PERHAPS_SAME,), ("judge_first", (TellerJudgement.PERHAPS_SAME,))),
    ("answer_noted", (ChallengeQuestion.VALID_FROM, True), ("note_answer", (ChallengeQuestion.VALID_FROM, True))),
    ("face_pointed_at", (0.25, 0.5), ("point_at_face", (0.25, 0.5))),
    ("picture_wanted", (), ("take_picture", ())),
    ("retake", (), ("retake", ())),
    (
        "decided",
        (TellerDecision.PASS, "", "20815", ("household_register",)),
        ("decide", (TellerDecision.PASS, "", "20815", ("household_register",))),
    ),
    (
        "review_settled",
        ("1" * 32, ReviewAct.DOCUMENTS, "", ("passport",)),
        ("settle_review", ("1" * 32, ReviewAct.DOCUMENTS, "", ("passport",))),
    ),
    (
        "review_signed_with",
        ("1" * 32, "wang", Personal("y")),
        ("settle_review_with", ("1" * 32, "wang", Personal("y"))),
    ),
    ("undone", (), ("undo", ())),
    ("abandoned", (), ("abandon", ())),
    ("next_customer", (), ("next_customer", ())),
]


@pytest.fixture
def station() -> ScriptedStation:
    return ScriptedStation(view(Screen.READY))


@pytest.fixture
def window(station: ScriptedStation, qtbot: QtBot) -> Iterator[CounterWindow]:
    with opened(lambda: station, qtbot) as made:
        yield made


@contextmanager
def opened(open_station: Callable[[], Station], qtbot: QtBot, settings: StationSettings | None = None) -> Iterator[CounterWindow]:
    made = CounterWindow(open_station, settings or StationSettings())
    with qtbot.waitSignal(made.window.painted, timeout=20_000):
        made.open()
    try:
        yield made
    finally:
        made.close()


def problem(window: CounterWindow) -> str:
    panel = window.panel
    return "" if panel.problem.isHidden() else " ".join(label.text() for label in panel.problem.findChildren(QLabel))


def shown(window: CounterWindow, qtbot: QtBot, station: ScriptedStation, made: Any) -> None:
    with qtbot.waitSignal(window.link.view_changed):
        station.show(made)


@pytest.mark.full
def test_the_skeleton_is_painted_before_the_station_is_opened(qtbot: QtBot, station: ScriptedStation) -> None:
    painted_before: list[bool] = []

    def open_station() -> ScriptedStation:
        # Not through a slot of the test's: the station opens in a thread that need not wait for it.
        painted_before.append(made.window.is_painted)
        return station

    made = CounterWindow(open_station, StationSettings())
    made.open()
    qtbot.waitUntil(lambda: bool(painted_before))
    assert painted_before == [True]
    made.close()
    assert station.is_closed


def test_no_wish_of_the_panel_and_no_wish_of_the_station_is_left_out() -> None:
    answered_here = {"collapse", "text_wanted", "language_chosen", "theme_chosen", "notice_wanted", "import_wanted"}
    signals = {name for name, one in vars(TellerWishes).items() if isinstance(one, pyqtSignal)} - answered_here
    asked = {name for name in vars(Station) if not name.startswith("_")} - {
        "subscribe",
        "view",
        "newest_preview",
        "touch",
        "close",
        "note_notice",  # after printing: tested below
        "import_picture",  # once a file is chosen: tested below
    }
    assert signals == {signal for signal, _, _ in WISHES}
    assert asked == {wish for _, _, (wish, _) in WISHES}


@pytest.mark.parametrize(
    ("signal", "arguments", "wish"),
    WISHES,
)
def test_every_wish_of_the_teller_reaches_the_station(
    window: CounterWindow, station: ScriptedStation, qtbot: QtBot, signal: str, arguments: tuple[Any, ...], wish: Wish
) -> None:
    qtbot.waitUntil(lambda: station.views_given > 0)
    getattr(window.panel, signal).emit(*arguments)
    qtbot.waitUntil(lambda: bool(station.names()))
    assert [one for one in station.wishes if one[0] != "touch"] == [wish]


def test_a_refused_wish_is_told_until_the_next_wish(window: CounterWindow, station: ScriptedStation, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: station.views_given > 0)
    station.raises["undo"] = SessionError()
    window.panel.undone.emit()
    qtbot.waitUntil(lambda: problem(window) == error_sentences(SessionError()).zh)
    window.panel.abandoned.emit()
    assert problem(window) == ""


def test_a_station_that_cannot_be_opened_is_told_over_the_skeleton(qtbot: QtBot) -> None:
    error = PluginFailedError(device="camera")

    def open_station() -> ScriptedStation:
        raise error

    with opened(open_station, qtbot) as made:
        qtbot.waitUntil(lambda: problem(made) == error_sentences(error).zh)
        made.panel.language_chosen.emit("en")
        assert problem(made) == error_sentences(error).en


def test_our_own_fault_is_told_until_the_next_customer(window: CounterWindow, station: ScriptedStation, qtbot: QtBot) -> None:
    shown(window, qtbot, station, compared(Outcome.MATCH))
    window.show_own_fault()
    qtbot.waitUntil(lambda: problem(window) == OWN_FAULT)
    window.panel.retake.emit()
    shown(window, qtbot, station, compared(Outcome.INCONCLUSIVE))
    assert problem(window) == OWN_FAULT
    window.panel.begin.emit()
    shown(window, qtbot, station, view(Screen.CUSTOMER))
    assert problem(window) == ""


def test_a_fault_while_painting_the_fault_does_not_go_round_in_circles(
    window: CounterWindow, station: ScriptedStation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: station.views_given > 0)
    tries: list[object] = []

    def fails(_view: object) -> None:
        tries.append(_view)
        window.show_own_fault()  # what the excepthook does

    monkeypatch.setattr(window.panel, "show_view", fails)
    window.show_own_fault()
    qtbot.wait(50)
    assert 1 <= len(tries) <= 2, "once for the fault, once more where the first view comes only now"


def test_frames_reach_the_preview_but_not_behind_the_strip(window: CounterWindow, station: ScriptedStation, qtbot: QtBot) -> None:
    shown(window, qtbot, station, STATES["searching"]())
    with qtbot.waitSignal(window.link.frame_arrived):
        station.send(preview_frame())
    assert window.panel.preview.shows_picture
    window.panel.preview.blank()
    window.panel.collapse.emit()
    with qtbot.waitSignal(window.link.frame_arrived):
        station.send(preview_frame())
    assert not window.panel.preview.shows_picture


def test_use_of_the_window_is_told_to_the_station_once_a_second(
    window: CounterWindow, station: ScriptedStation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counter_window, "TOUCH_EVERY_S", 30.0)
    qtbot.waitUntil(lambda: station.views_given > 0)
    handle = window.window.windowHandle()
    assert handle is not None
    for _ in range(5):
        for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
            press = QMouseEvent(
                kind, QPoint(5, 900), Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            )
            QGuiApplication.sendEvent(handle, press)
    qtbot.waitUntil(lambda: bool(station.wishes))
    qtbot.wait(20)
    assert station.wishes == [("touch", ())]


def test_a_new_alert_is_pointed_at_once_with_the_sound_of_the_setting(
    qtbot: QtBot, station: ScriptedStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QApplication, "alert", lambda *_: asked.append("alert"))
    monkeypatch.setattr(QApplication, "beep", lambda *_: asked.append("beep"))
    with opened(lambda: station, qtbot, StationSettings(alert_sound=True)) as made:
        qtbot.waitUntil(lambda: station.views_given > 0)
        alerted = compared(Outcome.NON_MATCH, alert=impostor())
        shown(made, qtbot, station, alerted)
        shown(made, qtbot, station, replace(alerted, decision=decision(next_step=NextStep.MANAGER_REVIEW)))
        assert asked == ["alert", "beep"]
        assert not made.window.isActiveWindow()
        shown(made, qtbot, station, compared(Outcome.MATCH))
        shown(made, qtbot, station, alerted)
        assert asked == ["alert", "beep"] * 2


def test_a_managers_answer_is_pointed_at_once_without_taking_the_keyboard(
    qtbot: QtBot, station: ScriptedStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QApplication, "alert", lambda *_: asked.append("alert"))
    with opened(lambda: station, qtbot, StationSettings()) as made:
        qtbot.waitUntil(lambda: station.views_given > 0)
        shown(made, qtbot, station, view(Screen.READY, reviews=reviews(review_row())))
        assert asked == []
        for _ in range(2):
            shown(made, qtbot, station, view(Screen.READY, reviews=reviews(answered(), news=1)))
        assert asked == ["alert"]
        assert not made.window.isActiveWindow()


def test_language_and_theme_change_panel_and_strip_while_it_runs(
    window: CounterWindow, station: ScriptedStation, qtbot: QtBot
) -> None:
    shown(window, qtbot, station, STATES["match"]())
    window.panel.language_chosen.emit("en")
    window.panel.theme_chosen.emit("dark")
    assert (window.panel.words.language, window.panel.theme.name) == ("en", "dark")
    window.panel.begin.emit()
    qtbot.waitUntil(lambda: station.names() == ["begin"])
    window.panel.collapse.emit()
    assert window.window.is_strip
    assert window.window.width() == 48


@pytest.mark.full
def test_limits_of_the_desktop_are_told_between_customers(
    qtbot: QtBot, station: ScriptedStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Held:
        refused = (Hotkey.FOCUS,)

        def remove(self) -> None:
            pass

    monkeypatch.setattr(counter_window, "hold_hotkeys", lambda *_: Held())
    with opened(lambda: station, qtbot) as made:
        shown(made, qtbot, station, view(Screen.READY))
        told = [label.text() for label in made.panel.notices.findChildren(QLabel)]
        assert sentence("dock", "hotkey_refused", keys="Ctrl+Alt+V").zh in told
        assert (sentence("dock", "not_reserved").zh in told) == (made.window.docked is Docked.ON_TOP)
        shown(made, qtbot, station, view(Screen.CUSTOMER))
        assert made.panel.notices.isHidden()


def test_without_a_chinese_font_the_window_says_so_in_letters_that_are_there(
    qtbot: QtBot, station: ScriptedStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFontDatabase, "families", lambda *_: [])
    with opened(lambda: station, qtbot) as made:
        shown(made, qtbot, station, view(Screen.READY))
        assert sentence("dock", "no_chinese_font").en in [label.text() for label in made.panel.notices.findChildren(QLabel)]


def test_the_strip_unfolds_at_its_arrow(window: CounterWindow, station: ScriptedStation, qtbot: QtBot) -> None:
    shown(window, qtbot, station, STATES["ready"]())
    window.panel.collapse.emit()
    strip = window.window.findChild(Strip)
    assert strip is not None
    strip.expand_button.click()
    assert not window.window.is_strip


@pytest.mark.logs_warnings
def test_a_station_that_hangs_at_the_end_is_left_behind_and_logged(
    qtbot: QtBot, station: ScriptedStation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(counter_window, "CLOSE_TIMEOUT_S", 0.05)
    station.hangs.add("close")
    with opened(lambda: station, qtbot):
        qtbot.waitUntil(lambda: station.views_given > 0)
    assert "did not close" in caplog.text
    station.go_on.set()


@pytest.mark.parametrize("printed", [True, False])
def test_a_printed_notice_is_noted_and_one_that_was_not_printed_is_not(
    window: CounterWindow, station: ScriptedStation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, printed: bool
) -> None:
    qtbot.waitUntil(lambda: station.views_given > 0)  # the station is open
    monkeypatch.setattr("teller_assist.ui.notice.has_printer", lambda: True)
    monkeypatch.setattr("teller_assist.ui.notice.print_notice", lambda _settings, _parent: printed)
    window.panel.notice_wanted.emit()
    if printed:
        qtbot.waitUntil(lambda: "note_notice" in station.names())
    else:
        qtbot.wait(50)
        assert "note_notice" not in station.names()


def test_without_a_printer_that_is_said_and_nothing_is_noted(
    window: CounterWindow, station: ScriptedStation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    qtbot.waitUntil(lambda: station.views_given > 0)
    monkeypatch.setattr("teller_assist.ui.notice.has_printer", lambda: False)
    window.panel.notice_wanted.emit()
    assert "没有可用的打印机" in problem(window)
    qtbot.wait(50)
    assert "note_notice" not in station.names()


@pytest.mark.parametrize("chosen", ["", "/somewhere/customer.jpg"])
def test_a_picture_is_imported_from_the_chosen_file_and_not_where_none_was_chosen(
    window: CounterWindow, station: ScriptedStation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, chosen: str
) -> None:
    titles: list[str] = []

    def choose(_owner: object, title: str, _folder: str, _files: str) -> tuple[str, str]:
        titles.append(title)
        return chosen, ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    qtbot.waitUntil(lambda: station.views_given > 0)
    window.panel.import_wanted.emit()
    window.panel.retake.emit()  # comes after it
    qtbot.waitUntil(lambda: ("retake", ()) in station.wishes)
    assert "非现场采集" in titles[0]
    assert station.wishes[0] == (("import_picture", (Path(chosen),)) if chosen else ("retake", ()))


def refuses_keyboard(window: QWidget) -> bool:
    handle = window.windowHandle()
    return handle is not None and bool(handle.flags() & Qt.WindowType.WindowDoesNotAcceptFocus)


def test_a_click_on_a_field_takes_the_keyboard_until_the_last_field_is_settled(
    window: CounterWindow, station: ScriptedStation, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: station.views_given > 0)
    shown(window, qtbot, station, STATES["scan_doubts"]())
    fields, docked = window.panel.scan.fields, window.window
    qtbot.waitUntil(fields.rows[FieldName.NAME].isVisible)
    assert refuses_keyboard(docked), "it is the terminal's until it is asked for"
    qtbot.mouseClick(fields.rows[FieldName.NAME], Qt.MouseButton.LeftButton)  # type: ignore[no-untyped-call]
    qtbot.waitUntil(docked.isActiveWindow)
    press_key(fields.editor.value, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: fields.edits is FieldName.ADDRESS)
    qtbot.wait(100)  # a keyboard that was given back would be gone by then
    assert not refuses_keyboard(docked)
    assert fields.editor.value.hasFocus()
    press_key(fields.editor.value, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "settle_field" in station.names())
    qtbot.waitUntil(lambda: refuses_keyboard(docked))
