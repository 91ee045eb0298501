"""End to end with the real detector and a photograph that an installed package carries (a public-domain NASA portrait)."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from teller_assist.errors import ModelError, SetError
from teller_assist.evaluation.sets import EvaluationSet, Split, choose_rows, read_set
from teller_assist.evaluation.simulate import SimulationOrder, simulate_set
from teller_assist.evaluation.simulation_worker import DetectorSetup
from teller_assist.evidence.kinds import Condition, LineShape, PhotoKind
from teller_assist.model_files.store import open_store
from teller_assist.pictures.decode import PictureLimits

SetMaker = Callable[[Sequence[Sequence[str]]], Path]
LIMITS = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)
EVERY_KIND = frozenset(PhotoKind)
DATA_VARIABLE = "TELLER_ASSIST_EVALUATION_DATA"


@pytest.fixture(scope="session")
def detector() -> DetectorSetup:
    store = open_store()
    try:
        model = store.read_verified(store.manifest.entry("yunet-2023mar"))
    except ModelError as error:
        pytest.skip(f"the detector's file is not on this machine: {error}")
    return DetectorSetup(model, side_px=320, score_min=0.6)


@pytest.fixture
def archive(make_set: SetMaker) -> EvaluationSet:
    """One portrait twice (once turned a little), a picture without a face, a broken one, and a row that is no archive."""
    photograph = Path(pytest.importorskip("skimage").__file__).parent / "data" / "astronaut.png"
    root = make_set(
        [
            ["a/1.png", "person-a", "dev", "archive", "a/1.png"],
            ["a/2.jpg", "person-a", "dev", "archive", "a/original.jpg"],
            ["b/empty_wall.png", "person-b", "test", "archive", "b/empty_wall.png"],
            ["c/broken.jpg", "person-c", "test", "archive", "c/broken.jpg"],
            ["d/1.jpg", "person-d", "dev", "live", "d/1.jpg"],
        ]
    )
    (root / "a/1.png").write_bytes(photograph.read_bytes())
    pixels = cv2.imdecode(np.frombuffer(photograph.read_bytes(), dtype=np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    turn = cv2.getRotationMatrix2D((220, 120), 15, 0.9)
    (root / "a/2.jpg").write_bytes(cv2.imencode(".jpg", cv2.warpAffine(pixels, turn, (512, 512)))[1].tobytes())
    wall = np.full((300, 300, 3), 128, dtype=np.uint8)
    (root / "b/empty_wall.png").write_bytes(cv2.imencode(".png", wall)[1].tobytes())
    (root / "c/broken.jpg").write_bytes((root / "a/2.jpg").read_bytes()[:2000])
    return read_set(root)


def silent(line: str) -> None:
    pass


def simulated(archive: EvaluationSet, out: Path, detector: DetectorSetup, **changes: Any) -> dict[str, Any]:
    order = replace(SimulationOrder(kinds=EVERY_KIND, seed=0, workers=1), **changes)
    return simulate_set(archive, out, order, detector, LIMITS, silent)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.full
def test_a_set_is_rendered_into_a_set(archive: EvaluationSet, tmp_path: Path, detector: DetectorSetup) -> None:
    body = simulated(archive, tmp_path / "out", detector)
    assert body["kinds"]["chip"] == {"rendered": 2, "no_face": 1, "unreadable": 1}
    assert body["kinds"]["archive"] == {"rendered": 3, "no_face": 0, "unreadable": 1}
    assert body["no_face"] == ["b/empty_wall.png"]
    assert [entry["path"] for entry in body["unreadable"]] == ["c/broken.jpg"]
    assert body["set"] == {"images_csv_sha256": archive.images_csv_sha256, "images": 4, "not_archive": 1}
    assert (body["seed"], body["opencv"]) == (0, cv2.__version__)
    made = read_set(tmp_path / "out")
    assert len(made.rows) == 2 * 7 + 1
    assert {row.source for row in made.rows} == {"a/1.png", "a/original.jpg", "b/empty_wall.png"}
    assert [row.kind for row in made.rows[:7]] == list(PhotoKind)


@pytest.mark.full
def test_a_condition_is_made_from_the_plain_live_rendering_and_named_in_its_row(
    archive: EvaluationSet, tmp_path: Path, detector: DetectorSetup
) -> None:
    kinds = frozenset({PhotoKind.LIVE, PhotoKind.CHIP})
    conditions = frozenset({Condition.MIRRORED, Condition.ROTATED_90})
    document = simulated(archive, tmp_path / "out", detector, kinds=kinds, conditions=conditions)
    assert document["conditions"] == {
        "mirrored": {"rendered": 2, "no_face": 1, "unreadable": 1},
        "rotated_90": {"rendered": 2, "no_face": 1, "unreadable": 1},
    }
    made = read_set(tmp_path / "out")
    assert {(row.kind.value, row.condition) for row in made.rows} == {
        ("live", ""), ("chip", ""), ("live", "mirrored"), ("live", "rotated_90"),
    }  # fmt: skip
    plain, mirrored = (
        cv2.imread(str(next(made.file(row) for row in made.rows if (row.kind, row.condition) == (PhotoKind.LIVE, condition))))
        for condition in ("", "mirrored")
    )
    assert plain is not None
    assert mirrored is not None
    assert np.abs(plain.astype(int) - mirrored[:, ::-1].astype(int)).mean() < 3  # it was encoded once more


@pytest.mark.full
def test_every_shape_of_lines_is_rendered_medium_and_heavy_and_named_in_its_row(
    archive: EvaluationSet, tmp_path: Path, detector: DetectorSetup
) -> None:
    shapes = frozenset({LineShape.TEXT, LineShape.CONTOURS})
    document = simulated(archive, tmp_path / "out", detector, kinds=frozenset({PhotoKind.LIVE}), line_shapes=shapes)
    counts = {"rendered": 2, "no_face": 1, "unreadable": 1}
    assert document["conditions"] == {
        f"{kind}_{shape}": counts for kind in ("mesh", "mesh_heavy") for shape in ("lines_text", "lines_contours")
    }
    made = read_set(tmp_path / "out")
    rows = [(row.kind.value, row.condition) for row in made.rows if row.condition]
    assert sorted(set(rows)) == [
        ("mesh", "lines_contours"), ("mesh", "lines_text"), ("mesh_heavy", "lines_contours"), ("mesh_heavy", "lines_text"),
    ]  # fmt: skip
    assert len(rows) == 8
    files = {made.file(row).read_bytes() for row in made.rows}
    assert len(files) == 10, "no two are the same picture"


def test_the_archive_kind_is_the_file_itself(archive: EvaluationSet, tmp_path: Path, detector: DetectorSetup) -> None:
    simulated(archive, tmp_path / "out", detector, kinds=frozenset({PhotoKind.ARCHIVE}))
    assert (tmp_path / "out/archive/a/1.png").read_bytes() == (archive.root / "a/1.png").read_bytes()


@pytest.mark.full
def test_the_number_of_workers_changes_no_byte(archive: EvaluationSet, tmp_path: Path, detector: DetectorSetup) -> None:
    simulated(archive, tmp_path / "one", detector)
    simulated(archive, tmp_path / "two", detector, workers=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.full
def test_another_seed_makes_other_pictures_of_the_same_people(
    archive: EvaluationSet, tmp_path: Path, detector: DetectorSetup
) -> None:
    simulated(archive, tmp_path / "0", detector, kinds=frozenset({PhotoKind.LIVE}))
    simulated(archive, tmp_path / "1", detector, kinds=frozenset({PhotoKind.LIVE}), seed=1)
    assert read_set(tmp_path / "0").rows == read_set(tmp_path / "1").rows
    assert (tmp_path / "0/live/a/1.jpg").read_bytes() != (tmp_path / "1/live/a/1.jpg").read_bytes()


@pytest.mark.full
def test_an_interrupted_run_is_continued_to_the_same_bytes(
    archive: EvaluationSet, tmp_path: Path, detector: DetectorSetup
) -> None:
    out = tmp_path / "out"
    simulated(archive, out, detector)
    whole = contents(out)
    # What an interruption leaves: no images.csv, some files missing, one half-written under its temporary name.
    (out / "images.csv").unlink()
    (out / "chip/a/1.png").rename(out / "chip/a/1.png.part")
    (out / "live/a/2.jpg").unlink()
    kept = (out / "mesh/a/1.jpg").stat().st_mtime_ns
    body = simulated(archive, out, detector)
    assert contents(out) == whole
    assert (out / "mesh/a/1.jpg").stat().st_mtime_ns == kept
    assert body["kinds"]["chip"] == {"rendered": 2, "no_face": 1, "unreadable": 1}


def test_another_order_does_not_mix_into_the_folder(archive: EvaluationSet, tmp_path: Path, detector: DetectorSetup) -> None:
    simulated(archive, tmp_path / "out", detector, kinds=frozenset({PhotoKind.CHIP}))
    for change in ({"seed": 1}, {"split": Split.DEV}, {"kinds": frozenset({PhotoKind.LIVE})}):
        with pytest.raises(SetError):
            simulated(archive, tmp_path / "out", detector, **({"kinds": frozenset({PhotoKind.CHIP})} | change))


def test_only_the_split_that_was_asked_for_is_rendered(archive: EvaluationSet, tmp_path: Path, detector: DetectorSetup) -> None:
    body = simulated(archive, tmp_path / "out", detector, kinds=frozenset({PhotoKind.CHIP}), split=Split.DEV)
    assert body["set"]["images"] == 2
    assert {row.split for row in read_set(tmp_path / "out").rows} == {Split.DEV}


def test_a_set_without_archive_photographs_is_refused(make_set: SetMaker, tmp_path: Path, detector: DetectorSetup) -> None:
    root = make_set([["1.png", "a", "dev", "chip", "1.png"]])
    with pytest.raises(SetError) as caught:
        simulated(read_set(root), tmp_path / "out", detector)
    assert caught.value.facts["why"] == "no_archive_photographs"
    assert not (tmp_path / "out").exists()


def children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


@pytest.mark.full
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for child processes in /proc")
def test_a_killed_run_leaves_no_process_and_is_continued(make_set: SetMaker, tmp_path: Path, detector: DetectorSetup) -> None:
    photograph = Path(pytest.importorskip("skimage").__file__).parent / "data" / "astronaut.png"
    root = make_set([[f"{number}.png", "person-a", "dev", "archive", f"{number}.png"] for number in range(60)])
    for number in range(60):
        (root / f"{number}.png").write_bytes(photograph.read_bytes())
    options = ["--set", str(root), "--out", str(tmp_path / "out"), "--kinds", "live"]
    program = (
        "import argparse, sys; from teller_assist.cli import evaluate; parser = argparse.ArgumentParser();"
        "evaluate.add_parser(parser.add_subparsers()); arguments = parser.parse_args(['evaluate', 'simulate', *sys.argv[1:]]);"
        "arguments.run(arguments)"
    )
    run = subprocess.Popen([sys.executable, "-c", program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: (tmp_path / "out/live").is_dir() and len(list((tmp_path / "out/live").iterdir())) >= 4)
    workers = children(run.pid)
    run.kill()
    run.wait()
    assert len(workers) >= 2
    wait_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
    assert not (tmp_path / "out/images.csv").exists()
    kinds = frozenset({PhotoKind.LIVE})
    body = simulated(read_set(root), tmp_path / "out", detector, kinds=kinds)
    simulated(read_set(root), tmp_path / "undisturbed", detector, kinds=kinds)
    assert body["kinds"]["live"]["rendered"] == 60
    assert contents(tmp_path / "out") == contents(tmp_path / "undisturbed")


def wait_until(condition: Callable[[], bool], timeout_s: float = 30.0) -> None:
    end_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end_s, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.full
@pytest.mark.skipif(not os.environ.get(DATA_VARIABLE), reason=f"{DATA_VARIABLE} is not set")
def test_every_chosen_photograph_of_a_public_set_is_rendered(make_set: SetMaker, tmp_path: Path, detector: DetectorSetup) -> None:
    lfw = read_set(Path(os.environ[DATA_VARIABLE]) / "lfw")
    chosen = choose_rows(lfw.select(split=Split.DEV), most=1)[::100]
    root = make_set([[row.path, row.identity, row.split, row.kind, row.source] for row in chosen])
    for row in chosen:
        (root / row.path).write_bytes(lfw.file(row).read_bytes())
    body = simulated(read_set(root), tmp_path / "out", detector, workers=2)
    assert all(counts["rendered"] >= 0.95 * len(chosen) for counts in body["kinds"].values())
