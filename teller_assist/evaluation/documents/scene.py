"""The picture before the camera takes it: cards laid on a desk with their shadows, and fingers that hold one."""

from __future__ import annotations

import math

import cv2
import numpy as np

from teller_assist.evaluation.documents.chance import Chance, between, one_of, whole
from teller_assist.evaluation.documents.drawing.paper import rounded_mask
from teller_assist.evaluation.documents.layers import to_pixels
from teller_assist.evidence.pictures import Pixels, Points
from teller_assist.evidence.printed import CARD_SIZE_PX

_FINGER_IN_PX = (18, 42)  # how far a finger reaches onto the card, in pixels of a 1011 px card; the print begins at about 58
_FINGER_ACROSS_MM = 15.0


def lay(desk: Pixels, thing: Pixels, quad: Points, *, rounded: bool, shadow: float, scale: float) -> None:
    """Lay something flat on a desk, in place.

    Parameters
    ----------
    desk
        uint8, shape (height, width, 3), BGR; changed.
    thing
        uint8, BGR, flat and upright.
    quad
        float32, shape (4, 2): where its corners come to lie.
    shadow
        0 to 1, how dark the shadow is that its edge throws.
    scale
        Pixels of the desk for one of the thing; below 1 it is smoothed first, so that fine print does not flicker.
    """
    height, width = thing.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    warp = cv2.getPerspectiveTransform(corners, quad)
    mask = np.asarray(rounded_mask((width, height))) if rounded else np.full((height, width), 255, np.uint8)
    left, top, right, bottom = _window(desk, quad, 30)
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], np.float64)
    size = (right - left, bottom - top)
    smooth = cv2.GaussianBlur(thing, (0, 0), 0.42 / scale) if scale < 0.95 else thing
    laid = cv2.warpPerspective(smooth, shift @ warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(mask, shift @ warp, size).astype(np.float32)[..., None] / 255
    part = desk[top:bottom, left:right].astype(np.float32)
    if shadow > 0:
        under = cv2.GaussianBlur(np.roll(cover[..., 0], (5, 4), (0, 1)), (0, 0), 6)
        part *= 1 - shadow * under[..., None]
    desk[top:bottom, left:right] = to_pixels(part * (1 - cover) + laid * cover)


def hold(desk: Pixels, quad: Points, chance: Chance) -> int:
    """Put one to three fingertips over the card's short edges or its lower one, in place.

    Returns
    -------
    How many.
    """
    fingers = whole(chance, 1, 3)
    scale = float(np.linalg.norm(quad[1] - quad[0])) / CARD_SIZE_PX[0]
    edge = one_of(chance, [1, 2, 3])  # right, lower, left
    start, end = quad[edge].astype(np.float64), quad[(edge + 1) % 4].astype(np.float64)
    along = (end - start) / np.linalg.norm(end - start)
    outward = np.array([along[1], -along[0]])
    skin = np.array([between(chance, 120, 170), between(chance, 145, 190), between(chance, 190, 232)])
    radius = _FINGER_ACROSS_MM / 85.6 * CARD_SIZE_PX[0] * scale / 2
    first = between(chance, 0.2, 0.5)
    for finger in range(fingers):
        share = first + finger * 2.3 * radius / float(np.linalg.norm(end - start))
        if share > 0.92:
            break
        reach = between(chance, *_FINGER_IN_PX) * scale
        tip = start + (end - start) * share - outward * (reach - radius)
        base = tip + outward * between(chance, 9, 14) * radius + along * between(chance, -1.5, 1.5) * radius
        _draw_finger(desk, tip, base, radius, skin)
    return fingers


def _draw_finger(desk: Pixels, tip: np.ndarray, base: np.ndarray, radius: float, skin: np.ndarray) -> None:
    height, width = desk.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    points = [tuple(round(float(value)) for value in place) for place in (tip, base)]
    cv2.line(mask, points[0], points[1], 255, max(2, round(2 * radius)), cv2.LINE_AA)
    soft = cv2.GaussianBlur(mask, (0, 0), max(0.8, radius / 14)).astype(np.float32)[..., None] / 255
    inner = cv2.distanceTransform(mask, cv2.DIST_L2, 3)[..., None] / max(radius, 1)
    colour = skin.astype(np.float32) * (0.62 + 0.38 * np.sqrt(np.clip(inner, 0, 1)))
    shade = cv2.GaussianBlur(mask, (0, 0), radius / 3 + 1).astype(np.float32)[..., None] / 255
    desk[:] = to_pixels(desk * (1 - 0.25 * shade * (1 - soft)) * (1 - soft) + colour * soft)


def beside(quad: Points, size_mm: tuple[float, float], px_per_mm: float, chance: Chance) -> Points:
    """Return where something comes to lie next to a card, in any direction, turned a little or a lot."""
    centre = quad.mean(axis=0)
    angle, turn = between(chance, 0, 2 * math.pi), between(chance, 0, 2 * math.pi)
    width, height = size_mm[0] * px_per_mm, size_mm[1] * px_per_mm
    reach = float(np.linalg.norm(quad - centre, axis=1).max()) + math.hypot(width, height) / 2
    place = centre + between(chance, 0.8, 1.25) * reach * np.array([math.cos(angle), math.sin(angle)])
    flat = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    turned = flat @ np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    return np.asarray(turned + place, np.float32)


def _window(desk: Pixels, quad: Points, margin: int) -> tuple[int, int, int, int]:
    """Return the part of the desk that a quad and its shadow touch: left, top, right, bottom."""
    height, width = desk.shape[:2]
    left, top = np.floor(quad.min(axis=0)).astype(int) - margin
    right, bottom = np.ceil(quad.max(axis=0)).astype(int) + margin
    left, top = (min(max(0, int(left)), width - 2), min(max(0, int(top)), height - 2))
    return left, top, max(left + 1, min(width, int(right))), max(top + 1, min(height, int(bottom)))
