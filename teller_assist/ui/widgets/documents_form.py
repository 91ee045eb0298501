"""The documents that stand in for a face comparison."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QFrame, QGridLayout, QPushButton, QWidget

from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.icons import icon
from teller_assist.ui.widgets.pieces import button, clear, column, label, set_role
from teller_assist.ui.words import Words

_COLUMNS = 2


class DocumentsForm(QFrame):
    """One box to tick for each document that was seen."""

    changed = pyqtSignal()

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words = words
        self._codes: tuple[str, ...] = ()
        self._theme = theme
        self.boxes: dict[str, QPushButton] = {}
        set_role(self, "box_accent")
        layout = column(self, 10, 4)
        self.title = label("strong", words.say("panel", "documents"), wrap=True)
        layout.addWidget(self.title)
        fields = QWidget()
        self._fields = QGridLayout(fields)
        self._fields.setContentsMargins(0, 0, 0, 0)
        self._fields.setSpacing(5)
        layout.addWidget(fields)

    @property
    def ticked(self) -> tuple[str, ...]:
        """The codes that are ticked, in their order."""
        return tuple(code for code, one in self.boxes.items() if one.isChecked())

    def show_documents(self, codes: tuple[str, ...]) -> None:
        """Offer other documents; the ticks of the same list stay."""
        if codes == self._codes:
            return
        self._codes = codes
        clear(self._fields)
        self.boxes = {}
        last = len(codes) - 1
        for place, code in enumerate(codes):
            one = button(self._words.say("document", code), "choice", self._show_ticks)
            one.setCheckable(True)
            self.boxes[code] = one
            alone = place == last and place % _COLUMNS == 0
            self._fields.addWidget(one, place // _COLUMNS, place % _COLUMNS, 1, _COLUMNS if alone else 1)
            one.show()
        self._show_ticks()

    def _show_ticks(self) -> None:
        """Draw the ticks: with an icon, since a colour alone says nothing."""
        for one in self.boxes.values():
            name, colour = ("ticked", self._theme.accent) if one.isChecked() else ("unticked", self._theme.sub)
            one.setIcon(icon(name, colour, 16))
        self.changed.emit()
