"""envelope/1: a case sealed to the branch server's key, then signed by the station; on the disk nothing of it is readable.

case/1 -> canonical JSON -> sealed to the server's recipient -> {header, ciphertext} -> signature over the canonical header

Sealing and signing are those of the suite that the header names; the ciphertext's name is its SHA-256 in either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from teller_assist.alerts.canonical import canonical_bytes, from_base64, parsed_json, to_base64
from teller_assist.alerts.keys import SigningKey, is_signed, open_sealed, seal_to
from teller_assist.alerts.shapes import check_shape
from teller_assist.errors import EnvelopeError, ShapeError

_SIGNED = ("version", "suite", "case_id", "station", "sequence", "created", "ciphertext_sha256")


def seal_case(case: Mapping[str, Any], *, recipient: str, key: SigningKey) -> dict[str, Any]:
    """Return a case/1 document as an envelope/1 document.

    Parameters
    ----------
    case
        Its shape is checked first: an envelope that the server refuses would be found out too late.
    recipient
        The server's; the key is of the same suite.

    Raises
    ------
    ShapeError
        It is no case/1.
    """
    check_shape(case, "case/1")
    ciphertext = seal_to(recipient, canonical_bytes(case))
    header = {
        "version": 1,
        "suite": key.suite.name,
        "case_id": case["case_id"],
        "station": case["station"]["id"],
        "sequence": case["station_sequence"],
        "created": case["created"],
        "ciphertext_sha256": hashlib.sha256(ciphertext).hexdigest(),
    }
    signature = key.sign(canonical_bytes(header))
    return {"schema": "envelope/1", **header, "ciphertext": to_base64(ciphertext), "signature": to_base64(signature)}


def verify_envelope(envelope: object, verify_key: bytes) -> Mapping[str, Any]:
    """Return an envelope whose shape, hash and signature hold; nothing is decrypted.

    Raises
    ------
    ShapeError
        It is no envelope/1.
    EnvelopeError
        "envelope_damaged": hash or signature do not fit.
    """
    checked = check_shape(envelope, "envelope/1")
    ciphertext = from_base64(checked["ciphertext"], what="ciphertext")
    signature = from_base64(checked["signature"], what="signature")
    if hashlib.sha256(ciphertext).hexdigest() != checked["ciphertext_sha256"]:
        raise EnvelopeError("envelope_damaged", why="hash")
    if not is_signed(canonical_bytes({name: checked[name] for name in _SIGNED}), signature, verify_key):
        raise EnvelopeError("envelope_damaged", why="signature")
    return checked


def open_envelope(envelope: Mapping[str, Any], identity: str) -> dict[str, Any]:
    """Decrypt a verified envelope with the server's identity and return its case/1 document.

    Raises
    ------
    EnvelopeError
        "envelope_unreadable": not sealed to this key, or altered; "envelope_damaged": its header tells of another case.
    ShapeError
        What is in it is no case/1.
    """
    plain = open_sealed(identity, from_base64(envelope["ciphertext"], what="ciphertext"))
    try:
        case = dict(check_shape(parsed_json(plain), "case/1"))
    except (ValueError, RecursionError) as error:
        raise ShapeError(what="case/1", why="not_json") from error
    told = (case["case_id"], case["station"]["id"], case["station_sequence"])
    if told != (envelope["case_id"], envelope["station"], envelope["sequence"]):
        raise EnvelopeError("envelope_damaged", why="header_of_another_case")
    return case
