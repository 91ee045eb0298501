from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.processes import working_folder
from teller_assist.processes.working_folder import PREFIX, WorkingFolder

LONG_AGO_S = time.time() - 3600


@pytest.fixture
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(working_folder, "RAM_BACKED", tmp_path)
    monkeypatch.setattr(working_folder, "_lies_in_memory", lambda folder: folder == tmp_path)
    return tmp_path


@pytest.fixture
def folder(parent: Path) -> Iterator[WorkingFolder]:
    made = WorkingFolder()
    yield made
    made.remove()


def test_it_is_ours_alone(folder: WorkingFolder) -> None:
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_wiping_leaves_the_folder_and_what_links_lead_to(folder: WorkingFolder, parent: Path) -> None:
    elsewhere = parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.txt").touch()
    (folder.path / "deep" / "er").mkdir(parents=True)
    (folder.path / "deep" / "er" / "page.bmp").write_bytes(b"BM")
    (folder.path / "link").symlink_to(elsewhere)
    folder.wipe()
    assert list(folder.path.iterdir()) == []
    assert (elsewhere / "kept.txt").exists()


def test_wiping_a_folder_that_is_gone_is_no_error(folder: WorkingFolder) -> None:
    assert folder.remove()
    folder.wipe()
    assert folder.remove()


def test_a_killed_stations_folder_goes_with_the_next_one(parent: Path) -> None:
    abandoned = parent / f"{PREFIX}4711-abc"
    abandoned.mkdir()
    (abandoned / "page.bmp").write_bytes(b"BM")
    os.utime(abandoned, (LONG_AGO_S, LONG_AGO_S))
    WorkingFolder().remove()
    assert not abandoned.exists()


def test_a_dead_stations_folder_goes_at_once(parent: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as station:
        station.wait(10)
    abandoned = parent / f"{PREFIX}{station.pid}-abc"
    abandoned.mkdir()
    WorkingFolder().remove()
    assert not abandoned.exists()


@pytest.mark.parametrize("name", ["abc", "12x-abc", "99999999999999999999-abc", "-1-abc"])
def test_a_name_that_is_no_process_waits_for_its_age(parent: Path, name: str) -> None:
    odd = parent / f"{PREFIX}{name}"
    odd.mkdir()
    WorkingFolder().remove()
    assert odd.exists()


def test_a_living_stations_folder_stays(folder: WorkingFolder, parent: Path) -> None:
    os.utime(folder.path, (LONG_AGO_S, LONG_AGO_S))
    just_made = parent / f"{PREFIX}{os.getpid()}-new"
    just_made.mkdir()
    somebody_elses = parent / "another-program"
    somebody_elses.mkdir()
    os.utime(somebody_elses, (LONG_AGO_S, LONG_AGO_S))
    WorkingFolder().remove()
    assert folder.path.exists()
    assert just_made.exists()
    assert somebody_elses.exists()


def test_a_link_in_its_place_is_not_followed(parent: Path) -> None:
    target = parent / "target"
    target.mkdir()
    (target / "kept.txt").touch()
    os.utime(target, (LONG_AGO_S, LONG_AGO_S))
    (parent / f"{PREFIX}4711-link").symlink_to(target)
    WorkingFolder().remove()
    assert (target / "kept.txt").exists()


def test_without_memory_to_work_in_it_lies_where_temporary_files_do(parent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = parent / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(working_folder, "RAM_BACKED", parent / "not_there")
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(temporary))
    made = WorkingFolder()
    assert made.path.parent == temporary
    made.remove()


@pytest.mark.parametrize(
    ("mounts", "in_memory"),
    [
        ("/dev/vda / ext4 rw 0 0\ntmpfs /ram tmpfs rw 0 0\n", True),
        ("tmpfs / tmpfs rw 0 0\n/dev/vdb /ram ext4 rw 0 0\n", False),
        ("tmpfs / tmpfs rw 0 0\n", True),
        ("tmpfs /ram/deeper tmpfs rw 0 0\n", False),
        ("", False),
    ],
)
def test_a_folder_lies_in_memory_where_the_nearest_mount_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mounts: str, in_memory: bool
) -> None:
    told = tmp_path / "mounts"
    told.write_text(mounts, encoding="utf-8")
    monkeypatch.setattr(working_folder, "_MOUNTS", told)
    assert working_folder._lies_in_memory(Path("/ram")) is in_memory


def test_a_machine_that_does_not_tell_its_mounts_has_no_memory_to_work_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working_folder, "_MOUNTS", tmp_path / "none")
    assert working_folder.memory_folder() is None
