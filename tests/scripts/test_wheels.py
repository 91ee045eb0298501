"""Whether a platform's lock can be installed from wheels, asked of a folder instead of an index."""

import sys
from pathlib import Path
from typing import Any

import pytest
from set_up.wheels import without_wheel


@pytest.mark.full
def test_only_what_has_no_wheel_for_the_platform_is_named(tmp_path: Path, wheels: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "wheels"
    made = [
        wheels.make(folder, "pure", "1.0"),
        wheels.make(folder, "windows", "2.0", "cp311-cp311-win_amd64"),
        wheels.make(folder, "linux", "3.0", "cp311-cp311-manylinux_2_17_x86_64"),
    ]
    lock = tmp_path / "lock.txt"
    lock.write_text("".join(wheels.lock_line(wheel) for wheel in made), encoding="utf-8")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    assert without_wheel(Path(sys.executable), lock, "win_amd64") == ["linux==3.0"]
    assert without_wheel(Path(sys.executable), lock, "linux") == ["windows==2.0"]


@pytest.mark.full
def test_a_lock_whose_files_all_exist_is_in_order(tmp_path: Path, wheels: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(wheels.lock_line(wheels.make(tmp_path, "pure", "1.0")), encoding="utf-8")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert without_wheel(Path(sys.executable), lock, "win_amd64") == []
