"""Is the audit chain whole? Names the first entry that is not, and what was done to it."""

from __future__ import annotations

import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Connection

from teller_assist.alerts.canonical import from_base64
from teller_assist.alerts.keys import ServerKeys, is_signed
from teller_assist.alerts.receipts import read_receipts, receipt_signed_bytes
from teller_assist.alerts.shapes import check_shape
from teller_assist.alerts.suites.choice import SUITES
from teller_assist.errors import BugError, DatabaseError, RecordError, ShapeError
from teller_assist.review.audit import FIRST_PREVIOUS, Link, head_signed_bytes
from teller_assist.review.database import translated
from teller_assist.review.engines import DatabasePlace, database_place, is_address, looking_engine
from teller_assist.review.server_keys import PUBLIC_FILE

_SQLITE = b"SQLite format 3\0"
_COLUMNS = "number, at, kind, actor, subject, facts, previous, hash, signature"


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
class AuditRecord:
    """What is checked.

    Attributes
    ----------
    links
        In the order that they are stored in.
    receipts
        Signed statements that an index had a hash: those kept with the cases, and a station's.
    keys
        The server's public keys; None: signatures cannot be checked.
    """

    links: list[Link]
    receipts: list[Mapping[str, Any]]
    keys: ServerKeys | None


def read_audit(record: Path | str, receipts: Path | None = None, *, public_keys: Path | None = None) -> AuditRecord:
    """Read a database, also one in use, or an exported file; neither is altered.

    Parameters
    ----------
    record
        A SQLite file or an export; or the address of a database, ``postgresql://...``.
    receipts
        A station's receipts file.
    public_keys
        The server's public keys, for a database; when left out, those that lie beside a SQLite file.

    Raises
    ------
    DatabaseError
        "database_unreadable": it is neither; "database_unreachable".
    OutboxError
        The receipts file is damaged.
    """
    found = _read(record, public_keys)
    if receipts is None:
        return found
    if not receipts.is_file():
        raise DatabaseError("database_unreadable", why="receipts_missing")
    return AuditRecord(found.links, [*found.receipts, *read_receipts(receipts)], found.keys)


def _read(record: Path | str, public_keys: Path | None) -> AuditRecord:
    if isinstance(record, str) and is_address(record):
        return _from_database(database_place(record), None if public_keys is None else _public_keys(public_keys))
    path = Path(record)
    try:
        with path.open("rb") as file:
            is_database = file.read(len(_SQLITE)) == _SQLITE
    except OSError as error:
        raise DatabaseError("database_unreadable", why="file_missing") from error
    if not is_database:
        return _from_export(path)
    return _from_database(database_place(path), _public_keys(public_keys or path.parent / PUBLIC_FILE))


def check_chain(record: AuditRecord) -> ChainFault | None:
    """Return the first fault, or None where the chain is whole and every receipt agrees with it."""
    found = _first_broken(record.links) or _first_unsigned(record)
    against = _first_against_receipts(record)
    faults = [fault for fault in (found, against) if fault is not None]
    return min(faults, key=lambda fault: fault.index, default=None)


def _first_broken(links: list[Link]) -> ChainFault | None:
    previous = FIRST_PREVIOUS
    for place, link in enumerate(links, start=1):
        if link.index > place:
            return ChainFault(place, Tampering.REMOVED)
        if link.index < place:
            return ChainFault(place, Tampering.INSERTED)
        if link.hash != link.computed_hash():
            return _renumbered(links, place) or ChainFault(place, Tampering.ALTERED)
        if link.previous != previous:
            # This entry is as it was written: the one before it was altered and its hash made anew, or took the place of others.
            return ChainFault(max(1, place - 1), Tampering.ALTERED)
        previous = link.hash
    return None


def _renumbered(links: list[Link], place: int) -> ChainFault | None:
    """Tell a moved entry from an altered one: its hash fits at the place where it was written."""
    written = [_written_at(link, len(links)) for link in links[place - 1 :]]
    if written[0] is None:
        return None
    if written[0] < place:
        return ChainFault(place - 1, Tampering.INSERTED)
    return ChainFault(place, Tampering.REORDERED if place in written else Tampering.REMOVED)


def _written_at(link: Link, most: int) -> int | None:
    """Return the index at which an entry's hash fits, near its own first; None: nowhere."""
    reach = sorted(range(1, most + 50), key=lambda index: abs(index - link.index))
    return next((index for index in reach[:2000] if link.computed_hash(index) == link.hash), None)


def _first_unsigned(record: AuditRecord) -> ChainFault | None:
    if record.keys is None:
        return None
    for link in record.links:
        try:
            signature = from_base64(link.signature, what="signature")
        except ShapeError:
            return ChainFault(link.index, Tampering.HEAD_SIGNATURE)
        if not is_signed(head_signed_bytes(link.index, link.hash), signature, record.keys.verify_key):
            return ChainFault(link.index, Tampering.HEAD_SIGNATURE)
    return None


