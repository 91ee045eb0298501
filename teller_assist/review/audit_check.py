"""Is the audit chain whole? Names the first entry that is not, and what was done to it. Entries are read once and not kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from teller_assist.alerts.canonical import from_base64
from teller_assist.alerts.keys import ServerKeys, is_signed
from teller_assist.errors import ShapeError, UsageError
from teller_assist.review.audit import FIRST_PREVIOUS, Link, head_signed_bytes
from teller_assist.review.audit_sources import AuditRecord, StoredLinks, export_lines, read_audit
from teller_assist.review.statements import Statements

__all__ = ["AuditRecord", "ChainFault", "ChainVerdict", "Tampering", "check_chain", "export_lines", "read_audit", "verdict_on"]


class Tampering(StrEnum):
    """What was done to the chain."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    HEAD_SIGNATURE = "head_signature"


@dataclass(frozen=True)
class ChainFault:
    """The first entry that is not as it was written."""

    index: int
    kind: Tampering


@dataclass(frozen=True)
class ChainVerdict:
    """What a check found.

    Attributes
    ----------
    entries
        How many there are; those before the anchor are not among them.
    anchor
        The entry that the check began at; 0: at the first.
    agreed_until
        The last entry that a receipt or a head agrees with before the first that none agrees with.
    """

    fault: ChainFault | None
    entries: int
    receipts: int
    heads: int
    anchor: int
    agreed_until: int


class ChainWalk:
    """Takes the entries one after the other.

    Parameters
    ----------
    after, previous
        Index and hash of the entry before the first that is taken.
    """

    def __init__(self, keys: ServerKeys | None, after: int = 0, previous: str = FIRST_PREVIOUS) -> None:
        self._keys, self.index, self.hash = keys, after, previous
        self.unsigned: int | None = None

    def take(self, link: Link) -> ChainFault | None:
        """Return what is wrong with the next entry as far as it tells by itself; whether it was moved the others tell."""
        place = self.index + 1
        if link.index != place:
            return ChainFault(place, Tampering.REMOVED if link.index > place else Tampering.INSERTED)
        if link.hash != link.computed_hash():
            return ChainFault(place, Tampering.ALTERED)
        if link.previous != self.hash:
            # This entry is as it was written: the one before it was altered and its hash made anew, or took the place of others.
            return ChainFault(max(1, place - 1), Tampering.ALTERED)
        if self.unsigned is None and not self._is_signed(link):
            self.unsigned = place
        self.index, self.hash = place, link.hash
        return None

    def _is_signed(self, link: Link) -> bool:
        if self._keys is None:
            return True
        try:
            signature = from_base64(link.signature, what="signature")
        except ShapeError:
            return False
        return is_signed(head_signed_bytes(link.index, link.hash), signature, self._keys.verify_key)


def check_chain(record: AuditRecord) -> ChainFault | None:
    """Return the first fault, or None where the chain is whole and every receipt and head agrees with it."""
    return verdict_on(record).fault


def verdict_on(record: AuditRecord, since: int = 0) -> ChainVerdict:
    """Check a record.

    Parameters
    ----------
    since
        Begin at the last entry up to this index that a receipt or a head vouches for; what is before it is not looked at.

    Raises
    ------
    UsageError
        "since_without_head": nothing vouches for an entry up to there.
    DatabaseError
        It cannot be read.
    """
    # Statements first, where nothing holds one moment: what is written meanwhile is in the entries, and not the other way round.
    with record.one_moment(), closing(Statements(record)) as statements:
        if not since:
            return _Check(record, statements, 0, FIRST_PREVIOUS).verdict()
        anchor = statements.anchor(since)
        if anchor is None:
            raise UsageError(what="since_without_head")
        return _Check(record, statements, *anchor).verdict()


class _Check:
    def __init__(self, record: AuditRecord, statements: Statements, anchor: int, head: str) -> None:
        self._record, self._statements, self._anchor = record, statements, anchor
        self._walk = ChainWalk(record.keys, anchor, head)
        self._told = statements.ordered(anchor + 1 if anchor else 0)
        self._next_told = next(self._told, None)
        self._faults: list[ChainFault] = []
        self._disagreed: int | None = None
        self._agreed_until = anchor

    def verdict(self) -> ChainVerdict:
        links = self._record.links.since(self._anchor) if self._anchor else iter(self._record.links)
        entries = self._take_all(links)
        signature_faults = (self._walk.unsigned, self._statements.badly_signed)
        self._faults += [ChainFault(one, Tampering.HEAD_SIGNATURE) for one in signature_faults if one is not None]
        fault = min(self._faults, key=lambda one: one.index, default=None)
        receipts, heads = self._statements.receipts, self._statements.heads
        agreed_until = self._agreed_until if fault is None else min(self._agreed_until, fault.index - 1)
        return ChainVerdict(fault, entries, receipts, heads, self._anchor, max(0, agreed_until))

    def _take_all(self, links: Iterator[Link]) -> int:
        """Take every entry up to the first that is out of its place or altered; returns how many there are."""
        if self._anchor:
            first = next(links, None)
            if first is None or first.index != self._anchor:
                self._faults.append(ChainFault(self._anchor, Tampering.TRUNCATED if first is None else Tampering.REMOVED))
                return 0
            if first.hash != self._walk.hash or first.hash != first.computed_hash():
                self._faults.append(ChainFault(self._anchor, Tampering.ALTERED))
                return 0
        for link in links:
            fault = self._walk.take(link)
            if fault is not None:
                # At the same place this says more than what a receipt says.
                self._faults.insert(0, _named(self._record.links, self._walk.index + 1, fault, link))
                return len(self._record.links) - self._anchor
            self._compare(link)
        if self._next_told is not None or self._walk.index < self._record.entries:
            self._faults.append(ChainFault(self._walk.index + 1, Tampering.TRUNCATED))
        return self._walk.index - self._anchor

    def _compare(self, link: Link) -> None:
        """Hold an entry against what was said of it."""
        while self._next_told is not None and self._next_told[0] <= link.index:
            place, head = self._next_told
            if not link.hash.startswith(head):
                if self._disagreed is None:
                    self._faults.append(ChainFault(max(1, place), Tampering.ALTERED))
                    self._disagreed = place
            elif self._disagreed is None:
                self._agreed_until = place
            self._next_told = next(self._told, None)


def _named(links: StoredLinks, place: int, fault: ChainFault, link: Link) -> ChainFault:
    """Tell a moved entry from an altered one: its hash fits at the place where it was written."""
    if fault.kind is not Tampering.ALTERED or fault.index != place:
        return fault
    written = _written_at(link, len(links))
    if written is None:
        return fault
    if written < place:
        return ChainFault(written, Tampering.INSERTED)  # it was pushed back by as many
    belongs_here = any(later.computed_hash(place) == later.hash for later in islice(links.since(place), 1, None))
    return ChainFault(place, Tampering.REORDERED if belongs_here else Tampering.REMOVED)


def _written_at(link: Link, most: int) -> int | None:
    """Return the index at which an entry's hash fits, near its own first; None: nowhere."""
    reach = sorted(range(1, most + 50), key=lambda index: abs(index - link.index))
    return next((index for index in reach if link.computed_hash(index) == link.hash), None)
