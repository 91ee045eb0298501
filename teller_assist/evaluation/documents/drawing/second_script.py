"""The second line of bilingual cards: labels in a people's script, and filler where the values would stand.

The filler is strings of syllables without a meaning; nobody's name is transcribed. What matters to a reader of the card is that
another script stands close to every Chinese line.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw

from teller_assist.evaluation.documents.chance import Chance, one_of, whole
from teller_assist.evaluation.documents.drawing.style import CardStyle, Colour
from teller_assist.evaluation.documents.fonts import CardFont, FontUse, fonts_for


@dataclass(frozen=True)
class Script:
    """One script.

    Attributes
    ----------
    labels
        For name, sex, ethnicity, birth, address and number.
    syllables
        Of which filler is made.
    joint
        Between the words of filler.
    vertical
        Whether its lines run downward, as Mongolian does.
    """

    name: str
    use: FontUse
    regions: tuple[str, ...]
    labels: tuple[str, str, str, str, str, str]
    syllables: tuple[str, ...]
    joint: str = " "
    vertical: bool = False


SCRIPTS = (
    Script(
        "zhuang", FontUse.TEXT, ("广西",),
        ("Singqmingz", "Singqbied", "Minzcuz", "Seng", "Dieg'youq", "Gunghminz Sinhfwn Hauxmaj"),
        ("gvangj", "sih", "namz", "ningz", "cuengh", "lij", "daih", "sanh", "vangz", "fuengh", "baek", "loh"),
    ),
    Script(
        "korean", FontUse.TEXT, ("延边",), ("성명", "성별", "민족", "출생", "주소", "공민신분번호"),
        ("연", "길", "시", "가", "도", "나", "무", "산", "하", "정", "수", "영"), "",
    ),
    Script(
        "tibetan", FontUse.TIBETAN, ("西藏",), ("མིང་", "ཕོ་མོ", "མི་རིགས", "སྐྱེས་དུས", "གནས་ཡུལ", "སྤྱི་དམངས་ཐོབ་ཐང་ཨང་"),
        ("བཀྲ་", "ཤིས་", "ཚེ་", "རིང་", "ལྷ་", "ས་", "གྲོང་", "ཁྱེར་", "ནོར་", "བུ་"), "",
    ),
    Script(
        "uyghur", FontUse.UYGHUR, ("新疆",), ("ئىسمى", "جىنسى", "مىللىتى", "تۇغۇلغان", "ئادرېسى", "گىراژدانلىق كىملىك نومۇرى"),
        ("شى", "نجاڭ", "ئۈ", "رۈم", "چى", "نا", "هى", "يە", "كو", "چا"),
    ),
    Script(
        "yi", FontUse.YI, ("凉山", "西昌"), ("ꂓ", "ꌺꃀ", "ꊿꋅ", "ꒆꁧ", "ꀉꄮ", "ꋓꌠꄯꒉ"),
        ("ꀊ", "ꃀ", "ꆈ", "ꌠ", "ꉙ", "ꐩ", "ꄉ", "ꋍ", "ꇁ", "ꑌ"), "",
    ),
    Script(
        "mongolian", FontUse.MONGOLIAN, ("内蒙古",), ("ᠨᠡᠷ᠎ᠡ", "ᠬᠦᠢᠰᠦ", "ᠦᠨᠳᠦᠰᠦᠲᠡᠨ", "ᠲᠥᠷᠥᠭᠰᠡᠨ", "ᠬᠠᠶᠢᠭ", "ᠢᠷᠭᠡᠨ ᠦ ᠨᠣᠮᠧᠷ"),
        ("ᠮᠣᠩ", "ᠭᠣᠯ", "ᠬᠥᠬᠡ", "ᠰᠢᠨ᠎ᠡ", "ᠪᠠᠶᠠᠨ", "ᠲᠠᠯ᠎ᠠ"), vertical=True,
    ),
)  # fmt: skip


def script_of(address: str) -> Script | None:
    """Return the script that cards of an address's region carry; None where there is none, or no font for it here."""
    script = next((one for one in SCRIPTS if any(region in address for region in one.regions)), None)
    return script if script is not None and font_of(script) is not None else None


def font_of(script: Script) -> CardFont | None:
    """Return a font of this machine for a script."""
    text = "".join((*script.labels, *script.syllables)).replace("\u180e", "")
    return next(iter(fonts_for(script.use, text)), None)


def scripts_without_font() -> tuple[str, ...]:
    """Return the scripts that cannot be drawn on this machine."""
    return tuple(script.name for script in SCRIPTS if font_of(script) is None)


def filler(script: Script, chance: Chance, words: int) -> str:
    """Return some words without a meaning."""
    made = ("".join(one_of(chance, script.syllables) for _ in range(whole(chance, 2, 4))) for _ in range(words))
    text = script.joint.join(made)
    return text.capitalize() if script.name == "zhuang" else text


class SecondPrint:
    """Draws the second script's lines of one card."""

    def __init__(self, card: Image.Image, style: CardStyle, script: Script, font: CardFont) -> None:
        self._card, self._draw = card, ImageDraw.Draw(card)
        self._style, self.script, self._font = style, script, font

    def line(self, x: float, y: float, text: str, size_px: int, width_px: float, *, is_label: bool = False) -> None:
        """Draw a line from a place to the right, smaller where it would not fit."""
        colour = self._style.label_rgb if is_label else self._style.ink_rgb
        font = self._font.at(size_px)
        while size_px > 10 and font.getlength(text) > width_px:
            size_px -= 1
            font = self._font.at(size_px)
        self._draw.text((x, y), text, font=font, fill=colour)

    def column(self, x: float, y: float, text: str, size_px: int, height_px: int, *, is_label: bool = False) -> None:
        """Draw a line that runs downward: the script's own line, turned."""
        colour: Colour = self._style.label_rgb if is_label else self._style.ink_rgb
        font = self._font.at(size_px)
        while size_px > 10 and font.getlength(text) > height_px:
            size_px -= 1
            font = self._font.at(size_px)
        layer = Image.new("L", (height_px, round(1.7 * size_px)), 0)
        ImageDraw.Draw(layer).text((0, 0), text, font=font, fill=255)
        turned = layer.transpose(Image.Transpose.ROTATE_270)
        self._card.paste(Image.new("RGB", turned.size, colour), (round(x), round(y)), turned)
