"""Whether a close relative's ID number stands in a register. It comes from numbers, never from a comparison score.

Numbers are given out in order within one area and birth date: the same area and birth date make a flag, a sequence within four
as well makes a possible twin. No flag never means "no twin": the twin may be registered elsewhere, or nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from teller_assist.decision.judgement import Kinship
from teller_assist.errors import BranchError
from teller_assist.evidence.id_number import IdNumber, check_character
from teller_assist.settings.personal import Personal

TWIN_SEQUENCES = 4
_KEY_BYTES = 32
_SEQUENCES = 1000


@dataclass(frozen=True)
class KinshipFinding:
    """What a register says about one number.

    Attributes
    ----------
    possible_twin
        Only with YES: a sequence within ``TWIN_SEQUENCES`` as well.
    why
        Code of the wording group ``reason``.
    look_alike
        Only with YES: a manager found that this person and another one are taken for each other.
    """

    kinship: Kinship
    possible_twin: bool
    why: str
    look_alike: bool = False


POSSIBLE_TWIN = KinshipFinding(Kinship.YES, possible_twin=True, why="possible_twin")
RELATIVE = KinshipFinding(Kinship.YES, possible_twin=False, why="relative_in_register")
LOOK_ALIKE = KinshipFinding(Kinship.YES, possible_twin=False, why="look_alike_in_register", look_alike=True)
NO_ENTRY = KinshipFinding(Kinship.NO, possible_twin=False, why="no_relative_in_register")
NOT_LOOKED_UP = KinshipFinding(Kinship.UNKNOWN, possible_twin=False, why="kinship_not_looked_up")


def register_finding(*, relative: bool, possible_twin: bool, look_alike: bool) -> KinshipFinding:
    """Return what a register's answer means; a look-alike asks for the same care as a relative."""
    if not relative:
        return LOOK_ALIKE if look_alike else NO_ENTRY
    return replace(POSSIBLE_TWIN if possible_twin else RELATIVE, look_alike=look_alike)


class KinshipRegister(Protocol):
    """Where relatives are looked up: at the branch server, or in memory for the simulated profile."""

    def lookup(self, number: IdNumber) -> KinshipFinding:
        """Return whether a relative's number is registered; the own number is no relative's.

        Raises
        ------
        BranchError
            The register cannot be asked.
        """


def ask_register(register: KinshipRegister, number: IdNumber) -> KinshipFinding:
    """Look a number up; a register that cannot be asked gives UNKNOWN with its reason."""
    try:
        return register.lookup(number)
    except BranchError as error:
        return KinshipFinding(Kinship.UNKNOWN, possible_twin=False, why=f"kinship_{error.reason}")


class NumberRegister:
    """A small register in memory that holds no number in clear, only keyed hashes under a key of this process alone.

    Parameters
    ----------
    numbers
        Numbers known to the branch.
    """

    def __init__(self, numbers: Iterable[Personal[IdNumber]]) -> None:
        self._key = secrets.token_bytes(_KEY_BYTES)
        self._families: dict[bytes, set[bytes]] = {}
        for number in numbers:
            known = number.reveal()
            self._families.setdefault(self._seal(known.family), set()).add(self._seal(known.text))

    def __repr__(self) -> str:
        return "NumberRegister(***)"

    def lookup(self, number: IdNumber) -> KinshipFinding:
        """Return whether a number of the same area and birth date is registered, the own one aside."""
        relatives = self._families.get(self._seal(number.family), set()) - {self._seal(number.text)}
        if not relatives:
            return NO_ENTRY
        neighbours = {self._seal(neighbour) for neighbour in neighbouring_numbers(number)}
        return POSSIBLE_TWIN if relatives & neighbours else RELATIVE

    def _seal(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode("ascii"), hashlib.sha256)


def neighbouring_numbers(number: IdNumber) -> tuple[str, ...]:
    """Return the numbers of the same area and birth date whose sequence is at most ``TWIN_SEQUENCES`` away, the own one not."""
    sequences = range(max(0, number.sequence - TWIN_SEQUENCES), min(_SEQUENCES, number.sequence + TWIN_SEQUENCES + 1))
    beginnings = (f"{number.family}{sequence:03d}" for sequence in sequences if sequence != number.sequence)
    return tuple(first_17 + check_character(first_17) for first_17 in beginnings)
