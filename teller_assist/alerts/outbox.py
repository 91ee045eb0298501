"""The station's records on disk: sealed envelopes and a counter, nothing else, and no number is ever skipped or given twice.

open/      the draft of the transaction that goes on, at most one
outbox/    cases that wait for the server, by sequence
refused/   what the server will not take, or what is damaged: kept until IT has looked
ledger     the last sequence number that was given
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from teller_assist.alerts.durable import (
    locked_file,
    make_private_folder,
    move_durably,
    remove_durably,
    remove_partials,
    write_durably,
)
from teller_assist.alerts.envelope import verify_envelope
from teller_assist.alerts.receipts import ReceiptFile
from teller_assist.errors import OutboxError, RecordError

_NAME = re.compile(r"(\d{12})-([0-9a-f]{32})\.json")
_LEDGER = "ledger"
_LOCK = "lock"


@dataclass(frozen=True, order=True)
class Item:
    """One envelope on disk, known by its file's name."""

    sequence: int
    case_id: str

    @property
    def file_name(self) -> str:
        """Its file's name: sorted by name is sorted by sequence."""
        return f"{self.sequence:012d}-{self.case_id}.json"


class Outbox:
    """One station's records folder, held by one program at a time.

    Parameters
    ----------
    verify_key
        The station's own public key, 32 bytes: an envelope that it did not sign is set aside.

    Raises
    ------
    OutboxError
        "outbox_in_use": another program holds the folder; "outbox_damaged".
    ResourceError
        The folder cannot be written to.
    """

    def __init__(self, folder: Path, verify_key: bytes, *, receipts_kept: int) -> None:
        self._folder, self._verify_key = folder, verify_key
        self._open, self._waiting, self._refused = (folder / name for name in ("open", "outbox", "refused"))
        for part in (folder, self._open, self._waiting, self._refused):
            make_private_folder(part)
        self._lock = _locked(folder / _LOCK)
        for part in (folder, self._open, self._waiting, self._refused):
            remove_partials(part)
        self.receipts = ReceiptFile(folder, receipts_kept)
        self._last_sequence = max(self._ledger(), self._highest_on_disk(), self.receipts.last_sequence)
        self._settle_leftovers()

    def close(self) -> None:
        """Let the folder go."""
        self._lock.close()

    @property
    def next_sequence(self) -> int:
        """The number that the next transaction takes."""
        return self._last_sequence + 1

    def put_draft(self, item: Item, envelope: Mapping[str, Any]) -> None:
        """Keep the draft of the transaction that goes on; with its first one the number counts as given.

        Raises
        ------
        ResourceError
            It could not be written; the number counts as given all the same, so that it is not given to another transaction.
        """
        self._last_sequence = max(self._last_sequence, item.sequence)
        write_durably(self._open / item.file_name, _bytes(envelope))
        if self._ledger() < self._last_sequence:
            write_durably(self._folder / _LEDGER, str(self._last_sequence).encode("ascii"))

    def put_case(self, item: Item, envelope: Mapping[str, Any]) -> None:
        """Keep a final case and drop its draft; it is safe once this returns.

        Raises
        ------
        ResourceError
            It could not be written; the draft, if any, is still there.
        """
        write_durably(self._waiting / item.file_name, _bytes(envelope))
        remove_durably(self._open / item.file_name)

    def waiting(self) -> list[Item]:
        """Return what waits for the server, in the order of the sequence."""
        return _items(self._waiting)

    def refused(self) -> int:
        """Return how many files are set aside."""
        return sum(1 for path in self._refused.iterdir() if path.suffix == ".json")

    def envelope(self, item: Item) -> Mapping[str, Any] | None:
        """Read a waiting envelope; one that is damaged is set aside, and None returned.

        Raises
        ------
        ResourceError
            It could not be set aside.
        """
        path = self._waiting / item.file_name
        try:
            envelope = verify_envelope(json.loads(path.read_bytes()), self._verify_key)
        except (OSError, ValueError, RecordError):
            self.set_aside(item)
            return None
        if (envelope["sequence"], envelope["case_id"]) != (item.sequence, item.case_id):
            self.set_aside(item)
            return None
        return envelope

    def delivered(self, item: Item, receipt: Mapping[str, Any]) -> None:
        """Keep the receipt, then remove what was delivered: in this order nothing is lost, at worst it is sent again.

        Raises
        ------
        ResourceError
            The receipt could not be written; the case still waits.
        """
        if not self.receipts.has(item.case_id):
            self.receipts.add(receipt, item.sequence)
        remove_durably(self._waiting / item.file_name)

    def set_aside(self, item: Item) -> None:
        """Keep a case apart that will not be taken; it holds up nothing behind it.

        Raises
        ------
        ResourceError
            It could not be moved.
        """
        move_durably(self._waiting / item.file_name, self._refused / item.file_name)

    def _settle_leftovers(self) -> None:
        """Turn the draft of a program that ended in mid-transaction into a case; drop one whose final case is there."""
        finished = {item.case_id for item in _items(self._waiting)} | {item.case_id for item in _items(self._refused)}
        for item in _items(self._open):
            if item.case_id in finished or self.receipts.has(item.case_id):
                remove_durably(self._open / item.file_name)
            else:
                move_durably(self._open / item.file_name, self._waiting / item.file_name)

    def _ledger(self) -> int:
        try:
            return int((self._folder / _LEDGER).read_bytes())
        except FileNotFoundError:
            return 0
        except (OSError, ValueError) as error:
            raise OutboxError("outbox_damaged", file=_LEDGER) from error

    def _highest_on_disk(self) -> int:
        found = [item.sequence for part in (self._open, self._waiting, self._refused) for item in _items(part)]
        return max(found, default=0)


def _items(folder: Path) -> list[Item]:
    matches = (_NAME.fullmatch(path.name) for path in folder.iterdir())
    return sorted(Item(int(match[1]), match[2]) for match in matches if match)


def _bytes(envelope: Mapping[str, Any]) -> bytes:
    return json.dumps(envelope, separators=(",", ":")).encode("ascii")


def _locked(path: Path) -> IO[bytes]:
    try:
        return locked_file(path)
    except OSError as error:
        raise OutboxError("outbox_in_use") from error
