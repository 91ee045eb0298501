from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from teller_assist.devices.packages.start_mark import StartMark

CHILD = """
import os, sys
from pathlib import Path
from teller_assist.devices.packages.start_mark import StartMark
mark = StartMark(Path(sys.argv[1]))
print(mark.begin(), flush=True)
if sys.argv[2] == "finish":
    mark.finish()
os._exit(9)
"""


def started_elsewhere(folder: Path, end: str) -> str:
    done = subprocess.run([sys.executable, "-c", CHILD, str(folder), end], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def test_a_start_that_did_not_finish_is_known_to_the_next_and_to_no_other(tmp_path: Path) -> None:
    assert started_elsewhere(tmp_path, "die") == "True"
    mark = StartMark(tmp_path)
    assert not mark.begin()
    mark.finish()
    mark.finish()
    again = StartMark(tmp_path)
    assert again.begin()
    again.finish()


def test_a_process_that_dies_after_its_start_leaves_no_mark(tmp_path: Path) -> None:
    assert started_elsewhere(tmp_path, "finish") == "True"
    mark = StartMark(tmp_path)
    assert mark.begin()
    mark.finish()


def test_another_station_that_is_just_starting_is_no_failure(tmp_path: Path) -> None:
    first, second = StartMark(tmp_path), StartMark(tmp_path)
    assert first.begin()
    assert second.begin()
    second.finish()
    assert (tmp_path / "start_under_way").exists(), "the first one's mark"
    first.finish()


@pytest.mark.logs_warnings
def test_where_nothing_can_be_written_no_start_counts_as_unfinished(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    mark = StartMark(tmp_path / "file")
    assert mark.begin()
    mark.finish()
