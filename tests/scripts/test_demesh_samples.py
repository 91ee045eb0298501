"""What the mesh remover is trained on: photographs nobody is compared by, and samples that a seed decides."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from demesh_training import samples

from teller_assist.app import Installation
from teller_assist.evidence.pictures import Picture
from teller_assist.face.alignment import TEMPLATE


@pytest.fixture
def lfw(tmp_path: Path, astronaut: Picture) -> Path:
    """One development person with one photograph, one with two, and a test person; and a photograph without a face."""
    rows = [
        ("a/1.png", "ann", "dev"), ("b/1.png", "bob", "dev"), ("b/2.png", "bob", "dev"), ("c/1.png", "cyd", "test"),
        ("d/1.png", "dan", "dev"),
    ]  # fmt: skip
    for path, _, _ in rows:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        pixels = np.full((250, 250, 3), 99, np.uint8) if path.startswith("d") else astronaut.pixels[:250, 95:345]
        (tmp_path / path).write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    with (tmp_path / "images.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("path", "identity", "split", "kind", "source")])
        csv.writer(file).writerows([(path, name, split, "archive", path) for path, name, split in rows])
    return tmp_path


def test_only_development_people_with_one_photograph_are_trained_on(lfw: Path) -> None:
    assert [path.relative_to(lfw).as_posix() for path in samples.single_photographs(lfw)] == ["a/1.png", "d/1.png"]


@pytest.mark.full
def test_the_seed_decides_the_samples(lfw: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "WORKERS", 1)
    photographs = samples.single_photographs(lfw)
    drawn = [
        samples.draw_pool(photographs, 6, seed, installation.detector_setup, installation.picture_limits) for seed in (1, 1, 2)
    ]
    first, again, other = drawn
    for name in ("mesh", "clean", "cover", "to_template"):
        assert np.array_equal(getattr(first, name), getattr(again, name))
    assert not np.array_equal(first.mesh, other.mesh)
    assert first.mesh.shape == first.clean.shape == (6, 220, 178, 3)
    assert first.cover.shape == (6, 220, 178)
    changed = np.abs(first.mesh.astype(int) - first.clean).mean(axis=3)
    lined = [number for number in range(6) if first.cover[number].max() > 60]
    assert lined, "most samples have lines"
    for number in lined:
        hidden = first.cover[number] > 60
        assert changed[number][hidden].mean() > changed[number][first.cover[number] == 0].mean()


@pytest.mark.full
def test_the_face_of_a_sample_lies_where_its_matrix_says(
    lfw: Path, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples, "WORKERS", 1)
    photographs = samples.single_photographs(lfw)
    pool = samples.draw_pool(photographs, 3, 5, installation.detector_setup, installation.picture_limits)
    for clean, matrix in zip(pool.clean, pool.to_template, strict=True):
        found = installation.detector.detect(Picture(clean, "frame", "set"))[0].landmarks
        in_frame = found @ matrix[:, :2].T + matrix[:, 2]
        assert np.abs(in_frame - TEMPLATE).max() < 9, "pixels of 112"
