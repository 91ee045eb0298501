"""A case in parts, each with a retention clock and a key of its own.

    case/1 = record (codes, comparisons, times) + identity (persons, the core system's reference) + one part for each picture

A part is canonical JSON with a random salt: its hash can stand in the audit chain and says nothing once the part is gone.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from teller_assist.alerts.canonical import canonical_bytes, parsed_json
from teller_assist.errors import DatabaseError
from teller_assist.review.review_kinds import Item

RECORD, IDENTITY = "record", "identity"
_PICTURE, NOTES = "picture.", "note."
_SALT_BYTES = 16
_ERASED = "retention"  # why a picture is not there; the other reasons come from the station


def item_of(part: str) -> Item:
    """Return under which retention clock a part runs."""
    if part.startswith(_PICTURE):
        return Item.PICTURES
    if part.startswith(NOTES):
        return Item.NOTES
    return {RECORD: Item.RECORD, IDENTITY: Item.IDENTITY}[part]


def picture_part(role: str) -> str:
    """Return the part that holds a picture."""
    return _PICTURE + role


def note_part(number: int) -> str:
    """Return the part that holds the note of a finding."""
    return f"{NOTES}{number}"


def is_picture(part: str) -> bool:
    """Return whether a part is a picture's."""
    return part.startswith(_PICTURE)


def marks_part(number: int) -> str:
    """Return the part that holds what tells two look-alikes apart."""
    return f"{NOTES}marks.{number}"


def is_note(part: str) -> bool:
    """Return whether a part is a finding's note."""
    return part.startswith(NOTES)


def parted(case: Mapping[str, Any]) -> dict[str, bytes]:
    """Return a case/1 document as parts, each ready to be encrypted."""
    transaction = dict(case["transaction"])
    identity = {"persons": case["persons"], "reference": transaction.pop("reference", "")}
    evidence, pictures = [], {}
    for one in case["evidence"]:
        evidence.append({name: value for name, value in one.items() if name != "data_base64"})
        if one["kept"]:
            pictures[picture_part(one["role"])] = {"data_base64": one["data_base64"]}
    record = {**case, "transaction": transaction, "evidence": evidence}
    del record["persons"]
    return {part: _salted(content) for part, content in {RECORD: record, IDENTITY: identity, **pictures}.items()}


def note_content(note: str) -> bytes:
    """Return a finding's note, ready to be encrypted."""
    return _salted({"note": note})


def joined(parts: Mapping[str, bytes], present: frozenset[str]) -> dict[str, Any]:
    """Return the case/1 document that opened parts give; what was erased is left out and told.

    Parameters
    ----------
    parts
        The opened ones; the record is among them, pictures need not be.
    present
        Every part that is not erased.
    """
    case = read_part(parts[RECORD])
    if IDENTITY in parts:
        identity = read_part(parts[IDENTITY])
        case["persons"] = identity["persons"]
        case["transaction"]["reference"] = identity["reference"]
    else:
        case["persons"] = []
    case["identity_erased"] = IDENTITY not in present
    case["evidence"] = [_evidence(one, parts, present) for one in case["evidence"]]
    return case


def read_part(content: bytes) -> dict[str, Any]:
    """Return what an opened part holds, without its salt.

    Raises
    ------
    DatabaseError
        "case_altered"
    """
    try:
        whole = parsed_json(content)
        return dict(whole["content"])
    except (ValueError, KeyError, TypeError) as error:
        raise DatabaseError("case_altered") from error


def part_sha256(content: bytes) -> str:
    """Return a part's hash."""
    return hashlib.sha256(content).hexdigest()


def parts_sha256(hashes: Mapping[str, str]) -> str:
    """Return the one hash of all parts of a case, as the audit chain holds it."""
    return hashlib.sha256(canonical_bytes(dict(hashes))).hexdigest()


def _evidence(one: Mapping[str, Any], parts: Mapping[str, bytes], present: frozenset[str]) -> dict[str, Any]:
    part = picture_part(one["role"])
    if not one["kept"]:
        return dict(one)
    if part not in present:
        return {"role": one["role"], "kept": False, "why": _ERASED}
    return {**one, **(read_part(parts[part]) if part in parts else {})}


def _salted(content: Mapping[str, Any]) -> bytes:
    whole = {"content": dict(content), "salt": secrets.token_hex(_SALT_BYTES)}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
