"""Brings signed heads of the audit chain to the second place: a folder on another disk, a share, a medium written once."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from teller_assist.errors import ResourceError
from teller_assist.review.clock import Now
from teller_assist.review.database import Database
from teller_assist.review.head_files import PREFIXES_MOST, KeptHead, append_head, last_head, new_head
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.station_alerts import StationAlerts, StationWhy
from teller_assist.review.tables import AuditEntry
from teller_assist.settings.logs import Subject, logger_for

_logger = logger_for(Subject.BRANCH)


@dataclass(frozen=True)
class HeadsState:
    """How the second place fares.

    Attributes
    ----------
    is_set
        False: there is none; nothing but the stations' receipts then finds a chain that was rewritten with the server's key.
    index, at
        The last entry that is there, and since when; 0 and "": none yet.
    behind
        How many entries are not there yet.
    writable
        False: the last try failed.
    differs
        The chain here is not the one that is told of there.
    same_disk
        It lies on the disk of the data folder: whoever loses or alters one has both.
    """

    is_set: bool
    index: int
    at: str
    behind: int
    writable: bool
    differs: bool
    same_disk: bool


class Heads:
    """One server's second place. ``write`` is to be called by one thread.

    Parameters
    ----------
    folder
        None: there is no second place.
    every_entries, every
        A head is written after so many entries, or so long after the last one.
    """

    def __init__(
        self,
        database: Database,
        keys: PrivateKeys,
        alerts: StationAlerts,
        now: Now,
        *,
        data: Path,
        folder: Path | None,
        every_entries: int,
        every: datetime.timedelta,
    ) -> None:
        self._database, self._keys, self._alerts, self._now = database, keys, alerts, now
        self._folder, self._every_entries, self._every = folder, every_entries, every
        self._same_disk = _same_disk(data, folder)
        self._last: KeptHead | None = None
        self._is_read = False
        self._last_try: datetime.datetime | None = None
        self._writable, self._differs = True, False

    def state(self) -> HeadsState:
        """Return how it fares."""
        last, newest = self._last, self._newest()
        index, at = (0, "") if last is None else (last.index, last.at)
        behind = max(0, newest - index)
        return HeadsState(self._folder is not None, index, at, behind, self._writable, self._differs, self._same_disk)

    def write(self, *, at_once: bool = False) -> None:
        """Bring what is due; a folder that cannot be written to is told and tried again the next time, and stops nothing.

        Raises
        ------
        DatabaseError, ResourceError
            The database cannot be used.
        """
        if self._folder is None:
            return
        try:
            self._read(self._folder)
            if at_once or self._is_due():
                self._compare()
                self._write_all(self._folder)
        except ResourceError as error:
            if error.facts.get("folder") == "database":
                raise
            self._become(writable=False, why=str(error))
        else:
            self._become(writable=True, why="")

    def _read(self, folder: Path) -> None:
        if not folder.is_dir():  # told at once, not only when something is due
            raise ResourceError("folder_not_writable", folder="heads")
        if not self._is_read:
            self._last = last_head(folder)
            self._is_read = True

    def _is_due(self) -> bool:
        index = 0 if self._last is None else self._last.index
        newest, now = self._newest(), self._now()
        if newest == index:
            return False
        if abs(newest - index) >= self._every_entries or self._last_try is None or not self._writable:
            return True
        return now - self._last_try >= self._every

    def _write_all(self, folder: Path) -> None:
        since = 0 if self._last is None else self._last.index
        if since > self._newest():  # cut off, or an older copy of the database: from here on it is told of as it is now
            since = max(0, self._newest() - 1)
        while entries := self._entries(since):
            head = new_head(self._keys.public, self._keys.signing, entries, self._now())
            append_head(folder, head)
            self._last, since = head, head.index
        self._last_try = self._now()

    def _compare(self) -> None:
        """See that the chain still holds the last entry that is told of there; only written once more, it is told twice."""
        last = self._last
        if last is None:
            return
        with self._database.reading() as session:
            here = session.scalar(select(AuditEntry.hash).where(AuditEntry.number == last.index))
        if here != last.head:
            self._differs = True
            _logger.error("the audit chain is not the one that the second place tells of, entry %d", last.index)
            self._alerts.set_server(StationWhy.HEADS_DIFFER, wrong=True)  # ended by nobody: an auditor has to look

    def _become(self, *, writable: bool, why: str) -> None:
        if writable != self._writable:
            if writable:
                _logger.info("the second place takes signed heads again")
            else:
                _logger.error("signed heads cannot be written to the second place: %s", why)
        self._writable = writable
        self._alerts.set_server(StationWhy.HEADS_UNWRITABLE, wrong=not writable)

    def _entries(self, since: int) -> list[tuple[int, str]]:
        query = select(AuditEntry.number, AuditEntry.hash).where(AuditEntry.number > since).order_by(AuditEntry.number)
        with self._database.reading() as session:
            return [(number, head) for number, head in session.execute(query.limit(PREFIXES_MOST))]

    def _newest(self) -> int:
        with self._database.reading() as session:
            return session.scalar(select(AuditEntry.number).order_by(AuditEntry.number.desc()).limit(1)) or 0


def _same_disk(data: Path, folder: Path | None) -> bool:
    try:
        return folder is not None and folder.stat().st_dev == data.stat().st_dev
    except OSError:
        return False
