"""A drawn specimen of an ID card's front, as a scanner sees it: for made-up holders only, and marked as a specimen."""

from __future__ import annotations

import tomllib
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from teller_assist.evaluation.documents.drawing.front import FrontText, draw_front
from teller_assist.evaluation.documents.drawing.paper import rounded_mask
from teller_assist.evaluation.documents.drawing.style import plain_style
from teller_assist.evidence.id_number import IdNumber, Sex
from teller_assist.evidence.pictures import Pixels
from teller_assist.evidence.printed import CARD_SIZE_PX

MARGIN_PX = 60
_TABLE_RGB = (170, 174, 178)  # a mat that a light card stands out from
_PORTRAIT_AT = (648, 86)
_PORTRAIT_PX = (294, 363)  # as wide to high as the chip's 102 x 126
_JPEG_QUALITY = 92


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
    ethnicity, address = particulars(number, holders)
    sex = "男" if number.sex is Sex.MALE else "女"
    text = FrontText(name, sex, ethnicity, number.birth_date, address, number.text)
    enlarged = cv2.resize(portrait, _PORTRAIT_PX, interpolation=cv2.INTER_CUBIC)
    printed = Image.fromarray(np.ascontiguousarray(enlarged[:, :, ::-1]))
    card = draw_front(text, printed, plain_style(text.printed), portrait_at=_PORTRAIT_AT)
    table = Image.new("RGB", (CARD_SIZE_PX[0] + 2 * MARGIN_PX, CARD_SIZE_PX[1] + 2 * MARGIN_PX), _TABLE_RGB)
    table.paste(card, (MARGIN_PX, MARGIN_PX), rounded_mask())
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
