"""Where the face lies on an identity photograph: what alignment falls back to when no face is found on one."""

from __future__ import annotations

import numpy as np

from teller_assist.evidence.pictures import FaceBox, Picture, Points

# Shares of the photograph's width (x) and height (y): left eye, right eye, nose tip, left and right mouth corner. The layout our
# simulated identity photographs aim at; eyes a quarter of the width apart.
_POINTS = np.array([[0.374, 0.410], [0.626, 0.410], [0.500, 0.526], [0.392, 0.616], [0.608, 0.616]], np.float32)
_BOX = (0.27, 0.24, 0.46, 0.48)  # left, top, width, height


def face_by_layout(picture: Picture) -> FaceBox:
    """Return the face that an identity photograph has by its layout. Nothing was seen there: ``detection_score`` is 0."""
    size = np.array([picture.width_px, picture.height_px], np.float32)
    landmarks: Points = np.asarray(_POINTS * size - 0.5, np.float32)  # shares count from the edge, pixels from their centres
    landmarks.flags.writeable = False
    left, top, width, height = _BOX
    return FaceBox(
        x_px=left * picture.width_px,
        y_px=top * picture.height_px,
        width_px=width * picture.width_px,
        height_px=height * picture.height_px,
        landmarks=landmarks,
        detection_score=0.0,
    )
