"""Who decides."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QWidget

from teller_assist.ui.widgets.pieces import column, label, tell
from teller_assist.ui.words import Words


class Footer(QWidget):
    """One line, always there."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        layout = column(self, 0, 0)
        layout.setContentsMargins(12, 2, 12, 6)
        self.text = label("small")
        tell(self.text, words.say("panel", "teller_decides"))
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self.text)
