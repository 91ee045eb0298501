"""Where the records are kept, and how each kind of database is opened: a SQLite file, or a database of a PostgreSQL server.

What both promise: a commit is safe on the disk, one writer at a time, a reader sees one state, and no text that one of them
could not keep is handed to either.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from teller_assist.errors import ShapeError, UsageError

BUSY_MS = 20_000
_SCHEME = "postgresql"
_DRIVER = "postgresql+psycopg"
_CONNECT_WITHIN_S = 10
# Advisory locks are of one database: nobody else's meet ours there. The first number is the product's, the second says what for.
_LOCKS = 0x7A11
_WRITER_LOCK, _SERVER_LOCK = 1, 2
TAKE_SERVER_LOCK = f"SELECT pg_advisory_lock({_LOCKS}, {_SERVER_LOCK})"
_TAKE_WRITER_LOCK = f"SELECT pg_advisory_xact_lock({_LOCKS}, {_WRITER_LOCK})"


class DatabaseKind(StrEnum):
    """What keeps the records."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, repr=False)
class DatabasePlace:
    """Where the records are kept; it never prints, a password may be in it.

    Attributes
    ----------
    file
        The SQLite file; None for a database of a server.
    url
        What SQLAlchemy opens.
    """

    file: Path | None
    url: URL

    def __repr__(self) -> str:
        return f"DatabasePlace({self.kind})"

    @property
    def kind(self) -> DatabaseKind:
        """Which of the two it is."""
        return DatabaseKind.SQLITE if self.file is not None else DatabaseKind.POSTGRESQL


def is_address(told: str) -> bool:
    """Return whether a text names a database of a server, and no file."""
    return "://" in told


def database_place(told: Path | str) -> DatabasePlace:
    """Return the place that a path or an address (``postgresql://USER@HOST/NAME``) names.

    Raises
    ------
    UsageError
        It is an address of something else, or none.
    """
    if isinstance(told, Path) or not is_address(told):
        return DatabasePlace(Path(told), URL.create("sqlite", database=str(told)))
    try:
        url = make_url(told)
    except (ArgumentError, ValueError) as error:
        raise UsageError(what="database") from error
    if url.drivername != _SCHEME or not url.database:
        raise UsageError(what="database")
    return DatabasePlace(None, url.set(drivername=_DRIVER))


def reading_engine(place: DatabasePlace) -> Engine:
    """Return what readers use: each of their transactions sees one state."""
    if place.file is not None:
        return _sqlite(place.url, "BEGIN")
    # Sizes: the server answers 40 requests at once; PostgreSQL's usual limit is 100 connections.
    read_only = {"postgresql_readonly": True}
    return _postgresql(place.url, isolation_level="REPEATABLE READ", execution_options=read_only, pool_size=10, max_overflow=30)


def writing_engine(place: DatabasePlace) -> Engine:
    """Return what writers use: one at a time takes the lock before it reads what it builds on, so that no chain forks."""
    if place.file is not None:
        return _sqlite(place.url, "BEGIN IMMEDIATE")
    # READ COMMITTED: what is read after the lock was taken is what the writer before left.
    engine = _postgresql(place.url, isolation_level="READ COMMITTED", pool_size=5, max_overflow=5, pool_timeout=BUSY_MS / 1000)

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:
        connection.exec_driver_sql(_TAKE_WRITER_LOCK)

    return engine


def looking_engine(place: DatabasePlace) -> Engine:
    """Return what reads a database that it must not alter in any way, not even to bring it to the newest schema."""
    if place.file is None:
        return reading_engine(place)
    address = f"{place.file.absolute().as_uri()}?mode=ro"
    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(address, uri=True, isolation_level=None), poolclass=NullPool
    )

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")  # all that is read is of one state, also where a server writes meanwhile

    return engine


def holding_engine(place: DatabasePlace) -> Engine:
    """Return what holds a lock for as long as its connection lives; PostgreSQL only."""
    return _postgresql(place.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)


def _sqlite(url: URL, begin: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000}, pool_size=20, max_overflow=40, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late for a writer
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    _check_texts(engine)
    return engine


def _postgresql(url: URL, **more: Any) -> Engine:
    session = {
        "synchronous_commit": "on",  # whatever the server's usual is: a receipt says that a case is on the disk
        "lock_timeout": str(BUSY_MS),
        "tcp_keepalives_idle": "30",  # so that the locks of a machine that is gone are free within two minutes
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
    }
    told = url.query.get("options", "")
    options = " ".join(
        [told if isinstance(told, str) else " ".join(told), *(f"-c {name}={value}" for name, value in session.items())]
    )
    arguments = {
        "options": options.strip(),
        "connect_timeout": _CONNECT_WITHIN_S,
        "application_name": "teller-assist",
        "keepalives_idle": 30,
        "tcp_user_timeout": 30_000,
        "client_encoding": "utf8",
    }
    # A connection that died while it was idle is made anew, unseen by who asks for it.
    engine = create_engine(url, connect_args=arguments, pool_pre_ping=True, hide_parameters=True, **more)
    _check_texts(engine)
    return engine


def _check_texts(engine: Engine) -> None:
    """Refuse text that PostgreSQL cannot keep, on SQLite as well: both take and refuse the same."""

    @event.listens_for(engine, "before_cursor_execute")
    def _before(
        _connection: object, _cursor: object, _statement: str, parameters: Any, _context: object, executemany: bool
    ) -> None:
        for one in parameters if executemany else (parameters,):
            for value in _values(one):
                if isinstance(value, str) and not _is_storable(value):
                    raise ShapeError(what="text", why="not_storable")


def _values(parameters: Any) -> Iterable[Any]:
    return parameters.values() if isinstance(parameters, Mapping) else parameters or ()


def _is_storable(text: str) -> bool:
    if "\0" in text:
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half of a surrogate pair, as JSON can write it
        return False
    return True
