"""A case's pictures side by side: each one's place in a frame of its own, all faces at one scale.

The frame is a view box in the picture's own pixels. Where the compared face is known, the view is so high that the face fills the
same share of it on every picture, and the face stands in its middle; without script and without a second copy of the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from teller_assist.review.words import Told, word

_FACE_SHARE = 0.5  # of the view's height: about what a chip portrait has by itself (0.52 on a rendered one)
_ASPECT = 0.8  # width to height of a chip portrait
_ALWAYS_SHOWN = {"live": "not_taken", "chip": "not_read", "netcheck": "not_sent", "netcheck_restored": "not_restored"}
_SHOWN_WHERE_KEPT = ("card_portrait",)
_RESTORED = "netcheck_restored"
_NOTHING = Told("")


@dataclass(frozen=True)
class Box:
    """A rectangle in a picture's pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class PictureTold:
    """One of the pictures side by side; without an address it says why there is none.

    Attributes
    ----------
    view
        What the frame shows at first.
    face
        The face that was compared; None where none was measured on this picture.
    scaled
        By what it was brought to one scale.
    note
        What must be known of such a picture; empty for most.
    """

    role: str
    caption: Told
    address: str
    absent: Told
    width_px: int = 0
    height_px: int = 0
    view: Box | None = None
    face: Box | None = None
    scaled: Told = _NOTHING
    note: Told = _NOTHING

    @property
    def view_box(self) -> str:
        """For an SVG's attribute."""
        box = self.view
        return "" if box is None else f"{box.x:.1f} {box.y:.1f} {box.width:.1f} {box.height:.1f}"


def pictures_told(case: Mapping[str, Any]) -> tuple[PictureTold, ...]:
    """Return live, chip, netcheck and its restored copy in this order, and what else of faces the case has."""
    by_role = {one["role"]: one for one in case["evidence"]}
    roles = (*_ALWAYS_SHOWN, *(role for role in _SHOWN_WHERE_KEPT if role in by_role))
    return tuple(_picture(case["case_id"], role, by_role.get(role)) for role in roles)


def picture_told(case: Mapping[str, Any], role: str) -> PictureTold | None:
    """Return one kept picture; None where the case has none of this role."""
    return next((one for one in pictures_told(case) if one.role == role and one.address), None)


def _picture(case_id: str, role: str, evidence: Mapping[str, Any] | None) -> PictureTold:
    imported = evidence is not None and evidence.get("imported", False)  # a station of an earlier version imports none
    caption = word("portrait", "imported" if imported else role)
    if evidence is None:
        return PictureTold(role, caption, "", word("server", f"picture_{_ALWAYS_SHOWN[role]}"))
    if not evidence["kept"]:
        return PictureTold(role, caption, "", word("server", f"picture_{evidence['why']}"))
    width, height = evidence["width_px"], evidence["height_px"]
    face = _face(evidence)
    return PictureTold(
        role,
        caption,
        f"/cases/{case_id}/pictures/{role}",
        _NOTHING,
        width,
        height,
        _whole(width, height) if face is None else _around(face),
        face,
        _scaled(evidence),
        word("page", "restored_guess") if role == _RESTORED else _NOTHING,
    )


def _face(evidence: Mapping[str, Any]) -> Box | None:
    face = evidence.get("face")
    return None if face is None else Box(*(float(face[name]) for name in ("x_px", "y_px", "width_px", "height_px")))


def _around(face: Box) -> Box:
    height = face.height / _FACE_SHARE
    width = _ASPECT * height
    return Box(face.x + (face.width - width) / 2, face.y + (face.height - height) / 2, width, height)


def _whole(width_px: int, height_px: int) -> Box:
    height = max(height_px, width_px / _ASPECT)
    width = _ASPECT * height
    return Box((width_px - width) / 2, (height_px - height) / 2, width, height)


def _scaled(evidence: Mapping[str, Any]) -> Told:
    face = evidence.get("face")
    if face is None:
        return word("page", "scaled_by_height")
    return word("page", "scaled_by_layout" if face.get("by_layout", False) else "scaled_by_face")
