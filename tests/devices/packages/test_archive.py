"""Packages that are right; those that are not stand in tests/hostile."""

from __future__ import annotations

import io
import stat
import sys
from pathlib import Path
from typing import cast

import pytest

from teller_assist.devices.packages.archive import unpack
from teller_assist.devices.packages.authority import SignedAuthority
from teller_assist.errors import KnownError, PluginPackageError, ResourceError
from tests.stand_ins.packages import Publisher


def test_a_good_package_lies_unpacked_under_its_id_and_says_who_signed_it(
    publisher: Publisher, site: Path, tmp_path: Path
) -> None:
    package = publisher.package(tmp_path / "any name.tadp")
    (tmp_path / "here").mkdir()
    unpacked = unpack(package, tmp_path / "here", SignedAuthority(site))
    assert unpacked.folder == tmp_path / "here" / "willing"
    assert (unpacked.key.owner, unpacked.files, unpacked.manifest.version) == ("示例公司", 2, "1.0.0")
    assert {path.name for path in unpacked.folder.iterdir()} == {"main.py", "manifest.json", "pictures.py", "signature.json"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_its_own_interpreter_may_be_run(publisher: Publisher, site: Path, tmp_path: Path) -> None:
    package = publisher.by_hand(
        tmp_path / "p.tadp",
        [("python38/python", b"#!"), ("tool", b"#!")],
        lambda told: told.update(interpreter="python38/python"),
    )
    (tmp_path / "here").mkdir()
    folder = unpack(package, tmp_path / "here", SignedAuthority(site)).folder
    assert stat.S_IMODE((folder / "python38" / "python").stat().st_mode) == 0o755
    assert stat.S_IMODE((folder / "tool").stat().st_mode) == 0o644


def test_a_package_that_is_not_there_and_a_folder_that_cannot_be_written_are_told(
    publisher: Publisher, site: Path, tmp_path: Path
) -> None:
    with pytest.raises(PluginPackageError, match="package_missing"):
        unpack(tmp_path / "absent.tadp", tmp_path, SignedAuthority(site))
    with pytest.raises(ResourceError):
        unpack(publisher.package(tmp_path / "p.tadp"), tmp_path / "absent", SignedAuthority(site))


class Stick:
    """A package on a stick that is pulled out after some bytes."""

    name = "package.tadp"

    def __init__(self, content: bytes, reads: int) -> None:
        self._content, self._reads = content, reads

    def open(self, _mode: str) -> io.BytesIO:
        left = [self._reads]

        class Pulled(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                left[0] -= 1
                if left[0] < 0:
                    raise OSError(5, "Input/output error")
                return super().read(size)

        return Pulled(self._content)


def test_a_stick_that_is_pulled_out_at_any_moment_is_a_package_that_cannot_be_read(
    publisher: Publisher, site: Path, tmp_path: Path
) -> None:
    content = publisher.package(tmp_path / "p.tadp").read_bytes()
    reasons = []
    for reads in range(100):
        (tmp_path / f"{reads}").mkdir()
        try:
            unpack(cast(Path, Stick(content, reads)), tmp_path / f"{reads}", SignedAuthority(site))
        except KnownError as error:
            reasons.append(error.reason)
        else:
            break
    assert 5 < len(reasons) < 100, "the stick that stays is read to its end"
    # (zipfile takes an error while it looks for the directory for a damaged file); never a fault of ours, never a full disk
    assert set(reasons) <= {"package_missing", "plugin_not_authorised"}
