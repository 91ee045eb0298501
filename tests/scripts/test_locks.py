"""Reading and writing lock files."""

from pathlib import Path

import pytest
from set_up.console import SetUpError
from set_up.locks import Requirement, canonical, read_lock, write_lock

HASH = "0123456789abcdef" * 4


def test_what_was_written_is_read_back_sorted(tmp_path: Path) -> None:
    requirements = [Requirement("zipp", "4.1.2", HASH), Requirement("cffi", "2.1.1", HASH)]
    write_lock(tmp_path / "linux" / "station.txt", "made by a test", requirements)
    assert read_lock(tmp_path / "linux" / "station.txt") == requirements[::-1]


@pytest.mark.parametrize(
    "line",
    [
        "cffi==2.1.1",
        f"cffi>=2 --hash=sha256:{HASH}",
        f"cffi==2.1.1 --hash=sha256:{HASH} --hash=sha256:{HASH}",
        f"cffi==2.1.1 ; sys_platform == 'linux' --hash=sha256:{HASH}",
        f"cffi @ https://example.org/cffi.whl --hash=sha256:{HASH}",
        "--extra-index-url https://example.org/simple",
        f"cffi==2.1.1 --hash=md5:{HASH}",
    ],
)
def test_a_line_that_is_no_pin_with_one_sha256_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "lock.txt").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(SetUpError, match="no pinned requirement"):
        read_lock(tmp_path / "lock.txt")


def test_a_missing_lock_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetUpError, match=r"absent\.txt is missing"):
        read_lock(tmp_path / "absent.txt")


def test_names_compare_in_canonical_form() -> None:
    assert {canonical("PyQt5_sip"), canonical("pyqt5-SIP"), canonical("PyQt5..sip")} == {"pyqt5-sip"}
