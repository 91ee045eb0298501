"""Turn picture bytes from outside into pixels, or say which limit they broke.

    bytes -> signature -> announced size -> decoder (Pillow) -> pixels

Pillow reads a header without decoding, so the size limits hold before any pixel is made, and it raises on data that ends
early where OpenCV fills the rest with grey without a word. Its exceptions are translated here and nowhere else.
"""

from __future__ import annotations

import struct
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from teller_assist.errors import PictureError
from teller_assist.evidence.pictures import Picture
from teller_assist.pictures.files import read_bytes
from teller_assist.pictures.signatures import accepted_format, announced_size_px, cut_off_format, refused_format

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

    from teller_assist.evidence.pictures import Pixels

MINIMUM_SIDE_PX = 8

# The classes themselves, not Image.open: no other plugin can be reached, and no process-wide bomb limit warns or is changed.
# JpegImageFile reads an MPO's first picture and no other.
_DECODERS: dict[str, type[ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "BMP": BmpImageFile,
    "TIFF": TiffImageFile,
    "JPEG2000": Jpeg2KImageFile,
    "WEBP": WebPImageFile,
}

# What Pillow 13 was seen to raise on damaged input, by fuzzing and by reading its plugins.
# TypeError, OverflowError and ZeroDivisionError come from TIFF and EXIF tags of a type that Pillow did not expect.
_DAMAGED = (OSError, SyntaxError, ValueError, struct.error, EOFError, TypeError, OverflowError, ZeroDivisionError)
# Pillow says only in words whether a file is damaged, of a kind that it cannot read, or a bomb in a note beside the picture.
_UNSUPPORTED_WORDS = ("unsupported", "not supported", "unknown pixel mode", "cannot handle")
_TOO_LARGE_WORDS = ("too large", "too much memory")

_EXIF_ORIENTATION = 0x0112
_TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_TIFF_TILE_WIDTH, _TIFF_TILE_LENGTH = 322, 323
_MODES_BY_CONVERSION = frozenset({"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr"})

# A progressive JPEG may repeat its scans without end, each over the whole picture, in a few bytes; cameras write about ten.
_JPEG_SCAN_MARKER = b"\xff\xda"
_MAXIMUM_JPEG_SCANS = 64
# Pillow paints a JPEG 2000 that ends right after its header flat grey. The end marker cannot occur in the packets
# (ISO/IEC 15444-1, A.4.4), so its absence means that the file was cut.
_JPEG_2000_END = b"\xff\xd9"


@dataclass(frozen=True)
class PictureLimits:
    """How large a picture from outside may be.

    Attributes
    ----------
    max_bytes
        Size of the file.
    max_pixels
        Width times height.
    """

    max_bytes: int
    max_pixels: int


def read_picture(path: Path, *, role: str, limits: PictureLimits) -> Picture:
    """Read and decode one picture file; see `decode_picture`.

    Only a regular file is opened, so a pipe or a device cannot hold the caller, and no more than the limit is read.

    Raises
    ------
    PictureError
        file_missing, file_unreadable (no permission, or the disk failed), and whatever `decode_picture` raises.
        The facts name the role, never the path: a path may carry a person's name.
    """
    return decode_picture(read_bytes(path, role=role, max_bytes=limits.max_bytes), role=role, limits=limits)


def decode_picture(data: bytes, *, role: str, limits: PictureLimits) -> Picture:
    """Decode one still picture.

    JPEG (an MPO's first picture too), PNG, BMP, WebP, JPEG 2000 and single-page TIFF; everything else is refused.
    EXIF orientation is applied (an unreadable or impossible one counts as upright), transparency is laid on white,
    16-bit samples keep their upper 8 bits, colour profiles are ignored (samples are taken as sRGB).

    Parameters
    ----------
    data
        The whole file.
    role
        What the picture is to the caller ("probe", "reference"); stands in every error.
    limits
        How large it may be.

    Returns
    -------
    Pixels uint8, shape (height, width, 3), BGR, upright, not writeable.

    Raises
    ------
    PictureError
        file_empty; file_too_large (bytes or announced pixels over the limit, or no memory for them);
        file_too_small (a side under 8 pixels); format_unsupported (another format, several pages or frames,
        sample types that are no photograph); file_truncated (one of the formats, but cut off or damaged).
    """
    file_format = _accepted_or_raise(data, role, limits)
    # Set on every call because a caller may have reset the filters; Pillow warns about damaged metadata, which nobody can use.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    try:
        _check_announced_size(data, file_format, role, limits)
        with _DECODERS[file_format](BytesIO(data)) as image:
            _check_header(image, role, limits)
            image.load()
            pixels = _bgr_pixels(_upright(image), role)
    except MemoryError as error:
        raise PictureError("file_too_large", file=role, max_megapixels=limits.max_pixels / 1e6) from error
    except _DAMAGED as error:
        raise _damaged_or_unsupported(error, file_format, role) from error
    return Picture(pixels, file_format, role)


def _accepted_or_raise(data: bytes, role: str, limits: PictureLimits) -> str:
    if not data:
        raise PictureError("file_empty", file=role)
    if len(data) > limits.max_bytes:
        raise PictureError("file_too_large", file=role, max_mb=limits.max_bytes / 1e6)
    file_format = accepted_format(data)
    if file_format is None:
        cut_off = cut_off_format(data)
        if cut_off is not None:
            raise PictureError("file_truncated", file=role, found=cut_off)
        raise PictureError("format_unsupported", file=role, found=refused_format(data))
    if file_format == "JPEG" and data.count(_JPEG_SCAN_MARKER) > _MAXIMUM_JPEG_SCANS:
        raise PictureError("format_unsupported", file=role, found="too_many_scans")
    if file_format == "JPEG2000" and _JPEG_2000_END not in data:
        raise PictureError("file_truncated", file=role, found=file_format)
    return file_format


def _check_announced_size(data: bytes, file_format: str, role: str, limits: PictureLimits) -> None:
    size_px = announced_size_px(data, file_format)
    if size_px is not None:
        _check_pixels(*size_px, role, limits)


def _check_header(image: ImageFile, role: str, limits: PictureLimits) -> None:
    width_px, height_px = image.size
    _check_pixels(width_px, height_px, role, limits)
    if isinstance(image, TiffImageFile):  # a tile is reserved whole, however small the picture
        tile_width_px, tile_height_px = (int(image.tag_v2.get(tag, 0)) for tag in (_TIFF_TILE_WIDTH, _TIFF_TILE_LENGTH))
        _check_pixels(tile_width_px, tile_height_px, role, limits)
    if min(width_px, height_px) < MINIMUM_SIDE_PX:
        raise PictureError("file_too_small", file=role, width_px=width_px, height_px=height_px, minimum_px=MINIMUM_SIDE_PX)
    if getattr(image, "is_animated", False):
        raise PictureError("format_unsupported", file=role, found="several_frames")


def _check_pixels(width_px: int, height_px: int, role: str, limits: PictureLimits) -> None:
    if width_px * height_px > limits.max_pixels:
        raise PictureError(
            "file_too_large", file=role, width_px=width_px, height_px=height_px, max_megapixels=limits.max_pixels / 1e6
        )


def _damaged_or_unsupported(error: BaseException, file_format: str, role: str) -> PictureError:
    words = str(error).lower()
    reason = "file_truncated"
    if any(word in words for word in _UNSUPPORTED_WORDS):
        reason = "format_unsupported"
    elif any(word in words for word in _TOO_LARGE_WORDS):
        reason = "file_too_large"
    return PictureError(reason, file=role, found=file_format)


def _upright(image: Image.Image) -> Image.Image:
    transposition = _TRANSPOSITIONS.get(_orientation(image))
    return image if transposition is None else image.transpose(transposition)


def _orientation(image: Image.Image) -> int:
    try:
        orientation = image.getexif().get(_EXIF_ORIENTATION, 1)
    except _DAMAGED:
        return 1  # a damaged note beside a sound picture is no reason to send a customer's photograph back
    return orientation if isinstance(orientation, int) else 1


def _bgr_pixels(image: Image.Image, role: str) -> Pixels:
    if image.mode.startswith("I;16"):
        upper_bits = (np.asarray(image) >> 8).astype(np.uint8)
        pixels = np.repeat(upper_bits[:, :, np.newaxis], 3, axis=2)
    elif image.mode in _MODES_BY_CONVERSION:
        pixels = np.ascontiguousarray(np.asarray(_opaque(image))[:, :, ::-1])
    else:  # 32-bit integers, floating point, Lab: measurements or print data, not a photograph of a person
        raise PictureError("format_unsupported", file=role, found=f"mode_{image.mode}")
    pixels.setflags(write=False)
    return pixels


def _opaque(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")  # converting would copy 80 MB of a 20-megapixel picture
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
