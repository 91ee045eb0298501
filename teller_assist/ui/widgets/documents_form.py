"""The documents that stand in for a face comparison."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QCheckBox, QFrame, QWidget

from teller_assist.ui.widgets.pieces import clear, column, label, set_role
from teller_assist.ui.words import Words


class DocumentsForm(QFrame):
    """One box to tick for each document that was seen."""

    changed = pyqtSignal()

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._codes: tuple[str, ...] = ()
        self.boxes: dict[str, QCheckBox] = {}
        set_role(self, "box_accent")
        layout = column(self, 10, 4)
        self.title = label("strong", words.say("panel", "documents"), wrap=True)
        layout.addWidget(self.title)
        fields = QWidget()
        self._fields = column(fields, 0, 2)
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
        for code in codes:
            one = QCheckBox(self._words.say("document", code))
            one.setAccessibleName(one.text())
            one.toggled.connect(lambda _checked: self.changed.emit())
            self.boxes[code] = one
            self._fields.addWidget(one)
