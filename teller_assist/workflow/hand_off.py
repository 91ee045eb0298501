"""Transactions that the core banking system began: it learns what the teller decided and the case's id, never a score.

core system --"transaction start"--> begin, under its reference --> in_progress --> passed, referred, rejected or ended
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from teller_assist.errors import HandOffError, UsageError
from teller_assist.evidence.transaction import BusinessKind, TellerDecision

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


@dataclass(frozen=True)
class HandOff:
    """One transaction as the core system sees it.

    Attributes
    ----------
    case_id
        "none" while its number is being taken, and where the station is not enrolled.
    """

    reference: str
    business_kind: BusinessKind
    state: HandOffState
    case_id: str


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
        self._transactions: dict[str, tuple[int, BusinessKind]] = {}

    def add(self, reference: str, transaction: int, kind: BusinessKind) -> None:
        """Remember a transaction."""
        self._transactions[reference] = (transaction, kind)
        for old in list(self._transactions)[:-_REMEMBERED]:
            del self._transactions[old]

    def knows(self, reference: str) -> bool:
        """Return whether the reference was used."""
        return reference in self._transactions

    def find(self, reference: str) -> tuple[int, BusinessKind]:
        """Return its transaction.

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

    def begin_for(self, kind: BusinessKind, reference: str) -> HandOff:
        """Begin a transaction."""

    def handed_off(self, reference: str) -> HandOff:
        """Say how one stands."""

    def cancel_for(self, reference: str) -> HandOff:
        """End one without a decision."""


def answer_core_system(station: Partner, request: Mapping[str, str]) -> dict[str, str]:
    """Carry out one request: ``action`` (start, status, cancel), ``reference``, and ``kind`` for a start.

    Raises
    ------
    UsageError
        No such action or kind of business.
    HandOffError, SessionError
        As the station's methods.
    """
    action, reference = request.get("action", ""), request.get("reference", "")
    if action == "start":
        kind = request.get("kind", "")
        if kind not in set(BusinessKind):
            raise UsageError(what="business_kind")
        return _told(station.begin_for(BusinessKind(kind), reference))
    if action not in ("status", "cancel"):
        raise UsageError(what="action")
    return _told(station.handed_off(reference) if action == "status" else station.cancel_for(reference))


def _told(hand_off: HandOff) -> dict[str, str]:
    return {
        "reference": hand_off.reference,
        "business_kind": hand_off.business_kind.value,
        "state": hand_off.state.value,
        "case_id": hand_off.case_id,
    }
