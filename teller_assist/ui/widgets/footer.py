"""Who decides."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QWidget

from teller_assist.ui.widgets.pieces import column, label, tell
from teller_assist.ui.words import Words

_SIDE_PX = 12


class Footer(QWidget):
    """One line, always there."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        layout = column(self, 0, 0)
        layout.setContentsMargins(_SIDE_PX, 2, _SIDE_PX, 6)
        self.text = label("small")
        tell(self.text, words.say("panel", "teller_decides"))
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self.text)
        self._words = words

    def show_reference(self, reference: str) -> None:
        """Say before who decides under which reference the core banking system began this business; "" for none."""
        decides, metrics = self._words.say("panel", "teller_decides"), self.text.fontMetrics()
        told = self._words.say("panel", "reference", reference=reference) if reference else ""
        room_px = self.width() - 2 * _SIDE_PX - metrics.horizontalAdvance(f" · {decides}")
        shown = f"{metrics.elidedText(told, Qt.TextElideMode.ElideMiddle, room_px)} · {decides}" if told else decides
        tell(self.text, shown, f"{told} · {decides}" if told else "")
        self.text.setToolTip(told)
