from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from teller_assist.errors import PictureError
from teller_assist.evidence.pictures import Picture
from teller_assist.pictures.decode import PictureLimits, decode_picture

Encode = Callable[..., bytes]
RED, GREEN, BLUE, WHITE = (0, 0, 255), (0, 255, 0), (255, 0, 0), (255, 255, 255)  # BGR


def corners(picture: Picture) -> list[tuple[int, ...]]:
    """Top left, top right, bottom left, bottom right."""
    inset_px = 6
    return [tuple(picture.pixels[y, x].tolist()) for y in (inset_px, -inset_px) for x in (inset_px, -inset_px)]


def assert_alike(found: Sequence[tuple[int, ...]], expected: Sequence[tuple[int, ...]], tolerance: int = 6) -> None:
    assert np.abs(np.array(found) - np.array(expected)).max() <= tolerance, found


@pytest.mark.parametrize(
    ("file_format", "options"),
    [
        ("JPEG", {"quality": 95, "subsampling": 0}),
        ("PNG", {}),
        ("BMP", {}),
        ("WEBP", {"lossless": True}),
        ("JPEG2000", {}),
        ("JPEG2000", {"no_jp2": True}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
    ],
)
def test_accepted_formats_become_upright_bgr(
    file_format: str, options: dict[str, object], encode: Encode, quarters: Image.Image, limits: PictureLimits
) -> None:
    picture = decode_picture(encode(quarters, file_format, **options), role="probe", limits=limits)
    assert (picture.file_format, picture.role, picture.width_px, picture.height_px) == (file_format, "probe", 48, 32)
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.flags.c_contiguous
    assert_alike(corners(picture), [RED, GREEN, BLUE, WHITE])


def test_pixels_cannot_be_written(encode: Encode, quarters: Image.Image, limits: PictureLimits) -> None:
    for image in (quarters, quarters.convert("L"), Image.new("I;16", (16, 16), 5000)):
        pixels = decode_picture(encode(image, "PNG"), role="probe", limits=limits).pixels
        with pytest.raises(ValueError, match="read-only"):
            pixels[0, 0, 0] = 1


# EXIF 3.0, tag 274: what the stored first row and column are in the scene.
ORIENTATIONS = {
    1: [RED, GREEN, BLUE, WHITE],
    2: [GREEN, RED, WHITE, BLUE],
    3: [WHITE, BLUE, GREEN, RED],
    4: [BLUE, WHITE, RED, GREEN],
    5: [RED, BLUE, GREEN, WHITE],
    6: [BLUE, RED, WHITE, GREEN],
    7: [WHITE, GREEN, BLUE, RED],
    8: [GREEN, WHITE, RED, BLUE],
}


@pytest.mark.parametrize(
    ("file_format", "options"), [("JPEG", {"quality": 95}), ("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {})]
)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_orientation_is_applied(
    orientation: int, file_format: str, options: dict[str, object], encode: Encode, quarters: Image.Image, limits: PictureLimits
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode_picture(encode(quarters, file_format, exif=exif, **options), role="probe", limits=limits)
    assert (picture.width_px, picture.height_px) == ((48, 32) if orientation < 5 else (32, 48))
    assert_alike(corners(picture), ORIENTATIONS[orientation], tolerance=20)


@pytest.mark.parametrize("orientation", [0, 9, 255, 65535])
def test_an_impossible_orientation_counts_as_upright(
    orientation: int, encode: Encode, quarters: Image.Image, limits: PictureLimits
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode_picture(encode(quarters, "JPEG", exif=exif, quality=95), role="probe", limits=limits)
    assert_alike(corners(picture), ORIENTATIONS[1], tolerance=20)


def test_damaged_exif_does_not_cost_the_picture(encode: Encode, quarters: Image.Image, limits: PictureLimits) -> None:
    for exif in (b"Exif\0\0nonsense", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0"):
        picture = decode_picture(encode(quarters, "JPEG", exif=exif, quality=95), role="probe", limits=limits)
        assert_alike(corners(picture), ORIENTATIONS[1], tolerance=20)


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "TIFF", "JPEG2000"])
def test_transparency_is_laid_on_white(file_format: str, encode: Encode, quarters: Image.Image, limits: PictureLimits) -> None:
    image = quarters.convert("RGBA")
    image.putalpha(128)
    options = {"lossless": True} if file_format == "WEBP" else {}
    picture = decode_picture(encode(image, file_format, **options), role="probe", limits=limits)
    assert_alike(corners(picture), [(127, 127, 255), (127, 255, 127), (255, 127, 127), WHITE])


def test_a_transparent_palette_colour_becomes_white(encode: Encode, limits: PictureLimits) -> None:
    image = Image.new("P", (16, 16), 0)
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.paste(1, (8, 0, 16, 16))
    picture = decode_picture(encode(image, "PNG", transparency=0), role="probe", limits=limits)
    assert corners(picture) == [WHITE, (60, 50, 40), WHITE, (60, 50, 40)]


def test_cmyk_greyscale_and_palette_keep_their_colours(encode: Encode, quarters: Image.Image, limits: PictureLimits) -> None:
    for data in (
        encode(quarters.convert("CMYK"), "JPEG", quality=98),
        encode(quarters.convert("CMYK"), "TIFF"),
        encode(quarters.convert("P"), "PNG"),
    ):
        assert_alike(corners(decode_picture(data, role="probe", limits=limits)), [RED, GREEN, BLUE, WHITE], tolerance=12)
    grey = decode_picture(encode(quarters.convert("L"), "PNG"), role="probe", limits=limits)
    assert corners(grey) == [(76,) * 3, (150,) * 3, (29,) * 3, (255,) * 3]


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "JPEG2000"])
def test_sixteen_bits_keep_their_upper_eight(file_format: str, encode: Encode, limits: PictureLimits) -> None:
    image = Image.fromarray(np.full((16, 16), 0x8034, np.uint16))
    picture = decode_picture(encode(image, file_format), role="probe", limits=limits)
    assert np.unique(picture.pixels).tolist() == [0x80]


def test_an_mpo_gives_its_first_picture(encode: Encode, quarters: Image.Image, limits: PictureLimits) -> None:
    second = quarters.transpose(Image.Transpose.ROTATE_180)
    picture = decode_picture(
        encode(quarters, "MPO", save_all=True, append_images=[second], quality=95), role="probe", limits=limits
    )
    assert picture.file_format == "JPEG"
    assert_alike(corners(picture), [RED, GREEN, BLUE, WHITE], tolerance=20)


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "TIFF", "GIF"])
def test_several_frames_or_pages_are_refused(
    file_format: str, encode: Encode, quarters: Image.Image, limits: PictureLimits
) -> None:
    data = encode(quarters, file_format, save_all=True, append_images=[quarters.rotate(90)])
    with pytest.raises(PictureError) as caught:
        decode_picture(data, role="reference", limits=limits)
    assert caught.value.reason == "format_unsupported"
    assert caught.value.facts["found"] == ("GIF" if file_format == "GIF" else "several_frames")


