"""The scan over the panel, to draw a box around a document that was not found, or found wrongly."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, Qt, pyqtSignal
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import QFrame

from teller_assist.evidence.pictures import Pixels
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.pieces import button, column, label, row, set_role
from teller_assist.ui.widgets.scan_picture import BoxCanvas
from teller_assist.ui.words import Words
from teller_assist.workflow.view_scan import Box, Outline, ScanView

_STEP_SHARE = 0.01  # of the scan's side, for one press of an arrow key
_MIDDLE: Box = (0.2, 0.25, 0.6, 0.5)  # where nothing was found
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ScanBox(QFrame):
    """Drag with the mouse, or move with the arrow keys; Enter reads, Esc closes."""

    drawn = pyqtSignal(tuple)  # Box

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        set_role(self, "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = column(self, 12, 8)
        say = words.say
        self.setAccessibleName(say("scan_card", "box_title"))
        layout.addWidget(label("strong", say("scan_card", "box_title"), wrap=True))
        self.canvas = BoxCanvas(theme, say("scan_card", "picture"))
        layout.addWidget(self.canvas, 1)
        layout.addWidget(label("note", say("scan_card", "box_keys"), wrap=True))
        self.read_button = button(say("scan_card", "box_read"), "main", self._read)
        self.back = button(say("panel", "back"), "link", self.close_box)
        last = row()
        last.addWidget(self.read_button, 1)
        last.addWidget(self.back)
        layout.addLayout(last)
        self._scan: Pixels | None = None  # that the box is drawn on
        self.hide()

    def open_box(self, view: ScanView) -> None:
        """Open it over a scan."""
        if view.large is None:
            return
        self._scan = view.large
        first = view.outlines[0] if view.outlines else None
        self.canvas.show_scan(view.large, view.outlines, _MIDDLE if first is None else _around(first))
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_scan(self, view: ScanView | None) -> None:
        """Close it once its scan is not the newest any more, or another is coming: the box would be read there."""
        if view is None or view.large is not self._scan or not view.may_draw_box:
            self.close_box()

    def close_box(self) -> bool:
        """Take it away with its picture, and return whether it was there."""
        if self.isHidden():
            return False
        self._scan = None
        self.canvas.show_scan(None, (), _MIDDLE)
        self.hide()
        return True

    def event(self, event: QEvent | None) -> bool:
        """Keep the arrow keys, Enter and Esc from being taken as shortcuts of the window."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._wants(event):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802 (Qt's name)
        """Move, resize, read or close."""
        if event is None or not self._wants(event):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self.close_box()
        elif event.key() in _ENTER:
            self._read()
        else:
            right, down = next(step for key, step in _ARROWS.items() if key == event.key())
            resize = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.canvas.move_box(right * _STEP_SHARE, down * _STEP_SHARE, resize=resize)

    def _wants(self, event: QKeyEvent) -> bool:
        return event.key() in (*_ARROWS, *_ENTER, Qt.Key.Key_Escape)

    def _read(self) -> None:
        box = self.canvas.box
        self.close_box()
        self.drawn.emit(box)


def _around(outline: Outline) -> Box:
    xs, ys = [min(max(x, 0.0), 1.0) for x, _y in outline], [min(max(y, 0.0), 1.0) for _x, y in outline]
    return (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
