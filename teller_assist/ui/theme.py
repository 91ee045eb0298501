"""Colours, fonts and the one style sheet of the window, light and dark.

Blue stays apart from vermilion for every eye, amber from vermilion does not: a colour never stands without an icon and a word.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache

PANEL_WIDTH_PX = 392
STRIP_WIDTH_PX = 48

SCROLL_BAR_PX = 8

SMALL_PX = 12
BODY_PX = 13
TITLE_PX = 15

_FAMILIES = "'Noto Sans CJK SC', 'Microsoft YaHei UI', 'Microsoft YaHei', 'WenQuanYi Micro Hei', 'Segoe UI', sans-serif"


@dataclass(frozen=True)
class Tone:
    """How one kind of meaning is coloured.

    Attributes
    ----------
    text
        Words and icons on ``soft``, on a card or on the window's ground.
    soft
        Ground of a box.
    mark
        Border, bar and filled disc.
    on_mark
        Words and icons on ``mark``.
    """

    text: str
    soft: str
    mark: str
    on_mark: str


@dataclass(frozen=True)
class Theme:
    """Every colour of the window, as "#rrggbb"."""

    name: str
    ground: str
    card: str
    well: str
    line: str
    text: str
    sub: str
    accent: str
    accent_soft: str
    on_accent: str
    head: str
    on_head: str
    head_sub: str
    good: Tone
    attention: Tone
    bad: Tone
    muted: Tone

    def tone(self, name: str) -> Tone:
        """Return the tone "good", "attention", "bad" or "muted"."""
        tone: Tone = getattr(self, name)
        return tone

    def text_pairs(self) -> tuple[tuple[str, str], ...]:
        """Return every (text, ground) that occurs, for the contrast to be checked."""
        plain = tuple((text, ground) for text in (self.text, self.sub, self.accent) for ground in (self.ground, self.card))
        wells = ((self.text, self.well), (self.sub, self.well), (self.text, self.accent_soft), (self.accent, self.accent_soft))
        fixed = ((self.on_accent, self.accent), (self.on_head, self.head), (self.head_sub, self.head))
        toned = tuple(
            pair
            for tone in (self.good, self.attention, self.bad, self.muted)
            for pair in (
                (tone.text, tone.soft),
                (tone.text, self.card),
                (tone.text, self.ground),
                (self.text, tone.soft),
                (tone.on_mark, tone.mark),
            )
        )
        return plain + wells + fixed + toned


LIGHT = Theme(
    name="light",
    ground="#f3f5f8",
    card="#ffffff",
    well="#eaeef3",
    line="#d5dce4",
    text="#16202c",
    sub="#526070",
    accent="#0b5cad",
    accent_soft="#e3eefa",
    on_accent="#ffffff",
    head="#0d2f57",
    on_head="#ffffff",
    head_sub="#c3d0df",
    good=Tone("#0b5f9c", "#e2f0fa", "#0b66a8", "#ffffff"),
    attention=Tone("#7a5000", "#fff3d6", "#e69f00", "#221600"),
    bad=Tone("#a83800", "#fde9df", "#d55e00", "#1f0d00"),
    muted=Tone("#526070", "#eaeef3", "#5a6877", "#ffffff"),
)
DARK = Theme(
    name="dark",
    ground="#12171e",
    card="#1b222c",
    well="#0e1319",
    line="#364250",
    text="#eaf0f6",
    sub="#a9b6c4",
    accent="#5aa9f0",
    accent_soft="#17324d",
    on_accent="#0d1a26",
    head="#0b1a2c",
    on_head="#eaf0f6",
    head_sub="#a9b6c4",
    good=Tone("#6cb8f0", "#12304a", "#4ba3e3", "#0d1a26"),
    attention=Tone("#f5c451", "#3a2d0a", "#e69f00", "#221600"),
    bad=Tone("#ff9a66", "#42200f", "#d55e00", "#1f0d00"),
    muted=Tone("#a9b6c4", "#232c38", "#8494a5", "#0d1a26"),
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


# "@name" is replaced by a theme's value. Roles are the dynamic property "role" of a widget; see ``widgets/pieces.py``.
_SHEET = """
* { font-family: @families; font-size: @bodypx; color: @text; }
QWidget#panel, QScrollArea, QWidget#middle { background: @ground; border: none; }
QFrame[role="card"] { background: @card; border: 1px solid @line; border-radius: 8px; }
QFrame#header, QWidget#strip { background: @head; }
QFrame#header QLabel[role="title"] { color: @on_head; }
QFrame#header QLabel[role="small"] { color: @head_sub; }
QFrame#header QLabel[role="offline"] { font-size: @smallpx; font-weight: 600; color: @attention.on_mark;
    background: @attention.mark; border-radius: 4px; padding: 0px 5px; }
