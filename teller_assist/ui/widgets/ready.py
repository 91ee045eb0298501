"""Between two customers: what the next one comes for, and the start."""

from __future__ import annotations

from functools import partial

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QButtonGroup, QFrame, QGridLayout, QPushButton

from teller_assist.evidence.transaction import BusinessKind
from teller_assist.ui.widgets.pieces import button, column, label, set_role
from teller_assist.ui.words import Words

_COLUMNS = 2


class Ready(QFrame):
    """One button for each kind of business, chosen by its digit as well, and 开始."""

    business_chosen = pyqtSignal(object)  # BusinessKind
    begin = pyqtSignal()

    def __init__(self, words: Words) -> None:
        super().__init__()
        set_role(self, "card")
        layout = column(self, 10, 8)
        self.title = label("strong", words.say("panel", "choose_business"))
        grid = QGridLayout()
        grid.setSpacing(6)
        self._group = QButtonGroup(self)
        self.buttons: dict[BusinessKind, QPushButton] = {}
        for place, kind in enumerate(BusinessKind):
            word, digit = words.say("business_kind", kind), str(place + 1)
            one = button(f"{digit}  {word}", "plain", partial(self.business_chosen.emit, kind))
            one.setShortcut(digit)
            one.setAccessibleName(word)
            one.setAccessibleDescription(digit)
            one.setCheckable(True)
            self._group.addButton(one)
            self.buttons[kind] = one
            grid.addWidget(one, place // _COLUMNS, place % _COLUMNS)
        self.begin_button = button(words.say("panel", "begin"), "main", self.begin.emit, "F4")
        layout.addWidget(self.title)
        layout.addLayout(grid)
        layout.addWidget(self.begin_button)
        self.begin_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_business(self, kind: BusinessKind) -> None:
        """Show which kind is chosen."""
        self.buttons[kind].setChecked(True)
