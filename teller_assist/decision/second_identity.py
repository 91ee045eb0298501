"""Whether the face at the counter was seen lately under another document number: a hint to a person, never an alarm by itself.

Twins and look-alikes are found as well, and strangers by chance the more often the more faces are searched. Nothing found never
means that there is no second identity, and nothing is claimed of it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Protocol

from teller_assist.comparison.searching import SearchProbe
from teller_assist.evidence.id_number import IdNumber

WHY = "second_identity_recent"


@dataclass(frozen=True)
class SeenBefore:
    """An earlier check of a face that is the same or very similar, under another number. Which number is not told.

    Attributes
    ----------
    case_id
        For the manager, who may open that case.
    business_kind
        Code of the wording group ``business_kind``; of another version's station perhaps an unknown one.
    """

    case_id: str
    day: datetime.date
    business_kind: str


@dataclass(frozen=True)
class FaceSearch:
    """How the faces were searched.

    Attributes
    ----------
    days
        How far back.
    searched
        How many faces, all under other numbers.
    least_score, target_fmr, fmr, calibration_id, model_id
        The threshold, where it comes from, and what was observed at it (0 to 1).
    fpir
        How often such a search meets a stranger, 0 to 1: extrapolated as 1 - (1 - FMR)^N.
    """

    days: int
    searched: int
    least_score: float
    target_fmr: str
    fmr: float
    fpir: float
    calibration_id: str
    model_id: str


@dataclass(frozen=True)
class SecondIdentityFinding:
    """What the branch server's recent faces say about one live face.

    Attributes
    ----------
    search
        None: nobody was asked, or nobody answered.
    seen
        The likest first; empty says nothing.
    """

    search: FaceSearch | None = None
    seen: tuple[SeenBefore, ...] = ()


NOT_SEARCHED = SecondIdentityFinding()


class RecentFaces(Protocol):
    """Where faces of recent cases are searched: at the branch server, where it keeps any."""

    @property
    def days(self) -> int:
        """For how long it keeps faces, as it last said; 0: it keeps none, or nobody knows."""

    def ask(self, number: IdNumber, probe: SearchProbe) -> SecondIdentityFinding:
        """Return what they say about a live face; NOT_SEARCHED where nobody can be asked. Nothing of the question is kept."""

    def keep(self, number: IdNumber, probe: SearchProbe, *, case_id: str, business_kind: str) -> None:
        """Hand the face of a decided case over; dropped where nobody takes it."""


@dataclass(frozen=True, eq=False)
class RecentFacesUse:
    """Recent faces as one station may use them.

    Attributes
    ----------
    target_fmr
        How strictly they are searched, see ``comparison.searching.strictest_threshold``.
    told_days
        For how long customers are told that their faces are kept; 0: they are not told.
    """

    faces: RecentFaces
    target_fmr: str
    told_days: int

    @property
    def permitted(self) -> bool:
        """Whether a face may leave this machine: they are kept, and for no longer than the customer is told."""
        return 0 < self.faces.days <= self.told_days
