"""A private display with a window manager and a maximised neighbour, and programs that dock beside it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from set_up.display import private_display

ROOT = Path(__file__).resolve().parents[3]
LIMIT_S = 30.0  # of every wait; a passing test waits for milliseconds
NEEDED = ("Xvfb", "openbox", "xdotool", "wmctrl", "xprop")


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    """Return the condition's first true value."""
    until_s = time.monotonic() + LIMIT_S
    while not (found := condition()):
        assert time.monotonic() < until_s, f"waited {LIMIT_S:g} s for {what}"
        time.sleep(0.02)
    return found


class Program:
    """A Python program whose output is read line by line."""

    def __init__(self, *arguments: str, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.lines: list[str] = []
        self.errors: list[str] = []
        self.readers = [
            threading.Thread(target=self._read, args=pair, daemon=True)
            for pair in ((self.process.stdout, self.lines), (self.process.stderr, self.errors))
        ]
        for reader in self.readers:
            reader.start()

    def _read(self, stream: Any, into: list[str]) -> None:
        into.extend(line.rstrip("\n") for line in stream)

    def send(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")

    def said(self, line: str, times: int = 1) -> None:
        """Wait until it has written a line."""
        wait_for(lambda: self.lines.count(line) >= times, f"{line!r}; so far {self.lines} {self.errors}")

    def asked(self, line: str, answer: str) -> str:
        """Return the rest of the answer to a line."""
        before = len(self.lines)
        self.send(line)
        return str(
            wait_for(
                lambda: next((one.removeprefix(answer) for one in self.lines[before:] if one.startswith(answer)), ""),
                f"an answer to {line!r}; so far {self.lines} {self.errors}",
            )
        )

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(LIMIT_S)
        for reader in self.readers:
            reader.join(LIMIT_S)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


class Desktop:
    """What a person sees and does on the display."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.environment = {**os.environ, **variables}
        for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
            self.environment.pop(name, None)

    def run(self, *command: str) -> str:
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=LIMIT_S, check=False)
        return done.stdout

    def program(self, *arguments: str, **variables: str) -> Program:
        return Program(*arguments, environment=self.environment | variables)

    def edges(self, title: str) -> tuple[int, int]:
        """Return a window's left and right edge, its frame included; (0, 0) where it is not there."""
        for line in self.run("wmctrl", "-l").splitlines():
            number, _, _, *words = line.split()
            if " ".join(words) == title:
                frame = self._numbers(r"= (\d+), (\d+)", "xprop", "-id", number, "-notype", "_NET_FRAME_EXTENTS") or (0, 0)
                left, width = self._numbers(r"left X: +(-?\d+)[^W]*Width: (\d+)", "xwininfo", "-id", number) or (0, 0)
                return left - frame[0], left + width + frame[1]
        return 0, 0

    def _numbers(self, pattern: str, *command: str) -> tuple[int, int] | None:
        found = re.search(pattern, self.run(*command), re.DOTALL)
        return (int(found[1]), int(found[2])) if found else None

    def is_active(self, title: str) -> bool:
        return self.run("xdotool", "getactivewindow", "getwindowname").strip() == title

    def press(self, *keys: str) -> None:
        self.run("xdotool", "key", *keys)

    def type(self, text: str) -> None:
        self.run("xdotool", "type", text)

    def click(self, x: int, y: int) -> None:
        self.run("xdotool", "mousemove", str(x), str(y), "click", "1")

    def click_on(self, window: Program, widget: str) -> None:
        """Click on a widget of the docked window, once the window knows where the window manager put it."""
        left, right = self.edges("柜面核身助手")

        def place() -> list[int]:
            found = [int(one) for one in window.asked(f"where {widget}", "at ").split()]
            return found if left < found[0] < right else []

        x, y = wait_for(place, f"{widget} to stand between {left} and {right}")
        self.click(x, y)


@pytest.fixture(scope="module")
def desktop() -> Iterator[Desktop]:
    absent = [name for name in NEEDED if shutil.which(name) is None]
    if absent:
        pytest.skip(f"not installed: {', '.join(absent)}; scripts/test.py installs or names them")
    with private_display() as variables:
        yield Desktop(variables)


@contextmanager
def running(program: Program) -> Iterator[Program]:
    try:
        yield program
    finally:
        program.end()


@pytest.fixture(scope="module")
def neighbour(desktop: Desktop) -> Iterator[Program]:
    with running(desktop.program("tests.stand_ins.neighbour_program")) as program:
        wait_for(lambda: desktop.edges("core banking") == (0, 1920), f"a maximised neighbour {program.errors}")
        wait_for(lambda: desktop.is_active("core banking"), "the neighbour to have the keyboard")
        yield program


@pytest.fixture
def docked(desktop: Desktop, neighbour: Program) -> Iterator[Callable[..., Program]]:
    """Start the window with a made-up view, and wait until the neighbour has made room."""
    started: list[Program] = []

    def start(view: str, *settings: str, **variables: str) -> Program:
        program = desktop.program("tests.stand_ins.docked_program", view, *settings, **variables)
        started.append(program)
        wait_for(lambda: any(line.startswith("shown") for line in program.lines), f"a first view {program.errors}")
        wait_for(lambda: desktop.edges("core banking") != (0, 1920), f"the neighbour to make room {program.errors}")
        return program

    yield start
    for program in started:
        program.end()
    wait_for(lambda: desktop.edges("core banking") == (0, 1920), "the neighbour to grow back")
