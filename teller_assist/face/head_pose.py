"""Where the head points, from five points and a generic head."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from teller_assist.evidence.pictures import Points

# A generic adult head in millimetres, x to the viewer's right, y down, z away from the camera, order as in FaceBox:
# eyes 63 mm apart (mean interpupillary distance of adults), nose tip before them, mouth corners 50 mm apart. Design
# figures of ours: heads differ, so the angles serve for coaching, never for a refusal.
HEAD_MM = np.array([[-31.5, 0.0, 0.0], [31.5, 0.0, 0.0], [0.0, 36.0, -28.0], [-25.0, 66.0, -4.0], [25.0, 66.0, -4.0]], np.float64)


@dataclass(frozen=True)
class HeadPose:
    """Angles in degrees, 0 when the person looks straight into the camera.

    Attributes
    ----------
    yaw_deg
        Positive when the nose points to the viewer's right.
    pitch_deg
        Positive when the nose points up.
    roll_deg
        Positive when the head leans clockwise as the viewer sees it.
    """

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


def estimate_head_pose(landmarks: Points, *, width_px: int, height_px: int) -> HeadPose | None:
    """Return the head's pose, or None where no pose explains the points (that is "not assessed", not "straight").

    Parameters
    ----------
    landmarks
        float32, shape (5, 2), (x, y) in pixels, order as in ``FaceBox``.
    width_px, height_px
        Size of the picture; the focal length is taken as 1.2 times its longer side (a field of view of 45 degrees).
    """
    focal_px = 1.2 * max(width_px, height_px)
    camera = np.array([[focal_px, 0, width_px / 2], [0, focal_px, height_px / 2], [0, 0, 1]], np.float64)
    try:
        found, rotation_vector, shift = cv2.solvePnP(
            HEAD_MM, landmarks.astype(np.float64), camera, np.zeros(4), flags=cv2.SOLVEPNP_SQPNP
        )
    except cv2.error:  # points (nearly) in one place: a face of 20 pixels in a picture of 16 megapixels is enough
        return None
    if not found or not np.isfinite(rotation_vector).all() or float(np.asarray(shift).ravel()[2]) <= 0:
        return None
    rotation = np.asarray(cv2.Rodrigues(rotation_vector)[0])
    forward = rotation @ np.array([0.0, 0.0, -1.0])  # out of the face, towards the camera
    across = rotation @ np.array([1.0, 0.0, 0.0])
    return HeadPose(
        yaw_deg=float(np.degrees(np.arctan2(forward[0], -forward[2]))),
        pitch_deg=float(np.degrees(np.arctan2(-forward[1], np.hypot(forward[0], forward[2])))),
        roll_deg=float(np.degrees(np.arctan2(across[1], across[0]))),
    )
