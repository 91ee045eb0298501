"""The simulated profile's own line, never to be mistaken for a real counter."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QFrame

from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.pieces import IconLine, button, label, row, set_role, stacked, tell
from teller_assist.ui.words import Words
from teller_assist.workflow.view import SimulatedView


class SimulatedBar(QFrame):
    """Which made-up customer, made of what, and the next one."""

    next_customer = pyqtSignal()

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words = words
        set_role(self, "box_attention")
        layout = row(self, 8)
        layout.setContentsMargins(10, 4, 6, 4)
        self.line = IconLine(theme, role="attention", side_px=15)
        self.material = label("small", wrap=True)
        # Whatever it says, what stands below stays in its place.
        self.material.setMinimumHeight(2 * self.material.fontMetrics().lineSpacing())
        self.material.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.next = button(words.say("simulated", "next"), "plain", self.next_customer.emit)
        kept = self.next.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.next.setSizePolicy(kept)
        layout.addWidget(stacked(self.line, self.material, spacing_px=0), 1)
        layout.addWidget(self.next, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def show_simulated(self, view: SimulatedView | None, *, signed_on: bool) -> None:
        """Show the line, or nothing at a real counter; the next customer comes only to a teller who is there."""
        self.setVisible(view is not None)
        self.next.setVisible(signed_on)
        if view is not None:
            told = self._words.say("simulated", "customer", customer=view.customer, customers=view.customers)
            self.line.show_line("info", "attention", told)
            tell(self.material, self._words.of(view.material))
