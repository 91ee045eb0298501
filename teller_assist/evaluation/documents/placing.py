"""Where a card comes to lie in the picture: on which frame, how large, turned how far, seen from where."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from teller_assist.evaluation.documents.chance import Chance, between, happens, one_of
from teller_assist.evaluation.documents.severity import Mode, Severity
from teller_assist.evidence.pictures import Points
from teller_assist.evidence.printed import CARD_SIZE_PX

CARD_MM = (85.6, 54.0)
_A4_MM = (210.0, 297.0)
_MM_PER_INCH = 25.4
_A4_DPI = {Severity.MILD: (200, 300), Severity.MODERATE: (200, 200, 300), Severity.HARD: (150, 200)}
_CAMERA_FRAMES = ((1280, 720), (1920, 1080), (1600, 1200), (2592, 1944))
_TILT = {Severity.MILD: 0.03, Severity.MODERATE: 0.06, Severity.HARD: 0.09}  # corner shift, in widths of the card
_A4_TILT = 0.006  # a glass is flat; the card on it lies a little hollow
_TRIES = 60


@dataclass(frozen=True)
class Frame:
    """The picture's size, and the scale of what lies in it.

    Attributes
    ----------
    px_per_mm
        For things that lie beside the card.
    """

    width_px: int
    height_px: int
    px_per_mm: float


@dataclass(frozen=True, eq=False)
class Placement:
    """Where a card lies.

    Attributes
    ----------
    quad
        float32, shape (4, 2), (x, y): the card's own upper left corner as its text is read, then clockwise.
    angle_deg
        How far the card is turned clockwise, 0 to 360.
    """

    quad: Points
    angle_deg: float

    @property
    def card_px(self) -> float:
        """Length of the card's upper edge."""
        return float(np.linalg.norm(self.quad[1] - self.quad[0]))


def choose_frame(mode: Mode, severity: Severity, chance: Chance) -> Frame:
    """Return the frame of one picture."""
    if mode is Mode.A4:
        px_per_mm = one_of(chance, _A4_DPI[severity]) / _MM_PER_INCH
        width, height = (round(side * px_per_mm) for side in (_A4_MM if happens(chance, 0.7) else _A4_MM[::-1]))
        return Frame(width, height, px_per_mm)
    if mode is Mode.FLAT:
        card_px = CARD_SIZE_PX[0] * between(chance, 0.62, 1.1)
        margin = card_px * between(chance, 0.015, 0.08)
        px_per_mm = card_px / CARD_MM[0]
        return Frame(round(card_px + 2 * margin), round(card_px * CARD_MM[1] / CARD_MM[0] + 2 * margin), px_per_mm)
    width, height = one_of(chance, _CAMERA_FRAMES)
    smallest = 560 if severity is Severity.HARD else 640  # below that a person strains to read the address
    card_px = max(smallest, width * between(chance, 0.34, 0.62))
    return Frame(width, height, card_px / CARD_MM[0])


def place_card(frame: Frame, mode: Mode, severity: Severity, chance: Chance, taken: tuple[Points, ...] = ()) -> Placement | None:
    """Return a place for a card that is whole in the frame and clear of others; None where there is no room.

    Parameters
    ----------
    taken
        Quads that lie there already.
    """
    for _ in range(_TRIES):
        angle = _angle(mode, chance)
        quad = _quad(frame, mode, severity, angle, chance)
        inside = quad.min() >= 1 and quad[:, 0].max() <= frame.width_px - 2 and quad[:, 1].max() <= frame.height_px - 2
        if inside and all(clear_of(quad, other) for other in taken):
            return Placement(quad, round(math.degrees(angle) % 360, 1))
    return None


def clear_of(one: Points, other: Points) -> bool:
    """Return whether two quads lie apart, by the circles around them in their shorter extent or by their upright boxes."""
    gap = 6.0
    boxes_apart = bool(np.any(one.min(axis=0) > other.max(axis=0) + gap) or np.any(other.min(axis=0) > one.max(axis=0) + gap))
    return boxes_apart or _separated(one, other) or _separated(other, one)


def _separated(one: Points, other: Points) -> bool:
    """Return whether a side of the first has the whole second on its outer side."""
    for corner in range(4):
        start, end = one[corner], one[(corner + 1) % 4]
        normal = np.array([end[1] - start[1], start[0] - end[0]])  # outward, for clockwise corners with y downward
        length = float(np.linalg.norm(normal)) or 1.0
        if float(((other - start) @ normal).min()) / length > 4.0:
            return True
    return False


def _angle(mode: Mode, chance: Chance) -> float:
    if mode is Mode.FLAT:
        return math.radians(between(chance, -2, 2) + one_of(chance, [0, 0, 0, 180]))
    if mode is Mode.A4 and happens(chance, 0.5):
        return between(chance, 0, 2 * math.pi)
    if happens(chance, 0.78):
        return math.radians(between(chance, -18, 18))
    return math.radians(one_of(chance, [90, 180, 270]) + between(chance, -15, 15))


def _quad(frame: Frame, mode: Mode, severity: Severity, angle: float, chance: Chance) -> Points:
    width, height = CARD_MM[0] * frame.px_per_mm, CARD_MM[1] * frame.px_per_mm
    flat = np.array([[-width, -height], [width, -height], [width, height], [-width, height]], np.float64) / 2
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    tilt = {Mode.A4: _A4_TILT, Mode.FLAT: 0.002, Mode.CAMERA: _TILT[severity]}[mode]
    quad = flat @ turn + chance.uniform(-1, 1, (4, 2)) * tilt * width
    if mode is Mode.FLAT:
        centre = np.array([frame.width_px / 2, frame.height_px / 2])
        room = np.zeros(2)
    else:
        low, high = -quad.min(axis=0) + 2, np.array([frame.width_px, frame.height_px]) - quad.max(axis=0) - 3
        centre, room = (low + high) / 2, np.maximum(0, (high - low) / 2)
    return np.asarray(quad + centre + chance.uniform(-1, 1, 2) * room, np.float32)
