"""The two axes of the gauge. Positions are natural logarithms of the likelihood ratio; the labels read as odds."""

from __future__ import annotations

import math

from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen
from PyQt5.QtWidgets import QLabel, QWidget

from teller_assist.comparison.readings import odds, ticks
from teller_assist.ui.theme import Theme, Tone
from teller_assist.ui.widgets.pieces import label
from teller_assist.ui.words import Words
from teller_assist.workflow.view import GaugeView

_SIDE_PX = 6  # room for the marker at either end


class _Axis(QWidget):
    """An axis from ``low`` to ``high`` across the width."""

    def __init__(self, theme: Theme, height_px: int) -> None:
        super().__init__()
        self._theme = theme
        self._low, self._high = -7.0, 7.0
        self.setFixedHeight(height_px)

    def _x(self, value: float) -> float:
        share = (min(max(value, self._low), self._high) - self._low) / (self._high - self._low)
        return _SIDE_PX + share * (self.width() - 2 * _SIDE_PX)

    def _hatched(self, painter: QPainter, place: QRectF, tone: Tone, pattern: Qt.BrushStyle, *, faint: bool) -> None:
        ground = QColor(tone.mark)
        ground.setAlpha(60 if faint else 110)
        painter.fillRect(place, ground)
        lines = QColor(tone.text)
        lines.setAlpha(120 if faint else 220)
        painter.fillRect(place, QBrush(lines, pattern))


