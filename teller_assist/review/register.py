"""The register of relatives and look-alikes: keyed hashes of ID numbers, so that no number stands in the database.

Who holds database and key could try all numbers of one area and birth date: the key is in no table (see ``server_keys``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from teller_assist.alerts.suites.choice import INTERNATIONAL
from teller_assist.alerts.suites.suite import Suite
from teller_assist.decision.kinship import neighbouring_numbers
from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.tables import LookAlike, RelativeNumber


@dataclass(frozen=True)
class RegisterAnswer:
    """What the register says about a number; no relative never means that there is none."""

    relative: bool
    possible_twin: bool
    look_alike: bool


class Register:
    """Writes and looks up numbers within a caller's session.

    Parameters
    ----------
    key
        32 bytes.
    suite
        Whose keyed hash it is.
    """

    def __init__(self, key: bytes, suite: Suite = INTERNATIONAL) -> None:
        self._key, self._suite = key, suite

    def __repr__(self) -> str:
        return "Register(***)"

    def add(self, session: Session, number: IdNumber) -> bool:
        """Add a number; returns whether it is new."""
        name = self._hidden("number", number.text)
        if session.get(RelativeNumber, name) is not None:
            return False
        session.add(RelativeNumber(number_hmac=name, family_hmac=self._hidden("family", number.family)))
        session.flush()
        return True

    def add_look_alikes(self, session: Session, one: IdNumber, other: IdNumber) -> bool:
        """Note that two persons are taken for each other; returns whether that is new."""
        first, second = (self._hidden("look-alike", number.text) for number in (one, other))
        if first == second or session.get(LookAlike, (first, second)) is not None:
            return False
        session.add_all([LookAlike(number_hmac=first, other_hmac=second), LookAlike(number_hmac=second, other_hmac=first)])
        session.flush()
        return True

    def lookup(self, session: Session, number: IdNumber) -> RegisterAnswer:
        """Return what is known about a number; the own one is no relative's."""
        own = self._hidden("number", number.text)
        same_family = RelativeNumber.family_hmac == self._hidden("family", number.family)
        relative = self._is_there(session, same_family, RelativeNumber.number_hmac != own)
        neighbours = [self._hidden("number", neighbour) for neighbour in neighbouring_numbers(number)]
        possible_twin = relative and self._is_there(session, RelativeNumber.number_hmac.in_(neighbours))
        look_alike = self._is_there(session, LookAlike.number_hmac == self._hidden("look-alike", number.text))
        return RegisterAnswer(relative, possible_twin, look_alike)

    def face_name(self, number: IdNumber) -> str:
        """Return what a number's recent face is kept under: a keyed hash that says nothing about those of the register."""
        return self._hidden("recent-face", number.text)

    @staticmethod
    def _is_there(session: Session, *conditions: object) -> bool:
        return bool(session.scalar(select(exists().where(*conditions))))  # type: ignore[arg-type]

    def _hidden(self, purpose: str, text: str) -> str:
        """Return a keyed hash; one purpose's hashes say nothing about another's."""
        return self._suite.keyed_hash(self._key, f"{purpose}\0{text}".encode("ascii")).hex()


def read_numbers(lines: Iterable[str]) -> list[IdNumber]:
    """Return the numbers of non-empty lines.

    Raises
    ------
    CardUnreadableError
        A line is no number.
    """
    return [IdNumber(line.strip().upper()) for line in lines if line.strip()]
