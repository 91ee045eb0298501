"""Which pictures of a customer go into the sealed case: the bank's policy says so, and nothing without consent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from teller_assist.alerts.canonical import to_base64
from teller_assist.decision.policy import KeepPictures
from teller_assist.evidence.pictures import Picture
from teller_assist.pictures.encode import encode_jpeg, encode_png
from teller_assist.workflow.customer import Customer


def case_evidence(customer: Customer, keep: KeepPictures) -> list[dict[str, Any]]:
    """Return the field "evidence" of a case/1 document.

    Every picture that was there is listed, also one that is not kept, with the reason: who reviews the case must not take
    a picture that was left out for one that was never taken. Features of a face are never part of a case.
    """
    why_not = _why_not(customer, keep)
    if why_not:
        return [_left_out(role, why_not) for role, _picture in _pictures(customer)]
    return [_kept(role, picture) | (_capture_told(customer) if role == "live" else {}) for role, picture in _pictures(customer)]


def _why_not(customer: Customer, keep: KeepPictures) -> str:
    if customer.consent is None:
        return "no_consent"
    alerts = customer.judgement is not None and bool(customer.judgement.alerts)
    return "" if keep is KeepPictures.ALWAYS or (keep is KeepPictures.ALERTS and alerts) else "policy"


def _pictures(customer: Customer) -> Iterator[tuple[str, Picture]]:
    if customer.capture is not None:
        yield "live", customer.capture.picture
    if customer.card is not None:
        yield "chip", customer.card.portrait
    if customer.netcheck is not None and customer.netcheck.photo is not None:
        yield "netcheck", customer.netcheck.photo


def _capture_told(customer: Customer) -> dict[str, Any]:
    """Return whether the capture came from a file, and which face on it was compared: others may stand beside the customer."""
    measurement = None if customer.capture is None else customer.capture.measurement
    if measurement is None:
        return {"imported": customer.imported}
    face = measurement.face
    sides = {"x_px": face.x_px, "y_px": face.y_px, "width_px": face.width_px, "height_px": face.height_px}
    return {"imported": customer.imported, "face": {name: round(float(value), 1) for name, value in sides.items()}}


def _left_out(role: str, why: str) -> dict[str, Any]:
    return {"role": role, "kept": False, "why": why}


def _kept(role: str, picture: Picture) -> dict[str, Any]:
    # A camera frame is large and was never exact; the two small photographs are kept to the last pixel.
    data, media_type = (
        (encode_jpeg(picture.pixels), "image/jpeg") if role == "live" else (encode_png(picture.pixels), "image/png")
    )
    return {
        "role": role,
        "kept": True,
        "media_type": media_type,
        "width_px": picture.width_px,
        "height_px": picture.height_px,
        "sha256": hashlib.sha256(data).hexdigest(),
        "data_base64": to_base64(data),
    }
