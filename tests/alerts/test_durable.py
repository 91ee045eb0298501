from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from teller_assist.alerts.durable import PARTIAL_PREFIX, append_durably, remove_partials, write_durably
from teller_assist.errors import ResourceError


def test_a_file_is_ours_alone_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_durably(tmp_path / "one", b"first")
    write_durably(tmp_path / "one", b"second")
    assert (tmp_path / "one").read_bytes() == b"second"
    assert (tmp_path / "one").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EDQUOT, "disk_full"),
        (errno.EACCES, "folder_not_writable"),
        (errno.EIO, "folder_not_writable"),
    ],
)
def test_a_failure_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, reason: str
) -> None:
    write_durably(tmp_path / "one", b"first")

    def fail(*_: object) -> None:
        raise OSError(number, "made up")

    monkeypatch.setattr(os, "fsync", fail) if call == "fsync" else monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(ResourceError) as caught:
        write_durably(tmp_path / "one", b"second")
    assert caught.value.reason == reason
    assert (tmp_path / "one").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_what_a_killed_process_left_half_written_goes(tmp_path: Path) -> None:
    (tmp_path / f"{PARTIAL_PREFIX}one").write_bytes(b"ha")
    (tmp_path / "two").write_bytes(b"whole")
    remove_partials(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["two"]


def test_lines_are_appended_in_order(tmp_path: Path) -> None:
    for line in (b"a\n", b"b\n"):
        append_durably(tmp_path / "lines", line)
    assert (tmp_path / "lines").read_bytes() == b"a\nb\n"
