from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from teller_assist.devices.packages.archive import unpack
from teller_assist.devices.packages.authority import NoAuthority, SignedAuthority
from teller_assist.errors import PluginNotAuthorisedError
from teller_assist.settings.signing import TRUSTED_KEYS_NAME
from tests.stand_ins.packages import Publisher


@pytest.fixture
def folder(publisher: Publisher, site: Path, tmp_path: Path) -> Path:
    (tmp_path / "there").mkdir()
    return unpack(publisher.package(tmp_path / "p.tadp"), tmp_path / "there", SignedAuthority(site)).folder


def why(site: Path, folder: Path) -> object:
    with pytest.raises(PluginNotAuthorisedError) as caught:
        SignedAuthority(site).check(folder)
    assert caught.value.facts["plugin"] == "willing"
    return caught.value.facts["why"]


def _compiled(folder: Path) -> None:
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "main.cpython-311.pyc").write_bytes(b"would be run in wheels/")


def _with_other_line_ends(folder: Path) -> None:
    (folder / "main.py").write_bytes((folder / "main.py").read_bytes().replace(b"\n", b"\r\n"))


def _linked(folder: Path) -> None:
    (folder / "manifest.json").rename(folder.parent / "manifest.json")
    (folder / "manifest.json").symlink_to(folder.parent / "manifest.json")


@pytest.mark.parametrize(
    ("expected", "change"),
    [
        ("file_changed", lambda folder: (folder / "main.py").write_text("# another", encoding="utf-8")),
        ("file_changed", _with_other_line_ends),
        ("file_changed", _linked),
        ("file_added", lambda folder: (folder / "more.py").touch()),
        ("file_added", _compiled),
        ("file_removed", lambda folder: (folder / "pictures.py").unlink()),
        ("file_removed", lambda folder: (folder / "manifest.json").unlink()),
        ("bad_signature", lambda folder: (folder / "signature.json").unlink()),
        ("bad_signature", lambda folder: (folder / "manifest.json").write_bytes(b"{}")),
    ],
)  # fmt: skip
def test_every_start_compares_every_file_with_what_was_signed(
    site: Path, folder: Path, expected: str, change: Callable[[Path], object]
) -> None:
    SignedAuthority(site).check(folder)
    change(folder)
    assert why(site, folder) == expected


def test_a_key_that_is_withdrawn_counts_no_more_from_the_next_start_on(site: Path, folder: Path) -> None:
    authority = SignedAuthority(site)
    authority.check(folder)
    (site / TRUSTED_KEYS_NAME).write_text('schema = "trusted_keys/1"\n', encoding="utf-8")
    assert why(site, folder) == "unknown_key"
    (site / TRUSTED_KEYS_NAME).unlink()
    assert why(site, folder) == "unknown_key"
    (site / TRUSTED_KEYS_NAME).write_text("keys", encoding="utf-8")
    assert why(site, folder) == "keys_file_unreadable"
    with pytest.raises(PluginNotAuthorisedError) as caught:
        SignedAuthority(site).check(folder)
    assert caught.value.facts["file"] == TRUSTED_KEYS_NAME, "the file that has to be put right"


def test_keys_that_anybody_may_add_to_authorise_nothing(site: Path, folder: Path) -> None:
    (site / TRUSTED_KEYS_NAME).chmod(0o666)
    assert why(site, folder) == "keys_file_unsafe"


def test_a_plugin_that_nobody_answers_for_is_refused_for_the_reason_that_is_given(folder: Path) -> None:
    with pytest.raises(PluginNotAuthorisedError) as caught:
        NoAuthority("start_unfinished").check(folder)
    assert caught.value.facts["why"] == "start_unfinished"
