"""The photo block made a picture: the stand-in's WebP, a maker's library built here with gcc, and whatever else comes."""

from __future__ import annotations

import hashlib
import io
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from teller_assist_sdk import DeviceProblem

from device_plugins.sam_serial_id_reader.bitmap import BITMAP_BYTES, bitmap, checked_bitmap
from device_plugins.sam_serial_id_reader.photo import TestWebpDecoder, photo_decoder, portrait_of
from teller_assist.demonstration.drawn_faces import LOOKS, drawn_person
from tests.stand_ins.sam_cards import drawn_photo

FUZZED_BUFFERS = 200_000
BLOCK = bytes([200, 30, 0]) + bytes(1021)


@pytest.fixture
def file_settings(memory_settings: dict[str, Any]) -> dict[str, Any]:
    return memory_settings | {"photo_decoder": "vendor_file", "photo_function": "GetBmp", "photo_key": 2}


def pixels_of(content: bytes) -> Any:
    """uint8, shape (126, 102, 3), RGB."""
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.size) == ("BMP", (102, 126))
        return np.asarray(image.convert("RGB"))


def test_a_bitmap_is_what_every_maker_writes_and_keeps_rows_and_colours() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (126, 102, 3), np.uint8)
    written = bitmap(pixels.tobytes())
    assert len(written) == BITMAP_BYTES == 38_862
    assert (pixels_of(written) == pixels[:, :, ::-1]).all()
    assert checked_bitmap(written) is written


def test_the_stand_ins_photo_is_the_drawn_person_and_its_orientation_is_not_claimed() -> None:
    portrait = portrait_of(drawn_photo(), TestWebpDecoder())
    drawn = drawn_person(102, 126, LOOKS[0])[:, :, ::-1].astype(float)
    assert np.abs(pixels_of(portrait["data"]) - drawn).mean() < 12
    assert (portrait["format"], portrait["orientation_known"]) == ("bmp", False)


def test_a_webp_of_another_size_is_no_portrait() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (103, 126)).save(stream, "WEBP")
    with pytest.raises(DeviceProblem, match="card_unreadable"):
        TestWebpDecoder().decode(stream.getvalue().ljust(1024, b"\0"))


@given(st.binary(max_size=1100))
def test_any_bytes_are_a_portrait_or_an_unreadable_card(block: bytes) -> None:
    assert_decoded_or_refused(block)


@pytest.mark.full
def test_200000_fuzzed_photo_blocks_are_decoded_or_refused() -> None:
    chance, seed = random.Random(4), drawn_photo()  # noqa: S311 (no secret)
    for _ in range(FUZZED_BUFFERS):
        block = bytearray(seed)
        for _ in range(chance.randrange(1, 12)):
            block[chance.randrange(64 if chance.random() < 0.9 else len(block))] = chance.randrange(256)
        assert_decoded_or_refused(bytes(block[: chance.randrange(1025)] if chance.random() < 0.1 else block))


def assert_decoded_or_refused(block: bytes) -> None:
    try:
        portrait = portrait_of(block, TestWebpDecoder())
    except DeviceProblem as problem:
        assert_unreadable(problem)
    else:
        assert len(portrait["data"]) == BITMAP_BYTES


def assert_unreadable(problem: DeviceProblem) -> None:
    assert problem.code == "card_unreadable"


@pytest.mark.parametrize(("order", "rgb"), [("bgr", [30, 0, 200]), ("rgb", [200, 0, 30])])
def test_a_makers_library_decodes_from_memory(memory_settings: dict[str, Any], order: str, rgb: list[int]) -> None:
    decoded = photo_decoder(memory_settings | {"photo_colour_order": order}).decode(BLOCK)
    assert (pixels_of(decoded) == rgb).all()


def test_a_makers_library_decodes_by_files_and_leaves_none(
    file_settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    decoder = photo_decoder(file_settings)
    assert (pixels_of(decoder.decode(BLOCK)) == [30, 0, 200]).all()
    for ending in (1, 3):  # a return code, and a bitmap of another size
        with pytest.raises(DeviceProblem, match="card_unreadable"):
            decoder.decode(bytes([0, 0, ending]) + bytes(1021))
    assert list(tmp_path.iterdir()) == []


def test_a_return_code_of_the_library_is_told(memory_settings: dict[str, Any]) -> None:
    with pytest.raises(DeviceProblem) as caught:
        photo_decoder(memory_settings).decode(bytes([0, 0, 1]) + bytes(1021))
    assert (caught.value.code, caught.value.hint) == ("card_unreadable", "photo library: return code -1")


@pytest.mark.parametrize(
    "changed",
    [
        {"photo_library": "/there/is/no/such/library.so"},
        {"photo_library_sha256": "0" * 64},
        {"photo_library_sha256": ""},
        {"photo_function": "unpick"},
        {"photo_function": ""},
    ],
    ids=["absent", "other_file", "no_sha256", "no_function", "no_name"],
)
def test_a_library_that_nobody_answers_for_or_that_is_none_is_not_used(
    memory_settings: dict[str, Any], changed: dict[str, Any]
) -> None:
    with pytest.raises(DeviceProblem) as caught:
        photo_decoder(memory_settings | changed)
    assert caught.value.code == "plugin_failed"


def test_a_file_that_is_no_library_is_not_used(memory_settings: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "no_library.so"
    path.write_bytes(b"MZ" + bytes(100))
    pointed = {"photo_library": str(path), "photo_library_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    with pytest.raises(DeviceProblem) as caught:
        photo_decoder(memory_settings | pointed)
    assert caught.value.code == "plugin_failed"
