"""Parts of card/1 that every kind of chip shares."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from teller_assist.evidence.pictures import Picture
from teller_assist.pictures.encode import encode_png


def chip_field(value: str, checks: Sequence[str] = ()) -> dict[str, Any]:
    """Return one field: a chip's are certain (confidence 1, nothing doubtful) and stand nowhere (box null).

    Parameters
    ----------
    checks
        What it passed; a card with a field that does not pass is not read at all.
    """
    return {
        "value": value,
        "confidence": 1.0,
        "box": None,
        "checks": [{"check": check, "passed": True} for check in checks],
        "doubtful_characters": [],
        "accepted": True,
    }


def portrait_parts(portrait: Picture, *, orientation_known: bool, with_portrait: bool) -> dict[str, Any]:
    """Return what card/1 says of a portrait; with it, where that is asked for, as a PNG file in Base64."""
    told = {"width_px": portrait.width_px, "height_px": portrait.height_px, "orientation_known": orientation_known}
    parts: dict[str, Any] = {"portrait": told}
    if with_portrait:
        parts["portrait_png_base64"] = base64.b64encode(encode_png(portrait.pixels)).decode("ascii")
    return parts
