"""What shows, with nothing but the server's public keys, that a case's entries stood in the signed chain at their places.

Every head is signed singly, so an entry with its own signature is enough: the million entries between two of them are not needed.
That nothing else was written about the case, and that the server keeps no second chain, only its whole record can show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from teller_assist import __version__
from teller_assist.alerts.canonical import from_base64
from teller_assist.alerts.keys import ServerKeys, is_signed
from teller_assist.alerts.receipts import receipt_signed_bytes
from teller_assist.alerts.shapes import check_shape
from teller_assist.errors import BugError, RecordError, ShapeError
from teller_assist.review.audit import AuditKind, Link, head_signed_bytes
from teller_assist.review.evidence_pack.content import PackContent


class ProofFault(StrEnum):
    """What is wrong with a proof."""

    UNREADABLE = "unreadable"
    ENTRY_ALTERED = "entry_altered"
    ENTRY_SIGNATURE = "entry_signature"
    ENTRY_ORDER = "entry_order"
    OF_ANOTHER_CASE = "of_another_case"
    RECEIPT = "receipt"


@dataclass(frozen=True)
class Proof:
    """A proof that was read; see ``PackContent``."""

    case_id: str
    links: tuple[Link, ...]
    newest: Link
    receipt: Mapping[str, Any]


def proof_of(content: PackContent) -> Proof:
    """Return the proof that a pack of this content carries."""
    return Proof(content.listed.case_id, content.links, content.newest, content.receipt)


def proof_document(proof: Proof, keys: ServerKeys) -> dict[str, Any]:
    """Return the evidence_proof/1 document."""
    return {
        "schema": "evidence_proof/1",
        "product_version": __version__,
        "case_id": proof.case_id,
        "server_keys": {"schema": "server_keys/1", **keys.to_body()},
        "receipt": dict(proof.receipt),
        "entries": [link.to_body() for link in proof.links],
        "newest": proof.newest.to_body(),
    }


def read_proof(document: object) -> tuple[Proof, ServerKeys]:
    """Return a proof and the keys that it names.

    Raises
    ------
    RecordError
        It is no evidence_proof/1.
    """
    told = check_shape(document, "evidence_proof/1")
    keys = ServerKeys.from_body(check_shape(told["server_keys"], "server_keys/1"))
    receipt = check_shape(told["receipt"], "receipt/1")
    links = tuple(Link(**one) for one in told["entries"])
    return Proof(told["case_id"], links, Link(**told["newest"]), receipt), keys


def check_proof(proof: Proof, keys: ServerKeys) -> ProofFault | None:
    """Return what is wrong with a proof, or None where every entry is the server's, unaltered and in order."""
    links = [*proof.links, proof.newest]
    try:
        if any(link.computed_hash() != link.hash for link in links):
            return ProofFault.ENTRY_ALTERED
    except BugError:  # facts that no canonical JSON has: somebody else's making
        return ProofFault.ENTRY_ALTERED
    if not all(_is_signed(head_signed_bytes(link.index, link.hash), link.signature, keys) for link in links):
        return ProofFault.ENTRY_SIGNATURE
    if not _in_order(links):
        return ProofFault.ENTRY_ORDER
    if any(link.subject != proof.case_id for link in proof.links) or proof.receipt["case_id"] != proof.case_id:
        return ProofFault.OF_ANOTHER_CASE
    return None if _has_receipt(proof, keys) else ProofFault.RECEIPT


def first_faulty(document: object, keys: ServerKeys | None) -> ProofFault | None:
    """Return what is wrong with a proof document; without keys it is held against those that it names itself."""
    try:
        proof, named = read_proof(document)
    except RecordError:
        return ProofFault.UNREADABLE
    return check_proof(proof, keys or named)


def _in_order(links: Sequence[Link]) -> bool:
    """Tell whether places rise, and neighbours know each other; the newest may be the last one about the case."""
    for one, following in pairwise(links):
        if one == following and following is links[-1]:
            continue
        if following.index <= one.index or (following.index == one.index + 1 and following.previous != one.hash):
            return False
    return True


def _has_receipt(proof: Proof, keys: ServerKeys) -> bool:
    case_id, index, head = str(proof.receipt["case_id"]), int(proof.receipt["index"]), str(proof.receipt["head"])
    received = {(link.index, link.hash) for link in proof.links if link.kind == AuditKind.CASE_RECEIVED.value}
    return (index, head) in received and _is_signed(
        receipt_signed_bytes(case_id, index, head), str(proof.receipt["signature"]), keys
    )


def _is_signed(data: bytes, signature: str, keys: ServerKeys) -> bool:
    try:
        return is_signed(data, from_base64(signature, what="signature"), keys.verify_key)
    except ShapeError:
        return False
