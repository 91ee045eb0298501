"""Pictures are whole or none, wherever they are cut; previews are small."""

from __future__ import annotations

import random

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem

from device_plugins.scanner_service.jpeg import LARGEST_PICTURE_BYTES, PictureCutter, preview_of, whole_jpeg

FUZZED_BUFFERS = 200_000


def jpeg(width: int = 64, height: int = 48, shade: int = 90) -> bytes:
    pixels = np.full((height, width, 3), (shade, 120, 200), np.uint8)
    cv2.circle(pixels, (width // 2, height // 2), height // 4, (20, 20, 20), -1)
    return cv2.imencode(".jpg", pixels)[1].tobytes()


PICTURES = [jpeg(shade=shade) for shade in (10, 90, 200)]


@given(cut=st.integers(1, 700), between=st.lists(st.binary(max_size=30), min_size=3, max_size=3))
def test_pictures_are_cut_out_however_the_stream_is_cut(cut: int, between: list[bytes]) -> None:
    stream = b"".join(noise.replace(b"\xff", b"") + picture for noise, picture in zip(between, PICTURES, strict=True))
    cutter = PictureCutter()
    found = [picture for at in range(0, len(stream), cut) for picture in cutter.pictures(stream[at : at + cut])]
    assert found == PICTURES
    assert cutter.dropped == 0


def test_half_a_picture_is_dropped_and_the_next_one_found() -> None:
    cutter = PictureCutter()
    half = PICTURES[0][:200]
    assert cutter.pictures(half + PICTURES[1] + PICTURES[2])[-1] == PICTURES[2]
    assert cutter.dropped >= 1


def test_a_picture_without_end_is_not_waited_for_forever() -> None:
    cutter = PictureCutter()
    endless = PICTURES[0][:-2] + bytes(LARGEST_PICTURE_BYTES)
    assert cutter.pictures(endless) == []
    assert cutter.pictures(PICTURES[1]) == [PICTURES[1]]


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xd8\xff", PICTURES[0][:-2], PICTURES[0][: len(PICTURES[0]) // 2], b"GIF89a" + bytes(50), b"\xff\xd8\xff\xd9"],
)
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    with pytest.raises(DeviceProblem) as caught:
        whole_jpeg(content, "the picture")
    assert (caught.value.code, caught.value.hint) == ("plugin_failed", "the picture: not a whole JPEG picture")


def test_a_picture_too_large_for_an_answer_says_what_to_do() -> None:
    padded = PICTURES[0][:2] + (b"\xff\xfe\xff\xff" + bytes(65_533)) * 92 + PICTURES[0][2:]
    with pytest.raises(DeviceProblem, match="plugin_failed") as caught:
        whole_jpeg(padded, "the picture")
    assert "lower resolution" in caught.value.hint


@pytest.mark.parametrize(("size", "wanted"), [((640, 480), (640, 480)), ((2592, 1944), (1280, 960)), ((1200, 1600), (960, 1280))])
def test_a_preview_is_small_and_blue_green_red(size: tuple[int, int], wanted: tuple[int, int]) -> None:
    width, height, pixels = preview_of(jpeg(*size))
    assert (width, height) == wanted
    corner = np.frombuffer(pixels, np.uint8).reshape(height, width, 3)[:40, :40].mean(axis=(0, 1))
    assert corner == pytest.approx([90, 120, 200], abs=4)


def test_a_grey_preview_has_three_colours_as_well() -> None:
    grey = cv2.imencode(".jpg", np.full((48, 64), 77, np.uint8))[1].tobytes()
    assert len(preview_of(grey)[2]) == 64 * 48 * 3


def test_a_header_that_claims_a_huge_size_is_refused_before_it_is_decoded() -> None:
    bomb = bytearray(PICTURES[0])
    at = bomb.index(b"\xff\xc0")
    bomb[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    with pytest.raises(DeviceProblem, match="plugin_failed"):
        preview_of(bytes(bomb))


@pytest.mark.full
def test_200000_fuzzed_pieces_end_without_an_exception_and_without_growth() -> None:
    chance = random.Random(1)  # noqa: S311 (no secret)
    cutter = PictureCutter()
    for _ in range(FUZZED_BUFFERS):
        piece = bytearray(chance.choice(PICTURES))
        for _ in range(chance.randrange(4)):
            piece[chance.randrange(len(piece))] = chance.choice((0xFF, 0xD8, 0xD9, 0xDA, 0x00, chance.randrange(256)))
        for picture in cutter.pictures(bytes(piece[: chance.randrange(len(piece) + 1)])):
            assert whole_jpeg(picture, "it") == picture
        assert len(cutter._waiting) <= LARGEST_PICTURE_BYTES + 65_536


@pytest.mark.full
def test_20000_damaged_previews_are_pixels_or_a_problem() -> None:
    chance = random.Random(2)  # noqa: S311 (no secret)
    outcomes = set()
    for _ in range(20_000):
        damaged = bytearray(PICTURES[1])
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            width, height, pixels = preview_of(bytes(damaged))
            assert len(pixels) == width * height * 3
            outcomes.add("pixels")
        except DeviceProblem as problem:
            outcomes.add(problem.code)
    assert outcomes == {"pixels", "plugin_failed"}
