"""The worker's program, without an engine: what it cuts out and decodes, and what it cannot do to anybody."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest

from teller_assist.documents import worker_program
from teller_assist.documents.worker_process import PROGRAM

ENCLOSURE = PROGRAM.parents[1] / "processes" / "enclosure.py"
LOCKS = PROGRAM.parents[2] / "scripts" / "requirements"
# Loads the program by its path, as a test's own process of it; what a test appends then runs in there.
LOADED = f"""
import importlib.util, json, os, subprocess, sys, time

def loaded(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

loaded("enclosure", {str(ENCLOSURE)!r})
program = loaded("worker_program", {str(PROGRAM)!r})
"""


def run(code: str, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-I", "-c", LOADED + code, *arguments]
    return subprocess.run(command, input=given, capture_output=True, timeout=20, check=False)


# ------------------------------------------------------------------ by itself


def test_it_imports_nothing_of_the_product_and_nothing_heavy_before_it_serves() -> None:
    tree = ast.parse(PROGRAM.read_text(encoding="utf-8"))
    at_once = {
        name.split(".")[0]
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
    }
    assert at_once <= set(sys.stdlib_module_names)
    assert "teller_assist" not in PROGRAM.read_text(encoding="utf-8").replace("worker_client", "")


@pytest.mark.parametrize("platform", ["linux", "win_amd64"])
def test_it_was_written_for_the_locked_versions(platform: str) -> None:
    lock = (LOCKS / platform / "documents.txt").read_text(encoding="utf-8")
    for package, version in worker_program.ENGINE_VERSIONS.items():
        assert f"\n{package}=={version} " in lock, (
            f"{package}: look at the places marked 'inside the package' and renew the version"
        )


# ------------------------------------------------------------------ the pipe


def test_what_an_engine_prints_or_reads_is_not_the_pipe() -> None:
    code = """
pipe = program.Pipe()
print("chatter", flush=True)
os.write(1, b"more chatter")
subprocess.run([sys.executable, "-c", "print('of a child')"])
heard = sys.stdin.read()
pipe.answer({"heard": heard, "request": pipe.request()})
"""
    done = run(code, given=b'{"op": "read"}\n')
    assert json.loads(done.stdout) == {"heard": "", "request": {"op": "read"}}
    assert b"chatter" in done.stderr
    assert b"of a child" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="ends after its reading there")
def test_it_ends_with_its_client_in_the_middle_of_a_reading() -> None:
    code = """
pipe = program.Pipe()
pipe.end_with_client()
pipe.answer({})
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-I", "-c", LOADED + code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.readline()
        began_s = time.monotonic()
        child.stdin.close()
        child.wait(10)
        assert time.monotonic() - began_s < 1.0


SERVED = """
import numpy as np

class Plain:
    name = "plain 1"
    def __init__(self, models, threads):
        print("loading", models)
    def detect(self, pixels):
        if pixels[0, 0, 0] == 9:
            raise RuntimeError("张三")
        return [np.array([[2, 2], [22, 2], [22, 12], [2, 12]], np.int16)]
    def recognise(self, pieces):
        return [(f"{piece.shape[1]}x{piece.shape[0]}:{piece[0, 0].tolist()}", [1.0000001]) for piece in pieces]

program.ENGINES["plain"] = Plain
program._let_threads_sleep = lambda: None
program.serve(program.Pipe())
"""


def served(*requests: tuple[int, int, bytes]) -> tuple[list[dict[str, Any]], subprocess.CompletedProcess[bytes]]:
    given = json.dumps({"op": "start", "engine": "plain", "models": "m", "threads": 1, "time_limit_s": 5.0}).encode() + b"\n"
    for number, (width, height, pixels) in enumerate(requests):
        given += json.dumps({"op": "read", "id": number, "width": width, "height": height}).encode() + b"\n" + pixels
    # The pipe stays open until every answer is there: its end would end the worker at once.
    command = [sys.executable, "-I", "-c", LOADED + SERVED]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(given)
        child.stdin.flush()
        answers = [json.loads(line) for line in (child.stdout.readline() for _ in range(len(requests) + 1)) if line]
        out, err = child.communicate(timeout=10)
    return answers, subprocess.CompletedProcess(command, child.returncode, out, err)


@pytest.mark.full
def test_pictures_arrive_whole_and_in_bgr() -> None:
    first, second = (np.full((16, 32, 3), colours, np.uint8) for colours in ((10, 20, 30), (40, 50, 60)))
    answers, done = served((32, 16, first.tobytes()), (32, 16, second.tobytes()))
    assert answers[0]["engine"] == "plain 1"
    assert [answer["id"] for answer in answers[1:]] == [0, 1]
    assert [line["text"] for answer in answers[1:] for line in answer["lines"]] == ["20x10:[10, 20, 30]", "20x10:[40, 50, 60]"]
    assert answers[1]["lines"][0]["corners"] == [[2, 2], [22, 2], [22, 12], [2, 12]]
    assert answers[1]["lines"][0]["characters"] == [1.0]
    assert answers[1]["rss_mb"] > 1.0
    assert done.stdout == b""


@pytest.mark.full
def test_an_engine_that_raises_tells_the_kind_and_not_the_words() -> None:
    answers, done = served((32, 16, bytes([9]) * (32 * 16 * 3)), (32, 16, bytes(32 * 16 * 3)))
    assert (answers[1]["lines"], answers[1]["problem"]) == ([], "RuntimeError")
    assert len(answers[2]["lines"]) == 1
    assert "张三" not in done.stderr.decode()


@pytest.mark.parametrize(("width", "height"), [(7, 100), (100, 7), (0, 0), (-8, -8), (10_000, 5_001)])
def test_a_picture_of_a_bad_size_ends_it(width: int, height: int) -> None:
    answers, done = served((width, height, b""))
    assert len(answers) == 1
    assert done.returncode == 1


# ------------------------------------------------------------------ lines


def decoded(*steps: tuple[int, float]) -> tuple[str, list[float]]:
    """Decode one line: the best class of each step and its probability; the classes are the blank, a, b, c."""
    probabilities = np.zeros((1, len(steps), 4), np.float32)
    for place, (one, sure) in enumerate(steps):
        probabilities[0, place, one] = sure
    decoder = worker_program.CharacterDecoder(["blank", "a", "b", "c"])
    decoder([probabilities], return_word_box=False)
    text, characters = decoder.read[0]
    return text, [round(one, 3) for one in characters]


def test_each_character_has_the_confidence_of_the_step_that_begins_it() -> None:
    assert decoded((1, 0.9), (1, 0.6), (0, 1.0), (1, 0.8), (2, 0.7), (0, 0.9)) == ("aab", [0.9, 0.8, 0.7])


def test_a_line_of_blanks_says_nothing() -> None:
    assert decoded((0, 1.0), (0, 0.9)) == ("", [])


def test_a_line_is_cut_out_straight() -> None:
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[20:40, 50:150] = 200
    quad, piece = worker_program.cut_out(pixels, np.array([[50, 20], [150, 20], [150, 40], [50, 40]], np.float32))
    assert piece.shape == (20, 100, 3)
    assert piece[2:-2, 2:-2].min() == 200
    assert quad.tolist() == [[50, 20], [150, 20], [150, 40], [50, 40]]


def test_a_line_from_top_to_bottom_is_turned_and_its_corners_with_it() -> None:
    pixels = np.zeros((200, 100, 3), np.uint8)
    pixels[50:100, 20:40] = 100  # the upper half of the line: its beginning
    pixels[100:150, 20:40] = 200
    quad, piece = worker_program.cut_out(pixels, np.array([[20, 50], [40, 50], [40, 150], [20, 150]], np.float32))
    assert piece.shape == (20, 100, 3)
    assert (piece[10, 10, 0], piece[10, 90, 0]) == (100, 200)
    assert quad.tolist() == [[40, 50], [40, 150], [20, 150], [20, 50]]


def test_nothing_is_cut_out_of_a_line_without_a_height() -> None:
    flat = np.array([[5, 5], [50, 5], [50, 5], [5, 5]], np.float32)
    assert worker_program.cut_out(np.zeros((20, 60, 3), np.uint8), flat)[1] is None
