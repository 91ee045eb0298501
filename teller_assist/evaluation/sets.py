"""Read an evaluation set: a folder of photographs with ``images.csv``, and choose the rows that are compared.

    path,identity,split,kind,source[,condition][,group]

The reader is strict: a set that is wrong in one line would give rates that look right.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from pathlib import Path

from teller_assist.errors import SetError
from teller_assist.evaluation.set_files import file_problem, safe_path
from teller_assist.evidence.kinds import PhotoKind

CSV_NAME = "images.csv"
REQUIRED_COLUMNS = ("path", "identity", "split", "kind", "source")
OPTIONAL_COLUMNS = ("condition", "group")
ROWS_PER_PERSON_AND_KIND = 10
_MAX_CSV_BYTES = 256_000_000


class Split(StrEnum):
    """Which people a set's rows belong to; a person is in one split only."""

    DEV = "dev"  # for every choice and fit
    TEST = "test"  # to check what was chosen


_SPLITS = {split.value: split for split in Split}
_KINDS = {kind.value: kind for kind in PhotoKind}


@dataclass(frozen=True)
class SetRow:
    """One photograph of an evaluation set.

    Attributes
    ----------
    path
        Below the set's folder, with forward slashes.
    identity
        Two rows show the same person if and only if this is equal.
    source
        The original photograph; renderings of one photograph have the same and are never compared with each other.
    condition, group
        How the photograph was altered, and which population the person belongs to; empty where the set does not say.
    """

    path: str
    identity: str
    split: Split
    kind: PhotoKind
    source: str
    condition: str = ""
    group: str = ""


@dataclass(frozen=True)
class EvaluationSet:
    """A set that was read and checked.

    Attributes
    ----------
    root
        Its folder.
    rows
        In the order of the file, at least one.
    images_csv_sha256
        Hash of ``images.csv`` as it lies there; names the set in documents.
    """

    root: Path
    rows: tuple[SetRow, ...]
    images_csv_sha256: str

    @property
    def identities(self) -> int:
        """How many different people the set shows."""
        return len({row.identity for row in self.rows})

    def file(self, row: SetRow) -> Path:
        """Return where a row's photograph lies."""
        return self.root / row.path

    def select(self, *, kind: PhotoKind | None = None, split: Split | None = None) -> tuple[SetRow, ...]:
        """Return the rows of one kind, one split, or both; in the order of the file."""
        return tuple(row for row in self.rows if kind in (None, row.kind) and split in (None, row.split))


def read_set(root: Path) -> EvaluationSet:
    """Read and check a set.

    Parameters
    ----------
    root
        The folder with ``images.csv``; paths in it are below this folder.

    Raises
    ------
    SetError
        "set_invalid"; ``why`` says what is wrong, ``line`` where (1 is the header): csv_missing csv_too_large
        csv_not_utf8 csv_malformed column_missing column_repeated field_count field_empty split_unknown kind_unknown
        path_unsafe path_repeated picture_missing identity_in_two_splits set_empty.
    """
    content = _read_csv(root / CSV_NAME)
    rows = tuple(_checked_rows(root, content))
    if not rows:
        raise SetError("set_invalid", why="set_empty")
    return EvaluationSet(root, rows, hashlib.sha256(content).hexdigest())


def choose_rows(
    rows: Iterable[SetRow], *, most: int = ROWS_PER_PERSON_AND_KIND, each_condition: bool = False
) -> tuple[SetRow, ...]:
    """Return at most ``most`` rows of each person and kind, in the order given; as many under each condition where asked for.

    The choice falls on the lowest sha256 of the path: it depends on no order and no random number. Without it the few
    people with hundreds of photographs would be most of the comparisons.
    """
    given = tuple(rows)
    taken: dict[tuple[str, PhotoKind, str], int] = {}
    chosen: set[SetRow] = set()
    for row in sorted(given, key=_path_sha256):
        place = (row.identity, row.kind, row.condition if each_condition else "")
        count = taken.get(place, 0)
        if count < most:
            taken[place] = count + 1
            chosen.add(row)
    return tuple(row for row in given if row in chosen)


def _path_sha256(row: SetRow) -> str:
    return hashlib.sha256(row.path.encode()).hexdigest()


def _read_csv(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_CSV_BYTES:
            raise SetError("set_invalid", why="csv_too_large")
        return path.read_bytes()
    except OSError as error:
        raise SetError("set_invalid", why="csv_missing") from error


def _checked_rows(root: Path, content: bytes) -> Iterator[SetRow]:
    real_root = root.resolve()
    seen_paths: set[str] = set()
    split_of: dict[str, Split] = {}
    for line, record in _records(content):
        row = _row(record, line)
        if row.path in seen_paths:
            raise _invalid("path_repeated", line)
        seen_paths.add(row.path)
        if split_of.setdefault(row.identity, row.split) is not row.split:
            raise _invalid("identity_in_two_splits", line)
        _check_picture(real_root, row.path, line)
        yield row


def _records(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and known columns of every record; blank lines are passed over."""
    try:
        reader = csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        columns = _columns(next(reader, []))
        for fields in reader:
            if not fields:
                continue
            if len(fields) != len(columns):
                raise _invalid("field_count", reader.line_num)
            known = REQUIRED_COLUMNS + OPTIONAL_COLUMNS
            yield reader.line_num, {name: value for name, value in zip(columns, fields, strict=True) if name in known}
    except UnicodeDecodeError as error:
        raise SetError("set_invalid", why="csv_not_utf8") from error
    except csv.Error as error:
        raise _invalid("csv_malformed", reader.line_num) from error


def _columns(header: Sequence[str]) -> Sequence[str]:
    for name in REQUIRED_COLUMNS:
        if name not in header:
            raise SetError("set_invalid", why="column_missing", column=name, line=1)
    for name in REQUIRED_COLUMNS + OPTIONAL_COLUMNS:
        if header.count(name) > 1:
            raise SetError("set_invalid", why="column_repeated", column=name, line=1)
    return header


def _row(record: dict[str, str], line: int) -> SetRow:
    for name in REQUIRED_COLUMNS:
        if not record[name].strip():
            raise SetError("set_invalid", why="field_empty", column=name, line=line)
    if record["split"] not in _SPLITS:
        raise _invalid("split_unknown", line)
    if record["kind"] not in _KINDS:
        raise _invalid("kind_unknown", line)
    return SetRow(
        path=_safe_path(record["path"], line),
        identity=record["identity"],
        split=_SPLITS[record["split"]],
        kind=_KINDS[record["kind"]],
        source=record["source"],
        condition=record.get("condition", ""),
        group=record.get("group", ""),
    )


def _safe_path(text: str, line: int) -> str:
    path = safe_path(text)
    if path is None:
        raise _invalid("path_unsafe", line)
    return path


def _check_picture(real_root: Path, path: str, line: int) -> None:
    problem = file_problem(real_root, path)
    if problem:
        raise _invalid(problem, line)


def _invalid(why: str, line: int) -> SetError:
    return SetError("set_invalid", why=why, line=line)
