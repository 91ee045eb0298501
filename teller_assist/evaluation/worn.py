"""What a person wears, holds or does in front of the camera, drawn on the portrait before a live frame is rendered from it.

Drawings of ours, placed by the face's own points: glasses, a fringe, a mask, a card held below the chin; a raised head by a
generic head's depth. Like the renderings they are simulations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.evaluation.photo_kinds import Portrait
from teller_assist.evaluation.photo_kinds.layout import SIZE_PX
from teller_assist.evidence.kinds import Condition
from teller_assist.evidence.pictures import Pixels

FINENESS = 8  # shapes are drawn in eighths of a pixel, or thin rims would jump from pixel to pixel
EYES_APART_MM = 63.0  # mean interpupillary distance of adults
CARD_MM = (85.6, 54.0)  # ISO/IEC 7810 ID-1
RAISED_DEG = (18.0, 28.0)

Field = npt.NDArray[np.float32]
Wear = Callable[[Portrait, np.random.Generator], Portrait]


def wear(portrait: Portrait, condition: Condition, rng: np.random.Generator) -> Portrait:
    """Return the portrait under one of ``WORN``.

    Raises
    ------
    KeyError
        The condition is none of them.
    """
    return WORN[condition](portrait, rng)


def _glasses(portrait: Portrait, rng: np.random.Generator) -> Portrait:
    """Full rims, a bridge, the beginnings of the temples, a little tint and a stripe of reflected light."""
    left, right, across, _ = _axes(portrait)
    unit = float(np.linalg.norm(right - left))
    rim = int(rng.uniform(15, 70))
    colour = (rim, rim, int(rim * rng.uniform(1, 1.4)))
    tinted = portrait.pixels.astype(np.float32)
    lenses = np.zeros(tinted.shape[:2], np.float32)
    size = unit * rng.uniform(0.36, 0.42), unit * rng.uniform(0.26, 0.34)
    angle = float(np.degrees(np.arctan2(across[1], across[0])))
    for eye in (left, right):
        lenses = np.maximum(lenses, _ellipse(eye + 0.04 * unit * _down(across), size, angle, cv2.FILLED))
    tinted *= (1 - float(rng.uniform(0.05, 0.2)) * lenses)[..., None]
    stripe = np.abs((np.indices(lenses.shape)[1] - left[0]) % unit - rng.uniform(-0.2, 0.2) * unit) < 0.06 * unit
    tinted += (float(rng.uniform(20, 70)) * lenses * cv2.GaussianBlur(stripe.astype(np.float32), (0, 0), 1.0))[..., None]
    drawn = _rounded(tinted)
    width = max(1.0, unit * float(rng.uniform(0.035, 0.06)))
    ink = np.zeros(lenses.shape, np.float32)
    for eye, outwards in ((left, -1), (right, 1)):
        middle = eye + 0.04 * unit * _down(across)
        ink = np.maximum(ink, _ellipse(middle, size, angle, width))
        hinge = middle + outwards * size[0] * across
        ink = np.maximum(ink, _line(hinge, hinge + outwards * 0.35 * unit * across, width))
    inner = [eye + towards * size[0] * across for eye, towards in ((left, 1), (right, -1))]
    ink = np.maximum(ink, _line(inner[0], inner[1], width))
    return replace(portrait, pixels=_inked(drawn, ink, colour))


def _fringe(portrait: Portrait, rng: np.random.Generator) -> Portrait:
    """Hair over the forehead down to the brows, in strands of the colour found above it."""
    left, right, across, down = _axes(portrait)
    unit = float(np.linalg.norm(right - left))
    middle = (left + right) / 2
    crown = _clipped(middle - 2.0 * unit * down, portrait.pixels)
    hair = np.minimum(np.median(crown, axis=(0, 1)), 110.0)
    ink = np.zeros(portrait.pixels.shape[:2], np.float32)
    reach = float(rng.uniform(0.18, 0.32)) * unit  # of the strands' ends above the eyes
    for offset in np.linspace(-1.0, 1.0, 41):
        top = middle + offset * unit * across - (1.75 - 0.5 * offset**2) * unit * down
        end = middle + (offset + rng.uniform(-0.12, 0.12)) * unit * across - (reach + rng.uniform(-0.08, 0.08) * unit) * down
        ink = np.maximum(ink, _line(top, end, 0.08 * unit))
    strands = hair + rng.normal(0, 9, (1, portrait.pixels.shape[1], 1)) + rng.normal(0, 3, (*portrait.pixels.shape[:2], 1))
    weight = cv2.GaussianBlur(ink, (0, 0), 0.6)[..., None]
    return replace(portrait, pixels=_rounded(portrait.pixels * (1 - weight) + np.clip(strands, 0, 255) * weight))


def _mask(portrait: Portrait, rng: np.random.Generator) -> Portrait:
    """A surgical mask from the bridge of the nose to below the chin, with folds and straps."""
    left, right, across, down = _axes(portrait)
    unit = float(np.linalg.norm(right - left))
    nose = (left + right) / 2 + float(rng.uniform(0.3, 0.42)) * unit * down
    chin = (left + right) / 2 + 1.95 * unit * down
    outline = [
        nose - 0.28 * unit * across, nose - 0.05 * unit * down, nose + 0.28 * unit * across,
        nose + 0.95 * unit * across + 0.3 * unit * down, nose + 0.85 * unit * across + 1.05 * unit * down,
        chin + 0.45 * unit * across, chin - 0.45 * unit * across,
        nose - 0.85 * unit * across + 1.05 * unit * down, nose - 0.95 * unit * across + 0.3 * unit * down,
    ]  # fmt: skip
    ink = _polygon(np.array(outline))
    cloth = np.array([(214.0, 190.0, 150.0), (235.0, 235.0, 235.0), (60.0, 60.0, 60.0)][int(rng.integers(3))])
    along = (np.indices(ink.shape).transpose(1, 2, 0)[..., ::-1] - nose) @ down / unit
    shade = 1 + 0.06 * np.sin(along * 2 * np.pi / 0.28) - 0.12 * np.clip(along - 0.9, 0, 1)
    straps = np.zeros_like(ink)
    for side in (-1, 1):
        for level in (0.35, 1.0):
            start = nose + side * 0.9 * unit * across + level * unit * down
            straps = np.maximum(straps, _line(start, start + side * 0.5 * unit * across - 0.3 * unit * down, 0.03 * unit))
    weight = cv2.GaussianBlur(np.maximum(ink, straps), (0, 0), 0.7)[..., None]
    return replace(portrait, pixels=_rounded(portrait.pixels * (1 - weight) + np.clip(cloth * shade[..., None], 0, 255) * weight))


def _holding_card(portrait: Portrait, rng: np.random.Generator) -> Portrait:
    """An identity card of true size held below the chin, the person's own portrait on it, tilted a little."""
    left, right, across, down = _axes(portrait)
    millimetre = float(np.linalg.norm(right - left)) / EYES_APART_MM
    card = _card(portrait)
    middle = (left + right) / 2 + float(rng.uniform(2.35, 2.6)) * EYES_APART_MM * millimetre * down
    middle = np.minimum(middle + rng.uniform(-12, 12) * across, portrait.pixels.shape[0] - CARD_MM[1] * millimetre / 2 - 2)
    tilt = float(rng.uniform(-12, 12))
    scale = CARD_MM[0] * millimetre / card.shape[1]
    matrix = cv2.getRotationMatrix2D((card.shape[1] / 2, card.shape[0] / 2), tilt, scale)
    matrix[:, 2] += middle - np.array(card.shape[1::-1]) / 2
    size = portrait.pixels.shape[1::-1]
    small = cv2.GaussianBlur(card, (0, 0), 0.42 / scale)
    placed = cv2.warpAffine(small, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    weight = cv2.warpAffine(np.ones(card.shape[:2], np.float32), matrix, size, flags=cv2.INTER_LINEAR)
    pixels = _rounded(portrait.pixels * (1 - weight[..., None]) + placed * weight[..., None])
    return replace(portrait, pixels=pixels, person=np.maximum(portrait.person, weight))


def _card(portrait: Portrait) -> Pixels:
    """Return a card's face, four pixels a millimetre: pale ground, lines of print, the portrait at the right."""
    card = np.full((round(4 * CARD_MM[1]), round(4 * CARD_MM[0]), 3), (238, 232, 222), np.uint8)
    for line, length in enumerate((60, 90, 110, 150, 120, 170)):
        cv2.rectangle(card, (20, 22 + 28 * line), (20 + length, 32 + 28 * line), (70, 60, 60), cv2.FILLED)
    head = portrait.pixels[20:230, 40:210]
    card[24 : 24 + 128, 226 : 226 + 104] = cv2.resize(head, (104, 128), interpolation=cv2.INTER_AREA)
    return card


def _looking_up(portrait: Portrait, rng: np.random.Generator) -> Portrait:
    """The head pitched back, each point moved as far as a generic head's depth there says; no skin appears that was not seen."""
    left, right, across, down = _axes(portrait)
    unit = float(np.linalg.norm(right - left))
    centre = (left + right) / 2 + 0.45 * unit * down
    y, x = np.indices(portrait.pixels.shape[:2]).astype(np.float32)
    u = ((x - centre[0]) * across[0] + (y - centre[1]) * across[1]) / unit
    v = ((x - centre[0]) * down[0] + (y - centre[1]) * down[1]) / unit
    pitch = np.deg2rad(float(rng.uniform(*RAISED_DEG)))
    source = v.copy()
    for _ in range(6):  # seen height = source height * cos - depth * sin: solved for the source by repetition
        source = (v + _head_depth(u, source) * np.sin(pitch)) / np.cos(pitch)
    inside = cv2.GaussianBlur((u**2 / 1.5**2 + v**2 / 2.0**2 < 1).astype(np.float32), (0, 0), 0.25 * unit)
    shift = (source - v) * inside * unit
    moved = cv2.remap(
        portrait.pixels,
        (x + shift * down[0]).astype(np.float32),
        (y + shift * down[1]).astype(np.float32),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return replace(portrait, pixels=cast(Pixels, moved))


def _head_depth(u: Field, v: Field) -> Field:
    """Return how far a generic head stands out towards the camera, in eye distances: an ellipsoid with a nose."""
    ellipsoid = 1.3 * np.sqrt(np.clip(1 - (u / 1.25) ** 2 - (v / 1.75) ** 2, 0, 1)) - 1.0
    nose = 0.35 * np.exp(-((u / 0.22) ** 2) - ((v - 0.1) / 0.3) ** 2)
    return cast(Field, np.maximum(ellipsoid, -1.0) + nose)


WORN: dict[Condition, Wear] = {
    Condition.GLASSES: _glasses,
    Condition.FRINGE: _fringe,
    Condition.MASK: _mask,
    Condition.HOLDING_CARD: _holding_card,
    Condition.LOOKING_UP: _looking_up,
}


# ---------------------------------------------------------------- drawing


def _axes(portrait: Portrait) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return both eyes and the face's own directions, across and down."""
    left, right = portrait.landmarks[:2].astype(np.float64)
    across = (right - left) / np.linalg.norm(right - left)
    return left, right, across, _down(across)


def _down(across: np.ndarray) -> np.ndarray:
    return np.array([-across[1], across[0]])


def _fine(point: np.ndarray) -> tuple[int, int]:
    return round(float(point[0]) * FINENESS), round(float(point[1]) * FINENESS)


def _ellipse(centre: np.ndarray, size: tuple[float, float], angle: float, width: float) -> Field:
    """Return how much of each pixel an ellipse's rim covers, 0 to 1, or all of it where the width is negative."""
    canvas = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    axes = round(size[0] * FINENESS), round(size[1] * FINENESS)
    thickness = cv2.FILLED if width < 0 else max(1, round(width))
    cv2.ellipse(canvas, _fine(centre), axes, angle, 0, 360, 255, thickness, cv2.LINE_AA, shift=3)
    return _share(canvas)


def _line(start: np.ndarray, end: np.ndarray, width: float) -> Field:
    canvas = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    cv2.line(canvas, _fine(start), _fine(end), 255, max(1, round(width)), cv2.LINE_AA, shift=3)
    return _share(canvas)


def _polygon(corners: np.ndarray) -> Field:
    canvas = np.zeros((SIZE_PX, SIZE_PX), np.uint8)
    cv2.fillPoly(canvas, [np.round(corners * FINENESS).astype(np.int32)], 255, cv2.LINE_AA, shift=3)
    return _share(canvas)


def _share(canvas: Pixels) -> Field:
    return np.asarray(canvas, np.float32) / np.float32(255)


def _inked(pixels: Pixels, ink: Field, colour: tuple[int, int, int]) -> Pixels:
    return _rounded(pixels * (1 - ink[..., None]) + np.array(colour, np.float32) * ink[..., None])


def _clipped(point: np.ndarray, pixels: Pixels) -> Pixels:
    """Return a patch of 13 pixels around a point, moved inside the picture."""
    x, y = (int(np.clip(value, 6, pixels.shape[0] - 7)) for value in point)
    return pixels[y - 6 : y + 7, x - 6 : x + 7]


def _rounded(values: np.ndarray) -> Pixels:
    return np.clip(values + 0.5, 0, 255).astype(np.uint8)
