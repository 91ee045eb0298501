"""The five steps of a transaction."""

from __future__ import annotations

from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QPainter, QPen
from PyQt5.QtWidgets import QLabel, QWidget

from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.icons import draw_icon
from teller_assist.ui.widgets.pieces import column, label, row, set_role, tell
from teller_assist.ui.words import Words
from teller_assist.workflow.view import Step, StepState

STEP_ICONS = {
    Step.READ_CARD: "id_card_reader",
    Step.SCAN: "document_scanner",
    Step.CAPTURE: "camera",
    Step.COMPARE: "compare",
    Step.DECIDE: "decide",
}
_DISC_PX = 24


class Stepper(QWidget):
    """Five discs with their words on one line."""

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        self._states = dict.fromkeys(Step, StepState.TO_COME)
        layout = row(self, 0)
        self.discs: dict[Step, _Disc] = {}
        self.words: dict[Step, QLabel] = {}
        for step in Step:
            cell = QWidget()
            parts = column(cell, 0, 2)
            self.discs[step] = _Disc(theme, STEP_ICONS[step])
            self.words[step] = label("small")
            self.words[step].setAlignment(Qt.AlignmentFlag.AlignHCenter)
            parts.addWidget(self.discs[step], 0, Qt.AlignmentFlag.AlignHCenter)
            parts.addWidget(self.words[step])
            layout.addWidget(cell, 1)

    def show_steps(self, steps: dict[Step, StepState]) -> None:
        """Show how every step stands."""
        self._states = {step: steps[step] for step in Step}
        for step, state in self._states.items():
            self.discs[step].show_state(state)
            word = self._words.say("step", step)
            tell(self.words[step], word, self._words.say("panel", "named", name=word, what=self._words.say("step_state", state)))
            set_role(self.words[step], "small_strong" if state in (StepState.NOW, StepState.ATTENTION) else "small")
        self.update()

    def paintEvent(self, _event: object) -> None:  # noqa: N802 (Qt's name)
        """Draw the line between the discs."""
        painter = QPainter(self)
        centres = [disc.mapTo(self, disc.rect().center()) for disc in self.discs.values()]
        passed = True
        for (left, state), right in zip(zip(centres, self._states.values(), strict=True), centres[1:], strict=False):
            passed = passed and state in (StepState.DONE, StepState.SKIPPED)
            painter.setPen(QPen(QColor(self._theme.accent if passed else self._theme.line), 2))
            gap = _DISC_PX / 2 + 4
            painter.drawLine(QPointF(left.x() + gap, left.y() + 0.5), QPointF(right.x() - gap, left.y() + 0.5))


class _Disc(QWidget):
    """One step's disc; what it means stands in the word below it."""

    def __init__(self, theme: Theme, icon_name: str) -> None:
        super().__init__()
        self._theme, self._icon = theme, icon_name
        self._state = StepState.TO_COME
        self.setFixedSize(_DISC_PX + 2, _DISC_PX + 2)

    def show_state(self, state: StepState) -> None:
        if state is not self._state:
            self._state = state
            self.update()

    def paintEvent(self, _event: object) -> None:  # noqa: N802 (Qt's name)
        theme = self._theme
        border, ground, ink, icon_name = {
            StepState.TO_COME: (theme.line, theme.card, theme.sub, self._icon),
            StepState.NOW: (theme.accent, theme.accent_soft, theme.accent, self._icon),
            StepState.DONE: (theme.accent, theme.accent, theme.on_accent, "check"),
            StepState.SKIPPED: (theme.line, theme.well, theme.sub, "minus"),
            StepState.ATTENTION: (theme.attention.mark, theme.attention.soft, theme.attention.text, "warning"),
        }[self._state]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(border), 1.6))
        painter.setBrush(QColor(ground))
        painter.drawEllipse(QRectF(1, 1, _DISC_PX, _DISC_PX))
        draw_icon(painter, icon_name, QRectF(6, 6, 14, 14), ink, 2.4)
