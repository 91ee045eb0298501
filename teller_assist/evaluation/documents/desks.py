"""What a card lies on: mats, wood, stone, cloth, white on white, printed forms and notices; and what lies beside it."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image, ImageDraw

from teller_assist.evaluation.documents.chance import Chance, between, happens, one_of, weighted, whole
from teller_assist.evaluation.documents.fonts import FontUse, need_fonts
from teller_assist.evaluation.documents.layers import to_pixels
from teller_assist.evaluation.documents.severity import Mode
from teller_assist.evaluation.documents.word_lists import word_lists
from teller_assist.evidence.pictures import Pixels

# Kinds of ground by how often, per mode. A glass is what a scanner sees: its white lid, or black.
_SHARES = {
    Mode.A4: {"glass": 0.3, "white": 0.15, "paper": 0.3, "dark": 0.1, "notice": 0.15},
    Mode.FLAT: {"glass": 0.6, "white": 0.2, "dark": 0.2},
    Mode.CAMERA: {
        "mat": 0.2, "gray": 0.1, "wood": 0.14, "dark": 0.1, "white": 0.12, "paper": 0.12, "stone": 0.08, "checks": 0.06,
        "cloth": 0.08,
    },
}  # fmt: skip
_FORM_ON_TOP_SHARE = 0.25  # of desks that are not paper themselves


def draw_desk(mode: Mode, width: int, height: int, chance: Chance) -> tuple[Pixels, str]:
    """Return a ground and its kind.

    Returns
    -------
    uint8, shape (height, width, 3), BGR; and the name for the truth's ``background``.
    """
    kind = weighted(chance, _SHARES[mode])
    desk = _GROUNDS[kind](width, height, chance)
    if mode is Mode.CAMERA and kind not in ("paper", "white") and happens(chance, _FORM_ON_TOP_SHARE):
        _lay_form(desk, chance)
        kind += "+form"
    return desk, kind


def _flat(width: int, height: int, colour: tuple[float, float, float], chance: Chance, grain: float = 2.0) -> Pixels:
    """Return a plain ground, BGR, with a little grain: no sensor sees one value everywhere."""
    coarse = chance.normal(0, grain, (height // 2 + 1, width // 2 + 1)).astype(np.float32)
    noise = cv2.resize(coarse, (width, height))
    return to_pixels(np.array(colour, np.float32) + noise[..., None])


def _glass(width: int, height: int, chance: Chance) -> Pixels:
    level = one_of(chance, [255.0, 250.0, 244.0, 236.0, 30.0])
    return _flat(width, height, (level, level, level - 1), chance, 0.6)


def _white(width: int, height: int, chance: Chance) -> Pixels:
    level = between(chance, 225, 246)
    return _flat(width, height, (level + between(chance, -4, 3), level, level + between(chance, -3, 3)), chance, 1.2)


def _dark(width: int, height: int, chance: Chance) -> Pixels:
    level = between(chance, 14, 45)
    return _flat(width, height, (level, level, level), chance)


def _gray(width: int, height: int, chance: Chance) -> Pixels:
    level = between(chance, 90, 175)
    return _flat(width, height, (level + between(chance, -8, 8), level, level + between(chance, -8, 8)), chance)


def _mat(width: int, height: int, chance: Chance) -> Pixels:
    colour = one_of(chance, [(60.0, 75.0, 40.0), (95.0, 60.0, 35.0), (50.0, 45.0, 90.0), (70.0, 70.0, 70.0)])
    mat = _flat(width, height, colour, chance, 4)
    if happens(chance, 0.4):  # a cutting mat's grid
        step = whole(chance, 50, 110)
        for x in range(step // 2, width, step):
            cv2.line(mat, (x, 0), (x, height), tuple(value + 40 for value in colour), 1)
        for y in range(step // 2, height, step):
            cv2.line(mat, (0, y), (width, y), tuple(value + 40 for value in colour), 1)
    return mat


def _wood(width: int, height: int, chance: Chance) -> Pixels:
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    colour = np.array(one_of(chance, [(70, 105, 150), (60, 80, 110), (110, 150, 190), (45, 60, 85)]), np.float32)
    bend = 4 * np.sin(across * between(chance, 0.002, 0.005) + between(chance, 0, 6.3))
    grain = 16 * np.sin(down * between(chance, 0.03, 0.08) + bend) + 6 * np.sin(down * between(chance, 0.4, 0.9) + across * 0.01)
    wood = colour + grain[..., None] + chance.normal(0, 2, (height, width, 1)).astype(np.float32)
    for seam in range(1, whole(chance, 1, 4)):
        y = int(height * seam / 4)
        wood[max(0, y - 1) : y + 2] *= 0.6
    return to_pixels(wood)


def _stone(width: int, height: int, chance: Chance) -> Pixels:
    level = between(chance, 110, 200)
    speckle = chance.normal(0, 1, (height // 3 + 1, width // 3 + 1, 3)).astype(np.float32)
    speckle = cv2.resize(speckle, (width, height)) * between(chance, 12, 30)
    return to_pixels(level + speckle)


def _checks(width: int, height: int, chance: Chance) -> Pixels:
    down, across = np.mgrid[0:height, 0:width]
    side = whole(chance, 40, 150)
    light = ((down // side + across // side) % 2).astype(np.float32)[..., None]
    one, other = (chance.uniform(40, 230, 3).astype(np.float32) for _ in range(2))
    return to_pixels(one * light + other * (1 - light))


def _cloth(width: int, height: int, chance: Chance) -> Pixels:
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    colour = chance.uniform(40, 190, 3).astype(np.float32)
    pitch = between(chance, 5, 11)
    weave = 10 * np.sin(2 * math.pi * across / pitch) + 10 * np.sin(2 * math.pi * down / pitch)
    folds = 18 * np.sin((across * 0.7 + down) / between(chance, 160, 420) + between(chance, 0, 6))
    return to_pixels(colour + (weave + folds)[..., None])


def _paper(width: int, height: int, chance: Chance) -> Pixels:
    sheet = _white(width, height, chance)
    return _printed_form(sheet, chance)


def _notice(width: int, height: int, chance: Chance) -> Pixels:
    """A densely printed sheet: the worst ground for whoever looks for text."""
    sheet = _white(width, height, chance)
    return _printed_form(sheet, chance, dense=True)


_GROUNDS: dict[str, Callable[[int, int, Chance], Pixels]] = {
    "glass": _glass, "white": _white, "dark": _dark, "gray": _gray, "mat": _mat, "wood": _wood, "stone": _stone,
    "checks": _checks, "cloth": _cloth, "paper": _paper, "notice": _notice,
}  # fmt: skip


def _printed_form(sheet: Pixels, chance: Chance, *, dense: bool = False) -> Pixels:
    """Print lines of a form's words, and rules, over a sheet."""
    height, width = sheet.shape[:2]
    picture = Image.fromarray(np.ascontiguousarray(sheet[:, :, ::-1]))
    draw = ImageDraw.Draw(picture)
    words = word_lists()["form_words"]
    size_px = max(12, width // (110 if dense else 90))
    use = FontUse.HEADING if happens(chance, 0.4) else FontUse.TEXT
    font = one_of(chance, need_fonts(use, "".join(words))).at(size_px)
    ink = (whole(chance, 20, 90),) * 3
    margin, y = 0.05 * width, 0.05 * height
    while y < 0.95 * height:
        line = "  ".join(one_of(chance, words) for _ in range(whole(chance, 5, 9) if dense else whole(chance, 2, 6)))
        draw.text((margin * between(chance, 1, 2.2), y), line, font=font, fill=ink)
        if happens(chance, 0.1 if dense else 0.35):
            draw.line((margin, y + 1.5 * size_px, width - margin, y + 1.5 * size_px), fill=(120, 120, 120), width=2)
        y += size_px * between(chance, 1.4, 1.8 if dense else 3.2)
    if happens(chance, 0.3):  # a seal
        x, y, radius = between(chance, 0.2, 0.8) * width, between(chance, 0.2, 0.8) * height, 0.07 * width
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=(205, 50, 50), width=max(2, width // 300))
    return np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])


def _lay_form(desk: Pixels, chance: Chance) -> None:
    """Lay a sheet with a form on the desk, askew, partly outside the frame."""
    height, width = desk.shape[:2]
    sheet_height, sheet_width = int(height * between(chance, 0.7, 1.2)), int(height * between(chance, 0.5, 0.85))
    sheet = _printed_form(_white(sheet_width, sheet_height, chance), chance)
    turn = cv2.getRotationMatrix2D((sheet_width / 2, sheet_height / 2), between(chance, -25, 25), 1)
    turn[:, 2] += (between(chance, -0.2, 0.8) * width, between(chance, -0.3, 0.4) * height)
    mask = cv2.warpAffine(np.full((sheet_height, sheet_width), 255, np.uint8), turn, (width, height))
    laid = cv2.warpAffine(sheet, turn, (width, height))
    desk[mask > 127] = laid[mask > 127]
