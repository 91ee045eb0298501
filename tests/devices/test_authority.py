from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from teller_assist.devices.authority import ShippedAuthority, compare_with_pins
from teller_assist.devices.opening import judged_manifest
from teller_assist.errors import PluginIncompatibleError, PluginNotAuthorisedError
from teller_assist.settings.shipped import content_sha256
from teller_assist.wording import codes
from tests.stand_ins.authorities import AnyFiles


@pytest.fixture
def folder(plugins_root: Path) -> Path:
    return plugins_root / "device_plugins" / "willing"


@pytest.fixture
def pins(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): content_sha256(path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    }


def test_an_unchanged_folder_passes(folder: Path, pins: dict[str, str]) -> None:
    compare_with_pins(folder, pins)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "main.cpython-311.pyc").write_bytes(b"never run")
    compare_with_pins(folder, pins)


def _swap_for_a_link(folder: Path) -> None:
    (folder / "main.py").rename(folder.parent / "elsewhere.py")
    (folder / "main.py").symlink_to(folder.parent / "elsewhere.py")


def _link_a_folder(folder: Path) -> None:
    (folder / "lib").symlink_to(folder.parent)


def _hide_in_pycache(folder: Path) -> None:
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "driver.so").write_bytes(b"")


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("file_added", lambda folder: (folder / "more.py").touch()),
        ("file_added", _link_a_folder),
        ("file_added", _hide_in_pycache),
        ("file_removed", lambda folder: (folder / "pictures.py").unlink()),
        ("file_changed", lambda folder: (folder / "main.py").write_text("# another")),
        ("file_changed", lambda folder: (folder / "manifest.json").write_text("{}")),
        ("file_changed", _swap_for_a_link),
    ],
)
def test_any_other_file_is_refused(folder: Path, pins: dict[str, str], why: str, change: Callable[[Path], object]) -> None:
    change(folder)
    with pytest.raises(PluginNotAuthorisedError) as caught:
        compare_with_pins(folder, pins)
    assert caught.value.facts["why"] == why
    assert why in codes("plugin_why")


def test_a_plugin_that_does_not_ship_is_refused(folder: Path) -> None:
    with pytest.raises(PluginNotAuthorisedError):
        ShippedAuthority().check(folder)


def test_a_folder_without_a_manifest_is_refused(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    with pytest.raises(PluginIncompatibleError) as caught:
        judged_manifest(folder, AnyFiles())
    assert caught.value.facts["why"] == "manifest_missing"
