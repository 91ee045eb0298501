"""Writing on A4 pages: headings, paragraphs, facts in two columns, tables, lines that break as Chinese ones do.

Lengths are millimetres, sizes of letters points.
"""

from __future__ import annotations

import datetime
import io
import unicodedata
from collections.abc import Sequence

from fpdf import FPDF

from teller_assist.review.evidence_pack.fonts import ChineseFonts

MARGIN_MM, FOOTER_MM = 15.0, 16.0
TEXT_PT, SMALL_PT, HEADING_PT, TITLE_PT = 9.5, 7.5, 11.5, 20.0
_CHARACTERS_MOST = 4_000  # of one text
_LINES_MOST = 10  # of a fact, and of a table's row that is kept together
_BELOW_MM = 4.4  # a line below a picture
_LINE_FACTOR = 0.55  # mm of line height a point
_FAMILY = "chinese"
_GREY, _RULE, _SHADE, _INK, _ACCENT = (96, 102, 110), (190, 196, 204), (241, 243, 246), (20, 24, 30), (24, 62, 112)
_NOT_AT_A_LINES_BEGIN = frozenset("，。；：！？、）」』”’》〉】…·)]}>,.;:!?%")
_NOT_AT_A_LINES_END = frozenset("（「『“‘《〈【([{<")


class _Paper(FPDF):
    """Pages with a foot."""

    foot_left = foot_middle = page_words = ""

    def footer(self) -> None:
        """Write the foot of a page."""
        self.set_y(-FOOTER_MM + 3)
        self.set_draw_color(*_RULE)
        self.line(MARGIN_MM, self.get_y(), self.w - MARGIN_MM, self.get_y())
        self.set_font(_FAMILY, "", SMALL_PT)
        self.set_text_color(*_GREY)
        top, third = self.get_y() + 1.5, (self.w - 2 * MARGIN_MM) / 3
        page = self.page_words.format(page=self.page_no(), pages="{nb}")
        page_mm = self.get_string_width(self.page_words.format(page=self.page_no(), pages=self.page_no()))
        self.set_xy(MARGIN_MM, top)
        self.cell(third, 5, self._cut(self.foot_left, third - 4))
        self.cell(third, 5, self.foot_middle, align="C")
        self.set_xy(self.w - MARGIN_MM - page_mm, top)  # the number of pages is put in at the end: its width is not known yet
        self.cell(page_mm, 5, page)

    def _cut(self, text: str, wide: float) -> str:
        if self.get_string_width(text) <= wide:
            return text
        while text and self.get_string_width(text + "…") > wide:
            text = text[:-1]
        return text + "…"


