"""Made-up faces: directions drawn at random, which are nobody's."""

from __future__ import annotations

import numpy as np

from teller_assist.comparison.searching import SearchProbe, SearchThreshold
from teller_assist.gallery.face_index import Vector

DIMENSION = 128
MODEL, PIPELINE = "made-up", "22" * 32
THRESHOLD = SearchThreshold(0.7, "1e-4", 9.9e-5, "made-up/live-archive/2026-01-01")


def face(seed: int) -> Vector:
    """Return one person's face; two seeds give strangers."""
    drawn = np.random.default_rng(seed).normal(size=DIMENSION)
    return np.asarray(drawn / np.linalg.norm(drawn), np.float32)


def probe(seed: int, *, model_id: str = MODEL, pipeline_sha256: str = PIPELINE) -> SearchProbe:
    """Return one person's face as a station searches it."""
    return SearchProbe(face(seed), model_id, pipeline_sha256, THRESHOLD)
