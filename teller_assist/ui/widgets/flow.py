"""A layout that puts its items side by side and begins a new line where the width ends."""

from __future__ import annotations

from PyQt5.QtCore import QPoint, QRect, QSize, Qt
from PyQt5.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Lines of items, as words in a text."""

    def __init__(self, owner: QWidget, gap_px: int = 10, line_gap_px: int = 3) -> None:
        super().__init__(owner)
        self.setContentsMargins(0, 0, 0, 0)
        self._items: list[QLayoutItem] = []
        self._gap_px, self._line_gap_px = gap_px, line_gap_px

    def addItem(self, item: QLayoutItem | None) -> None:  # noqa: N802 (Qt's name)
        """Append an item."""
        if item is not None:
            self._items.append(item)

    def count(self) -> int:
        """Return how many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 (Qt's name)
        """Return an item; Qt asks past the end and expects None there."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 (Qt's name)
        """Remove and return an item; Qt asks past the end and expects None there."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientations:  # noqa: N802 (Qt's name)
        """Take no more room than needed."""
        return Qt.Orientations()

    def hasHeightForWidth(self) -> bool:  # noqa: N802 (Qt's name)
        """Say that the height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 (Qt's name)
        """Return the height that a width needs."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, place: QRect) -> None:  # noqa: N802 (Qt's name)
        """Put the items in their places."""
        super().setGeometry(place)
        self._arrange(place, move=True)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the smallest useful size: the widest item."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: N802 (Qt's name)
        """Return the size of the largest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, place: QRect, *, move: bool) -> int:
        x, y, line_height = place.x(), place.y(), 0
        for item in self._items:
            size = item.sizeHint()
            if x > place.x() and x + size.width() > place.right() + 1:
                x, y, line_height = place.x(), y + line_height + self._line_gap_px, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), QSize(min(size.width(), place.width()), size.height())))
            x += size.width() + self._gap_px
            line_height = max(line_height, size.height())
        return y + line_height - place.y()
