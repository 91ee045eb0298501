"""A branch server's process on records of its own, with people who log in: for long runs and measurements."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import requests

from teller_assist.demonstration.server_process import ServerProcess
from teller_assist.errors import BranchUnreachableError
from teller_assist.review.audit_check import AuditRecord, read_audit
from teller_assist.review.branches import ALL_BRANCHES, FIRST_BRANCH
from teller_assist.review.database import FILE
from teller_assist.review.people import OF_ALL_BRANCHES, Role
from teller_assist.review.records import BranchRecords, records_place
from teller_assist.review.server_keys import PUBLIC_FILE, keys_folder

ACTOR = "measurement"
TIMEOUT_S = 60.0
_FORM_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
_TICKS_A_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class BranchUnderTest:
    """Records in a folder, or in a database that is named, and the server's process on them.

    Parameters
    ----------
    folder
        Private, empty; whoever made it removes it.
    database
        ``postgresql://...``; "": a file in the folder.
    """

    def __init__(self, folder: Path, database: str = "") -> None:
        self.data, self.database = folder / "server", database
        self._password = secrets.token_urlsafe(16)
        command = ["branch-server", "--data", str(self.data)]
        self.server = ServerProcess(*command, *(["--database", database] if database else []))

    @property
    def kind(self) -> str:
        """What keeps the records."""
        return records_place(self.data, self.database).kind.value

    @property
    def url(self) -> str:
        """The server's address."""
        return self.server.url

    @contextmanager
    def records(self) -> Iterator[BranchRecords]:
        """Give the records, beside the server as ``branch-admin`` does."""
        records = BranchRecords(self.data, database=self.database)
        try:
            yield records
        finally:
            records.close()

    def audit(self, receipts: Path | None = None) -> AuditRecord:
        """Return the audit record with a station's receipts."""
        return read_audit(self.database or self.data / FILE, receipts, public_keys=self.data / PUBLIC_FILE)

    def add_people(self, records: BranchRecords, roles: Sequence[Role]) -> None:
        """Add somebody of each role, whose login is the role's name."""
        for role in roles:
            branch = ALL_BRANCHES if role in OF_ALL_BRANCHES else FIRST_BRANCH
            records.people.add(role.value, role.value, role, self._password, actor=ACTOR, branch_id=branch)

    @contextmanager
    def logged_in(self, role: Role) -> Iterator[requests.Session]:
        """Give a session of somebody, logged in through the page as a person does.

        Raises
        ------
        BranchUnreachableError
        """
        with requests.Session() as session:
            session.trust_env = False
            form = session.get(f"{self.url}/login", timeout=TIMEOUT_S)
            token = _FORM_TOKEN.search(form.text)
            fields = {"login": role.value, "password": self._password, "form_token": token[1] if token else ""}
            answer = session.post(f"{self.url}/login", data=fields, timeout=TIMEOUT_S)
            if answer.status_code != 200:
                raise BranchUnreachableError(why="no_connection")
            yield session

    def close(self) -> None:
        """End the server and remove its folders."""
        self.server.stop()
        for folder in (self.data, keys_folder(self.data)):
            shutil.rmtree(folder, ignore_errors=True)


def cpu_seconds(pid: int) -> float:
    """Return how much processor time a process has used, on Linux; 0 elsewhere."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS_A_S


def spread_ms(times_s: Sequence[float]) -> dict[str, Any]:
    """Return how many there are, median, 95th percentile and longest, in milliseconds."""
    if not times_s:
        return {"n": 0}
    times = 1000 * np.asarray(times_s)
    named = {"p50_ms": np.median(times), "p95_ms": np.percentile(times, 95), "max_ms": times.max()}
    return {"n": len(times_s), **{name: round(float(value), 1) for name, value in named.items()}}


def timed_s(session: requests.Session, url: str) -> tuple[float, int]:
    """Return how long one answer took, whole, and its status."""
    begun_s = time.perf_counter()
    answer = session.get(url, timeout=TIMEOUT_S, allow_redirects=False)
    return time.perf_counter() - begun_s, answer.status_code
