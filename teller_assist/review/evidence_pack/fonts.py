"""The Chinese fonts of this machine, for documents that must carry them in themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

from teller_assist.errors import PackError

_PROBE = "证据包复核柜员仅作辅助，由人决定▲"
_FC_TIMEOUT_S = 20
_LINUX = Path("/usr/share/fonts")
# (regular, bold, index of the simplified face in the collection), in the order of preference; "" where there is no bold.
_KNOWN_ON_LINUX = (
    ("opentype/noto/NotoSansCJK-Regular.ttc", "opentype/noto/NotoSansCJK-Bold.ttc", 2),  # Debian, UOS, Kylin
    ("google-noto-cjk/NotoSansCJK-Regular.ttc", "google-noto-cjk/NotoSansCJK-Bold.ttc", 2),  # Fedora, openEuler
    ("noto-cjk/NotoSansCJK-Regular.ttc", "noto-cjk/NotoSansCJK-Bold.ttc", 2),
    ("truetype/wqy/wqy-microhei.ttc", "", 0),
)
_KNOWN_ON_WINDOWS = (("msyh.ttc", "msyhbd.ttc", 0), ("Deng.ttf", "Dengb.ttf", 0), ("simhei.ttf", "", 0), ("simsun.ttc", "", 0))


@dataclass(frozen=True)
class FontFile:
    """One face in a file.

    Attributes
    ----------
    index
        Of the face, where the file is a collection.
    """

    path: Path
    index: int


@dataclass(frozen=True)
class ChineseFonts:
    """A face for text and one for headings; the same one where there is no bold."""

    regular: FontFile
    bold: FontFile
    characters: frozenset[int]


def chinese_fonts() -> ChineseFonts:
    """Return the first fonts of this machine that have Chinese characters.

    Raises
    ------
    PackError
        "chinese_font_missing"
    """
    for regular, bold in candidates():
        characters = _characters(regular)
        if all(ord(one) in characters for one in _PROBE):
            heading = bold if bold is not None and characters <= _characters(bold) else regular
            return ChineseFonts(regular, heading, characters)
    raise PackError("chinese_font_missing")


def candidates() -> Iterator[tuple[FontFile, FontFile | None]]:
    """Return the font files that may do: known places first, then what fontconfig names."""
    if os.name == "nt":
        yield from _known(Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts", _KNOWN_ON_WINDOWS)
        return
    yield from _known(_LINUX, _KNOWN_ON_LINUX)
    yield from _by_fontconfig()


def _known(folder: Path, names: tuple[tuple[str, str, int], ...]) -> Iterator[tuple[FontFile, FontFile | None]]:
    for regular, bold, index in names:
        if (folder / regular).is_file():
            yield FontFile(folder / regular, index), FontFile(folder / bold, index) if bold else None


def _by_fontconfig() -> Iterator[tuple[FontFile, FontFile | None]]:
    program = shutil.which("fc-match")
    if program is None:
        return
    command = [program, "--format", "%{file}\n%{index}", "sans-serif:lang=zh-cn"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=_FC_TIMEOUT_S, check=True).stdout.split("\n")
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return  # one way of several to find a font
    if len(told) == 2 and told[1].isdigit():
        yield FontFile(Path(told[0]), int(told[1]) & 0xFFFF), None  # the upper half names an instance of a variable font


@cache
def _characters(font: FontFile) -> frozenset[int]:
    """Return the code points that a face has; none where it cannot be read or has no outlines that can be embedded."""
    try:
        with font.path.open("rb") as file, TTFont(file, fontNumber=font.index, lazy=True) as opened:
            has_outlines = "glyf" in opened or "CFF " in opened
            return frozenset(opened.getBestCmap() or ()) if has_outlines else frozenset()
    except (OSError, TTLibError, AssertionError, KeyError, ValueError):
        return frozenset()
