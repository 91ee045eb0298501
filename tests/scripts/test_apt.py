"""What of the system's packages is missing, and what is said about it."""

from pathlib import Path

import pytest
from set_up import apt
from set_up.console import SetUpError
from set_up.places import ROOT

LISTING = (
    "installed\tlibgl1\t\n"
    "installed\tlibglib2.0-0t64\tlibglib2.0-0 (= 2.80), libgobject-2.0-0\n"
    "deinstalled\txvfb\t\n"
    "not-installed\tswig\t\n"
)


def test_an_installed_package_a_provided_one_and_a_removed_one() -> None:
    assert apt.missing_of(["libgl1", "libglib2.0-0", "xvfb", "swig", "openbox"], LISTING) == ["xvfb", "swig", "openbox"]


def test_the_list_has_the_groups_the_scripts_ask_for() -> None:
    groups = apt.read_groups(ROOT / "scripts" / "requirements" / "apt.txt")
    assert set(groups) == {"python", "window", "test", "pcsc", "sane", "parts"}
    assert "fonts-noto-cjk" in groups["window"]


def test_without_root_a_needed_package_stops_with_the_exact_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    a_debian_with(LISTING, tmp_path, monkeypatch)
    expected = "sudo apt-get install --yes --no-install-recommends openbox swig"
    with pytest.raises(SetUpError, match=expected):
        apt.settle(["libgl1", "openbox"], ["swig"])


def test_without_root_an_optional_package_is_named_and_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_debian_with(LISTING, tmp_path, monkeypatch)
    assert apt.settle(["libgl1"], ["swig"]) == ["swig"]
    assert "apt-get install --yes --no-install-recommends swig" in capsys.readouterr().out


def test_a_system_without_dpkg_goes_on_and_is_told_the_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert apt.settle(["libgl1"], ["swig"]) == ["swig"]
    assert "libgl1" in capsys.readouterr().out


def test_as_root_a_failed_installation_stops_with_its_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    a_debian_with(LISTING, tmp_path, monkeypatch, root=True)
    with pytest.raises(SetUpError, match="package lists could not be fetched"):
        apt.settle(["openbox"], [])


def a_debian_with(listing: str, folder: Path, monkeypatch: pytest.MonkeyPatch, root: bool = False) -> None:
    """Put a `dpkg-query` that prints the listing, and an `apt-get` that fails, alone on the search path."""
    for name, text in {"dpkg-query": f"printf '%s' '{listing}'", "apt-get": "exit 100"}.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(apt, "is_root", lambda: root)
