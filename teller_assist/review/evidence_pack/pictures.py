"""A case's pictures for a pack: the bytes as they came where they are sound, and how they are printed.

A station decoded them once, but the server does not rely on that: only PNG and JPEG, limits before anything is unpacked, and what
cannot be decoded is said in words instead of ending the pack.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from teller_assist.review.evidence_pack.fonts import FontFile

BYTES_MOST, PIXELS_MOST = 20_000_000, 20_000_000
MAIN_ROLES = ("live", "chip", "netcheck")
_ENDINGS = {"PNG": "png", "JPEG": "jpg"}
_FORMATS = tuple(_ENDINGS)
_PRINTED_SIZE = (660, 792)  # 300 dots an inch at 56 mm
_FACE_SHARE = 0.46  # of the printed picture's height
_LEAST_FACE_PX = 8
_GROUND = (236, 238, 240)
_MARK_SIZE_PX, _MARK_EVERY_PX, _MARK_TURN = 28, 170, 28
# Whatever a decoder may say of bytes that were made to break it.
_UNDECODABLE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    MemoryError,
    OverflowError,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


@dataclass(frozen=True)
class FaceBox:
    """Where the compared face is, in the picture's pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class PackPicture:
    """One of a case's pictures.

    Attributes
    ----------
    file
        Its name in the pack; "" where it is not in it.
    why
        "" where it can be shown; else why not: "none", "policy", "no_consent", "unreadable".
    fits
        Whether the bytes have the hash that the case names.
    """

    role: str
    imported: bool
    file: str = ""
    data: bytes = b""
    why: str = ""
    sha256: str = ""
    fits: bool = True
    pixels: Image.Image | None = None
    face: FaceBox | None = None


def read_pictures(case: Mapping[str, Any]) -> tuple[PackPicture, ...]:
    """Return every picture that a case names, and a word for each of the three main ones that it does not."""
    told = [_read(one, place) for place, one in enumerate(case["evidence"], start=1)]
    named = {one.role for one in told}
    told += [PackPicture(role, imported=False, why="none") for role in MAIN_ROLES if role not in named]
    order = {role: place for place, role in enumerate(MAIN_ROLES)}
    return tuple(sorted(told, key=lambda one: order.get(one.role, len(order))))


def decoded(data: bytes) -> tuple[Image.Image, str] | None:
    """Return a picture's pixels as RGB and its file ending, or None: no PNG or JPEG, too large, or damaged."""
    if not 0 < len(data) <= BYTES_MOST:
        return None
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.format not in _ENDINGS or image.width * image.height > PIXELS_MOST:
                return None
            ending = _ENDINGS[image.format]
            return image.convert("RGB"), ending
    except _UNDECODABLE:
        return None


def printed(picture: PackPicture, *, by_face: bool, mark: str, font: FontFile) -> bytes:
    """Return a picture as it is printed: a JPEG of one size for all, the mark over it.

    Parameters
    ----------
    by_face
        All faces of one height, the picture cut to its frame; otherwise the whole picture.
    mark
        Who made the print and when: drawn into the pixels, where it cannot be lifted off.
    """
    if picture.pixels is None:
        raise ValueError("there is nothing to print")
    face = picture.face if by_face else None
    sheet = _fitted(picture.pixels) if face is None else _around(picture.pixels, face)
    _draw_mark(sheet, mark, font)
    written = io.BytesIO()
    sheet.save(written, "JPEG", quality=88)
    return written.getvalue()


def all_have_faces(pictures: tuple[PackPicture, ...]) -> bool:
    """Tell whether the pictures that can be shown can be shown at one scale of the face."""
    shown = [one for one in pictures if one.pixels is not None]
    return bool(shown) and all(one.face is not None for one in shown)


