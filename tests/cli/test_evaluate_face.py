"""``teller-assist evaluate face`` as a person calls it."""

from __future__ import annotations

import argparse
import csv
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest

from teller_assist.app import Installation
from teller_assist.cli import evaluate
from teller_assist.cli.output import CommandGuard
from teller_assist.evaluation import feature_sets
from teller_assist.evaluation.sets import SetRow
from teller_assist.evidence.pictures import Picture


def parsed(*options: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    evaluate.add_parser(parser.add_subparsers())
    return parser.parse_args(["evaluate", "face", *options])


def exit_code(*options: str) -> int:
    arguments = parsed(*options)
    guard = CommandGuard(as_json=arguments.json)
    with guard:
        guard.exit_code = arguments.run(arguments)
    return guard.exit_code


@pytest.fixture
def folder(tmp_path: Path, astronaut: Picture, six_persons: Path) -> Path:
    """One person twice, live and as a chip portrait, another person, and a picture without a face."""
    root = tmp_path / "set"
    root.mkdir()
    whole = astronaut.pixels
    small = np.asarray(cv2.resize(whole[10:268, 120:329], (102, 126), interpolation=cv2.INTER_AREA))
    group = cv2.imread(str(six_persons))
    assert group is not None
    pictures = {
        "a1.png": whole, "a2.png": whole[:, ::-1], "a1c.png": small, "a2c.png": small[:, ::-1],
        "b1.png": group[60:330, 300:520], "none.png": np.full((126, 102, 3), 99, np.uint8),
    }  # fmt: skip
    for name, pixels in pictures.items():
        (root / name).write_bytes(cv2.imencode(".png", np.ascontiguousarray(pixels))[1].tobytes())
    rows = [
        ("a1.png", "ann", "test", "live", "a1"), ("a2.png", "ann", "test", "live", "a2"),
        ("a1c.png", "ann", "test", "chip", "a1"), ("a2c.png", "ann", "test", "chip", "a2"),
        ("b1.png", "bob", "test", "live", "b1"), ("none.png", "cyd", "test", "chip", "c1"),
    ]  # fmt: skip
    with (root / "images.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("path", "identity", "split", "kind", "source"), *rows])
    return root


@pytest.mark.parametrize("option", [["--kinds", "nose"], ["--kinds", "live"], ["--split", "train"], ["--kinds", ""]])
def test_an_option_that_does_not_exist_is_a_usage_error(option: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parsed("--set", "a", "--out", "b", *option)
    assert caught.value.code == 2


@pytest.mark.full
def test_a_set_is_measured_and_reported_in_both_files(
    folder: Path, tmp_path: Path, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--set", str(folder), "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache"), "--json")
    assert exit_code(*options) == 0
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert document["schema"] == "evaluate-face/1"
    assert document["model_id"] == "sface-2021dec"
    assert document["pipeline_sha256"] == installation.pipeline_sha256
    chip = document["kinds"]["chip"]
    assert (chip["mated"], chip["non_mated"]) == (2, 2)
    assert chip["fta"] == {"count": 1, "of": 3, "reasons": {"no_face": 1}}
    assert chip["shipped"]["1e-4"]["passed"] == 2
    assert "set_dev" not in chip
    assert document["features_from_cache"] == 0
    assert "6/6" in shown.err
    assert json.loads((tmp_path / "out" / "report.json").read_text("utf-8")) == document
    assert "芯片照" in (tmp_path / "out" / "report.html").read_text("utf-8")

    assert exit_code(*options) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["features_from_cache"] == 6
    for volatile in ("features_from_cache", "wall_s"):
        del document[volatile], again[volatile]
    assert again == document


@pytest.mark.full
def test_an_interrupted_run_goes_on_where_it_stopped(
    folder: Path, tmp_path: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured: list[str] = []
    real = feature_sets._measure_in_worker

    class Interrupted:
        """Measures in this process, and is interrupted at the fifth picture of the first run."""

        def __init__(self, _workers: int, _context: object, start: object, given: tuple[object, ...]) -> None:
            start(*given)  # type: ignore[operator]

        def map(self, _run: object, rows: list[SetRow], **_: object) -> object:
            for row in rows:
                if len(measured) == 4:
                    measured.append("interrupted")
                    raise KeyboardInterrupt
                measured.append(row.path)
                yield real(row)

        def shutdown(self, **_: object) -> None:
            pass

    monkeypatch.setattr(feature_sets, "ProcessPoolExecutor", Interrupted)
    monkeypatch.setattr(feature_sets, "tie_to_parent", lambda: None)
    monkeypatch.setattr(feature_sets, "_KEPT_AT_ONCE", 2)
    options = ("--set", str(folder), "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache"), "--json")
    with pytest.raises(KeyboardInterrupt):
        exit_code(*options)
    assert list((tmp_path / "out").iterdir()) == []
    assert exit_code(*options) == 0
    assert json.loads(capsys.readouterr().out)["features_from_cache"] == 4
    assert sorted(set(measured)) == sorted({*measured[:4], *measured[5:], "interrupted"})
    assert len(measured) == 7, "no picture is measured twice"


@pytest.mark.full
def test_people_get_sentences_with_their_counts(
    folder: Path, tmp_path: Path, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("--set", str(folder), "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")) == 0
    shown = capsys.readouterr().out
    assert "1人2次同人比对" in shown
    assert "不作结论" in shown  # no development people in this set
    assert shown.rstrip().endswith("report.html")


@pytest.mark.full
def test_faces_stand_in_the_page_only_when_asked_for(folder: Path, tmp_path: Path, installation: Installation) -> None:
    with (folder / "images.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(("a1m.png", "ann", "test", "mesh", "a1"))
    (folder / "a1m.png").write_bytes((folder / "a1c.png").read_bytes())
    options = ("--set", str(folder), "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache"), "--kinds", "mesh")
    assert exit_code(*options) == 0
    assert "data:image" not in (tmp_path / "out" / "report.html").read_text("utf-8")
    assert exit_code(*options, "--pictures") == 0
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert page.count("data:image/jpeg") == 2, "the photograph, which has no mesh, and the live face"
    assert "data:image" not in (tmp_path / "out" / "report.json").read_text("utf-8")


@pytest.mark.full
@pytest.mark.parametrize(("options", "reason"), [(["--split", "dev"], "set_too_small"), (["--kinds", "mesh"], "set_invalid")])
def test_a_set_with_nothing_to_compare_is_a_known_error(
    folder: Path, tmp_path: Path, installation: Installation, capsys: pytest.CaptureFixture[str], options: list[str], reason: str
) -> None:
    assert exit_code("--set", str(folder), "--out", str(tmp_path / "out"), "--json", *options) == 3
    assert json.loads(capsys.readouterr().out)["error"]["reason"] == reason


@pytest.mark.full
def test_kept_features_carry_no_path_and_no_name(folder: Path, tmp_path: Path, installation: Installation) -> None:
    assert exit_code("--set", str(folder), "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")) == 0
    content = (tmp_path / "cache" / "features.sqlite3").read_bytes()
    assert not any(name in content for name in (b"ann", b"a1.png", b"a2c"))


def test_an_output_folder_that_cannot_be_made_is_told_before_anything_is_measured(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    assert exit_code("--set", str(folder), "--out", str(tmp_path / "taken" / "out"), "--json") == 3
    shown = capsys.readouterr()
    assert json.loads(shown.out)["error"]["reason"] == "folder_not_writable"
    assert "measure" not in shown.err


@pytest.mark.full
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for child processes in /proc")
def test_a_killed_run_leaves_no_process_and_goes_on(
    folder: Path, tmp_path: Path, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = cv2.imread(str(folder / "a1.png"))
    assert whole is not None
    with (folder / "images.csv").open("a", encoding="utf-8", newline="") as file:
        for number in range(300):
            varied = whole.copy()
            varied[0, 0] = (number % 256, number // 256, 7)  # other bytes, or one measurement would do for all
            cv2.imwrite(str(folder / f"x{number}.png"), varied)
            csv.writer(file).writerow((f"x{number}.png", f"x{number}", "test", "live", f"x{number}"))
    cache = tmp_path / "cache" / "features.sqlite3"
    options = ("--set", str(folder), "--out", str(tmp_path / "out"), "--cache", str(cache.parent), "--json")
    run = subprocess.Popen(
        [sys.executable, "-m", "teller_assist", "evaluate", "face", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: kept_in(cache) > 0)
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text("utf-8").split()
    run.kill()
    run.wait()
    assert len(children) >= 2
    wait_until(lambda: not any(Path(f"/proc/{child}").exists() for child in children))
    kept = kept_in(cache)
    assert 0 < kept < 306, "it was killed in the middle"
    assert exit_code(*options) == 0
    assert json.loads(capsys.readouterr().out)["features_from_cache"] == kept


def kept_in(cache: Path) -> int:
    if not cache.is_file():
        return 0
    with closing(sqlite3.connect(f"file:{cache}?mode=ro", uri=True)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM measured_3").fetchone()[0])
        except sqlite3.OperationalError:  # its table is not there yet
            return 0


def wait_until(condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
    end_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end_s, "it did not happen in time"
        time.sleep(0.05)
