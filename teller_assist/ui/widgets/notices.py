"""What is switched off or limited, and the last error."""

from __future__ import annotations

from PyQt5.QtWidgets import QFrame, QWidget

from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.pieces import IconLine, clear, column, row, set_role
from teller_assist.ui.words import Words
from teller_assist.wording import Sentences


class Notices(QWidget):
    """One line for each limit, quiet but always there while it lasts."""

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        self._shown: tuple[Sentences, ...] = ()
        self._layout = column(self, 0, 3)
        self._layout.setContentsMargins(2, 0, 2, 0)
        self.hide()

    def show_notices(self, notices: tuple[Sentences, ...]) -> None:
        """Show other notices."""
        self.setVisible(bool(notices))
        if notices == self._shown:
            return
        self._shown = notices
        clear(self._layout)
        for notice in notices:
            line = IconLine(self._theme, role="note", wrap=True)
            line.show_line("info", "attention", self._words.of(notice))
            self._layout.addWidget(line)
            line.show()


class Problem(QFrame):
    """The last error: what happened, what to do now."""

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words = words
        set_role(self, "box_attention")
        layout = row(self)
        layout.setContentsMargins(10, 7, 10, 7)
        self.line = IconLine(theme, role="note", side_px=18, wrap=True)
        layout.addWidget(self.line)
        self.hide()

    def show_problem(self, problem: Sentences | None) -> None:
        """Show an error, or nothing."""
        self.setVisible(problem is not None)
        if problem is not None:
            self.line.show_line("warning", "attention", self._words.of(problem))