@pytest.mark.parametrize("file_format", ["GIF", "PDF", "AVIF", "ICO", "PPM", "TGA", "PCX", "SGI", "DDS", "ICNS", "EPS"])
def test_formats_that_pillow_could_read_are_refused(
    file_format: str, encode: Encode, quarters: Image.Image, limits: PictureLimits
) -> None:
    with pytest.raises(PictureError) as caught:
        decode_picture(encode(quarters, file_format), role="probe", limits=limits)
    assert caught.value.reason == "format_unsupported"


@pytest.mark.parametrize("mode", ["I", "F", "LAB"])
def test_sample_types_that_are_no_photograph_are_refused(
    mode: str, encode: Encode, quarters: Image.Image, limits: PictureLimits
) -> None:
    with pytest.raises(PictureError) as caught:
        decode_picture(encode(quarters.convert("L" if mode == "I" else "RGB").convert(mode), "TIFF"), role="probe", limits=limits)
    assert (caught.value.reason, caught.value.facts["found"]) == ("format_unsupported", f"mode_{mode}")


def test_limits_are_inclusive(encode: Encode, quarters: Image.Image) -> None:
    data = encode(quarters, "PNG")
    exact = PictureLimits(max_bytes=len(data), max_pixels=48 * 32)
    assert decode_picture(data, role="probe", limits=exact).width_px == 48
    for tight in (PictureLimits(len(data) - 1, 48 * 32), PictureLimits(len(data), 48 * 32 - 1)):
        with pytest.raises(PictureError) as caught:
            decode_picture(data, role="probe", limits=tight)
        assert caught.value.reason == "file_too_large"


