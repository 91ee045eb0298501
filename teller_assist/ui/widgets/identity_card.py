"""What the ID card says, masked."""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QFrame, QWidget

from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.flow import FlowLayout
from teller_assist.ui.widgets.pieces import MARKS, IconLine, button, clear, column, label, row, set_role, tell
from teller_assist.ui.words import Words
from teller_assist.workflow.view import Chip, IdentityView


class IdentityCard(QFrame):
    """Name, number, and what was checked."""

    read_again = pyqtSignal()
    ask_again = pyqtSignal()  # the authority

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        self._shown: IdentityView | None = None
        set_role(self, "card")
        layout = column(self, 0, 3)
        layout.setContentsMargins(10, 7, 10, 7)
        self.name = label("name")
        self.number = label("number")
        self.person = label("small")
        self.validity = label("small")
        first = row(None, 12)
        first.addWidget(self.name)
        first.addWidget(self.number, 0, Qt.AlignmentFlag.AlignBottom)
        first.addStretch(1)
        self.second = QWidget()
        second = row(self.second, 8)
        second.addWidget(self.person)
        second.addStretch(1)
        second.addWidget(self.validity)
        self.checks = QWidget()
        self._flow = FlowLayout(self.checks)
        layout.addLayout(first)
        layout.addWidget(self.second)
        layout.addWidget(self.checks)
        self.hide()

    def set_compact(self, compact: bool) -> None:
        """Leave the second line out."""
        self.second.setVisible(not compact)

    def show_identity(self, identity: IdentityView | None) -> None:
        """Show a masked identity, or nothing at all."""
        self.setVisible(identity is not None)
        if identity == self._shown:
            return
        self._shown = identity
        clear(self._flow)
        if identity is None:
            for one in (self.name, self.number, self.person, self.validity):
                tell(one, "")
            return
        words = self._words
        tell(self.name, identity.masked_name)
        tell(self.number, identity.masked_number)
        sex = "" if identity.sex is None else words.say("sex", identity.sex)
        age = "" if identity.age_years is None else words.say("panel", "age", years=identity.age_years)
        document = "" if identity.document is None else words.of(identity.document)
        tell(self.person, " · ".join(part for part in (document, sex, age, identity.ethnicity) if part))
        tell(self.validity, self._validity(identity))
        for check in identity.checks:
            line = self._line(check)
            self._flow.addWidget(line)
            line.show()
        if identity.may_read_again:
            self._offer("read_again", self.read_again.emit)
        if identity.may_ask_authority_again:
            self._offer("ask_authority_again", self.ask_again.emit)
        self.checks.setVisible(bool(identity.checks) or identity.may_read_again)

    def _offer(self, code: str, wish: Callable[[], None]) -> None:
        offered = button(self._words.say("panel", code), "link", wish)
        self._flow.addWidget(offered)
        offered.show()

    def _validity(self, identity: IdentityView) -> str:
        if identity.typed:
            return self._words.say("panel", "typed")
        day = identity.valid_until
        return self._words.say("panel", "valid_until", day=day.isoformat()) if day else self._words.say("panel", "valid_for_life")

    def _line(self, check: Chip) -> IconLine:
        tone, icon_name = MARKS[check.mark]
        line = IconLine(self._theme)
        detail = self._words.of(check.detail) if check.detail is not None else ""
        line.show_line(icon_name, tone, self._words.say("identity_check", check.code), detail=detail)
        return line
