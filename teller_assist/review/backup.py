"""Backup and restore of the records, without their keys.

    one line of JSON (backup/1)  what it is, of which program and step, its size and SHA-256, the audit chain's length and end
    a SQLite database            all rows, of one moment, whichever database they were in

So a backup of either kind is restored into either kind, by whichever version of PostgreSQL and with no tool but this program.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import LargeBinary, Table, delete, func, insert, select, text
from sqlalchemy.orm import Session

from teller_assist import __version__
from teller_assist.alerts.canonical import utc_text
from teller_assist.alerts.durable import PARTIAL_PREFIX, make_private_folder, write_parts_durably
from teller_assist.alerts.shapes import check_shape
from teller_assist.errors import BackupError, DatabaseError, ResourceError, ShapeError
from teller_assist.review.audit import FIRST_PREVIOUS
from teller_assist.review.database import Database, known_migrations, newest_migration, translated
from teller_assist.review.engines import DatabaseKind, DatabasePlace
from teller_assist.review.tables import AuditEntry, Base, Branch

_SCHEMA = "backup/1"
_HEAD_BYTES_MOST = 4096
_PART_BYTES = 1 << 20
_ROWS_AT_ONCE, _CONTENTS_AT_ONCE = 1000, 20  # a case may have 16 MB
_SIDE_FILES = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True)
class BackupHead:
    """What a backup says of itself.

    Attributes
    ----------
    migration
        The schema's step that its rows are of.
    kind
        What the records were in when it was made.
    bytes, sha256
        Of all that follows the head.
    entries, head
        Of the audit chain: how many, and the hash of the last; zeros where there is none.
    """

    product_version: str
    migration: str
    kind: str
    made: str
    bytes: int
    sha256: str
    entries: int
    head: str


def make_backup(database: Database, path: Path) -> BackupHead:
    """Write a backup of one moment while the server goes on; safe on the disk once this returns.

    Raises
    ------
    ResourceError
        It could not be written; what stood under this name before still does.
    DatabaseError
    """
    with _image(path.with_name(f"{PARTIAL_PREFIX}{path.name}.rows")) as image:
        if database.place.file is not None:
            _copy_file(database.place.file, image)
        copy = Database(image)
        try:
            if database.kind is DatabaseKind.POSTGRESQL:
                _copy_rows(database, copy)
            entries, head = _chain_end(copy)
        finally:
            copy.close()
        _settle(image)
        size, sha256 = _measured(image)
        told = BackupHead(
            product_version=__version__,
            migration=newest_migration(),
            kind=database.kind.value,
            made=utc_text(datetime.datetime.now(datetime.UTC)),
            bytes=size,
            sha256=sha256,
            entries=entries,
            head=head,
        )
        first = json.dumps({"schema": _SCHEMA, **asdict(told)}).encode("ascii") + b"\n"
        write_parts_durably(path, _joined(first, image))
    return told


def read_head(path: Path) -> BackupHead:
    """Return what a backup says of itself; its content is not looked at.

    Raises
    ------
    BackupError
        "backup_unreadable": it is no backup of ours.
    DatabaseError
        "database_newer": a later program made it.
    """
    try:
        with path.open("rb") as file:
            document = json.loads(file.readline(_HEAD_BYTES_MOST))
        told = check_shape(document, _SCHEMA)
    except (OSError, ValueError, RecursionError, ShapeError) as error:
        raise BackupError("backup_unreadable", why=type(error).__name__) from error
    if told["migration"] not in known_migrations():
        raise DatabaseError("database_newer")
    return BackupHead(**{name: told[name] for name in BackupHead.__dataclass_fields__})


def restore_backup(path: Path, place: DatabasePlace, data: Path) -> BackupHead:
    """Put a backup's records into a place that holds none; all of them or nothing.

    Parameters
    ----------
    data
        The server's folder; what is needed meanwhile is written there.

    Raises
    ------
    BackupError
        "backup_unreadable"; "backup_damaged": it is not as it was written.
    DatabaseError
        "database_not_empty", "database_newer", "database_unreachable".
    ResourceError
    """
    head = read_head(path)
    make_private_folder(data)
    if place.file is not None:
        if any(place.file.with_name(place.file.name + end).exists() for end in _SIDE_FILES):
            raise DatabaseError("database_not_empty")
        write_parts_durably(place.file, _checked(path, head))
        Database(place).close()  # an earlier program's backup is brought to the newest step
        return head
    target = Database(place)
    try:
        _check_empty(target)
        with _image(data / f"{PARTIAL_PREFIX}restore.rows") as image:
            write_parts_durably(image, _checked(path, head))
            source = Database(image)
            try:
                _copy_rows(source, target)
            finally:
                source.close()
    finally:
        target.close()
    return head


@contextlib.contextmanager
def _image(path: Path) -> Iterator[Path]:
    """Give a file's name for ourselves alone; nothing of it stays."""
    _remove(path)
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise ResourceError("folder_not_writable", folder="backup") from error
    try:
        yield path
    finally:
        _remove(path)


