"""Made-up evidence packs: a case, an audit chain of its own around it, and whoever reviewed it. Nobody in them exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pyrage

from teller_assist.alerts.canonical import to_base64
from teller_assist.alerts.keys import SigningKey
from teller_assist.alerts.receipts import receipt_signed_bytes
from teller_assist.review.audit import FIRST_PREVIOUS, AuditKind, Link, head_signed_bytes
from teller_assist.review.cases import ListedAlert, ListedCase
from teller_assist.review.evidence_pack.content import (
    PackContent,
    PackMaking,
    PackPurpose,
)
from teller_assist.review.review_kinds import Finding, ReviewOutcome, Round
from teller_assist.review.reviewing import RecordedFinding, RecordedSignOff
from teller_assist.review.server_keys import PrivateKeys

KEYS = PrivateKeys(str(pyrage.x25519.Identity.generate()), SigningKey.generate(), b"r" * 32, b"m" * 32)
OTHER_KEYS = PrivateKeys(str(pyrage.x25519.Identity.generate()), SigningKey.generate(), b"o" * 32, b"n" * 32)
MAKER = "王经理"
AT = "2026-11-27T10:05:00.000Z"


def chain_around(case_id: str, station: str, keys: PrivateKeys = KEYS) -> list[Link]:
    """Return a short chain in which the entries 2, 4 and 5 are about the case."""
    told = [
        (AuditKind.SERVER_STARTED, "server", ""),
        (AuditKind.CASE_RECEIVED, station, case_id),
        (AuditKind.LOGGED_IN, "wang", "wang"),
        (AuditKind.CASE_SEEN, "wang", case_id),
        (AuditKind.PICTURE_SEEN, "wang", case_id),
        (AuditKind.LOGGED_OUT, "wang", "wang"),
    ]
    links: list[Link] = []
    for index, (kind, actor, subject) in enumerate(told, start=1):
        previous = links[-1].hash if links else FIRST_PREVIOUS
        links.append(signed_link(Link(index, AT, kind.value, actor, subject, {}, previous, "", ""), keys))
    return links


def signed_link(open_link: Link, keys: PrivateKeys = KEYS) -> Link:
    """Return a link with its hash and the server's signature."""
    head = open_link.computed_hash()
    signature = to_base64(keys.signing.sign(head_signed_bytes(open_link.index, head)))
    body = {**open_link.to_body(), "hash": head, "signature": signature}
    return Link(**body)


def content_of(case: Mapping[str, Any], *, reviewed: bool = False, keys: PrivateKeys = KEYS) -> PackContent:
    """Return what a pack of this case is made of; reviewed: with two findings and two sign-offs."""
    case_id, station = case["case_id"], case["station"]["id"]
    chain = chain_around(case_id, station, keys)
    received = chain[1]
    receipt = {
        "schema": "receipt/1",
        "case_id": case_id,
        "index": received.index,
        "head": received.hash,
        "signature": to_base64(keys.signing.sign(receipt_signed_bytes(case_id, received.index, received.hash))),
    }
    return PackContent(
        _listed(case, received.index),
        case,
        _findings() if reviewed else (),
        _sign_offs() if reviewed else (),
        tuple(link for link in chain if link.subject == case_id),
        chain[-1],
        receipt,
        PackMaking(AT, "wang", MAKER, PackPurpose.REVIEW_FILE),
    )


def _listed(case: Mapping[str, Any], index: int) -> ListedCase:
    return ListedCase(
        case["case_id"],
        case["station"]["id"],
        "3号柜台",
        case["station_sequence"],
        case["created"],
        AT,
        case["transaction"]["business_kind"],
        case["transaction"]["ending"],
        case["judgement"]["outcome"],
        case["next_step"],
        case["decision"]["taken"],
        index,
        tuple(ListedAlert(one["id"], one["kind"], one["severity"], one["why"]) for one in case["alerts"]),
    )


def _findings() -> tuple[RecordedFinding, ...]:
    note = "左眉上方的痣现场采集照有、芯片照无；客户自称有孪生姐妹。已请其出示户口簿。"
    twin, outcome = Finding.TWIN, ReviewOutcome.TWO_TELLERS
    first = RecordedFinding(1, "2026-11-27T09:41:10.000Z", "wang", MAKER, Round.FIRST, twin, outcome, note)
    second = replace(first, number=2, at="2026-11-27T09:52:30.000Z", login="zhao", name="赵主管", round=Round.SECOND, note="")
    return first, replace(second, outcome=ReviewOutcome.MORE_DOCUMENTS)


def _sign_offs() -> tuple[RecordedSignOff, ...]:
    return (
        RecordedSignOff("2026-11-27T09:55:00.000Z", "wang", MAKER, 1, agreed=True),
        RecordedSignOff("2026-11-27T09:58:00.000Z", "zhao", "赵主管", 1, agreed=True),
    )
