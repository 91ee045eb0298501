"""Features of every photograph of a set, measured on two cores and kept between runs."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from teller_assist.comparison.fitting import FeatureRows
from teller_assist.errors import BugError, EvidenceError, PictureError
from teller_assist.evaluation.sets import EvaluationSet, SetRow
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.face.mesh import mesh_heaviness
from teller_assist.model_files.store import open_store
from teller_assist.pictures.decode import PictureLimits, read_picture
from teller_assist.settings.schema import FaceSettings
from teller_assist.workflow.opening import open_measurer

WORKERS = 2
MEASURING_VERSION = 1  # raise it whenever a change of code changes what is kept
_PROGRESS_EVERY = 500
_NO_HEAVINESS = float("nan")


@dataclass(frozen=True)
class MeasuringSetup:
    """What a worker process opens its models from."""

    root: Path
    settings: FaceSettings
    limits: PictureLimits
    pipeline_sha256: str


@dataclass(frozen=True, eq=False)
class MeasuredRow:
    """One photograph's features, or the reason why there are none.

    Attributes
    ----------
    vector
        float32, shape (dimension,); empty when not acquired.
    failure
        Reason code; empty when acquired.
    heaviness
        Of its mesh, for mesh photos; NaN for others.
    """

    vector: npt.NDArray[np.float32]
    failure: str
    heaviness: float


@dataclass(frozen=True, eq=False)
class MeasuredSet:
    """All rows of a set with what was measured on them, in the set's order."""

    rows: tuple[SetRow, ...]
    measured: tuple[MeasuredRow, ...]

    def feature_rows(self, kind: PhotoKind) -> FeatureRows:
        """Return the rows of one kind as the fitting takes them; equal numbers mean equal identity and equal source."""
        chosen = [(row, one) for row, one in zip(self.rows, self.measured, strict=True) if row.kind is kind]
        people = _numbers(self.rows, lambda row: row.identity)
        sources = _numbers(self.rows, lambda row: row.source)
        dimension = max(one.vector.size for one in self.measured)
        vectors = np.zeros((len(chosen), dimension), np.float32)
        for index, (_, one) in enumerate(chosen):
            if not one.failure:
                vectors[index] = one.vector
        return FeatureRows(
            vectors=vectors,
            acquired=np.array([not one.failure for _, one in chosen], np.bool_),
            identities=np.array([people[row.identity] for row, _ in chosen], np.int64),
            sources=np.array([sources[row.source] for row, _ in chosen], np.int64),
        )

    def failures(self, kind: PhotoKind) -> dict[str, int]:
        """Return how many photographs of a kind could not be measured, by reason."""
        counts: dict[str, int] = {}
        for row, one in zip(self.rows, self.measured, strict=True):
            if row.kind is kind and one.failure:
                counts[one.failure] = counts.get(one.failure, 0) + 1
        return counts

    def heaviness(self, kind: PhotoKind) -> npt.NDArray[np.float64]:
        """Return the mesh heaviness of every photograph of a kind."""
        return np.array([one.heaviness for row, one in zip(self.rows, self.measured, strict=True) if row.kind is kind])


def measure_set(the_set: EvaluationSet, setup: MeasuringSetup, cache: Path, progress: Callable[[str], None]) -> MeasuredSet:
    """Measure every photograph of a set, or take what an earlier run measured with the same pipeline.

    Parameters
    ----------
    cache
        Folder of the kept features. They are biometric data: it belongs to evaluation machines with research data only.
    """
    kept = cache / f"{_cache_key(the_set, setup)}.npz"
    if kept.is_file():
        return MeasuredSet(the_set.rows, _read_kept(kept))
    measured: list[MeasuredRow] = []
    with ExitStack() as stack:
        pool = ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn"), _start_worker, (setup, the_set.root))
        stack.callback(pool.shutdown, cancel_futures=True)
        for one in pool.map(_measure_in_worker, the_set.rows, chunksize=16):
            measured.append(one)
            if len(measured) % _PROGRESS_EVERY == 0 or len(measured) == len(the_set.rows):
                progress(f"measured {len(measured)}/{len(the_set.rows)}")
    cache.mkdir(parents=True, exist_ok=True)
    _keep(kept, measured)
    return MeasuredSet(the_set.rows, tuple(measured))


def _cache_key(the_set: EvaluationSet, setup: MeasuringSetup) -> str:
    """Name what was measured: the pipeline, this code, and every row with its file's size and time of writing."""
    parts = [str(MEASURING_VERSION), setup.pipeline_sha256]
    for row in the_set.rows:
        status = the_set.file(row).stat()
        parts.append(f"{row.path} {row.kind} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _keep(path: Path, measured: Sequence[MeasuredRow]) -> None:
    dimension = max(one.vector.size for one in measured)
    vectors = np.stack([one.vector if one.vector.size else np.zeros(dimension, np.float32) for one in measured])
    part = path.with_suffix(".part.npz")
    np.savez(
        part,
        vectors=vectors,
        failures=np.array([one.failure for one in measured]),
        heaviness=np.array([one.heaviness for one in measured]),
    )
    part.replace(path)


def _read_kept(path: Path) -> tuple[MeasuredRow, ...]:
    with np.load(path, allow_pickle=False) as kept:
        vectors, failures, heaviness = kept["vectors"], kept["failures"], kept["heaviness"]
    empty = np.zeros(0, np.float32)
    return tuple(
        MeasuredRow(empty if failure else vector, str(failure), float(heavy))
        for vector, failure, heavy in zip(vectors, failures, heaviness, strict=True)
    )


def _numbers(rows: Sequence[SetRow], key: Callable[[SetRow], str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted({key(row) for row in rows}))}


class _Worker:
    def __init__(self, setup: MeasuringSetup, set_root: Path) -> None:
        self._setup, self._set_root = setup, set_root
        self._measurer = open_measurer(setup.root, open_store(setup.root), setup.settings)

    def measure(self, row: SetRow) -> MeasuredRow:
        try:
            picture = read_picture(self._set_root / row.path, role="set", limits=self._setup.limits)
        except PictureError as error:
            return MeasuredRow(np.zeros(0, np.float32), error.reason, _NO_HEAVINESS)
        mesh = row.kind in (PhotoKind.MESH, PhotoKind.MESH_HEAVY, PhotoKind.CLEAN)
        heaviness = mesh_heaviness(picture) if mesh else _NO_HEAVINESS
        try:
            return MeasuredRow(self._measurer.measure(picture).features.vector, "", heaviness)
        except EvidenceError as error:
            return MeasuredRow(np.zeros(0, np.float32), error.reason, heaviness)


_worker: _Worker | None = None


def _start_worker(setup: MeasuringSetup, set_root: Path) -> None:
    global _worker
    _worker = _Worker(setup, set_root)


def _measure_in_worker(row: SetRow) -> MeasuredRow:
    if _worker is None:
        raise BugError("a task came before its worker was started")
    return _worker.measure(row)
