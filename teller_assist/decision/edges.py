"""What the three comparisons of the photo triangle say together.

The outcome follows live-chip; an edge that disagrees makes it INCONCLUSIVE and is named for what it points to: the card's
portrait against the authority's photograph is a matter of the document, the live picture against either one of the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from teller_assist.decision.judgement import EdgeName, FaceFinding
from teller_assist.evidence.kinds import Outcome


class NotComparedWhy(StrEnum):
    """Why an edge was not compared."""

    NOT_ASKED = "not_asked"  # the picture on one side was not asked for (yet)
    CONSENT_REFUSED = "consent_refused"  # the customer does not want face recognition
    FACE_PATH_LEFT = "face_path_left"  # the customer agreed, the teller goes on with documents (camera down, bandaged face ...)
    HOLDER_ABSENT = "holder_absent"  # somebody acts for the holder, whose card alone is here
    NO_CAPTURE = "no_capture"  # no live frame was chosen
    NO_CARD = "no_card"  # no chip was read: card lost, demagnetised, temporary
    NO_PHOTO = "no_photo"  # the source answered without a photograph
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    QUALITY_TOO_LOW = "quality_too_low"
    CALIBRATION_MISSING = "calibration_missing"
    CALIBRATION_MISMATCH = "calibration_mismatch"
    MODELS_MISSING = "models_missing"


@dataclass(frozen=True)
class NotCompared:
    """An edge without an outcome: this is no outcome of its own."""

    why: NotComparedWhy


Edge = Outcome | NotCompared


@dataclass(frozen=True)
class Edges:
    """The three edges."""

    live_chip: Edge
    live_netcheck: Edge
    chip_netcheck: Edge

    def of(self, name: EdgeName) -> Edge:
        """Return one edge by its name."""
        return {
            EdgeName.LIVE_CHIP: self.live_chip,
            EdgeName.LIVE_NETCHECK: self.live_netcheck,
            EdgeName.CHIP_NETCHECK: self.chip_netcheck,
        }[name]


class FaceReason(StrEnum):
    """What the edges contribute to the reasons; codes of the wording group ``reason``."""

    # a matter of the document
    CHIP_NETCHECK_DIFFERS = "chip_netcheck_differs"  # the card's portrait is unlike the authority's photograph
    CHIP_DIFFERS_FROM_BOTH = (
        "chip_differs_from_both"  # live picture and authority's photograph agree, the card's portrait with neither
    )
    NETCHECK_DIFFERS_FROM_BOTH = (
        "netcheck_differs_from_both"  # live picture and card agree, the authority's photograph with neither
    )
    # a matter of the person
    LIVE_CHIP_DIFFERS = "live_chip_differs"
    LIVE_NETCHECK_DIFFERS = "live_netcheck_differs"
    # neither
    EDGES_CONTRADICT = "edges_contradict"
    LIVE_CHIP_AGREES = "live_chip_agrees"
    LIVE_NETCHECK_AGREES = "live_netcheck_agrees"
    LIVE_CHIP_CANNOT_TELL = "live_chip_cannot_tell"
    LIVE_NETCHECK_CANNOT_TELL = "live_netcheck_cannot_tell"
    NETCHECK_PHOTO_ALONE = "netcheck_photo_alone"  # no chip portrait: the authority's photograph alone carries no outcome
    NETCHECK_PHOTO_UNUSABLE = "netcheck_photo_unusable"


DOCUMENT_REASONS = frozenset(
    {FaceReason.CHIP_NETCHECK_DIFFERS, FaceReason.CHIP_DIFFERS_FROM_BOTH, FaceReason.NETCHECK_DIFFERS_FROM_BOTH}
)
PERSON_REASONS = frozenset({FaceReason.LIVE_CHIP_DIFFERS, FaceReason.LIVE_NETCHECK_DIFFERS})
_PHOTO_UNUSABLE = frozenset(
    {
        NotComparedWhy.NO_FACE,
        NotComparedWhy.SEVERAL_FACES,
        NotComparedWhy.QUALITY_TOO_LOW,
        NotComparedWhy.CALIBRATION_MISSING,
        NotComparedWhy.CALIBRATION_MISMATCH,
    }
)


@dataclass(frozen=True)
class FaceConclusion:
    """What the edges say together.

    Attributes
    ----------
    reasons
        Codes of the wording group ``reason``, the weightiest first; never empty.
    """

    outcome: Outcome
    finding: FaceFinding
    reasons: tuple[str, ...]


def conclude(edges: Edges) -> FaceConclusion:
    """Return outcome, finding and reasons of the three edges."""
    if isinstance(edges.live_chip, NotCompared):
        return _without_live_chip(edges, edges.live_chip)
    disagreement = _disagreement(edges)
    outcome = Outcome.INCONCLUSIVE if disagreement else edges.live_chip
    finding = {
        Outcome.MATCH: FaceFinding.MATCH,
        Outcome.NON_MATCH: FaceFinding.NON_MATCH,
        Outcome.INCONCLUSIVE: FaceFinding.CANNOT_TELL,
    }[outcome]
    # A disagreement is told whole; beside it the single edges would only repeat it.
    told = disagreement or (*_document_reasons(edges), *_live_reasons(edges))
    return FaceConclusion(outcome, finding, (*told, *_unusable_photo(edges)))


def _disagreement(edges: Edges) -> tuple[FaceReason, ...]:
    """Return what an edge that disagrees with a clear live-chip outcome points to; empty where none does."""
    chip_netcheck_differs = edges.chip_netcheck is Outcome.NON_MATCH
    if edges.live_chip is Outcome.MATCH:
        if edges.live_netcheck is Outcome.NON_MATCH:
            return (FaceReason.NETCHECK_DIFFERS_FROM_BOTH if chip_netcheck_differs else FaceReason.LIVE_NETCHECK_DIFFERS,)
        return (FaceReason.CHIP_NETCHECK_DIFFERS,) if chip_netcheck_differs else ()
    if edges.live_chip is Outcome.NON_MATCH and edges.live_netcheck is Outcome.MATCH:
        return (FaceReason.CHIP_DIFFERS_FROM_BOTH if chip_netcheck_differs else FaceReason.EDGES_CONTRADICT,)
    return ()


def _without_live_chip(edges: Edges, missing: NotCompared) -> FaceConclusion:
    reasons = (*_document_reasons(edges), *_live_reasons(edges))
    if isinstance(edges.live_netcheck, NotCompared):
        told = (*reasons, missing.why.value, *_unusable_photo(edges))
        return FaceConclusion(Outcome.INCONCLUSIVE, FaceFinding.NOT_DONE, told)
    told = (*reasons, FaceReason.NETCHECK_PHOTO_ALONE, missing.why.value)
    return FaceConclusion(Outcome.INCONCLUSIVE, FaceFinding.CANNOT_TELL, told)


def _document_reasons(edges: Edges) -> tuple[FaceReason, ...]:
    return (FaceReason.CHIP_NETCHECK_DIFFERS,) if edges.chip_netcheck is Outcome.NON_MATCH else ()


def _live_reasons(edges: Edges) -> tuple[FaceReason, ...]:
    """Return what either live edge says, a difference first, else live-chip first: the outcome follows it."""
    said = {
        Outcome.NON_MATCH: (FaceReason.LIVE_CHIP_DIFFERS, FaceReason.LIVE_NETCHECK_DIFFERS),
        Outcome.INCONCLUSIVE: (FaceReason.LIVE_CHIP_CANNOT_TELL, FaceReason.LIVE_NETCHECK_CANNOT_TELL),
        Outcome.MATCH: (FaceReason.LIVE_CHIP_AGREES, FaceReason.LIVE_NETCHECK_AGREES),
    }
    live = enumerate((edges.live_chip, edges.live_netcheck))
    reasons = [said[edge][place] for place, edge in live if not isinstance(edge, NotCompared)]
    return tuple(sorted(reasons, key=lambda reason: reason not in PERSON_REASONS))


def _unusable_photo(edges: Edges) -> tuple[FaceReason, ...]:
    """Say that the authority's photograph could not be used; that there is none, its result code says.

    Where live-chip was not compared for the same reason, it lies with the live picture.
    """
    missing = edges.live_netcheck
    unusable = isinstance(missing, NotCompared) and missing.why in _PHOTO_UNUSABLE and missing != edges.live_chip
    return (FaceReason.NETCHECK_PHOTO_UNUSABLE,) if unusable else ()
