"""Signing on at the start of a shift, and again after a lock."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QLineEdit, QWidget

from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.icons import IconView
from teller_assist.ui.widgets.pieces import box, button, column, label, tell
from teller_assist.ui.words import Words


class SignOn(QWidget):
    """The teller's name and one button."""

    sign_on = pyqtSignal(str)

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        outer = column(self, 24, 0)
        outer.addStretch(1)
        card = box()
        layout = column(card, 20, 10)
        self.icon = IconView(44, disc=True)
        self.title = label("title", wrap=True)
        self.text = label("note", wrap=True)
        self.teller = QLineEdit()
        self.teller.setMaxLength(40)
        self.teller.setAccessibleName(words.say("sign_on", "teller"))
        self.confirm = button(words.say("sign_on", "confirm"), "main", self._confirm)
        self.confirm.setEnabled(False)
        self.teller.textChanged.connect(lambda text: self.confirm.setEnabled(bool(text.strip())))
        self.teller.returnPressed.connect(self._confirm)
        layout.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignHCenter)
        for one in (self.title, self.text):
            one.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(one)
        layout.addWidget(label("small", words.say("sign_on", "teller")))
        layout.addWidget(self.teller)
        layout.addWidget(self.confirm)
        outer.addWidget(card)
        outer.addStretch(2)
        self.setFocusProxy(self.teller)

    def show_state(self, *, locked: bool) -> None:
        """Ask for the first sign-on, or for the one after a lock."""
        self.icon.show_icon("lock" if locked else "person", self._theme.accent, self._theme.accent_soft)
        tell(self.title, self._words.say("sign_on", "locked_title" if locked else "title"))
        tell(self.text, self._words.say("sign_on", "locked_text" if locked else "text"))

    def clear_teller(self) -> None:
        """Empty the field, so that the next teller does not find a name in it."""
        self.teller.clear()

    def _confirm(self) -> None:
        teller = self.teller.text().strip()
        if teller:
            self.sign_on.emit(teller)
