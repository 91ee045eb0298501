"""One server at a time for one database: what it holds in memory would not follow what another one writes.

    SQLite       the operating system's lock on a file beside the database; it ends with the process, killed or not
    PostgreSQL   an advisory lock of a connection that is kept; it ends with the connection, and is taken again when that was lost

The administrator's commands hold nothing: they work beside the server.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from teller_assist.alerts.durable import locked_file, make_private_folder
from teller_assist.errors import DatabaseError, KnownError
from teller_assist.review.database import translated
from teller_assist.review.engines import TAKE_SERVER_LOCK, DatabasePlace, holding_engine

LOCK_FILE = "server.lock"
LOOK_EVERY_S = 5.0
# The lock of a server that was killed is free once its connection's end was noticed: a moment later.
_WAIT_MS = 5_000


@contextmanager
def only_server(place: DatabasePlace, lost: Callable[[], None], *, look_every_s: float = LOOK_EVERY_S) -> Iterator[None]:
    """Hold a database's place as its only server.

    Parameters
    ----------
    lost
        Called once, from a thread, where the lock was lost with its connection and another server holds it now.
    look_every_s
        How often the connection that holds the lock is looked at.

    Raises
    ------
    DatabaseError
        "database_in_use": another server has it; "database_unreachable".
    """
    if place.file is not None:
        make_private_folder(place.file.parent)
        file = _locked(place.file.with_name(LOCK_FILE))
        try:
            yield
        finally:
            file.close()
        return
    held = _HeldLock(place)
    try:
        with _looked_at(held, lost, look_every_s):
            yield
    finally:
        held.close()


class _HeldLock:
    """The lock in a PostgreSQL database, by a connection of its own."""

    def __init__(self, place: DatabasePlace) -> None:
        self._engine = holding_engine(place)
        self._connection: Connection | None = None
        try:
            self._take()
        except BaseException:
            self.close()
            raise

    def look(self) -> None:
        """See that the lock is still held; take it again where its connection is gone.

        Raises
        ------
        DatabaseError
            "database_in_use": another server took it meanwhile; "database_unreachable": nobody can hold it now.
        """
        if self._connection is not None:
            try:
                self._connection.exec_driver_sql("SELECT 1")
            except DBAPIError:
                self._drop()
            else:
                return
        self._take()

    def close(self) -> None:
        """Let the lock go."""
        self._drop()
        self._engine.dispose()

    def _take(self) -> None:
        with translated():
            connection = self._engine.connect()
        try:
            with translated():
                connection.exec_driver_sql(f"SET lock_timeout = {_WAIT_MS}")
                connection.exec_driver_sql(TAKE_SERVER_LOCK)
        except DatabaseError as error:
            connection.close()
            if error.reason == "database_busy":
                raise DatabaseError("database_in_use") from error
            raise
        self._connection = connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(DBAPIError):
                connection.invalidate()
                connection.close()


@contextmanager
def _looked_at(held: _HeldLock, lost: Callable[[], None], every_s: float) -> Iterator[None]:
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(every_s):
            try:
                held.look()
            except KnownError as error:
                if error.reason == "database_in_use":
                    lost()
                    return

    thread = threading.Thread(target=look, name="holding the database", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _locked(path: Path) -> IO[bytes]:
    try:
        return locked_file(path)
    except OSError as error:
        raise DatabaseError("database_in_use") from error
