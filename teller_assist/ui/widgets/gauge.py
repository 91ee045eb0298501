"""The gauge: the reading against a stranger and the reading against a close relative, on one axis of odds."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QFrame, QWidget

from teller_assist.evidence.kinds import Outcome
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.gauge_axis import RelativeAxis, StrangerAxis
from teller_assist.ui.widgets.icons import IconView
from teller_assist.ui.widgets.pieces import IconLine, button, clear, column, label, row, set_role, tell
from teller_assist.ui.words import Words
from teller_assist.workflow.view import GaugeView

# Outcome -> (tone, icon)
OUTCOMES = {
    Outcome.MATCH: ("good", "check"),
    Outcome.INCONCLUSIVE: ("attention", "question"),
    Outcome.NON_MATCH: ("bad", "cross"),
}


class Verdict(QFrame):
    """What the product concludes: icon and word."""

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        layout = row(self, 8)
        layout.setContentsMargins(10, 4, 10, 4)
        self.icon = IconView(22, disc=True)
        self.word = label("muted", wrap=True)
        layout.addWidget(self.icon)
        layout.addWidget(self.word, 1)

    def show_outcome(self, outcome: Outcome | None, instead: str) -> None:
        """Show an outcome, or why there is none: ``instead`` is a code of the wording group ``gauge``."""
        tone, icon_name = OUTCOMES[outcome] if outcome is not None else ("muted", "waiting")
        colours = self._theme.tone(tone)
        set_role(self, f"box_{tone}")
        set_role(self.word, tone)
        self.icon.show_icon(icon_name, colours.on_mark, colours.mark)
        tell(self.word, self._words.say("outcome", outcome) if outcome is not None else self._words.say("gauge", instead))


class Gauge(QFrame):
    """Outcome, the counted number in words, two readings, and what is to be said about them."""

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words = words
        self._shown: GaugeView | None = None
        self._compact = False
        set_role(self, "card")
        layout = column(self, 0, 5)
        layout.setContentsMargins(10, 8, 10, 8)
        self.verdict = Verdict(words, theme)
        self.headline = label("strong", wrap=True)
        self.stranger_title = label("small", words.say("gauge", "against_stranger"))
        self.stranger = StrangerAxis(words, theme)
        self.clamped = label("small", words.say("advice", "calibration_clamped"), wrap=True)
        self.relative_title = IconLine(theme, role="attention", side_px=14)
        self.relative_title.show_line("question", "attention", words.say("gauge", "against_relative"))
        self.relative_source = label("small", words.say("gauge", "relative_source"), wrap=True)
        self.relative = RelativeAxis(words, theme)
        self.told = QWidget()
        self._told_layout = column(self.told, 0, 3)
        self.calibration = label("small_strong", wrap=True)
        self.more = button(words.say("gauge", "more"), "link", self._fold)
        self.more.setCheckable(True)
        last = row(None, 6)
        last.addWidget(self.calibration, 1)
        last.addWidget(self.more, 0, Qt.AlignmentFlag.AlignBottom)
        axes = (self.stranger_title, self.stranger, self.clamped, self.relative_title, self.relative, self.relative_source)
        for one in (self.verdict, self.headline, *axes):
            layout.addWidget(one)
        layout.addLayout(last)
        layout.addWidget(self.told)
        self.show_gauge(None, "waiting")

    def show_gauge(self, view: GaugeView | None, instead: str) -> None:
        """Show readings, or the empty gauge.

        Parameters
        ----------
        instead
            What stands in the empty gauge: "waiting", "waiting_for_card", "comparing" or "none" of the wording group ``gauge``.
        """
        if view is not None and view == self._shown:
            return
        self._shown = view
        self.verdict.show_outcome(view.outcome if view is not None else None, instead)
        tell(self.headline, self._words.of(view.headline) if view is not None else "")
        tell(self.calibration, self._words.of(view.calibration) if view is not None else "")
        self.stranger.show_reading(view)
        self.relative.show_reading(view)
        clear(self._told_layout)
        for sentences in view.told if view is not None else ():
            text = self._words.of(sentences)
            line = label("small", text, wrap=True)
            line.setAccessibleName(text)
            self._told_layout.addWidget(line)
            line.show()
        self.more.setChecked(False)
        self._fold()

    def set_compact(self, compact: bool) -> None:
        """Show whose data the reading against a relative is only when more is asked for."""
        self._compact = compact
        self._fold()

    def _fold(self) -> None:
        view = self._shown
        there = view is not None
        has_relative = view is not None and view.relative_band is not None
        for one in (self.headline, self.stranger_title, self.calibration):
            one.setVisible(there)
        for one in (self.relative_title, self.relative):
            one.setVisible(has_relative)
        self.relative_source.setVisible(has_relative and (not self._compact or self.more.isChecked()))
        self.clamped.setVisible(view is not None and view.clamped)
        has_more = view is not None and bool(view.told)
        self.told.setVisible(has_more and self.more.isChecked())
        self.more.setVisible(has_more)
        self.more.setText(self._words.say("gauge", "less" if self.more.isChecked() else "more"))
