from __future__ import annotations

import pytest
from PyQt5.QtCore import QRect

from teller_assist.ui.dock.edges import Side, at_edge, strut

FULL_HD = QRect(0, 0, 1920, 1080)
SECOND = QRect(1920, 200, 1280, 1024)  # to the right, lower, smaller


@pytest.mark.parametrize(
    ("side", "width", "place"),
    [
        (Side.RIGHT, 392, QRect(2808, 200, 392, 1024)),
        (Side.LEFT, 392, QRect(1920, 200, 392, 1024)),
        (Side.RIGHT, 48, QRect(3152, 200, 48, 1024)),
    ],
)
def test_a_place_at_an_edge(side: Side, width: int, place: QRect) -> None:
    assert at_edge(SECOND, side, width) == place


@pytest.mark.parametrize(
    ("screens", "side", "place", "reserved"),
    [
        ([FULL_HD], Side.RIGHT, QRect(1528, 0, 392, 1080), {1: 392, 6: 0, 7: 1079}),
        ([FULL_HD], Side.LEFT, QRect(0, 0, 48, 1080), {0: 48, 4: 0, 5: 1079}),
        ([FULL_HD, SECOND], Side.RIGHT, QRect(2808, 200, 392, 1024), {1: 392, 6: 200, 7: 1223}),
        # A screen that ends left of the root window's edge: what lies beyond it is reserved, too.
        ([FULL_HD, QRect(0, 1080, 1600, 900)], Side.RIGHT, QRect(1208, 1080, 392, 900), {1: 712, 6: 1080, 7: 1979}),
    ],
    ids=["right", "left", "second screen", "shorter second screen"],
)
def test_what_a_strut_reserves(screens: list[QRect], side: Side, place: QRect, reserved: dict[int, int]) -> None:
    assert strut(screens, place, side) == tuple(reserved.get(index, 0) for index in range(12))
