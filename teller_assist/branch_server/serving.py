"""Runs the branch server's program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from teller_assist.branch_server.application import make_app
from teller_assist.review.records import BranchRecords
from teller_assist.serving import Address, Listener


def serve(data: Path, address: Address, announce: Callable[[str], None]) -> None:
    """Serve until the process is told to end.

    Parameters
    ----------
    announce
        Gets the server's address once it answers.

    Raises
    ------
    UsageError, ResourceError, SecretsError, DatabaseError
        It cannot start.
    """
    listener = Listener(address)
    try:
        records = BranchRecords(data)
        try:
            records.note_start()
            listener.serve(make_app(records, secure_cookies=address.is_protected), announce)
        finally:
            records.close()
    finally:
        listener.close()
