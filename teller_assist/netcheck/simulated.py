"""A register of made-up persons that answers in this process, for the simulated counter and for tests.

It does not imitate: the authority's own judgement of a live picture, and its judgement of the card's validity. Both are taken
and left unread; a lost or invalid card is an answer that its entry names.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.netcheck import NetcheckCode, NetcheckResult
from teller_assist.evidence.person_name import NameAgreement, compare_names, normalised_name
from teller_assist.evidence.pictures import Picture
from teller_assist.netcheck.provider import NetcheckRequest
from teller_assist.settings.personal import Personal

_WITH_PHOTO = frozenset({NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_PHOTO_DIFFERENT})


@dataclass(frozen=True, eq=False)
class RegisterEntry:
    """What the simulated authority knows about one number.

    Attributes
    ----------
    code
        What it answers when the name agrees.
    photo
        The photograph with its mesh; returned with an answer about a photograph only.
    """

    name: Personal[str]
    code: NetcheckCode
    photo: Picture | None = None


class SimulatedProvider:
    """Answers from a fixed register.

    Parameters
    ----------
    entries
        By number; every other number is NOT_FOUND.
    delay_s
        How long an answer takes, in seconds.
    service_down
        The service cannot be reached: every answer is SERVICE_DOWN.
    """

    def __init__(self, entries: Mapping[IdNumber, RegisterEntry], *, delay_s: float = 0.0, service_down: bool = False) -> None:
        self._entries = dict(entries)
        self._delay_s = delay_s
        self._service_down = service_down

    def close(self) -> None:
        """See ``NetcheckProvider.close``."""

    asks_with_live = False

    def verify(self, request: NetcheckRequest, cancel: threading.Event) -> NetcheckResult:
        """Answer one request; see ``NetcheckProvider.verify``."""
        if cancel.wait(self._delay_s):
            return NetcheckResult(NetcheckCode.NOT_ASKED, None)
        if self._service_down:
            return NetcheckResult(NetcheckCode.SERVICE_DOWN, None)
        return self._looked_up(request)

    def _looked_up(self, request: NetcheckRequest) -> NetcheckResult:
        name = request.name.reveal()
        if not normalised_name(name):
            return NetcheckResult(NetcheckCode.FORMAT_ERROR, None)
        entry = self._entries.get(request.number.reveal())
        if entry is None:
            return NetcheckResult(NetcheckCode.NOT_FOUND, None)
        agreement = compare_names(name, entry.name.reveal())
        if agreement is not NameAgreement.SAME:
            return NetcheckResult(NetcheckCode.NAME_MISMATCH, None, agreement)
        if entry.code is NetcheckCode.MATCH_PHOTO_SAME and entry.photo is None:
            return NetcheckResult(NetcheckCode.MATCH_NO_PHOTO, None)
        return NetcheckResult(entry.code, entry.photo if entry.code in _WITH_PHOTO else None)
