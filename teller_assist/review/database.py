"""The database: opened with what makes a commit safe, brought to the newest schema, foreign exceptions translated here."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from teller_assist.alerts.durable import make_private_folder
from teller_assist.errors import DatabaseError, KnownError, ResourceError, ShapeError
from teller_assist.review.audit import NOW
from teller_assist.review.engines import DatabaseKind, DatabasePlace, database_place, reading_engine, writing_engine

FILE = "branch.sqlite3"
_MIGRATIONS = Path(__file__).with_name("migrations")
_NO_ROOM = ("database or disk is full", "no space left", "disk i/o error")
_BUSY = ("database is locked", "database is busy")
# SQLSTATE, PostgreSQL's appendix A: codes and classes.
_DISK_FULL = "53100"
_WAITED_TOO_LONG = frozenset({"55P03", "40001", "40P01", "53300", "57014"})
_GONE = frozenset({"57P01", "57P02", "57P03", "57P05"})
_GONE_CLASS = "08"
_VALUE_CLASS = "22"  # too long, out of range, not of this encoding
# Moments are text that is compared as text, and paging follows it: the order must be that of the bytes.
_SUITS = "SELECT current_setting('server_encoding') = 'UTF8' AND 'B' < 'a' AND 'a-c' < 'ab'"


class Database:
    """A SQLite file (write-ahead log, every commit synced) or a database of a PostgreSQL server; one writer at a time.

    Parameters
    ----------
    place
        A file, made where it is not there, its folder private; or an address, ``postgresql://...``.
    now
        The clock of the audit chain; the machine's when left out.

    Raises
    ------
    DatabaseError
        "database_newer": a later program made it; "database_unreadable": it is no database of ours; "database_unreachable": its
        server does not answer or lets nobody in; "database_unsuitable": it orders or keeps text in another way than by bytes
        of UTF-8.
    ResourceError
        The folder cannot be written to, or the disk is full.
    UsageError
        The address is none.
    """

    def __init__(self, place: DatabasePlace | Path | str, now: Callable[[], datetime.datetime] | None = None) -> None:
        self._info = {} if now is None else {NOW: now}
        self.place = place if isinstance(place, DatabasePlace) else database_place(place)
        if self.place.file is not None:
            make_private_folder(self.place.file.parent)
        self._reader = reading_engine(self.place)
        self._writer = writing_engine(self.place)
        try:
            with translated():
                self._check_suits()
                self._migrate()
        except BaseException:
            self.close()
            raise
        if self.place.file is not None:
            self.place.file.chmod(0o600)

    @property
    def kind(self) -> DatabaseKind:
        """What keeps the records."""
        return self.place.kind

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that only reads, on one consistent state."""
        with translated(), Session(self._reader) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that is committed, safe on the disk, once the block is left; an exception leaves nothing of it.

        Raises
        ------
        ResourceError
            "disk_full"
        DatabaseError
        ShapeError
            A text or number that came from outside and that no database keeps.
        """
        with translated(), Session(self._writer, info=self._info) as session, session.begin():
            session.connection()  # takes the writers' lock now, before anything is read
            yield session

    def is_well(self) -> bool:
        """Return whether the database answers."""
        with self.reading() as session:
            return bool(session.execute(text("SELECT 1")).scalar_one() == 1)

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._writer.dispose()

    def _check_suits(self) -> None:
        if self.kind is DatabaseKind.POSTGRESQL:
            with self._reader.begin() as connection:
                if not connection.exec_driver_sql(_SUITS).scalar_one():
                    raise DatabaseError("database_unsuitable")

    def _migrate(self) -> None:
        config = _alembic()
        known = known_migrations()
        with self._writer.begin() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
            if current is not None and current not in known:
                raise DatabaseError("database_newer")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def newest_migration() -> str:
    """Return the schema's newest step, as this program knows it."""
    return str(ScriptDirectory.from_config(_alembic()).get_current_head())


def known_migrations() -> frozenset[str]:
    """Return every step of the schema that this program knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_alembic()).walk_revisions())


@contextmanager
def translated() -> Iterator[None]:
    """Turn what database drivers raise into our own errors.

    Raises
    ------
    DatabaseError, ResourceError, ShapeError
    """
    try:
        yield
    except PoolTimeoutError as error:
        raise DatabaseError("database_busy") from error
    except (DBAPIError, sqlite3.Error) as error:
        raise _ours(error) from error


def _ours(error: DBAPIError | sqlite3.Error) -> KnownError:
    original = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(original, sqlite3.Error):
        return _of_postgresql(str(getattr(original, "sqlstate", None) or ""), type(error).__name__)
    told = str(original).lower()
    if any(words in told for words in _NO_ROOM):
        return ResourceError("disk_full", folder="database")
    if any(words in told for words in _BUSY):
        return DatabaseError("database_busy")
    return DatabaseError("database_unreadable", why=type(error).__name__)


def _of_postgresql(code: str, name: str) -> KnownError:
    """Return our error for a SQLSTATE; "": the driver's own, for a connection that broke or was never made."""
    if code == _DISK_FULL:
        return ResourceError("disk_full", folder="database")
    if code in _WAITED_TOO_LONG:
        return DatabaseError("database_busy")
    if code in _GONE or code.startswith(_GONE_CLASS) or (not code and name in ("OperationalError", "InterfaceError")):
        return DatabaseError("database_unreachable")
    if code.startswith(_VALUE_CLASS) or (not code and name == "DataError"):
        return ShapeError(what="value", why="not_storable")
    return DatabaseError("database_unreadable", why=code or name)


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
