"""Elliptic curves as PACE needs them: points are added, which libraries do not offer (ICAO Doc 9303-11, 4.4.3.3)."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

_UNCOMPRESSED = 0x04

Point = tuple[int, int]  # never the point at infinity: a protocol that arrives there is refused


class CurveError(Exception):
    """Bytes that are no point of a curve, or a sum that is none that one may go on with."""


@dataclass(frozen=True)
class Curve:
    """y² = x³ + ax + b over the field of p elements; ``order`` is that of ``base``, the cofactor is 1."""

    name: str
    p: int
    a: int
    b: int
    base: Point
    order: int

    @property
    def coordinate_bytes(self) -> int:
        """How long a coordinate is when written."""
        return (self.p.bit_length() + 7) // 8

    def times(self, factor: int, point: Point) -> Point:
        """Return a multiple of a point; CurveError where that is the point at infinity."""
        found: Point | None = None
        for bit in bin(factor % self.order)[2:]:
            found = self._sum(found, found)
            if bit == "1":
                found = self._sum(found, point)
        return _finite(found)

    def sum(self, one: Point, other: Point) -> Point:
        """Return the sum of two points; CurveError where that is the point at infinity."""
        return _finite(self._sum(one, other))

    def encoded(self, point: Point) -> bytes:
        """Return a point as bytes, uncompressed (TR-03111, 3.2.1)."""
        return bytes([_UNCOMPRESSED]) + b"".join(part.to_bytes(self.coordinate_bytes, "big") for part in point)

    def decoded(self, encoded: bytes) -> Point:
        """Return the point that bytes mean; CurveError where they are none of this curve."""
        length = self.coordinate_bytes
        if len(encoded) != 1 + 2 * length or encoded[0] != _UNCOMPRESSED:
            raise CurveError("encoding")
        x, y = int.from_bytes(encoded[1 : 1 + length], "big"), int.from_bytes(encoded[1 + length :], "big")
        if max(x, y) >= self.p or (y * y - (x * x + self.a) * x - self.b) % self.p:
            raise CurveError("not on the curve")
        return x, y

    def _sum(self, one: Point | None, other: Point | None) -> Point | None:
        """Add by chord and tangent; None is the point at infinity."""
        if one is None or other is None:
            return one or other
        (x1, y1), (x2, y2) = one, other
        if x1 == x2:
            if (y1 + y2) % self.p == 0:
                return None
            slope = (3 * x1 * x1 + self.a) * pow(2 * y1, -1, self.p)
        else:
            slope = (y2 - y1) * pow(x2 - x1, -1, self.p)
        x3 = (slope * slope - x1 - x2) % self.p
        return x3, (slope * (x1 - x3) - y1) % self.p


@functools.cache
def standard_curves() -> dict[int, Curve]:
    """Return the curves by the number that EF.CardAccess gives (ICAO Doc 9303-11, 9.5.1)."""
    told = tomllib.loads((Path(__file__).parent / "curves.toml").read_text(encoding="utf-8"))
    return {int(number): _curve(part) for number, part in told.items()}


def _curve(told: dict[str, str]) -> Curve:
    p, a, b, x, y, order = (int(told[name], 16) for name in ("p", "a", "b", "x", "y", "n"))
    return Curve(told["name"], p, a, b, (x, y), order)


def _finite(point: Point | None) -> Point:
    if point is None:
        raise CurveError("the point at infinity")
    return point
