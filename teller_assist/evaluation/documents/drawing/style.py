"""What one card's print looks like: fonts, inks, and where exactly the press put it."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from teller_assist.evaluation.documents.chance import Chance, one_of, whole
from teller_assist.evaluation.documents.fonts import CardFont, FontUse, need_fonts

Colour = tuple[int, int, int]  # red, green, blue, each 0 to 255

SPECIMEN = "样本 SPECIMEN"
_LABELS = "姓名性别民族出生年月日住址公民身份号码签发机关有效期限中华人民共和国临时居民身份证样本"
# Where the baseline stands below a line's upper edge, in em: fonts place it by ascents of their own, a press by the baseline.
_BASELINE_EM = 1.02


@dataclass(frozen=True)
class CardStyle:
    """The print of one card.

    Attributes
    ----------
    shift_px
        (right, down): the personal print against the form's, as personalisation machines place it.
    paper_seed
        Of the lines in the paper.
    number_steps_px
        From one character of the number to the next.
    """

    label: CardFont
    value: CardFont
    number: CardFont
    heading: CardFont
    label_rgb: Colour
    ink_rgb: Colour
    specimen_rgb: Colour
    paper_rgb: Colour
    shift_px: tuple[int, int]
    paper_seed: int
    number_steps_px: float

    @property
    def fonts(self) -> tuple[str, ...]:
        """Names of the fonts, as reports say them."""
        return tuple(dict.fromkeys((self.label.name, self.value.name, self.number.name, self.heading.name)))


def plain_style(text: str) -> CardStyle:
    """Return the style of a new card of the most common print, the same always.

    Parameters
    ----------
    text
        Everything that will be printed as a value.

    Raises
    ------
    PhotographsMissingError
        No font here can draw the text.
    """
    value = need_fonts(FontUse.TEXT, text + _LABELS)[0]
    heading = need_fonts(FontUse.HEADING, _LABELS)[0]
    number = need_fonts(FontUse.NUMBER, "0123456789X")[0]
    return CardStyle(value, value, number, heading, (70, 120, 160), (25, 25, 30), (200, 80, 80), (238, 244, 248), (0, 0), 0, 33.4)


def chosen_style(chance: Chance, text: str, *, reddish: bool = False) -> CardStyle:
    """Return the style of one of many cards.

    Parameters
    ----------
    text
        Everything that will be printed as a value.
    reddish
        Whether the paper is that of a back.

    Raises
    ------
    PhotographsMissingError
        No font here can draw the text.
    """
    paper = (232, 226, 226) if reddish else (228, 236, 241)
    paper = (paper[0] + whole(chance, -8, 8), paper[1] + whole(chance, -6, 6), paper[2] + whole(chance, -6, 6))
    dark = whole(chance, 12, 50)
    label_font = one_of(chance, need_fonts(FontUse.TEXT, _LABELS))
    return CardStyle(
        label=label_font,
        value=one_of(chance, need_fonts(FontUse.TEXT, text + _LABELS)),
        number=one_of(chance, need_fonts(FontUse.NUMBER, "0123456789X")),
        heading=one_of(chance, need_fonts(FontUse.HEADING, _LABELS)),
        label_rgb=(whole(chance, 20, 80), whole(chance, 90, 135), whole(chance, 150, 190)),
        ink_rgb=(dark, dark, dark + whole(chance, 0, 8)),
        specimen_rgb=(whole(chance, 170, 215), whole(chance, 60, 110), whole(chance, 60, 110)),
        paper_rgb=paper,
        shift_px=(whole(chance, -5, 5), whole(chance, -4, 4)),
        paper_seed=whole(chance, 0, 2**31 - 1),
        number_steps_px=float(chance.uniform(31.5, 34.5)),
    )


class Print:
    """Draws the words of one card.

    Parameters
    ----------
    card
        Drawn upon.
    """

    def __init__(self, card: Image.Image, style: CardStyle) -> None:
        self._draw, self.style = ImageDraw.Draw(card), style

    def label(self, x: float, y: float, text: str, size_px: int = 32, spacing_px: float = 4) -> None:
        """Print a word of the form."""
        self._spaced(x, y, text, self.style.label.at(size_px), self.style.label_rgb, spacing_px)

    def value(self, x: float, y: float, text: str, size_px: int = 36, spacing_px: float = 0) -> None:
        """Print something personal, shifted as the machine places it."""
        right, down = self.style.shift_px
        self._spaced(x + right, y + down, text, self.style.value.at(size_px), self.style.ink_rgb, spacing_px)

    def number(self, x: float, y: float, text: str, size_px: int = 46) -> None:
        """Print the number, character by character at equal steps."""
        right, down = self.style.shift_px
        font = self.style.number.at(size_px)
        for place, character in enumerate(text):
            across = x + right + place * self.style.number_steps_px
            self._draw.text(
                (across, y + down + _BASELINE_EM * size_px), character, font=font, fill=self.style.ink_rgb, anchor="ls"
            )

    def heading(self, x: float, y: float, text: str, size_px: int, spacing_px: float) -> None:
        """Print a heading in ink."""
        self._spaced(x, y, text, self.style.heading.at(size_px), self.style.ink_rgb, spacing_px)

    def heading_label(self, x: float, y: float, text: str, size_px: int) -> None:
        """Print a word of the form in ink instead of the labels' colour, as a back has it."""
        self._spaced(x, y, text, self.style.label.at(size_px), self.style.ink_rgb, 2)

    def specimen(self, x: float, y: float, size_px: int = 24) -> None:
        """Print the mark that no genuine card bears; its place is outside every field."""
        font = need_fonts(FontUse.TEXT, SPECIMEN)[0].at(size_px)
        self._draw.text((x, y), SPECIMEN, font=font, fill=self.style.specimen_rgb)

    def wrapped(self, x: float, y: float, text: str, *, size_px: int, line_px: int, most_em: float) -> None:
        """Print a value in lines of at most so many widths of a full-width character."""
        for place, line in enumerate(wrapped_lines(text, self.style.value.at(size_px), most_em * size_px)):
            self.value(x, y + place * line_px, line, size_px)

    def _spaced(self, x: float, y: float, text: str, font: ImageFont.FreeTypeFont, fill: Colour, spacing_px: float) -> None:
        y += _BASELINE_EM * font.size
        if not spacing_px:
            self._draw.text((x, y), text, font=font, fill=fill, anchor="ls")
            return
        for character in text:
            self._draw.text((x, y), character, font=font, fill=fill, anchor="ls")
            x += self._draw.textlength(character, font=font) + spacing_px


def wrapped_lines(text: str, font: ImageFont.FreeTypeFont, width_px: float) -> list[str]:
    """Break a text where a line is full, between any two characters, as address lines of a card are."""
    lines = [""]
    for character in text:
        if lines[-1] and font.getlength(lines[-1] + character) > width_px:
            lines.append("")
        lines[-1] += character
    return lines
