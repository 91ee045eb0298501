"""What a SANE call says went wrong, as a problem of the SDK.

python-sane tells the texts of ``sane_strstatus`` (SANE Standard 1.06, 4.2.7 and 4.3.11) and no numbers; libsane's texts are
fixed, they are not translated.
"""

from __future__ import annotations

import sys
from typing import Any

from teller_assist_sdk import DeviceProblem

UNSUPPORTED = "Operation not supported"
CANCELLED = "Operation was canceled"
BUSY = "Device busy"
INVALID = "Invalid argument"
END_OF_FILE = "End of file reached"
JAMMED = "Document feeder jammed"
NO_DOCUMENTS = "Document feeder out of documents"
COVER_OPEN = "Scanner cover is open"
IO_ERROR = "Error during device I/O"
NO_MEMORY = "Out of memory"
ACCESS_DENIED = "Access to resource has been denied"
NO_DATA = "Scanner returned no data"  # python-sane's own word for a scan without a line

_CODES = {
    CANCELLED: "scan_cancelled",
    BUSY: "device_busy",
    JAMMED: "paper_jam",
    NO_DOCUMENTS: "no_page",
    COVER_OPEN: "cover_open",
    ACCESS_DENIED: "device_denied",
}
# After these the device may be gone, and what was opened cannot be relied on.
_LOST = frozenset({IO_ERROR, INVALID, UNSUPPORTED, NO_MEMORY, END_OF_FILE, NO_DATA})
# While it is opened: a name that no device bears any more is an invalid argument, one whose plug is loose does not answer.
_ABSENT = frozenset({IO_ERROR, INVALID})


def sane_errors(*more: type[Exception]) -> tuple[type[Exception], ...]:
    """Return what python-sane raises, the error of its compiled part and those of its Python part, and more."""
    compiled: Any = sys.modules.get("_sane")
    own = () if compiled is None else (compiled.error,)
    return (*own, RuntimeError, AttributeError, *more)


def status_of(error: Exception) -> str:
    """Return the status text that an exception of python-sane carries."""
    return str(error).strip()


def may_be_lost(error: Exception) -> bool:
    """Return whether to look, after this error, whether the device is still there; also for a status of another libsane."""
    return status_of(error) in _LOST or status_of(error) not in _CODES


def problem_while_opening(error: Exception) -> DeviceProblem:
    """Return the problem for an error of ``sane_open``."""
    status = status_of(error)
    return DeviceProblem("device_missing" if status in _ABSENT else _CODES.get(status, "plugin_failed"), f"open: {status}")


def problem_while_scanning(error: Exception) -> DeviceProblem:
    """Return the problem for an error of a scan; ``device_missing`` is not among them, see ``may_be_lost``."""
    status = status_of(error)
    return DeviceProblem(_CODES.get(status, "plugin_failed"), f"scan: {status}")
