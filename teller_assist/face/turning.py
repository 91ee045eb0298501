"""Turning a picture for another look: YuNet finds a face that stands on its head, but puts its eyes where the mouth is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.evidence.pictures import Pixels, Points

QUARTERS_DEG = (90, 180, 270)
BETWEEN_DEG = (-30, 30)

# Detection scores of the largest face, 300 photographs of each simulated kind (LFW development people), in all four quarters.
# Upright: lowest per cent at 0.890 (live), 0.909 (chip), 0.895 (recapture), 0.921 (archive). Any other quarter: highest at 0.911,
# and in none of these 1,200 photographs as high as upright.
SURELY_UPRIGHT_FROM = 0.91

# YuNet sees a sixth of a face's lean: heads turned by 10, 20 and 30 degrees (80 live photographs) show eyes on a line at 1.6, 3.0
# and 3.8 degrees (median), upright ones within 2 degrees (nine of ten). Straightened by six times what is seen, twice at most:
# median cosine to the upright features at 20 and 30 degrees 0.93 and 0.95, before 0.82 and 0.55. Where nothing leans (LFW is
# funneled) straightening costs 0.02 of a mated score, so the score must say that it helps.
LEANING_FROM_DEG = 2.5
LEAN_SHOWN = 1 / 6
STRAIGHTENINGS_MAX = 2
STRAIGHTENING_STEP_DEG = 5
STRAIGHTENING_DEG = (10, 30)
STRAIGHTER_BY = 0.005

# Between two quarters little lean is seen, but the score falls (median 0.89 at 30 degrees, 0.79 at 45): then, and wherever the
# picture did not stand upright, both sides are tried.
BETTER_BY = 0.01


@dataclass(frozen=True, eq=False)
class TurnedPixels:
    """A turned picture, whole on a larger canvas.

    Attributes
    ----------
    pixels
        uint8, shape (height, width, 3); beyond the picture, its edge goes on.
    back
        float64, shape (2, 3): from (x, y) here to (x, y) in the picture as it was.
    """

    pixels: Pixels
    back: npt.NDArray[np.float64]

    def points_back(self, points: Points) -> Points:
        """Return points of the turned picture, float32, shape (n, 2), where they lie in the picture as it was."""
        return np.asarray(points @ self.back[:, :2].T + self.back[:, 2], np.float32)


def turn(pixels: Pixels, turn_deg: int) -> TurnedPixels:
    """Turn a picture counter-clockwise, as it is seen.

    Parameters
    ----------
    pixels
        uint8, shape (height, width, 3).
    turn_deg
        Any angle; a quarter moves whole pixels, 0 leaves the picture itself.
    """
    if turn_deg % 360 == 0:
        return TurnedPixels(pixels, np.eye(2, 3))
    height, width = pixels.shape[:2]
    radians = np.radians(turn_deg)
    cos, sin = round(float(np.cos(radians)), 12), round(float(np.sin(radians)), 12)
    turned_width = round(width * abs(cos) + height * abs(sin))
    turned_height = round(width * abs(sin) + height * abs(cos))
    linear = np.array([[cos, -sin], [sin, cos]])  # from turned to original, y down
    centre, turned_centre = np.array([width - 1, height - 1]) / 2, np.array([turned_width - 1, turned_height - 1]) / 2
    back = np.hstack([linear, (centre - linear @ turned_centre)[:, None]])
    turned = cv2.warpAffine(
        pixels, back, (turned_width, turned_height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return TurnedPixels(np.asarray(turned, np.uint8), back)


def straightening_deg(lean_deg: float) -> int:
    """Return how far to turn a picture counter-clockwise so that a leaning face stands straight.

    Parameters
    ----------
    lean_deg
        Of the line through the eyes, clockwise, as the detector shows it.
    """
    least, most = STRAIGHTENING_DEG
    steps = STRAIGHTENING_STEP_DEG * round(abs(lean_deg) / LEAN_SHOWN / STRAIGHTENING_STEP_DEG)
    return int(np.sign(lean_deg)) * min(most, max(least, steps))
