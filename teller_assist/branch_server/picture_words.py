"""Where a case's pictures are on the pages, what stands below them, and why one is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from teller_assist.review.case_words import Told, word


@dataclass(frozen=True)
class FaceTold:
    """Which face of a picture was compared, in its pixels."""

    picture_width: int
    picture_height: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class PictureTold:
    """One of the pictures side by side; without an address it says why there is none."""

    caption: Told
    address: str
    absent: Told
    face: FaceTold | None = None


def pictures_told(case: Mapping[str, Any]) -> tuple[PictureTold, ...]:
    """Return live, chip and netcheck in this order."""
    by_role = {one["role"]: one for one in case["evidence"]}
    return tuple(_picture(case["case_id"], role, by_role.get(role)) for role in ("live", "chip", "netcheck"))


def _picture(case_id: str, role: str, evidence: Mapping[str, Any] | None) -> PictureTold:
    imported = evidence is not None and evidence.get("imported", False)  # a station of an earlier version imports none
    caption = word("portrait", "imported" if imported else role)
    if evidence is None:
        return PictureTold(caption, "", word("server", "picture_none"))
    if not evidence["kept"]:
        return PictureTold(caption, "", word("server", f"picture_{evidence['why']}"))
    return PictureTold(caption, f"/cases/{case_id}/pictures/{role}", Told(""), _face(evidence))


def _face(evidence: Mapping[str, Any]) -> FaceTold | None:
    face = evidence.get("face")
    if face is None:
        return None
    sides = (float(face[name]) for name in ("x_px", "y_px", "width_px", "height_px"))
    return FaceTold(evidence["width_px"], evidence["height_px"], *sides)
