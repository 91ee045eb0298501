"""Pictures of a pack: nothing that a station sends ends the pack or is unpacked beyond the limits."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from teller_assist.review.evidence_pack.fonts import chinese_fonts
from teller_assist.review.evidence_pack.making import pack_archive
from teller_assist.review.evidence_pack.pictures import BYTES_MOST, PIXELS_MOST, all_have_faces, decoded, printed, read_pictures
from tests.stand_ins.cases import made_up_case
from tests.stand_ins.packs import KEYS, content_of


@pytest.fixture(autouse=True, scope="module")
def _on_both() -> None:
    """No database here: once is enough."""


def written(image: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def plain(size: tuple[int, int] = (102, 126)) -> Image.Image:
    return Image.new("RGB", size, (120, 90, 60))


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of some bytes that claims to be huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def evidence(data: bytes, role: str = "live", **more: Any) -> dict[str, Any]:
    return {
        "role": role,
        "kept": True,
        "media_type": "image/png",
        "width_px": 102,
        "height_px": 126,
        "sha256": hashlib.sha256(data).hexdigest(),
        "data_base64": base64.b64encode(data).decode("ascii"),
        **more,
    }


HOSTILE = (
    b"",
    b"no picture",
    written(plain(), "PNG")[:-30],
    written(plain(), "JPEG")[:200],
    written(plain(), "GIF"),
    written(plain(), "TIFF"),
    written(plain(), "BMP"),
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    png_claiming(PIXELS_MOST, 2),
    png_claiming(60_000, 60_000),
    png_claiming(0, 5),
)


@pytest.mark.parametrize("data", [*HOSTILE, bytes(BYTES_MOST + 1)])
def test_what_is_no_sound_png_or_jpeg_within_the_limits_is_not_shown(data: bytes) -> None:
    assert decoded(data) is None


@pytest.mark.full
def test_no_picture_that_cannot_be_shown_ends_the_pack() -> None:
    case = made_up_case(evidence=[evidence(data) for data in HOSTILE] + [evidence(b"", "card_front", data_base64="?")])
    told = read_pictures(case)
    assert {one.why for one in told if one.role != "card_front"} == {"unreadable", "none"}
    assert all((one.file, one.pixels) == ("", None) for one in told)
    assert pack_archive(content_of(case), KEYS)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_sound_picture_goes_in_unchanged(kind: str) -> None:
    data = written(plain(), kind)
    live = read_pictures(made_up_case(evidence=[evidence(data)]))[0]
    assert (live.data, live.fits, live.why) == (data, True, "")
    assert live.file == f"pictures/01_live.{'png' if kind == 'PNG' else 'jpg'}"


def test_a_picture_of_another_hash_is_shown_and_marked() -> None:
    live = read_pictures(made_up_case(evidence=[evidence(written(plain(), "PNG"), sha256="0" * 64)]))[0]
    assert (live.why, live.fits) == ("", False)


def test_faces_are_printed_at_one_scale_only_where_all_are_known() -> None:
    face = {"x_px": 30, "y_px": 30, "width_px": 40, "height_px": 50}
    both = [evidence(written(plain(), "PNG"), role, face=face) for role in ("live", "chip")]
    assert all_have_faces(read_pictures(made_up_case(evidence=both)))
    del both[1]["face"]
    assert not all_have_faces(read_pictures(made_up_case(evidence=both)))


@pytest.mark.parametrize(
    ("x", "y", "width", "height"), [(0, 0, 1, 1e-9), (1e9, 0, 5, 50), (-1e300, -1e300, 1e300, 20), (0, 0, 9, 1e300)]
)
def test_a_face_that_cannot_be_is_none(x: float, y: float, width: float, height: float) -> None:
    face = {"x_px": x, "y_px": y, "width_px": width, "height_px": height}
    assert read_pictures(made_up_case(evidence=[evidence(written(plain(), "PNG"), face=face)]))[0].face is None


@pytest.mark.full
def test_a_face_gets_its_height_and_the_mark_lies_over_it() -> None:
    face = {"x_px": 300, "y_px": 200, "width_px": 80, "height_px": 100}
    drawn = plain((640, 480))
    drawn.paste((250, 10, 10), (300, 200, 380, 300))
    data = written(drawn, "PNG")
    live = read_pictures(made_up_case(evidence=[evidence(data, face=face, width_px=640, height_px=480)]))[0]
    font = chinese_fonts().regular

    def shown(mark: str) -> Image.Image:
        with Image.open(io.BytesIO(printed(live, by_face=True, mark=mark, font=font))) as image:
            return image.convert("RGB")

    bare, marked = shown(" "), shown("王经理 2026-11-27")
    red = [y for y in range(bare.height) if bare.getpixel((bare.width // 2, y))[0] > 200]  # type: ignore[index]
    assert len(red) == pytest.approx(0.46 * bare.height, abs=6)
    middle = (250, 250, 410, 540)
    changed = sum(one != other for one, other in zip(bare.crop(middle).tobytes(), marked.crop(middle).tobytes(), strict=True))
    assert changed > 1000, "over the face"
