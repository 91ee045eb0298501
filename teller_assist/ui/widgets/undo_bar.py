"""A decision that was taken and can still be taken back."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PyQt5.QtCore import QTimer, pyqtSignal
from PyQt5.QtWidgets import QFrame

from teller_assist.evidence.transaction import TellerDecision
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.pieces import IconLine, button, row, set_role
from teller_assist.ui.words import Words

# Decision -> (tone, icon): what happened, never a verdict about the customer.
DECISIONS = {
    TellerDecision.PASS: ("good", "check"),
    TellerDecision.REFER: ("attention", "question"),
    TellerDecision.REJECT: ("muted", "minus"),
}
_STEP_MS = 200
KEY = "Ctrl+Z"


class UndoBar(QFrame):
    """What was decided, and the seconds left to undo it."""

    undone = pyqtSignal()

    def __init__(self, words: Words, theme: Theme, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._words, self._clock = words, clock
        self._until_s = 0.0
        set_role(self, "box_muted")
        layout = row(self, 8)
        layout.setContentsMargins(10, 8, 10, 8)
        self.taken = IconLine(theme, role="strong", side_px=16)
        self.undo = button(words.say("panel", "undo"), "plain", self.undone.emit)
        layout.addWidget(self.taken, 1)
        layout.addWidget(self.undo)
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._count)
        self.hide()

    def show_taken(self, decision: TellerDecision | None, until_s: float) -> None:
        """Show the decision that waits, or nothing."""
        self.setVisible(decision is not None)
        if decision is None:
            self._timer.stop()
            return
        tone, icon_name = DECISIONS[decision]
        self.taken.show_line(icon_name, tone, self._words.say("panel", "taken", decision=self._words.say("decision", decision)))
        self._until_s = until_s
        self._count()
        self._timer.start()

    def _count(self) -> None:
        left = math.ceil(self._until_s - self._clock())
        self.undo.setText(self._words.say("panel", "undo_seconds", seconds=max(left, 0)))
        self.undo.setShortcut(KEY)  # a new text takes the key away
        self.undo.setEnabled(left > 0)
        if left <= 0:
            self._timer.stop()
