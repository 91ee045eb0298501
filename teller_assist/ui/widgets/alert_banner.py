"""The weightiest alert of a transaction."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QFrame

from teller_assist.decision.judgement import Alert, AlertKind, Severity
from teller_assist.ui.theme import Theme
from teller_assist.ui.widgets.icons import IconView
from teller_assist.ui.widgets.pieces import label, row, set_role, stacked, tell
from teller_assist.ui.words import Words
from teller_assist.wording import Sentences

# Severity -> (tone, icon)
SEVERITIES = {Severity.INFO: ("muted", "info"), Severity.REVIEW: ("attention", "warning"), Severity.STOP: ("bad", "stop")}
_OF_PERSONS = (AlertKind.KINSHIP, AlertKind.LOOK_ALIKE, AlertKind.SECOND_IDENTITY)


def alert_icon(alert: Alert) -> str:
    """Return the icon of an alert: two persons where it is about another person, else its severity's."""
    return "persons" if alert.kind in _OF_PERSONS and alert.severity is not Severity.STOP else SEVERITIES[alert.severity][1]


class AlertBanner(QFrame):
    """Headline and text of one alert, and how many more there are."""

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        layout = row(self, 10)
        layout.setContentsMargins(10, 7, 10, 7)
        self.icon = IconView(30, disc=True)
        self.headline = label("attention", wrap=True)
        self.text = label("note", wrap=True)
        self.seen_before = label("small", wrap=True)
        self.more = label("small")
        layout.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(stacked(self.headline, self.text, self.seen_before, self.more, spacing_px=1), 1)
        self.hide()

    def show_alert(self, alert: Alert | None, more_alerts: int, seen_before: Sentences | None = None) -> None:
        """Show an alert, or nothing; below it when the face was seen before, also where another alert is weightier."""
        self.setVisible(alert is not None)
        if alert is None:
            return
        tone = SEVERITIES[alert.severity][0]
        colours = self._theme.tone(tone)
        set_role(self, f"box_{tone}")
        set_role(self.headline, tone)
        self.icon.show_icon(alert_icon(alert), colours.on_mark, colours.mark)
        severity = self._words.say("severity", alert.severity)
        headline = self._words.say("alert_headline", alert.why)
        tell(self.headline, headline, self._words.say("panel", "named", name=severity, what=headline))
        tell(self.text, self._words.say("alert_text", alert.why))
        tell(self.seen_before, "" if seen_before is None else self._words.of(seen_before))
        self.seen_before.setVisible(seen_before is not None)
        tell(self.more, self._words.say("panel", "more_alerts", count=more_alerts) if more_alerts else "")
        self.more.setVisible(more_alerts > 0)
