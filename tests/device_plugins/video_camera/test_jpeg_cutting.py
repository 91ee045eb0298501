"""Whole pictures come out of any stream of bytes; nothing else does, and nothing breaks."""

from __future__ import annotations

import random
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from device_plugins.video_camera.jpeg_cutting import LARGEST_PICTURE_BYTES, JpegCutter

SEED = 20261201


def jpeg(shade: int, **options: object) -> bytes:
    file = BytesIO()
    Image.effect_noise((48, 32), 60 + shade).convert("RGB").save(file, "JPEG", **options)
    return file.getvalue()


PICTURES = [jpeg(0), jpeg(1, progressive=True), jpeg(2, quality=95, restart_marker_blocks=1), jpeg(3, comment=b"made up")]


def cut(stream: bytes, pieces: list[int]) -> list[bytes]:
    cutter, found = JpegCutter(), []
    for size in pieces:
        found += cutter.pictures(stream[:size])
        stream = stream[size:]
    return found + cutter.pictures(stream)


@given(
    st.lists(st.sampled_from(PICTURES), max_size=5),
    st.binary(max_size=60).filter(lambda noise: b"\xff" not in noise),
    st.lists(st.integers(1, 900), max_size=30),
)
def test_every_whole_picture_is_found_once_however_the_bytes_arrive(
    pictures: list[bytes], noise: bytes, pieces: list[int]
) -> None:
    stream = noise + b"".join(picture + noise for picture in pictures)
    assert cut(stream, pieces) == pictures


@pytest.mark.parametrize("picture", PICTURES)
def test_one_byte_at_a_time(picture: bytes) -> None:
    assert cut(b"--frame\r\n" + picture, [1] * len(picture)) == [picture]


def test_a_preview_inside_a_picture_is_no_picture_of_its_own() -> None:
    thumbnail, picture = PICTURES[0], PICTURES[2]
    inside = b"Exif\0\0" + thumbnail
    whole = picture[:2] + b"\xff\xe1" + (len(inside) + 2).to_bytes(2, "big") + inside + picture[2:]
    assert cut(whole, []) == [whole]


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_that_is_cut_off_spoils_one_at_most_and_the_next_ones_are_found(picture: bytes) -> None:
    head = b"\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n"
    stitched = 0
    for length in range(3, len(picture)):
        found = cut(picture[:length] + (head + PICTURES[1]) * 6, [])
        # Cut inside a segment, it goes on in a following one where that segment's length happens to end at a marker there.
        foreign = [one for one in found if one != PICTURES[1]]
        assert found[-1] == PICTURES[1]
        assert len(foreign) <= 1
        assert all(one.startswith(picture[:length]) for one in foreign)
        stitched += len(foreign)
    assert stitched < len(picture) / 40


def test_a_picture_whose_inside_was_overwritten_is_dropped() -> None:
    rng = random.Random(SEED)  # noqa: S311 (made-up damage, no secret)
    picture = jpeg(9, quality=95)
    damaged = picture[:800] + b"\xff\x35" + rng.randbytes(60) + picture[862:]
    cutter = JpegCutter()
    assert cutter.pictures(damaged + PICTURES[0]) == [PICTURES[0]]
    assert cutter.dropped >= 1


def test_a_picture_without_end_is_given_up_at_its_limit() -> None:
    cutter = JpegCutter()
    endless = PICTURES[0][:-2]
    assert cutter.pictures(endless) == []
    for _ in range(LARGEST_PICTURE_BYTES // 1_000_000 + 1):
        assert cutter.pictures(bytes(1_000_000)) == []
    assert cutter.dropped == 1
    assert cutter.pictures(PICTURES[1]) == [PICTURES[1]]


@given(st.lists(st.binary(max_size=400), max_size=10))
def test_no_bytes_break_it(received: list[bytes]) -> None:
    cutter = JpegCutter()
    for piece in received:
        for picture in cutter.pictures(piece):
            assert picture.startswith(b"\xff\xd8\xff")
            assert picture.endswith(b"\xff\xd9")


@pytest.mark.full
def test_no_fuzzed_stream_breaks_it() -> None:
    rng = random.Random(SEED)  # noqa: S311 (made-up damage, no secret)
    cutter = JpegCutter()
    for _ in range(200_000):
        picture = bytearray(rng.choice(PICTURES))
        for _ in range(rng.randrange(4)):
            picture[rng.randrange(len(picture))] = rng.choice((0, 0xFF, 0xD8, 0xD9, rng.randrange(256)))
        start = rng.randrange(len(picture))
        for found in cutter.pictures(bytes(picture[start : start + rng.randrange(1500)])):
            assert (found[:3], found[-2:]) == (b"\xff\xd8\xff", b"\xff\xd9")
