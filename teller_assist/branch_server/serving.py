"""Runs the branch server's program."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from fastapi import FastAPI

from teller_assist.branch_server.application import make_app
from teller_assist.branch_server.periodic import Task, periodically
from teller_assist.branch_server.provider import SignInProvider
from teller_assist.errors import DatabaseError, KnownError
from teller_assist.review.engines import DatabasePlace
from teller_assist.review.one_server import only_server
from teller_assist.review.records import BranchRecords
from teller_assist.serving import Address, Listener
from teller_assist.settings.logs import Subject, logger_for

_logger = logger_for(Subject.BRANCH)


def serve(
    place: DatabasePlace,
    open_records: Callable[[], BranchRecords],
    address: Address,
    announce: Callable[[str], None],
    *,
    provider: SignInProvider | None = None,
    show_first_code: Callable[[str], None] = lambda _code: None,
) -> None:
    """Serve until the process is told to end.

    Parameters
    ----------
    place
        Of the records: held by one server at a time, before it opens them.
    announce
        Gets the server's address once it answers.
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
        with _only_server(place):
            records = open_records()

            def answers(url: str) -> None:
                announce(url)
                if records.first_administrator.is_wanted:
                    show_first_code(records.first_administrator.make_code(actor="server"))

            try:
                app = make_app(records, secure_cookies=address.is_protected, provider=provider)
                _serve(records, listener, answers, app)
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


def _serve(records: BranchRecords, listener: Listener, announce: Callable[[str], None], app: FastAPI) -> None:
    records.note_start()
    records.recent_faces.begin()
    begin_second_place(records)
    with periodically(tasks(records)):
        listener.serve(app, announce)
    with suppress(KnownError):  # told and tried again at the next start
        records.proof.heads.write(at_once=True)


def begin_second_place(records: BranchRecords) -> None:
    """Bring the first head to the second place, or say in the log that there is none, or that it shares the data's disk."""
    records.proof.heads.write(at_once=True)
    state = records.proof.heads.state()
    if not state.is_set:
        _logger.warning("no second place for signed heads is set: only stations' receipts find a chain that was made anew")
    elif state.same_disk:
        _logger.warning("the second place for signed heads lies on the same disk as the data")


def tasks(records: BranchRecords) -> list[Task]:
    """Return what the server does by itself, also through holidays, when nobody asks."""
    return [
        Task("deleting old faces", 3600.0, records.recent_faces.forget_old),
        Task("deleting old device hours", 3600.0, records.proof.health.forget_old),
        Task("bringing heads to the second place", 5.0, records.proof.heads.write),
        Task("watching stations", 30.0, records.proof.look),
        Task("checking the chain", 1.0, records.proof.check.step),
        Task("erasing what is over", 3600.0, records.retention.sweep),
        Task("counting persons", 3600.0, lambda: _count_persons(records)),
    ]


def _count_persons(records: BranchRecords) -> None:
    found = records.retention.persons()
    if found.told:
        _logger.warning(
            "faces of %d persons were compared here: file with the authority before %d", found.persons, found.filing_at
        )
