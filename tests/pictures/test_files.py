from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from teller_assist.errors import PictureError
from teller_assist.pictures.files import read_bytes


def reason_for(path: Path, max_bytes: int = 1000) -> str:
    with pytest.raises(PictureError) as caught:
        read_bytes(path, role="probe", max_bytes=max_bytes)
    assert caught.value.facts["file"] == "probe"
    assert not any(str(path) in str(value) for value in caught.value.facts.values())
    return caught.value.reason


def test_a_file_up_to_the_limit_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "客户照片.jpg"
    path.write_bytes(b"x" * 1000)
    assert read_bytes(path, role="probe", max_bytes=1000) == b"x" * 1000


def test_one_byte_more_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * 1001)
    assert reason_for(path) == "file_too_large"


def test_a_huge_sparse_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    assert reason_for(path) == "file_too_large"


def test_paths_that_lead_nowhere_are_missing(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file").write_bytes(b"x")
    for path in (
        tmp_path / "nothing",
        tmp_path / "dangling",
        tmp_path / "loop",
        tmp_path / "file" / "below",
        tmp_path / ("n" * 5000),
        tmp_path / "a\0b",
    ):
        assert reason_for(path) == "file_missing"


def test_folders_and_devices_are_no_pictures(tmp_path: Path) -> None:
    assert reason_for(tmp_path) == "format_unsupported"
    if sys.platform == "linux":
        assert reason_for(Path("/dev/zero")) == "format_unsupported"
        assert reason_for(Path("/dev/null")) == "format_unsupported"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_does_not_hold_the_caller(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reasons: list[str] = []
    reader = threading.Thread(target=lambda: reasons.append(reason_for(pipe)), daemon=True)
    reader.start()
    reader.join(timeout=5)
    assert reasons == ["format_unsupported"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    path = tmp_path / "closed"
    path.write_bytes(b"x")
    path.chmod(0)
    administrator = os.geteuid() == 0  # may read everything: step down for the one call
    if administrator:
        os.seteuid(65534)
    try:
        reason = reason_for(path)
    finally:
        if administrator:
            os.seteuid(0)
    assert reason == "file_unreadable"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a regular file that fails on reading")
def test_a_file_that_fails_on_reading_says_so() -> None:
    assert reason_for(Path("/proc/self/mem")) == "file_unreadable"
