"""Plots as plain geometry, which ``plots.html`` draws: bars with the whiskers of their intervals, along or upright."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from teller_assist.review.words import Told

WIDTH = 580
_RIGHT, _LABELS, _ROW, _BAR, _AXIS = 24, 212, 30, 14, 26
_UPRIGHT_LEFT, _UPRIGHT_TOP, _UPRIGHT_HEIGHT = 48, 18, 150
_TICKS_MOST = 5
_ROUND = (1, 2, 5, 10)
_At = Callable[[float], float]


@dataclass(frozen=True)
class Value:
    """What one bar shows.

    Attributes
    ----------
    label, shown
        Under or before the bar; at its end.
    value
        None: no bar, and ``shown`` says why.
    interval
        None: the bar has no whisker, it is a plain count.
    """

    label: Told
    shown: Told
    value: float | None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Tick:
    """A value printed at the axis, and where."""

    at: float
    text: str


@dataclass(frozen=True)
class Bar:
    """One drawn bar; lengths along it from the axis on, in the plot's units.

    Attributes
    ----------
    across
        Where its middle lies, at a right angle to it.
    end
        Where it ends; None: there is none.
    low, high
        Ends of the whisker; None: there is none.
    """

    label: Told
    shown: Told
    across: float
    end: float | None
    low: float | None
    high: float | None
    shown_at: float


@dataclass(frozen=True)
class Plot:
    """A drawn plot; ``origin`` is where the axis of the values begins, ``thickness`` that of a bar."""

    width: int
    height: int
    origin: float
    thickness: float
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]


def along(values: Sequence[Value], most: float = 0.0, unit: str = "") -> Plot:
    """Return bars that lie, one below the other.

    Parameters
    ----------
    most
        Where the axis ends; 0: as the values need it.
    """
    top, step = _scale(values, most)
    length = WIDTH - _LABELS - _RIGHT

    def at(value: float) -> float:
        return _LABELS + length * min(value, top) / top

    bars = [_bar(one, _ROW * (number + 0.5), at) for number, one in enumerate(values)]
    height = _ROW * len(values) + _AXIS
    return Plot(WIDTH, height, float(_LABELS), _BAR, _ticks(top, step, unit, at), tuple(bars))


def upright(values: Sequence[Value]) -> Plot:
    """Return bars that stand, one beside the other."""
    top, step = _scale(values, 0.0)
    bottom = _UPRIGHT_TOP + _UPRIGHT_HEIGHT
    room = (WIDTH - _UPRIGHT_LEFT - 8) / max(1, len(values))

    def at(value: float) -> float:
        return bottom - _UPRIGHT_HEIGHT * min(value, top) / top

    bars = [_bar(one, _UPRIGHT_LEFT + room * (number + 0.5), at) for number, one in enumerate(values)]
    return Plot(WIDTH, bottom + _AXIS, float(bottom), room * 0.62, _ticks(top, step, "", at), tuple(bars))


def _bar(one: Value, across: float, at: _At) -> Bar:
    low, high = (None, None) if one.interval is None else (at(one.interval[0]), at(one.interval[1]))
    end = None if one.value is None else at(one.value)
    furthest = at(0.0) if end is None else end if high is None else high
    return Bar(one.label, one.shown, across, end, low, high, furthest)


def _scale(values: Sequence[Value], most: float) -> tuple[float, float]:
    """Return where the axis ends and how far its ticks lie apart."""
    highest = most or max((_highest(one) for one in values), default=0.0) or 1.0
    wide = highest / _TICKS_MOST
    power = 10.0 ** math.floor(math.log10(wide))
    step = next(one * power for one in _ROUND if one * power >= wide * (1 - 1e-9))
    return most or math.ceil(highest / step - 1e-9) * step, step


def _highest(one: Value) -> float:
    if one.value is None:
        return 0.0
    return one.value if one.interval is None else one.interval[1]


def _ticks(top: float, step: float, unit: str, at: _At) -> tuple[Tick, ...]:
    return tuple(Tick(at(step * number), f"{float(f'{step * number:.6g}'):,g}{unit}") for number in range(round(top / step) + 1))
