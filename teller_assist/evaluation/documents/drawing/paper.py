"""A card's paper: its tint, soft waves and fine lines; and the drawings that stand in for emblem, wall and watermark."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from teller_assist.evaluation.documents.chance import between, chance_for, whole
from teller_assist.evaluation.documents.drawing.style import CardStyle
from teller_assist.evidence.pictures import Pixels
from teller_assist.evidence.printed import CARD_SIZE_PX

_WAVES = 5
_FINE_LINES = 3
CORNER_PX = 38  # 3.18 mm at 300 dpi (ISO/IEC 7810)


def draw_paper(style: CardStyle) -> Image.Image:
    """Return an empty card: RGB, 1011 x 638 pixels."""
    width, height = CARD_SIZE_PX
    chance = chance_for(style.paper_seed, "paper")
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    paper = np.empty((height, width, 3), np.float32)
    paper[:] = style.paper_rgb
    for _ in range(_WAVES):
        pitch, phase, turn = between(chance, 0.01, 0.05), between(chance, 0, 2 * math.pi), between(chance, 0, math.pi)
        wave = np.sin(pitch * (across * math.cos(turn) + down * math.sin(turn)) + 3 * np.sin(across * 0.01 + phase) + phase)
        paper += wave[..., None] * chance.uniform(-4.5, 4.5, 3).astype(np.float32)
    for _ in range(_FINE_LINES):
        pitch, phase, bend = between(chance, 0.12, 0.3), between(chance, 0, 2 * math.pi), between(chance, 0.006, 0.02)
        line = np.abs(np.sin(down * pitch + 6 * np.sin(across * bend + phase))) < 0.12
        paper[line] -= (8.0, 5.0, 4.0)
    return Image.fromarray(np.clip(paper, 0, 255).astype(np.uint8))


def rounded_mask(size_px: tuple[int, int] = CARD_SIZE_PX) -> Image.Image:
    """Return the card's outline with its rounded corners: "L", 255 inside."""
    mask = Image.new("L", size_px, 0)
    corner = round(CORNER_PX * size_px[0] / CARD_SIZE_PX[0])
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, size_px[0] - 1, size_px[1] - 1), corner, fill=255)
    return mask


def draw_emblem(card: Image.Image, left: int, top: int, across_px: int) -> None:
    """Draw a round red seal with gold in it, which resembles an emblem from afar and is none."""
    side = 4 * across_px
    seal = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(seal)
    draw.ellipse((0, 0, side - 1, side - 1), fill=(205, 165, 80, 255))
    draw.ellipse((side // 12, side // 12, side - side // 12, side - side // 12), fill=(196, 52, 44, 255))
    for turn in range(5):
        angle = math.radians(-90 + (turn - 2) * 34)
        distance = 0.0 if turn == 2 else 0.24 * side
        x, y = side / 2 + distance * math.cos(angle), 0.34 * side + (distance * math.sin(angle) + 0.24 * side if distance else 0)
        size = 0.11 * side if turn == 2 else 0.05 * side
        draw.regular_polygon((x, y, size), 5, rotation=18, fill=(232, 196, 96, 255))
    draw.rectangle((0.24 * side, 0.6 * side, 0.76 * side, 0.68 * side), fill=(232, 196, 96, 255))
    draw.pieslice((0.3 * side, 0.64 * side, 0.7 * side, 0.98 * side), 180, 360, fill=(232, 196, 96, 255))
    small = seal.resize((across_px, across_px), Image.Resampling.LANCZOS)
    card.paste(small, (left, top), small)


def draw_wall(card: Image.Image, style: CardStyle) -> None:
    """Draw faint hills with a battlement along them in the lower right, under where text is printed."""
    chance = chance_for(style.paper_seed, "wall")
    width, height = CARD_SIZE_PX
    layer = Image.new("L", CARD_SIZE_PX, 0)
    draw = ImageDraw.Draw(layer)
    across = np.arange(0, width + 12, 12)
    for ridge in range(3):
        crest = height * (0.62 + 0.1 * ridge) - 40 * np.sin(across / (90 + 40 * ridge) + between(chance, 0, 6.3))
        points = list(zip(across.tolist(), crest.tolist(), strict=True))
        draw.line(points, fill=40 + 12 * ridge, width=5)
        for x, y in points[:: whole(chance, 2, 3)]:
            draw.rectangle((x - 3, y - 11, x + 3, y - 2), fill=40 + 12 * ridge)
    tint = Image.new("RGB", CARD_SIZE_PX, (120, 110, 150))
    card.paste(tint, (0, 0), layer.filter(ImageFilter.GaussianBlur(1)))


def to_bgr(card: Image.Image) -> Pixels:
    """Return a drawn card as the program keeps pictures: uint8, shape (height, width, 3), BGR."""
    return np.ascontiguousarray(np.asarray(card.convert("RGB"))[:, :, ::-1])
