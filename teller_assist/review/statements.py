"""What receipts and heads say the chain was, put in order on the disk: a million statements need no more memory than one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from teller_assist.alerts.canonical import from_base64
from teller_assist.alerts.keys import is_signed
from teller_assist.alerts.receipts import receipt_signed_bytes
from teller_assist.errors import DatabaseError, ShapeError
from teller_assist.review.audit_sources import AuditRecord
from teller_assist.review.head_files import KeptHead


class Statements:
    """Every signed statement about one record, by index. Close it.

    Attributes
    ----------
    receipts, heads
        How many there are.
    badly_signed
        The lowest index of a statement that the server did not sign; None: it signed all.
    """

    def __init__(self, record: AuditRecord) -> None:
        self._keys = record.keys
        self.receipts = self.heads = 0
        self.badly_signed: int | None = None
        self._sorted = sqlite3.connect("")  # SQLite's own temporary file: gone with the connection
        self._sorted.execute("PRAGMA journal_mode=OFF")
        self._sorted.execute("CREATE TABLE told (place INTEGER, head TEXT, anchors INTEGER)")
        try:
            self._sorted.executemany("INSERT INTO told VALUES (?, ?, ?)", self._from_receipts(record))
            self._sorted.executemany("INSERT INTO told VALUES (?, ?, ?)", self._from_heads(record))
        except sqlite3.Error as error:
            raise DatabaseError("database_unreadable", why=type(error).__name__) from error

    def close(self) -> None:
        """Let the room go."""
        self._sorted.close()

    def ordered(self, since: int) -> Iterator[tuple[int, str]]:
        """Return (index, beginning of the hash) from an index on."""
        yield from self._sorted.execute("SELECT place, head FROM told WHERE place >= ? ORDER BY place", (since,))

    def anchor(self, index: int) -> tuple[int, str] | None:
        """Return the last whole hash that is vouched for at or before an index; None: there is none."""
        query = "SELECT place, head FROM told WHERE anchors AND place <= ? ORDER BY place DESC LIMIT 1"
        found: tuple[int, str] | None = self._sorted.execute(query, (index,)).fetchone()
        return found

    def _from_receipts(self, record: AuditRecord) -> Iterator[tuple[int, str, bool]]:
        for receipt in record.receipts():
            self.receipts += 1
            index, head = _index(receipt["index"]), str(receipt["head"])
            if self._is_receipt(receipt, index, head):
                yield index, head, True
            else:
                self._refuse(index)

    def _from_heads(self, record: AuditRecord) -> Iterator[tuple[int, str, bool]]:
        for head in record.heads():
            self.heads += 1
            if self._keys is None or head.is_signed(self._keys):
                yield from _told(head)
            else:
                self._refuse(head.index)

    def _is_receipt(self, receipt: Mapping[str, Any], index: int, head: str) -> bool:
        if self._keys is None:
            return True
        try:
            signature = from_base64(str(receipt["signature"]), what="signature")
        except ShapeError:
            return False
        return is_signed(receipt_signed_bytes(str(receipt["case_id"]), index, head), signature, self._keys.verify_key)

    def _refuse(self, index: int) -> None:
        self.badly_signed = index if self.badly_signed is None else min(self.badly_signed, index)


def _told(head: KeptHead) -> Iterator[tuple[int, str, bool]]:
    yield from ((head.since + place, prefix, False) for place, prefix in enumerate(head.prefixes, start=1))
    yield head.index, head.head, True


def _index(value: object) -> int:
    """Return a receipt's index; what is none is as good as one before the first entry."""
    try:
        index = int(str(value))
    except ValueError:
        return 0
    return index if 0 <= index < 2**53 else 0
