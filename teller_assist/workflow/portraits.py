"""Faces cut out for the eye: the three portraits side by side at one scale."""

from __future__ import annotations

import cv2
import numpy as np

from teller_assist.evidence.pictures import FaceBox, Pixels

WIDTH_PX, HEIGHT_PX = 204, 252  # twice the chip portrait's 102x126
# Where the eyes lie on a chip portrait, as shares of its width and height; design figures of ours.
_EYE_DISTANCE_SHARE = 0.30
_EYES_X_SHARE, _EYES_Y_SHARE = 0.5, 0.45
_ORIGINAL_FACES = 2.2
_EYES_APART_MM = 63.0  # between the pupils of adults, on average (Dodgson 2004)
_MARK_PX = 2.0  # a mark of less than two pixels cannot be told from noise


def portrait_at_one_scale(pixels: Pixels, face: FaceBox) -> Pixels:
    """Cut out a face so that its eyes lie where every other portrait has them; the head is not turned.

    Parameters
    ----------
    pixels
        uint8, shape (height, width, 3), BGR: the picture the face was found in.

    Returns
    -------
    uint8, shape (252, 204, 3), BGR, not writeable. What lies outside the picture repeats its edge.
    """
    left, right = face.landmarks[0].astype(np.float64), face.landmarks[1].astype(np.float64)
    scale = _EYE_DISTANCE_SHARE * WIDTH_PX / max(1.0, float(np.linalg.norm(right - left)))
    centre = (left + right) / 2
    shift = np.array([_EYES_X_SHARE * WIDTH_PX, _EYES_Y_SHARE * HEIGHT_PX]) - scale * centre
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    # Averaging is only needed where a large face shrinks; warpAffine itself never averages.
    source = pixels if scale >= 0.5 else cv2.GaussianBlur(pixels, (0, 0), 0.4 / scale)
    cut = cv2.warpAffine(source, matrix, (WIDTH_PX, HEIGHT_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return _frozen(np.asarray(cut, np.uint8))


def whole_portrait(pixels: Pixels) -> Pixels:
    """Return a reference photo that was not measured (yet), whole, in the middle of the same frame.

    Parameters, Returns
        As ``portrait_at_one_scale``.
    """
    height, width = pixels.shape[:2]
    scale = min(WIDTH_PX / width, HEIGHT_PX / height)
    matrix = np.array([[scale, 0, (WIDTH_PX - scale * width) / 2], [0, scale, (HEIGHT_PX - scale * height) / 2]])
    cut = cv2.warpAffine(pixels, matrix, (WIDTH_PX, HEIGHT_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return _frozen(np.asarray(cut, np.uint8))


def original_around(pixels: Pixels, face: FaceBox) -> Pixels:
    """Return the place of the face as it came, neither scaled nor retouched.

    Returns
    -------
    uint8, BGR, not writeable: the face's box 2.2 times as large, inside the picture.
    """
    height, width = pixels.shape[:2]
    half_w, half_h = _ORIGINAL_FACES * face.width_px / 2, _ORIGINAL_FACES * face.height_px / 2
    x, y = face.x_px + face.width_px / 2, face.y_px + face.height_px / 2
    left, top = int(max(0, min(x - half_w, width - 1))), int(max(0, min(y - half_h, height - 1)))
    right, bottom = int(min(width, max(x + half_w, left + 1))), int(min(height, max(y + half_h, top + 1)))
    return _frozen(pixels[top:bottom, left:right].copy())


def smallest_mark_mm(face: FaceBox) -> float:
    """Return how small a mark (mole, scar) may be that could still be seen on a picture: millimetres, roughly.

    Reckoned from the distance between the eyes, which is taken for an average adult's; what hides marks (a mesh, compression, a
    retouched print) is not reckoned.
    """
    left, right = face.landmarks[0].astype(np.float64), face.landmarks[1].astype(np.float64)
    return _MARK_PX * _EYES_APART_MM / max(1.0, float(np.linalg.norm(right - left)))


def _frozen(pixels: Pixels) -> Pixels:
    pixels.flags.writeable = False
    return pixels
