"""The canonical layout: every photograph is brought to one size and place of the face before a kind is rendered from it.

The layout is the one of the deep-funneled LFW pictures (250x250 pixels, the face in the middle), because most public
photographs with known identities come in it; every parameter of the kinds is given in its pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.evaluation.photo_kinds.surroundings import Area, black_wedges, continue_edges, draw_hair_and_coat
from teller_assist.evidence.pictures import Pixels, Points
from teller_assist.face.alignment import similarity_transform

Coverage = npt.NDArray[np.float32]

SIZE_PX = 250
CENTRE_X_PX = 125.0
EYES_Y_PX = 112.0
# Left eye, right eye, nose tip, mouth corners. Medians of what YuNet finds in 409 deep-funneled LFW pictures, made symmetric.
CANONICAL_LANDMARKS: Points = np.array(
    [[103.5, EYES_Y_PX], [146.5, EYES_Y_PX], [125.0, 136.5], [106.5, 155.5], [143.5, 155.5]], dtype=np.float32
)
# A picture of the layout's size whose face lies within these bounds (403 of 409 deep-funneled LFW pictures) is kept as it
# is: resampling it once more would blur it, and fitting every face exactly would take away the set's own spread of sizes.
_KEPT_SCALE = (0.72, 1.32)
_KEPT_ROTATION_DEG = 10.0
_KEPT_SHIFT_PX = 16.0

_TIGHT_SHARE = 0.5  # a photograph that fills less than this of the layout shows hardly more than a face
_MINIFY_BLUR = 0.42  # standard deviation per step of minification; warpAffine has no area filter


@dataclass(frozen=True, eq=False)
class CanonicalPicture:
    """A photograph in the canonical layout.

    Attributes
    ----------
    pixels
        uint8, shape (250, 250, 3), BGR. Where the photograph does not reach, its edge is continued and blurred.
    seen
        bool, shape (250, 250): true where the photograph itself was.
    drawn
        bool, shape (250, 250): true where hair or a coat was drawn because the photograph shows hardly more than a face.
    landmarks
        float32, shape (5, 2), (x, y) in pixels of the layout, order as for ``to_canonical``.
    """

    pixels: Pixels
    seen: Area
    drawn: Area
    landmarks: Points


def to_canonical(pixels: Pixels, landmarks: Points) -> CanonicalPicture:
    """Bring a photograph to the canonical layout.

    Parameters
    ----------
    pixels
        uint8, shape (height, width, 3), BGR, any size.
    landmarks
        float32, shape (5, 2), pixels as (x, y): left eye, right eye, nose tip, left and right mouth corner,
        left and right as the viewer sees them.

    Raises
    ------
    BugError
        All landmarks lie in one place.
    """
    matrix = similarity_transform(landmarks, CANONICAL_LANDMARKS)
    if pixels.shape[:2] == (SIZE_PX, SIZE_PX) and _nearly_identity(matrix):
        placed, seen, points = pixels, np.ones((SIZE_PX, SIZE_PX), dtype=np.bool_), landmarks
    else:
        placed, seen = _place(pixels, matrix)
        points = np.asarray(landmarks @ matrix[:, :2].T + matrix[:, 2], np.float32)
    seen = seen & ~black_wedges(placed)
    return CanonicalPicture(*_completed(placed, seen), points)


def _completed(placed: Pixels, seen: Area) -> tuple[Pixels, Area, Area]:
    nothing = np.zeros(seen.shape, dtype=np.bool_)
    if bool(seen.all()) or not bool(seen.any()):
        return placed, seen, nothing
    continued = continue_edges(placed, seen)
    if float(seen.mean()) >= _TIGHT_SHARE:
        return continued, seen, nothing
    pixels, drawn = draw_hair_and_coat(continued, seen)
    return pixels, seen, drawn


def _nearly_identity(matrix: npt.NDArray[np.float64]) -> bool:
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    rotation_deg = abs(float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0]))))
    centre = np.array([CENTRE_X_PX, CENTRE_X_PX])
    shift_px = float(np.abs(matrix[:, :2] @ centre + matrix[:, 2] - centre).max())
    return _KEPT_SCALE[0] <= scale <= _KEPT_SCALE[1] and rotation_deg <= _KEPT_ROTATION_DEG and shift_px <= _KEPT_SHIFT_PX


def _place(pixels: Pixels, matrix: npt.NDArray[np.float64]) -> tuple[Pixels, Area]:
    steps = 1.0 / float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if steps > 1.2:
        pixels = cast(Pixels, cv2.GaussianBlur(pixels, (0, 0), _MINIFY_BLUR * steps))
    size = (SIZE_PX, SIZE_PX)
    placed = cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    full = np.full(pixels.shape[:2], 255, dtype=np.uint8)
    seen = cv2.warpAffine(full, matrix, size, flags=cv2.INTER_LINEAR, borderValue=0.0) > 250
    return cast(Pixels, placed), seen
