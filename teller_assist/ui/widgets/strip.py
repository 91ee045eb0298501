"""The collapsed window: 48 px with the devices' marks and the weightiest thing to know."""

from __future__ import annotations

from PyQt5.QtCore import QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtWidgets import QFrame, QLabel, QWidget

from teller_assist.decision.judgement import Alert
from teller_assist.ui.theme import DARK, STRIP_WIDTH_PX, Theme, style_sheet
from teller_assist.ui.widgets.alert_banner import SEVERITIES, alert_icon
from teller_assist.ui.widgets.device_chips import device_sentence, look
from teller_assist.ui.widgets.gauge import OUTCOMES
from teller_assist.ui.widgets.icons import IconView
from teller_assist.ui.widgets.pieces import column, label, set_role, tell, tool
from teller_assist.ui.widgets.waiting_reviews import line_words, newest_need
from teller_assist.ui.widgets.waiting_reviews import look as look_of_review
from teller_assist.ui.words import Words
from teller_assist.workflow.view import DeviceChip, Screen, StationView

_PULSES = 6
_PULSE_MS = 250


class Strip(QWidget):
    """Icons with marks, and one block: the alert, else the outcome. A click on the arrow asks for the whole window."""

    expand = pyqtSignal()

    def __init__(self, words: Words, theme: Theme, *, at_left: bool = False) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        self._alert: Alert | None = None
        self._news = 0
        self._devices: dict[str, _Device] = {}
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(STRIP_WIDTH_PX)
        self.setStyleSheet(style_sheet(theme))
        layout = column(self, 0, 14)
        layout.setContentsMargins(3, 8, 3, 8)
        inwards = "to_right" if at_left else "to_left"
        self.expand_button = tool(inwards, words.say("panel", "expand"), theme.on_head, self.expand.emit)
        self.expand_button.setIconSize(QSize(24, 24))
        layout.addWidget(self.expand_button, 0, Qt.AlignmentFlag.AlignHCenter)
        places = QWidget()
        self._places = column(places, 0, 14)
        layout.addWidget(places)
        self.block = _Block(theme)
        layout.addWidget(self.block)
        layout.addStretch(1)
        self._pulses_left = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_PULSE_MS)
        self._timer.timeout.connect(self._pulse)

    @property
    def pulsing(self) -> bool:
        """Whether a new alert is being pointed at."""
        return self._pulses_left > 0

    def show_view(self, view: StationView) -> None:
        """Show devices and the weightiest thing; a new alert pulses for a moment and never takes the focus."""
        for chip in view.devices:
            if chip.device not in self._devices:
                self._devices[chip.device] = _Device(chip.device)
                self._places.addWidget(self._devices[chip.device], 0, Qt.AlignmentFlag.AlignHCenter)
                self._devices[chip.device].show()
            self._devices[chip.device].show_chip(self._words, chip)
        runs = view.screen is Screen.CUSTOMER
        alert = view.alert if runs else None
        self._show_block(view, alert)
        news = view.reviews.news > self._news and alert is None
        if news or (alert is not None and alert != self._alert):
            self._pulses_left = _PULSES
            self._timer.start()
        elif alert is None and self._alert is not None:
            self._end_pulse()
        self._alert, self._news = alert, view.reviews.news

    def _show_block(self, view: StationView, alert: Alert | None) -> None:
        words, need = self._words, newest_need(view.reviews)
        if alert is not None:
            name = words.say("alert_headline", alert.why)
            self.block.show_block(SEVERITIES[alert.severity][0], alert_icon(alert), words.say("strip", "alert"), name)
        elif view.screen is Screen.CUSTOMER and view.gauge is not None:
            tone, icon_name = OUTCOMES[view.gauge.outcome]
            self.block.show_block(
                tone, icon_name, words.say("strip", view.gauge.outcome), words.say("outcome", view.gauge.outcome)
            )
        elif need is not None and view.screen in (Screen.READY, Screen.CUSTOMER):
            self.block.show_block(*look_of_review(need), words.say("strip", "review"), line_words(words, view.reviews, need))
        else:
            self.block.hide()

    def _pulse(self) -> None:
        self._pulses_left -= 1
        self.block.set_raised(self._pulses_left % 2 == 1)
        if self._pulses_left <= 0:
            self._end_pulse()

    def _end_pulse(self) -> None:
        self._pulses_left = 0
        self._timer.stop()
        self.block.set_raised(False)


class _Device(QWidget):
    def __init__(self, device: str) -> None:
        super().__init__()
        self.setFixedSize(36, 30)
        kind = IconView(22)
        kind.setParent(self)
        kind.move(4, 2)
        kind.show_icon(device, DARK.on_head)
        self.mark = IconView(13)
        self.mark.setParent(self)
        self.mark.move(23, 16)

    def show_chip(self, words: Words, chip: DeviceChip) -> None:
        tone, icon_name = look(chip)
        self.mark.show_icon(icon_name, DARK.tone(tone).text)
        self.setToolTip(device_sentence(words, chip))
        self.setAccessibleName(device_sentence(words, chip))


class _Block(QFrame):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tone = "muted"
        layout = column(self, 2, 3)
        layout.setContentsMargins(1, 8, 1, 8)
        self.icon = IconView(22)
        self.word: QLabel = label("", wrap=True)
        self.word.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.word)
        self.hide()

    def show_block(self, tone: str, icon_name: str, word: str, name: str) -> None:
        self._tone = tone
        colours = self._theme.tone(tone)
        self.icon.show_icon(icon_name, colours.on_mark)
        tell(self.word, word, name)
        self.setToolTip(name)
        self.set_raised(False)
        self.show()

    def set_raised(self, raised: bool) -> None:
        set_role(self, f"strip_{self._tone}{'_raised' if raised else ''}")
        set_role(self.word, f"strip_word_{self._tone}")  # a label is a frame as well: the block's own role would draw another box
