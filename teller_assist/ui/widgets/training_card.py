"""A training pair between two customers, in the form in which real pairs are judged; afterwards what it was."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QFrame, QWidget

from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.judgement_bar import JudgementBar
from teller_assist.ui.widgets.pieces import IconLine, box, button, column, label, row, tell
from teller_assist.ui.widgets.portraits import Portraits
from teller_assist.ui.words import Words
from teller_assist.workflow.view_training import TrainingView


class TrainingCard(QWidget):
    """The pair and its seven answers; once judged, the announcement.

    Attributes
    ----------
    line
        Stands elsewhere, below the start.
    """

    asked_for = pyqtSignal()  # a pair, or another one
    judged = pyqtSignal(object)  # TellerJudgement
    ended = pyqtSignal()  # skipped, or read
    forgotten = pyqtSignal()  # every judgement
    gone = pyqtSignal()  # no face is shown any more

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words = words
        self._shown = self._asks = False
        self.line = TrainingLine(words, theme)
        self.line.asked_for.connect(self.asked_for)
        self.line.forgotten.connect(self.forgotten)
        layout = column(self, 0, 6)
        self.portraits = Portraits(words, theme)
        self.judgement = JudgementBar(words, theme, said_in="training_judgement")
        self.judgement.judged.connect(self.judged)
        self.skip = button(words.say("training", "skip"), "link", self.ended.emit)
        self.announced = box("box_muted")
        inside = column(self.announced, 10, 6)
        self.told = IconLine(theme, role="strong", side_px=15, wrap=True)
        self.explained = label("note", wrap=True)
        buttons = row(None, 6)
        self.another = button(words.say("training", "another"), "plain", self.asked_for.emit)
        self.back = button(words.say("training", "go_on"), "plain", self.ended.emit)
        for one in (self.another, self.back):
            buttons.addWidget(one, 1)
        inside.addWidget(self.told)
        inside.addWidget(self.explained)
        inside.addLayout(buttons)
        for widget in (self.portraits, self.judgement, self.announced):
            layout.addWidget(widget)
        layout.addWidget(self.skip, 0, Qt.AlignmentFlag.AlignRight)
        self.hide()

    @property
    def shows_pair(self) -> bool:
        """Whether a pair is there."""
        return self._shown

    @property
    def asks(self) -> bool:
        """Whether it waits for an answer, chosen by its digit as well."""
        return self._asks

    def set_compact(self, compact: bool) -> None:
        """Show lower pictures."""
        self.portraits.set_compact(compact)

    def show_training(self, view: TrainingView | None) -> None:
        """Show a pair, and the line where there is none; without a pair every face goes."""
        self.line.show_training(view)
        portraits = None if view is None else view.portraits
        self.portraits.show_portraits(portraits)
        self.setVisible(portraits is not None)
        asked = self._asks = view is not None and view.asked
        given = None if view is None or portraits is None else view.given
        self.judgement.show_judgement(asked=asked, given=given)
        self.skip.setVisible(asked)
        self.announced.setVisible(given is not None)
        if view is not None and given is not None:
            headline, explained = (self._words.of(one) for one in view.told)
            self.told.show_line("check" if view.right else "info", "good" if view.right else "muted", headline)
            tell(self.explained, explained)
            self.another.setVisible(view.may_ask)
        if self._shown and portraits is None:
            self.gone.emit()
        self._shown = portraits is not None


class TrainingLine(QFrame):
    """Below the start: how many pairs were judged, one more, and the teller's own summary on a click."""

    asked_for = pyqtSignal()
    forgotten = pyqtSignal()

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words = words
        layout = column(self, 0, 6)
        self.line = IconLine(theme, role="note", wrap=True)
        self.more = button(words.say("training", "show_summary"), "link", self._turn)
        self._open = False
        self.one_pair = button(words.say("training", "one_pair"), "link", self.asked_for.emit)
        above = row(None, 4)
        above.addWidget(self.line, 1)
        above.addWidget(self.one_pair)
        above.addWidget(self.more)
        layout.addLayout(above)
        self.summary = box("card")
        inside = column(self.summary, 10, 4)
        self.title = label("strong", words.say("training", "title"), wrap=True)
        self.lines = [label("note", wrap=True) for _line in range(5)]
        self.private = label("small", words.say("training", "private"), wrap=True)
        self.clear = button(words.say("training", "clear"), "plain", self.forgotten.emit)
        self.fold = button(words.say("training", "fold"), "plain", self._close)
        buttons = row(None, 6)
        for one in (self.clear, self.fold):
            buttons.addWidget(one, 1)
        for widget in (self.title, *self.lines, self.private):
            inside.addWidget(widget)
        inside.addLayout(buttons)
        layout.addWidget(self.summary)
        self.hide()

    def show_training(self, view: TrainingView | None) -> None:
        """Show the line between two customers, or why there is no training; beside a pair it is left out."""
        shown = view is not None and view.portraits is None
        self.setVisible(shown)
        if view is None or not shown:
            self._close()
            return
        there = view.problem is None
        self.more.setVisible(there)
        self.one_pair.setVisible(there)
        self.one_pair.setEnabled(view.may_ask)
        if view.problem is not None:
            self._close()
            told = self._words.say(
                "panel", "named", name=self._words.say("training", "not_available"), what=self._words.of(view.problem)
            )
            self.line.show_line("warning", "attention", told)
            return
        self.line.show_line("info", "muted", self._words.say("training", "line", judged=view.judged))
        for one, said in zip(self.lines, (*view.summary, *[None] * len(self.lines)), strict=False):
            one.setVisible(said is not None)
            tell(one, "" if said is None else self._words.of(said))
        self.clear.setEnabled(view.judged > 0)
        self.summary.setVisible(self._open)

    def _turn(self) -> None:
        self._open = not self._open
        self.summary.setVisible(self._open)

    def _close(self) -> None:
        """Fold the summary: whoever comes next to the window asks for it anew."""
        self._open = False
        self.summary.hide()
