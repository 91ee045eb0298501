"""What taking the mesh out by classical means gains, beside the network that ships. By hand: about twenty minutes on two cores.

python scripts/compare_demesh.py --set DIR [--out FILE] [--network FILE --networks-only]

The set: ``evaluate simulate`` of LFW, kinds live, mesh, mesh_heavy and clean. People with two photographs or more, two each.
Settings of the classical ways and all thresholds come from its development people, rates from its test people. With ``--network``
another file of the network, one that was trained anew, stands beside the one that ships.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from teller_assist.app import Installation, open_installation
from teller_assist.errors import EvidenceError
from teller_assist.evaluation.sets import EvaluationSet, SetRow, Split, read_set
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Picture, Pixels
from teller_assist.face.mesh import MeshReading, MeshRemover, read_mesh_limits, working_size_px
from teller_assist.pictures.decode import read_picture
from teller_assist.settings.shipped import read_shipped
from teller_assist.workflow.opening import MESH_FILE

Array = npt.NDArray[np.float64]
Remover = Callable[[Pixels], Pixels]

WORKERS = 2
PHOTOGRAPHS_PER_PERSON = 2
MESH_KINDS = (PhotoKind.MESH, PhotoKind.MESH_HEAVY)
FMR = 1e-4
CHOOSING_PEOPLE = 150  # development people that settings are chosen on
LINE_STRENGTHS = (7.0, 10.0, 14.0, 19.0)  # grey levels from which on a filter's answer is a line
PEAK_RATIOS = (3.0, 5.0, 8.0)  # of a frequency to its ring's median from which on it belongs to a grating
GROWTHS = (0, 1)  # pixels a found line is made wider on each side
_ANGLES = 12
_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
_LOW_FREQUENCIES = 10  # cycles a picture: the face itself


def left_in(pixels: Pixels) -> Pixels:
    """Do nothing."""
    return pixels


def oriented(pixels: Pixels, *, strength: float, grow: int) -> Pixels:
    """Find dark lines with a bank of oriented filters and paint them over from their surroundings (Telea 2004)."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(np.float32)
    answers = np.max([cv2.filter2D(grey, cv2.CV_32F, kernel) for kernel in _line_filters()], axis=0)
    lines = cv2.dilate((answers >= strength).astype(np.uint8), _CROSS, iterations=grow)
    return np.asarray(cv2.inpaint(pixels, lines, 3, cv2.INPAINT_TELEA), np.uint8)


