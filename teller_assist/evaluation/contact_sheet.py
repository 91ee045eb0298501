"""Pictures for the report's page: photographs with their mesh, without it, and the live face they were compared with.

Faces of the set: made only on request, and only for the page that people look at.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from teller_assist.evaluation.face_protocol import Comparisons, mated_scores
from teller_assist.evaluation.photo_kinds.encoding import jpeg
from teller_assist.evaluation.sets import EvaluationSet, SetRow
from teller_assist.evidence.pictures import Pixels
from teller_assist.face.measurement import FaceMeasurer
from teller_assist.pictures.decode import PictureLimits, read_picture

SHOWN = 8  # comparisons of each sort
_HEIGHT_PX = 150
_JPEG_QUALITY = 80


@dataclass(frozen=True)
class PickedComparison:
    """One mated comparison that a sheet shows.

    Attributes
    ----------
    score
        -1 to 1; NaN where a photograph gave no features.
    """

    probe: SetRow
    reference: SetRow
    score: float
    heaviness: float


@dataclass(frozen=True)
class PickedComparisons:
    """What a sheet shows of one kind: passes through the heaviest meshes, and the lowest scores; one a person."""

    successes: tuple[PickedComparison, ...]
    failures: tuple[PickedComparison, ...]


@dataclass(frozen=True)
class SheetPictures:
    """One comparison as the page shows it: three pictures as data addresses; none restored where no lines were found."""

    photo: str
    restored: str
    live: str
    score: float
    heaviness: float


def pick_comparisons(comparisons: Comparisons, threshold: float) -> PickedComparisons:
    """Choose what to show of one kind."""
    scores = mated_scores(comparisons)
    found = [
        PickedComparison(
            comparisons.probes.rows[probe],
            comparisons.references.rows[reference],
            float(score),
            comparisons.references.measured[reference].heaviness,
        )
        for probe, reference, score in zip(scores.probe, scores.reference, scores.scores, strict=True)
    ]
    passed = sorted((one for one in found if one.score >= threshold), key=lambda one: -one.heaviness)
    failed = sorted((one for one in found if not one.score >= threshold), key=lambda one: np.nan_to_num(one.score, nan=-2.0))
    return PickedComparisons(_one_a_person(passed), _one_a_person(failed))


def sheet_pictures(
    picked: Sequence[PickedComparison], the_set: EvaluationSet, measurer: FaceMeasurer, limits: PictureLimits
) -> list[SheetPictures]:
    """Return the pictures of some comparisons, the mesh taken out anew.

    Raises
    ------
    PictureError
        A photograph is gone since it was measured.
    """
    found = []
    for one in picked:
        photo = read_picture(the_set.file(one.reference), role="set", limits=limits)
        live = read_picture(the_set.file(one.probe), role="set", limits=limits)
        restored = measurer.read_mesh(photo).restored
        shown = "" if restored is None else _address(restored.pixels)
        found.append(SheetPictures(_address(photo.pixels), shown, _address(live.pixels), one.score, one.heaviness))
    return found


def _one_a_person(ordered: Sequence[PickedComparison]) -> tuple[PickedComparison, ...]:
    people: dict[str, PickedComparison] = {}
    for one in ordered:
        people.setdefault(one.reference.identity, one)
    return tuple(people.values())[:SHOWN]


def _address(pixels: Pixels) -> str:
    width_px = max(1, round(pixels.shape[1] * _HEIGHT_PX / pixels.shape[0]))
    shrinks = pixels.shape[0] > _HEIGHT_PX
    small = cv2.resize(pixels, (width_px, _HEIGHT_PX), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return "data:image/jpeg;base64," + base64.b64encode(jpeg(np.asarray(small, np.uint8), _JPEG_QUALITY)).decode()
