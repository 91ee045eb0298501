"""Following one face from look to look. The clock is an argument: nothing here waits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.evidence.pictures import FaceBox
from teller_assist.pad.continuity import FaceTrack, TrackEvent, overlap
from teller_assist.pad.limits import TrackLimits

LIMITS = TrackLimits(overlap_min=0.15)
LOST_S = 1.0
COORDINATES = st.floats(-500, 1500)
SIDES = st.floats(10, 600)


def box(x_px: float, y_px: float = 100.0, width_px: float = 100.0, height_px: float = 120.0) -> FaceBox:
    return FaceBox(x_px, y_px, width_px, height_px, np.zeros((5, 2), np.float32), 0.9)


def followed(looks: list[FaceBox | None], *, period_s: float = 0.1) -> list[str]:
    track = FaceTrack(LIMITS, face_lost_s=LOST_S)
    return [track.add(look, place * period_s).value for place, look in enumerate(looks)]


A, B = box(100), box(700)


@pytest.mark.parametrize(
    ("looks", "events"),
    [
        ([None, None], ["absent", "absent"]),
        ([A, A], ["started", "kept"]),
        ([None, A, box(110), box(130)], ["absent", "started", "kept", "kept"]),
        ([A, B], ["started", "jumped"]),
        ([A, B, B], ["started", "jumped", "kept"]),
        ([A, None, A], ["started", "kept", "kept"]),
        ([A, *[None] * 9, A], ["started", *["kept"] * 9, "jumped"]),
        ([A, *[None] * 8, A], ["started", *["kept"] * 8, "kept"]),
        ([A, *[None] * 12, A], ["started", *["kept"] * 9, "lost", "absent", "absent", "started"]),
        ([A, None, B], ["started", "kept", "jumped"]),
        ([A, box(100, width_px=300, height_px=360)], ["started", "jumped"]),
    ],
)
def test_what_each_look_does_to_the_track(looks: list[FaceBox | None], events: list[str]) -> None:
    assert followed(looks) == events


def test_a_face_that_walks_across_the_picture_stays_the_same_one() -> None:
    assert followed([box(x) for x in range(0, 1000, 30)])[1:] == ["kept"] * 33


def test_a_gap_between_looks_longer_than_the_limit_ends_the_track_even_in_the_same_place() -> None:
    """The camera stalled: nobody saw whether the person stayed."""
    track = FaceTrack(LIMITS, face_lost_s=LOST_S)
    track.add(A, 0.0)
    assert track.add(A, 1.5) is TrackEvent.JUMPED
    assert (track.number, track.started_s) == (2, 1.5)


def test_a_track_has_a_number_and_a_start() -> None:
    track = FaceTrack(LIMITS, face_lost_s=LOST_S)
    assert (track.number, track.is_followed) == (0, False)
    track.add(A, 3.0)
    track.add(A, 3.1)
    assert (track.number, track.started_s, track.is_followed) == (1, 3.0, True)
    track.add(B, 3.2)
    assert (track.number, track.started_s) == (2, 3.2)
    track.add(None, 4.3)
    assert (track.number, track.is_followed) == (2, False)


@given(COORDINATES, COORDINATES, SIDES, SIDES, COORDINATES, COORDINATES, SIDES, SIDES)
def test_overlap_is_a_share_and_the_same_both_ways(
    x: float, y: float, width: float, height: float, x2: float, y2: float, width2: float, height2: float
) -> None:
    one, other = box(x, y, width, height), box(x2, y2, width2, height2)
    assert 0 <= overlap(one, other) <= 1 + 1e-9
    assert overlap(one, other) == pytest.approx(overlap(other, one))
    assert overlap(one, one) == pytest.approx(1)


def test_overlap_of_halves() -> None:
    assert overlap(box(0), box(50)) == pytest.approx(1 / 3)
    assert overlap(box(0), box(100)) == 0.0


@given(st.lists(st.one_of(st.none(), st.builds(box, COORDINATES)), max_size=30), st.floats(0.02, 0.4))
def test_a_track_starts_before_it_is_kept_and_is_lost_once(looks: list[FaceBox | None], period_s: float) -> None:
    following = False
    for event in followed(looks, period_s=period_s):
        assert following == (event in ("kept", "jumped", "lost"))
        following = event in ("started", "kept", "jumped")