def _read(evidence: Mapping[str, Any], place: int) -> PackPicture:
    role, imported = str(evidence["role"]), bool(evidence.get("imported", False))
    if not evidence["kept"]:
        return PackPicture(role, imported, why=str(evidence["why"]))
    try:
        data = base64.b64decode(evidence["data_base64"], validate=True)
    except (binascii.Error, ValueError):
        return PackPicture(role, imported, why="unreadable")
    found = decoded(data)
    if found is None:
        return PackPicture(role, imported, why="unreadable")
    pixels, ending = found
    sha256 = hashlib.sha256(data).hexdigest()
    fits = sha256 == evidence["sha256"]
    name = f"pictures/{place:02d}_{role}.{ending}"
    return PackPicture(role, imported, name, data, "", sha256, fits, pixels, _face(evidence, pixels))


def _face(evidence: Mapping[str, Any], pixels: Image.Image) -> FaceBox | None:
    told = evidence.get("face")
    if told is None or (evidence["width_px"], evidence["height_px"]) != pixels.size:
        return None
    face = FaceBox(*(float(told[name]) for name in ("x_px", "y_px", "width_px", "height_px")))
    inside = face.x < pixels.width and face.y < pixels.height and face.x + face.width > 0 and face.y + face.height > 0
    return face if inside and _LEAST_FACE_PX <= face.height <= 2 * pixels.height else None


def _fitted(pixels: Image.Image) -> Image.Image:
    width, height = _PRINTED_SIZE
    scale = min(width / pixels.width, height / pixels.height)
    size = (max(1, round(pixels.width * scale)), max(1, round(pixels.height * scale)))
    sheet = Image.new("RGB", _PRINTED_SIZE, _GROUND)
    sheet.paste(pixels.resize(size, Image.Resampling.LANCZOS), ((width - size[0]) // 2, (height - size[1]) // 2))
    return sheet


def _around(pixels: Image.Image, face: FaceBox) -> Image.Image:
    """Cut the frame out of a picture so that the face has the height that every face gets."""
    width, height = _PRINTED_SIZE
    scale = _FACE_SHARE * height / face.height
    left = face.x + face.width / 2 - width / 2 / scale
    top = face.y + face.height / 2 - height / 2 / scale
    box = (max(0.0, left), max(0.0, top), min(pixels.width, left + width / scale), min(pixels.height, top + height / scale))
    sheet = Image.new("RGB", _PRINTED_SIZE, _GROUND)
    size = (round((box[2] - box[0]) * scale), round((box[3] - box[1]) * scale))
    if min(size) < 1:
        return _fitted(pixels)
    cut = pixels.resize(size, Image.Resampling.LANCZOS, box=box)
    sheet.paste(cut, (round((box[0] - left) * scale), round((box[1] - top) * scale)))
    return sheet


def _draw_mark(sheet: Image.Image, mark: str, font: FontFile) -> None:
    """Draw the mark over the whole picture, light with a dark edge: it shows on any ground and hides no feature."""
    width, height = sheet.size
    face = ImageFont.truetype(str(font.path), _MARK_SIZE_PX, index=font.index)
    across = int((width**2 + height**2) ** 0.5) + _MARK_EVERY_PX
    light, dark = Image.new("L", (across, across)), Image.new("L", (across, across))
    step = int(face.getlength(mark)) + 2 * _MARK_SIZE_PX
    for row, y in enumerate(range(0, across, _MARK_EVERY_PX)):
        for x in range(-(row % 2) * step // 2, across, max(step, 1)):
            ImageDraw.Draw(dark).text((x + 1, y + 1), mark, fill=110, font=face)
            ImageDraw.Draw(light).text((x, y), mark, fill=120, font=face)
    corner = ((across - width) // 2, (across - height) // 2)
    for colour, drawn in ((0, dark), (255, light)):
        turned = drawn.rotate(_MARK_TURN, Image.Resampling.BICUBIC)
        mask = turned.crop((*corner, corner[0] + width, corner[1] + height))
        sheet.paste(Image.new("RGB", sheet.size, (colour, colour, colour)), (0, 0), mask)
