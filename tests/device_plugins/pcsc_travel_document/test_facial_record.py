"""Portraits of data group 2, and everything that is none."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem

from device_plugins.pcsc_travel_document.facial_record import facial_image
from teller_assist.demonstration.stand_ins.data_objects import data_object
from teller_assist.demonstration.stand_ins.passport_content import portrait_group
from tests.stand_ins.passports import jpeg, jpeg_2000

SEED, FUZZED_BUFFERS = 20261201, 200_000


def template(block: bytes, tag: int = 0x5F2E) -> bytes:
    """Return data group 2 around one biometric data block."""
    inside = data_object(0x02, b"\x01") + data_object(0x7F60, data_object(0xA1, b"") + data_object(tag, block))
    return data_object(0x75, data_object(0x7F61, inside))


def record(image: bytes, points: int = 0, faces: int = 1) -> bytes:
    """Return a facial record (ISO/IEC 19794-5)."""
    face = bytes(14) + bytes(8 * points) + bytes(12) + image
    face = (6 + len(face)).to_bytes(4, "big") + points.to_bytes(2, "big") + face
    return b"FAC\x00010\x00" + (14 + len(face)).to_bytes(4, "big") + faces.to_bytes(2, "big") + face


def test_both_formats_come_out_as_they_went_in() -> None:
    assert (facial_image(portrait_group(jpeg())).file_format, facial_image(portrait_group(jpeg())).content) == ("jpeg", jpeg())
    found = facial_image(portrait_group(jpeg_2000()))
    assert (found.file_format, found.content) == ("jpeg2000", jpeg_2000())


def test_a_bare_codestream_is_jpeg_2000() -> None:
    assert facial_image(template(record(b"\xff\x4f\xff\x51rest"))).file_format == "jpeg2000"


@pytest.mark.parametrize("tag", [0x5F2E, 0x7F2E])
def test_feature_points_are_passed_over(tag: int) -> None:
    assert facial_image(template(record(b"\xff\xd8\xffrest", points=3), tag)).content == b"\xff\xd8\xffrest"


def test_the_first_of_several_faces_counts() -> None:
    assert facial_image(portrait_group(jpeg(), jpeg_2000())).content == jpeg()
    two = record(b"\xff\xd8\xffone", faces=2) + record(b"\xff\xd8\xfftwo")[14:]
    assert facial_image(template(two)).content == b"\xff\xd8\xffone"


def test_a_template_of_something_else_is_passed_over() -> None:
    other = data_object(0x7F60, data_object(0x5F2E, b"FMR\0 20\0"))
    face = data_object(0x7F60, data_object(0x5F2E, record(b"\xff\xd8\xffrest")))
    assert facial_image(data_object(0x75, data_object(0x7F61, data_object(0x02, b"\x02") + other + face))).file_format == "jpeg"


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (data_object(0x75, data_object(0x7F61, data_object(0x02, b"\x00"))), "DG2: no biometric template"),
        (data_object(0x61, b""), "DG2: no biometric template"),
        (template(b"\xa1\x03\x80\x01\x03"), "DG2: a facial record of an unknown format"),
        (template(record(b"", faces=0)), "DG2: a facial record without a face"),
        (template(record(b"\xff\xd8\xff")[:-5]), "DG2: a facial record cut off"),
        (template(record(b"GIF89a")), "DG2: neither JPEG nor JPEG 2000"),
        (template(record(b"\xff\xd8\xff", points=0)[:20]), "DG2: a facial record cut off"),
    ],
)
def test_what_is_no_portrait_is_named(content: bytes, hint: str) -> None:
    with pytest.raises(DeviceProblem, match="card_unreadable") as caught:
        facial_image(content)
    assert caught.value.hint == hint


def test_a_picture_never_prints() -> None:
    assert repr(facial_image(template(record(b"\xff\xd8\xffrest")))) == "FacialImage(jpeg, 7 bytes)"


@given(st.binary(max_size=200), st.binary(max_size=60))
def test_no_bytes_break_it(content: bytes, block: bytes) -> None:
    read_or_refuse(content)
    read_or_refuse(template(b"FAC\0" + block))


@pytest.mark.full
def test_no_fuzzed_group_breaks_it() -> None:
    rng = random.Random(SEED)  # noqa: S311 (no secret)
    whole = template(record(b"\xff\xd8\xff" + bytes(60), points=2))
    for _ in range(FUZZED_BUFFERS):
        content = bytearray(whole)
        for _ in range(rng.randrange(6)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        read_or_refuse(bytes(content[: rng.randrange(len(content)) or None] if rng.randrange(4) == 0 else content))


def read_or_refuse(content: bytes) -> None:
    try:
        image = facial_image(content)
    except DeviceProblem:
        return
    assert image.file_format in ("jpeg", "jpeg2000")