def _remove(path: Path) -> None:
    for end in _SIDE_FILES:
        with contextlib.suppress(OSError):
            path.with_name(path.name + end).unlink(missing_ok=True)


def _copy_file(source: Path, image: Path) -> None:
    """Copy a database in use by SQLite's own means: in one step, so that no writer makes it begin anew."""
    with translated(), contextlib.closing(sqlite3.connect(source)) as read, contextlib.closing(sqlite3.connect(image)) as write:
        read.backup(write, pages=-1)


def _settle(image: Path) -> None:
    """Merge the write-ahead log: one file is all there is."""
    with translated(), contextlib.closing(sqlite3.connect(image)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _copy_rows(source: Database, target: Database) -> None:
    """Copy every row of every table, as of one moment, in one transaction."""
    with source.reading() as read, target.writing() as write:
        write.execute(delete(Branch))  # the one that the migrations made is in the backup as well
        for table in Base.metadata.sorted_tables:
            has_content = any(isinstance(column.type, LargeBinary) for column in table.columns)
            at_once = _CONTENTS_AT_ONCE if has_content else _ROWS_AT_ONCE
            found = read.execute(select(table).execution_options(yield_per=at_once)).mappings()
            for rows in found.partitions():
                write.execute(insert(table), [dict(row) for row in rows])
            if target.kind is DatabaseKind.POSTGRESQL:
                _count_on(write, table)


def _count_on(session: Session, table: Table) -> None:
    """Have the server give out numbers after the highest one."""
    column = table.autoincrement_column
    if column is None:
        return
    highest = session.scalar(select(func.max(column)))
    told: dict[str, Any] = {"table": table.name, "column": column.name, "highest": highest or 1, "used": highest is not None}
    session.execute(text("SELECT setval(pg_get_serial_sequence(:table, :column), :highest, :used)"), told)


def _check_empty(database: Database) -> None:
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            made_with_the_tables = table.name == Branch.__tablename__
            if not made_with_the_tables and session.execute(select(table).limit(1)).first() is not None:
                raise DatabaseError("database_not_empty")


def _chain_end(database: Database) -> tuple[int, str]:
    with database.reading() as session:
        entries = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
        head = session.scalar(select(AuditEntry.hash).order_by(AuditEntry.number.desc()).limit(1))
    return entries, head or FIRST_PREVIOUS


def _measured(image: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    for part in _parts(image, 0):
        digest.update(part)
        size += len(part)
    return size, digest.hexdigest()


def _joined(first: bytes, image: Path) -> Iterator[bytes]:
    yield first
    yield from _parts(image, 0)


def _checked(path: Path, head: BackupHead) -> Iterator[bytes]:
    """Give what follows a backup's head; raises at its end where it is not what the head says."""
    with path.open("rb") as file:
        begin = len(file.readline(_HEAD_BYTES_MOST))
    digest, size = hashlib.sha256(), 0
    for part in _parts(path, begin):
        digest.update(part)
        size += len(part)
        yield part
    if (size, digest.hexdigest()) != (head.bytes, head.sha256):
        raise BackupError("backup_damaged")


def _parts(path: Path, begin: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begin)
        while part := file.read(_PART_BYTES):
            yield part
