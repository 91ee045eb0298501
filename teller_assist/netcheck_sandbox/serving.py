"""Runs the sandbox's program."""

from __future__ import annotations

from collections.abc import Callable

from teller_assist.netcheck_sandbox.answering import Authority
from teller_assist.netcheck_sandbox.application import make_app
from teller_assist.serving import Address, Listener


def serve(authority: Authority, address: Address, announce: Callable[[str], None], *, credential: str = "") -> None:
    """Serve until the process is told to end; parameters as for ``make_app``.

    Raises
    ------
    UsageError, ResourceError
        It cannot start.
    """
    listener = Listener(address)
    try:
        listener.serve(make_app(authority, credential=credential), announce)
    finally:
        listener.close()
