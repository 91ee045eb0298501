"""Which application a bank card has, and what its records say (EMV Book 1, 12; Book 3, 10.1 and 10.2; PBOC 3.0 likewise).

Only what is needed is kept. Of the magnetic stripe's image (tag 57) that is the number, and only where its own tag is missing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from teller_assist_sdk import DeviceProblem
from teller_assist_smartcard import OK, Card, command
from teller_assist_tlv import Tlv, TlvProblem, every_tlv, find_tlv, read_tag, read_tlv

_CONTACT_DIRECTORY, _CONTACTLESS_DIRECTORY = b"1PAY.SYS.DDF01", b"2PAY.SYS.DDF01"
# Tried where a card has no directory: UnionPay debit, credit, quasi-credit, electronic cash; Visa, Mastercard, JCB.
_KNOWN = tuple(
    map(
        bytes.fromhex,
        (
            "A000000333010101",
            "A000000333010102",
            "A000000333010103",
            "A000000333010106",
            "A0000000031010",
            "A0000000041010",
            "A0000000651010",
        ),
    )
)
NUMBER, NAME, LONGER_NAME, VALID_UNTIL, SEQUENCE_NUMBER = 0x5A, 0x5F20, 0x9F0B, 0x5F24, 0x5F34
_KEPT = (NUMBER, NAME, LONGER_NAME, VALID_UNTIL, SEQUENCE_NUMBER)
_STRIPE = 0x57
NUMBER_OF_STRIPE = 0x5700  # no tag: under it stands the stripe's number, packed like tag 5A
_PDOL, _DIRECTORY_FILE, _NO_RECORD = 0x9F38, 0x88, 0x6A83
_MOST_DIRECTORY_RECORDS, _MOST_APPLICATIONS, _MOST_RECORDS = 10, 16, 64
_LONGEST_DOL_ANSWER = 252
_NO_PRIORITY = 16
_CHINA, _YUAN = b"\x01\x56", b"\x01\x56"  # ISO 3166-1, ISO 4217


def read_application(card: Card) -> tuple[bytes, dict[int, bytes]]:
    """Return the name (AID) of the first application that tells a number, and the values that are kept of it, by tag.

    Raises
    ------
    DeviceProblem
        card_unreadable: there is none; else as for ``Card.transmit``.
    """
    last = DeviceProblem("card_unreadable", "no application is known")
    try:
        for candidate in _candidates(card):
            answer, status = card.transmit(_select(candidate))
            if status != OK:
                last = DeviceProblem("card_unreadable", f"SELECT {status:04X}")
                continue
            objects = read_tlv(answer)
            options, status = card.transmit(_options_asked(find_tlv(objects, 0x6F, 0xA5, _PDOL) or b""))
            if status != OK:
                last = DeviceProblem("card_unreadable", f"GET PROCESSING OPTIONS {status:04X}")
                continue
            values = _values(card, options)
            if NUMBER in values or NUMBER_OF_STRIPE in values:
                name = find_tlv(objects, 0x6F, 0x84) or b""
                return name if _is_name(name) else candidate, values
            last = DeviceProblem("card_unreadable", "no number")
    except TlvProblem as problem:
        raise DeviceProblem("card_unreadable", f"BER-TLV: {problem}") from problem
    raise last


def _candidates(card: Card) -> list[bytes]:
    """Return the card's own applications, the preferred one first; the known ones where it has no directory."""
    name = _CONTACTLESS_DIRECTORY if card.is_contactless else _CONTACT_DIRECTORY
    answer, status = card.transmit(_select(name))
    entries: list[tuple[int, bytes]] = []
    if status == OK:
        for entry in _directory_entries(card, read_tlv(answer)):
            inside = read_tlv(entry)
            application = find_tlv(inside, 0x4F)
            if application and _is_name(application) and len(entries) < _MOST_APPLICATIONS:
                priority = (find_tlv(inside, 0x87) or b"\0")[0] & 0x0F
                entries.append((priority or _NO_PRIORITY, application))
    return [application for _, application in sorted(entries, key=lambda entry: entry[0])] or list(_KNOWN)


