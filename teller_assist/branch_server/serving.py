"""Runs the branch server's program."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from teller_assist.alerts.suites.choice import INTERNATIONAL
from teller_assist.branch_server.application import make_app
from teller_assist.errors import DatabaseError, KnownError
from teller_assist.review.engines import DatabasePlace
from teller_assist.review.one_server import only_server
from teller_assist.review.records import BranchRecords, records_place
from teller_assist.serving import Address, Listener
from teller_assist.settings.logs import Subject, logger_for

_FORGET_EVERY_S = 3600.0


def serve(
    data: Path,
    address: Address,
    announce: Callable[[str], None],
    *,
    database: str = "",
    keys: Path | None = None,
    recent_faces_days: int = 0,
    suite_name: str = INTERNATIONAL.name,
) -> None:
    """Serve until the process is told to end.

    Parameters
    ----------
    announce
        Gets the server's address once it answers.
    database, keys
        See ``BranchRecords``.
    recent_faces_days
        How long faces are kept to be searched; 0: none is, and those that were are deleted.

    suite_name
        See ``review.server_keys.open_keys``.

    Raises
    ------
    UsageError, ResourceError, SecretsError, SuiteError, DatabaseError
        It cannot start, or another server took its database while the way there was broken.
    """
    listener = Listener(address)
    try:
        with _only_server(records_place(data, database)):
            records = BranchRecords(
                data, database=database, keys=keys, recent_faces_days=recent_faces_days, suite_name=suite_name
            )
            try:
                records.note_start()
                records.recent_faces.begin()
                with _forgetting(records):
                    listener.serve(make_app(records, secure_cookies=address.is_protected), announce)
            finally:
                records.close()
    finally:
        listener.close()


@contextmanager
def _only_server(place: DatabasePlace) -> Iterator[None]:
    """Hold the database; a server that lost it to another one ends, and says why."""
    taken = threading.Event()

    def lost() -> None:
        taken.set()
        os.kill(os.getpid(), signal.SIGTERM)

    with only_server(place, lost):
        yield
    if taken.is_set():
        raise DatabaseError("database_in_use")


@contextmanager
def _forgetting(records: BranchRecords) -> Iterator[None]:
    """Delete faces that became too old, every hour: also through holidays, when nobody asks."""
    ended = threading.Event()

    def forget() -> None:
        while not ended.wait(_FORGET_EVERY_S):
            try:
                records.recent_faces.forget_old()
            except KnownError as error:  # a full disk: the next hour comes
                logger_for(Subject.BRANCH).error("old faces could not be deleted: %s", error)

    thread = threading.Thread(target=forget, name="forgetting", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
