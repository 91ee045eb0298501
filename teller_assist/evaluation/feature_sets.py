"""Features of every photograph of a set, measured on two cores and kept between runs."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from teller_assist.comparison.back_end import BackEnd
from teller_assist.comparison.fitting import FeatureRows
from teller_assist.errors import BugError, EvidenceError, PictureError, SetError
from teller_assist.evaluation.feature_cache import MeasuredRow, Vector, open_cache
from teller_assist.evaluation.progress import ProgressLines
from teller_assist.evaluation.sets import EvaluationSet, SetRow
from teller_assist.evaluation.worker_process import tie_to_parent
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.measurements import ADVICE_BY_LAYOUT, AssessedQuality, FaceMeasurement
from teller_assist.model_files.store import open_store
from teller_assist.pictures.decode import PictureLimits, read_picture
from teller_assist.settings.schema import FaceSettings
from teller_assist.settings.shipped import read_shipped
from teller_assist.workflow.comparing import AUTHORITY_KINDS
from teller_assist.workflow.opening import QUALITY_FILE, open_measurer

WORKERS = 2
MEASURING_VERSION = 3  # raise it whenever a change of code changes what is kept
_CHUNK = 8
_KEPT_AT_ONCE = 64
_NO_HEAVINESS = float("nan")


@dataclass(frozen=True)
class MeasuringSetup:
    """What a worker process opens its models from."""

    root: Path
    settings: FaceSettings
    limits: PictureLimits
    features_sha256: str


@dataclass(frozen=True, eq=False)
class MeasuredSet:
    """All rows of a set with what was measured on them, in the set's order.

    Attributes
    ----------
    from_cache
        How many of them an earlier run had measured.
    """

    rows: tuple[SetRow, ...]
    measured: tuple[MeasuredRow, ...]
    from_cache: int = 0

    def select(self, wanted: Callable[[SetRow], bool]) -> MeasuredSet:
        """Return some of the rows, in the same order."""
        chosen = [(row, one) for row, one in zip(self.rows, self.measured, strict=True) if wanted(row)]
        return MeasuredSet(tuple(row for row, _ in chosen), tuple(one for _, one in chosen))

    def behind(self, back_end: BackEnd | None) -> MeasuredSet:
        """Return the same rows with what is compared in the place of their features; themselves without a back-end."""
        if back_end is None:
            return self
        measured = tuple(
            replace(one, vector=_projected(back_end, one.vector), with_lines=_projected(back_end, one.with_lines))
            for one in self.measured
        )
        return MeasuredSet(self.rows, measured, self.from_cache)

    def with_lines_left_in(self) -> MeasuredSet:
        """Return the same rows as they are without the removal of meshes; a photograph without a face then has failed."""
        measured = tuple(
            one
            if not one.had_lines
            else replace(one, vector=one.with_lines, failure="" if one.with_lines.size else "not_assessable")
            for one in self.measured
        )
        return MeasuredSet(self.rows, measured, self.from_cache)

    def feature_rows(self, kind: PhotoKind) -> FeatureRows:
        """Return the rows of one kind as the fitting takes them; equal numbers mean equal identity and equal source."""
        everything = self.all_feature_rows()
        chosen = np.array([row.kind is kind for row in self.rows], np.bool_)
        return FeatureRows(
            everything.vectors[chosen], everything.acquired[chosen], everything.identities[chosen], everything.sources[chosen]
        )

    def all_feature_rows(self) -> FeatureRows:
        """Return every row as the fitting takes them."""
        people = _numbers(self.rows, lambda row: row.identity)
        sources = _numbers(self.rows, lambda row: row.source)
        vectors = np.zeros((len(self.rows), max((one.vector.size for one in self.measured), default=0)))
        for index, one in enumerate(self.measured):
            if not one.failure:
                vectors[index] = one.vector
        return FeatureRows(
            vectors=vectors,
            acquired=np.array([not one.failure for one in self.measured], np.bool_),
            identities=np.array([people[row.identity] for row in self.rows], np.int64),
            sources=np.array([sources[row.source] for row in self.rows], np.int64),
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
    """Measure every photograph of a set, but those that an earlier run measured with the same pipeline.

    Parameters
    ----------
    cache
        Folder of the kept features. They are biometric data: it belongs to evaluation machines with research data only.
    progress
        Gets a line every few seconds, see ``ProgressLines``.

    Raises
    ------
    ResourceError
        The cache cannot be written.
    SetError
        A photograph is gone.
    """
    with open_cache(cache) as kept:
        quality = hashlib.sha256(read_shipped(setup.root, QUALITY_FILE)).hexdigest()
        keys = [_key(the_set, row, f"{MEASURING_VERSION} {setup.features_sha256} {quality}") for row in the_set.rows]
        found = kept.find(keys)
        from_cache = sum(key in found for key in keys)
        lacking = {key: row for key, row in zip(keys, the_set.rows, strict=True) if key not in found}
        lines = ProgressLines("measure", len(lacking), progress)
        batch: dict[str, MeasuredRow] = {}
        for key, one in zip(lacking, _measured(list(lacking.values()), the_set.root, setup), strict=True):
            batch[key] = one
            if len(batch) == _KEPT_AT_ONCE:
                kept.keep(batch)
                found |= batch
                batch = {}
            lines.step()
        kept.keep(batch)
        found |= batch
    return MeasuredSet(the_set.rows, tuple(found[key] for key in keys), from_cache)


def _measured(rows: list[SetRow], root: Path, setup: MeasuringSetup) -> Iterator[MeasuredRow]:
    if not rows:
        return
    with ExitStack() as stack:
        pool = ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn"), _start_worker, (setup, root))
        stack.callback(pool.shutdown, cancel_futures=True)
        yield from pool.map(_measure_in_worker, rows, chunksize=_CHUNK)


def _key(the_set: EvaluationSet, row: SetRow, measured_with: str) -> str:
    """Name one measurement: what measures, the picture's bytes and what its kind has measured besides."""
    try:
        content = hashlib.sha256(the_set.file(row).read_bytes()).hexdigest()
    except OSError as error:
        raise SetError("set_invalid", why="picture_missing") from error
    parts = (measured_with, content, "weighed" if row.kind in AUTHORITY_KINDS else "")
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:40]


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
        if row.kind not in AUTHORITY_KINDS:
            return self._measured(lambda: self._measurer.measure(picture), _NO_HEAVINESS)
        mesh = self._measurer.read_mesh(picture)
        one = self._measured(lambda: self._measurer.measure_authority_photo(mesh), mesh.heaviness)
        if not mesh.has_lines:
            return one
        as_it_came = self._measured(lambda: self._measurer.measure(picture), mesh.heaviness)
        return replace(one, had_lines=True, with_lines=as_it_came.vector)

    def _measured(self, measure: Callable[[], FaceMeasurement], heaviness: float) -> MeasuredRow:
        try:
            face = measure()
        except EvidenceError as error:
            return MeasuredRow(np.zeros(0, np.float32), error.reason, heaviness)
        quality = {one.name.value: one.value for one in face.quality if isinstance(one, AssessedQuality)}
        return MeasuredRow(face.features.vector, "", heaviness, quality, ADVICE_BY_LAYOUT in face.advice)


def _projected(back_end: BackEnd, vector: Vector) -> Vector:
    return back_end.project(vector[np.newaxis])[0] if vector.size else vector


_worker: _Worker | None = None


def _start_worker(setup: MeasuringSetup, set_root: Path) -> None:
    global _worker
    tie_to_parent()
    _worker = _Worker(setup, set_root)


def _measure_in_worker(row: SetRow) -> MeasuredRow:
    if _worker is None:
        raise BugError("a task came before its worker was started")
    return _worker.measure(row)
