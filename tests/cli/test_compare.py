from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from teller_assist.app import Installation
from teller_assist.cli import COMMANDS, main
from teller_assist.evidence.pictures import Picture

Capture = pytest.CaptureFixture[str]
PERSONAL = "11010519491231002X"  # the standard's own example, nobody's
HEAVY = ("cv2", "numpy", "onnxruntime", "scipy", "PyQt5", "onnx", "insightface")


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        (sys.executable, "-m", "teller_assist", *arguments),
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        timeout=120,
    )


def one_document(stdout: bytes) -> dict[str, Any]:
    text = stdout.decode("utf-8")
    assert text.endswith("}\n")
    assert text.count("\n") == 1
    document: dict[str, Any] = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    return document


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, astronaut: Picture, installation: Installation, six_persons: Path) -> Path:
    """Photographs in a folder whose name has Chinese characters and spaces."""
    folder = tmp_path_factory.mktemp("柜台 照片")
    small = np.asarray(cv2.resize(astronaut.pixels[10:268, 120:329], (102, 126), interpolation=cv2.INTER_AREA))
    group = installation.read_picture(six_persons, role="probe")
    face = installation.detector.detect(group)[0]
    x, y, w, h = (round(v) for v in (face.x_px, face.y_px, face.width_px, face.height_px))
    stranger = group.pixels[max(0, y - 40) : y + h + 40, max(0, x - 40) : x + w + 40]
    for name, pixels in {"现场 照.png": astronaut.pixels, "芯片 照.jpg": small, "他人.png": stranger}.items():
        (folder / name).write_bytes(cv2.imencode(Path(name).suffix, pixels)[1].tobytes())
    (folder / "空白.png").write_bytes(cv2.imencode(".png", np.full((200, 200, 3), 120, np.uint8))[1].tobytes())
    return folder


@pytest.fixture
def live(files: Path) -> str:
    return str(files / "现场 照.png")


@pytest.fixture
def chip(files: Path) -> str:
    return str(files / "芯片 照.jpg")


