from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from teller_assist.errors import SettingsFileError
from teller_assist.settings.home import installation_root
from teller_assist.settings.shipped import content_sha256, pins_of, read_shipped, shipped_pins

ROOT = installation_root()
POLICY = "config/policy.toml"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / POLICY).write_bytes((ROOT / POLICY).read_bytes())
    return tmp_path


def test_every_file_that_decides_is_pinned_and_every_pin_has_its_file() -> None:
    """After a change of one of them: `python scripts/pin_files.py`."""
    assert pins_of(ROOT) == shipped_pins()


def test_configuration_back_ends_calibrations_and_every_file_of_a_plugin_are_among_them() -> None:
    pins = shipped_pins()
    named = {
        f"config/{name}.toml"
        for name in ("defaults", "policy", "review", "pad", "quality", "mesh", "netcheck_sandbox", "issuing_banks")
    }
    listed = subprocess.run(
        ["git", "ls-files", "config/back_end", "config/calibration", "device_plugins/*/**"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert set(pins) == named | set(listed.stdout.split())
    assert all(len(pin) == 64 for pin in pins.values())


def test_what_shipped_is_read(copied: Path) -> None:
    assert read_shipped(copied, POLICY) == (ROOT / POLICY).read_bytes()


@pytest.mark.parametrize("change", [lambda data: data + b"\n", lambda data: data.replace(b"1e-4", b"1e-3"), lambda data: b""])
def test_one_changed_byte_is_an_alteration(copied: Path, change: object) -> None:
    assert callable(change)
    (copied / POLICY).write_bytes(change((copied / POLICY).read_bytes()))
    with pytest.raises(SettingsFileError) as caught:
        read_shipped(copied, POLICY)
    assert (caught.value.reason, caught.value.facts) == ("settings_altered", {"file": POLICY})


def test_line_ends_of_a_windows_checkout_are_the_same_content(copied: Path) -> None:
    content = (copied / POLICY).read_bytes()
    (copied / POLICY).write_bytes(content.replace(b"\n", b"\r\n"))
    assert content_sha256(read_shipped(copied, POLICY)) == content_sha256(content)


def test_a_driver_library_differs_by_one_carriage_return() -> None:
    assert content_sha256(b"MZ\0\r\n") != content_sha256(b"MZ\0\n")


def test_a_file_that_is_not_pinned_never_shipped(copied: Path) -> None:
    (copied / "config" / "extra.toml").write_text("a = 1\n")
    with pytest.raises(SettingsFileError) as caught:
        read_shipped(copied, "config/extra.toml")
    assert caught.value.reason == "settings_altered"


def test_a_pinned_file_in_another_place_is_not_the_pinned_one(copied: Path) -> None:
    (copied / "config" / "copy.toml").write_bytes((ROOT / POLICY).read_bytes())
    for relative in ("config/copy.toml", "config/../config/policy.toml"):
        with pytest.raises(SettingsFileError):
            read_shipped(copied, relative)


@pytest.mark.parametrize("relative", ["config/quality.toml", "config"])
def test_what_cannot_be_read_is_named(copied: Path, relative: str) -> None:
    with pytest.raises(SettingsFileError) as caught:
        read_shipped(copied, relative)
    assert (caught.value.reason, caught.value.facts) == ("settings_unreadable", {"file": relative})
    assert isinstance(caught.value.__cause__, OSError)
