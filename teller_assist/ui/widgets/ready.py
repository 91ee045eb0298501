"""Between two customers: what the next one comes for and as who, and the start."""

from __future__ import annotations

from functools import partial

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QPushButton, QWidget

from teller_assist.evidence.transaction import BusinessKind, PersonRole
from teller_assist.ui.widgets.pieces import button, column, label, row, set_role, tell
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
        self._words = words
        self._choice = QWidget()
        choice = column(self._choice, 0, 8)
        grid = QGridLayout()
        grid.setSpacing(6)
        self._group = QButtonGroup(self)
        self.buttons: dict[BusinessKind, QPushButton] = {}
        for place, kind in enumerate(BusinessKind):
            one = button(words.say("business_kind", kind), "plain", partial(self.business_chosen.emit, kind))
            one.setCheckable(True)
            self._group.addButton(one)
            self.buttons[kind] = one
            grid.addWidget(one, place // _COLUMNS, place % _COLUMNS)
        self._digits = False
        self._give_digits(True)
        self.begin_button = button(words.say("panel", "begin"), "main", self.begin.emit, "F4")
        self.go_on_button = button(words.say("panel", "go_on"), "plain", self.go_on.emit)
        self.go_on_button.hide()
        layout.addWidget(self.title)
        choice.addLayout(grid)
        choice.addLayout(self._roles(words))
        layout.addWidget(self._choice)
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

    def _give_digits(self, given: bool) -> None:
        """Give the kinds of business their digits, or take them away while another widget on the screen needs the same keys."""
        if given is self._digits:
            return
        self._digits = given
        for place, one in enumerate(self.buttons.values()):
            word, digit = one.accessibleName(), str(place + 1)
            one.setText(f"{digit}  {word}" if given else word)
            one.setShortcut(digit if given else "")
            one.setAccessibleDescription(digit if given else "")

    def make_room(self, *, keys: bool, height: bool) -> None:
        """Leave the digits, or the room on a low screen, to a training pair; what is chosen and the start always stay in sight.

        Parameters
        ----------
        keys
            Something else on the screen is answered by a digit.
        height
            Only what is chosen is written, and no choice offered.
        """
        self._give_digits(not keys)
        self._choice.setVisible(not height)
        tell(self.title, self._chosen() if height else self._words.say("panel", "choose_business"))

    def _chosen(self) -> str:
        kind = next((one.accessibleName() for one in self.buttons.values() if one.isChecked()), "")
        role = next((one.accessibleName() for one in self.roles.values() if one.isChecked()), "")
        return self._words.say("panel", "business_chosen", kind=kind, role=role)

    def show_choice(self, kind: BusinessKind, role: PersonRole, *, may_go_on: bool) -> None:
        """Show what is chosen, and whether a further person of the same business can be checked."""
        self.buttons[kind].setChecked(True)
        self.roles[role].setChecked(True)
        self.go_on_button.setVisible(may_go_on)
