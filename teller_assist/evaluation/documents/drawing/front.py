"""The side with the portrait: Chinese alone, with a second script above each line, or with Mongolian columns."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from PIL import Image

from teller_assist.evaluation.documents.chance import Chance, chance_for
from teller_assist.evaluation.documents.drawing.paper import draw_paper
from teller_assist.evaluation.documents.drawing.second_script import Script, SecondPrint, filler, font_of
from teller_assist.evaluation.documents.drawing.style import CardStyle, Print

# Places in pixels of the card at 300 dpi, after published layouts of the second generation.
_LABEL_X = 62
_VALUE_X = 172
_ADDRESS_EM = 11.05  # eleven full-width characters; digits are half as wide
PORTRAIT_AT = (648, 86)
NUMBER_AT = (330, 520)
SPECIMEN_AT = (330, 22)


@dataclass(frozen=True)
class FrontText:
    """What is printed as values.

    Attributes
    ----------
    sex
        "男" or "女".
    ethnicity
        Without 族.
    """

    name: str
    sex: str
    ethnicity: str
    birth: datetime.date
    address: str
    id_number: str

    @property
    def printed(self) -> str:
        """Every character, for the choice of a font."""
        return self.name + self.sex + self.ethnicity + self.address + self.id_number


@dataclass(frozen=True)
class _Rows:
    """Where the rows stand, and how large they are; a bilingual card has smaller ones, to make room."""

    name: int
    sex: int
    birth: int
    address: int
    label_px: int
    name_px: int
    value_px: int
    line_px: int


_PLAIN_ROWS = _Rows(name=72, sex=152, birth=224, address=296, label_px=32, name_px=43, value_px=36, line_px=50)
_BILINGUAL_ROWS = _Rows(name=94, sex=174, birth=248, address=328, label_px=28, name_px=37, value_px=32, line_px=43)
_SECOND_PX = 24
_SECOND_ABOVE_PX = 37


def draw_front(
    text: FrontText,
    portrait: Image.Image,
    style: CardStyle,
    script: Script | None = None,
    portrait_at: tuple[int, int] = PORTRAIT_AT,
) -> Image.Image:
    """Return a front: "RGB", 1011 x 638 pixels, upright, its corners not rounded yet.

    Parameters
    ----------
    portrait
        Pasted as it is.
    script
        Of a bilingual card.
    portrait_at
        (x, y) of the portrait's upper left corner.
    """
    card = draw_paper(style)
    card.paste(portrait, portrait_at)
    printed = Print(card, style)
    _print_rows(printed, text, _PLAIN_ROWS if script is None or script.vertical else _BILINGUAL_ROWS)
    printed.label(_LABEL_X, NUMBER_AT[1] + 12, "公民身份号码", 32, 3)
    printed.number(*NUMBER_AT, text.id_number)
    printed.specimen(*SPECIMEN_AT)
    font = None if script is None else font_of(script)
    if script is not None and font is not None:
        second = SecondPrint(card, style, script, font)
        chance = chance_for(style.paper_seed, "second script")
        (_print_columns if script.vertical else _print_lines)(second, chance)
    return card


def _print_rows(printed: Print, text: FrontText, rows: _Rows) -> None:
    drop = (rows.value_px - rows.label_px) // 2 + 2  # labels are smaller: their middle at the middle of the values
    for x, y, label in ((_LABEL_X, rows.name + 8, "姓名"), (_LABEL_X, rows.sex + drop, "性别"), (300, rows.sex + drop, "民族")):
        printed.label(x, y, label, rows.label_px)
    printed.label(_LABEL_X, rows.birth + drop, "出生", rows.label_px)
    printed.label(_LABEL_X, rows.address + drop, "住址", rows.label_px)
    printed.value(_VALUE_X, rows.name - 4, text.name, rows.name_px, 4)
    printed.value(_VALUE_X, rows.sex, text.sex, rows.value_px)
    printed.value(392, rows.sex, text.ethnicity, rows.value_px)
    for x, value, label_x, label in (
        (_VALUE_X, text.birth.year, 268, "年"), (322, text.birth.month, 372, "月"), (424, text.birth.day, 474, "日")
    ):  # fmt: skip
        printed.value(x, rows.birth, str(value), rows.value_px)
        printed.label(label_x, rows.birth + drop, label, rows.label_px)
    printed.wrapped(_VALUE_X, rows.address, text.address, size_px=rows.value_px, line_px=rows.line_px, most_em=_ADDRESS_EM)


def _print_lines(second: SecondPrint, chance: Chance) -> None:
    """A line of the second script above each Chinese one."""
    rows, labels = _BILINGUAL_ROWS, second.script.labels
    above = {0: rows.name, 1: rows.sex, 3: rows.birth, 4: rows.address}
    for place, y in above.items():
        second.line(_LABEL_X - 14, y - _SECOND_ABOVE_PX, labels[place], _SECOND_PX, 116, is_label=True)
    second.line(290, rows.sex - _SECOND_ABOVE_PX, labels[2], _SECOND_PX, 94, is_label=True)
    second.line(_LABEL_X, NUMBER_AT[1] - 20, labels[5], _SECOND_PX, 250, is_label=True)
    second.line(_VALUE_X + 10, rows.name - _SECOND_ABOVE_PX, filler(second.script, chance, 2), _SECOND_PX, 300)
    second.line(392, rows.sex - _SECOND_ABOVE_PX, filler(second.script, chance, 1), _SECOND_PX, 150)
    second.line(_VALUE_X + 10, rows.address - _SECOND_ABOVE_PX, filler(second.script, chance, 4), _SECOND_PX, 440)


def _print_columns(second: SecondPrint, chance: Chance) -> None:
    """Mongolian: a column before each label, and one behind the values."""
    rows, labels = _PLAIN_ROWS, second.script.labels
    for place, y in ((0, rows.name - 16), (1, rows.sex - 10), (3, rows.birth - 8), (4, rows.address - 4)):
        second.column(22, y, labels[place], 20, 70, is_label=True)
    second.column(262, rows.sex - 10, labels[2], 20, 72, is_label=True)
    second.column(22, NUMBER_AT[1] - 10, labels[5], 20, 92, is_label=True)
    for x, y, height in ((590, 70, 150), (500, 150, 66), (590, 296, 180), (622, 296, 150)):
        second.column(x, y, filler(second.script, chance, 2), 20, height)
