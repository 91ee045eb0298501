"""What the three comparisons of the photo triangle say together, and what the printed portrait adds.

The outcome follows live-chip; an edge that disagrees makes it INCONCLUSIVE and is named for what it points to: the card's
portrait against the authority's photograph is a matter of the document, the live picture against either one of the person.
The printed portrait changes no outcome: what is printed is forged more easily than a chip. Where it contradicts the portrait that
the outcome rests on, that is a matter of the document (``portrait_contradicts``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    """The three edges of the triangle, and the one with the printed portrait."""

    live_chip: Edge
    live_netcheck: Edge
    chip_netcheck: Edge
    live_printed: Edge = NotCompared(NotComparedWhy.NOT_ASKED)

    def of(self, name: EdgeName) -> Edge:
        """Return one edge by its name."""
        return {
            EdgeName.LIVE_CHIP: self.live_chip,
            EdgeName.LIVE_NETCHECK: self.live_netcheck,
            EdgeName.CHIP_NETCHECK: self.chip_netcheck,
            EdgeName.LIVE_PRINTED: self.live_printed,
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
    LIVE_PRINTED_DIFFERS = (
        "live_printed_differs"  # of a card without a chip's portrait: beside one it is a matter of the document
    )
    # neither
    EDGES_CONTRADICT = "edges_contradict"
    LIVE_CHIP_AGREES = "live_chip_agrees"
    LIVE_NETCHECK_AGREES = "live_netcheck_agrees"
    LIVE_CHIP_CANNOT_TELL = "live_chip_cannot_tell"
    LIVE_NETCHECK_CANNOT_TELL = "live_netcheck_cannot_tell"
    # the same of a passport or travel permit, whose portrait is of another kind than an ID card's
    LIVE_TRAVEL_DOCUMENT_DIFFERS = "live_travel_document_differs"
    LIVE_TRAVEL_DOCUMENT_AGREES = "live_travel_document_agrees"
    LIVE_TRAVEL_DOCUMENT_CANNOT_TELL = "live_travel_document_cannot_tell"
    LIVE_PRINTED_AGREES = "live_printed_agrees"
    LIVE_PRINTED_CANNOT_TELL = "live_printed_cannot_tell"
    NETCHECK_PHOTO_ALONE = "netcheck_photo_alone"  # no chip portrait: the authority's photograph alone carries no outcome
    PRINTED_PORTRAIT_ALONE = "printed_portrait_alone"  # nor does the printed portrait
    PRINTED_AND_NETCHECK_ALONE = "printed_and_netcheck_alone"  # nor do the two
    NETCHECK_PHOTO_UNUSABLE = "netcheck_photo_unusable"
    PRINTED_PORTRAIT_UNUSABLE = "printed_portrait_unusable"


DOCUMENT_REASONS = frozenset(
    {FaceReason.CHIP_NETCHECK_DIFFERS, FaceReason.CHIP_DIFFERS_FROM_BOTH, FaceReason.NETCHECK_DIFFERS_FROM_BOTH}
)
PERSON_REASONS = frozenset(
    {
        FaceReason.LIVE_CHIP_DIFFERS,
        FaceReason.LIVE_TRAVEL_DOCUMENT_DIFFERS,
        FaceReason.LIVE_NETCHECK_DIFFERS,
        FaceReason.LIVE_PRINTED_DIFFERS,
    }
)
_OF_TRAVEL_DOCUMENT = {
    FaceReason.LIVE_CHIP_DIFFERS: FaceReason.LIVE_TRAVEL_DOCUMENT_DIFFERS,
    FaceReason.LIVE_CHIP_AGREES: FaceReason.LIVE_TRAVEL_DOCUMENT_AGREES,
    FaceReason.LIVE_CHIP_CANNOT_TELL: FaceReason.LIVE_TRAVEL_DOCUMENT_CANNOT_TELL,
}
# The chip's portrait was not compared: nothing that was leads to an outcome.
WITHOUT_CHIP = frozenset(
    {FaceReason.NETCHECK_PHOTO_ALONE, FaceReason.PRINTED_PORTRAIT_ALONE, FaceReason.PRINTED_AND_NETCHECK_ALONE}
)
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


def conclude(edges: Edges, *, of_travel_document: bool = False) -> FaceConclusion:
    """Return outcome, finding and reasons of the three edges.

    Parameters
    ----------
    of_travel_document
        The chip is a passport's or travel permit's, and the reasons say so.
    """
    concluded = _conclude(edges)
    if not of_travel_document:
        return concluded
    told = {str(of_card): str(of_document) for of_card, of_document in _OF_TRAVEL_DOCUMENT.items()}
    return replace(concluded, reasons=tuple(told.get(reason, reason) for reason in concluded.reasons))


def _conclude(edges: Edges) -> FaceConclusion:
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
    return FaceConclusion(outcome, finding, (*told, *_unusable_photos(edges)))


def portrait_contradicts(edges: Edges) -> bool:
    """Return whether the live face agrees with the printed portrait or with the other portrait of the holder, and not with both.

    The other one is the chip's; where that was not compared, the authority's photograph.
    """
    other = edges.live_netcheck if isinstance(edges.live_chip, NotCompared) else edges.live_chip
    return {edges.live_printed, other} == {Outcome.MATCH, Outcome.NON_MATCH}


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
    alone = {
        (True, True): FaceReason.PRINTED_AND_NETCHECK_ALONE,
        (True, False): FaceReason.NETCHECK_PHOTO_ALONE,
        (False, True): FaceReason.PRINTED_PORTRAIT_ALONE,
    }.get((not isinstance(edges.live_netcheck, NotCompared), not isinstance(edges.live_printed, NotCompared)))
    finding = FaceFinding.NOT_DONE if alone is None else FaceFinding.CANNOT_TELL
    told = (*reasons, *([] if alone is None else [alone]), missing.why.value, *_unusable_photos(edges))
    return FaceConclusion(Outcome.INCONCLUSIVE, finding, told)


def _document_reasons(edges: Edges) -> tuple[FaceReason, ...]:
    return (FaceReason.CHIP_NETCHECK_DIFFERS,) if edges.chip_netcheck is Outcome.NON_MATCH else ()


def _live_reasons(edges: Edges) -> tuple[FaceReason, ...]:
    """Return what the live edges say, a difference first, else live-chip first: the outcome follows it.

    Of the printed portrait it is told where there is no chip's.
    """
    said = {
        Outcome.NON_MATCH: (FaceReason.LIVE_CHIP_DIFFERS, FaceReason.LIVE_NETCHECK_DIFFERS, FaceReason.LIVE_PRINTED_DIFFERS),
        Outcome.INCONCLUSIVE: (
            FaceReason.LIVE_CHIP_CANNOT_TELL,
            FaceReason.LIVE_NETCHECK_CANNOT_TELL,
            FaceReason.LIVE_PRINTED_CANNOT_TELL,
        ),
        Outcome.MATCH: (FaceReason.LIVE_CHIP_AGREES, FaceReason.LIVE_NETCHECK_AGREES, FaceReason.LIVE_PRINTED_AGREES),
    }
    printed = [edges.live_printed] if isinstance(edges.live_chip, NotCompared) else []
    live = enumerate((edges.live_chip, edges.live_netcheck, *printed))
    reasons = [said[edge][place] for place, edge in live if not isinstance(edge, NotCompared)]
    return tuple(sorted(reasons, key=lambda reason: reason not in PERSON_REASONS))


def _unusable_photos(edges: Edges) -> tuple[FaceReason, ...]:
    """Say that the authority's photograph or the printed portrait could not be used; that there is none, is said elsewhere.

    Where live-chip was not compared for the same reason, it lies with the live picture.
    """
    photos = (
        (edges.live_netcheck, FaceReason.NETCHECK_PHOTO_UNUSABLE),
        (edges.live_printed, FaceReason.PRINTED_PORTRAIT_UNUSABLE),
    )
    return tuple(
        reason
        for edge, reason in photos
        if isinstance(edge, NotCompared) and edge.why in _PHOTO_UNUSABLE and edge != edges.live_chip
    )
