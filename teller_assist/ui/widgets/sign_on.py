"""Signing on at the start of a shift, and again after a lock."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QWidget

from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.credentials import Credentials
from teller_assist.ui.widgets.icons import IconView
from teller_assist.ui.widgets.pieces import box, column, label, tell
from teller_assist.ui.words import Words
from teller_assist.workflow.view_sign_on import NO_PASSWORD, SignOnView


class SignOn(QWidget):
    """The teller's name, or login and password, and one button."""

    sign_on = pyqtSignal(str)
    sign_on_with = pyqtSignal(str, object)  # login, Personal[str]

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
        self.credentials = Credentials(words, theme, ("sign_on", "teller"), ("sign_on", "confirm"))
        self.teller, self.password, self.confirm = (
            self.credentials.teller,
            self.credentials.password,
            self.credentials.confirm,
        )
        self.credentials.named.connect(self.sign_on)
        self.credentials.proved.connect(self.sign_on_with)
        layout.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignHCenter)
        for one in (self.title, self.text):
            one.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(one)
        layout.addWidget(self.credentials)
        layout.addWidget(self.confirm)
        outer.addWidget(card)
        outer.addStretch(2)
        self.setFocusProxy(self.credentials)

    def show_state(self, *, locked: bool, signing: SignOnView = NO_PASSWORD) -> None:
        """Ask for the first sign-on, or for the one after a lock."""
        self.icon.show_icon("lock" if locked else "person", self._theme.accent, self._theme.accent_soft)
        tell(self.title, self._words.say("sign_on", "locked_title" if locked else "title"))
        first = self._words.say("sign_on", "text_password" if signing.by_password else "text")
        tell(self.text, self._words.say("sign_on", "locked_text") if locked else first)
        self.credentials.show_signing(signing)

    def clear_teller(self, login: str = "") -> None:
        """Empty the fields, so that the next teller does not find a name in them; after a lock the same one is expected."""
        self.credentials.begin(login)
