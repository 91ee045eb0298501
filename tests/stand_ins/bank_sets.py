"""A bank's own evaluation set, made up: one face under noise that stands for a person."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest


def people(folder: Path, count: int) -> Path:
    """A set of development people: noise of their own on one face each, twice live and twice as a chip portrait."""
    folder.mkdir()
    face = cv2.imread(str(Path(pytest.importorskip("skimage").__file__).parent / "data" / "astronaut.png"))
    assert face is not None
    crop = np.asarray(cv2.resize(face[10:268, 120:329], (160, 198), interpolation=cv2.INTER_AREA)).astype(float)
    rows = []
    for person in range(count):
        random = np.random.default_rng(person)
        look = cv2.resize(random.normal(0, 25, (8, 8, 3)), (160, 198), interpolation=cv2.INTER_CUBIC)
        for photograph in range(2):
            pixels = np.clip(crop + look + random.normal(0, 4, crop.shape), 0, 255).astype(np.uint8)
            for kind in ("live", "chip"):
                name = f"{person}_{photograph}_{kind}.png"
                (folder / name).write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
                rows.append((name, f"p{person}", "dev", kind, f"{person}_{photograph}"))
    with (folder / "images.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("path", "identity", "split", "kind", "source"), *rows])
    return folder
