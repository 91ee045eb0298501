"""Between two customers: what the next one comes for and as who, and the start."""

from __future__ import annotations

from functools import partial

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QPushButton

from teller_assist.evidence.transaction import BusinessKind, PersonRole
from teller_assist.ui.widgets.pieces import button, column, label, row, set_role
from teller_assist.ui.words import Words

_COLUMNS = 2


class Ready(QFrame):
    """One button for each kind of business, chosen by its digit as well, one for each role, and 开始."""

    business_chosen = pyqtSignal(object)  # BusinessKind
    role_chosen = pyqtSignal(object)  # PersonRole
    begin = pyqtSignal()
    go_on = pyqtSignal()  # with a further person of the same business

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
        self.go_on_button = button(words.say("panel", "go_on"), "plain", self.go_on.emit)
        self.go_on_button.hide()
        layout.addWidget(self.title)
        layout.addLayout(grid)
        layout.addLayout(self._roles(words))
        layout.addWidget(self.begin_button)
        layout.addWidget(self.go_on_button)
        self.begin_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _roles(self, words: Words) -> QHBoxLayout:
        roles = row(None, 6)
        self._role_group = QButtonGroup(self)
        self.roles: dict[PersonRole, QPushButton] = {}
        for role in PersonRole:
            one = button(words.say("person_role", role), "plain", partial(self.role_chosen.emit, role))
            one.setCheckable(True)
            self._role_group.addButton(one)
            self.roles[role] = one
            roles.addWidget(one, 1)
        return roles

    def show_choice(self, kind: BusinessKind, role: PersonRole, *, may_go_on: bool) -> None:
        """Show what is chosen, and whether a further person of the same business can be checked."""
        self.buttons[kind].setChecked(True)
        self.roles[role].setChecked(True)
        self.go_on_button.setVisible(may_go_on)
