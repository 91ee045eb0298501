"""What the product advises to do next, and why."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QFrame, QWidget

from teller_assist.decision.judgement import NextStep
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.icons import IconView
from teller_assist.ui.widgets.pieces import IconLine, button, clear, column, label, row, set_role, stacked, tell
from teller_assist.ui.words import Words


class Advice(QFrame):
    """The next step in a headline and a text, and the reasons below."""

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        self._shown: tuple[NextStep | None, tuple[str, ...]] = (None, ())
        self._compact = False
        set_role(self, "card")
        layout = row(self, 8)
        layout.setContentsMargins(10, 7, 10, 7)
        self.icon = IconView(18, height_px=24)
        self.icon.show_icon("info", theme.accent)
        self.headline = label("strong", wrap=True)
        self.text = label("note", wrap=True)
        self.reasons = QWidget()
        self._reasons_layout = column(self.reasons, 0, 1)
        self.more = button(words.say("gauge", "more"), "link", self._fold)
        self.more.setCheckable(True)
        layout.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(stacked(self.headline, self.text, self.reasons), 1)
        layout.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def set_compact(self, compact: bool) -> None:
        """Show the headline only, until more is asked for."""
        self._compact = compact
        self._fold()

    def show_advice(self, next_step: NextStep | None, reasons: tuple[str, ...]) -> None:
        """Show an advice with its reasons, or nothing."""
        self.setVisible(next_step is not None)
        if (next_step, reasons) != self._shown:
            self._shown = (next_step, reasons)
            self.more.setChecked(False)
            clear(self._reasons_layout)
            words = self._words
            if next_step is not None:
                tell(self.headline, words.say("panel", "advice", step=words.say("next_step", next_step)))
                tell(self.text, words.say("next_step_text", next_step))
            for code in reasons:
                line = IconLine(self._theme, wrap=True)
                line.show_line("dot", "muted", words.say("reason", code))
                self._reasons_layout.addWidget(line)
                line.show()
        self._fold()

    def _fold(self) -> None:
        unfolded = not self._compact or self.more.isChecked()
        self.text.setVisible(unfolded)
        self.reasons.setVisible(unfolded and bool(self._shown[1]))
        self.more.setVisible(self._compact)
        self.more.setText(self._words.say("gauge", "less" if self.more.isChecked() else "more"))
