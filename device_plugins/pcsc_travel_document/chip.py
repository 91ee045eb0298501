"""The chip: its application, and its files read piece by piece, in the plain or protected (ICAO Doc 9303-10, 3.6)."""

from __future__ import annotations

from teller_assist_sdk import DeviceProblem
from teller_assist_smartcard import OK, command
from teller_assist_tlv import TlvProblem, find_tlv, read_tlv, tlv

from .bac import Transmitter
from .secure_messaging import SecureMessaging

APPLICATION = bytes.fromhex("A0000002471001")
CARD_ACCESS, COM, DG1, DG2, SOD = 0x011C, 0x011E, 0x0101, 0x0102, 0x011D
SHORT_PIECE_BYTES = 223  # with secure messaging around it still a short answer, for 3DES and AES
LONGEST_PIECE_BYTES = 32_000
_LONGEST_FILE_BYTES = 1_000_000
_HEAD_BYTES = 8  # tag and length of a file's outermost object
_OFFSETS_BY_PARAMETER = 0x8000  # READ BINARY with an even instruction code reaches no further
_END_REACHED = 0x6282
_ABSENT = (0x6A82, 0x6A83, 0x6A88)
_OFFSET_OBJECT, _DATA_OBJECT, _OBJECT_HEAD_BYTES = 0x54, 0x53, 4


class Chip:
    """One chip.

    Parameters
    ----------
    piece_bytes
        How much is read at once; above 223 with extended lengths, which not every reader and chip can: one that cannot ends the
        session with status 6700.
    """

    def __init__(self, card: Transmitter, piece_bytes: int = SHORT_PIECE_BYTES) -> None:
        self.card, self._piece_bytes = card, piece_bytes
        self.session: SecureMessaging | None = None

    def select_application(self) -> None:
        """Select the travel document's application; DeviceProblem card_unreadable on a card that has none."""
        _, status = self._send(0xA4, 0x04, 0x0C, APPLICATION)
        if status != OK:
            raise DeviceProblem("card_unreadable", f"no travel document, status {status:04X}")

    def read(self, file_id: int) -> bytes | None:
        """Return a whole file, which is one data object; None: it is not there.

        Raises
        ------
        DeviceProblem
            card_unreadable: the chip refuses, or the file is not as long as it says; and what carrying commands raises.
        """
        _, status = self._send(0xA4, 0x02, 0x0C, file_id.to_bytes(2, "big"))
        if status in _ABSENT:
            return None
        if status != OK:
            raise DeviceProblem("card_unreadable", f"file {file_id:04X}: select, status {status:04X}")
        content = bytearray(self._piece(file_id, 0, _HEAD_BYTES))
        length = whole_length(bytes(content))
        if not 0 < length <= _LONGEST_FILE_BYTES:
            raise DeviceProblem("card_unreadable", f"file {file_id:04X}: its length")
        while len(content) < length:
            content += self._piece(file_id, len(content), min(self._piece_bytes, length - len(content)))
        return bytes(content[:length])

    def read_in_the_open(self, file_id: int) -> bytes | None:
        """Return a file that is read before the chip is opened; None: it is not there, or not given."""
        try:
            return self.read(file_id)
        except DeviceProblem as problem:
            if problem.code != "card_unreadable":
                raise
            return None

    def _piece(self, file_id: int, offset: int, wanted: int) -> bytes:
        data, status = self._read_binary(offset, wanted)
        if status not in (OK, _END_REACHED) or not data:
            raise DeviceProblem("card_unreadable", f"file {file_id:04X}: read at {offset}, status {status:04X}")
        return data

    def _read_binary(self, offset: int, wanted: int) -> tuple[bytes, int]:
        if offset < _OFFSETS_BY_PARAMETER:
            return self._send(0xB0, offset >> 8, offset & 0xFF, le=wanted)
        # ISO/IEC 7816-4, 11.3.3: the offset goes in a data object, the answer comes in one
        told = tlv(_OFFSET_OBJECT, offset.to_bytes(max(2, (offset.bit_length() + 7) // 8), "big"))
        data, status = self._send(0xB1, 0x00, 0x00, told, le=min(wanted + _OBJECT_HEAD_BYTES, self._piece_bytes))
        try:
            return (find_tlv(read_tlv(data), _DATA_OBJECT) or b"" if data else b""), status
        except TlvProblem:
            raise DeviceProblem("card_unreadable", f"read at {offset}: malformed answer") from None

    def _send(self, ins: int, p1: int, p2: int, data: bytes = b"", le: int | None = None) -> tuple[bytes, int]:
        if self.session is None:
            return self.card.transmit(command(0x00, ins, p1, p2, data, le))
        return self.session.open(*self.card.transmit(self.session.protect(ins, p1, p2, data, le)))


def whole_length(head: bytes) -> int:
    """Return how many bytes the data object has whose first bytes are given, tag and length with them; 0: that is none."""
    place = 2 if head[:1] and head[0] & 0x1F == 0x1F else 1
    if len(head) <= place:
        return 0
    length = head[place]
    if length < 0x80:
        return place + 1 + length
    count = length & 0x7F
    if not 1 <= count <= 3 or len(head) < place + 1 + count:
        return 0
    return place + 1 + count + int.from_bytes(head[place + 1 : place + 1 + count], "big")
