"""Which face is meant when a picture shows several."""

from __future__ import annotations

from collections.abc import Sequence

from teller_assist.errors import NoFaceError, SeveralFacesError
from teller_assist.evidence.pictures import FaceBox

ADVICE_LARGEST_USED = "several_faces_largest_used"


def choose_face(faces: Sequence[FaceBox], *, role: str, second_area_ratio: float) -> tuple[FaceBox, tuple[str, ...]]:
    """Return the largest face and the advice that follows from the others.

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

    Raises
    ------
    NoFaceError
        The list is empty.
    SeveralFacesError
        Two faces of similar size.
    """
    if not faces:
        raise NoFaceError(file=role, faces=0)
    ordered = sorted(faces, key=lambda face: face.area_px2, reverse=True)
    if len(ordered) == 1:
        return ordered[0], ()
    if ordered[1].area_px2 >= second_area_ratio * ordered[0].area_px2:
        raise SeveralFacesError(file=role, faces=len(ordered))
    return ordered[0], (ADVICE_LARGEST_USED,)
