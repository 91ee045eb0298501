"""A PostgreSQL server of the tests' own: a cluster in a temporary folder, reached by a socket in it, gone with the session.

Debian's own cluster is neither needed nor touched. PostgreSQL does not run as root: then it runs as Debian's user postgres.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from teller_assist.review.database import Database
from teller_assist.review.tables import Base

REQUIRED = ("CI", "TELLER_ASSIST_ALL_PARTS")
_USER = "teller_assist"
_TEMPLATE = "as_migrated"
_PR_SET_PDEATHSIG = 1  # prctl(2)


class PostgresCluster:
    """One PostgreSQL server; may be stopped, killed and started again at the same socket.

    Parameters
    ----------
    durable
        Sync every commit, as a server does that is not for tests.
    """

    def __init__(self, programs: Path, folder: Path, *, durable: bool) -> None:
        self._programs, self._folder, self._durable = programs, folder, durable
        self._data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._made, self._has_template = 0, False
        self._as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
            self._as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        self._run(
            "initdb",
            "--pgdata",
            str(self._data),
            "--auth",
            "trust",
            "--username",
            _USER,
            "--encoding",
            "UTF8",
            "--locale",
            "C",
            "--no-sync",
        )
        self.start()

    def start(self) -> None:
        """Start it, unless it runs."""
        if self._process is not None:
            return
        settings = {"listen_addresses": "", "unix_socket_directories": str(self._folder), "max_connections": "150"}
        settings |= {"shared_buffers": "32MB", "autovacuum": "off", "max_wal_size": "256MB"}
        if not self._durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        dies_with_us = _die_with_parent if sys.platform == "linux" else None
        with (self._folder / "log").open("ab") as log:
            for _ in range(50):  # the shared memory of one that was killed is free once the last of its children has gone
                self._process = subprocess.Popen(
                    [self._programs / "postgres", "-D", self._data, *options],
                    stdout=log,
                    stderr=log,
                    cwd=self._folder,
                    preexec_fn=dies_with_us,
                    **self._as_user,
                )
                if self._answers():
                    return
                time.sleep(0.1)
        raise AssertionError((self._folder / "log").read_text(errors="replace")[-2000:])

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # "fast": ends whoever is connected
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:  # it recovers from a kill, and the machine is loaded; nobody needs it any more
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(30)
            self._process = None

    def kill(self) -> None:
        """Kill the postmaster; its children go when they notice."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def kill_backends(self, database: str) -> int:
        """Kill the processes that serve a database; the postmaster then throws everybody out and recovers."""
        with closing(self.connect("postgres")) as connection:
            query = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
            pids = [row[0] for row in connection.execute(query, (database,))]
        for pid in pids:
            with suppress(ProcessLookupError):  # just gone by itself
                os.kill(pid, signal.SIGKILL)
        return len(pids)

    def url(self, database: str, *, user: str = _USER) -> str:
        return f"postgresql://{user}@/{database}?host={self._folder}"

    def connect(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(host=str(self._folder), user=_USER, dbname=database, autocommit=True)

    def run(self, *statements: str) -> None:
        with closing(self.connect("postgres")) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def make(self, template: str | None = None) -> str:
        """Make a database as another one is, or as the migrations leave it; returns its name."""
        if template is None:
            template = _TEMPLATE
            if not self._has_template:
                self.run(f"CREATE DATABASE {_TEMPLATE}")
                Database(self.url(_TEMPLATE)).close()
                self._has_template = True
        self._made += 1
        name = f"test_{self._made}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def make_empty(self, *options: str) -> str:
        """Make a database that nobody migrated."""
        self._made += 1
        name = f"empty_{self._made}"
        self.run(" ".join((f"CREATE DATABASE {name} TEMPLATE template0", *options)))
        return name

    def empty(self, name: str) -> None:
        """Take every row out of a database of ours, and have its numbers begin anew: ten times quicker than making another."""
        with closing(self.connect(name)) as connection, connection.transaction():
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(f"DELETE FROM {table.name}".encode())  # noqa: S608
                if table.name == "branches":
                    connection.execute("INSERT INTO branches VALUES ('main', '本网点')")
                column = table.autoincrement_column
                if column is not None:
                    sequence = "SELECT setval(pg_get_serial_sequence(%s, %s), 1, false)"
                    connection.execute(sequence, (table.name, column.name))

    def drop(self, names: Sequence[str]) -> None:
        self.run(*(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names))

    def _answers(self) -> bool:
        assert self._process is not None
        for _ in range(600):
            try:
                self.connect("postgres").close()
            except psycopg.OperationalError:
                if self._process.poll() is not None:
                    return False
                time.sleep(0.05)
            else:
                return True
        return False

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([self._programs / program, *arguments], check=True, capture_output=True, cwd=self._folder, **self._as_user)


@contextmanager
def running_cluster(*, durable: bool = False) -> Iterator[PostgresCluster]:
    """Run a server; where PostgreSQL is not installed the test is skipped, or fails where all parts are asked for."""
    programs = _programs()
    if programs is None:
        why = "PostgreSQL is not installed (Debian: postgresql)"
        assert not any(os.environ.get(name) for name in REQUIRED), why
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # short and to be entered by another user: a socket lies in it
    try:
        cluster = PostgresCluster(programs, folder, durable=durable)
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return None if on_path is None else Path(on_path).resolve().parent


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
