"""Logs by subject, redacted at the last step before they are written.

    logger "teller_assist.measure" -> root -> handler -> RedactingFormatter -> stderr or file

The handlers sit on the root logger, so other packages' warnings pass the same formatter.
"""

from __future__ import annotations

import logging
import sys
from enum import StrEnum
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from teller_assist.errors import ResourceError
from teller_assist.settings.redaction import redact

if TYPE_CHECKING:
    from logging import _SysExcInfoType

ROOT_NAME = "teller_assist"
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_FILE_NAME = "teller-assist.log"
_FILE_BYTES = 5_000_000
_OLD_FILES = 5


class Subject(StrEnum):
    """What a record is about."""

    DEVICES = "devices"
    DOCUMENTS = "documents"
    MEASURE = "measure"
    DECISION = "decision"
    BRANCH = "branch"
    MODELS = "models"
    SETTINGS = "settings"
    COMMANDS = "cli"


def logger_for(subject: Subject) -> logging.Logger:
    """Return the logger of one subject."""
    return logging.getLogger(f"{ROOT_NAME}.{subject}")


class RedactingFormatter(logging.Formatter):
    """Formats a record whole (message, arguments, exception, stack) and redacts the outcome."""

    def __init__(self) -> None:
        super().__init__(_FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        """Return one record's text without personal data."""
        try:
            record.message = redact(record.getMessage())
        except (TypeError, ValueError, KeyError):
            # logging itself would print the arguments as they are
            record.message = f"a record of {record.filename}:{record.lineno} does not fit its own form"
        # Time, level and name are put in after redaction: their digits are ours.
        lines = [self._fmt_with_time(record)]
        if record.exc_info:
            lines.append(self.formatException(record.exc_info))
        if record.stack_info:
            lines.append(self.formatStack(record.stack_info))
        return "\n".join(lines)

    def formatException(self, ei: _SysExcInfoType) -> str:  # noqa: N802 (logging's name)
        """Return the traceback, its messages redacted; it holds no local variables."""
        return redact(super().formatException(ei))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 (logging's name)
        """Return the call stack, redacted."""
        return redact(super().formatStack(stack_info))

    def _fmt_with_time(self, record: logging.LogRecord) -> str:
        record.asctime = self.formatTime(record)
        return self.formatMessage(record)


def set_up_logs(level: str, *, folder: Path | None = None, stream: TextIO | None = None) -> None:
    """Send every log record to stderr, and to a file when a folder is given, redacted.

    May be called again; the handlers of an earlier call are replaced.

    Parameters
    ----------
    level
        "DEBUG", "INFO", "WARNING" or "ERROR", for our own loggers; other packages log from WARNING.
    folder
        Made if it is not there; files of at most 5 MB, the last five kept.
    stream
        In place of stderr.

    Raises
    ------
    ResourceError
        "folder_not_writable": the log file cannot be opened.
    """
    handlers: list[logging.Handler] = [logging.StreamHandler(stream or sys.stderr)]
    if folder is not None:
        handlers.append(_file_handler(folder))
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler.formatter, RedactingFormatter)]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        handler.setFormatter(RedactingFormatter())
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(ROOT_NAME).setLevel(level)
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False  # a handler that fails would print the record's arguments as they are


def _file_handler(folder: Path) -> logging.Handler:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return RotatingFileHandler(folder / _FILE_NAME, maxBytes=_FILE_BYTES, backupCount=_OLD_FILES, encoding="utf-8")
    except OSError as error:
        raise ResourceError("folder_not_writable", folder="logs") from error
