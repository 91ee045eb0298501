"""Reading an audit record, row by row: a database, also one in use and never changed by it, or an exported file."""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, overload

from sqlalchemy.engine import Connection

from teller_assist.alerts.keys import ServerKeys
from teller_assist.alerts.receipts import FILE as RECEIPTS_FILE
from teller_assist.alerts.receipts import read_receipts
from teller_assist.alerts.shapes import check_shape
from teller_assist.alerts.suites.choice import INTERNATIONAL, SUITES
from teller_assist.alerts.suites.suite import Suite
from teller_assist.errors import DatabaseError, RecordError
from teller_assist.review.audit import Link, stored_link
from teller_assist.review.database import translated
from teller_assist.review.engines import DatabasePlace, database_place, is_address, looking_engine
from teller_assist.review.head_files import KeptHead, read_heads
from teller_assist.review.server_keys import PUBLIC_FILE

_SQLITE = b"SQLite format 3\0"
_COLUMNS = "number, at, kind, actor, subject, facts, previous, hash, signature"
_RECEIPT = ("case_id", "index", "head", "signature")
_ROWS_AT_ONCE = 1000
_TRIED = 200  # entries that tell which suite a chain is of, where no keys do


class StoredLinks(Sequence[Link]):
    """The entries in the order that they are stored in, read anew each time: a million of them need no more room than one.

    Parameters
    ----------
    read
        Returns the entries from an index on.
    """

    def __init__(self, read: Callable[[int], Iterator[Link]]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[Link]:
        return self._read(0)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @overload
    def __getitem__(self, place: int) -> Link: ...
    @overload
    def __getitem__(self, place: slice) -> list[Link]: ...
    def __getitem__(self, place: int | slice) -> Link | list[Link]:
        return list(self)[place]

    def since(self, index: int) -> Iterator[Link]:
        """Return the entries from an index on."""
        return self._read(index)


@dataclass(frozen=True)
class AuditRecord:
    """What is checked.

    Attributes
    ----------
    receipts
        Signed statements that an index had a hash: those kept with the cases, and the stations'. Read anew each time.
    keys
        The server's public keys; None: signatures cannot be checked.
    heads
        The signed heads of the second place.
    entries
        How many there are at least, as an export says of itself; 0: nothing says so.
    one_moment
        What is read within is of one moment, also where a server writes meanwhile.
    """

    links: StoredLinks
    receipts: Callable[[], Iterator[Mapping[str, Any]]]
    keys: ServerKeys | None
    heads: Callable[[], Iterator[KeptHead]] = field(default=lambda: iter(()))
    entries: int = 0
    one_moment: Callable[[], AbstractContextManager[None]] = nullcontext


def read_audit(
    record: Path | str, receipts: Path | None = None, heads: Path | None = None, *, public_keys: Path | None = None
) -> AuditRecord:
    """Open a database, also one in use, or an exported file; neither is altered.

    Parameters
    ----------
    record
        A SQLite file or an export; or the address of a database, ``postgresql://...``.
    receipts
        A station's receipts file, or a folder that holds those of several, at any depth.
    heads
        The folder of the second place, or one of its files.
    public_keys
        The server's public keys, for a database; when left out, those that lie beside a SQLite file.

    Raises
    ------
    DatabaseError
        "database_unreadable": it is neither; "database_unreachable".
    OutboxError
        A receipts file is damaged.
    """
    found = _opened(record, public_keys)
    stations = [] if receipts is None else _receipt_files(receipts)

    def all_receipts() -> Iterator[Mapping[str, Any]]:
        yield from found.receipts()
        for one in stations:
            yield from read_receipts(one)

    if heads is None:
        return replace(found, receipts=all_receipts)
    if not heads.exists():
        raise DatabaseError("database_unreadable", why="heads_missing")
    return replace(found, receipts=all_receipts, heads=lambda: read_heads(heads))


def _opened(record: Path | str, public_keys: Path | None) -> AuditRecord:
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


def _receipt_files(path: Path) -> list[Path]:
    found = sorted(path.rglob(f"*{RECEIPTS_FILE}")) if path.is_dir() else [path]
    if not found or not all(one.is_file() for one in found):
        raise DatabaseError("database_unreadable", why="receipts_missing")
    return found


# ---------------------------------------------------------------- a database


class _Rows:
    """The rows of a database that is only looked at, as they come; its schema is brought to no newer state."""

    def __init__(self, place: DatabasePlace) -> None:
        self._engine = looking_engine(place)
        self._held: Connection | None = None

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """Have everything that is read within be of one moment."""
        with self._connected() as connection:
            self._held = connection
            try:
                yield
            finally:
                self._held = None

    def read(self, query: str) -> Iterator[Any]:
        """Return the rows of a query."""
        if self._held is not None:
            yield from _streamed(self._held, query)
            return
        with self._connected() as connection:
            yield from _streamed(connection, query)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            with translated(), self._engine.connect() as connection:
                yield connection
        finally:
            self._engine.dispose()


def _streamed(connection: Connection, query: str) -> Iterator[Any]:
    streaming = {"stream_results": True, "max_row_buffer": _ROWS_AT_ONCE}
    with translated(), closing(connection.exec_driver_sql(query, execution_options=streaming)) as rows:
        yield from rows


def _from_database(place: DatabasePlace, keys: ServerKeys | None) -> AuditRecord:
    rows = _Rows(place)

    def links(suite: Suite, index: int) -> Iterator[Link]:
        query = f"SELECT {_COLUMNS} FROM audit_entries WHERE number >= {index} ORDER BY number"  # noqa: S608
        return (stored_link(*row, suite=suite) for row in rows.read(query))

    def receipts() -> Iterator[Mapping[str, Any]]:
        query = "SELECT case_id, chain_index, chain_head, receipt_signature FROM cases"
        return (dict(zip(_RECEIPT, row, strict=True)) for row in rows.read(query))

    for table in ("audit_entries", "cases"):  # what is no database of ours is told now, not in the middle
        list(rows.read(f"SELECT 1 FROM {table} LIMIT 1"))  # noqa: S608
    everything = -(2**62)  # also an entry that somebody gave a number below 1
    suite = keys.suite if keys is not None else _fitting_suite(list(islice(links(INTERNATIONAL, everything), _TRIED)))
    stored = StoredLinks(lambda index: links(suite, index or everything))
    return AuditRecord(stored, receipts, keys, one_moment=rows.one_moment)


def _fitting_suite(links: list[Link]) -> Suite:
    """Return the suite whose hash fits most entries."""
    return max(SUITES.values(), key=lambda suite: sum(one.hash == replace(one, suite=suite).computed_hash() for one in links))


def _public_keys(path: Path) -> ServerKeys | None:
    try:
        return ServerKeys.from_body(check_shape(json.loads(path.read_bytes()), "server_keys/1"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecordError) as error:
        raise DatabaseError("database_unreadable", why="public_keys") from error


# ---------------------------------------------------------------- an exported file


def _from_export(path: Path) -> AuditRecord:
    """Read an exported file: its first line holds the keys, then one entry a line, then the cases' receipts."""
    try:
        first = check_shape(next(_lines(path), None), "server_keys/1")
        keys, entries = ServerKeys.from_body(first), int(first.get("entries", 0))
    except (RecordError, ValueError, TypeError) as error:
        raise DatabaseError("database_unreadable", why="no_export") from error

    def links(index: int) -> Iterator[Link]:
        entries = (line for line in _after_keys(path) if line.get("schema") == "audit_entry/1")
        found = (_exported_link(line, keys.suite) for line in entries)
        return (link for link in found if link.index >= index or index == 0)

    def receipts() -> Iterator[Mapping[str, Any]]:
        return (_checked(line, "receipt/1") for line in _after_keys(path) if line.get("schema") == "receipt/1")

    return AuditRecord(StoredLinks(links), receipts, keys, entries=entries)


def _lines(path: Path) -> Iterator[Any]:
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                if line.strip():
                    yield json.loads(line)
    except (OSError, ValueError, RecursionError) as error:
        raise DatabaseError("database_unreadable", why="no_export") from error


def _after_keys(path: Path) -> Iterator[dict[str, Any]]:
    lines = _lines(path)
    next(lines, None)
    for line in lines:
        if not isinstance(line, dict) or line.get("schema") not in ("audit_entry/1", "receipt/1"):
            raise DatabaseError("database_unreadable", why="no_export")
        yield line


def _exported_link(line: Mapping[str, Any], suite: Suite) -> Link:
    try:
        told = {name: value for name, value in line.items() if name != "schema"}
        return stored_link(told.pop("index"), facts=json.dumps(told.pop("facts")), head=told.pop("hash"), suite=suite, **told)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise DatabaseError("database_unreadable", why="no_export") from error


def _checked(line: Mapping[str, Any], schema: str) -> Mapping[str, Any]:
    try:
        return check_shape(line, schema)
    except RecordError as error:
        raise DatabaseError("database_unreadable", why="no_export") from error


def export_lines(
    links: Iterable[Link], receipts: Iterable[Mapping[str, Any]], keys: ServerKeys, *, entries: int
) -> Iterator[str]:
    """Return the lines of an exported file; the first says how many entries there are, so that a broken download shows."""
    yield json.dumps({"schema": "server_keys/1", **keys.to_body(), "entries": entries})
    for link in links:
        yield json.dumps({"schema": "audit_entry/1", **link.to_body()}, ensure_ascii=False)
    for receipt in receipts:
        yield json.dumps({"schema": "receipt/1", **receipt})
