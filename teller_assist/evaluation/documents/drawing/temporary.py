"""The written side of a temporary card (临时居民身份证): the fields of both sides on one, printed, without a chip.

The order of the fields follows the published rules for it; exact places are assumed, no such card was at hand.
"""

from __future__ import annotations

import datetime

from PIL import Image

from teller_assist.evaluation.documents.chance import chance_for, happens
from teller_assist.evaluation.documents.drawing.back import validity_text
from teller_assist.evaluation.documents.drawing.front import FrontText
from teller_assist.evaluation.documents.drawing.paper import draw_paper
from teller_assist.evaluation.documents.drawing.style import CardStyle, Print

_LABEL_X = 58
_VALUE_X = 160
_PORTRAIT_AT = (690, 96)
_PORTRAIT_PX = (246, 307)
_TITLED_SHARE = 0.5
_ROWS = {"name": 82, "sex": 146, "birth": 208, "address": 270, "number": 424, "authority": 492, "validity": 552}
SPECIMEN_AT = (770, 600)


def draw_temporary(
    text: FrontText, authority: str, valid_from: datetime.date, valid_to: datetime.date, portrait: Image.Image, style: CardStyle
) -> Image.Image:
    """Return a temporary card: "RGB", 1011 x 638 pixels, upright, its corners not rounded yet."""
    card = draw_paper(style)
    card.paste(portrait.resize(_PORTRAIT_PX, Image.Resampling.LANCZOS), _PORTRAIT_AT)
    printed = Print(card, style)
    if happens(chance_for(style.paper_seed, "title"), _TITLED_SHARE):
        printed.heading(250, 16, "临时居民身份证", 36, 12)
    for x, row, label in (
        (_LABEL_X, "name", "姓名"), (_LABEL_X, "sex", "性别"), (290, "sex", "民族"), (_LABEL_X, "birth", "出生"),
        (_LABEL_X, "address", "住址"), (_LABEL_X, "number", "公民身份号码"), (_LABEL_X, "authority", "签发机关"),
        (_LABEL_X, "validity", "有效期限"),
    ):  # fmt: skip
        printed.label(x, _ROWS[row] + 3, label, 28, 3)
    printed.value(_VALUE_X, _ROWS["name"] - 4, text.name, 36, 3)
    printed.value(_VALUE_X, _ROWS["sex"], text.sex, 31)
    printed.value(376, _ROWS["sex"], text.ethnicity, 31)
    for x, value, label_x, label in (
        (_VALUE_X, text.birth.year, 246, "年"), (294, text.birth.month, 338, "月"), (384, text.birth.day, 428, "日")
    ):  # fmt: skip
        printed.value(x, _ROWS["birth"], str(value), 31)
        printed.label(label_x, _ROWS["birth"] + 3, label, 28)
    printed.wrapped(_VALUE_X, _ROWS["address"], text.address, size_px=31, line_px=46, most_em=11.05 * 36 / 31)
    printed.number(282, _ROWS["number"] - 9, text.id_number, 40)
    printed.value(230, _ROWS["authority"], authority, 30)
    printed.value(230, _ROWS["validity"], validity_text(valid_from, valid_to), 30, 1)
    printed.specimen(*SPECIMEN_AT, 22)
    return card
