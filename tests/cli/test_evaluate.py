import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from teller_assist.cli import evaluate
from teller_assist.cli.output import CommandGuard
from teller_assist.errors import ModelError
from teller_assist.model_files.store import open_store


def parsed(*options: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    evaluate.add_parser(parser.add_subparsers())
    return parser.parse_args(["evaluate", *options])


def exit_code(*options: str) -> int:
    arguments = parsed("simulate", *options)
    guard = CommandGuard(as_json=arguments.json)
    with guard:
        guard.exit_code = arguments.run(arguments)
    return guard.exit_code


@pytest.mark.parametrize("option", [["--kinds", "chip,nose"], ["--kinds", ""], ["--seed", "-1"], ["--split", "train"]])
def test_an_option_that_does_not_exist_is_a_usage_error(option: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parsed("simulate", "--set", "a", "--out", "b", *option)
    assert caught.value.code == 2


def test_only_what_is_built_is_offered(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed("--help")
    shown = capsys.readouterr().out
    assert "simulate" in shown
    assert "face" in shown
    assert "render-documents" in shown


def test_help_loads_no_heavy_library() -> None:
    program = (
        "import sys, teller_assist.cli.evaluate; print([name for name in ('cv2', 'numpy', 'onnxruntime') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_folder_that_is_no_set_is_a_known_error_in_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--set", str(tmp_path), "--out", str(tmp_path / "out"), "--json") == 3
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["error"]["reason"]) == ("error/1", "set_invalid")
    assert document["error"]["facts"]["why"] == "csv_missing"
    assert not (tmp_path / "out").exists()


def test_a_wrong_line_is_named_to_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "images.csv").write_text("path,identity,split,kind,source\n1.jpg,a,dev,archive,1.jpg\n")
    assert exit_code("--set", str(tmp_path), "--out", str(tmp_path / "out")) == 3
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "第2行" in shown.err


@pytest.mark.full
def test_a_set_is_simulated_and_counted_in_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = open_store()
    try:
        store.read_verified(store.manifest.entry("yunet-2023mar"))
    except ModelError as error:
        pytest.skip(f"the detector's file is not on this machine: {error}")
    photograph = Path(pytest.importorskip("skimage").__file__).parent / "data" / "astronaut.png"
    (tmp_path / "1.png").write_bytes(photograph.read_bytes())
    (tmp_path / "images.csv").write_text("path,identity,split,kind,source\n1.png,a,dev,archive,1.png\n")
    out = tmp_path / "out"
    assert exit_code("--set", str(tmp_path), "--out", str(out), "--kinds", "chip,mesh", "--json") == 0
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert document["schema"] == "evaluate-simulate/1"
    assert set(document["kinds"]) == {"chip", "mesh"}
    assert document["kinds"]["chip"]["rendered"] == 1
    assert (out / "chip/1.png").is_file()
    assert (out / "mesh/1.jpg").is_file()
    assert "1/1" in shown.err
