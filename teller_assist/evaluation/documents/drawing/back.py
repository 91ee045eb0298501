"""The side with the emblem's place: who issued the card and how long it is valid."""

from __future__ import annotations

import datetime

from PIL import Image

from teller_assist.evaluation.documents.drawing.paper import draw_emblem, draw_paper, draw_wall
from teller_assist.evaluation.documents.drawing.style import CardStyle, Print
from teller_assist.evidence.printed import LONG_TERM

_LABEL_X = 195
_VALUE_X = 400
_AUTHORITY_Y = 432
_VALIDITY_Y = 520
_WIDEST_AUTHORITY_PX = 560
SPECIMEN_AT = (720, 590)


def validity_text(valid_from: datetime.date, valid_to: datetime.date | None) -> str:
    """Return the two dates as they are printed."""
    return f"{valid_from:%Y.%m.%d}-{LONG_TERM if valid_to is None else f'{valid_to:%Y.%m.%d}'}"


def draw_back(authority: str, valid_from: datetime.date, valid_to: datetime.date | None, style: CardStyle) -> Image.Image:
    """Return a back: "RGB", 1011 x 638 pixels, upright, its corners not rounded yet.

    Parameters
    ----------
    valid_to
        None prints 长期.
    """
    card = draw_paper(style)
    draw_wall(card, style)
    draw_emblem(card, 66, 62, 172)
    printed = Print(card, style)
    printed.heading(330, 70, "中华人民共和国", 58, 18)
    printed.heading(300, 170, "居民身份证", 88, 36)
    size_px = 35
    while size_px > 20 and style.value.at(size_px).getlength(authority) > _WIDEST_AUTHORITY_PX:
        size_px -= 1
    for y, label in ((_AUTHORITY_Y, "签发机关"), (_VALIDITY_Y, "有效期限")):
        printed.heading_label(_LABEL_X, y, label, 34)
    printed.value(_VALUE_X, _AUTHORITY_Y, authority, size_px)
    printed.value(_VALUE_X, _VALIDITY_Y, validity_text(valid_from, valid_to), 35, 1)
    printed.specimen(*SPECIMEN_AT)
    return card
