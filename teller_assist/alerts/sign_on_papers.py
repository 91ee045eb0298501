"""What server and station say to each other when a teller signs on, and what the server's signature is over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from teller_assist.alerts.canonical import canonical_bytes, from_base64, to_base64
from teller_assist.alerts.keys import is_signed, seal_to
from teller_assist.alerts.shapes import check_shape
from teller_assist.errors import EnrolmentError

ANSWER = "sign_on_answer/1"
STANDING_ANSWER = "sign_on_standing_answer/1"
_SIGNED = {
    ANSWER: ("station", "login", "name", "account", "issued", "expires", "nonce"),
    STANDING_ANSWER: ("station", "nonce", "at", "standing"),
}


def sign_on_request(login: str, password: str, station: str, nonce: str, recipient: str) -> dict[str, str]:
    """Return a sign_on/1 document; the password is sealed with whose it is and where: elsewhere it is good for nothing."""
    told = canonical_bytes({"login": login, "password": password, "station": station})
    return {"schema": "sign_on/1", "login": login, "nonce": nonce, "password_sealed": to_base64(seal_to(recipient, told))}


def answer_signed_bytes(schema: str, told: Mapping[str, Any]) -> bytes:
    """Return what the server signs of an answer: with its schema, so that one is never taken for another."""
    return canonical_bytes({"schema": schema, **{name: told[name] for name in _SIGNED[schema]}})


def checked_paper(answer: object, schema: str, station_id: str, verify_key: bytes, nonce: str = "") -> Mapping[str, Any]:
    """Return an answer that the pinned server gave this station.

    Parameters
    ----------
    nonce
        Of the question that it answers; "" where an earlier answer is read again.

    Raises
    ------
    ShapeError
        It has not the shape.
    EnrolmentError
        "server_not_the_pinned_one": not signed by it, for another station, or an answer to another question.
    """
    checked = check_shape(answer, schema)
    signature = from_base64(checked["signature"], what="signature")
    ours = checked["station"] == station_id and nonce in ("", checked["nonce"])
    if not ours or not is_signed(answer_signed_bytes(schema, checked), signature, verify_key):
        raise EnrolmentError("server_not_the_pinned_one")
    return checked
