"""Line charts as SVG text: no script, no font and no file besides, so that a report is one file."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 460, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 28, 12, 44
_DASHES = ("", "6 3", "2 3", "8 3 2 3", "12 4", "4 6", "1 5")  # lines differ without their colour, too
_COLOURS = ("#14548f", "#b3541e", "#2f7d32", "#7b3fa0", "#00796b", "#9a6a00", "#5d4037")

Points = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Axis:
    """One axis.

    Attributes
    ----------
    low, high
        What its ends show; above 0 on a logarithmic axis, where smaller values are drawn at the low end.
    ticks
        Where a value is printed.
    show
        How a value is printed.
    """

    title: str
    low: float
    high: float
    ticks: Sequence[float]
    logarithmic: bool = False
    show: Callable[[float], str] = "{:g}".format

    def share(self, value: float) -> float:
        """Return where a value lies, 0 at the low end and 1 at the high one."""
        bounded = min(self.high, max(self.low, value))
        if self.logarithmic:
            return math.log(bounded / self.low) / math.log(self.high / self.low)
        return (bounded - self.low) / (self.high - self.low)


def line_chart(curves: Mapping[str, Points], x: Axis, y: Axis, *, steps: bool = False) -> str:
    """Return a chart with one line per named curve.

    Parameters
    ----------
    curves
        Points (x, y) in drawing order.
    steps
        Draw a value until the next one, as counts in bins are.
    """
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT + 18 * len(curves)}" role="img" '
        f'aria-label="{escape(y.title)} / {escape(x.title)}">'
    ]
    parts += _frame(x, y)
    for number, (name, points) in enumerate(curves.items()):
        colour, dashes = _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
        style = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
        drawn = _stepped(points) if steps else points
        path = " ".join(f"{_x(x, point[0]):.1f},{_y(y, point[1]):.1f}" for point in drawn)
        height = HEIGHT + 18 * number + 10
        parts.append(f'<polyline points="{path}" {style}/>')
        parts.append(f'<line x1="{_LEFT}" y1="{height}" x2="{_LEFT + 40}" y2="{height}" {style}/>')
        parts.append(f'<text x="{_LEFT + 48}" y="{height + 4}">{escape(name)}</text>')
    return "".join([*parts, "</svg>"])


def _frame(x: Axis, y: Axis) -> list[str]:
    size = f'width="{WIDTH - _LEFT - _RIGHT}" height="{HEIGHT - _TOP - _BOTTOM}"'
    parts = [f'<rect x="{_LEFT}" y="{_TOP}" {size} fill="none" stroke="#888"/>']
    for tick in x.ticks:
        at = _x(x, tick)
        parts.append(f'<line x1="{at:.1f}" y1="{_TOP}" x2="{at:.1f}" y2="{HEIGHT - _BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{at:.1f}" y="{HEIGHT - _BOTTOM + 16}" text-anchor="middle">{escape(x.show(tick))}</text>')
    for tick in y.ticks:
        at = _y(y, tick)
        parts.append(f'<line x1="{_LEFT}" y1="{at:.1f}" x2="{WIDTH - _RIGHT}" y2="{at:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{escape(y.show(tick))}</text>')
    middle = (_LEFT + WIDTH - _RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x.title)}</text>')
    parts.append(f'<text transform="translate(14 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">{escape(y.title)}</text>')
    return parts


def _stepped(points: Points) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for (x, y), (next_x, _) in itertools.pairwise(points):
        found += [(x, y), (next_x, y)]
    return found


def _x(axis: Axis, value: float) -> float:
    return _LEFT + axis.share(value) * (WIDTH - _LEFT - _RIGHT)


def _y(axis: Axis, value: float) -> float:
    return HEIGHT - _BOTTOM - axis.share(value) * (HEIGHT - _TOP - _BOTTOM)
