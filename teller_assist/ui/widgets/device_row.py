"""One device in the devices dialog: what drives it, how it fares and why, and its self-test line by line."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QFrame, QLabel, QWidget

from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.device_chips import look
from teller_assist.ui.widgets.icons import IconView
from teller_assist.ui.widgets.pieces import IconLine, box, button, clear, column, label, row, set_role, tell, tell_button
from teller_assist.ui.words import Words
from teller_assist.wording import Sentences
from teller_assist.workflow.view import DeviceChip
from teller_assist.workflow.view_devices import CheckRow, DeviceDetails, SelftestView

# How it came out -> (icon, tone)
_OUTCOMES = {True: ("check", "good"), False: ("cross", "bad"), None: ("minus", "muted")}
_RUNNING = ("waiting", "muted")


class DeviceRow(QFrame):
    """A card; its test is asked about first where the view says so."""

    test_wanted = pyqtSignal(str, bool)  # which device, confirmed
    stop_wanted = pyqtSignal()
    grew = pyqtSignal(object)  # QWidget: what is new to see

    def __init__(self, words: Words, theme: Theme, device: str) -> None:
        super().__init__()
        self._words, self._device = words, device
        self._asks_first: Sentences | None = None
        set_role(self, "card")
        self.name = words.say("device_name", device)
        self.setAccessibleName(self.name)
        layout = column(self, 10, 5)
        kind = IconView(17)
        kind.show_icon(device, theme.sub)
        self.state = IconLine(theme, role="note")
        first = row(None, 7)
        first.addWidget(kind)
        first.addWidget(label("strong", self.name), 1)
        first.addWidget(self.state)
        layout.addLayout(first)
        self.why, self.plugin = label("note", wrap=True), label("small", wrap=True)
        self.test = button(words.say("devices_dialog", "selftest"), "plain", self._test)
        self.stop = button(words.say("devices_dialog", "stop"), "plain", self.stop_wanted.emit)
        last = row(None, 8)
        last.addWidget(self.plugin, 1)
        for one in (self.test, self.stop):
            last.addWidget(one, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.why)
        layout.addLayout(last)
        self.question, self.checks = self._made_question(theme), Checks(words, theme)
        layout.addWidget(self.question)
        layout.addWidget(self.checks)

    def _made_question(self, theme: Theme) -> QFrame:
        made = box("box_attention")
        inside = column(made, 10, 6)
        self.asked = IconLine(theme, role="note", side_px=15, wrap=True)
        inside.addWidget(self.asked)
        say = self._words.say
        self.anyway = button(say("devices_dialog", "test_anyway"), "plain", self._confirm)
        self.later = button(say("devices_dialog", "not_now"), "plain", self.take_back)
        buttons = row(None, 6)
        for one in (self.later, self.anyway):
            buttons.addWidget(one, 1)
        inside.addLayout(buttons)
        made.hide()
        return made

    def show_device(self, chip: DeviceChip, details: DeviceDetails, asks_first: Sentences | None) -> None:
        """Show how it fares; a question that nothing asks any more goes."""
        self._asks_first = asks_first
        tone, icon_name = look(chip)
        state = self._words.say("device_state", chip.state)
        self.state.show_line(icon_name, tone, state, name=self._words.say("panel", "named", name=self.name, what=state))
        self._tell(self.why, chip.why)
        self._tell(self.plugin, details.plugin)
        self._show_test(details)
        if asks_first is None or not details.may_test:
            self.take_back()

    def take_back(self) -> bool:
        """Close the question, and return whether there was one."""
        asked = not self.question.isHidden()
        if self.later.hasFocus() or self.anyway.hasFocus():
            self.test.setFocus(Qt.FocusReason.OtherFocusReason)
        self.question.hide()
        return asked

    def _show_test(self, details: DeviceDetails) -> None:
        test = details.test
        running = test is not None and test.running
        self.checks.show_test(test)
        say = self._words.say
        words = say("devices_dialog", "again" if test is not None else "selftest")
        tell_button(self.test, words)
        self.test.setAccessibleName(say("devices_dialog", "selftest_of", device=self.name))
        stopping = test is not None and test.stopping
        tell_button(self.stop, say("devices_dialog", "stopping" if stopping else "stop"))
        shown, hidden = (self.stop, self.test) if running else (self.test, self.stop)
        if details.may_test:
            self.test.setEnabled(True)  # what is disabled takes no focus; for the same reason it is disabled last
        shown.setVisible(details.has_test)
        if hidden.hasFocus():  # the keyboard stays where the hand is
            shown.setFocus(Qt.FocusReason.OtherFocusReason)
        hidden.hide()
        self.test.setEnabled(details.may_test)

    def _tell(self, one: QLabel, told: Sentences | None) -> None:
        one.setVisible(told is not None)
        tell(one, "" if told is None else self._words.of(told))

    def _test(self) -> None:
        if self._asks_first is None:
            self.test_wanted.emit(self._device, False)
            return
        self.asked.show_line("warning", "attention", self._words.of(self._asks_first))
        self.question.show()
        self.later.setFocus(Qt.FocusReason.OtherFocusReason)
        self.grew.emit(self.question)

    def _confirm(self) -> None:
        self.take_back()
        self.test_wanted.emit(self._device, True)


class Checks(QFrame):
    """The lines of a self-test, and how it came out."""

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        self._shown: tuple[CheckRow, ...] = ()
        set_role(self, "box_muted")
        layout = column(self, 8, 4)
        holder = QWidget()
        self._lines = column(holder, 0, 3)
        layout.addWidget(holder)
        self.outcome = IconLine(theme, role="small_strong", wrap=True)
        layout.addWidget(self.outcome)
        self.hide()

    def show_test(self, test: SelftestView | None) -> None:
        """Show it as far as it has come."""
        self.setVisible(test is not None)
        if test is None:
            return
        if test.rows != self._shown:
            self._shown = test.rows
            clear(self._lines)
            for one in test.rows:
                self._add(one)
        running = self._words.say("devices_dialog", "running")
        told = running if test.outcome is None else self._words.of(test.outcome)
        self.outcome.show_line(*(_RUNNING if test.running else _OUTCOMES[test.passed]), told)

    def _add(self, check: CheckRow) -> None:
        say, what = self._words.say, self._words.of(check.what)
        told = what if check.latency_ms is None else say("devices_dialog", "check_took", check=what, ms=check.latency_ms)
        state = say("selftest", "passed" if check.passed else "failed")
        spoken = say("devices_dialog", "check_spoken", state=state, check=what)
        line = IconLine(self._theme, role="note", wrap=True)
        mark = ("check", "good") if check.passed else ("cross", "bad")
        line.show_line(*mark, told if check.passed else spoken, name=spoken, detail=check.detail)
        self._append(line)
        for role, text in (("note", self._words.of(check.why) if check.why is not None else ""), ("small", check.detail)):
            if text:
                self._append(_indented(role, text))

    def _append(self, widget: QWidget) -> None:
        self._lines.addWidget(widget)
        widget.show()  # Qt itself would show it one round of events later


def _indented(role: str, text: str) -> QWidget:
    holder = QWidget()
    layout = row(holder)
    layout.setContentsMargins(18, 0, 0, 0)
    words = label(role, wrap=True)
    tell(words, text)
    layout.addWidget(words)
    return holder