QWidget#strip QLabel { color: @on_head; font-size: 11px; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: @titlepx; font-weight: 600; }
QLabel[role="name"] { font-size: 17px; font-weight: 600; }
QLabel[role="number"] { font-size: 14px; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="small"] { font-size: @smallpx; color: @sub; }
QLabel[role="note"] { font-size: @smallpx; color: @text; }
QLabel[role="bad_small"] { font-size: @smallpx; font-weight: 600; color: @bad.text; }
QLabel[role="small_strong"] { font-size: @smallpx; font-weight: 600; color: @text; }
QLabel[role="good"] { color: @good.text; font-weight: 600; }
QLabel[role="attention"] { color: @attention.text; font-weight: 600; }
QLabel[role="bad"] { color: @bad.text; font-weight: 600; }
QLabel[role="muted"] { color: @muted.text; font-weight: 600; }
QLabel[role="overlay"] { font-size: @smallpx; color: #ffffff; }
QLabel[role="overlay_state"] { font-weight: 600; color: #ffffff; background: rgba(8, 14, 20, 200); border-radius: 12px;
  padding: 3px 12px; }
QFrame[role="box_good"] { background: @good.soft; border: 1px solid @good.mark; border-radius: 8px; }
QFrame[role="box_attention"] { background: @attention.soft; border: 1px solid @attention.mark; border-radius: 8px; }
QFrame[role="box_bad"] { background: @bad.soft; border: 1px solid @bad.mark; border-radius: 8px; }
QFrame[role="box_muted"] { background: @muted.soft; border: 1px solid @line; border-radius: 8px; }
QFrame[role="box_accent"] { background: @accent_soft; border: 1px solid @accent; border-radius: 8px; }
QFrame[role="pill"] { background: rgba(8, 14, 20, 200); border: none; border-radius: 10px; }
QToolButton { border: 2px solid transparent; border-radius: 5px; padding: 2px; background: transparent; }
QToolButton:hover { background: rgba(255, 255, 255, 40); }
QToolButton:focus { border: 2px solid @accent; }
QFrame#header QToolButton:focus, QWidget#strip QToolButton:focus { border: 2px solid @on_head; }
QPushButton { background: @card; border: 1px solid @muted.mark; border-radius: 8px; padding: 4px 8px; min-height: 26px;
  outline: none; }
QPushButton:hover { border: 1px solid @accent; }
QPushButton:focus { border: 2px solid @accent; padding: 3px 7px; }
QPushButton:disabled { background: @well; color: @sub; border: 1px dashed @line; }
QPushButton:checked { background: @accent_soft; border: 2px solid @accent; color: @accent; font-weight: 600; padding: 3px 7px; }
QPushButton[role="main"] { background: @accent; color: @on_accent; border: 1px solid @accent;
  font-weight: 600; min-height: 36px; }
QPushButton[role="main"]:focus { border: 3px solid @text; padding: 2px 6px; }
QPushButton[role="main"]:disabled { background: @well; color: @sub; border: 1px dashed @line; }
QPushButton[role="decision"], QPushButton[role="emphasised"] { font-size: @titlepx; font-weight: 600; min-height: 36px; }
QPushButton[role="emphasised"] { background: @accent; color: @on_accent; border: 1px solid @accent; }
QPushButton[role="emphasised"]:focus { border: 3px solid @text; padding: 2px 6px; }
QPushButton[role="link"] { background: transparent; border: 1px solid transparent; color: @accent;
  min-height: 20px; padding: 1px 6px; font-size: @smallpx; }
QPushButton[role="link_strong"] { background: @accent_soft; border: 1px solid @accent; color: @accent; font-weight: 600;
  min-height: 20px; padding: 1px 6px; font-size: @smallpx; }
QPushButton[role="link_strong"]:focus { border: 2px solid @accent; padding: 0px 5px; }
QPushButton[role="link"]:hover { border: 1px solid @line; }
QPushButton[role="link"]:focus { border: 2px solid @accent; padding: 0px 5px; }
QPushButton[role="link"]:disabled { color: @sub; background: transparent; border: 1px solid transparent; }
QPushButton[role="choice"] { text-align: left; min-height: 22px; padding: 3px 8px; }
QPushButton[role="choice"]:focus, QPushButton[role="choice"]:checked { padding: 2px 7px; }
QPushButton[role="chip"], QPushButton[role="chip_attention"], QPushButton[role="chip_bad"] { padding: 0px; min-height: 26px; }
QPushButton[role="chip"] { border: 1px solid @line; }
QPushButton[role="chip_attention"] { background: @attention.soft; border: 1px solid @attention.mark; }
QPushButton[role="chip_bad"] { background: @bad.soft; border: 1px solid @bad.mark; }
QPushButton[role="chip"]:hover, QPushButton[role="chip_attention"]:hover, QPushButton[role="chip_bad"]:hover {
  border: 1px solid @accent; }
QPushButton[role="chip"]:focus, QPushButton[role="chip_attention"]:focus, QPushButton[role="chip_bad"]:focus {
  border: 2px solid @accent; min-height: 24px; }
QLineEdit { background: @card; border: 1px solid @muted.mark; border-radius: 6px;
  padding: 6px 8px; selection-background-color: @accent; }
QLineEdit:focus { border: 2px solid @accent; padding: 5px 7px; }
QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar::handle:vertical { background: @muted.mark; border-radius: 4px; min-height: 24px; }
QScrollBar::handle:vertical:disabled { background: transparent; }
QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical { height: 0; }
QLabel[role="hint_attention"] { background: @attention.mark; color: @attention.on_mark; font-weight: 600;
  border-radius: 12px; padding: 3px 12px; }
QLabel[role="hint_good"] { background: #0b66a8; color: #ffffff; font-weight: 600; border-radius: 12px; padding: 3px 12px; }
QLabel[role="pair_good"] { font-size: @smallpx; font-weight: 600; color: @good.text; }
QLabel[role="pair_attention"] { font-size: @smallpx; font-weight: 600; color: @attention.text; }
QLabel[role="pair_bad"] { font-size: @smallpx; font-weight: 600; color: @bad.text; }
QLabel[role="pair_muted"] { font-size: @smallpx; font-weight: 600; color: @muted.text; }
QPushButton[role="answer"] { font-size: @smallpx; min-height: 38px; padding: 2px 0px; }
QPushButton[role="answer"]:checked { border: 2px solid @accent; font-weight: 600; }
QPushButton[role="choice_even"] { font-weight: 600; min-height: 32px; }
QFrame[role="strip_good"] { background: @good.mark; border: 2px solid @good.mark; border-radius: 8px; }
QFrame[role="strip_attention"] { background: @attention.mark; border: 2px solid @attention.mark; border-radius: 8px; }
QFrame[role="strip_bad"] { background: @bad.mark; border: 2px solid @bad.mark; border-radius: 8px; }
QFrame[role="strip_muted"] { background: @muted.mark; border: 2px solid @muted.mark; border-radius: 8px; }
QFrame[role="strip_good_raised"] { background: @good.mark; border: 2px solid #ffffff; border-radius: 8px; }
QFrame[role="strip_attention_raised"] { background: @attention.mark; border: 2px solid #ffffff; border-radius: 8px; }
QFrame[role="strip_bad_raised"] { background: @bad.mark; border: 2px solid #ffffff; border-radius: 8px; }
QFrame[role="strip_muted_raised"] { background: @muted.mark; border: 2px solid #ffffff; border-radius: 8px; }
QWidget#strip QLabel[role="strip_word_good"] { color: @good.on_mark; font-size: 11px; font-weight: 600; }
QWidget#strip QLabel[role="strip_word_attention"] { color: @attention.on_mark; font-size: 11px; font-weight: 600; }
QWidget#strip QLabel[role="strip_word_bad"] { color: @bad.on_mark; font-size: 11px; font-weight: 600; }
QWidget#strip QLabel[role="strip_word_muted"] { color: @muted.on_mark; font-size: 11px; font-weight: 600; }
QWidget#today { background: @card; border: none; }
QScrollArea#today { background: @card; border: none; }
QScrollArea#dialog, QWidget#dialog_middle { background: @card; border: none; }
QToolTip { background: @card; color: @text; border: 1px solid @line; }
"""


@cache
def style_sheet(theme: Theme) -> str:
    """Return the style sheet of the whole window in one theme."""
    text = _SHEET
    values = {"families": _FAMILIES, "small": str(SMALL_PX), "body": str(BODY_PX), "title": str(TITLE_PX)}
    for one in fields(theme):
        value = getattr(theme, one.name)
        parts = {f"{one.name}.{part.name}": getattr(value, part.name) for part in fields(Tone)} if isinstance(value, Tone) else {}
        values.update(parts or {one.name: str(value)})
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(f"@{name}", values[name])
    return text
