"""Why a customer is referred or rejected."""

from __future__ import annotations

from functools import partial

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import QPushButton

from teller_assist.evidence.transaction import TellerDecision
from teller_assist.ui.widgets.inline_form import InlineForm
from teller_assist.ui.widgets.pieces import button
from teller_assist.ui.words import Words


class ReasonForm(InlineForm):
    """One button for each reason code; its digit chooses it."""

    chosen = pyqtSignal(str)

    def __init__(self, words: Words, decision: TellerDecision, codes: tuple[str, ...]) -> None:
        super().__init__(words, words.say("panel", f"reason_for_{decision}"))
        self._codes = codes
        self.buttons: list[QPushButton] = []
        for digit, code in enumerate(codes, 1):
            one = button(f"{digit}  {words.say(f'{decision}_reason', code)}", "choice", partial(self.chosen.emit, code))
            self.buttons.append(one)
            self.fields.addWidget(one)
        self.fields.addWidget(self.back, 0, Qt.AlignmentFlag.AlignRight)

    def wants(self, event: QKeyEvent) -> bool:
        """Take the digits as well."""
        return super().wants(event) or self._code(event) is not None

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Choose by digit."""
        code = self._code(event) if event is not None else None
        if event is not None and code is not None:
            event.accept()
            self.chosen.emit(code)
        else:
            super().keyPressEvent(event)

    def _code(self, event: QKeyEvent) -> str | None:
        """Return the reason that a key stands for, or None: it stands for none."""
        place = event.key() - Qt.Key.Key_1
        return self._codes[place] if 0 <= place < len(self._codes) and not event.isAutoRepeat() else None
