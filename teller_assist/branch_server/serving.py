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
from teller_assist.branch_server.provider import SignInProvider
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
    offline_days: int = 7,
    suite_name: str = INTERNATIONAL.name,
    provider: SignInProvider | None = None,
    show_first_code: Callable[[str], None] = lambda _code: None,
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
    offline_days
        How long tellers can sign on at their station while this server is away.
    suite_name
        See ``review.server_keys.open_keys``.
    provider
        See ``make_app``.
    show_first_code
        Gets the code by which the first administrator is made, where there is nobody yet; after ``announce``.

    Raises
    ------
    UsageError, ResourceError, SecretsError, SuiteError, DatabaseError
        It cannot start, or another server took its database while the way there was broken.
    """
    listener = Listener(address)
    try:
        with _only_server(records_place(data, database)):
            records = BranchRecords(
                data,
                database=database,
                keys=keys,
                recent_faces_days=recent_faces_days,
                offline_days=offline_days,
                suite_name=suite_name,
            )

            def answers(url: str) -> None:
                announce(url)
                if records.first_administrator.is_wanted:
                    show_first_code(records.first_administrator.make_code(actor="server"))

            try:
                records.note_start()
                records.recent_faces.begin()
                with _forgetting(records):
                    app = make_app(records, secure_cookies=address.is_protected, provider=provider)
                    listener.serve(app, answers)
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
