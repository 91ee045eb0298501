"""What was measured on photographs, kept between runs: an interrupted evaluation goes on where it stopped.

Features are biometric data. The cache belongs to evaluation machines with research data; nothing at a counter opens one.
"""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from teller_assist.errors import ResourceError

Vector = npt.NDArray[np.float32] | npt.NDArray[np.float64]

CACHE_NAME = "features.sqlite3"
_TABLE = "measured_3"  # another name for other columns: an older table in the same file is left alone
_COLUMNS = "key, vector, failure, heaviness, quality, by_layout, had_lines, with_lines"
_ASKED_AT_ONCE = 500
_BUSY_LIMIT_S = 60.0


@dataclass(frozen=True, eq=False)
class MeasuredRow:
    """One photograph's features, or the reason why there are none.

    Attributes
    ----------
    vector
        float32, shape (dimension,), the model's features; behind a back-end float64, what is compared in their place. Empty when
        not acquired.
    failure
        Reason code; empty when acquired.
    heaviness
        Of its mesh, for mesh photos; NaN for others.
    quality
        Component names of ISO/IEC 29794-5 and values from 0 to 100, higher is better; what could not be assessed is absent.
    by_layout
        No face was found; the layout of such photographs said where it is.
    had_lines
        A mesh was taken out of it.
    with_lines
        The features it has with its mesh left in; empty where it then has none, or had no mesh.
    """

    vector: Vector
    failure: str
    heaviness: float
    quality: Mapping[str, int] = field(default_factory=dict)
    by_layout: bool = False
    had_lines: bool = False
    with_lines: Vector = field(default_factory=lambda: np.zeros(0, np.float32))


class FeatureCache:
    """Measured rows by key, in one file; every batch is safe once it was kept.

    Parameters
    ----------
    connection
        As ``open_cache`` makes it.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def find(self, keys: Iterable[str]) -> dict[str, MeasuredRow]:
        """Return what is kept under some of these keys."""
        wanted = list(keys)
        found: dict[str, MeasuredRow] = {}
        for start in range(0, len(wanted), _ASKED_AT_ONCE):
            part = wanted[start : start + _ASKED_AT_ONCE]
            marks = ",".join("?" * len(part))
            asked = f"SELECT {_COLUMNS} FROM {_TABLE} WHERE key IN ({marks})"  # noqa: S608 - our own names and question marks
            for key, vector, failure, heaviness, quality, by_layout, had_lines, with_lines in self._connection.execute(
                asked, part
            ):
                found[str(key)] = MeasuredRow(
                    np.frombuffer(vector, np.float32),
                    str(failure),
                    float("nan") if heaviness is None else float(heaviness),
                    json.loads(quality),
                    bool(by_layout),
                    bool(had_lines),
                    np.frombuffer(with_lines, np.float32),
                )
        return found

    def keep(self, rows: Mapping[str, MeasuredRow]) -> None:
        """Keep rows; they survive whatever happens to this process from now on.

        Raises
        ------
        ResourceError
            As for ``open_cache``.
        """
        values = [
            (
                key,
                row.vector.astype(np.float32).tobytes(),
                row.failure,
                None if np.isnan(row.heaviness) else row.heaviness,
                json.dumps(dict(row.quality)),
                row.by_layout,
                row.had_lines,
                row.with_lines.astype(np.float32).tobytes(),
            )
            for key, row in rows.items()
        ]
        try:
            with self._connection:
                self._connection.executemany(f"INSERT OR REPLACE INTO {_TABLE} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608
        except sqlite3.Error as error:
            raise _resource_error(error) from error


@contextmanager
def open_cache(folder: Path) -> Iterator[FeatureCache]:
    """Open the cache of a folder, made if it is not there; one that cannot be read is begun anew.

    Raises
    ------
    ResourceError
        "disk_full", "machine_busy" (another evaluation holds it for a minute) or "folder_not_writable".
    """
    path = folder / CACHE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            connection = _connect(path)
        except sqlite3.OperationalError:  # in use or not to be opened: nothing says that its content is bad
            raise
        except sqlite3.DatabaseError:
            path.unlink()  # a cache may be lost: everything in it can be measured again
            connection = _connect(path)
    except (OSError, sqlite3.Error) as error:
        raise _resource_error(error) from error
    try:
        yield FeatureCache(connection)
    finally:
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    with ExitStack() as on_failure:
        connection = sqlite3.connect(path, timeout=_BUSY_LIMIT_S)
        on_failure.callback(connection.close)
        path.chmod(0o600)
        with connection:
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS {_TABLE} (key TEXT PRIMARY KEY, vector BLOB NOT NULL, failure TEXT NOT NULL, "
                "heaviness REAL, quality TEXT NOT NULL, by_layout INTEGER NOT NULL, had_lines INTEGER NOT NULL, "
                "with_lines BLOB NOT NULL)"
            )
        connection.execute(f"SELECT count(key) FROM {_TABLE}").fetchone()  # noqa: S608
        on_failure.pop_all()
    return connection


def _resource_error(error: OSError | sqlite3.Error) -> ResourceError:
    code = getattr(error, "sqlite_errorcode", 0)
    full = code == sqlite3.SQLITE_FULL or (isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT))
    busy = code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return ResourceError("disk_full" if full else "machine_busy" if busy else "folder_not_writable", file=CACHE_NAME)
