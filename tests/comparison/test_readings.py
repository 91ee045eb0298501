from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.comparison.readings import odds, ticks, told_share


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (1e-4, "about 1 in 10,000"),
        (1.01e-4, "about 1 in 9,900"),
        (3.1e-5, "about 1 in 32,000"),
        (1 / 123_456, "about 1 in 120,000"),
        (0.03, "about 1 in 33"),
        (0.099, "about 1 in 10"),
        (0.1, "about 10 in 100"),
        (0.534, "about 53 in 100"),
        (0.999, "about 99 in 100"),
        (1.0, "about 99 in 100"),
        (0.0, "none"),
    ],
)
def test_a_share_is_told_as_one_in_n_or_n_in_a_hundred(share: float, told: str) -> None:
    assert told_share(share).en == told


@given(st.floats(1e-12, 0.0999))
def test_one_in_n_never_tells_a_smaller_share(share: float) -> None:
    n = float(told_share(share).en.removeprefix("about 1 in ").replace(",", ""))
    assert 1 / n >= share * (1 - 1e-9)
    assert n >= 0.9 / share - 1e-6, "two digits are no further off than a tenth"


@given(st.floats(1e-12, 0.0999), st.floats(1e-12, 0.0999))
def test_a_smaller_share_never_has_the_smaller_n(one: float, other: float) -> None:
    smaller, larger = (float(told_share(share).en.removeprefix("about 1 in ").replace(",", "")) for share in sorted((one, other)))
    assert smaller >= larger


@pytest.mark.parametrize(
    ("power", "written"), [(0, "1:1"), (1, "10:1"), (3, "1,000:1"), (6, "1,000,000:1"), (-1, "1:10"), (-3, "1:1,000")]
)
def test_powers_of_ten_read_as_odds(power: int, written: str) -> None:
    assert odds(power) == written


@pytest.mark.parametrize(
    ("low", "high", "powers"),
    [
        (-6.9, 6.9, (-2, -1, 0, 1, 2)),
        (-7.0, 7.0, (-2, 0, 2)),
        (-9.5, 10.5, (-4, -2, 0, 2, 4)),
        (-14.0, 16.0, (-6, -3, 0, 3, 6)),
        (0.5, 5.0, (1, 2)),
        (-1.0, 1.0, (0,)),
        (-40.0, 40.0, (-10, 0, 10)),
    ],
)
def test_an_axis_has_few_ticks_and_one_to_one_is_among_them(low: float, high: float, powers: tuple[int, ...]) -> None:
    assert ticks(low, high) == powers
