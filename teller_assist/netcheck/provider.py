"""What the product asks the networked verification (联网核查), and the one method that whoever answers must have."""

from __future__ import annotations

import datetime
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.netcheck import NetcheckResult
from teller_assist.evidence.pictures import Picture
from teller_assist.settings.personal import Personal


class VerificationMode(StrEnum):
    """What is sent to the authority."""

    NUMBER_NAME = "number_name"
    NUMBER_NAME_LIVE = "number_name_live"
    NUMBER_NAME_VALIDITY = "number_name_validity"
    NUMBER_NAME_VALIDITY_LIVE = "number_name_validity_live"


@dataclass(frozen=True)
class CardValidity:
    """The card's validity as its chip states it.

    Attributes
    ----------
    until
        None: valid for life (长期).
    """

    since: datetime.date
    until: datetime.date | None


@dataclass(frozen=True, eq=False)
class NetcheckRequest:
    """One question to the authority.

    Attributes
    ----------
    validity, live
        Sent where they are given; they decide the mode.
    """

    number: Personal[IdNumber]
    name: Personal[str]
    validity: CardValidity | None = None
    live: Picture | None = None

    @property
    def mode(self) -> VerificationMode:
        """Which of the four verification modes this request is."""
        if self.validity is None:
            return VerificationMode.NUMBER_NAME if self.live is None else VerificationMode.NUMBER_NAME_LIVE
        return VerificationMode.NUMBER_NAME_VALIDITY if self.live is None else VerificationMode.NUMBER_NAME_VALIDITY_LIVE


class NetcheckProvider(Protocol):
    """Whoever answers: the bank's gateway to the authority, or a simulation."""

    @property
    def asks_with_live(self) -> bool:
        """Whether the live picture is part of the question: it is asked once there is one, or once none is to come."""

    def close(self) -> None:
        """Take no more questions; does not wait."""

    def verify(self, request: NetcheckRequest, cancel: threading.Event) -> NetcheckResult:
        """Ask about one person; may take seconds, so call it on a worker thread.

        What goes wrong on the way is an answer of its own (SERVICE_DOWN, FORMAT_ERROR): the teller goes on by hand.
        Neither the request nor the answer may be logged.

        Parameters
        ----------
        request
            The question.
        cancel
            Set it from another thread to give up; the answer is then NOT_ASKED, at once.
        """
