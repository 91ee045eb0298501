"""Transactions that the core banking system began: it learns what the teller decided and the case's id, never a score.

core system --"transaction start"--> begin, under its reference --> in_progress --> passed, referred, rejected or ended
    after a review: referred --> passed or rejected
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from teller_assist.errors import HandOffError, UsageError
from teller_assist.evidence.bank_card import BankCard
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerDecision

NONE = "none"
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
_REMEMBERED = 200  # as many as today's list


class HandOffState(StrEnum):
    """What the core system learns of a transaction."""

    IN_PROGRESS = "in_progress"  # also while the decision can still be undone
    PASSED = "passed"
    REFERRED = "referred"
    REJECTED = "rejected"
    ENDED = "ended"  # without a decision


_DECIDED = {
    TellerDecision.PASS: HandOffState.PASSED,
    TellerDecision.REFER: HandOffState.REFERRED,
    TellerDecision.REJECT: HandOffState.REJECTED,
}


# Of several persons' checks the first of these that occurs is what the whole comes to.
_WORST_FIRST = (
    HandOffState.IN_PROGRESS,
    HandOffState.REJECTED,
    HandOffState.REFERRED,
    HandOffState.ENDED,
    HandOffState.PASSED,
)


@dataclass(frozen=True)
class HandOffPerson:
    """One person's check.

    Attributes
    ----------
    case_id
        "none" while its number is being taken, and where the station is not enrolled.
    bank_card
        The one that was read for this person, as long as the check goes on; None otherwise. Its whole number is never told.
    followed_by
        The case of the later decision about a referred person, which ``state`` tells then; "" where there is none.
    """

    role: PersonRole
    state: HandOffState
    case_id: str
    followed_by: str = ""
    bank_card: BankCard | None = None


@dataclass(frozen=True)
class HandOff:
    """One transaction as the core system sees it.

    Attributes
    ----------
    persons
        In the order in which they were checked; never empty.
    """

    reference: str
    business_kind: BusinessKind
    persons: tuple[HandOffPerson, ...]

    @property
    def deciding(self) -> HandOffPerson:
        """The person on whom the whole depends: the last of those who fared worst."""
        return min(reversed(self.persons), key=lambda one: _WORST_FIRST.index(one.state))


def checked_reference(reference: str) -> str:
    """Return a reference that can be one.

    Raises
    ------
    HandOffError
        "reference_invalid": 1 to 64 Latin letters, digits and ``._:/-``, the first a letter or a digit; no room for a name.
    """
    if not _REFERENCE.fullmatch(reference):
        raise HandOffError("reference_invalid")
    return reference


def state_of(decision: TellerDecision | None) -> HandOffState:
    """Return how an ended transaction ended."""
    return HandOffState.ENDED if decision is None else _DECIDED[decision]


class References:
    """Which transaction stands under which reference; the oldest are forgotten."""

    def __init__(self) -> None:
        self._transactions: dict[str, tuple[tuple[int, ...], BusinessKind]] = {}

    def add(self, reference: str, transaction: int, kind: BusinessKind) -> None:
        """Remember a transaction."""
        self._transactions[reference] = ((transaction,), kind)
        for old in list(self._transactions)[:-_REMEMBERED]:
            del self._transactions[old]

    def extend(self, before: tuple[int, ...], transaction: int) -> None:
        """Remember that a further person is checked where the ones before have a reference."""
        for reference, (transactions, kind) in self._transactions.items():
            if set(before) & set(transactions):
                self._transactions[reference] = ((*transactions, transaction), kind)

    def knows(self, reference: str) -> bool:
        """Return whether the reference was used."""
        return reference in self._transactions

    def find(self, reference: str) -> tuple[tuple[int, ...], BusinessKind]:
        """Return the numbers of its checks, one for each person.

        Raises
        ------
        HandOffError
            "reference_unknown"
        """
        if reference not in self._transactions:
            raise HandOffError("reference_unknown")
        return self._transactions[reference]


class Partner(Protocol):
    """The station as far as the core system may use it."""

    def begin_for(self, kind: BusinessKind, reference: str, role: PersonRole = PersonRole.HOLDER) -> HandOff:
        """Begin a transaction."""

    def handed_off(self, reference: str) -> HandOff:
        """Say how one stands."""

    def cancel_for(self, reference: str) -> HandOff:
        """End one without a decision."""


def answer_core_system(station: Partner, request: Mapping[str, str]) -> dict[str, Any]:
    """Carry out one request: ``action`` (start, status, cancel), ``reference``, and for a start ``kind`` and maybe ``role``.

    Raises
    ------
    UsageError
        No such action, kind of business or role.
    HandOffError, SessionError
        As the station's methods.
    """
    action, reference = request.get("action", ""), request.get("reference", "")
    if action == "start":
        kind = request.get("kind", "")
        if kind not in set(BusinessKind):
            raise UsageError(what="business_kind")
        role = request.get("role", PersonRole.HOLDER.value)
        if role not in set(PersonRole):
            raise UsageError(what="role")
        return _told(station.begin_for(BusinessKind(kind), reference, PersonRole(role)))
    if action not in ("status", "cancel"):
        raise UsageError(what="action")
    return _told(station.handed_off(reference) if action == "status" else station.cancel_for(reference))


def _told(hand_off: HandOff) -> dict[str, Any]:
    return {
        "reference": hand_off.reference,
        "business_kind": hand_off.business_kind.value,
        "state": hand_off.deciding.state.value,
        "case_id": hand_off.deciding.case_id,
        "persons": [_person_told(one) for one in hand_off.persons],
    }


def _person_told(one: HandOffPerson) -> dict[str, Any]:
    told = {"role": one.role.value, "state": one.state.value, "case_id": one.case_id}
    later = {"followed_by": one.followed_by} if one.followed_by else {}
    return {**told, **later, **({} if one.bank_card is None else {"bank_card": _card_told(one.bank_card)})}


def _card_told(card: BankCard) -> dict[str, str]:
    """Return what may leave the station of a bank card: enough to find it among the account's own, and no more."""
    valid_until = "" if card.valid_until is None else f"{card.valid_until:%Y-%m}"
    return {"masked_number": card.number.reveal().shown, "valid_until": valid_until}
