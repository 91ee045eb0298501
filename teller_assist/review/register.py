"""The register of relatives and look-alikes: keyed hashes of ID numbers, so that no number stands in the database.

Who holds database and key could try all numbers of one area and birth date: the key is in no table (see ``server_keys``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from teller_assist.alerts.suites.choice import INTERNATIONAL
from teller_assist.alerts.suites.suite import Suite
from teller_assist.decision.kinship import neighbouring_numbers
from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.tables import CasePerson, LookAlike, RecentFace, RelativeNumber


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

    def add(self, session: Session, number: IdNumber, *, seen: str = "") -> bool:
        """Add a number; returns whether it is new.

        Parameters
        ----------
        seen
            When the customer was at a counter, from which the clock of the entry runs; "": added by hand, it stays.
        """
        name = self._hidden("number", number.text)
        known = session.get(RelativeNumber, name)
        if known is not None:
            known.seen = max(known.seen, seen) if known.seen and seen else ""
            return False
        session.add(RelativeNumber(number_hmac=name, family_hmac=self._hidden("family", number.family), seen=seen))
        session.flush()
        return True

    def remove(self, session: Session, hidden: Collection[str]) -> None:
        """Take every entry under these hashes out; see ``names``."""
        session.execute(delete(RelativeNumber).where(RelativeNumber.number_hmac.in_(hidden)))
        session.execute(delete(LookAlike).where(or_(LookAlike.number_hmac.in_(hidden), LookAlike.other_hmac.in_(hidden))))
        session.execute(delete(RecentFace).where(RecentFace.number_hmac.in_(hidden)))  # an index over them is made at start
        session.execute(delete(CasePerson).where(CasePerson.number_hmac.in_(hidden)))

    def knows(self, session: Session, number: IdNumber) -> bool:
        """Return whether a number's hash is kept."""
        return session.get(RelativeNumber, self._hidden("number", number.text)) is not None

    def forget_old(self, session: Session, before: str) -> int:
        """Take out what was last seen before a moment and not added by hand; returns how many."""
        old = delete(RelativeNumber).where(RelativeNumber.seen != "", RelativeNumber.seen < before)
        return int(getattr(session.execute(old), "rowcount", 0))

    def names(self, number: IdNumber) -> tuple[str, ...]:
        """Return every keyed hash under which something is kept about a number."""
        return tuple(self._hidden(purpose, number.text) for purpose in ("number", "look-alike", "recent-face", "case-person"))

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

    def case_name(self, number: IdNumber) -> str:
        """Return what a number's cases are found by."""
        return self._hidden("case-person", number.text)

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
