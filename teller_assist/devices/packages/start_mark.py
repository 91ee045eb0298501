"""Whether the station's last start finished: where it did not, the next one goes without the plugins that the bank installed.

A file says that a start is under way; whoever finds it where no start runs knows that one ended before its time.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import IO

from teller_assist.settings.file_lock import lock_at_once
from teller_assist.settings.logs import Subject, logger_for

_MARK_NAME = "start_under_way"

_logger = logger_for(Subject.DEVICES)


class StartMark:
    """One start of one station.

    Parameters
    ----------
    folder
        Where the station writes; the mark lies in it while a start is under way. Where it cannot be written, no start counts as
        unfinished.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _MARK_NAME
        self._file: IO[bytes] | None = None

    def begin(self) -> bool:
        """Begin a start; return whether the one before finished. Another station that is just starting counts as none."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            was_there = self._path.exists()
            file = self._path.open("ab")
        except OSError as error:
            _logger.warning("no mark of the start can be laid down: %s", type(error).__name__)
            return True
        try:
            lock_at_once(file)
        except OSError:
            file.close()
            return True
        self._file = file
        return not was_there

    def finish(self) -> None:
        """Say that the start has finished; may be called twice."""
        if self._file is None:
            return
        file, self._file = self._file, None
        file.close()  # Windows removes no open file
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)
