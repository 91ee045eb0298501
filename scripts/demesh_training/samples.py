"""Draw training pictures: mesh photographs made from research photographs, and the truth about each.

Run by scripts/train_demesh.py with the product's own environment, because the lines are the product's: writes ``pool.npz`` and
the recognition model, ``recognition.onnx``, into a folder.

    .venv/bin/python scripts/demesh_training/samples.py LFW_FOLDER OUT_FOLDER COUNT SEED
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from teller_assist.app import open_installation
from teller_assist.evaluation.photo_kinds import Portrait, prepare_portrait
from teller_assist.evaluation.photo_kinds.mesh_variety import MeshSample, draw_sample
from teller_assist.evaluation.sets import SetRow, Split, read_set
from teller_assist.evaluation.simulation_worker import DetectorSetup
from teller_assist.evaluation.sitter import sitter_landmarks
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Pixels, Points
from teller_assist.face.alignment import TEMPLATE, similarity_transform
from teller_assist.face.detection import FaceDetector
from teller_assist.pictures.decode import PictureLimits, read_picture
from teller_assist.workflow.opening import EXTRACTOR_ID

SIZE_PX = (178, 220)
WITHOUT_LINES_SHARE = 0.2
WORKERS = 2

Bytes = npt.NDArray[np.uint8]


def single_photographs(root: Path) -> list[Path]:
    """Return the photographs of development people of whom the set has one only.

    No mated comparison of any calibration or evaluation can then show a photograph that the network was trained on.
    """
    lfw = read_set(root)
    rows: dict[str, list[SetRow]] = {}
    for row in lfw.select(kind=PhotoKind.ARCHIVE, split=Split.DEV):
        rows.setdefault(row.identity, []).append(row)
    return sorted(lfw.file(one[0]) for one in rows.values() if len(one) == 1)


class Pool(NamedTuple):
    """Many samples of one size.

    Attributes
    ----------
    mesh, clean
        uint8, shape (n, 220, 178, 3), BGR.
    cover
        uint8, shape (n, 220, 178): how much of the pixel the lines hide, 0 to 255.
    to_template
        float32, shape (n, 2, 3): from pixels of the photograph to the recognition model's 112x112 frame.
    """

    mesh: Bytes
    clean: Bytes
    cover: Bytes
    to_template: npt.NDArray[np.float32]


def draw_pool(photographs: Sequence[Path], count: int, seed: int, detector: DetectorSetup, limits: PictureLimits) -> Pool:
    """Draw a pool of samples, every photograph about as often as any other; the same for the same seed."""
    tasks = [(photographs[index::WORKERS], range(index, count, WORKERS), seed, detector, limits) for index in range(WORKERS)]
    with ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn")) as workers:
        parts = list(workers.map(_draw_part, *zip(*tasks, strict=True)))
    return Pool(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _draw_part(
    photographs: Sequence[Path], numbers: Sequence[int], seed: int, detector_setup: DetectorSetup, limits: PictureLimits
) -> Pool:
    cv2.setNumThreads(1)
    detector = FaceDetector(detector_setup.model, side_px=detector_setup.side_px, score_min=detector_setup.score_min)
    portraits = [one for one in (_portrait(path, detector, limits) for path in photographs) if one is not None]
    width, height = SIZE_PX
    mesh, clean = (np.empty((len(numbers), height, width, 3), np.uint8) for _ in range(2))
    cover, to_template = np.empty((len(numbers), height, width), np.uint8), np.empty((len(numbers), 2, 3), np.float32)
    for place, number in enumerate(numbers):
        rng = np.random.default_rng([seed, number])
        sample = draw_sample(portraits[place % len(portraits)], rng, lines=bool(rng.random() >= WITHOUT_LINES_SHARE))
        mesh[place], clean[place] = _one_size(sample.rendering.pixels), _one_size(sample.clean)
        cover[place] = _one_size(np.rint(sample.cover * 255).astype(np.uint8))
        to_template[place] = similarity_transform(_landmarks(sample), TEMPLATE)
    return Pool(mesh, clean, cover, to_template)


def _portrait(path: Path, detector: FaceDetector, limits: PictureLimits) -> Portrait | None:
    """Return a portrait; None where there is no face to be seen."""
    picture = read_picture(path, role="set", limits=limits)
    faces = detector.detect(picture)
    return prepare_portrait(picture.pixels, sitter_landmarks(picture, faces)) if faces else None


def _one_size(pixels: Pixels) -> Bytes:
    shrinks = pixels.shape[1] > SIZE_PX[0]
    return np.asarray(cv2.resize(pixels, SIZE_PX, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.uint8)


def _landmarks(sample: MeshSample) -> Points:
    height, width = sample.clean.shape[:2]
    ratio = np.array([SIZE_PX[0] / width, SIZE_PX[1] / height], np.float32)
    return np.asarray((sample.landmarks + 0.5) * ratio - 0.5, np.float32)


def main() -> int:
    """Draw the pool and hand over the recognition model."""
    data, out, count, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    installation = open_installation()
    photographs = single_photographs(data)
    pool = draw_pool(photographs, count, seed, installation.detector_setup, installation.picture_limits)
    np.savez(out / "pool.npz", mesh=pool.mesh, clean=pool.clean, cover=pool.cover, to_template=pool.to_template)
    store = installation.model_store
    (out / "recognition.onnx").write_bytes(store.read_verified(store.manifest.entry(EXTRACTOR_ID)))
    print(f"{len(photographs)} photographs, {count} samples", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