class StrangerAxis(_Axis):
    """Zones, marker and interval of the reading against a stranger."""

    _BAR_TOP, _BAR_PX = 5, 14

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__(theme, 5 + 14 + 3 + 2 * 16)
        self._words = words
        self._view: GaugeView | None = None
        self._zones = [label("small", words.say("gauge", f"zone_{code}")) for code in ("non_match", "cannot_tell", "match")]
        self._ticks: list[QLabel] = []
        for one in self._zones:
            one.setParent(self)
        self.setAccessibleName(words.say("gauge", "against_stranger"))

    def show_reading(self, view: GaugeView | None) -> None:
        """Show a reading, or the empty axis."""
        self._view = view
        if view is not None:
            self._low, self._high = view.axis_low, view.axis_high
        for tick in self._ticks:
            tick.setParent(None)
            tick.deleteLater()
        self._ticks = []
        for power in ticks(self._low, self._high) if view is not None else ():
            tick = label("small", odds(power))
            tick.setParent(self)
            tick.setProperty("power", power)
            tick.show()
            self._ticks.append(tick)
        self.setFixedHeight(self._BAR_TOP + self._BAR_PX + (3 + 32 if view is not None else 5))
        self._place()
        self.update()

    def resizeEvent(self, _event: object) -> None:  # noqa: N802 (Qt's name)
        """Put the words below the bar."""
        self._place()

    def _place(self) -> None:
        top = self._BAR_TOP + self._BAR_PX + 3
        taken = -10.0
        for tick in self._ticks:
            tick.adjustSize()
            middle = self._x(tick.property("power") * math.log(10))
            left = min(max(middle - tick.width() / 2, 0.0), float(self.width() - tick.width()))
            tick.move(round(left), top)
            tick.setVisible(left > taken + 6)  # two odds never run into each other
            taken = left + tick.width() if left > taken + 6 else taken
        self._place_zones(top + 16)

    def _place_zones(self, top: int) -> None:
        view = self._view
        stated = view is not None and view.non_match_until is not None and view.match_from is not None
        for one in self._zones:
            one.adjustSize()
            one.setVisible(stated)
        left, middle, right = self._zones
        left.move(0, top)
        right.move(self.width() - right.width(), top)
        if view is not None and view.non_match_until is not None and view.match_from is not None:
            centre = (self._x(view.non_match_until) + self._x(view.match_from)) / 2
            most = self.width() - right.width() - middle.width() - 8
            middle.move(round(min(max(centre - middle.width() / 2, left.width() + 8.0), float(most))), top)

    def paintEvent(self, _event: object) -> None:  # noqa: N802 (Qt's name)
        """Draw zones, whisker and marker."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(_SIDE_PX, self._BAR_TOP, self.width() - 2 * _SIDE_PX, self._BAR_PX)
        rounded = QPainterPath()
        rounded.addRoundedRect(bar, 4, 4)
        painter.save()
        painter.setClipPath(rounded)
        painter.fillRect(bar, QColor(self._theme.well))
        if self._view is not None:
            self._draw_zones(painter, bar, self._view)
        painter.restore()
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.drawPath(rounded)
        if self._view is not None and self._view.stranger is not None:
            self._draw_reading(painter, self._view, self._view.stranger)

    def _draw_zones(self, painter: QPainter, bar: QRectF, view: GaugeView) -> None:
        if view.non_match_until is None or view.match_from is None:
            return
        theme = self._theme
        first, second = self._x(view.non_match_until), self._x(view.match_from)
        zones = (
            (bar.left(), first, theme.bad, Qt.BrushStyle.BDiagPattern),
            (first, second, theme.attention, Qt.BrushStyle.Dense6Pattern),
            (second, bar.right(), theme.good, Qt.BrushStyle.VerPattern),
        )
        for left, right, tone, pattern in zones:
            self._hatched(painter, QRectF(left, bar.top(), right - left, bar.height()), tone, pattern, faint=True)
        painter.setPen(QPen(QColor(theme.text), 1.5))
        for x in (first, second):
            painter.drawLine(QPointF(x, bar.top()), QPointF(x, bar.bottom()))

    def _draw_reading(self, painter: QPainter, view: GaugeView, reading: float) -> None:
        middle = self._BAR_TOP + self._BAR_PX / 2
        if view.stranger_ci95 is not None:
            left, right = (self._x(end) for end in view.stranger_ci95)
            for stroke, colour in ((5.0, self._theme.card), (2.0, self._theme.text)):
                painter.setPen(QPen(QColor(colour), stroke))
                painter.drawLine(QPointF(left, middle), QPointF(right, middle))
                for x in (left, right):
                    painter.drawLine(QPointF(x, middle - 4), QPointF(x, middle + 4))
        painter.setPen(QPen(QColor(self._theme.card), 2))
        painter.setBrush(QColor(self._theme.text))
        painter.drawEllipse(QPointF(self._x(reading), middle), 7, 7)


class RelativeAxis(_Axis):
    """The band of the reading against a close relative, on the same axis."""

    def __init__(self, words: Words, theme: Theme) -> None:
        super().__init__(theme, 16)
        self._band: tuple[float, float] | None = None
        self.setAccessibleName(words.say("gauge", "against_relative"))

    def show_reading(self, view: GaugeView | None) -> None:
        """Show the band, or none."""
        self._band = view.relative_band if view is not None else None
        if view is not None:
            self._low, self._high = view.axis_low, view.axis_high
        self.update()

    def paintEvent(self, _event: object) -> None:  # noqa: N802 (Qt's name)
        """Draw axis and band."""
        if self._band is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(_SIDE_PX, 3, self.width() - 2 * _SIDE_PX, 10)
        rounded = QPainterPath()
        rounded.addRoundedRect(bar, 4, 4)
        painter.fillPath(rounded, QColor(self._theme.well))
        painter.setPen(QPen(QColor(self._theme.line), 1))
        painter.drawPath(rounded)
        left, right = (self._x(end) for end in self._band)
        if right - left < 10:  # narrower than an eye catches: the published band is drawn wider, never narrower
            left, right = (left + right) / 2 - 5, (left + right) / 2 + 5
        band = QRectF(left, 1, right - left, 14)
        self._hatched(painter, band, self._theme.attention, Qt.BrushStyle.FDiagPattern, faint=False)
        painter.setPen(QPen(QColor(self._theme.attention.text), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(band)
