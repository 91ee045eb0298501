"""What lies around the face where a photograph, brought to the canonical layout, does not reach.

Two cases: the black wedges of pictures that were turned before (deep-funneled LFW), and tight crops of a face without
hair and shoulders. Nothing is added inside the photograph itself.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.evidence.pictures import Pixels

Area = npt.NDArray[np.bool_]

_WEDGE_MAX_VALUE = 6  # JPEG makes black nearly black
_WEDGE_MARGIN_PX = 3  # the wedge's soft rim
_FACE_BOX_PX = (slice(60, 190), slice(75, 175))  # rows, columns of the canonical layout that no wedge takes
_HAIR_ROOM = ((125, 112), (56, 70))  # ellipse: centre, half axes; its upper half holds a head's hair
_HAIR_END_Y_PX = 118
_COAT = ((6, 250), (14, 222), (84, 194), (125, 214), (166, 194), (236, 222), (244, 250))
_COAT_LIFT = 25  # grey levels the coat is lighter than the hair


def black_wedges(pixels: Pixels) -> Area:
    """Return where a black area reaches a corner; a dark coat or the night may be among it, the face never.

    Parameters
    ----------
    pixels
        uint8, shape (250, 250, 3), BGR, canonical layout.
    """
    wedges = np.zeros(pixels.shape[:2], dtype=np.uint8)
    corners = [(0, 0), (0, -1), (-1, 0), (-1, -1)]
    black = (pixels.max(axis=2) < _WEDGE_MAX_VALUE).astype(np.uint8)
    if not any(black[corner] for corner in corners):
        return wedges.astype(np.bool_)
    labels = cv2.connectedComponents(black, connectivity=4)[1]
    for label in {int(labels[corner]) for corner in corners} - {0}:
        wedges |= (labels == label).astype(np.uint8)
    wedges[_FACE_BOX_PX] = 0
    return cv2.dilate(wedges, np.ones((2 * _WEDGE_MARGIN_PX + 1,) * 2, dtype=np.uint8)) > 0


def continue_edges(pixels: Pixels, seen: Area) -> Pixels:
    """Fill what was not seen with the nearest seen pixel, blurred: no invented detail, no hard black edge."""
    unseen = (~seen).astype(np.uint8)
    _, labels = cv2.distanceTransformWithLabels(unseen, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    nearest = np.zeros((int(labels.max()) + 1, 3), dtype=np.uint8)
    nearest[labels[seen]] = pixels[seen]
    filled = cv2.GaussianBlur(nearest[labels], (0, 0), 5.0)
    return np.where(seen[..., None], pixels, filled).astype(np.uint8)


def draw_hair_and_coat(pixels: Pixels, seen: Area) -> tuple[Pixels, Area]:
    """Draw hair above and a coat below a face whose photograph shows neither, in the photograph's own darkest tones.

    Returns
    -------
    The completed pixels, and where hair or coat was drawn.
    """
    hair, coat = np.zeros((2, *seen.shape), dtype=np.uint8)
    cv2.ellipse(hair, *_HAIR_ROOM, 0, 0, 360, 1, cv2.FILLED)
    hair[_HAIR_END_Y_PX:] = 0
    cv2.fillPoly(coat, [np.array(_COAT, dtype=np.int32)], (1,))
    colour = _darkest_colour(pixels[seen])
    completed = pixels.astype(np.float32)
    for part, part_colour in ((hair, colour), (coat, colour.mean() + _COAT_LIFT)):
        weight = cv2.GaussianBlur((part * ~seen).astype(np.float32), (0, 0), 2.0)[..., None] * ~seen[..., None]
        completed += weight * (part_colour - completed)
    return np.rint(completed).astype(np.uint8), ((hair | coat) > 0) & ~seen


def _darkest_colour(seen_pixels: Pixels) -> npt.NDArray[np.float32]:
    """Return the mean of the darkest thirtieth: hair, brows and pupils; float32, shape (3,), BGR."""
    brightness = seen_pixels.sum(axis=1, dtype=np.int32)
    dark = seen_pixels[brightness <= np.percentile(brightness, 3)]
    return np.asarray(dark.mean(axis=0), dtype=np.float32)
