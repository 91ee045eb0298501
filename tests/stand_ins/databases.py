"""Which database a test's servers keep their records in: a SQLite file in their folder, or a PostgreSQL database made for it.

A package's tests run on both by the fixture ``database_kind`` of its conftest; what they call here follows it.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from teller_assist.review.audit_check import AuditRecord, read_audit
from teller_assist.review.database import FILE
from teller_assist.review.engines import DatabaseKind
from teller_assist.review.server_keys import PUBLIC_FILE, keys_folder
from tests.stand_ins.postgres import PostgresCluster


class Sql:
    """Statements straight to a database, as somebody with its password or file can send them; ``?`` stands for a value."""

    def __init__(self, connection: Any, mark: str) -> None:
        self._connection, self._mark = connection, mark

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        return self._connection.execute(statement.replace("?", self._mark), tuple(values))


class Databases:
    """The databases of one test run, by the folder of the server whose records they hold."""

    def __init__(self) -> None:
        self.cluster: PostgresCluster | None = None
        self._names: dict[Path, str] = {}
        self._touched: set[str] = set()  # by more than our own program: not used again
        self._free: list[str] = []

    @property
    def kind(self) -> DatabaseKind:
        return DatabaseKind.SQLITE if self.cluster is None else DatabaseKind.POSTGRESQL

    def name(self, folder: Path) -> str:
        """Return the PostgreSQL database of a folder, made at its first use."""
        assert self.cluster is not None
        if folder not in self._names:
            self._names[folder] = self._free.pop() if self._free else self.cluster.make()
        return self._names[folder]

    def touch(self, folder: Path) -> str:
        """Return a folder's database, which is not used again."""
        self._touched.add(self.name(folder))
        return self.name(folder)

    def set(self, folder: Path, name: str) -> None:
        self._names[folder] = name

    def drop_below(self, folder: Path | None = None) -> None:
        """Have no use for the databases of a folder and of those in it; where none is named, drop all there are."""
        if self.cluster is None:
            return
        for one in [one for one in self._names if folder is None or one.is_relative_to(folder)]:
            name = self._names.pop(one)
            if name in self._touched:
                self.cluster.drop([name])
            else:
                self.cluster.empty(name)
                self._free.append(name)
        if folder is None:
            self.cluster.drop(self._free)
            self._free.clear()


CURRENT = Databases()


def address_of(folder: Path) -> str:
    """Return what ``BranchRecords`` is told as a folder's database; "": the file in it."""
    return "" if CURRENT.cluster is None else CURRENT.cluster.url(CURRENT.name(folder))


def record_of(folder: Path) -> Path | str:
    """Return what ``audit verify`` is told."""
    return address_of(folder) or folder / FILE


def audit_of(folder: Path, receipts: Path | None = None, heads: Path | None = None) -> AuditRecord:
    """Return the audit record of a server's folder, checked with its public keys."""
    return read_audit(record_of(folder), receipts, heads, public_keys=folder / PUBLIC_FILE)


@contextmanager
def sql_in(folder: Path) -> Iterator[Sql]:
    """Give a way straight into a folder's database; what was done is committed."""
    if CURRENT.cluster is not None:
        with closing(CURRENT.cluster.connect(CURRENT.touch(folder))) as server, server.transaction():
            yield Sql(server, "%s")
        return
    with closing(sqlite3.connect(folder / FILE)) as file, file:
        yield Sql(file, "?")


def copied(folder: Path, target: Path, *, with_keys: bool = True) -> Path:
    """Copy a server's folder that nobody has open, with its database and, unless it plays a backup, its keys."""
    shutil.copytree(folder, target)
    if with_keys:
        shutil.copytree(keys_folder(folder), keys_folder(target))
    if CURRENT.cluster is not None:
        CURRENT.set(target, CURRENT.cluster.make(CURRENT.name(folder)))
    return target
