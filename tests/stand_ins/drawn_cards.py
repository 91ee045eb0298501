"""A drawn card on a drawn desk, and its fields cut out: nobody in it exists. Without a Chinese font the print is grey bars."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from teller_assist.evidence.pictures import Pixels, Points
from teller_assist.evidence.printed import CARD_SIZE_PX, FieldName

FRONT = {
    FieldName.NAME: "林样晓",
    FieldName.SEX: "女",
    FieldName.ETHNICITY: "汉",
    FieldName.BIRTH: "1990-03-15",
    FieldName.ADDRESS: "样本省示例市演示区海湾路1888弄26号302室",
    FieldName.ID_NUMBER: "190001199003150027",
}
BACK = {FieldName.AUTHORITY: "示例市公安局演示分局", FieldName.VALID_FROM: "2015-01-01", FieldName.VALID_TO: "2035-01-01"}
# (x, y) of each field on the card
_AT = {
    FieldName.NAME: (170, 70),
    FieldName.SEX: (170, 142),
    FieldName.ETHNICITY: (350, 142),
    FieldName.BIRTH: (170, 214),
    FieldName.ADDRESS: (170, 290),
    FieldName.ID_NUMBER: (330, 536),
    FieldName.AUTHORITY: (400, 440),
    FieldName.VALID_FROM: (400, 520),
    FieldName.VALID_TO: (640, 520),
}
_FONTS = ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "C:/Windows/Fonts/msyh.ttc")
_LINE_CHARACTERS, _TEXT_PX = 11, 40
CORNERS = ((0.22, 0.30), (0.70, 0.20), (0.78, 0.66), (0.29, 0.77))  # of the card on the desk, in shares


@cache
def _font() -> ImageFont.FreeTypeFont | None:
    found = next((path for path in _FONTS if Path(path).is_file()), None)
    return None if found is None else ImageFont.truetype(found, _TEXT_PX, index=2 if found.endswith("CJK-Regular.ttc") else 0)


def drawn_card(values: dict[FieldName, str] | None = None) -> Pixels:
    """uint8, shape (638, 1011, 3), BGR, not writeable."""
    card = Image.new("RGB", CARD_SIZE_PX, (238, 244, 248))
    draw = ImageDraw.Draw(card)
    for across in range(-600, 1011, 26):
        draw.line([(across, 0), (across + 638, 638)], fill=(224, 234, 242), width=3)
    draw.rectangle((628, 88, 942, 476), fill=(196, 206, 216))
    draw.ellipse((715, 150, 855, 320), fill=(232, 185, 150))
    draw.pieslice((665, 330, 905, 620), 180, 360, fill=(57, 80, 107))
    for name, value in (FRONT if values is None else values).items():
        for line, (x, y) in zip(_lines(value), _places(name), strict=False):
            if _font() is None:
                draw.rectangle((x, y + 12, x + 36 * len(line), y + 40), fill=(60, 60, 66))
            else:
                draw.text((x, y - 6), line, font=_font(), fill=(25, 25, 30))
    return _frozen(np.asarray(card)[:, :, ::-1])


@cache
def drawn_crop(name: FieldName, value: str) -> tuple[Pixels, tuple[int, int, int, int]]:
    """A field's piece of the card, and where it lies: (x, y, width, height)."""
    lines, (x, y) = _lines(value), _AT[name]
    width = min(CARD_SIZE_PX[0] - x, max(len(line) for line in lines) * _TEXT_PX + 8)
    height = min(CARD_SIZE_PX[1] - y, 52 * len(lines))
    return _frozen(drawn_card({name: value})[y : y + height, x : x + width]), (x, y, width, height)


def drawn_scan(width_px: int = 1600, height_px: int = 1200, *, card: Pixels | None = None) -> tuple[Pixels, Points]:
    """A desk with the card on it, turned and in perspective: BGR pixels, and the card's corners in them."""
    desk = Image.new("RGB", (width_px, height_px), (64, 70, 78))
    draw = ImageDraw.Draw(desk)
    for down in range(0, height_px, 40):
        draw.line([(0, down), (width_px, down + 60)], fill=(70, 77, 86), width=6)
    corners = [(x * width_px, y * height_px) for x, y in CORNERS]
    shown = Image.fromarray(np.ascontiguousarray((drawn_card() if card is None else card)[:, :, ::-1]))
    laid = shown.transform((width_px, height_px), Image.Transform.PERSPECTIVE, _perspective(corners), Image.Resampling.BILINEAR)
    mask = Image.new("L", (width_px, height_px), 0)
    ImageDraw.Draw(mask).polygon(corners, fill=255)
    desk.paste(laid, (0, 0), mask)
    return _frozen(np.asarray(desk)[:, :, ::-1]), np.array(corners, np.float32)


def _perspective(corners: list[tuple[float, float]]) -> tuple[float, ...]:
    """What takes a place of the desk to the card's."""
    width, height = CARD_SIZE_PX
    rows, wanted = [], []
    for (x, y), (u, v) in zip(corners, ((0, 0), (width, 0), (width, height), (0, height)), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    return tuple(np.linalg.solve(np.array(rows, float), np.array(wanted, float)).tolist())


def _lines(value: str) -> list[str]:
    if value.isascii():
        return [value]
    return [value[start : start + _LINE_CHARACTERS] for start in range(0, len(value), _LINE_CHARACTERS)]


def _places(name: FieldName) -> list[tuple[int, int]]:
    x, y = _AT[name]
    return [(x, y + 50 * line) for line in range(4)]


def _frozen(pixels: Pixels) -> Pixels:
    made = np.ascontiguousarray(pixels)
    made.flags.writeable = False
    return made
