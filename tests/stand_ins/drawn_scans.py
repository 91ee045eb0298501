"""Scans with cards that are drawn: outlines, desks and strokes as of print, without any font."""

from __future__ import annotations

import cv2
import numpy as np

from teller_assist.evidence.pictures import Picture, Pixels, Points
from teller_assist.evidence.printed import CARD_SIZE_PX

PAGE_PX = (1654, 1170)  # (width, height)
TAG_PX = (24, 24, 60, 60)  # left, top, right, bottom: a blue mark in the card's own upper left corner
TAG_BGR = (200, 40, 20)
_CORNER_PX = 37


def draw_card(
    seed: int = 1,
    *,
    paper: tuple[int, int, int] = (232, 236, 226),
    strokes: bool = True,
    tag: tuple[int, int, int] = TAG_BGR,
) -> Pixels:
    """Return a flat card: paper, waves, strokes in rows, a dark portrait to the right and the mark."""
    rng = np.random.default_rng(seed)
    width, height = CARD_SIZE_PX
    card = np.full((height, width, 3), paper, np.uint8)
    across = np.arange(0, width, 4)
    for row in range(0, height, 24):
        wave = np.stack([across, row + 8 * np.sin(across / 50 + row)], axis=1).astype(np.int32)
        cv2.polylines(card, [wave], False, tuple(int(max(0, one - 8)) for one in paper), 1, cv2.LINE_AA)
    if strokes:
        for y in (90, 170, 240, 320, 370, 545):
            for x in range(70, 560 if y < 500 else 920, 34):
                for _ in range(4):
                    ends = rng.integers(-13, 14, 4)
                    cv2.line(card, (x + ends[0], y + ends[1]), (x + ends[2], y + ends[3]), (45, 40, 40), 4, cv2.LINE_AA)
        cv2.ellipse(card, (788, 250), (90, 120), 0, 0, 360, (120, 150, 190), -1, cv2.LINE_AA)
        cv2.ellipse(card, (788, 450), (130, 80), 0, 180, 360, (70, 50, 40), -1, cv2.LINE_AA)
    left, top, right, bottom = TAG_PX
    card[top:bottom, left:right] = tag
    return card


def corners_at(centre: tuple[float, float], width_px: float, angle_deg: float, askew: float = 0.0) -> Points:
    """Return a card's corners: its own upper left first, clockwise; ``askew`` shortens its upper side by this share."""
    height_px = width_px * CARD_SIZE_PX[1] / CARD_SIZE_PX[0]
    half = np.array([[-1 + askew, -1], [1 - askew, -1], [1, 1], [-1, 1]]) * (width_px / 2, height_px / 2)
    turn = np.radians(angle_deg)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.asarray(half @ matrix + centre, np.float32)


def lay(desk: Pixels, card: Pixels, quad: Points, *, shadow: float = 0.25) -> Pixels:
    """Return a desk with a card on it, its corners rounded."""
    height, width = card.shape[:2]
    outline = np.zeros((height, width), np.uint8)
    cv2.rectangle(outline, (_CORNER_PX, 0), (width - _CORNER_PX, height), 255, -1)
    cv2.rectangle(outline, (0, _CORNER_PX), (width, height - _CORNER_PX), 255, -1)
    for x in (_CORNER_PX, width - _CORNER_PX):
        for y in (_CORNER_PX, height - _CORNER_PX):
            cv2.circle(outline, (x, y), _CORNER_PX, 255, -1)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(source, quad)
    size = (desk.shape[1], desk.shape[0])
    scale = float(np.linalg.norm(quad[1] - quad[0])) / width
    smooth = cv2.GaussianBlur(card, (0, 0), max(0.01, 0.4 / scale))
    seen = cv2.warpPerspective(smooth, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    share = cv2.warpPerspective(outline, matrix, size)[:, :, None].astype(np.float32) / 255
    dark = cv2.GaussianBlur(np.roll(share[:, :, 0], (3, 3), (0, 1)), (0, 0), 5)[:, :, None] * shadow
    laid = desk * (1 - dark) * (1 - share) + seen * share
    return np.asarray(np.rint(np.clip(laid, 0, 255)), np.uint8)


def plain_desk(level: tuple[int, int, int] = (75, 60, 40), size_px: tuple[int, int] = PAGE_PX) -> Pixels:
    """Return an even desk."""
    return np.full((size_px[1], size_px[0], 3), level, np.uint8)


def form(size_px: tuple[int, int] = PAGE_PX) -> Pixels:
    """Return a printed form: boxes and rows of short strokes on white paper."""
    rng = np.random.default_rng(5)
    width, height = size_px
    page = np.full((height, width, 3), 243, np.uint8)
    for top in range(60, height - 120, 150):
        for left in range(80, width - 200, 320):
            cv2.rectangle(page, (left, top), (left + 320, top + 60), (80, 80, 80), 2)
        for x in range(90, width - 90, 14):
            y = top + 100 + int(rng.integers(-4, 5))
            cv2.line(page, (x, y), (x + 7, y + int(rng.integers(-6, 7))), (70, 70, 70), 2)
    return page


def wood(size_px: tuple[int, int] = PAGE_PX) -> Pixels:
    """Return boards with a strong grain along them."""
    width, height = size_px
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    grain = 18 * np.sin(down * 0.06 + 3 * np.sin(across * 0.004)) + 5 * np.sin(down * 0.8)
    return np.asarray(np.clip(np.array([60, 100, 150], np.float32) + grain[:, :, None], 0, 255), np.uint8)


def grainy(pixels: Pixels, deviation: float = 2.0, blur_px: float = 0.7) -> Pixels:
    """Return a picture as a sensor sees it."""
    rng = np.random.default_rng(3)
    soft = cv2.GaussianBlur(pixels, (0, 0), blur_px).astype(np.float32)
    return np.clip(soft + rng.normal(0, deviation, pixels.shape).astype(np.float32), 0, 255).astype(np.uint8)


def scan_of(pixels: Pixels) -> Picture:
    """Return pixels as a scan."""
    pixels = pixels.copy()
    pixels.flags.writeable = False
    return Picture(pixels, "PNG", "document")
