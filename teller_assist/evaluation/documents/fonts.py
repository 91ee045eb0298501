"""The fonts of this machine that a card can be drawn with: which there are, and which characters each has.

A font that is missing makes the set narrower, never wrong: the document of a rendering names the fonts that it had.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError
from PIL import ImageFont

from teller_assist.errors import PhotographsMissingError

_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")


class FontUse(StrEnum):
    """What a font serves for on a card."""

    TEXT = "text"  # labels and values: sans-serif, simplified Chinese
    HEADING = "heading"  # heavy or serif, simplified Chinese
    NUMBER = "number"  # digits like OCR-B
    TIBETAN = "tibetan"
    UYGHUR = "uyghur"
    YI = "yi"
    MONGOLIAN = "mongolian"


# Name, file, which of its faces has the mainland's forms, use. scripts/requirements/apt.txt names packages that bring them.
_KNOWN = (
    ("Noto Sans CJK", "NotoSansCJK-Regular.ttc", 2, FontUse.TEXT),
    ("Noto Sans CJK Medium", "NotoSansCJK-Medium.ttc", 2, FontUse.TEXT),
    ("Noto Sans CJK DemiLight", "NotoSansCJK-DemiLight.ttc", 2, FontUse.TEXT),
    ("Noto Sans SC", "NotoSansCJKsc-Regular.otf", 0, FontUse.TEXT),
    ("WenQuanYi Micro Hei", "wqy-microhei.ttc", 0, FontUse.TEXT),
    ("WenQuanYi Zen Hei", "wqy-zenhei.ttc", 0, FontUse.TEXT),
    ("Droid Sans Fallback", "DroidSansFallbackFull.ttf", 0, FontUse.TEXT),
    ("Microsoft YaHei", "msyh.ttc", 0, FontUse.TEXT),
    ("SimHei", "simhei.ttf", 0, FontUse.TEXT),
    ("Noto Sans CJK Bold", "NotoSansCJK-Bold.ttc", 2, FontUse.HEADING),
    ("Noto Serif CJK Bold", "NotoSerifCJK-Bold.ttc", 2, FontUse.HEADING),
    ("Noto Serif CJK", "NotoSerifCJK-Regular.ttc", 2, FontUse.HEADING),
    ("OCR-B", "OCRB.otf", 0, FontUse.NUMBER),
    ("Tibetan Machine Uni", "TibetanMachineUni.ttf", 0, FontUse.TIBETAN),
    ("Noto Serif Tibetan", "NotoSerifTibetan-Regular.ttf", 0, FontUse.TIBETAN),
    ("UKIJ Tuz", "UKIJTuz.ttf", 0, FontUse.UYGHUR),
    ("UKIJ Ekran", "UKIJEkran.ttf", 0, FontUse.UYGHUR),
    ("Noto Naskh Arabic", "NotoNaskhArabic-Regular.ttf", 0, FontUse.UYGHUR),
    ("Nuosu SIL", "NuosuSIL-Regular.ttf", 0, FontUse.YI),
    ("Noto Sans Yi", "NotoSansYi-Regular.ttf", 0, FontUse.YI),
    ("Noto Sans Mongolian", "NotoSansMongolian-Regular.ttf", 0, FontUse.MONGOLIAN),
)

_FROM_APT = (
    "Noto Sans CJK", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Noto Sans CJK Bold",
    "Noto Serif CJK Bold", "Noto Serif CJK", "OCR-B", "Tibetan Machine Uni", "UKIJ Tuz", "UKIJ Ekran", "Nuosu SIL",
)  # fmt: skip


@dataclass(frozen=True)
class CardFont:
    """One face in a file.

    Attributes
    ----------
    name
        As reports say it.
    index
        Of the face, where the file is a collection.
    """

    name: str
    path: Path
    index: int
    use: FontUse

    def has(self, text: str) -> bool:
        """Return whether it can draw every character of a text."""
        characters = _characters(self)
        return all(one == " " or ord(one) in characters for one in text)

    def at(self, size_px: int) -> ImageFont.FreeTypeFont:
        """Return it in a size (height of the em square in pixels)."""
        return _sized(self, size_px)


@cache
def installed_fonts() -> tuple[CardFont, ...]:
    """Return the known fonts of this machine, always in the same order."""
    found = _files()
    return tuple(CardFont(name, found[file], index, use) for name, file, index, use in _KNOWN if file in found)


def fonts_for(use: FontUse, text: str = "") -> tuple[CardFont, ...]:
    """Return the fonts of a use that can draw a text; none where there is none."""
    return tuple(font for font in installed_fonts() if font.use is use and font.has(text))


def need_fonts(use: FontUse, text: str = "") -> tuple[CardFont, ...]:
    """Return the fonts of a use that can draw a text; text fonts stand in where a heading or number font is missing.

    Raises
    ------
    PhotographsMissingError
        ``why`` is "no_chinese_font": no font of this machine can draw it.
    """
    found = fonts_for(use, text) or fonts_for(FontUse.TEXT, text)
    if not found:
        raise PhotographsMissingError(why="no_chinese_font")
    return found


def missing_fonts() -> tuple[str, ...]:
    """Return the names of the fonts in ``scripts/requirements/apt.txt`` that this machine does not have."""
    present = {font.name for font in installed_fonts()}
    return tuple(name for name in _FROM_APT if name not in present)


def _files() -> dict[str, Path]:
    wanted = {file for _, file, *_ in _KNOWN}
    found: dict[str, Path] = {}
    for folder in _folders():
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.name in wanted:
                found.setdefault(path.name, path)
    return found


def _folders() -> Iterable[Path]:
    yield from (Path(folder) for folder in _FOLDERS)
    yield Path.home() / ".fonts"
    yield Path.home() / ".local" / "share" / "fonts"
    yield Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "Fonts"


@cache
def _characters(font: CardFont) -> frozenset[int]:
    """Return the code points that a face has; none where the file cannot be read."""
    try:
        with font.path.open("rb") as file, TTFont(file, fontNumber=font.index, lazy=True) as opened:
            return frozenset(opened.getBestCmap() or ())
    except (OSError, TTLibError, AssertionError, KeyError, ValueError):
        return frozenset()


@cache
def _sized(font: CardFont, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font.path), size_px, index=font.index)
