"""The consent step: nothing is measured before it."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QFrame, QWidget

from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.pieces import IconLine, button, column, label, row, set_role, tell, tell_button, tell_key_button
from teller_assist.ui.words import Words
from teller_assist.workflow.view import ConsentView

# Whether the guardian is asked -> question, explanation and the two answers
_ASKED = {
    False: ("question", "text", "agree", "refuse"),
    True: ("guardian_question", "guardian_text", "guardian_agree", "guardian_refuse"),
}


class ConsentBar(QFrame):
    """Asks, with two buttons of one look and a key each: neither answer is pressed on anybody; then says what is on record."""

    given = pyqtSignal()
    refused = pyqtSignal()
    notice_wanted = pyqtSignal()
    absence_noted = pyqtSignal()

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words = words
        layout = column(self, 0, 6)
        self._layout = layout
        self.question = label("strong", words.say("consent", "question"), wrap=True)
        self.text = label("note", words.say("consent", "text"), wrap=True)
        self.agree = button(words.say("consent", "agree"), "choice_even", self.given.emit, "F5")
        self.refuse = button(words.say("consent", "refuse"), "choice_even", self.refused.emit, "F9")
        self.notice = button(words.say("consent", "print_notice"), "link", self.notice_wanted.emit)
        self.absent = button(words.say("consent", "absent"), "link", self.absence_noted.emit)
        self._asked = False
        self._buttons = QWidget()
        buttons = row(self._buttons, 8)
        buttons.addWidget(self.agree, 1)
        buttons.addWidget(self.refuse, 1)
        self.record = IconLine(theme, wrap=True)
        for one in (self.question, self.text, self._buttons, self.absent, self.notice, self.record):
            layout.addWidget(one)
        self.hide()

    def show_consent(self, view: ConsentView) -> None:
        """Show the question, or what is on record."""
        self.setVisible(view.asked or view.without_face or bool(view.given))
        if view.asked and not self._asked:
            tell_button(self.notice, self._words.say("consent", "print_notice"))
        self._asked = view.asked
        question, text, agree, refuse = (self._words.say("consent", code) for code in _ASKED[view.by_guardian])
        tell(self.question, question)
        tell(self.text, text)
        tell_key_button(self.agree, agree, "F5")
        tell_key_button(self.refuse, refuse, "F9")
        for one in (self.question, self.text, self._buttons, self.notice):
            one.setVisible(view.asked)
        self.absent.setVisible(view.may_be_absent)
        self.record.setVisible(not view.asked)
        set_role(self, "box_accent" if view.asked else "plain")
        side_px = 10 if view.asked else 2
        self._layout.setContentsMargins(side_px, 8 if view.asked else 0, side_px, 8 if view.asked else 0)
        if view.refused:
            self.record.show_line("minus", "muted", self._words.say("consent", "was_refused"))
        elif view.absent:
            self.record.show_line("minus", "muted", self._words.say("consent", "was_absent"))
        elif view.left:
            self.record.show_line("minus", "muted", self._words.say("consent", "was_left"))
        elif view.given:
            self.record.show_line("check", "good", self._words.say("consent_basis", view.given))

    def show_printed(self) -> None:
        """Say that the notice was printed for this customer; it can be printed again."""
        tell_button(self.notice, self._words.say("consent", "notice_printed"))
