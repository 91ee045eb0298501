"""Which face of an archive photograph is the person the set names."""

from __future__ import annotations

from collections.abc import Sequence

from teller_assist.errors import NoFaceError
from teller_assist.evidence.pictures import FaceBox, Picture, Points


def sitter_landmarks(picture: Picture, faces: Sequence[FaceBox]) -> Points:
    """Return the landmarks of the face over the picture's middle; where none is there, of the largest.

    Public sets (LFW among them) put the named person in the middle and may show a larger stranger beside.

    Parameters
    ----------
    faces
        Every face found in the picture, any order.

    Returns
    -------
    float32, shape (5, 2), pixels as (x, y).

    Raises
    ------
    NoFaceError
        There is none.
    """
    if not faces:
        raise NoFaceError(file=picture.role, faces=0)
    in_the_middle = [face for face in faces if _covers(face, picture.width_px / 2, picture.height_px / 2)]
    return max(in_the_middle or faces, key=lambda face: face.area_px2).landmarks


def _covers(face: FaceBox, x_px: float, y_px: float) -> bool:
    return 0 <= x_px - face.x_px <= face.width_px and 0 <= y_px - face.y_px <= face.height_px
