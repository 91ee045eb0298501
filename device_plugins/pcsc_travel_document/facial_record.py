"""The portrait in data group 2: CBEFF templates around facial records (ICAO Doc 9303-10, 4.7.2; ISO/IEC 19794-5)."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist_sdk import DeviceProblem
from teller_assist_tlv import Tlv, TlvProblem, read_tlv

_DG2, _GROUP, _TEMPLATE = 0x75, 0x7F61, 0x7F60
_DATA_BLOCKS = (0x5F2E, 0x7F2E)
_RECORD_HEADER_BYTES, _FACE_BYTES, _FEATURE_POINT_BYTES, _IMAGE_BYTES = 14, 20, 8, 12
_JPEG = b"\xff\xd8\xff"
_JPEG_2000 = (b"\x00\x00\x00\x0cjP  ", b"\xff\x4f\xff\x51")  # file; bare codestream


@dataclass(frozen=True)
class FacialImage:
    """One picture of the face: "jpeg" or "jpeg2000"; its repr shows no picture."""

    file_format: str
    content: bytes

    def __repr__(self) -> str:
        return f"FacialImage({self.file_format}, {len(self.content)} bytes)"


def facial_image(data_group: bytes) -> FacialImage:
    """Return the first face of data group 2 that can be shown; further faces and templates of other things are passed over.

    Raises
    ------
    DeviceProblem
        card_unreadable: there is none; the hint says what the first one lacks.
    """
    problem = "no biometric template"
    for block in _data_blocks(data_group):
        try:
            return _first_image(block)
        except ValueError as error:
            if problem == "no biometric template":
                problem = str(error)
    raise DeviceProblem("card_unreadable", "DG2: " + problem)


def _data_blocks(data_group: bytes) -> list[bytes]:
    try:
        groups = [one for outer in _named(read_tlv(data_group), _DG2) for one in _named(outer.objects(), _GROUP)]
        templates = [one for group in groups for one in _named(group.objects(), _TEMPLATE)]
        return [one.value for template in templates for one in template.objects() if one.tag in _DATA_BLOCKS]
    except TlvProblem as problem:
        raise DeviceProblem("card_unreadable", f"DG2: {problem}") from None


def _named(objects: list[Tlv], tag: int) -> list[Tlv]:
    return [one for one in objects if one.tag == tag]


def _first_image(block: bytes) -> FacialImage:
    """Return the first picture of a facial record (ISO/IEC 19794-5, 5); ValueError says what is not as it must be."""
    if block[:4] != b"FAC\0":
        raise ValueError("a facial record of an unknown format")
    if int.from_bytes(block[12:14], "big") == 0:
        raise ValueError("a facial record without a face")
    face = block[_RECORD_HEADER_BYTES:]
    length = int.from_bytes(face[:4], "big")
    if not 0 < length <= len(face):
        raise ValueError("a facial record cut off")
    points = int.from_bytes(face[4:6], "big")
    content = face[_FACE_BYTES + points * _FEATURE_POINT_BYTES + _IMAGE_BYTES : length]
    if content.startswith(_JPEG):
        return FacialImage("jpeg", content)
    if content.startswith(_JPEG_2000):
        return FacialImage("jpeg2000", content)
    raise ValueError("neither JPEG nor JPEG 2000")
