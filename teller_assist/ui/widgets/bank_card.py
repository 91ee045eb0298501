"""The customer's bank card: read when the teller asks, its number never shown whole."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QFrame

from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.pieces import IconLine, button, column, label, row, set_role, tell, tell_key_button
from teller_assist.ui.words import Words
from teller_assist.workflow.view_cards import BankCardView

BANK_CARD_KEY = "F10"


class BankCardCard(QFrame):
    """One line until there is something to say."""

    wanted = pyqtSignal()
    stopped = pyqtSignal()

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words = words
        self._view: BankCardView | None = None
        set_role(self, "card")
        layout = column(self, 0, 2)
        layout.setContentsMargins(10, 5, 10, 5)
        self.title = label("small_strong", words.say("bank_card", "title"))
        self.number = label("small_strong")
        self.read_button = button(words.say("bank_card", "read"), "link", self._press, BANK_CARD_KEY)
        first = row(None, 8)
        first.addWidget(self.title)
        first.addWidget(self.number)
        first.addStretch(1)
        first.addWidget(self.read_button)
        self.issued = label("small")
        self.told = IconLine(theme, role="note", wrap=True)
        layout.addLayout(first)
        layout.addWidget(self.issued)
        layout.addWidget(self.told)
        self.hide()

    def show_card(self, view: BankCardView | None) -> None:
        """Show a bank card; None hides everything of it."""
        self.setVisible(view is not None)
        if view == self._view:
            return
        self._view = view
        if view is None:
            tell(self.number, "")
            tell(self.issued, "")
            return
        say = self._words.say
        tell(self.number, view.masked_number)
        until = "" if view.valid_until is None else say("bank_card", "valid_until", month=f"{view.valid_until:%Y-%m}")
        tell(self.issued, " · ".join(part for part in (view.bank, until) if part))
        self.issued.setVisible(bool(self.issued.text()))
        code = "stop" if view.reading else "again" if view.masked_number else "read"
        tell_key_button(self.read_button, say("bank_card", code), BANK_CARD_KEY)
        self.read_button.setEnabled(view.reading or view.may_read)
        self.told.setVisible(view.told is not None)
        if view.told is not None:
            waits = view.reading and not view.failed
            self.told.show_line("waiting" if waits else "warning", "muted" if waits else "attention", self._words.of(view.told))

    def _press(self) -> None:
        if self._view is not None and self._view.reading:
            self.stopped.emit()
        else:
            self.wanted.emit()
