"""What went wrong in single documents, with a picture of the place, so that somebody can see why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from teller_assist.evaluation.documents.comparing import (
    NOT_READ,
    WRONG_KIND,
    WRONG_VALUE,
    DocumentOutcome,
    FieldOutcome,
)
from teller_assist.evidence.pictures import Picture, Pixels

LOCATED = "located"  # stands for the field where the document itself was not found
KIND = "kind"
_SCENE_PX = 480  # longest side of a whole scan that is shown
_CARD_PX = 480
_OUTLINE_BGR = (0, 0, 220)


@dataclass(frozen=True, eq=False)
class Failure:
    """One entry of a report's ``failures``.

    Attributes
    ----------
    field
        A field's code; "located" for a document that was not found, "kind" for one that was taken for another.
    why
        A scan finding, an error's reason, "not_located", "wrong_kind", "not_read" or "wrong_value".
    crop
        uint8, shape (height, width, 3), BGR: the field as it was read, else the card, else the scan with the truth's outline;
        None where the picture could not be read.
    """

    field: str
    read: str
    truth: str
    accepted: bool
    why: str
    crop: Pixels | None


def failures_of(outcome: DocumentOutcome, scan: Picture | None) -> Iterator[Failure]:
    """Yield what is wrong in one document: one entry where it was not located, else one a wrong field."""
    document = outcome.document
    if document is None:
        yield Failure(LOCATED, "", "", False, outcome.why, None if scan is None else _outlined(scan, outcome))
        return
    if not outcome.kind_is_right:
        yield Failure(KIND, document.kind.value, outcome.row.kind, False, WRONG_KIND, _shrunk(document.card, _CARD_PX))
    for field in outcome.fields:
        if not field.exact:
            why = NOT_READ if field.printed is None else WRONG_VALUE
            yield Failure(field.name.value, field.read, field.truth, field.accepted, why, _crop(field, document.card))


def _crop(field: FieldOutcome, card: Pixels) -> Pixels:
    crop = None if field.printed is None else field.printed.crop
    return crop if crop is not None and crop.size else _shrunk(card, _CARD_PX)


def _outlined(scan: Picture, outcome: DocumentOutcome) -> Pixels:
    scale = min(1.0, _SCENE_PX / max(scan.width_px, scan.height_px))
    shown = _shrunk(scan.pixels, _SCENE_PX)
    if outcome.row.quad is not None:
        corners = np.round(outcome.row.quad * scale).astype(np.int32)
        cv2.polylines(shown, [corners], True, _OUTLINE_BGR, 1, cv2.LINE_AA)
    return shown


def _shrunk(pixels: Pixels, longest_px: int) -> Pixels:
    """Return a copy that is at most so large."""
    height, width = pixels.shape[:2]
    scale = min(1.0, longest_px / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.array(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
