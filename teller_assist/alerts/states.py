"""How a station's case and the way to its server fare, as the window shows it; imports nothing heavy."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from teller_assist.errors import KnownError


@dataclass(frozen=True)
class Begun:
    """A transaction that has its number.

    Attributes
    ----------
    started
        UTC.
    """

    sequence: int
    case_id: str
    started: datetime.datetime


class Kept(StrEnum):
    """How far a case has come."""

    SAVING = "saving"
    SAVED = "saved"  # sealed and safe on this disk, waiting to be delivered
    DELIVERED = "delivered"
    NOT_SAVED = "not_saved"  # could not be written: sealed in memory, tried again
    REFUSED = "refused"  # the server will not take it; kept apart


class SignOnWay(StrEnum):
    """How a teller signed on."""

    BRANCH = "branch"  # the branch server checked login and password
    OFFLINE = "offline"  # the server was away: this station checked them by its last dated statement
    NAME = "name"  # nobody checked anything: a name was given


@dataclass(frozen=True)
class SignedOn:
    """Somebody whose login and password were right.

    Attributes
    ----------
    name
        As managers know them.
    """

    login: str
    name: str
    way: SignOnWay


NOBODY = SignedOn("", "", SignOnWay.NAME)


@dataclass(frozen=True)
class BranchState:
    """How the branch server and what waits for it fare.

    Attributes
    ----------
    reachable
        None: not tried yet. True with a problem: it answers and refuses.
    waiting
        Cases that were not delivered yet, those in memory included.
    refused
        Files set aside.
    unsaved
        Cases that could not be written to the disk yet.
    problem
        Why nothing is written or delivered; None: all is well.
    """

    reachable: bool | None
    waiting: int
    refused: int
    unsaved: int
    problem: KnownError | None
