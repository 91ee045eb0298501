"""Render a set of archive photographs into photo kinds: the work behind ``evaluate simulate``.

The result depends on the set, the kinds, the split, the seed, the detector and the versions of OpenCV and NumPy; never on
the number of workers or on interruptions. Everything it makes is "simulated", see ``photo_kinds``.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from teller_assist.errors import SetError
from teller_assist.evaluation.photo_kinds.mesh import LEVEL_OF
from teller_assist.evaluation.progress import ProgressLines
from teller_assist.evaluation.sets import EvaluationSet, Split
from teller_assist.evaluation.simulation_folder import claim_folder, rendered_row, target_names, write_images_csv
from teller_assist.evaluation.simulation_worker import (
    DetectorSetup,
    Renderer,
    RenderResult,
    RenderTask,
    Target,
    run_in_worker,
    start_worker,
    target_of,
)
from teller_assist.evidence.kinds import Condition, LineShape, PhotoKind
from teller_assist.pictures.decode import PictureLimits

# Raise it whenever a change of code changes a rendering: an interrupted run must not be continued by other code.
RENDERING_VERSION = 2


@dataclass(frozen=True)
class SimulationOrder:
    """What to render.

    Attributes
    ----------
    kinds
        At least one; archive copies the photographs unchanged. Their order does not matter.
    split
        Only the people of this split; all when None.
    workers
        Processes, one thread each; 1 renders in this process.
    conditions
        A live rendering of every photograph under each of these, besides the kinds.
    line_shapes
        A medium and a heavy mesh rendering of every photograph with lines of each of these, besides.
    """

    kinds: frozenset[PhotoKind]
    seed: int
    split: Split | None = None
    workers: int = 2
    conditions: frozenset[Condition] = frozenset()
    line_shapes: frozenset[LineShape] = frozenset()


def simulate_set(
    archive: EvaluationSet,
    out: Path,
    order: SimulationOrder,
    detector: DetectorSetup,
    limits: PictureLimits,
    progress: Callable[[str], None],
) -> dict[str, Any]:
    """Render the set's archive photographs and write them as a new set.

    Parameters
    ----------
    archive
        Rows of other kinds than archive are passed over and counted.
    out
        New or empty, or left by an interrupted run of the same order.
    progress
        Gets a line every few seconds.

    Returns
    -------
    The body of an evaluate-simulate/1 document. Photographs without a face are listed, not rendered (but copied for the
    kind archive); so are photographs that cannot be read, with the reason.

    Raises
    ------
    SetError
        No archive photograph to render; or the output folder is taken.
    ResourceError
        The output folder cannot be written.
    """
    started_s = time.monotonic()
    tasks = _tasks(archive, order)
    claim_folder(out, _plan(archive, order, detector))
    results = list(_with_progress(_results(tasks, archive.root, out, order, detector, limits), len(tasks), progress))
    write_images_csv(
        out,
        (
            rendered_row(task.row, target.kind, target.path, target.condition or "")
            for task, result in zip(tasks, results, strict=True)
            for target in result.rendered
        ),
    )
    passed_over = len(archive.select(split=order.split)) - len(tasks)
    body = _document_body(tasks, results)
    body["set"] = {"images_csv_sha256": archive.images_csv_sha256, "images": len(tasks), "not_archive": passed_over}
    return body | {"seed": order.seed, "opencv": cv2.__version__, "wall_s": round(time.monotonic() - started_s, 1)}


def _tasks(archive: EvaluationSet, order: SimulationOrder) -> list[RenderTask]:
    rows = archive.select(kind=PhotoKind.ARCHIVE, split=order.split)
    if not rows:
        raise SetError("set_invalid", why="no_archive_photographs")
    names = target_names(rows)
    kinds = [kind for kind in PhotoKind if kind in order.kinds]
    altered = [condition for condition in Condition if condition in order.conditions]
    shapes = [shape for shape in LineShape if shape in order.line_shapes]
    return [
        RenderTask(
            row,
            (
                *(target_of(row, names[row.path], kind) for kind in kinds),
                *(target_of(row, names[row.path], PhotoKind.LIVE, condition) for condition in altered),
                *(target_of(row, names[row.path], kind, shape) for shape in shapes for kind in LEVEL_OF),
            ),
        )
        for row in rows
    ]


def _plan(archive: EvaluationSet, order: SimulationOrder, detector: DetectorSetup) -> dict[str, Any]:
    plan: dict[str, Any] = {
        "schema": "simulation/1",
        "rendering_version": RENDERING_VERSION,
        "images_csv_sha256": archive.images_csv_sha256,
        "kinds": sorted(order.kinds),
        "split": order.split or "all",
        "seed": order.seed,
        "detector_sha256": hashlib.sha256(detector.model).hexdigest(),
        "detector_side_px": detector.side_px,
        "detector_score_min": detector.score_min,
        "opencv": cv2.__version__,
        "numpy": np.__version__,
    }
    if order.conditions:
        plan["conditions"] = sorted(order.conditions)
    if order.line_shapes:
        plan["line_shapes"] = sorted(order.line_shapes)
    return plan


def _results(
    tasks: Sequence[RenderTask],
    set_root: Path,
    out: Path,
    order: SimulationOrder,
    detector: DetectorSetup,
    limits: PictureLimits,
) -> Iterator[RenderResult]:
    """Yield one result per task, in their order."""
    setup = (set_root, out, order.seed, detector, limits)
    if order.workers == 1:
        yield from map(Renderer(*setup).run, tasks)
        return
    with ExitStack() as stack:
        # Spawned, not forked: a forked child would inherit OpenCV's threads in the middle of whatever they did.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(order.workers, context, start_worker, setup)
        stack.callback(pool.shutdown, cancel_futures=True)
        yield from pool.map(run_in_worker, tasks, chunksize=4)


def _with_progress(results: Iterator[RenderResult], total: int, progress: Callable[[str], None]) -> Iterator[RenderResult]:
    lines = ProgressLines("simulate", total, progress)
    for result in results:
        lines.step()
        yield result


def _document_body(tasks: Sequence[RenderTask], results: Sequence[RenderResult]) -> dict[str, Any]:
    kinds: dict[str, dict[str, int]] = {}
    conditions: dict[str, dict[str, int]] = {}
    for task, result in zip(tasks, results, strict=True):
        for target in task.targets:
            name = target.kind.value if target.condition is None else _altered_name(target)
            counted = kinds if target.condition is None else conditions
            counts = counted.setdefault(name, {"rendered": 0, "no_face": 0, "unreadable": 0})
            outcome = "rendered" if target in result.rendered else "unreadable" if result.unreadable else "no_face"
            counts[outcome] += 1
    pairs = list(zip(tasks, results, strict=True))
    return {
        "kinds": kinds,
        "conditions": conditions,
        "no_face": [task.row.path for task, result in pairs if result.no_face],
        "unreadable": [{"path": task.row.path, "reason": result.unreadable} for task, result in pairs if result.unreadable],
    }


def _altered_name(target: Target) -> str:
    """Return the condition's name; the kind stands before the shape of its lines."""
    shaped = isinstance(target.condition, LineShape)
    return f"{target.kind}_{target.condition}" if shaped else str(target.condition)
