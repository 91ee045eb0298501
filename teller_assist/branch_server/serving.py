"""Runs the branch server's program."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from teller_assist.branch_server.application import make_app
from teller_assist.branch_server.periodic import Task, periodically
from teller_assist.errors import KnownError
from teller_assist.review.proof import ProofPolicy
from teller_assist.review.records import BranchRecords
from teller_assist.serving import Address, Listener
from teller_assist.settings.logs import Subject, logger_for

_logger = logger_for(Subject.BRANCH)


def serve(
    data: Path,
    address: Address,
    announce: Callable[[str], None],
    *,
    recent_faces_days: int = 0,
    proof: ProofPolicy | None = None,
) -> None:
    """Serve until the process is told to end.

    Parameters
    ----------
    announce
        Gets the server's address once it answers.
    recent_faces_days
        How long faces are kept to be searched; 0: none is, and those that were are deleted.
    proof
        What is watched, and where signed heads are kept a second time.

    Raises
    ------
    UsageError, ResourceError, SecretsError, DatabaseError
        It cannot start.
    """
    listener = Listener(address)
    try:
        records = BranchRecords(data, recent_faces_days=recent_faces_days, proof=proof)
        try:
            records.note_start()
            records.recent_faces.begin()
            begin_second_place(records)
            with periodically(tasks(records)):
                listener.serve(make_app(records, secure_cookies=address.is_protected), announce)
            with suppress(KnownError):  # told and tried again at the next start
                records.proof.heads.write(at_once=True)
        finally:
            records.close()
    finally:
        listener.close()


def begin_second_place(records: BranchRecords) -> None:
    """Bring the first head to the second place, or say in the log that there is none, or that it shares the data's disk."""
    records.proof.heads.write(at_once=True)
    state = records.proof.heads.state()
    if not state.is_set:
        _logger.warning("no second place for signed heads is set: only stations' receipts find a chain that was made anew")
    elif state.same_disk:
        _logger.warning("the second place for signed heads lies on the same disk as the data")


def tasks(records: BranchRecords) -> list[Task]:
    """Return what the server does by itself; old faces go also through holidays, when nobody asks."""
    return [
        Task("deleting old faces", 3600.0, records.recent_faces.forget_old),
        Task("deleting old device hours", 3600.0, records.proof.health.forget_old),
        Task("bringing heads to the second place", 5.0, records.proof.heads.write),
        Task("watching stations", 30.0, records.proof.look),
        Task("checking the chain", 1.0, records.proof.check.step),
    ]