# ---------------------------------------------------------------- help and usage


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["compare", "--help"]])
def test_help_loads_no_heavy_library(arguments: list[str]) -> None:
    program = (
        f"import sys; from teller_assist.cli import main\ntry: main({arguments})\nexcept SystemExit as ended: code = ended.code\n"
        f"print('loaded', code, [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "loaded 0 []"


def test_help_lists_every_command_that_is_built(capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    for name in ("compare", "models", "evaluate"):
        assert name in COMMANDS
        assert f" {name} " in shown


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["comparing"],
        ["compare", "--json"],
        ["compare", "a.png", "--reference-kind", "chip"],
        ["compare", "a.png", "b.png"],
        ["compare", "a.png", "b.png", "--reference-kind", "live"],
        ["compare", "a.png", "b.png", "--reference-kind", "mesh_heavy"],
        ["compare", "a.png", "b.png", "--reference-kind", "chip", "--probe-kind", "archive"],
        ["compare", "a.png", "b.png", "--reference-kind", "chip", "--threshold", "0.4"],
    ],
)
def test_a_wrong_call_is_a_usage_error(capsys: Capture, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    captured = capsys.readouterr()
    assert (captured.out == "") == ("--json" not in arguments)
    assert "usage: teller-assist" in captured.err


# ---------------------------------------------------------------- answers


@pytest.mark.full
@pytest.mark.parametrize("kind", ["chip", "mesh", "clean", "recapture", "archive"])
def test_an_answer_is_one_document_of_the_promised_shape(
    capsys: Capture, live: str, chip: str, kind: str, check_compare_body: Callable[[dict[str, Any]], None]
) -> None:
    assert main(["compare", live, chip, "--reference-kind", kind, "--json"]) == 0
    document = one_document(capsys.readouterr().out.encode())
    assert document["schema"] == "compare/1"
    check_compare_body(document)
    assert document["probe_kind"] == "live"
    # A networked-verification photo is compared as what is seen on it: this one has no mesh.
    assert document["reference_kind"] == ("clean" if kind == "mesh" else kind)


@pytest.mark.full
def test_a_chip_portrait_may_be_the_probe(capsys: Capture, live: str, chip: str) -> None:
    assert main(["compare", chip, live, "--reference-kind", "mesh", "--probe-kind", "chip", "--json"]) == 0
    document = one_document(capsys.readouterr().out.encode())
    assert document["calibration_id"].startswith(f"sface-2021dec/chip-{document['reference_kind']}/")


@pytest.mark.full
def test_two_processes_give_the_same_score(live: str, chip: str) -> None:
    runs = [process("compare", live, chip, "--reference-kind", "chip", "--json") for _ in range(2)]
    assert [run.returncode for run in runs] == [0, 0]
    assert [run.stderr for run in runs] == [b"", b""]
    one, other = (one_document(run.stdout) for run in runs)
    assert one["score_raw"] == pytest.approx(other["score_raw"], abs=1e-6)
    assert {key for key in one if one[key] != other[key]} == {"request_id", "latency_ms"}


@pytest.mark.full
def test_a_file_scores_with_itself_at_least_as_high_as_with_any_other(capsys: Capture, files: Path) -> None:
    pictures = sorted(path for path in files.iterdir() if path.name != "空白.png")
    for probe in pictures:
        scores = {}
        for reference in pictures:
            assert main(["compare", str(probe), str(reference), "--reference-kind", "archive", "--json"]) == 0
            scores[reference] = one_document(capsys.readouterr().out.encode())["score_raw"]
        assert scores[probe] == max(scores.values())


@pytest.mark.full
def test_the_same_pixels_in_another_lossless_file_give_the_same_score(
    capsys: Capture, files: Path, live: str, chip: str, tmp_path: Path, astronaut: Picture
) -> None:
    copy = tmp_path / "copy.bmp"
    copy.write_bytes(cv2.imencode(".bmp", astronaut.pixels)[1].tobytes())
    scores = []
    for probe in (live, str(copy)):
        assert main(["compare", probe, chip, "--reference-kind", "chip", "--json"]) == 0
        scores.append(one_document(capsys.readouterr().out.encode())["score_raw"])
    assert scores[0] == scores[1]


def test_people_read_sentences_on_stdout(capsys: Capture, live: str, chip: str) -> None:
    assert main(["compare", live, chip, "--reference-kind", "chip"]) == 0
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert lines[0].startswith("系统")
    assert lines[-1] == "仅作辅助，由柜员决定。"
    assert "{" not in captured.out


@pytest.mark.full
def test_a_console_that_knows_no_chinese_is_no_reason_to_fail(live: str, chip: str) -> None:
    done = process("compare", live, chip, "--reference-kind", "chip", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert done.returncode == 0
    assert done.stdout.decode("utf-8").startswith("系统")


@pytest.mark.full
def test_logs_go_to_stderr_whatever_their_level(live: str, chip: str) -> None:
    done = process("compare", live, chip, "--reference-kind", "chip", "--json", TELLER_ASSIST__LOGS__LEVEL="DEBUG")
    assert done.returncode == 0
    assert one_document(done.stdout)["schema"] == "compare/1"


# ---------------------------------------------------------------- errors


@pytest.mark.full
@pytest.mark.parametrize(
    ("probe", "reference", "reason", "role"),
    [
        ("nowhere.png", "芯片 照.jpg", "file_missing", "probe"),
        ("现场 照.png", "nowhere.png", "file_missing", "reference"),
        ("空白.png", "芯片 照.jpg", "no_face", "probe"),
        ("现场 照.png", "空白.png", "no_face", "reference"),
    ],
)
def test_a_known_error_is_one_document_or_two_sentences(
    capsys: Capture, files: Path, probe: str, reference: str, reason: str, role: str
) -> None:
    arguments = ["compare", str(files / probe), str(files / reference), "--reference-kind", "chip"]
    assert main([*arguments, "--json"]) == 3
    captured = capsys.readouterr()
    document = one_document(captured.out.encode())
    assert (document["schema"], captured.err) == ("error/1", "")
    assert (document["error"]["reason"], document["error"]["facts"]["file"]) == (reason, role)
    assert str(files) not in captured.out, "a path may bear a person's name"
    assert main(arguments) == 3
    captured = capsys.readouterr()
    assert (captured.out, captured.err.splitlines()[0]) == ("", document["error"]["zh"])
    assert str(files) not in captured.err


@pytest.mark.full
def test_six_persons_are_an_error_with_their_number(capsys: Capture, six_persons: Path, chip: str) -> None:
    assert main(["compare", str(six_persons), chip, "--reference-kind", "chip", "--json"]) == 3
    error = one_document(capsys.readouterr().out.encode())["error"]
    assert (error["reason"], error["facts"]) == ("several_faces", {"file": "probe", "faces": 6})


@pytest.mark.full
@pytest.mark.parametrize("raised", ["RuntimeError(secret)", "KeyError(secret)", "BugError(secret)", "ZeroDivisionError()"])
def test_our_own_fault_is_exit_code_4_and_prints_no_value(live: str, chip: str, raised: str) -> None:
    program = f"""
import sys
from teller_assist.cli import main
from teller_assist.errors import BugError
from teller_assist.face.measurement import FaceMeasurer

def measure(self, picture):
    secret = {PERSONAL!r}
    raise {raised}

FaceMeasurer.measure = measure
sys.exit(main(sys.argv[1:]))
"""
    command = [sys.executable, "-c", program, "compare", live, chip, "--reference-kind", "chip", "--json"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert done.returncode == 4
    error = one_document(done.stdout)["error"]
    assert error["reason"] == "own_fault"
    assert error["facts"]["type"] == raised.partition("(")[0]
    printed = (done.stdout + done.stderr).decode("utf-8")
    assert PERSONAL not in printed
    assert "照" not in error["facts"]["place"], "no path of the customer's file"
    assert "Traceback" not in printed


# ---------------------------------------------------------------- an installation that was changed


@pytest.fixture
def home(tmp_path: Path, installation: Installation) -> Path:
    """A copy of the installation root, its model files linked."""
    root = tmp_path / "home"
    shutil.copytree(installation.root / "config", root / "config")
    shutil.copytree(installation.root / "models", root / "models", ignore=shutil.ignore_patterns("files"))
    (root / "models" / "files").mkdir()
    for path in (installation.root / "models" / "files").iterdir():
        (root / "models" / "files" / path.name).symlink_to(path)
    return root


def asked(home: Path, live: str, chip: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> tuple[int, dict[str, Any]]:
    monkeypatch.setenv("TELLER_ASSIST_HOME", str(home))
    code = main(["compare", live, chip, "--reference-kind", "chip", "--json"])
    return code, one_document(capsys.readouterr().out.encode())


@pytest.mark.full
def test_an_untouched_copy_of_the_installation_works(
    home: Path, live: str, chip: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    code, document = asked(home, live, chip, monkeypatch, capsys)
    assert (code, document["schema"]) == (0, "compare/1")


@pytest.mark.parametrize("name", ["policy.toml", "quality.toml", "mesh.toml", "defaults.toml"])
def test_an_altered_file_stops_the_comparison(
    home: Path, live: str, chip: str, name: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    path = home / "config" / name
    path.write_text(path.read_text(encoding="utf-8") + "\n# one line more\n", encoding="utf-8")
    code, document = asked(home, live, chip, monkeypatch, capsys)
    assert (code, document["error"]["reason"]) == (3, "settings_altered")
    assert document["error"]["facts"]["file"] == f"config/{name}"


def test_line_ends_of_windows_are_no_alteration(
    home: Path, live: str, chip: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    path = home / "config" / "policy.toml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert asked(home, live, chip, monkeypatch, capsys)[0] == 0


@pytest.mark.full
def test_a_threshold_that_somebody_changed_is_not_used(
    home: Path, live: str, chip: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    path = home / "config" / "calibration" / "sface-2021dec" / "live-chip.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((path.read_bytes() if path.is_file() else b"{}") + b" ")
    code, document = asked(home, live, chip, monkeypatch, capsys)
    assert (code, document["error"]["reason"]) == (3, "calibration_mismatch")
    assert document["error"]["facts"]["why"] == "settings_altered"


def test_a_missing_model_is_named(home: Path, live: str, chip: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    for path in (home / "models" / "files").iterdir():
        path.unlink()
    code, document = asked(home, live, chip, monkeypatch, capsys)
    assert (code, document["error"]["reason"]) == (3, "model_missing")


def test_a_folder_that_is_no_installation_is_a_known_error(
    tmp_path: Path, live: str, chip: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    code, document = asked(tmp_path, live, chip, monkeypatch, capsys)
    assert (code, document["error"]["reason"]) == (3, "settings_unreadable")
    assert str(tmp_path) not in json.dumps(document, ensure_ascii=False)
