"""Libraries of devices that are built where they are installed: what is said where that fails, and when it is tried again."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from set_up.places import SOURCE_BUILT, platform_name
from set_up.source_built import DEVICE_LIBRARIES, try_all

PCSC, SANE = DEVICE_LIBRARIES
Try = Callable[..., list[str]]
FAILING_PIP = "import sys; print('collecting'); print('error: sane.h: No such file', file=sys.stderr); sys.exit(1)"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one lock, whose environment's Python is a program that only counts its starts and fails as pip would."""
    locks = tmp_path / "scripts" / "requirements" / platform_name()
    locks.mkdir(parents=True)
    (locks / "sane.txt").write_text(f"python-sane==2.9.2 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    (tmp_path / ".venv").mkdir()
    return tmp_path


@pytest.fixture
def tried(checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Try:
    """Try once with this pip; returns the lines that a person reads."""
    pip = checkout / "pip.py"

    def once(code: str = FAILING_PIP, **missing: list[str]) -> list[str]:
        pip.write_text(code, encoding="utf-8")
        started = [sys.executable, str(pip)]
        run = subprocess.run
        with monkeypatch.context() as patched:
            patched.setattr(subprocess, "run", lambda command, **options: run(started, **options))
            try_all(checkout, missing, {})
        return capsys.readouterr().out.splitlines()

    return once


def test_a_failed_build_is_said_with_its_reason_and_not_repeated(tried: Try) -> None:
    reason = "scanners that speak SANE: not available, because python-sane could not be installed: error: sane.h: No such file"
    assert tried() == [f"== scanners that speak SANE: {verb()} python-sane", "   failed", reason]
    assert tried("raise SystemExit('pip must not be started')") == [reason]


def test_it_is_tried_again_when_the_systems_packages_changed(tried: Try, checkout: Path) -> None:
    tried(sane=["libsane-dev"])
    assert json.loads((checkout / ".venv" / "sane.json").read_text(encoding="utf-8"))["libraries_missing"] == ["libsane-dev"]
    assert tried("", sane=[])[-1] == "   done"


def test_it_is_tried_again_when_the_record_is_removed_or_half_written(tried: Try, checkout: Path) -> None:
    tried()
    (checkout / ".venv" / "sane.json").write_text('{"lock', encoding="utf-8")
    assert tried()[1] == "   failed"


def test_what_is_recorded_as_installed_but_gone_is_installed_again(tried: Try, checkout: Path) -> None:
    tried("")
    assert tried("")[-1] == "   done"
    (checkout / ".venv" / "lib" / "python3.11" / "site-packages" / "python_sane-2.9.2.dist-info").mkdir(parents=True)
    assert tried("raise SystemExit('pip must not be started')") == []


def test_a_library_that_the_platform_has_no_lock_for_is_not_tried(tried: Try, checkout: Path) -> None:
    assert not any(PCSC.distribution in line for line in tried())
    assert not (checkout / ".venv" / "pcsc.json").exists()


def test_both_libraries_are_built_from_source_on_linux_and_pyscard_has_a_wheel_on_windows() -> None:
    assert {("linux", PCSC.name), ("linux", SANE.name)} == SOURCE_BUILT


def verb() -> str:
    return "building" if (platform_name(), SANE.name) in SOURCE_BUILT else "installing"
