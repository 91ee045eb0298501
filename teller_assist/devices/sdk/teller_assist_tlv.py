"""BER-TLV, the form in which smart cards keep their data (ISO/IEC 7816-4, 5.2.2; ISO/IEC 8825-1). Python 3.8, its library only.

Strict: what is not exactly so is refused with TlvProblem. It reads one level at a time, so that a block of raw data under a
constructed tag does no harm.
"""

from __future__ import annotations

from typing import Iterator, List, NamedTuple, Optional, Tuple

MOST_TLV_BYTES = 1_048_576
MOST_TLV_OBJECTS = 1000  # beside each other
DEEPEST_TLV = 8
_LONGEST_TAG, _LONGEST_LENGTH = 3, 3


class TlvProblem(Exception):
    """The bytes are no such data objects; the text says why and quotes nothing."""


class Tlv(NamedTuple):
    """One data object: its tag as the number that its bytes make (0x5F20), and its value."""

    tag: int
    value: bytes

    @property
    def is_constructed(self) -> bool:
        """Whether its value is made of data objects, as the tag says."""
        first = self.tag >> 8 * (_byte_count(self.tag) - 1)
        return bool(first & 0x20)

    def objects(self) -> List[Tlv]:
        """Return the data objects that its value is made of; raise TlvProblem."""
        return read_tlv(self.value)


def read_tlv(data: bytes) -> List[Tlv]:
    """Return the data objects beside each other in ``data``, one level; zero bytes between them are skipped.

    Raises
    ------
    TlvProblem
        A tag or length is cut off, too long or of indefinite form, a value overruns, or the limits are exceeded.
    """
    if len(data) > MOST_TLV_BYTES:
        raise TlvProblem("too large")
    found: List[Tlv] = []
    place = 0
    while place < len(data):
        if data[place] == 0x00:  # filler before, between and after data objects
            place += 1
            continue
        if data[place] == 0xFF and not data[place:].strip(b"\xff"):  # a record filled up
            break
        if len(found) == MOST_TLV_OBJECTS:
            raise TlvProblem("too many objects")
        one, place = _read_one(data, place)
        found.append(one)
    return found


def find_tlv(objects: List[Tlv], *path: int) -> Optional[bytes]:
    """Return the value at the end of a path of tags, the first of its name on each level; None: it is not there.

    Raises
    ------
    TlvProblem
        What lies on the path is malformed.
    """
    for one in objects:
        if one.tag == path[0]:
            return one.value if len(path) == 1 else find_tlv(one.objects(), *path[1:])
    return None


def every_tlv(objects: List[Tlv], tag: int, depth: int = DEEPEST_TLV) -> Iterator[bytes]:
    """Yield the values of all data objects of a tag, in their order, also of those inside others.

    Raises
    ------
    TlvProblem
        Something constructed is malformed, or lies deeper than ``depth``.
    """
    if depth == 0 and objects:
        raise TlvProblem("too deep")
    for one in objects:
        if one.tag == tag:
            yield one.value
        if one.is_constructed:
            yield from every_tlv(one.objects(), tag, depth - 1)


def tlv(tag: int, value: bytes) -> bytes:
    """Return a data object as bytes, its length in the shortest form."""
    length = len(value)
    longer = length.to_bytes(_byte_count(length), "big")
    coded = longer if length < 0x80 else bytes([0x80 | len(longer)]) + longer
    return tag.to_bytes(_byte_count(tag), "big") + coded + value


def read_tag(data: bytes, place: int) -> Tuple[int, int]:
    """Return the tag at a place, and the place behind it; raise TlvProblem. A list of tags and lengths (DOL) needs it alone."""
    end = place + 1
    if place >= len(data):
        raise TlvProblem("tag cut off")
    if data[place] & 0x1F == 0x1F:
        while True:
            if end >= len(data):
                raise TlvProblem("tag cut off")
            if end - place == _LONGEST_TAG:
                raise TlvProblem("tag too long")
            end += 1
            if not data[end - 1] & 0x80:
                break
    return int.from_bytes(data[place:end], "big"), end


def _read_one(data: bytes, place: int) -> Tuple[Tlv, int]:
    tag, place = read_tag(data, place)
    if place >= len(data):
        raise TlvProblem("length cut off")
    length, place = data[place], place + 1
    if length & 0x80:
        count = length & 0x7F
        if not 0 < count <= _LONGEST_LENGTH:
            raise TlvProblem("indefinite length" if count == 0 else "length too long")
        if place + count > len(data):
            raise TlvProblem("length cut off")
        length, place = int.from_bytes(data[place : place + count], "big"), place + count
    if place + length > len(data):
        raise TlvProblem("value cut off")
    return Tlv(tag, bytes(data[place : place + length])), place + length


def _byte_count(number: int) -> int:
    return max(1, (number.bit_length() + 7) // 8)
