"""The table of hostile files through ``teller-assist compare``, with a good request after each of them."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol

import pytest

import teller_assist

MODEL_FILES = Path(teller_assist.__file__).parents[1] / "models" / "files"

# main() in one process, so that a request which spoils the process for the next one is found.
CHILD = """
import contextlib, io, json, sys
from teller_assist.cli import main

def ask(probe, reference):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["compare", probe, reference, "--reference-kind", "archive", "--json"])
    return {"code": code, "document": json.loads(out.getvalue()), "stderr": err.getvalue()}

task = json.load(sys.stdin)
good = task["good"]
answers = {name: [ask(path, good), ask(good, path), ask(good, good)] for name, path in task["paths"].items()}
print(json.dumps(answers))
"""


class Row(Protocol):
    """A line of the table in conftest.py."""

    @property
    def name(self) -> str: ...

    @property
    def reason(self) -> str | None: ...

    def make(self, folder: Path) -> str: ...


@pytest.fixture(scope="session")
def portrait() -> str:
    """A photograph of a face that an installed package carries."""
    found = importlib.util.find_spec("skimage")
    if found is None or found.origin is None:
        pytest.skip("scikit-image, whose test photograph is used, is not installed")
    if not list(MODEL_FILES.glob("*.onnx")):
        pytest.skip("the models are not installed: teller-assist models fetch")
    return str(Path(found.origin).parent / "data" / "astronaut.png")


def ask(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], input=given, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.full
def test_the_whole_table_and_a_good_request_after_each(table: list[Row], portrait: str, tmp_path: Path) -> None:
    paths: dict[str, str] = {}
    for index, row in enumerate(table):
        (tmp_path / str(index)).mkdir()
        paths[row.name] = row.make(tmp_path / str(index))
    answer = ask("-c", CHILD, given=json.dumps({"good": portrait, "paths": paths}))
    assert answer.returncode == 0, answer.stderr
    answers: dict[str, list[dict[str, Any]]] = json.loads(answer.stdout)
    scores = set()
    for row in table:
        as_probe, as_reference, good = answers[row.name]
        for told, role in ((as_probe, "probe"), (as_reference, "reference")):
            assert told["code"] == 3, row.name
            error = told["document"]["error"]
            assert (error["reason"], error["facts"]["file"]) == (row.reason or "no_face", role), row.name
            assert str(tmp_path) not in json.dumps(told, ensure_ascii=False), row.name
            assert "Traceback" not in told["stderr"], row.name
        assert good["code"] == 0, row.name
        scores.add(good["document"]["score_raw"])
    assert len(scores) == 1, "the good request's answer does not depend on what came before it"


@pytest.mark.full
@pytest.mark.parametrize("name", ["png_30000x30000", "no_face"])
def test_a_real_process_answers_one_document_and_exit_code_3(name: str, table: list[Row], portrait: str, tmp_path: Path) -> None:
    row = next(row for row in table if row.name == name)
    path = row.make(tmp_path)
    answer = ask("-m", "teller_assist", "compare", path, portrait, "--reference-kind", "archive", "--json")
    assert answer.returncode == 3
    document = json.loads(answer.stdout)
    assert answer.stdout.endswith("}\n")
    assert document["schema"] == "error/1"
    assert document["error"]["reason"] == (row.reason or "no_face")
    assert document["error"]["request_id"]


@pytest.mark.full
def test_people_read_two_chinese_sentences_and_a_line_of_facts(portrait: str, tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").write_bytes(b"")
    answer = ask("-m", "teller_assist", "compare", str(tmp_path / "empty.jpg"), portrait, "--reference-kind", "archive")
    assert (answer.returncode, answer.stdout) == (3, "")
    assert answer.stderr == "现场照文件是空的。请重新采集或重新导出该图像。\nfile_empty (file=probe)\n"
