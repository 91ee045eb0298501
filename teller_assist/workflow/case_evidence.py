"""Which pictures of a customer go into the sealed case: the bank's policy says so, and nothing without consent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from teller_assist.alerts.canonical import to_base64
from teller_assist.decision.policy import KeepPictures
from teller_assist.evidence.measurements import ADVICE_BY_LAYOUT
from teller_assist.evidence.pictures import FaceBox, Picture
from teller_assist.pictures.encode import encode_jpeg, encode_png
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.triangle import MeasuredPhoto

_LIVE = "live"


def case_evidence(customer: Customer, keep: KeepPictures) -> list[dict[str, Any]]:
    """Return the field "evidence" of a case/1 document.

    Every picture that was there is listed, also one that is not kept, with the reason: who reviews the case must not take
    a picture that was left out for one that was never taken. Features of a face are never part of a case.
    """
    why_not = _why_not(customer, keep)
    if why_not:
        return [_left_out(one.role, why_not) for one in _pictures(customer)]
    return [_kept(one) | ({"imported": customer.imported} if one.role == _LIVE else {}) for one in _pictures(customer)]


@dataclass(frozen=True, eq=False)
class _Shown:
    """One picture of the customer, and the face on it that was compared; None where none was measured."""

    role: str
    picture: Picture
    face: FaceBox | None
    by_layout: bool


def _why_not(customer: Customer, keep: KeepPictures) -> str:
    if customer.consent is None:
        return "no_consent"
    alerts = customer.judgement is not None and bool(customer.judgement.alerts)
    return "" if keep is KeepPictures.ALWAYS or (keep is KeepPictures.ALERTS and alerts) else "policy"


def _pictures(customer: Customer) -> Iterator[_Shown]:
    if customer.capture is not None:
        yield _shown(_LIVE, customer.capture.picture, customer.capture)
    of_chip = customer.card or customer.travel_document
    if of_chip is not None:
        # As it was measured: a portrait that came on its head was turned.
        yield _shown("chip", of_chip.portrait if customer.chip is None else customer.chip.picture, customer.chip)
    if customer.scanned.portrait is not None:  # a recapture: the photograph of a printed one
        yield _shown("card_portrait", customer.scanned.portrait, customer.printed_portrait)
    if customer.netcheck is not None and customer.netcheck.photo is not None:
        photo = _shown("netcheck", customer.netcheck.photo, customer.netcheck_photo)
        yield photo
        mesh = None if customer.netcheck_photo is None else customer.netcheck_photo.mesh
        if mesh is not None and mesh.restored is not None:
            face = None if photo.face is None else mesh.on_restored(photo.face)
            yield _Shown("netcheck_restored", mesh.restored, face, photo.by_layout)


def _shown(role: str, picture: Picture, measured: MeasuredPhoto | None) -> _Shown:
    if measured is None or measured.measurement is None:
        return _Shown(role, picture, None, by_layout=False)
    measurement = measured.measurement
    return _Shown(role, picture, measurement.face, ADVICE_BY_LAYOUT in measurement.advice)


def _left_out(role: str, why: str) -> dict[str, Any]:
    return {"role": role, "kept": False, "why": why}


def _kept(one: _Shown) -> dict[str, Any]:
    # A camera frame is large and was never exact; the small photographs are kept to the last pixel.
    pixels = one.picture.pixels
    data, media_type = (encode_jpeg(pixels), "image/jpeg") if one.role == _LIVE else (encode_png(pixels), "image/png")
    return {
        "role": one.role,
        "kept": True,
        "media_type": media_type,
        "width_px": one.picture.width_px,
        "height_px": one.picture.height_px,
        "sha256": hashlib.sha256(data).hexdigest(),
        "data_base64": to_base64(data),
        **({} if one.face is None else {"face": _face(one.face, by_layout=one.by_layout)}),
    }


def _face(face: FaceBox, *, by_layout: bool) -> dict[str, Any]:
    """Return which face of the picture was compared: others may stand beside the customer, and faces are shown at one scale."""
    sides = {"x_px": face.x_px, "y_px": face.y_px, "width_px": face.width_px, "height_px": face.height_px}
    return {**{name: round(float(value), 1) for name, value in sides.items()}, "by_layout": by_layout}
