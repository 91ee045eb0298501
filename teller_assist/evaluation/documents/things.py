"""Other cards and slips that lie beside the document."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from teller_assist.evaluation.documents.chance import Chance, happens, one_of, whole
from teller_assist.evaluation.documents.drawing.paper import to_bgr
from teller_assist.evaluation.documents.fonts import FontUse, need_fonts
from teller_assist.evaluation.documents.word_lists import word_lists
from teller_assist.evidence.pictures import Pixels
from teller_assist.evidence.printed import CARD_SIZE_PX

_WORDS = ("样本银行", "会员卡", "名片", "样本超市收据", "停车卡", "图书馆", "SPECIMEN BANK", "样本单位 工作证")


def draw_thing(chance: Chance) -> Pixels:
    """Return a bank card, a visiting card or a receipt of nobody: uint8, shape (height, width, 3), BGR, at 300 dpi."""
    return _receipt(chance) if happens(chance, 0.3) else _plastic(chance)


def _plastic(chance: Chance) -> Pixels:
    width, height = CARD_SIZE_PX if happens(chance, 0.6) else (1063, 638)  # a visiting card is 90 mm wide
    colour = tuple(int(value) for value in chance.integers(20, 240, 3))
    card = Image.new("RGB", (width, height), colour[:3])
    draw = ImageDraw.Draw(card)
    ink = (250, 250, 250) if sum(colour) < 380 else (25, 25, 30)
    text = one_of(chance, _WORDS)
    font = one_of(chance, need_fonts(FontUse.TEXT, text + "0123456789 ")).at(52)
    draw.text((60, 50), text, font=font, fill=ink)
    if happens(chance, 0.6):
        draw.rounded_rectangle((80, 210, 200, 300), 14, fill=(205, 175, 105), outline=(120, 100, 60), width=3)
        digits = " ".join("".join(str(whole(chance, 0, 9)) for _ in range(4)) for _ in range(4))
        draw.text((80, 360), digits, font=font, fill=ink)
    else:
        for line in range(3):
            draw.text((60, 260 + 90 * line), one_of(chance, word_lists()["form_words"]), font=font, fill=ink)
    return to_bgr(card)


def _receipt(chance: Chance) -> Pixels:
    width, height = 680, whole(chance, 800, 1500)
    slip = Image.new("RGB", (width, height), (244, 243, 238))
    draw = ImageDraw.Draw(slip)
    words = word_lists()["form_words"]
    font = one_of(chance, need_fonts(FontUse.TEXT, "".join(words) + "0123456789.")).at(34)
    for y in range(40, height - 60, 58):
        draw.text((40, y), f"{one_of(chance, words)}  {whole(chance, 1, 9999) / 100:.2f}", font=font, fill=(70, 70, 75))
    return np.ascontiguousarray(to_bgr(slip))
