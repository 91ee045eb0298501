"""What the settings say, as values that a backend's options take."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem

from device_plugins.sane_scanner.options import apply, converted, read_pairs

FUZZED_TEXTS = 200_000
BOOL, INT, FIXED, STRING, BUTTON = range(5)
SETTINGS = {"source": "", "mode": "Color", "resolution_dpi": 300, "width_mm": 0, "height_mm": 0, "options": ""}


def option(kind: int, allowed: Any = None, size: int = 4, unit: int = 0, active: bool = True) -> Any:
    return SimpleNamespace(
        type=kind, constraint=allowed, size=size, unit=unit, is_active=lambda: active, is_settable=lambda: True
    )


class Handle:
    """An opened scanner with some options; keeps what is set."""

    taken: dict[str, Any]

    def __init__(self, **opt: Any) -> None:
        self.__dict__["opt"] = opt
        self.__dict__["taken"] = {}

    def __setattr__(self, name: str, value: Any) -> None:
        self.taken[name] = value


@pytest.mark.parametrize(
    ("one", "text", "value"),
    [
        (option(BOOL), "yes", 1),
        (option(BOOL), "False", 0),
        (option(INT), "-7", -7),
        (option(INT, (0, 100, 5)), "35", 35),
        (option(INT, [75, 150, 300, 600]), "200", 150),
        (option(INT, [75, 150, 300, 600]), "9999", 600),
        (option(FIXED, (0.0, 215.9, 0.0)), "85.6", 85.6),
        (option(STRING, size=20), "any text", "any text"),
        (option(STRING, ["Color", "Gray"]), "color", "Color"),
        (option(STRING, ["24bit Color", "True Gray"]), "Color", "24bit Color"),
        (option(STRING, ["Flatbed", "Automatic Document Feeder"]), "feeder", "Automatic Document Feeder"),
    ],
)
def test_a_value_becomes_what_the_option_takes(one: Any, text: str, value: object) -> None:
    taken = converted(one, text)
    assert (taken, type(taken)) == (value, type(value))


@pytest.mark.parametrize(
    ("one", "text", "allowed"),
    [
        (option(BOOL), "2", "yes or no"),
        (option(INT), "300.5", "a number"),
        (option(INT), str(2**31), "-2147483647 to 2147483647"),
        (option(INT, (0, 100, 5)), "101", "0 to 100"),
        (option(FIXED), "nan", "-32767 to 32767"),
        (option(FIXED), "wide", "a number"),
        (option(INT, size=1024), "1", "an option of several values"),
        (option(BUTTON), "1", "an option without a value"),
        (option(STRING, ["Color", "Gray"]), "Lineart", "Color, Gray"),
        (option(STRING, ["Color", "Color Negative"]), "col", "Color, Color Negative"),
        (option(STRING, ["Color", "Gray"]), "", "Color, Gray"),
    ],
)
def test_another_value_is_refused_with_what_is_allowed(one: Any, text: str, allowed: str) -> None:
    with pytest.raises(ValueError, match=f"^{allowed}$"):
        converted(one, text)


def test_pairs_are_read_in_their_order_and_names_as_python_has_them() -> None:
    assert read_pairs(" brightness=10; custom-gamma = yes ;; title=a=b") == [
        ("brightness", "10"),
        ("custom_gamma", "yes"),
        ("title", "a=b"),
    ]


@pytest.mark.parametrize("text", ["brightness", "=10", "a b=1", "a=1;b", "__class__ x=1"])
def test_what_is_no_pair_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no NAME=VALUE"):
        read_pairs(text)


@given(st.text(max_size=60))
def test_any_text_is_pairs_of_names_or_refused(text: str) -> None:
    try:
        pairs = read_pairs(text)
    except ValueError:
        return
    assert all(name.isidentifier() for name, _ in pairs)


@given(st.sampled_from([BOOL, INT, FIXED, STRING, BUTTON, 5, 99]), st.text(max_size=12) | st.floats().map(str))
def test_any_value_is_one_that_fits_or_refused(kind: int, text: str) -> None:
    try:
        value = converted(option(kind), text)
    except ValueError:
        return
    assert isinstance(value, str) or abs(value) < 2**31


@pytest.mark.full
def test_200000_fuzzed_texts_are_pairs_or_refused_and_their_values_fit_or_are_refused() -> None:
    random = Random(49)  # noqa: S311
    alphabet = "ab-_=;;== .019eE+\x00\u4e2d\ud800nif"
    kinds = [option(BOOL), option(INT), option(INT, (0, 100, 1)), option(INT, [1, 9]), option(FIXED), option(STRING, ["a", "ab"])]
    for _ in range(FUZZED_TEXTS):
        try:
            pairs = read_pairs("".join(random.choices(alphabet, k=random.randrange(24))))
        except ValueError:
            continue
        for _name, text in pairs:
            with suppress(ValueError):
                value = converted(random.choice(kinds), text)
                assert isinstance(value, str) or abs(value) < 2**31


def test_the_source_is_set_first_because_it_changes_what_the_others_allow_and_the_depth_is_eight_bits() -> None:
    handle = Handle(
        source=option(STRING, ["Flatbed", "ADF"]),
        mode=option(STRING, ["Gray", "Color"]),
        resolution=option(INT, [75, 300]),
        depth=option(INT, [1, 8, 16]),
        brightness=option(INT, (-100, 100, 1)),
    )
    apply(handle, {**SETTINGS, "source": "ADF", "options": "brightness=10"})
    assert list(handle.taken.items()) == [
        ("source", "ADF"),
        ("mode", "Color"),
        ("resolution", 300),
        ("depth", 8),
        ("brightness", 10),
    ]


def test_the_area_is_set_from_the_corner_in_mm() -> None:
    handle = Handle(**{name: option(FIXED, (0.0, 300.0, 0.0), unit=3) for name in ("tl_x", "tl_y", "br_x", "br_y")})
    apply(handle, {**SETTINGS, "width_mm": 85.6, "height_mm": 54})
    assert handle.taken == {"tl_x": 0.0, "br_x": 85.6, "tl_y": 0.0, "br_y": 54.0}


def test_a_depth_that_cannot_be_set_is_left_alone() -> None:
    handle = Handle(depth=option(INT, [8], active=False))
    apply(handle, SETTINGS)
    assert handle.taken == {}


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({"options": "no_such=1"}, "no_such: no such option"),
        ({"options": "nothing"}, "options: no NAME=VALUE"),
        ({"source": "ADF"}, "source: no such option"),
        ({"mode": "Lineart"}, "mode: Color, Gray"),
        ({"width_mm": 100}, "width_mm: this scanner does not measure in mm"),
    ],
)
def test_a_setting_that_the_scanner_has_not_is_named(settings: dict[str, Any], hint: str) -> None:
    handle = Handle(mode=option(STRING, ["Color", "Gray"]), tl_x=option(INT, unit=1), br_x=option(INT, unit=1))
    with pytest.raises(DeviceProblem) as caught:
        apply(handle, {**SETTINGS, **settings})
    assert (caught.value.code, caught.value.hint) == ("plugin_failed", hint)
