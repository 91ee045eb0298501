"""The bank's own training pairs: a folder with ``pairs.csv`` (first, second, same) and the pictures that it names."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path, PurePosixPath, PureWindowsPath

from teller_assist.errors import PictureError, TrainingError
from teller_assist.pictures.files import read_bytes

PAIRS_FILE = "pairs.csv"
COLUMNS = ("first", "second", "same")
PAIRS_MOST = 2000
_MAX_CSV_BYTES = 1_000_000
_SAME = {"yes": True, "no": False}


@dataclass(frozen=True)
class TrainingPair:
    """Two pictures, and whether they show one person.

    Attributes
    ----------
    first, second
        Shown in the places of the live picture and of the chip portrait.
    line
        Of ``pairs.csv``.
    """

    first: Path
    second: Path
    one_person: bool
    line: int


def read_training_pairs(folder: Path) -> tuple[TrainingPair, ...]:
    """Return every pair of a folder; the pictures are looked for and not yet decoded.

    Raises
    ------
    TrainingError
        The list or a picture is missing or not in the required form; the facts name a line and a rule, never a path.
    """
    pairs = tuple(_pairs(folder, _read_list(folder / PAIRS_FILE)))
    if not pairs:
        raise TrainingError(why="no_pairs")
    if len(pairs) > PAIRS_MOST:
        raise TrainingError(why="too_many_pairs")
    return pairs


def _read_list(path: Path) -> bytes:
    try:
        return read_bytes(path, role="training", max_bytes=_MAX_CSV_BYTES)
    except PictureError as error:
        raise TrainingError(why="list_too_large" if error.reason == "file_too_large" else "list_missing") from error


def _pairs(folder: Path, content: bytes) -> Iterator[TrainingPair]:
    real_folder = folder.resolve()
    for line, record in _records(content):
        same = record["same"].strip().lower()
        if same not in _SAME:
            raise TrainingError(why="same_not_yes_or_no", line=line)
        first, second = (_picture(real_folder, record[name].strip(), line) for name in ("first", "second"))
        yield TrainingPair(first, second, _SAME[same], line)


def _records(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and columns of every record; blank lines are passed over."""
    try:
        reader = csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        header = _checked_header(next(reader, []))
        for fields in reader:
            if not fields:
                continue
            if len(fields) != len(header):
                raise TrainingError(why="field_count", line=reader.line_num)
            yield reader.line_num, dict(zip(header, fields, strict=True))
    except UnicodeDecodeError as error:
        raise TrainingError(why="list_not_utf8") from error
    except csv.Error as error:
        raise TrainingError(why="list_malformed", line=reader.line_num) from error


def _checked_header(header: Sequence[str]) -> Sequence[str]:
    names = [name.strip().lower() for name in header]
    if any(names.count(name) != 1 for name in COLUMNS):
        raise TrainingError(why="columns", line=1)
    return names


def _picture(real_folder: Path, text: str, line: int) -> Path:
    """Return a picture's place; a list made elsewhere must not reach out of its folder, on Windows neither."""
    path, windows = PurePosixPath(text), PureWindowsPath(text)
    outside = path.is_absolute() or ".." in path.parts or bool(windows.drive) or bool(windows.root)
    if outside or not path.parts or "\\" in text or any(ord(character) < 32 for character in text):
        raise TrainingError(why="path_unsafe", line=line)
    try:
        real = (real_folder / path).resolve()
        present = real.is_file()
    except (OSError, RuntimeError) as error:  # a circular link, a name too long
        raise TrainingError(why="picture_missing", line=line) from error
    if not real.is_relative_to(real_folder):
        raise TrainingError(why="path_unsafe", line=line)
    if not present:
        raise TrainingError(why="picture_missing", line=line)
    return real
