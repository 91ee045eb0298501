"""What goes into an evidence pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from teller_assist.review.audit import Link
from teller_assist.review.cases import ListedCase
from teller_assist.review.reviewing import RecordedFinding, RecordedSignOff


class PackPurpose(StrEnum):
    """What a pack is made for; a closed list, so that nobody's data gets into the record by it."""

    REVIEW_FILE = "review_file"
    POLICE = "police"
    INTERNAL_AUDIT = "internal_audit"
    OBJECTION = "objection"
    SUPERVISOR = "supervisor"


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
    findings: tuple[RecordedFinding, ...]
    sign_offs: tuple[RecordedSignOff, ...]
    links: tuple[Link, ...]
    newest: Link
    receipt: Mapping[str, Any]
    making: PackMaking
