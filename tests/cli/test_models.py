from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from teller_assist.cli import models
from teller_assist.cli.output import CommandGuard
from teller_assist.settings.home import installation_root

Run = Callable[..., int]

ENTRY = """
[[model]]
id = "{model_id}"
task = "{task}"
version = "1"
required = {required}
licence = "MIT"
card = "card.md"
engine = "onnxruntime"
preparation = "none"
source_file = "{model_id}.onnx"
source_sha256 = "{sha256}"
source_bytes = {size}
file = "{model_id}.onnx"
sha256 = "{sha256}"
bytes = {size}
switches_off = ["{switches_off}"]
[model.input]
name = "x"
shape = [1, 2]
minimum = 0
maximum = 1
[model.outputs]
y = [1, 2]
[[model.sources]]
kind = "folder"
"""


def _model(factor: float) -> bytes:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2]) for name in ("x", "y")]
    weights = [numpy_helper.from_array(np.array([factor], np.float32), "factor")]
    graph = helper.make_graph([helper.make_node("Mul", ["x", "factor"], ["y"])], "g", values[:1], values[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return bytes(model.SerializeToString())


def _entry(model_id: str, task: str, required: str, switches_off: str, data: bytes) -> str:
    sha256 = hashlib.sha256(data).hexdigest()
    size = len(data)
    return ENTRY.format(model_id=model_id, task=task, required=required, switches_off=switches_off, sha256=sha256, size=size)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with a required model, one that answers NaN and an optional one, and a stick with the first two."""
    root, stick = tmp_path / "installation", tmp_path / "stick"
    (root / "config").mkdir(parents=True)
    shutil.copy(installation_root() / "config" / "defaults.toml", root / "config")
    (root / "models").mkdir()
    stick.mkdir()
    sound, optional = _model(2.0), _model(3.0)
    manifest = 'schema = "model-manifest/1"\n' + _entry("sound", "face_features", "true", "face_comparison", sound)
    manifest += _entry("optional", "passive_pad", "false", "passive_pad", optional)
    (root / "models" / "manifest.toml").write_text(manifest, encoding="utf-8")
    (stick / "sound.onnx").write_bytes(sound)
    monkeypatch.setenv("TELLER_ASSIST_HOME", str(root))
    monkeypatch.setenv("TELLER_ASSIST_MODEL_DIR", str(stick))
    return root


@pytest.fixture
def run() -> Run:
    """Run ``models`` as the command line does, errors included."""

    def run_models(*words: str) -> int:
        parser = argparse.ArgumentParser()
        models.add_parser(parser.add_subparsers())
        arguments = parser.parse_args(["models", *words])
        guard = CommandGuard(as_json=arguments.json)
        with guard:
            guard.exit_code = arguments.run(arguments)
        return guard.exit_code

    return run_models


def _rows(text: str) -> dict[str, dict[str, object]]:
    document = json.loads(text)
    assert document["schema"] == "models/1"
    return {row["id"]: row for row in document["models"]}


def test_fetch_brings_what_can_be_had_and_says_what_is_switched_off(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("fetch", "--json") == 0
    out, err = capsys.readouterr()
    rows = _rows(out)
    assert rows["sound"]["state"] == "ready"
    assert "why_zh" not in rows["sound"]
    assert rows["optional"]["state"] == "missing"
    assert rows["optional"]["switches_off"] == ["passive_pad"]
    assert str(rows["optional"]["why_zh"]).startswith("被动活体检测不可用")
    assert "sound" in err, "progress goes to stderr"


def test_without_a_required_model_fetch_ends_with_a_known_error(
    home: Path, run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TELLER_ASSIST_MODEL_DIR")
    assert run("fetch", "--json") == 3
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["reason"] == "model_source_failed"
    assert error["facts"] == {"model": "sound", "tried": "folder: not_set"}


def test_list_and_verify_before_the_first_fetch(home: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--json") == 0
    assert _rows(capsys.readouterr().out)["sound"]["state"] == "missing"
    assert run("verify", "--json") == 3
    assert str(_rows(capsys.readouterr().out)["sound"]["why_zh"]).startswith("人脸比对不可用")


def test_an_altered_file_is_seen_and_fetched_anew(home: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("fetch")
    path = home / "models" / "files" / "sound.onnx"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    capsys.readouterr()
    assert run("verify", "--json") == 3
    assert _rows(capsys.readouterr().out)["sound"]["state"] == "altered"
    assert run("fetch") == 0
    assert run("verify") == 0


def test_a_model_that_answers_nonsense_is_not_ready(home: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    nonsense = _model(float("nan"))
    manifest = 'schema = "model-manifest/1"\n' + _entry("sound", "face_features", "true", "face_comparison", nonsense)
    (home / "models" / "manifest.toml").write_text(manifest, encoding="utf-8")
    (home.parent / "stick" / "sound.onnx").write_bytes(nonsense)
    assert run("fetch", "--json") == 3
    assert json.loads(capsys.readouterr().out)["error"]["reason"] == "model_altered"
    assert run("verify", "--json") == 3
    assert _rows(capsys.readouterr().out)["sound"]["state"] == "self_check_failed"
    assert run("list", "--json") == 0
    assert _rows(capsys.readouterr().out)["sound"]["state"] == "ready", "list compares hashes only"


def test_people_read_a_line_per_model_and_what_it_switches_off(home: Path, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("fetch")
    capsys.readouterr()
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines[:2]] == ["可用", "缺失"]
    assert lines[2].strip().startswith("被动活体检测不可用")
