"""The database: opened with what makes a commit safe, brought to the newest schema, foreign exceptions translated here."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from teller_assist.alerts.durable import make_private_folder
from teller_assist.errors import DatabaseError, ResourceError
from teller_assist.review.audit import NOW

FILE = "branch.sqlite3"
_BUSY_MS = 20_000
_MIGRATIONS = Path(__file__).with_name("migrations")
_NO_ROOM = ("database or disk is full", "no space left", "disk i/o error")


class Database:
    """One SQLite file: write-ahead log, every commit synced (synchronous=FULL), one writer at a time.

    Parameters
    ----------
    path
        Made where it is not there; its folder is private.
    now
        The clock of the audit chain; the machine's when left out.

    Raises
    ------
    DatabaseError
        "database_newer": a later program made it; "database_unreadable": it is no database of ours.
    ResourceError
        The folder cannot be written to, or the disk is full.
    """

    def __init__(self, path: Path, now: Callable[[], datetime.datetime] | None = None) -> None:
        self._info = {} if now is None else {NOW: now}
        make_private_folder(path.parent)
        self._reader = _engine(path, "BEGIN")
        # The audit chain must not fork: a writer takes the lock before it reads what it builds on.
        self._writer = _engine(path, "BEGIN IMMEDIATE")
        with _translated():
            self._migrate()
        path.chmod(0o600)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that only reads, on one consistent state."""
        with _translated(), Session(self._reader) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that is committed, safe on the disk, once the block is left; an exception leaves nothing of it.

        Raises
        ------
        ResourceError
            "disk_full"
        DatabaseError
        """
        with _translated(), Session(self._writer, info=self._info) as session, session.begin():
            yield session

    def is_well(self) -> bool:
        """Return whether the database answers."""
        with self.reading() as session:
            return bool(session.execute(text("SELECT 1")).scalar_one() == 1)

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()
        self._writer.dispose()

    def _migrate(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        with self._writer.begin() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
            if current is not None and current not in known:
                raise DatabaseError("database_newer")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _engine(path: Path, begin: str) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_MS / 1000}, pool_size=20, max_overflow=40)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late for a writer
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={_BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        told = str(error.orig if isinstance(error, DBAPIError) else error).lower()
        if any(words in told for words in _NO_ROOM):
            raise ResourceError("disk_full", folder="database") from error
        raise DatabaseError("database_unreadable", why=type(error).__name__) from error
