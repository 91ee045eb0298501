"""Questions that a close relative often cannot answer: one line each, with the card's answer for the teller's eyes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QButtonGroup, QFrame, QGridLayout, QLabel, QPushButton, QWidget

from teller_assist.decision.challenge import ChallengeQuestion
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.icons import icon
from teller_assist.ui.widgets.pieces import LINE_PX, button, column, label, set_role, stacked, tell
from teller_assist.ui.words import Words
from teller_assist.workflow.view import ChallengeRow


class _Line:
    """One question: its words, the card's answer, and the two buttons."""

    def __init__(self, words: Words, question: ChallengeQuestion, note: Callable[[bool], None]) -> None:
        name = words.say("challenge", question)
        self.question = label("small_strong", name, wrap=True)
        self.expected: QLabel = label("small", wrap=True)
        self.expected.setMinimumHeight(LINE_PX)
        self.texts = stacked(self.question, self.expected, spacing_px=0)
        self.group = QButtonGroup(self.texts)
        self.buttons: dict[bool, QPushButton] = {}
        for right, code in ((True, "right"), (False, "wrong")):
            one = button(words.say("challenge", code), "choice", partial(note, right))
            one.setCheckable(True)
            one.setAccessibleName(f"{name} · {one.text()}")
            self.group.addButton(one)
            self.buttons[right] = one


class ChallengeCard(QFrame):
    """Shown where the questions are advised; what was noted can be corrected until the decision."""

    noted = pyqtSignal(object, bool)  # ChallengeQuestion, answered rightly

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        set_role(self, "box_accent")
        layout = column(self, 8, 4)
        layout.addWidget(label("strong", words.say("challenge", "title"), wrap=True))
        fields = QWidget()
        grid = QGridLayout(fields)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(4)
        grid.setColumnStretch(0, 1)
        self.lines = {question: _Line(words, question, partial(self.noted.emit, question)) for question in ChallengeQuestion}
        for place, line in enumerate(self.lines.values()):
            grid.addWidget(line.texts, place, 0)
            for column_, one in enumerate(line.buttons.values(), 1):
                grid.addWidget(one, place, column_)
        layout.addWidget(fields)
        self.hide()

    def show_questions(self, rows: tuple[ChallengeRow, ...]) -> None:
        """Show the questions and what was noted; nothing without questions."""
        self.setVisible(bool(rows))
        for row in rows:
            line = self.lines[row.question]
            tell(line.expected, row.expected)
            line.expected.setVisible(bool(row.expected))
            line.group.setExclusive(row.right is not None)
            for right, one in line.buttons.items():
                chosen = row.right is right
                one.setChecked(chosen)
                name, colour = ("ticked", self._theme.accent) if chosen else ("unticked", self._theme.sub)
                one.setIcon(icon(name, colour, 16))
