"""Who somebody is: a name alone, or a login and a password, as the station asks."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QLineEdit, QWidget

from teller_assist.settings.personal import Personal
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.pieces import IconLine, button, column, label, tell, tell_button
from teller_assist.ui.words import Words
from teller_assist.workflow.view_sign_on import NO_PASSWORD, SignOnView

_NAME_LONGEST = 40
_PASSWORD_LONGEST = 256
_HINTS = (
    Qt.InputMethodHint.ImhHiddenText,
    Qt.InputMethodHint.ImhSensitiveData,
    Qt.InputMethodHint.ImhNoPredictiveText,
    Qt.InputMethodHint.ImhNoAutoUppercase,
)


class Credentials(QWidget):
    """The fields, the button, and why the last ones were not right.

    The password leaves the field the moment it is used, as a value that never prints.

    Parameters
    ----------
    name_code, confirm_code
        Group and code of the name field's and the button's words.
    """

    named = pyqtSignal(str)
    proved = pyqtSignal(str, object)  # login, Personal[str]

    def __init__(self, words: Words, theme: Theme, name_code: tuple[str, str], confirm_code: tuple[str, str]) -> None:
        super().__init__()
        self._words, self._view = words, NO_PASSWORD
        self._name_words, self._confirm_words = words.say(*name_code), words.say(*confirm_code)
        self.name_label = label("small")
        self.teller = QLineEdit()
        self.teller.setMaxLength(_NAME_LONGEST)
        self.password_label = label("small", words.say("sign_on", "password"))
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        hints = Qt.InputMethodHints()
        for one in _HINTS:
            hints |= one
        self.password.setInputMethodHints(hints)
        self.password.setMaxLength(_PASSWORD_LONGEST)
        self.password.setAccessibleName(words.say("sign_on", "password"))
        self.refused = IconLine(theme, role="note", wrap=True)
        self.confirm = button(self._confirm_words, "main", self._confirm)
        self.teller.textChanged.connect(self._enable)
        self.password.textChanged.connect(self._enable)
        self.teller.returnPressed.connect(self._go_on)
        self.password.returnPressed.connect(self._confirm)
        layout = column(self, 0, 6)
        for one in (self.name_label, self.teller, self.password_label, self.password, self.refused):
            layout.addWidget(one)
        self.setFocusProxy(self.teller)
        self.show_signing(NO_PASSWORD)

    def show_signing(self, view: SignOnView) -> None:
        """Show what is asked for, whether it is being checked, and why the last was refused."""
        self._view = view
        named = self._words.say("sign_on", "login") if view.by_password else self._name_words
        tell(self.name_label, named)
        self.teller.setAccessibleName(named)
        for one in (self.password_label, self.password):
            one.setVisible(view.by_password)
        for field in (self.teller, self.password):
            field.setReadOnly(view.checking)  # and not disabled, which would take the keyboard away
        tell_button(self.confirm, self._words.say("sign_on", "checking") if view.checking else self._confirm_words)
        told = None if view.checking else view.refused
        self.refused.setVisible(told is not None)
        if told is not None:
            self.refused.show_line("warning", "attention", self._words.of(told))
        self._enable()

    def begin(self, login: str = "") -> None:
        """Empty the fields for whoever comes next; a login that is known already needs its password alone."""
        self.password.clear()
        self.teller.setText(login)
        self.setFocusProxy(self.password if login else self.teller)

    def _go_on(self) -> None:
        if self._view.by_password:
            self.password.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self._confirm()

    def _is_whole(self) -> bool:
        return bool(self.teller.text().strip()) and (bool(self.password.text()) or not self._view.by_password)

    def _enable(self) -> None:
        self.confirm.setEnabled(self._is_whole() and not self._view.checking)

    def _confirm(self) -> None:
        if not self._is_whole() or self._view.checking:
            return
        teller = self.teller.text().strip()
        if not self._view.by_password:
            self.named.emit(teller)
            return
        password = Personal(self.password.text())
        self.password.clear()
        self.proved.emit(teller, password)
