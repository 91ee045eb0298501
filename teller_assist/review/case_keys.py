"""One key for each part of each case, in a file of its own beside the master key: outside the database and its backups.

    master key --derives--> wrapping key --wraps--> key of a part --encrypts--> the part, in the database

Destroying a part's key here erases the part wherever a copy of the database lies. What was erased is remembered for a while: a
backup from before the erasure brings back hashes and rows, and they are taken out again.
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from teller_assist.alerts.durable import make_private_folder
from teller_assist.alerts.suites.suite import Suite
from teller_assist.errors import CaseErasedError, DatabaseError, EnvelopeError, ResourceError

FILE = "case_keys.sqlite3"
_TABLES = """
CREATE TABLE IF NOT EXISTS part_keys (
  case_id TEXT NOT NULL, part TEXT NOT NULL, wrapped BLOB NOT NULL, PRIMARY KEY (case_id, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS erased_parts (
  case_id TEXT NOT NULL, part TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (case_id, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS erased_numbers (number_hmac TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;
"""
_PRAGMAS = ("busy_timeout=20000", "journal_mode=TRUNCATE", "synchronous=FULL", "secure_delete=ON")


@dataclass(frozen=True)
class Erasures:
    """What was erased after a moment: parts as (case id, part), and keyed hashes of numbers."""

    parts: tuple[tuple[str, str], ...]
    numbers: tuple[str, ...]


class CaseKeys:
    """The keys of one server's cases. Safe for several threads and programs.

    Parameters
    ----------
    folder
        Private; made where it is not there.
    wrapping_key
        For the suite's ``encrypt_field``; derived from the master key.

    Raises
    ------
    DatabaseError
        "case_keys_unreadable": the file is none of ours.
    ResourceError
        It cannot be written.
    """

    def __init__(self, folder: Path, wrapping_key: bytes, suite: Suite) -> None:
        make_private_folder(folder)
        self._path, self._wrapping_key, self.suite = folder / FILE, wrapping_key, suite
        self._lock = threading.Lock()
        with _translated():
            self._connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
            for pragma in _PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}")
            self._connection.executescript(_TABLES)
        self._path.chmod(0o600)

    def __repr__(self) -> str:
        return "CaseKeys(***)"

    def make(self, case_id: str, parts: Iterable[str]) -> Mapping[str, bytes]:
        """Return a new key for each part, safe on the disk; a key that no case ever used replaces none that one does."""
        keys = {part: secrets.token_bytes(self.suite.field_key_bytes) for part in parts}
        rows = [(case_id, part, self._wrapped(case_id, part, key)) for part, key in keys.items()]
        with self._writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO part_keys VALUES (?, ?, ?)", rows)
        return keys

    def key(self, case_id: str, part: str) -> bytes:
        """Return a part's key.

        Raises
        ------
        CaseErasedError
            It was destroyed.
        DatabaseError
            "case_key_missing": it never was here, so that the keys are not those of this database.
        """
        with self._lock, _translated():
            found = self._connection.execute(
                "SELECT wrapped FROM part_keys WHERE case_id = ? AND part = ?", (case_id, part)
            ).fetchone()
            erased = self._connection.execute(
                "SELECT at FROM erased_parts WHERE case_id = ? AND part = ?", (case_id, part)
            ).fetchone()
        if found is None:
            raise CaseErasedError() if erased else DatabaseError("case_key_missing")
        try:
            return self.suite.decrypt_field(self._wrapping_key, bytes(found[0]), _about(case_id, part))
        except EnvelopeError as error:
            raise DatabaseError("case_key_missing") from error

    def _wrapped(self, case_id: str, part: str, key: bytes) -> bytes:
        return self.suite.encrypt_field(self._wrapping_key, key, _about(case_id, part))

    def destroy(self, parts: Iterable[tuple[str, str]], *, at: str, numbers: Iterable[str] = ()) -> None:
        """Destroy the keys of parts, given as (case id, part), and remember that, with the hashes of erased numbers."""
        gone = list(parts)
        with self._writing() as connection:
            connection.executemany("DELETE FROM part_keys WHERE case_id = ? AND part = ?", gone)
            connection.executemany("INSERT OR REPLACE INTO erased_parts VALUES (?, ?, ?)", [(*one, at) for one in gone])
            connection.executemany("INSERT OR REPLACE INTO erased_numbers VALUES (?, ?)", [(one, at) for one in numbers])

    def erased_since(self, at: str) -> Erasures:
        """Return what was erased from a moment on."""
        with self._lock, _translated():
            parts = self._connection.execute("SELECT case_id, part FROM erased_parts WHERE at >= ?", (at,)).fetchall()
            numbers = self._connection.execute("SELECT number_hmac FROM erased_numbers WHERE at >= ?", (at,)).fetchall()
        return Erasures(tuple((one[0], one[1]) for one in parts), tuple(one[0] for one in numbers))

    def forget_erasures(self, before: str) -> None:
        """Forget what was erased long ago: no backup is that old."""
        with self._writing() as connection:
            connection.execute("DELETE FROM erased_numbers WHERE at < ?", (before,))

    def copy_to(self, path: Path) -> None:
        """Copy the keys to a second place over the copy before, so that what was destroyed is gone from there as well.

        Raises
        ------
        ResourceError
        """
        partial = path.with_name(f".partial-{path.name}")
        partial.unlink(missing_ok=True)
        with self._lock, _translated(), closing(sqlite3.connect(partial)) as target:
            self._connection.backup(target)
        partial.chmod(0o600)
        partial.replace(path)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk ended it already
                    self._connection.execute("ROLLBACK")
                raise


def _about(case_id: str, part: str) -> bytes:
    return f"case key\0{case_id}\0{part}".encode()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if "full" in str(error).lower() or "i/o" in str(error).lower():
            raise ResourceError("disk_full", folder="keys") from error
        raise DatabaseError("case_keys_unreadable", why=type(error).__name__) from error
