"""The folder a simulation is written to: whose it is, the names in it, and writing every file whole or not at all."""

from __future__ import annotations

import csv
import errno
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path, PurePosixPath
from typing import Any

from teller_assist.errors import ResourceError, SetError
from teller_assist.evaluation.sets import CSV_NAME, OPTIONAL_COLUMNS, REQUIRED_COLUMNS, SetRow
from teller_assist.evidence.kinds import PhotoKind

MARKER_NAME = "simulation.json"
_PART_SUFFIX = ".part"


def claim_folder(folder: Path, plan: Mapping[str, Any]) -> None:
    """Make the folder, or take up the one that an earlier run of the same plan left.

    Parameters
    ----------
    plan
        Everything that decides what will stand in the folder; kept in it as ``simulation.json``.

    Raises
    ------
    SetError
        "output_folder_taken": it holds other files (why ``not_empty``) or another simulation (``other_simulation``).
    ResourceError
        The folder cannot be written.
    """
    content = (json.dumps(plan, indent=1, sort_keys=True) + "\n").encode()
    marker = folder / MARKER_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if marker.is_file():
            if marker.read_bytes() != content:
                raise SetError("output_folder_taken", why="other_simulation")
            return
        leftovers = [entry for entry in folder.iterdir() if entry.name != MARKER_NAME + _PART_SUFFIX]
    except FileExistsError as error:
        raise SetError("output_folder_taken", why="not_a_folder") from error
    except OSError as error:
        raise _resource_error(error) from error
    if leftovers:
        raise SetError("output_folder_taken", why="not_empty")
    write_whole(marker, content)


def target_names(rows: Sequence[SetRow]) -> dict[str, str]:
    """Return for each row's path the name its renderings get, without suffix, below the kind's folder.

    The path without its suffix where that is unique in the set, otherwise all keep their suffix ("a.jpg" beside "a.png").
    """
    short = {row.path: str(PurePosixPath(row.path).with_suffix("")) for row in rows}
    # One spelling per name on file systems that do not tell upper from lower case.
    unique = len({name.casefold() for name in short.values()}) == len(short)
    return short if unique else {path: path for path in short}


def rendered_row(row: SetRow, kind: PhotoKind, path: str, condition: str = "") -> SetRow:
    """Return the row of a rendering: the photograph's but for kind and path, and the condition where one was made."""
    return SetRow(path, row.identity, row.split, kind, row.source, condition or row.condition, row.group)


def write_images_csv(folder: Path, rows: Iterable[SetRow]) -> None:
    """Write ``images.csv`` in the evaluation-set form.

    Raises
    ------
    ResourceError
        The folder cannot be written.
    """
    columns = (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS)
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([str(getattr(row, name)) for name in columns] for row in rows)
    write_whole(folder / CSV_NAME, text.getvalue().encode())


def make_folder(folder: Path) -> None:
    """Make a folder before the work whose result it will take.

    Raises
    ------
    ResourceError
        "disk_full" or "folder_not_writable".
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, "not writable")
    except OSError as error:
        raise _resource_error(error) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name and rename it: what bears the final name is whole.

    Raises
    ------
    ResourceError
        "disk_full" or "folder_not_writable".
    """
    part = path.with_name(path.name + _PART_SUFFIX)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise _resource_error(error) from error


def _resource_error(error: OSError) -> ResourceError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return ResourceError("disk_full" if full else "folder_not_writable", folder="out")
