"""A counter without devices, as docs/it-setup.md has IT staff try it: each command is a process, the window is the real one."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from set_up.display import private_display

from teller_assist.app import Installation
from teller_assist.demonstration.customers import prepare_customers
from teller_assist.demonstration.footage import cached_footage, listed_files

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "it-setup.md"
PROGRAM = [sys.executable, "-m", "teller_assist"]
LIMIT_S = 90.0
NEEDED = ("Xvfb", "openbox")

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are there on Linux only"),
]


def blocks_of_the_guide() -> tuple[str, list[list[str]]]:
    """Return the site's file and the commands that the guide shows."""
    section = GUIDE.read_text(encoding="utf-8").partition("## Trying a counter without devices")[2].partition("\n## ")[0]
    lines = [line.removeprefix("    ") for line in section.splitlines() if line.startswith("    ")]
    commands = [line.partition(".venv/bin/teller-assist ")[2].split() for line in lines if ".venv/bin/" in line]
    return "\n".join(line for line in lines if ".venv/bin/" not in line), commands


@pytest.fixture(scope="module")
def customers(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's own customers, of footage that is in this checkout's cache already."""
    if cached_footage(ROOT).keys() != listed_files().keys():
        pytest.skip("the footage is not in this checkout's cache; the demonstration fetches it")
    root = tmp_path_factory.mktemp("installation")
    (root / ".cache").mkdir()
    (root / ".cache" / "footage").symlink_to(ROOT / ".cache" / "footage", target_is_directory=True)
    for name in ("config", "device_plugins", "models"):
        (root / name).symlink_to(ROOT / name, target_is_directory=True)
    prepare_customers(root, lambda _line: None)
    return root / ".cache" / "simulated_customers"


@pytest.fixture(scope="module")
def display() -> Iterator[dict[str, str]]:
    absent = [name for name in NEEDED if shutil.which(name) is None]
    if absent:
        pytest.skip(f"not installed: {', '.join(absent)}; scripts/test.py installs or names them")
    with private_display() as variables:
        yield variables


@contextmanager
def running(command: list[str], announced: str) -> Iterator[None]:
    """Run a command of the guide until the block ends; it has said where it is before the block begins."""
    program = subprocess.Popen([*PROGRAM, *command], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    try:
        assert any(line.startswith(announced) for line in program.stdout)
        yield
    finally:
        program.terminate()
        program.communicate(timeout=20)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def served(folder: Path, customers: Path, number: str, display: dict[str, str]) -> dict[str, Any]:
    """Set the counter up as the guide says, with this test's folders, serve one customer, and return what the window showed."""
    port = free_port()
    site, (reader, sandbox, station) = blocks_of_the_guide()
    assert station == ["station"]
    places = {
        "/opt/teller-assist/.cache/simulated_customers/01": str(customers / number),
        ".cache/simulated_customers/01": str(customers / number),
        ".cache/simulated_customers": str(customers),
        "/srv/training": str(folder),
        "8085": str(port),
    }

    def here(text: str) -> str:
        return re.sub("|".join(map(re.escape, places)), lambda found: places[found.group()], text)

    (folder / "site.toml").write_text(here(site), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TELLER_ASSIST__", "QT_"))}
    with running([here(word) for word in reader], "port"), running([here(word) for word in sandbox], "listening"):
        done = subprocess.run(
            [sys.executable, "-m", "tests.stand_ins.served_window", str(folder / "window.png")],
            cwd=ROOT,
            env={**kept, **display, "TELLER_ASSIST_SITE_SETTINGS": str(folder / "site.toml")},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout)
    assert (folder / "window.png").stat().st_size > 20_000
    return told


@pytest.mark.parametrize(
    ("number", "name", "outcome", "pair"), [("01", "林*样", "MATCH", "agree"), ("02", "陈*例", "NON_MATCH", "differ")]
)
def test_a_counter_set_up_as_the_guide_says_shows_the_outcome_that_the_guide_names(
    tmp_path: Path, customers: Path, display: dict[str, str], number: str, name: str, outcome: str, pair: str
) -> None:
    told = served(tmp_path, customers, number, display)
    assert (told["devices"]["id_card_reader"], told["devices"]["camera"]) == ("ready", "ready")
    assert told["name"] == name, "the card that the reader carries"
    assert told["gauge"]["outcome"] == outcome
    assert told["pairs"]["live_chip"] == told["pairs"]["live_netcheck"] == pair
