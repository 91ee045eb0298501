"""BER-TLV data objects as stand-in chips write them (ISO/IEC 7816-4)."""

from __future__ import annotations


def data_object(tag: int, value: bytes) -> bytes:
    """Return a data object, its length in the shortest form."""
    length = len(value)
    count = (length.bit_length() + 7) // 8
    coded = bytes([length]) if length < 0x80 else bytes([0x80 | count]) + length.to_bytes(count, "big")
    return tag.to_bytes((tag.bit_length() + 7) // 8, "big") + coded + value


def data_objects(encoded: bytes) -> dict[int, bytes]:
    """Return the values by tag of what a reader sent, one level; ValueError where it is malformed."""
    found, place = {}, 0
    while place < len(encoded):
        start = place
        place += 1
        if encoded[start] & 0x1F == 0x1F:
            place += 1
        tag = int.from_bytes(encoded[start:place], "big")
        length, place = encoded[place] if place < len(encoded) else 0, place + 1
        if length & 0x80:
            count = length & 0x7F
            length, place = int.from_bytes(encoded[place : place + count], "big"), place + count
        if place + length > len(encoded):
            raise ValueError("cut off")
        found[tag] = encoded[place : place + length]
        place += length
    return found
