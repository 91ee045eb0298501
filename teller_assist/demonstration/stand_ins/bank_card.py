"""A stand-in for a bank card with a chip (PBOC, EMV): contact over T=0, contactless over T=1. Issuer and holder are made up.

It has what a card is asked for that is only to be read: directory, one application, processing options, records.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from teller_assist.demonstration.stand_ins.bank_card_faults import BankCardFault
from teller_assist.evidence.bank_card import luhn_digit

APPLICATION = bytes.fromhex("A000000333010101")  # UnionPay, debit
_CONTACT_DIRECTORY, _CONTACTLESS_DIRECTORY = b"1PAY.SYS.DDF01", b"2PAY.SYS.DDF01"
# As PBOC cards ask: terminal's abilities, amount, other amount, country, results, currency, date, kind, random number.
_PDOL = bytes.fromhex("9F66049F02069F03069F1A0295055F2A029A039C019F3704")
_PDOL_BYTES = 4 + 6 + 6 + 2 + 5 + 2 + 3 + 1 + 4
_NO_FILE, _NO_RECORD, _NOT_NOW, _WRONG_LENGTH, _NO_SUCH_COMMAND = 0x6A82, 0x6A83, 0x6985, 0x6700, 0x6D00
_GOOD = 0x9000


def made_up_number(digits: str = "990000000000000001") -> str:
    """Return a card number with its check digit; 990000 is nobody (ISO/IEC 7812-1: national use, no such country)."""
    return digits + luhn_digit(digits)


@dataclass(frozen=True)
class CardContent:
    """What is written on the card.

    Attributes
    ----------
    valid_until
        Year and month, "YYMM".
    holder_name
        In the form of the card, ASCII.
    """

    number: str = made_up_number()
    valid_until: str = "3512"
    holder_name: str = "LIN/XIAOYANG"
    sequence_number: str = "01"


class BankCardChip:
    """The card's chip; see ``vpcd.VirtualCard``.

    Parameters
    ----------
    contactless
        It lies in the field of a reader; else it stands in one.
    """

    def __init__(
        self, content: CardContent | None = None, *, contactless: bool = False, faults: Iterable[BankCardFault] = ()
    ) -> None:
        self.faults = set(faults)
        self._contactless = contactless
        self._content = content or CardContent()
        self.reset()

    @property
    def protocol(self) -> int:
        """T=0 in contact, T=1 in the field."""
        return 1 if self._contactless else 0

    @property
    def atr(self) -> bytes:
        """Its answer to reset, or what a reader makes up for a card in its field."""
        if BankCardFault.MUTE in self.faults:
            return b"\xff\xff"  # noise; nothing at all stops vpcd for good
        return bytes.fromhex("3B80800101" if self._contactless else "3B65000020434D4253")

    def reset(self) -> None:
        """Forget everything."""
        self._selected, self._is_processing, self._waiting = b"", False, b""

    def process(self, command: bytes) -> bytes | None:
        """Answer a command as T=0 or T=1 carries it."""
        if len(command) < 4:
            return _word(_WRONG_LENGTH)
        if self._is_processing and command[1] == 0xB2:
            if BankCardFault.PULLED in self.faults:
                return None
            if BankCardFault.SILENT in self.faults:
                return b""
        return self._over_t1(command) if self._contactless else self._over_t0(command)

    # ------------------------------------------------------------ the two protocols

    def _over_t1(self, command: bytes) -> bytes:
        data = command[5 : 5 + command[4]] if len(command) > 5 else b""
        told, status = self._answer(command[1], command[2], command[3], data)
        if BankCardFault.ENDLESS in self.faults and (told or command[1] == 0xC0):
            return b"\0" + _word(0x6100 | 1)
        return told + _word(status)

    def _over_t0(self, command: bytes) -> bytes:
        """Answer a header with P3, and data where the command has some; what there is to fetch is announced."""
        if len(command) not in (5, 5 + command[4] if len(command) > 4 else 0):
            return _word(_WRONG_LENGTH)
        if command[1] == 0xC0:
            return self._fetched(command[4])
        told, status = self._answer(command[1], command[2], command[3], command[5:])
        if status != _GOOD or not told:
            return _word(status)
        if len(command) > 5:
            self._waiting = told
            return _word(0x6100 | len(told) & 0xFF)
        return told + _word(status) if command[4] == len(told) & 0xFF else _word(0x6C00 | len(told) & 0xFF)

    def _fetched(self, count: int) -> bytes:
        if BankCardFault.ENDLESS in self.faults:
            return b"\0" + _word(0x6100 | 1)
        told, self._waiting = self._waiting, b""
        if not told:
            return _word(_NOT_NOW)
        return told + _word(_GOOD) if count == len(told) & 0xFF else _word(0x6C00 | len(told) & 0xFF)

    # ------------------------------------------------------------ the commands

    def _answer(self, ins: int, p1: int, p2: int, data: bytes) -> tuple[bytes, int]:
        if ins == 0xA4 and p1 == 0x04:
            return self._select(data)
        if ins == 0xB2 and p2 & 0x07 == 0x04:
            return self._record(p2 >> 3, p1)
        if ins == 0xA8 and self._selected == APPLICATION:
            return self._processing_options(data)
        return b"", _NO_SUCH_COMMAND

    def _select(self, name: bytes) -> tuple[bytes, int]:
        directory = _CONTACTLESS_DIRECTORY if self._contactless else _CONTACT_DIRECTORY
        has_directory = BankCardFault.NO_DIRECTORY not in self.faults
        if name == directory and has_directory:
            self._selected = name
            inside = _object(0xBF0C, _ENTRY) if self._contactless else _object(0x88, b"\x01") + _object(0x5F2D, b"zh")
            return _object(0x6F, _object(0x84, name) + _object(0xA5, inside)), _GOOD
        if len(name) >= 5 and APPLICATION.startswith(name):
            self._selected, self._is_processing = APPLICATION, False
            inside = _object(0x50, b"PBOC DEBIT") + _object(0x87, b"\x01") + _object(0x9F38, _PDOL)
            return _object(0x6F, _object(0x84, APPLICATION) + _object(0xA5, inside)), _GOOD
        return b"", _NO_FILE

    def _processing_options(self, data: bytes) -> tuple[bytes, int]:
        if BankCardFault.REFUSING in self.faults:
            return b"", _NOT_NOW
        if data[:2] != bytes([0x83, _PDOL_BYTES]) or len(data) != 2 + _PDOL_BYTES:
            return b"", _WRONG_LENGTH
        self._is_processing = True
        profile, locator = b"\x7c\x00", bytes.fromhex("08010100 10010201")
        if self._contactless:
            return _object(0x77, _object(0x82, profile) + _object(0x94, locator)), _GOOD
        return _object(0x80, profile + locator), _GOOD

    def _record(self, file: int, number: int) -> tuple[bytes, int]:
        if self._selected == _CONTACT_DIRECTORY:
            return (_object(0x70, _ENTRY), _GOOD) if (file, number) == (1, 1) else (b"", _NO_RECORD)
        if not self._is_processing:
            return b"", _NOT_NOW
        record = self._records().get((file, number))
        if record is None:
            return b"", _NO_RECORD
        return (b"\x70\x7fgarbage" if BankCardFault.GARBAGE in self.faults else _object(0x70, record)), _GOOD

    def _records(self) -> dict[tuple[int, int], bytes]:
        content = self._content
        number = content.number
        if BankCardFault.WRONG_CHECK_DIGIT in self.faults:
            number = number[:-1] + str((int(number[-1]) + 1) % 10)
        stripe = _packed(f"{number}D{content.valid_until}2010000000000")
        numbered = b"" if BankCardFault.NO_NUMBER in self.faults else _object(0x5A, _packed(number))
        return {
            (1, 1): _object(0x57, stripe) + _object(0x5F20, content.holder_name.encode("ascii").ljust(20)),
            (2, 1): numbered + _object(0x5F24, bytes.fromhex(f"{content.valid_until}31")) + _object(0x5F28, b"\x01\x56"),
            (2, 2): _object(0x5F34, bytes.fromhex(content.sequence_number)) + _object(0x8F, b"\x01"),
        }


def _object(tag: int, value: bytes) -> bytes:
    length = bytes([len(value)]) if len(value) < 0x80 else bytes([0x81, len(value)])
    return tag.to_bytes(2 if tag > 0xFF else 1, "big") + length + value


def _packed(digits: str) -> bytes:
    return bytes.fromhex(digits + "F" * (len(digits) % 2))


def _word(status: int) -> bytes:
    return status.to_bytes(2, "big")


_ENTRY = _object(0x61, _object(0x4F, APPLICATION) + _object(0x50, b"PBOC DEBIT") + _object(0x87, b"\x01"))
