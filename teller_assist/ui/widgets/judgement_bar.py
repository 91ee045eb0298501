"""The teller's own judgement before the reading: seven answers of one look, chosen and then confirmed, because it stands."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QButtonGroup, QFrame, QPushButton, QWidget

from teller_assist.evidence.transaction import TellerJudgement
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.pieces import IconLine, button, column, label, row, set_role
from teller_assist.ui.words import Words

CONFIRM_KEY = "F5"  # not F6: pressed twice, or held, it would pass the customer as soon as the reading is there


class JudgementBar(QFrame):
    """Asks; afterwards says how the teller judged.

    Parameters
    ----------
    said_in
        The wording group of its words; a training pair has its own, because nothing of it is kept on record.
    """

    judged = pyqtSignal(object)  # TellerJudgement

    def __init__(self, words: Words, theme: Theme, *, said_in: str = "judgement") -> None:
        super().__init__()
        self._words, self._said_in = words, said_in
        self._asked = False
        self._layout = column(self, 0, 6)
        self.question = label("strong", words.say(said_in, "question"), wrap=True)
        self.note = label("note", words.say(said_in, "note"), wrap=True)
        self.answers = {one: self._answer(one) for one in TellerJudgement}
        self._group = QButtonGroup(self)
        self._scale = QWidget()
        scale = row(self._scale, 3)
        for one in self.answers.values():
            self._group.addButton(one)
            scale.addWidget(one, 1)
        self.confirm = button(words.say(said_in, "confirm"), "decision", self._confirm, CONFIRM_KEY)
        self.record = IconLine(theme, wrap=True)
        for widget in (self.question, self._scale, self.note, self.confirm, self.record):
            self._layout.addWidget(widget)
        self.hide()

    def show_judgement(self, *, asked: bool, given: TellerJudgement | None) -> None:
        """Show the question, or what was answered; nothing where it was not asked for."""
        self.setVisible(asked or given is not None)
        if asked and not self._asked:
            self._choose_none()
        self._asked = asked
        for one in (self.question, self._scale, self.note, self.confirm):
            one.setVisible(asked)
        self.record.setVisible(not asked)
        set_role(self, "box_accent" if asked else "plain")
        side_px = 8 if asked else 2
        self._layout.setContentsMargins(side_px, 8 if asked else 0, side_px, 8 if asked else 0)
        if given is not None:
            told = self._words.say(self._said_in, "given", judgement=self._words.say("teller_judgement", given))
            self.record.show_line("check", "muted", told)

    def _answer(self, judgement: TellerJudgement) -> QPushButton:
        made = button(self._words.say("judgement_short", judgement), "answer", self._chosen)
        made.setCheckable(True)
        made.setShortcut(str(judgement.point + 4))
        made.setAccessibleName(self._words.say("teller_judgement", judgement))
        made.setToolTip(made.accessibleName())
        return made

    def _choose_none(self) -> None:
        self._group.setExclusive(False)
        for one in self.answers.values():
            one.setChecked(False)
        self._group.setExclusive(True)
        self.confirm.setEnabled(False)

    def _chosen(self) -> None:
        self.confirm.setEnabled(True)

    def _confirm(self) -> None:
        chosen = next((judgement for judgement, one in self.answers.items() if one.isChecked()), None)
        if chosen is not None:
            self.confirm.setEnabled(False)  # it stands: a second press says nothing
            self.judged.emit(chosen)
