"""A form within the panel: never modal, closed by Esc."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, Qt, pyqtSignal
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import QFrame

from teller_assist.ui.widgets.pieces import button, column, label, set_role, tell
from teller_assist.ui.words import Words


class InlineForm(QFrame):
    """Title, fields and a way back."""

    closed = pyqtSignal()

    def __init__(self, words: Words, title: str) -> None:
        super().__init__()
        set_role(self, "box_accent")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.fields = column(self, 8, 3)
        self.title = label("strong", wrap=True)
        tell(self.title, title)
        self.setAccessibleName(title)
        self.back = button(words.say("panel", "back"), "link", self.closed.emit)
        self.fields.addWidget(self.title)

    def event(self, event: QEvent | None) -> bool:
        """Keep this form's keys from being taken as shortcuts of the window."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self.wants(event):
            event.accept()
            return True
        return bool(super().event(event))

    def wants(self, event: QKeyEvent) -> bool:
        """Return whether a key belongs to the form."""
        return bool(event.key() == Qt.Key.Key_Escape)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Close on Esc."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            event.accept()
            self.closed.emit()
        else:
            super().keyPressEvent(event)
