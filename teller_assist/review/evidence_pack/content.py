"""What goes into an evidence pack, and the lists of codes that people's findings are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from teller_assist.review.audit import Link
from teller_assist.review.cases import ListedCase


class PackPurpose(StrEnum):
    """What a pack is made for; a closed list, so that nobody's data gets into the record by it."""

    REVIEW_FILE = "review_file"
    POLICE = "police"
    INTERNAL_AUDIT = "internal_audit"
    OBJECTION = "objection"
    SUPERVISOR = "supervisor"


class PackRound(StrEnum):
    """Which look at a case a finding comes from."""

    FIRST = "first"
    SECOND = "second"
    RESOLVING = "resolving"


class PackFindingCode(StrEnum):
    """What a reviewer concluded."""

    GENUINE = "genuine"
    IMPOSTOR = "impostor"
    TWIN = "twin"
    RELATIVE = "relative"
    QUALITY = "quality"
    FALSE_ALARM = "false_alarm"


class PackOutcome(StrEnum):
    """What the counter was told to do."""

    PROCEED = "proceed"
    MORE_DOCUMENTS = "more_documents"
    TWO_TELLERS = "two_tellers"
    DO_NOT_PROCEED = "do_not_proceed"


@dataclass(frozen=True)
class PackFinding:
    """One reviewer's finding.

    Attributes
    ----------
    at
        UTC, as documents write it.
    note
        What the reviewer wrote; may be "".
    """

    at: str
    login: str
    name: str
    round: PackRound
    finding: PackFindingCode
    outcome: PackOutcome
    note: str


@dataclass(frozen=True)
class PackSignOff:
    """Somebody's signature under the findings, or their refusal of it."""

    at: str
    login: str
    name: str
    agreed: bool


@dataclass(frozen=True)
class PackMaking:
    """Who makes the pack, when (UTC, as documents write it) and what for."""

    at: str
    login: str
    name: str
    purpose: PackPurpose


@dataclass(frozen=True)
class PackContent:
    """Everything that a pack is made of.

    Attributes
    ----------
    case
        The opened case/1 document, its pictures in it.
    links
        The audit chain's entries about the case, by index; the making of this pack may be the last one.
    newest
        The chain's newest entry.
    receipt
        receipt/1 of the case.
    """

    listed: ListedCase
    case: Mapping[str, Any]
    findings: tuple[PackFinding, ...]
    sign_offs: tuple[PackSignOff, ...]
    links: tuple[Link, ...]
    newest: Link
    receipt: Mapping[str, Any]
    making: PackMaking
