"""Receipts that the branch server signed: proof on the station's side that a case arrived. Ids only, one JSON line each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from teller_assist.alerts.canonical import canonical_bytes, from_base64
from teller_assist.alerts.durable import append_durably, write_durably
from teller_assist.alerts.keys import is_signed
from teller_assist.alerts.shapes import check_shape
from teller_assist.errors import EnrolmentError, OutboxError, ShapeError

FILE = "receipts.jsonl"
_SLACK = 200  # rewritten only now and then


def receipt_signed_bytes(case_id: str, index: int, head: str) -> bytes:
    """Return what a receipt's signature is over."""
    return canonical_bytes({"case_id": case_id, "index": index, "head": head})


def check_receipt(receipt: object, case_id: str, verify_key: bytes) -> Mapping[str, Any]:
    """Return a receipt that is the pinned server's and about this case.

    Raises
    ------
    ShapeError
        It is no receipt/1.
    EnrolmentError
        "server_not_the_pinned_one"
    """
    checked = check_shape(receipt, "receipt/1")
    signature = from_base64(checked["signature"], what="signature")
    signed = receipt_signed_bytes(checked["case_id"], checked["index"], checked["head"])
    if checked["case_id"] != case_id or not is_signed(signed, signature, verify_key):
        raise EnrolmentError("server_not_the_pinned_one")
    return checked


def read_receipts(path: Path) -> list[dict[str, Any]]:
    """Read a receipts file; a last line that a crash cut short is no receipt yet.

    Raises
    ------
    OutboxError
        "outbox_damaged": a line before the last is none.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise OutboxError("outbox_damaged", file=FILE) from error
    whole, torn = lines[:-1], lines[-1]
    found = [_parsed(line) for line in whole if line.strip()]
    return found + ([_parsed(torn)] if _is_whole(torn) else [])


def _is_whole(line: bytes) -> bool:
    try:
        check_shape(json.loads(line), "receipt/1")
    except (ValueError, ShapeError):
        return False
    return True


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        return dict(check_shape(json.loads(line), "receipt/1"))
    except (ValueError, ShapeError) as error:
        raise OutboxError("outbox_damaged", file=FILE) from error


class ReceiptFile:
    """The station's own receipts, the newest ones kept.

    Parameters
    ----------
    keep
        How many.
    """

    def __init__(self, folder: Path, keep: int) -> None:
        self._path, self._keep = folder / FILE, keep
        self._receipts = read_receipts(self._path)
        if self._receipts or self._path.exists():
            self._rewrite()  # drops a torn line: the next one must not be glued to it

    @property
    def last_sequence(self) -> int:
        """The highest station sequence that a receipt is about; 0: none."""
        return max((int(one.get("sequence", 0)) for one in self._receipts), default=0)

    def has(self, case_id: str) -> bool:
        """Return whether a case's receipt is among those kept."""
        return any(one["case_id"] == case_id for one in self._receipts)

    def add(self, receipt: Mapping[str, Any], sequence: int) -> None:
        """Keep a receipt; it is safe once this returns.

        Raises
        ------
        ResourceError
            It could not be written.
        """
        kept = {**receipt, "sequence": sequence}
        append_durably(self._path, _line(kept))
        self._receipts.append(kept)
        if len(self._receipts) > self._keep + _SLACK:
            self._rewrite()

    def _rewrite(self) -> None:
        del self._receipts[: -self._keep]
        write_durably(self._path, b"".join(_line(one) for one in self._receipts))


def _line(receipt: Mapping[str, Any]) -> bytes:
    return json.dumps(receipt, separators=(",", ":")).encode("ascii") + b"\n"