def notched(pixels: Pixels, *, ratio: float) -> Pixels:
    """Take out frequencies that stand out of their ring, colour by colour: periodic lines."""
    size = max(pixels.shape[:2])
    bottom, right = size - pixels.shape[0], size - pixels.shape[1]
    square = cv2.copyMakeBorder(pixels, 0, bottom, 0, right, cv2.BORDER_REFLECT_101).astype(np.float32)
    rows, columns = np.mgrid[0:size, 0:size]
    ring = np.rint(np.hypot(rows - size // 2, columns - size // 2)).astype(int)
    found = np.empty_like(square)
    for colour in range(3):
        spectrum = np.fft.fftshift(np.fft.fft2(square[:, :, colour]))
        loudness = np.abs(spectrum)
        usual = np.array([np.median(loudness[ring == radius]) for radius in range(ring.max() + 1)])[ring]
        peaks = (loudness > ratio * usual) & (ring > _LOW_FREQUENCIES)
        spectrum[peaks] *= usual[peaks] / loudness[peaks]
        found[:, :, colour] = np.real(np.fft.ifft2(np.fft.ifftshift(spectrum)))
    return np.rint(np.clip(found, 0, 255)).astype(np.uint8)[: pixels.shape[0], : pixels.shape[1]]


def both(pixels: Pixels, *, ratio: float, strength: float, grow: int) -> Pixels:
    """Take out peaks first, then paint over what is left."""
    return oriented(notched(pixels, ratio=ratio), strength=strength, grow=grow)


@dataclass(frozen=True)
class OtherNetwork:
    """A file of the network that does not ship; opened once in each worker."""

    file: Path

    def read(self, picture: Picture, installation: Installation) -> MeshReading:
        """Look for lines and take them out."""
        limits = read_mesh_limits(read_shipped(installation.root, MESH_FILE))
        return MeshRemover(_session(self.file), limits).read(picture)


@cache
def _session(file: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def _line_filters() -> list[npt.NDArray[np.float32]]:
    """Return filters of mean zero that answer to a dark line of about two pixels, one an angle."""
    y, x = np.mgrid[-8:9, -8:9].astype(np.float32)
    filters = []
    for angle in np.linspace(0, np.pi, _ANGLES, endpoint=False):
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        kernel = (across**2 / 1.5 - 1) * np.exp(-(across**2) / 3.0 - along**2 / 32.0)
        kernel -= kernel.mean()
        filters.append((kernel / np.abs(kernel).sum() * 2).astype(np.float32))
    return filters


@dataclass(frozen=True, eq=False)
class Measured:
    """Unit vectors behind the back-end, NaN where there are none, and whose photographs."""

    vectors: Array
    people: npt.NDArray[np.str_]
    sources: npt.NDArray[np.str_]


_installation: Installation | None = None


def _start_worker() -> None:
    global _installation
    cv2.setNumThreads(1)
    _installation = open_installation()


def _vector(path: Path, remover: Remover | OtherNetwork | None) -> Array:
    """Return what is compared of one photograph; a remover of None is the product's own."""
    installation = _installation
    if installation is None:
        raise RuntimeError("the worker was not started")
    picture = read_picture(path, role="set", limits=installation.picture_limits)
    back_end = installation.calibrations.back_end()
    measurer = installation.measurer
    try:
        if remover is None:
            features = measurer.measure_authority_photo(measurer.read_mesh(picture)).features
        elif isinstance(remover, OtherNetwork):
            features = measurer.measure_authority_photo(remover.read(picture, installation)).features
        elif remover is left_in:
            features = measurer.measure(picture).features
        else:
            size = working_size_px(picture.width_px, picture.height_px)
            restored = remover(np.asarray(cv2.resize(picture.pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8))
            without = Picture(restored, picture.file_format, picture.role)
            features = measurer.measure_authority_photo(MeshReading(1.0, 1.0, PhotoKind.MESH, picture, without)).features
    except EvidenceError:
        return np.full(1, np.nan)
    vector = features.vector.astype(np.float64)[np.newaxis]
    compared: Array = np.asarray(vector if back_end is None else back_end.project(vector), np.float64)[0]
    return compared


class Bench:
    """Measures and compares one set."""

    def __init__(self, the_set: EvaluationSet, workers: ProcessPoolExecutor) -> None:
        self._set, self._workers = the_set, workers
        self._rows = _chosen(the_set)
        self._live = {split: self.measured(self.rows(split, PhotoKind.LIVE), left_in) for split in Split}

    def rows(self, split: Split, kind: PhotoKind, *, people: int | None = None) -> list[SetRow]:
        """Return the chosen rows of a split and kind, of its first people only where a number is given."""
        names = sorted({row.identity for row in self._rows if row.split is split})[:people]
        return [row for row in self._rows if row.split is split and row.kind is kind and row.identity in names]

    def development(self) -> dict[str, int]:
        """Return how many development people and photographs the thresholds come from, and the settings."""
        rows = self.rows(Split.DEV, PhotoKind.LIVE)
        return {"people": len({row.identity for row in rows}), "photographs": len(rows), "people_for_settings": CHOOSING_PEOPLE}

    def measured(self, rows: Sequence[SetRow], remover: Remover | OtherNetwork | None) -> Measured:
        """Measure photographs."""
        paths = [self._set.file(row) for row in rows]
        found = list(self._workers.map(_vector, paths, [remover] * len(paths), chunksize=8))
        dimension = max(one.size for one in found)
        vectors = np.array([one if one.size == dimension else np.full(dimension, np.nan) for one in found])
        return Measured(vectors, np.array([row.identity for row in rows]), np.array([row.source for row in rows]))

    def pass_rate(self, dev: Measured, test: Measured, probes: Split = Split.TEST) -> dict[str, Any]:
        """Return how many test comparisons pass at the threshold of the development people."""
        non_mated = _scores(self._live[Split.DEV], dev)[1]
        threshold = float(np.sort(non_mated[np.isfinite(non_mated)])[-max(1, int(FMR * non_mated.size))])
        mated, others = _scores(self._live[probes], test)
        passed, errors = int((mated >= threshold).sum()), int((others >= threshold).sum())
        return {
            "passed": passed,
            "mated": mated.size,
            "pass_rate": round(passed / mated.size, 4),
            "failed_to_acquire": int(np.isnan(test.vectors[:, 0]).sum()),
            "photographs": len(test.people),
            "fmr_errors": errors,
            "non_mated": others.size,
        }

    def chosen_setting(self, ways: Sequence[tuple[dict[str, Any], Remover]]) -> tuple[dict[str, Any], Remover]:
        """Return the setting that passes most development people, both mesh kinds together."""
        passed = []
        for _, remover in ways:
            total = 0
            for kind in MESH_KINDS:
                some = self.measured(self.rows(Split.DEV, kind, people=CHOOSING_PEOPLE), remover)
                total += self.pass_rate(some, some, Split.DEV)["passed"]
            passed.append(total)
        return ways[int(np.argmax(passed))]


def _chosen(the_set: EvaluationSet) -> list[SetRow]:
    sources: dict[str, set[str]] = {}
    for row in sorted(the_set.rows, key=lambda row: row.source):
        known = sources.setdefault(row.identity, set())
        if len(known) < PHOTOGRAPHS_PER_PERSON:
            known.add(row.source)
    several = {person for person, known in sources.items() if len(known) == PHOTOGRAPHS_PER_PERSON}
    return [row for row in the_set.rows if row.identity in several and row.source in sources[row.identity] and not row.condition]


def _scores(probes: Measured, references: Measured) -> tuple[Array, Array]:
    scores = probes.vectors @ references.vectors.T
    same = probes.people[:, None] == references.people[None, :]
    other_photograph = probes.sources[:, None] != references.sources[None, :]
    return scores[same & other_photograph], scores[~same]


def _ways(bench: Bench, arguments: argparse.Namespace) -> dict[str, tuple[dict[str, Any], Remover | OtherNetwork | None]]:
    """Return the ways to compare, the classical ones with the settings that development people choose."""
    ways: dict[str, tuple[dict[str, Any], Remover | OtherNetwork | None]] = {"lines left in": ({}, left_in)}
    if not arguments.networks_only:
        lines, line_filter = bench.chosen_setting(
            [({"strength": v, "grow": g}, partial(oriented, strength=v, grow=g)) for v in LINE_STRENGTHS for g in GROWTHS]
        )
        peaks, notches = bench.chosen_setting([({"ratio": v}, partial(notched, ratio=v)) for v in PEAK_RATIOS])
        ways |= {
            "oriented filters and inpainting": (lines, line_filter),
            "frequency notches": (peaks, notches),
            "notches, filters and inpainting": (peaks | lines, partial(both, **peaks, **lines)),
        }
    ways["network"] = ({}, None)
    if arguments.network is not None:
        sha256 = hashlib.sha256(arguments.network.read_bytes()).hexdigest()
        ways["network trained again"] = ({"sha256": sha256}, OtherNetwork(arguments.network.resolve()))
    return ways


def main() -> int:
    """Choose settings, measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", type=Path, required=True, help="a simulated set with development and test people")
    parser.add_argument("--out", type=Path, help="file for the figures")
    parser.add_argument("--network", type=Path, help="another file of the network, to stand beside the one that ships")
    parser.add_argument("--networks-only", action="store_true", help="leave the classical ways out")
    arguments = parser.parse_args()
    if arguments.network is not None and not arguments.network.is_file():
        parser.error(f"there is no file {arguments.network}")
    rows = []
    with ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn"), _start_worker) as workers:
        bench = Bench(read_set(arguments.set), workers)
        ways = _ways(bench, arguments)
        for kind in (*MESH_KINDS, PhotoKind.CLEAN):
            for name, (setting, remover) in ways.items():
                if kind is PhotoKind.CLEAN and name not in ("lines left in", "network", "network trained again"):
                    continue
                dev, test = (bench.measured(bench.rows(split, kind), remover) for split in Split)
                rows.append({"kind": kind.value, "way": name, **setting, **bench.pass_rate(dev, test)})
                print(json.dumps(rows[-1]), flush=True)
    if arguments.out is not None:
        document = {
            "schema": "compare-demesh/1",
            "script": "scripts/compare_demesh.py",
            "photo_kinds": "simulated",
            "fmr": FMR,
            "development": bench.development(),
        }
        arguments.out.write_text(json.dumps(document | {"rows": rows}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
