"""A crash leaves no readable person behind: no core dump, and a report with places instead of values."""

from __future__ import annotations

import ctypes
import logging
import sys
import threading
import traceback
from types import TracebackType

_PR_SET_DUMPABLE = 4  # prctl(2)

logger = logging.getLogger("teller_assist.crash")


def prepare_for_crashes() -> None:
    """Switch core dumps off for this process and report uncaught exceptions without messages and locals."""
    _switch_core_dumps_off()
    sys.excepthook = _report
    threading.excepthook = _report_thread


def _switch_core_dumps_off() -> None:
    if sys.platform == "win32":
        return  # Windows Error Reporting is a machine policy: see the IT guide
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # A system that pipes its dumps to a collector ignores the limit; it does not ignore this.
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def places(where: TracebackType | None) -> str:
    """Return file names and lines of a traceback, outermost first, without folders: a folder may bear a person's name."""
    frames = traceback.extract_tb(where)
    return " > ".join(f"{frame.filename.replace(chr(92), '/').rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames)


def _report(kind: type[BaseException], _error: BaseException, where: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logger.critical("%s at %s", kind.__name__, places(where))


def _report_thread(arguments: threading.ExceptHookArgs) -> None:
    if issubclass(arguments.exc_type, SystemExit):
        return
    logger.critical("%s at %s", arguments.exc_type.__name__, places(arguments.exc_traceback))
