"""Runs the branch server's program."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from teller_assist.branch_server.application import make_app
from teller_assist.branch_server.provider import SignInProvider
from teller_assist.errors import KnownError
from teller_assist.review.records import BranchRecords
from teller_assist.serving import Address, Listener
from teller_assist.settings.logs import Subject, logger_for

_FORGET_EVERY_S = 3600.0


def serve(
    data: Path,
    address: Address,
    announce: Callable[[str], None],
    *,
    recent_faces_days: int = 0,
    offline_days: int = 7,
    provider: SignInProvider | None = None,
    show_first_code: Callable[[str], None] = lambda _code: None,
) -> None:
    """Serve until the process is told to end.

    Parameters
    ----------
    announce
        Gets the server's address once it answers.
    recent_faces_days
        How long faces are kept to be searched; 0: none is, and those that were are deleted.
    offline_days
        How long tellers can sign on at their station while this server is away.
    provider
        See ``make_app``.
    show_first_code
        Gets the code by which the first administrator is made, where there is nobody yet; after ``announce``.

    Raises
    ------
    UsageError, ResourceError, SecretsError, DatabaseError
        It cannot start.
    """
    listener = Listener(address)
    try:
        records = BranchRecords(data, recent_faces_days=recent_faces_days, offline_days=offline_days)
        try:
            records.note_start()
            records.recent_faces.begin()

            def answers(url: str) -> None:
                announce(url)
                if records.first_administrator.is_wanted:
                    show_first_code(records.first_administrator.make_code(actor="server"))

            with _forgetting(records):
                app = make_app(records, secure_cookies=address.is_protected, provider=provider)
                listener.serve(app, answers)
        finally:
            records.close()
    finally:
        listener.close()


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