class Sheet:
    """A document that is written from top to bottom.

    Parameters
    ----------
    page_words
        "{page} of {pages}" in the reader's words.
    """

    def __init__(self, fonts: ChineseFonts, *, title: str, at: datetime.datetime, page_words: str) -> None:
        self._characters = fonts.characters
        paper = _Paper(format="A4")
        paper.add_font(_FAMILY, "", fonts.regular.path, collection_font_number=fonts.regular.index)
        paper.add_font(_FAMILY, "B", fonts.bold.path, collection_font_number=fonts.bold.index)
        paper.set_title(title)
        paper.set_lang("zh-CN")
        paper.set_creation_date(at)
        paper.set_margins(MARGIN_MM, MARGIN_MM)
        paper.set_auto_page_break(False)
        paper.c_margin = 0
        paper.page_words = page_words
        self._paper = paper
        self.width_mm = paper.w - 2 * MARGIN_MM

    def foot(self, left: str, middle: str) -> None:
        """Say what stands at the foot of every page."""
        self._paper.foot_left, self._paper.foot_middle = self.plain(left), self.plain(middle)

    def begin(self) -> None:
        """Begin the first page."""
        self._paper.add_page()

    def to_bytes(self) -> bytes:
        """Return the document."""
        return bytes(self._paper.output())

    def plain(self, text: str) -> str:
        """Return text that the font can show; other characters, and those that turn or hide text, by their code point."""
        cut = text if len(text) <= _CHARACTERS_MOST else text[:_CHARACTERS_MOST] + "…"
        return "".join(one if self._is_plain(one) else f"〔U+{ord(one):04X}〕" for one in cut)

    def _is_plain(self, one: str) -> bool:
        return one in " \u3000" or (ord(one) in self._characters and unicodedata.category(one)[0] not in "CZ")

    def gap(self, height_mm: float) -> None:
        """Leave room."""
        self._paper.set_y(self._paper.get_y() + height_mm)

    def room(self, height_mm: float) -> None:
        """Begin a page where the present one has no room for what must stay together."""
        if self._paper.get_y() + height_mm > self._paper.h - FOOTER_MM:
            self._paper.add_page()

    def title(self, text: str, under: str, right: str) -> None:
        """Write the document's title, a line under it and a word at the right."""
        top = self._paper.get_y()
        self._font(TITLE_PT, bold=True, colour=_ACCENT)
        self._paper.cell(self.width_mm, 9, self.plain(text))
        self._font(SMALL_PT, bold=True, colour=_INK)
        wide = self._paper.get_string_width(right) + 6
        self._paper.set_draw_color(*_INK)
        self._paper.set_xy(MARGIN_MM + self.width_mm - wide, top + 1.5)
        self._paper.cell(wide, 6, self.plain(right), border=1, align="C")
        self._paper.set_xy(MARGIN_MM, top + 9.5)
        self._font(SMALL_PT, colour=_GREY)
        self._paper.cell(self.width_mm, 4, self.plain(under))
        self._paper.set_draw_color(*_ACCENT)
        self._paper.line(MARGIN_MM, top + 15, MARGIN_MM + self.width_mm, top + 15)
        self._paper.set_xy(MARGIN_MM, top + 17.5)

    def heading(self, zh: str, en: str, keep_mm: float = 16) -> None:
        """Write a heading that does not stand alone at the end of a page."""
        self.room(keep_mm + 9)
        self.gap(3)
        self._font(HEADING_PT, bold=True, colour=_ACCENT)
        self._paper.cell(self._paper.get_string_width(zh) + 2, 6, zh)
        self._font(SMALL_PT, colour=_GREY)
        self._paper.cell(0, 6.6, en)
        self._paper.set_xy(MARGIN_MM, self._paper.get_y() + 7)

    def paragraph(self, text: str, *, size: float = TEXT_PT, bold: bool = False, grey: bool = False, indent: float = 0) -> None:
        """Write a paragraph."""
        self._font(size, bold=bold, colour=_GREY if grey else _INK)
        for line in self._lines(text, self.width_mm - indent):
            height = size * _LINE_FACTOR
            self.room(height)
            self._font(size, bold=bold, colour=_GREY if grey else _INK)
            self._paper.set_x(MARGIN_MM + indent)
            self._paper.cell(self.width_mm - indent, height, line)
            self._paper.set_xy(MARGIN_MM, self._paper.get_y() + height)

    def facts(self, rows: Sequence[tuple[str, str]], columns: int = 2) -> None:
        """Write labels and values side by side, shaded, so that they are found at a glance."""
        wide = self.width_mm / columns
        for first in range(0, len(rows), columns):
            row = rows[first : first + columns]
            self._font(TEXT_PT)
            cells = [self._lines(value, wide - 4)[:_LINES_MOST] for _, value in row]
            height = 5.2 + max(len(lines) for lines in cells) * TEXT_PT * _LINE_FACTOR + 1
            self.room(height)
            top = self._paper.get_y()
            self._paper.set_fill_color(*_SHADE)
            self._paper.rect(MARGIN_MM, top, self.width_mm, height - 0.6, style="F")
            for place, ((label, _), lines) in enumerate(zip(row, cells, strict=True)):
                self._fact(MARGIN_MM + place * wide + 2, top, label, lines)
            self._paper.set_xy(MARGIN_MM, top + height)

    def _fact(self, left: float, top: float, label: str, lines: Sequence[str]) -> None:
        self._font(SMALL_PT, colour=_GREY)
        self._paper.set_xy(left, top + 0.8)
        self._paper.cell(60, 4, self.plain(label))
        self._font(TEXT_PT)
        for place, line in enumerate(lines):
            self._paper.set_xy(left, top + 4.8 + place * TEXT_PT * _LINE_FACTOR)
            self._paper.cell(60, TEXT_PT * _LINE_FACTOR, line)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float], size: float = 8.5) -> None:
        """Write a table; its head is repeated on every page, a row stays on one unless it is very long.

        Parameters
        ----------
        shares
            Of the page's width, one a column.
        """
        widths = [share * self.width_mm / sum(shares) for share in shares]
        self.room(size * _LINE_FACTOR * 3)
        self._row(self._wrapped(head, widths, size), widths, size, is_head=True)
        for row in rows:
            wrapped = self._wrapped(row, widths, size)
            longest = max(map(len, wrapped))
            for first in range(0, longest, _LINES_MOST):
                part = [lines[first : first + _LINES_MOST] for lines in wrapped]
                if self._paper.get_y() + max(map(len, part)) * size * _LINE_FACTOR + 2 > self._paper.h - FOOTER_MM:
                    self._paper.add_page()
                    self._row(self._wrapped(head, widths, size), widths, size, is_head=True)
                self._row(part, widths, size, is_ended=first + _LINES_MOST >= longest)

    def _wrapped(self, cells: Sequence[str], widths: Sequence[float], size: float) -> list[list[str]]:
        self._font(size)
        return [self._lines(text, wide - 2) for text, wide in zip(cells, widths, strict=True)]

    def _row(
        self,
        cells: Sequence[Sequence[str]],
        widths: Sequence[float],
        size: float,
        *,
        is_head: bool = False,
        is_ended: bool = True,
    ) -> None:
        top, line = self._paper.get_y(), size * _LINE_FACTOR
        height = max(map(len, cells)) * line + 1.6
        if is_head:
            self._paper.set_fill_color(*_SHADE)
            self._paper.rect(MARGIN_MM, top, self.width_mm, height, style="F")
        self._font(size, bold=is_head, colour=_GREY if is_head else _INK)
        left = MARGIN_MM
        for lines, wide in zip(cells, widths, strict=True):
            for place, text in enumerate(lines):
                self._paper.set_xy(left + 1, top + 0.8 + place * line)
                self._paper.cell(wide - 2, line, text)
            left += wide
        self._paper.set_draw_color(*_RULE)
        if is_ended:
            self._paper.line(MARGIN_MM, top + height, MARGIN_MM + self.width_mm, top + height)
        self._paper.set_xy(MARGIN_MM, top + height)

    def frames(self, frames: Sequence[tuple[bytes | None, str, Sequence[str]]], height_mm: float) -> None:
        """Put pictures side by side in frames of one size; one that is absent is a word in its frame.

        Parameters
        ----------
        frames
            Picture, or None; words in its place; lines below it.
        """
        space = 4.0
        wide = (self.width_mm - 2 * space) / 3
        under_mm = 2 + _BELOW_MM * max(len(below) for _, _, below in frames)
        self.room(height_mm + under_mm)
        top = self._paper.get_y()
        for place, (picture, absent, below) in enumerate(frames):
            left = MARGIN_MM + place * (wide + space)
            self._paper.set_fill_color(*_SHADE)
            self._paper.set_draw_color(*_RULE)
            self._paper.rect(left, top, wide, height_mm, style="DF")
            if picture is None:
                self._words_in(left, top + height_mm / 2 - 6, wide, absent)
            else:
                self._paper.image(io.BytesIO(picture), left, top, wide, height_mm, keep_aspect_ratio=True)
            for line, text in enumerate(below):
                self._font(TEXT_PT if line == 0 else SMALL_PT, bold=line == 0, colour=_INK if line == 0 else _GREY)
                self._paper.set_xy(left, top + height_mm + 1 + line * _BELOW_MM)
                self._paper.cell(wide, _BELOW_MM, self.plain(text))
        self._paper.set_xy(MARGIN_MM, top + height_mm + under_mm)

    def _words_in(self, left: float, top: float, wide: float, text: str) -> None:
        self._font(TEXT_PT, colour=_GREY)
        for place, line in enumerate(self._lines(text, wide - 8)):
            self._paper.set_xy(left + 4, top + place * TEXT_PT * _LINE_FACTOR)
            self._paper.cell(wide - 8, TEXT_PT * _LINE_FACTOR, line, align="C")

    def _font(self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = _INK) -> None:
        self._paper.set_font(_FAMILY, "B" if bold else "", size)
        self._paper.set_text_color(*colour)

    def _lines(self, text: str, wide: float) -> list[str]:
        """Break text for a width: between Chinese characters, at blanks between words, never before closing punctuation."""
        lines: list[str] = []
        for part in text.split("\n"):
            line = ""
            for piece in _pieces(self.plain(part)):
                if line and self._paper.get_string_width(line + piece.rstrip()) > wide:
                    lines.append(line.rstrip())
                    line = piece.lstrip()
                else:
                    line += piece
                while self._paper.get_string_width(line) > wide and len(line) > 1:
                    fits = self._fitting(line, wide)
                    lines.append(line[:fits])
                    line = line[fits:]
            lines.append(line.rstrip())
        return lines

    def _fitting(self, line: str, wide: float) -> int:
        """Return how many characters of a piece without a place to break it have room; at least one."""
        count = 1
        while count < len(line) and self._paper.get_string_width(line[: count + 1]) <= wide:
            count += 1
        return count


def _pieces(text: str) -> list[str]:
    """Return what is not broken: a Chinese character with its punctuation, or a word with the blank behind it."""
    pieces: list[str] = []
    for one in text:
        joins = bool(pieces) and (
            one in _NOT_AT_A_LINES_BEGIN
            or one == " "
            or pieces[-1][-1] in _NOT_AT_A_LINES_END
            or (_is_of_a_word(one) and _is_of_a_word(pieces[-1][-1]))
        )
        if joins:
            pieces[-1] += one
        else:
            pieces.append(one)
    return pieces


def _is_of_a_word(one: str) -> bool:
    return one not in " \u3000" and unicodedata.east_asian_width(one) not in "WF"
