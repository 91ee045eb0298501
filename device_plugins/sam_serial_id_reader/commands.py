"""What the security module is asked, which answers belong to a question, and what a status word means."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist_sdk import DeviceProblem

_TEXT_BYTES = 256
_LENGTH_BYTES = 2
# Text and photo, or text, photo and fingerprint: how many lengths stand before the blocks.
_COUNTS_OF_LENGTHS = (2, 3)

OK, FOUND, NO_SUCH_ITEM = 0x90, 0x9F, 0x91
NO_CARD, NOT_SELECTED = 0x80, 0x81
SELF_TEST_FAILED, NOT_AUTHORISED = 0x60, 0x66

# After a reset the same card may answer: unknown error, card and module refused each other, verification, read, random number.
RETRIED = frozenset({0x24, 0x31, 0x32, 0x33, 0x41, 0x47})
_UNREADABLE = RETRIED | {NOT_SELECTED, 0x37, 0x3F, 0x40}
# What one command alone may answer; anybody else's is a late answer to an earlier question.
_ONLY_OF = {NO_CARD: "find", NOT_SELECTED: "select", NO_SUCH_ITEM: "newest_address"}


@dataclass(frozen=True)
class Command:
    """One question.

    Attributes
    ----------
    name
        For hints to IT.
    code
        Command and parameter byte.
    limit_s
        Longest wait for the answer's last byte, as the trade does it.
    good
        Status word of success.
    lengths
        How many bytes of data a good answer may have; empty: any number.
    """

    name: str
    code: bytes
    limit_s: float = 1.0
    good: int = OK
    lengths: tuple[int, ...] = (0,)

    def fits(self, word: int, data: bytes) -> bool:
        """Return whether an answer can be one to this question."""
        if word == self.good:
            return not self.lengths or len(data) in self.lengths
        return word not in (OK, FOUND) and not data and _ONLY_OF.get(word, self.name) == self.name


RESET = Command("reset", b"\x10\xff")
STATUS = Command("status", b"\x11\xff")
SAM_ID = Command("sam_id", b"\x12\xff", lengths=(16,))
FIND = Command("find", b"\x20\x01", good=FOUND, lengths=(4,))
SELECT = Command("select", b"\x20\x02", lengths=(8,))
READ = Command("read", b"\x30\x01", limit_s=3.0, lengths=())
NEWEST_ADDRESS = Command("newest_address", b"\x30\x03", lengths=(70,))


class RefusedError(DeviceProblem):
    """The module answered with another status word than success; ``word`` is that word."""

    def __init__(self, command: Command, word: int) -> None:
        super().__init__(_problem_code(word), f"{command.name}: status {word:02X}")
        self.word = word


class CorruptedError(DeviceProblem):
    """Something came and was no whole answer."""

    def __init__(self, command: Command, what: str) -> None:
        super().__init__("card_unreadable" if command is READ else "device_timeout", f"{command.name}: {what}")


def _problem_code(word: int) -> str:
    if word == NO_CARD:
        return "card_removed"
    return "card_unreadable" if word in _UNREADABLE else "plugin_failed"


def card_blocks(data: bytes) -> tuple[bytes, bytes]:
    """Take the answer to ``READ`` apart; a fingerprint in it is dropped.

    Some modules announce three lengths although two were asked for, so it is arithmetic, not the command, that decides.

    Returns
    -------
    The text block, 256 bytes, and the photo block, of any length.

    Raises
    ------
    CorruptedError
        The lengths do not add up, or the text block has another length.
    """
    for count in _COUNTS_OF_LENGTHS:
        start = count * _LENGTH_BYTES
        if len(data) < start:
            break
        lengths = [int.from_bytes(data[at : at + _LENGTH_BYTES], "big") for at in range(0, start, _LENGTH_BYTES)]
        if start + sum(lengths) == len(data) and lengths[0] == _TEXT_BYTES:
            photo_at = start + _TEXT_BYTES
            return data[start:photo_at], data[photo_at : photo_at + lengths[1]]
    raise CorruptedError(READ, f"the lengths do not add up to {len(data)}")


def printed_sam_id(data: bytes) -> str:
    """Return the module's number as it stands on the reader.

    Parameters
    ----------
    data
        16 bytes: two, two, four, four and four, little endian.
    """
    parts = [int.from_bytes(data[start:end], "little") for start, end in ((0, 2), (2, 4), (4, 8), (8, 12), (12, 16))]
    return "{:02d}.{:02d}-{:08d}-{:010d}-{:010d}".format(*parts)
