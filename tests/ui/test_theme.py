import re

import pytest

from teller_assist.ui.theme import DARK, LIGHT, THEMES, Theme, style_sheet
from teller_assist.ui.widgets.preview import _GROUND

PAIRS = [(theme.name, *pair) for theme in THEMES.values() for pair in dict.fromkeys(theme.text_pairs())]


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("theme", "text", "ground"), PAIRS)
def test_every_text_stands_out_from_its_ground(theme: str, text: str, ground: str) -> None:
    assert contrast(text, ground) >= 4.5, f"{theme}: {text} on {ground} has {contrast(text, ground):.2f}"


@pytest.mark.parametrize("text", ["#ffffff", DARK.good.text, DARK.attention.text, DARK.bad.text, DARK.muted.text])
def test_what_stands_over_the_picture_is_legible_on_its_dark_pill(text: str) -> None:
    # A pill lets a fifth of the picture through; white is the worst picture.
    assert contrast(text, _GROUND) >= 4.5
    over_white = "#3b4045"  # rgb(8, 14, 20) at 200 of 255 over white
    assert contrast(text, over_white) >= 4.5


def test_the_meanings_have_the_colours_that_stay_apart() -> None:
    assert (LIGHT.good.mark, LIGHT.attention.mark, LIGHT.bad.mark) == ("#0b66a8", "#e69f00", "#d55e00")


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_style_sheet_has_every_value_filled_in(theme: Theme) -> None:
    sheet = style_sheet(theme)
    assert "@" not in sheet
    assert sheet.count("{") == sheet.count("}") > 40
    for size in re.findall(r"font-size: (\d+)px", sheet):
        assert int(size) >= 11
