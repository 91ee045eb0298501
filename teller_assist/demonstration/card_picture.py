"""A drawn specimen of an ID card's front, as a scanner sees it: for made-up holders only, and marked as a specimen."""

from __future__ import annotations

import os
import tomllib
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from teller_assist.errors import PhotographsMissingError
from teller_assist.evidence.id_number import IdNumber, Sex
from teller_assist.evidence.pictures import Pixels

SIZE_PX = (1011, 638)  # 85.6 x 54.0 mm at 300 dpi
MARGIN_PX = 60
_TABLE_RGB = (214, 216, 218)
_PAPER_RGB = (238, 244, 248)
_LABEL_RGB = (70, 120, 160)
_INK_RGB = (25, 25, 30)
_SPECIMEN_RGB = (200, 80, 80)
_PORTRAIT_AT = (628, 88, 942, 476)
_CORNER_PX = 36
_ADDRESS_CHARACTERS_A_LINE = 11
_JPEG_QUALITY = 92
# File and which of its faces has the mainland's forms.
_FONTS = (("NotoSansCJK-Regular.ttc", 2), ("NotoSansCJKsc-Regular.otf", 0), ("NotoSerifCJK-Regular.ttc", 2), ("msyh.ttc", 0))


def draw_card_front(name: str, number: IdNumber, portrait: Pixels, holders: Path) -> bytes:
    """Draw the front of a made-up holder's card on a plain table.

    Parameters
    ----------
    name, number
        Of the holder; nobody real.
    portrait
        uint8, shape (126, 102, 3), BGR: the chip portrait.
    holders
        The file with made-up ethnicities and addresses.

    Returns
    -------
    A JPEG file, (638 + 120) x (1011 + 120) pixels, upright.

    Raises
    ------
    PhotographsMissingError
        ``why`` is "no_chinese_font": none is installed.
    """
    card = Image.new("RGB", SIZE_PX, _PAPER_RGB)
    _draw_guilloche(card)
    _draw_fields(ImageDraw.Draw(card), name, number, holders)
    _place_portrait(card, portrait)
    table = Image.new("RGB", (SIZE_PX[0] + 2 * MARGIN_PX, SIZE_PX[1] + 2 * MARGIN_PX), _TABLE_RGB)
    corners = Image.new("L", SIZE_PX, 0)
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, SIZE_PX[0] - 1, SIZE_PX[1] - 1), _CORNER_PX, fill=255)
    table.paste(card, (MARGIN_PX, MARGIN_PX), corners)
    data = BytesIO()
    table.save(data, "JPEG", quality=_JPEG_QUALITY, dpi=(300, 300))
    return data.getvalue()


def particulars(number: IdNumber, holders: Path) -> tuple[str, str]:
    """Return a made-up holder's ethnicity and address, the same for the same number always.

    The simulated reader follows the same rule: the entry at (sequence modulo number of entries) of each list.
    """
    told = tomllib.loads(holders.read_text(encoding="utf-8"))
    ethnicities, addresses = told["ethnicities"], told["addresses"]
    return ethnicities[number.sequence % len(ethnicities)], addresses[number.sequence % len(addresses)]


def _draw_fields(draw: ImageDraw.ImageDraw, name: str, number: IdNumber, holders: Path) -> None:
    ethnicity, address = particulars(number, holders)
    path, face = _font()
    label, ink, specimen = (ImageFont.truetype(path, size, index=face) for size in (30, 36, 26))
    born = number.birth_date
    sex = "男" if number.sex is Sex.MALE else "女"
    printed = [
        (70, 82, "姓名", 160, name),
        (70, 150, "性别", 160, sex),
        (260, 150, "民族", 350, ethnicity),
        (70, 218, "出生", 160, f"{born.year}"),
        (256, 218, "年", 305, f"{born.month}"),
        (350, 218, "月", 400, f"{born.day}"),
        (445, 218, "日", 490, ""),
        (70, 292, "住址", 160, ""),
    ]
    for x, y, word, value_x, value in printed:
        draw.text((x, y + 4), word, font=label, fill=_LABEL_RGB)
        draw.text((value_x, y), value, font=ink, fill=_INK_RGB)
    for line in range(0, len(address), _ADDRESS_CHARACTERS_A_LINE):
        y = 288 + 50 * line // _ADDRESS_CHARACTERS_A_LINE
        draw.text((160, y), address[line : line + _ADDRESS_CHARACTERS_A_LINE], font=ink, fill=_INK_RGB)
    draw.text((70, 548), "公民身份号码", font=label, fill=_LABEL_RGB)
    for place, character in enumerate(number.text):
        draw.text((330 + 32 * place, 540), character, font=ink, fill=_INK_RGB)
    draw.text((330, 22), "样本 SPECIMEN", font=specimen, fill=_SPECIMEN_RGB)


def _draw_guilloche(card: Image.Image) -> None:
    """Lay faint waves under the text, so that the paper is not flat."""
    draw = ImageDraw.Draw(card)
    across = np.arange(0, SIZE_PX[0], 6)
    for number in range(-2, 22):
        down = 32 * number + 18 * np.sin(across / 70 + number / 2)
        draw.line(list(zip(across.tolist(), down.tolist(), strict=True)), fill=(222, 232, 240), width=2)


def _place_portrait(card: Image.Image, portrait: Pixels) -> None:
    left, top, right, bottom = _PORTRAIT_AT
    enlarged = cv2.resize(portrait, (right - left, bottom - top), interpolation=cv2.INTER_CUBIC)
    printed = Image.fromarray(np.ascontiguousarray(enlarged[:, :, ::-1]))
    card.paste(printed, (left, top))


def _font() -> tuple[str, int]:
    folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts"]
    folders.append(Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "Fonts")
    for name, face in _FONTS:
        for folder in folders:
            found = next(iter(sorted(folder.rglob(name))), None) if folder.is_dir() else None
            if found is not None:
                return str(found), face
    raise PhotographsMissingError(why="no_chinese_font")