def _directory_entries(card: Card, objects: list[Tlv]) -> Iterator[bytes]:
    """Yield the entries that the answer itself has (contactless), or those of the file that it names (contact)."""
    yield from every_tlv(objects, 0x61)
    file = find_tlv(objects, 0x6F, 0xA5, _DIRECTORY_FILE)
    if not file or not 1 <= file[0] <= 10:
        return
    for number in range(1, _MOST_DIRECTORY_RECORDS + 1):
        record, status = card.transmit(_read_record(file[0], number))
        if status != OK:
            return
        yield from every_tlv(read_tlv(record), 0x61)


def _values(card: Card, options: bytes) -> dict[int, bytes]:
    """Return what is kept of the answer to GET PROCESSING OPTIONS, which a contactless card fills, and of the records."""
    [answer] = read_tlv(options)[:1] or [Tlv(0, b"")]
    values: dict[int, bytes] = {}
    if answer.tag == 0x80:
        locator = answer.value[2:]
    elif answer.tag == 0x77:
        locator = find_tlv(answer.objects(), 0x94) or b""
        _keep(values, answer.objects())
    else:
        raise DeviceProblem("card_unreadable", "no processing options")
    for file, number in _located(locator):
        record, status = card.transmit(_read_record(file, number))
        if status == _NO_RECORD:
            continue
        if status != OK:
            raise DeviceProblem("card_unreadable", f"READ RECORD {status:04X}")
        _keep(values, [inside for one in read_tlv(record) if one.tag == 0x70 for inside in one.objects()])
    return values


def _keep(values: dict[int, bytes], objects: list[Tlv]) -> None:
    for one in objects:
        if one.tag in _KEPT:
            values.setdefault(one.tag, one.value)
        elif one.tag == _STRIPE and NUMBER not in values:
            digits = one.value.hex().partition("d")[0]
            values.setdefault(NUMBER_OF_STRIPE, bytes.fromhex(digits + "f" * (len(digits) % 2)))
    if NUMBER in values:
        values.pop(NUMBER_OF_STRIPE, None)


def _located(locator: bytes) -> list[tuple[int, int]]:
    """Return (file, record) of an application file locator (EMV Book 3, 10.2)."""
    places = [
        (group[0] >> 3, number)
        for group in (locator[start : start + 4] for start in range(0, len(locator), 4))
        if len(group) == 4 and 1 <= group[0] >> 3 <= 30
        for number in range(max(1, group[1]), group[2] + 1)
    ]
    if len(places) > _MOST_RECORDS or len(locator) % 4:
        raise DeviceProblem("card_unreadable", "file locator")
    return places


def _options_asked(wanted: bytes) -> bytes:
    """Return GET PROCESSING OPTIONS with what the card wants to know (EMV Book 3, 5.4), zeros where the product has no answer.

    No amount, no PIN, no cryptogram is asked for: the card is read, nothing is paid.
    """
    known = {
        0x9F66: b"\x26\x00\x00\x00",  # what the terminal can do: contactless PBOC
        0x9F1A: _CHINA,
        0x5F2A: _YUAN,
        0x9A: bytes.fromhex(time.strftime("%y%m%d")),
        0x9F21: bytes.fromhex(time.strftime("%H%M%S")),
        0x9F35: b"\x22",  # kind of terminal: attended, merchant, offline with online ability
        0x9F37: os.urandom(4),
    }
    told, place = b"", 0
    while place < len(wanted):
        tag, place = read_tag(wanted, place)
        if place >= len(wanted):
            raise TlvProblem("length cut off")
        length, place = wanted[place], place + 1
        told += known.get(tag, b"")[:length].ljust(length, b"\0")
        if len(told) > _LONGEST_DOL_ANSWER:
            raise DeviceProblem("card_unreadable", "it wants to know too much")
    return command(0x80, 0xA8, 0x00, 0x00, bytes([0x83, *_length_of(told)]) + told, 256)


def _is_name(name: bytes) -> bool:
    return 5 <= len(name) <= 16  # ISO/IEC 7816-5


def _length_of(told: bytes) -> bytes:
    return bytes([len(told)]) if len(told) < 0x80 else bytes([0x81, len(told)])


def _select(name: bytes) -> bytes:
    return command(0x00, 0xA4, 0x04, 0x00, name, 256)


def _read_record(file: int, number: int) -> bytes:
    return command(0x00, 0xB2, number, file << 3 | 0x04, le=256)