def _first_against_receipts(record: AuditRecord) -> ChainFault | None:
    hashes = {link.index: link.hash for link in record.links}
    last = max(hashes, default=0)
    faults = []
    for receipt in record.receipts:
        index, head = int(receipt["index"]), str(receipt["head"])
        if not _is_receipt_of(receipt, record.keys):
            faults.append(ChainFault(index, Tampering.HEAD_SIGNATURE))
        elif index > last:
            faults.append(ChainFault(last + 1, Tampering.TRUNCATED))
        elif index in hashes and hashes[index] != head:
            faults.append(ChainFault(index, Tampering.ALTERED))
    return min(faults, key=lambda fault: fault.index, default=None)


def _is_receipt_of(receipt: Mapping[str, Any], keys: ServerKeys | None) -> bool:
    if keys is None:
        return True
    try:
        signature = from_base64(str(receipt["signature"]), what="signature")
    except ShapeError:
        return False
    signed = receipt_signed_bytes(str(receipt["case_id"]), int(receipt["index"]), str(receipt["head"]))
    return is_signed(signed, signature, keys.verify_key)


def _from_database(place: DatabasePlace, keys: ServerKeys | None) -> AuditRecord:
    engine = looking_engine(place)
    try:
        with translated(), engine.connect() as connection:
            links = _of_their_suite(_stored_links(connection), keys)
            return AuditRecord(links, _stored_receipts(connection), keys)
    except (ValueError, TypeError) as error:
        raise DatabaseError("database_unreadable", why=type(error).__name__) from error
    finally:
        engine.dispose()


def _of_their_suite(links: list[Link], keys: ServerKeys | None) -> list[Link]:
    """Return the entries to be checked with the server's hash; where nobody tells it, with the one that fits most of them."""
    if keys is not None:
        return [replace(link, suite=keys.suite) for link in links]
    tried = [[replace(link, suite=suite) for link in links] for suite in SUITES.values()]
    return max(tried, key=lambda some: sum(link.hash == link.computed_hash() for link in some))


def _stored_links(connection: Connection) -> list[Link]:
    rows = connection.exec_driver_sql(f"SELECT {_COLUMNS} FROM audit_entries ORDER BY number")  # noqa: S608
    return [_link(tuple(row)) for row in rows]


def _stored_receipts(connection: Connection) -> list[Mapping[str, Any]]:
    rows = connection.exec_driver_sql("SELECT case_id, chain_index, chain_head, receipt_signature FROM cases")
    return [dict(zip(("case_id", "index", "head", "signature"), row, strict=True)) for row in rows]


def _link(row: tuple[Any, ...]) -> Link:
    number, at, kind, actor, subject, facts, previous, head, signature = row
    try:
        told = json.loads(facts)
        if not isinstance(told, dict):
            raise ValueError("facts are no table")
        link = Link(int(number), str(at), str(kind), str(actor), str(subject), told, str(previous), str(head), str(signature))
        link.computed_hash()
    except (ValueError, BugError):  # made unreadable: as altered as can be
        return Link(int(number), str(at), str(kind), str(actor), str(subject), {"unreadable": True}, "", str(head), "")
    return link


def _public_keys(path: Path) -> ServerKeys | None:
    try:
        return ServerKeys.from_body(check_shape(json.loads(path.read_bytes()), "server_keys/1"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecordError) as error:
        raise DatabaseError("database_unreadable", why="public_keys") from error


def _from_export(path: Path) -> AuditRecord:
    """Read an exported file: its first line holds the keys, then one entry a line, then the cases' receipts."""
    links: list[Link] = []
    receipts: list[Mapping[str, Any]] = []
    try:
        first, *lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line)
        keys = ServerKeys.from_body(check_shape(first, "server_keys/1"))
        for line in lines:
            if line["schema"] == "receipt/1":
                receipts.append(check_shape(line, "receipt/1"))
            else:
                links.append(Link(**{name: value for name, value in line.items() if name != "schema"}))
    except (OSError, ValueError, KeyError, TypeError, RecordError, binascii.Error) as error:
        raise DatabaseError("database_unreadable", why="no_export") from error
    return AuditRecord(_of_their_suite(links, keys), receipts, keys)


def export_lines(links: Iterable[Link], receipts: Iterable[Mapping[str, Any]], keys: ServerKeys) -> Iterable[str]:
    """Return the lines of an exported file."""
    yield json.dumps({"schema": "server_keys/1", **keys.to_body()})
    for link in links:
        yield json.dumps({"schema": "audit_entry/1", **link.to_body()}, ensure_ascii=False)
    for receipt in receipts:
        yield json.dumps({"schema": "receipt/1", **receipt})
