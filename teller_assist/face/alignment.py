"""Putting a face into the 112x112 frame that recognition models are trained on."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.errors import BugError, QualityTooLowError
from teller_assist.evidence.pictures import Pixels, Points
from teller_assist.face.detection import scale_pixels

ALIGNED_SIDE_PX = 112

# Where the five points lie in the 112x112 frame of the ArcFace family of models, SFace among them (x, y in pixels).
TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)


def eye_distance_px(landmarks: Points) -> float:
    """Return the distance between the two eye points in pixels.

    Parameters
    ----------
    landmarks
        float32, shape (5, 2), (x, y), order as in ``FaceBox``.
    """
    return float(np.linalg.norm(landmarks[1] - landmarks[0]))


def similarity_transform(source: Points, target: Points) -> npt.NDArray[np.float64]:
    """Return the rotation, uniform scale and shift that carries points onto others with the least squared error.

    Parameters
    ----------
    source, target
        float32, shape (n, 2), (x, y), n >= 2, not all in one place.

    Returns
    -------
    float64, shape (2, 3): matrix for ``cv2.warpAffine`` from source to target. Never a mirror image.

    Raises
    ------
    BugError
        All source points lie in one place.

    Notes
    -----
    In the plane the least-squares solution is linear in (a, b) with x' = a x - b y + c, y' = b x + a y + d, so no
    singular value decomposition is needed.
    """
    source_mean = source.mean(axis=0, dtype=np.float64)
    target_mean = target.mean(axis=0, dtype=np.float64)
    s = source - source_mean
    t = target - target_mean
    spread = float((s**2).sum())
    if spread == 0.0:
        raise BugError("all landmarks in one place")
    a = float((s * t).sum()) / spread
    b = float((s[:, 0] * t[:, 1] - s[:, 1] * t[:, 0]).sum()) / spread
    rotation = np.array([[a, -b], [b, a]])
    return np.hstack([rotation, (target_mean - rotation @ source_mean)[:, None]])


def align_face(pixels: Pixels, landmarks: Points, *, role: str, eye_distance_min_px: float) -> Pixels:
    """Warp one face to the template frame.

    Parameters
    ----------
    pixels
        uint8, shape (height, width, 3), BGR.
    landmarks
        float32, shape (5, 2), pixels as (x, y), order as in ``FaceBox``.
    role
        The picture's role, for the error.
    eye_distance_min_px
        Below it there is too little of a face to measure.

    Returns
    -------
    uint8, shape (112, 112, 3), BGR.

    Raises
    ------
    QualityTooLowError
        The eyes are less than ``eye_distance_min_px`` apart.
    """
    distance_px = eye_distance_px(landmarks)
    if distance_px < eye_distance_min_px:
        raise QualityTooLowError(
            file=role, component="InterEyeDistance", eye_distance_px=round(distance_px, 1), minimum_px=eye_distance_min_px
        )
    matrix = similarity_transform(landmarks, TEMPLATE)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if scale < 0.5:  # warpAffine takes single pixels: shrink by averaging first, or a large face aliases
        height, width = pixels.shape[:2]
        pixels = scale_pixels(pixels, 2 * scale)
        ratio = np.array([pixels.shape[1] / width, pixels.shape[0] / height], np.float32)
        matrix = similarity_transform((landmarks + 0.5) * ratio - 0.5, TEMPLATE)
    interpolation = cv2.INTER_LINEAR if scale < 1 else cv2.INTER_CUBIC
    aligned = cv2.warpAffine(
        pixels, matrix, (ALIGNED_SIDE_PX, ALIGNED_SIDE_PX), flags=interpolation, borderMode=cv2.BORDER_CONSTANT
    )
    return np.asarray(aligned, np.uint8)
