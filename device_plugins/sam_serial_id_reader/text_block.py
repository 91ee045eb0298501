"""The card's text block: 256 bytes of UTF-16LE, padded with spaces, in one of four layouts that the flag at byte 248 chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from teller_assist_sdk import DeviceProblem

TEXT_BYTES = 256
_FLAG_AT = 248
_ENCODING = "utf-16-le"
_PADDING = " \0"


class DocumentKind(Enum):
    """Which card it is."""

    RESIDENT = "resident"  # 居民身份证
    HMT_RESIDENCE_PERMIT = "hmt_residence_permit"  # 港澳台居民居住证
    FOREIGNER_2017 = "foreigner_2017"  # 外国人永久居留身份证, 2017
    FOREIGNER_2023 = "foreigner_2023"  # the same, 2023


# (first byte, bytes) by field
Layout = Mapping[str, tuple[int, int]]

_SHARED: Layout = {"sex_code": (30, 2), "birth_date": (36, 16), "valid_from": (188, 16), "valid_until": (204, 16)}
_CITIZEN: Layout = {**_SHARED, "name": (0, 30), "address": (52, 70), "number": (122, 36), "issuer": (158, 30)}
_LAYOUTS: Mapping[DocumentKind, Layout] = {
    DocumentKind.RESIDENT: {**_CITIZEN, "ethnicity_code": (32, 4)},
    DocumentKind.HMT_RESIDENCE_PERMIT: {**_CITIZEN, "pass_number": (220, 18), "issue_count": (238, 4)},
    DocumentKind.FOREIGNER_2017: {
        "english_name": (0, 120), "sex_code": (120, 2), "number": (122, 30), "country_code": (152, 6), "chinese_name": (158, 30),
        "valid_from": (188, 16), "valid_until": (204, 16), "birth_date": (220, 16), "version": (236, 4), "issuer_code": (240, 8),
    },
    DocumentKind.FOREIGNER_2023: {
        **_SHARED, "chinese_name": (0, 30), "renewals": (32, 4), "english_name": (52, 70), "number": (122, 36),
        "english_name_rest": (220, 22), "country_code": (242, 6), "earlier_number_link": (250, 6),
    },
}  # fmt: skip
_KINDS: Mapping[str, DocumentKind] = {
    " ": DocumentKind.RESIDENT,
    "\0": DocumentKind.RESIDENT,
    "J": DocumentKind.HMT_RESIDENCE_PERMIT,
    "I": DocumentKind.FOREIGNER_2017,
    "Y": DocumentKind.FOREIGNER_2023,
}


@dataclass(frozen=True, repr=False)
class TextBlock:
    """What stands in the block. Its repr shows nothing: it is a person's.

    Attributes
    ----------
    values
        By field, without padding; "" where nothing is written.
    """

    kind: DocumentKind
    values: Mapping[str, str]


def read_text_block(block: bytes) -> TextBlock:
    """Take a text block apart.

    Parameters
    ----------
    block
        256 bytes.

    Raises
    ------
    DeviceProblem
        card_unreadable: another length, an unknown flag, or bytes that are no text.
    """
    if len(block) != TEXT_BYTES:
        raise DeviceProblem("card_unreadable", f"text block of {len(block)} bytes")
    flag = int.from_bytes(block[_FLAG_AT : _FLAG_AT + 2], "little")
    kind = _KINDS.get(chr(flag))
    if kind is None:  # not taken for a resident's: every field would be read from the wrong place
        raise DeviceProblem("card_unreadable", f"unknown layout flag {flag:04X}")
    values = {name: read_text(block[at : at + length]) for name, (at, length) in _LAYOUTS[kind].items()}
    if kind is DocumentKind.FOREIGNER_2023:
        values["english_name"] = (values["english_name"] + values.pop("english_name_rest")).strip()
    return TextBlock(kind, values)


def read_text(content: bytes) -> str:
    """Return the text of a field of even length without its padding; DeviceProblem card_unreadable where it is none."""
    try:
        return content.decode(_ENCODING).strip(_PADDING)
    except UnicodeDecodeError:
        # Without its cause: a decoding error carries the bytes.
        raise DeviceProblem("card_unreadable", "a field of the text block is no text") from None
