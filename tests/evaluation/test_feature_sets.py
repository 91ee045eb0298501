from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from teller_assist.app import Installation
from teller_assist.evaluation import feature_sets
from teller_assist.evaluation.feature_cache import MeasuredRow
from teller_assist.evaluation.feature_sets import MeasuredSet, MeasuringSetup, measure_set
from teller_assist.evaluation.sets import EvaluationSet, SetRow, Split, read_set
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Picture
from teller_assist.pictures.decode import read_picture

LIVE, CHIP, MESH = PhotoKind.LIVE, PhotoKind.CHIP, PhotoKind.MESH
NAN = float("nan")


def row(path: str, identity: str, kind: PhotoKind, source: str) -> SetRow:
    return SetRow(path, identity, Split.DEV, kind, source)


def vector(*numbers: float) -> np.ndarray:
    return np.array(numbers, np.float32)


@pytest.fixture
def measured() -> MeasuredSet:
    rows = (
        row("a1", "zoe", LIVE, "1"),
        row("b1", "adam", LIVE, "2"),
        row("a1c", "zoe", CHIP, "1"),
        row("a2c", "zoe", CHIP, "3"),
        row("b1m", "adam", MESH, "2"),
    )
    nothing = np.zeros(0, np.float32)
    return MeasuredSet(
        rows,
        (
            MeasuredRow(vector(1, 0), "", NAN),
            MeasuredRow(nothing, "no_face", NAN),
            MeasuredRow(vector(0, 1), "", NAN),
            MeasuredRow(vector(0.6, 0.8), "", NAN),
            MeasuredRow(nothing, "no_face", 0.25),
        ),
    )


def test_rows_of_a_kind_keep_their_order_and_say_what_failed(measured: MeasuredSet) -> None:
    live, chip = measured.feature_rows(LIVE), measured.feature_rows(CHIP)
    assert live.acquired.tolist() == [True, False]
    np.testing.assert_array_equal(chip.vectors, vector(0, 1, 0.6, 0.8).reshape(2, 2))
    assert live.vectors.shape == (2, 2)


def test_equal_numbers_mean_equal_people_and_photographs_across_kinds(measured: MeasuredSet) -> None:
    live, chip, mesh = (measured.feature_rows(kind) for kind in (LIVE, CHIP, MESH))
    assert live.identities[0] == chip.identities[0] == chip.identities[1]
    assert live.identities[1] == mesh.identities[0] != live.identities[0]
    assert live.sources[0] == chip.sources[0] != chip.sources[1]
    assert live.sources[1] == mesh.sources[0]


def test_failures_are_counted_by_reason_and_heaviness_is_of_the_kind(measured: MeasuredSet) -> None:
    assert measured.failures(LIVE) == {"no_face": 1}
    assert measured.failures(CHIP) == {}
    assert measured.heaviness(MESH).tolist() == [0.25]
    assert np.isnan(measured.heaviness(CHIP)).all()


def test_with_the_mesh_left_in_a_photograph_has_its_former_features_or_none() -> None:
    rows = tuple(row(name, name, MESH, name) for name in "abc")
    nothing = np.zeros(0, np.float32)
    measured = MeasuredSet(
        rows,
        (
            MeasuredRow(vector(1, 0), "", 0.1, had_lines=True, with_lines=vector(0, 1)),
            MeasuredRow(vector(1, 0), "", 0.1, had_lines=True, with_lines=nothing),
            MeasuredRow(vector(1, 0), "", 0.0),
        ),
    )
    before = measured.with_lines_left_in()
    assert [one.failure for one in before.measured] == ["", "not_assessable", ""]
    assert [one.vector.tolist() for one in before.measured] == [[0, 1], [], [1, 0]]


# ---------------------------------------------------------------- measuring, in worker processes


@pytest.fixture
def setup(installation: Installation) -> MeasuringSetup:
    return MeasuringSetup(
        installation.root, installation.settings.face, installation.picture_limits, installation.features_sha256
    )


@pytest.fixture
def photographs(tmp_path: Path, astronaut: Picture) -> EvaluationSet:
    """A face twice, one of them as a mesh photo; no face; and no picture at all."""
    root = tmp_path / "set"
    root.mkdir()
    small = np.asarray(cv2.resize(astronaut.pixels[10:268, 120:329], (178, 220), interpolation=cv2.INTER_AREA))
    small[::12] = small[::12] // 2  # a mesh of straight lines
    pictures = {"live.png": astronaut.pixels, "mesh.png": small, "blank.png": np.full((90, 90, 3), 99, np.uint8)}
    for name, pixels in pictures.items():
        (root / name).write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    (root / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    rows = [
        ("live.png", "a", "dev", "live", "1"),
        ("mesh.png", "a", "dev", "mesh", "1"),
        ("blank.png", "b", "dev", "live", "2"),
        ("broken.png", "c", "dev", "chip", "3"),
    ]
    with (root / "images.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("path", "identity", "split", "kind", "source"), *rows])
    return read_set(root)


@pytest.mark.full
def test_features_are_those_of_the_product_and_are_kept_for_the_next_run(
    photographs: EvaluationSet,
    setup: MeasuringSetup,
    installation: Installation,
    astronaut: Picture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    first = measure_set(photographs, setup, tmp_path / "kept", told.append)
    told_first = len(told)  # a machine that is slow is told on the way, too
    assert "4/4" in told[-1]
    assert "4/4" in told[0]
    assert [one.failure for one in first.measured] == ["", "", "no_face", "file_truncated"]
    np.testing.assert_array_equal(first.measured[0].vector, installation.measurer.measure(astronaut).features.vector)
    assert [np.isfinite(one.heaviness) for one in first.measured] == [False, True, False, False]
    mesh, photo = first.measured[1], read_picture(photographs.root / "mesh.png", role="set", limits=setup.limits)
    reading = installation.measurer.read_mesh(photo)
    np.testing.assert_array_equal(mesh.vector, installation.measurer.measure_authority_photo(reading).features.vector)
    np.testing.assert_array_equal(mesh.with_lines, installation.measurer.measure(photo).features.vector)
    assert (mesh.had_lines, mesh.by_layout) == (True, False)

    monkeypatch.setattr(feature_sets, "ProcessPoolExecutor", lambda *_: pytest.fail("nothing is measured twice"))
    again = measure_set(photographs, setup, tmp_path / "kept", told.append)
    assert len(told) == told_first
    for one, other in zip(first.measured, again.measured, strict=True):
        assert one.failure == other.failure
        np.testing.assert_array_equal(one.vector, other.vector)
        np.testing.assert_array_equal(one.heaviness, other.heaviness)
    np.testing.assert_array_equal(first.feature_rows(LIVE).vectors, again.feature_rows(LIVE).vectors)
