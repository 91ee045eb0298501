"""What the stand-in reader's cards carry: the chip's text block and a portrait in its photo block."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from teller_assist.demonstration.card_picture import particulars
from teller_assist.documents.fields.vocabulary import ETHNICITIES
from teller_assist.errors import BugError
from teller_assist.evidence.id_number import IdNumber, Sex
from teller_assist.evidence.pictures import Pixels

TEXT_BYTES, PHOTO_BYTES = 256, 1024
NAME_BYTES = 30
PORTRAIT_PX = (102, 126)
_FLAG_AT = 248
_ENCODING = "utf-16-le"
_ISSUER = "示例市公安局"
_VALID_FROM = datetime.date(2024, 1, 8)
_WEBP_QUALITIES = range(80, -1, -4)
_WEBP_EFFORT = 6


@dataclass(frozen=True, repr=False)
class SamCard:
    """One card. Its repr shows nothing: where a caller's own folder is played, it may be somebody's.

    Attributes
    ----------
    text
        256 bytes.
    photo
        1,024 bytes; a WebP file and zeros here, on a real card a closed codec.
    fingerprint
        0 or 1,024 bytes.
    newest_address
        70 bytes; empty: never written.
    """

    text: bytes
    photo: bytes
    fingerprint: bytes = b""
    newest_address: bytes = b""


def text_block(flag: str, fields: Mapping[int, str]) -> bytes:
    """Return a text block.

    Parameters
    ----------
    flag
        One character that names the layout; a space for a resident's card.
    fields
        Text by the byte at which it begins; what lies between is spaces.
    """
    block = bytearray(" ".encode(_ENCODING) * (TEXT_BYTES // 2))
    for start, text in {**fields, _FLAG_AT: flag}.items():
        content = text.encode(_ENCODING)
        block[start : start + len(content)] = content
    if len(block) != TEXT_BYTES:
        raise BugError("a field reaches past the text block")
    return bytes(block)


def resident_text(name: str, number: IdNumber, holders: Path) -> bytes:
    """Return the text block of a made-up resident's card.

    Parameters
    ----------
    holders
        The file with made-up ethnicities and addresses.
    """
    ethnicity, address = particulars(number, holders)
    fields = {
        0: name,
        30: "1" if number.sex is Sex.MALE else "2",
        32: f"{ETHNICITIES.index(ethnicity) + 1:02d}",
        36: _day(number.birth_date),
        52: address,
        122: number.text,
        158: _ISSUER,
        188: _day(max(_VALID_FROM, number.birth_date)),
        204: "长期",
    }
    return text_block(" ", fields)


def photo_block(portrait: Pixels) -> bytes:
    """Return a photo block that holds a portrait as WebP, as good as 1,024 bytes allow.

    Parameters
    ----------
    portrait
        uint8, shape (height, width, 3), BGR; brought to 102x126.
    """
    image = Image.fromarray(np.ascontiguousarray(portrait[:, :, ::-1])).resize(PORTRAIT_PX, Image.Resampling.LANCZOS)
    for quality in _WEBP_QUALITIES:
        written = BytesIO()
        image.save(written, "WEBP", quality=quality, method=_WEBP_EFFORT)
        if len(written.getvalue()) <= PHOTO_BYTES:
            return written.getvalue().ljust(PHOTO_BYTES, b"\0")
    raise BugError("a portrait does not fit into 1,024 bytes at any quality")


def _day(day: datetime.date) -> str:
    return day.strftime("%Y%m%d")
