"""Joins the docked window, the panel, the strip and the keys with one station. It decides nothing."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

from PyQt5.QtCore import QObject, QTimer
from PyQt5.QtGui import QFontDatabase
from PyQt5.QtWidgets import QFileDialog

from teller_assist.decision.judgement import Alert
from teller_assist.settings.logs import Subject, logger_for
from teller_assist.settings.schema import StationSettings
from teller_assist.ui import qt_environment
from teller_assist.ui.dock import Docked, Side
from teller_assist.ui.hotkeys import Hotkey, hold_hotkeys
from teller_assist.ui.panel import Panel
from teller_assist.ui.station_link import StationLink
from teller_assist.ui.theme import THEMES
from teller_assist.ui.widgets.strip import Strip
from teller_assist.ui.window import DockWindow
from teller_assist.ui.words import Language, Words
from teller_assist.wording import Sentences, sentence
from teller_assist.workflow.preview_frame import PreviewFrame
from teller_assist.workflow.station import Station
from teller_assist.workflow.view import Screen, StationView

TOUCH_EVERY_S = 1.0
CLOSE_TIMEOUT_S = 5.0


class CounterWindow(QObject):
    """Everything on one teller's screen.

    Parameters
    ----------
    open_station
        Builds the station; called in the background once the window is painted.
    settings
        Language, theme, side, sound.
    """

    def __init__(self, open_station: Callable[[], Station], settings: StationSettings) -> None:
        super().__init__()
        self._settings = settings
        language: Language = "en" if settings.language == "en" else "zh"
        self._at_left = Side(settings.dock_side) is Side.LEFT
        self.link = StationLink(open_station)
        self.panel = Panel(Words(language), THEMES[settings.theme], at_left=self._at_left)
        self.window = DockWindow(Side(settings.dock_side))
        self._hotkeys = hold_hotkeys(int(self.window.winId()), self._hotkey)
        self._notices = self._own_notices()
        self._view: StationView | None = None
        self._alert: Alert | None = None
        self._news = 0  # of referred customers
        self._refused: Sentences | None = None  # why the last wish was not done
        self._fault: Sentences | None = None  # ours: stays until the next customer
        self._touched_s = 0.0
        self._make_strip()
        self._connect()

    def open(self) -> None:
        """Show the skeleton now; the station opens after it is painted."""
        self.window.open()

    def close(self) -> None:
        """Give keys and screen edge back, then close the station; what hangs there is left behind."""
        self._hotkeys.remove()
        self.window.release()
        if not self.link.close(CLOSE_TIMEOUT_S):
            logger_for(Subject.COMMANDS).warning("the station did not close within %g s", CLOSE_TIMEOUT_S)

    def show_own_fault(self) -> None:
        """Tell the teller that the program itself failed. The window stays."""
        if self._fault is None:  # painting it may be what fails: never again from here
            self._fault = sentence("program", "own_fault")
            QTimer.singleShot(0, self._show)

    # ---------------------------------------------------------------- from the station

    def _view_came(self, view: StationView) -> None:
        self._view = view
        self.window.ask_for_text(view.screen in (Screen.SIGN_ON, Screen.LOCKED))
        self._show()
        if (view.alert is not None and view.alert != self._alert) or view.reviews.news > self._news:
            self.window.alert(sound=self._settings.alert_sound)
        self._alert, self._news = view.alert, view.reviews.news

    def _show(self) -> None:
        problem = self._fault or self._refused
        if self._view is None:
            self.panel.problem.show_problem(problem)  # over the skeleton
            return
        view = dataclasses.replace(self._view, problem=problem or self._view.problem)
        if view.screen is Screen.READY:
            view = dataclasses.replace(view, notices=(*self._notices, *view.notices))
        self.panel.show_view(view)
        self._strip.show_view(view)

    def _frame_came(self, frame: PreviewFrame) -> None:
        if not self.window.is_strip:
            self.panel.show_preview(frame)

    def _refusal_came(self, told: Sentences) -> None:
        self._refused = told
        self._show()

    # ---------------------------------------------------------------- from the teller

    def _wish(self, ask: Callable[[Station], None]) -> None:
        if self._refused is not None:
            self._refused = None
            self._show()
        self.link.wish(ask)

    def _begin(self) -> None:
        self._fault = None
        self._wish(lambda station: station.begin())

    def _used(self) -> None:
        now_s = time.monotonic()
        if now_s - self._touched_s >= TOUCH_EVERY_S and not self.link.hangs():
            self._touched_s = now_s
            self.link.wish(lambda station: station.touch())

    def _hotkey(self, key: Hotkey) -> None:
        if key is Hotkey.STRIP:
            self.window.fold(to_strip=not self.window.is_strip)
        else:
            self.window.fold(to_strip=False)
            self.window.take_focus()

    def _dress(self, language: Language, theme_name: str) -> None:
        self.panel.dress(Words(language), THEMES[theme_name])
        self._make_strip()
        self._show()

    def _choose_language(self, language: str) -> None:
        self._dress("en" if language == "en" else "zh", self.panel.theme.name)

    def _choose_theme(self, theme_name: str) -> None:
        self._dress(self.panel.words.language, theme_name)

    def _print_notice(self) -> None:
        from teller_assist.ui.notice import has_printer, print_notice  # Qt's printing is loaded when somebody prints

        if not has_printer():
            self._refusal_came(sentence("dock", "no_printer"))
        elif print_notice(self._settings, self.panel):
            self.panel.consent.show_printed()
            self._wish(lambda station: station.note_notice())

    def _import_picture(self) -> None:
        say = self.panel.words.say
        path, _filter = QFileDialog.getOpenFileName(
            self.panel, say("panel", "import_picture_title"), "", say("panel", "picture_files")
        )
        if path:
            self._wish(lambda station: station.import_picture(Path(path)))

    # ---------------------------------------------------------------- made once

    def _make_strip(self) -> None:
        self._strip = Strip(self.panel.words, self.panel.theme, at_left=self._at_left)
        self._strip.expand.connect(lambda: self.window.fold(to_strip=False))
        self.window.show_surfaces(self.panel, self._strip)

    def _connect(self) -> None:
        link, window, panel = self.link, self.window, self.panel
        window.painted.connect(link.open)
        window.used.connect(self._used)
        window.escape_wanted = panel.take_escape
        link.opened.connect(qt_environment.clean)  # the station has imported OpenCV
        link.view_changed.connect(self._view_came)
        link.frame_arrived.connect(self._frame_came)
        link.told.connect(self._refusal_came)
        panel.collapse.connect(lambda: window.fold(to_strip=True))
        panel.text_wanted.connect(window.take_focus_for_text)
        panel.language_chosen.connect(self._choose_language)
        panel.theme_chosen.connect(self._choose_theme)
        panel.begin.connect(self._begin)
        panel.notice_wanted.connect(self._print_notice)
        panel.import_wanted.connect(self._import_picture)
        self._connect_wishes()

    def _connect_wishes(self) -> None:
        panel, wish = self.panel, self._wish
        panel.sign_on.connect(lambda teller: wish(lambda station: station.sign_on(teller)))
        panel.sign_on_with.connect(lambda login, password: wish(lambda station: station.sign_on_with(login, password)))
        panel.signed_with.connect(lambda login, password: wish(lambda station: station.pass_with(login, password)))
        panel.lock.connect(lambda: wish(lambda station: station.lock()))
        panel.business_chosen.connect(lambda kind: wish(lambda station: station.choose_business(kind)))
        panel.role_chosen.connect(lambda role: wish(lambda station: station.choose_role(role)))
        panel.go_on.connect(lambda: wish(lambda station: station.begin(another=True)))
        panel.identity_stated.connect(
            lambda why, name, number: wish(lambda station: station.state_identity(why, name=name, number=number))
        )
        panel.chip_wanted.connect(lambda access: wish(lambda station: station.read_travel_document(access)))
        panel.bank_card_wanted.connect(lambda: wish(lambda station: station.read_bank_card()))
        panel.bank_card_stopped.connect(lambda: wish(lambda station: station.stop_bank_card()))
        panel.chip_stopped.connect(lambda: wish(lambda station: station.stop_travel_document()))
        panel.devices_wanted.connect(lambda: wish(lambda station: station.look_at_devices()))
        panel.device_test_wanted.connect(
            lambda device, confirmed: wish(lambda station: station.test_device(device, confirmed=confirmed))
        )
        panel.device_test_stopped.connect(lambda: wish(lambda station: station.stop_test()))
        panel.scan_wanted.connect(lambda: wish(lambda station: station.scan_document()))
        panel.box_drawn.connect(lambda box: wish(lambda station: station.read_box(box)))
        panel.field_settled.connect(lambda name, value: wish(lambda station: station.settle_field(name, value)))
        panel.card_put_aside.connect(lambda: wish(lambda station: station.read_card_again()))
        panel.authority_wanted.connect(lambda: wish(lambda station: station.ask_authority_again()))
        panel.absence_noted.connect(lambda: wish(lambda station: station.note_absence()))
        panel.consent_given.connect(lambda: wish(lambda station: station.record_consent()))
        panel.consent_refused.connect(lambda: wish(lambda station: station.refuse_consent()))
        panel.face_path_left.connect(lambda: wish(lambda station: station.leave_face_path()))
        panel.judged_first.connect(lambda judgement: wish(lambda station: station.judge_first(judgement)))
        panel.training_asked_for.connect(lambda: wish(lambda station: station.ask_for_training()))
        panel.training_judged.connect(lambda judgement: wish(lambda station: station.judge_training(judgement)))
        panel.training_ended.connect(lambda: wish(lambda station: station.end_training()))
        panel.training_forgotten.connect(lambda: wish(lambda station: station.forget_training()))
        panel.answer_noted.connect(lambda question, right: wish(lambda station: station.note_answer(question, right=right)))
        panel.face_pointed_at.connect(lambda x, y: wish(lambda station: station.point_at_face(x, y)))
        panel.picture_wanted.connect(lambda: wish(lambda station: station.take_picture()))
        panel.retake.connect(lambda: wish(lambda station: station.retake()))
        panel.decided.connect(
            lambda decision, reason, second_teller, documents: wish(
                lambda station: station.decide(decision, reason=reason, second_teller=second_teller, documents=documents)
            )
        )
        panel.review_settled.connect(
            lambda case_id, act, second_teller, documents: wish(
                lambda station: station.settle_review(case_id, act, second_teller=second_teller, documents=documents)
            )
        )
        panel.review_signed_with.connect(
            lambda case_id, login, password: wish(lambda station: station.settle_review_with(case_id, login, password))
        )
        panel.undone.connect(lambda: wish(lambda station: station.undo()))
        panel.abandoned.connect(lambda: wish(lambda station: station.abandon()))
        panel.next_customer.connect(lambda: wish(lambda station: station.next_customer()))

    def _own_notices(self) -> tuple[Sentences, ...]:
        notices = []
        if not QFontDatabase().families(QFontDatabase.SimplifiedChinese):
            told = sentence("dock", "no_chinese_font").en
            notices.append(Sentences(zh=told, en=told))  # in the one language that can be read then
        if self.window.docked is Docked.ON_TOP:
            notices.append(sentence("dock", "not_reserved"))
        if self._hotkeys.refused:
            notices.append(sentence("dock", "hotkey_refused", keys=", ".join(key.shown for key in self._hotkeys.refused)))
        return tuple(notices)
