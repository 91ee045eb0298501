"""What is written on the stand-in passport's chip: a made-up person's zone and portrait, in the files of ICAO Doc 9303-10."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image

from teller_assist.demonstration.stand_ins.data_objects import data_object
from teller_assist.documents.mrz import FILLER, check_digit
from teller_assist.evidence.pictures import Pixels

PORTRAIT_PX = (413, 531)  # 35 x 45 mm at 300 dpi
_LDS_VERSION, _UNICODE_VERSION = b"0107", b"040000"
_NUMBER_LENGTH = 9


@dataclass(frozen=True)
class Holder:
    """A made-up person and document; dates are YYMMDD. Utopia (UTO) is nowhere: specimens are issued there."""

    surname: str = "SAMPLE"
    given_names: str = "ALEX MARIA"
    number: str = "L0000000X"
    birth_date: str = "900307"
    expiry_date: str = "351231"
    sex: str = "F"
    state: str = "UTO"
    optional_data: str = ""

    def passport_zone(self) -> tuple[str, ...]:
        """Return the two lines of a passport (TD3: ICAO Doc 9303-4, 4.2)."""
        number, _, optional = self._number()
        optional = (optional + self.optional_data.replace(" ", FILLER)).ljust(14, FILLER)
        own = check_digit(optional) if optional.strip(FILLER) else FILLER
        birth, expiry = self._dated(self.birth_date), self._dated(self.expiry_date)
        composite = check_digit(number + birth + expiry + optional + own)
        return (
            f"P<{self.state}{self._names()}".ljust(44, FILLER)[:44],
            f"{number}{self.state}{birth}{self.sex}{expiry}{optional}{own}{composite}",
        )

    def card_zone(self) -> tuple[str, ...]:
        """Return the three lines of a card (TD1: ICAO Doc 9303-5, 4.2)."""
        number, _, rest = self._number()
        optional = (rest + self.optional_data.replace(" ", FILLER)).ljust(15, FILLER)
        birth, expiry = self._dated(self.birth_date), self._dated(self.expiry_date)
        second = FILLER * 11
        composite = check_digit(number + optional + birth + expiry + second)
        return (
            f"I<{self.state}{number}{optional}",
            f"{birth}{self.sex}{expiry}{self.state}{second}{composite}",
            self._names().ljust(30, FILLER)[:30],
        )

    def access_information(self) -> bytes:
        """Return what opens the chip: three items with their check digits (ICAO Doc 9303-11, 4.3.2)."""
        number = self.number.ljust(_NUMBER_LENGTH, FILLER)
        return "".join(item + check_digit(item) for item in (number, self.birth_date, self.expiry_date)).encode("ascii")

    def _number(self) -> tuple[str, str, str]:
        """Return ten characters of the number's field, its check digit, and what goes on in the optional data."""
        first, rest = self.number[:_NUMBER_LENGTH].ljust(_NUMBER_LENGTH, FILLER), self.number[_NUMBER_LENGTH:]
        if not rest:
            return first + check_digit(first), check_digit(first), ""
        digit = check_digit(self.number)
        return first + FILLER, digit, rest + digit + FILLER

    def _names(self) -> str:
        return "<<".join(part.replace(" ", FILLER) for part in (self.surname, self.given_names) if part)

    @staticmethod
    def _dated(date: str) -> str:
        return date + check_digit(date)


def zone_group(lines: tuple[str, ...]) -> bytes:
    """Return data group 1."""
    return data_object(0x61, data_object(0x5F1F, "".join(lines).encode("ascii")))


def portrait_group(*portraits: bytes) -> bytes:
    """Return data group 2 with a template for each portrait, JPEG or JPEG 2000 (CBEFF; ISO/IEC 19794-5)."""
    templates = b"".join(_template(portrait) for portrait in portraits)
    return data_object(0x75, data_object(0x7F61, data_object(0x02, bytes([len(portraits)])) + templates))


def contents_group(tags: bytes) -> bytes:
    """Return EF.COM with the tags of the data groups that there are."""
    versions = data_object(0x5F01, _LDS_VERSION) + data_object(0x5F36, _UNICODE_VERSION)
    return data_object(0x60, versions + data_object(0x5C, tags))


def portrait_file(pixels: Pixels, *, jpeg_2000: bool) -> bytes:
    """Return a portrait as passports carry it: 15 to 25 kB.

    Parameters
    ----------
    pixels
        (height, width, 3), uint8, BGR.
    """
    stream = io.BytesIO()
    picture = Image.fromarray(pixels[:, :, ::-1])
    if jpeg_2000:
        picture.save(stream, "JPEG2000", quality_mode="rates", quality_layers=[30])
    else:
        picture.save(stream, "JPEG", quality=80)
    return stream.getvalue()


def _template(portrait: bytes) -> bytes:
    header = b"".join((
        data_object(0x80, b"\x01\x01"),  # version of the patron header
        data_object(0x81, b"\x02"),  # biometric type: face
        data_object(0x87, b"\x01\x01"),  # format owner: ISO/IEC JTC 1/SC 37
        data_object(0x88, b"\x00\x08"),  # format type: facial record
    ))  # fmt: skip
    return data_object(0x7F60, data_object(0xA1, header) + data_object(0x5F2E, _facial_record(portrait)))


def _facial_record(portrait: bytes) -> bytes:
    width, height = Image.open(io.BytesIO(portrait)).size
    data_type = 0 if portrait.startswith(b"\xff\xd8") else 1
    image = bytes([1, data_type]) + width.to_bytes(2, "big") + height.to_bytes(2, "big") + bytes([1, 2, 0, 0, 0, 0]) + portrait
    face = (20 + len(image)).to_bytes(4, "big") + (0).to_bytes(2, "big") + bytes(14) + image
    return b"FAC\x00010\x00" + (14 + len(face)).to_bytes(4, "big") + (1).to_bytes(2, "big") + face
