"""What every worker process of an evaluation does at its start."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading

from teller_assist.errors import BugError


def tie_to_parent() -> None:
    """Leave Ctrl+C to the parent, and end when it is gone: killed, it could not tell its workers to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches every process; the parent alone stops the work
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        raise BugError("a worker without a parent process")
    parent.join()
    os._exit(1)