def test_a_side_of_fewer_than_eight_pixels_is_too_small(encode: Encode, limits: PictureLimits) -> None:
    assert decode_picture(encode(Image.new("RGB", (8, 8)), "PNG"), role="probe", limits=limits).height_px == 8
    with pytest.raises(PictureError) as caught:
        decode_picture(encode(Image.new("RGB", (7, 200)), "PNG"), role="probe", limits=limits)
    assert (caught.value.reason, caught.value.facts["width_px"]) == ("file_too_small", 7)


def test_errors_name_the_role_and_keep_the_cause(encode: Encode, quarters: Image.Image, limits: PictureLimits) -> None:
    with pytest.raises(PictureError) as caught:
        decode_picture(encode(quarters, "PNG")[:-40], role="reference", limits=limits)
    assert caught.value.facts["file"] == "reference"
    assert caught.value.__cause__ is not None


def test_every_cut_is_a_truncated_file(valid_files: dict[str, bytes], limits: PictureLimits) -> None:
    for name, data in valid_files.items():
        for length in [*range(4, 400, 7), *range(400, len(data) - 40, 211)]:
            with pytest.raises(PictureError) as caught:
                decode_picture(data[:length], role="probe", limits=limits)
            assert caught.value.reason == "file_truncated", (name, length)


def outcome_of(data: bytes) -> str:
    """A picture or one of the known errors; anything else fails the test."""
    limits = PictureLimits(max_bytes=100_000, max_pixels=1_000_000)
    try:
        return decode_picture(data, role="probe", limits=limits).file_format
    except PictureError as error:
        return error.reason


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_never_escape_the_border(data: bytes) -> None:
    assert outcome_of(data) in {"file_empty", "file_truncated", "format_unsupported", "file_too_small", "file_too_large"}


@pytest.mark.full
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.data())
def test_damaged_pictures_never_escape_the_border(seed: st.DataObject, valid_files: dict[str, bytes]) -> None:
    data = bytearray(valid_files[seed.draw(st.sampled_from(sorted(valid_files)))])
    # half of the damage goes to the head, where it reaches the parsers and not only the pixels
    positions = st.one_of(st.integers(0, 200), st.integers(0, len(data) - 1))
    for position, value in seed.draw(st.lists(st.tuples(positions, st.integers(0, 255)), min_size=1, max_size=12)):
        data[position] = value
    outcome_of(bytes(data[: seed.draw(st.one_of(st.just(len(data)), st.integers(0, len(data))))]))


def tag_positions(data: bytes | bytearray) -> list[int]:
    """Where the entries of a little-endian TIFF's first directory begin."""
    directory = struct.unpack_from("<I", data, 4)[0]
    return [directory + 2 + 12 * index for index in range(struct.unpack_from("<H", data, directory)[0])]


@pytest.mark.full
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.data())
def test_damaged_tiff_tags_never_escape_the_border(seed: st.DataObject, valid_files: dict[str, bytes]) -> None:
    data = bytearray(valid_files[seed.draw(st.sampled_from(["tiff", "tiff_lzw"]))])
    position = seed.draw(st.sampled_from(tag_positions(data)))
    struct.pack_into("<H", data, position + 2, seed.draw(st.integers(0, 20)))  # type
    struct.pack_into("<I", data, position + 4, seed.draw(st.sampled_from([0, 1, 2, 5, 100, 2**31, 2**32 - 1])))  # count
    if seed.draw(st.booleans()):
        struct.pack_into("<H", data, position, seed.draw(st.sampled_from([256, 258, 262, 273, 274, 322, 323, 338, 700, 34665])))
    outcome_of(bytes(data))
