"""Which face is meant when a picture shows several."""

from __future__ import annotations

import math
from collections.abc import Sequence

from teller_assist.errors import NoFaceError, SeveralFacesError
from teller_assist.evidence.pictures import FaceBox

ADVICE_LARGEST_USED = "several_faces_largest_used"
ADVICE_CHOSEN = "several_faces_one_chosen"
# A face whose middle is farther from the place pointed at than this share of its own width is another one, or nobody's.
_REACH_SHARE = 0.75


def choose_face(
    faces: Sequence[FaceBox], *, role: str, second_area_ratio: float, at_px: tuple[float, float] | None = None
) -> tuple[FaceBox, tuple[str, ...]]:
    """Return the face that is meant and the advice that follows from the others: the one pointed at, else the largest.

    A customer who holds the card up shows two faces; the large one is meant. Two of similar size are two persons,
    and then nobody but the teller can say who is meant.

    Parameters
    ----------
    faces
        Any order.
    role
        The picture's role, for the error.
    second_area_ratio
        0 to 1; the second largest face is a second person when its area is at least this share of the largest's.
    at_px
        Where somebody pointed, in pixels of the picture; None: nobody did.

    Raises
    ------
    NoFaceError
        The list is empty, or there is no face where somebody pointed.
    SeveralFacesError
        Two faces of similar size, and nobody pointed at one.
    """
    if not faces:
        raise NoFaceError(file=role, faces=0)
    if at_px is not None:
        nearest = min(faces, key=lambda face: _distance_px(face, at_px))
        if _distance_px(nearest, at_px) > _REACH_SHARE * nearest.width_px:
            raise NoFaceError(file=role, faces=len(faces))
        return nearest, (ADVICE_CHOSEN,) if len(faces) > 1 else ()
    ordered = sorted(faces, key=lambda face: face.area_px2, reverse=True)
    if len(ordered) == 1:
        return ordered[0], ()
    if ordered[1].area_px2 >= second_area_ratio * ordered[0].area_px2:
        raise SeveralFacesError(file=role, faces=len(ordered))
    return ordered[0], (ADVICE_LARGEST_USED,)


def _distance_px(face: FaceBox, at_px: tuple[float, float]) -> float:
    return math.hypot(face.x_px + face.width_px / 2 - at_px[0], face.y_px + face.height_px / 2 - at_px[1])
