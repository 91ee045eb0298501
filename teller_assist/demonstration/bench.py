"""Speed and memory of the stages that exist, on this machine, with one photograph that an installed package carries."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from teller_assist.app import Installation, open_installation
from teller_assist.demonstration.card_picture import draw_card_front
from teller_assist.demonstration.case_bench import time_cases
from teller_assist.demonstration.counter_bench import time_card_to_gauge, time_plugin_round_trip
from teller_assist.demonstration.customer_making import holders_path
from teller_assist.demonstration.customers import prepare_customers
from teller_assist.demonstration.window_bench import measure_window, window_can_be_shown
from teller_assist.errors import KnownError, PhotographsMissingError, ResourceError
from teller_assist.evaluation.photo_kinds import Rendering, prepare_portrait, render, rng_for
from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Picture
from teller_assist.pictures.decode import decode_picture
from teller_assist.wording import error_sentences, sentence
from teller_assist.workflow.opening import open_mesh_remover

LOAD_MAX = 1.5
RUNS = 50
WARM_UP_RUNS = 5
HELP_RUNS = 7
TRANSACTIONS = 20
SCANS = 20
_NUMBER = "190001199003150176"  # of nobody: 190001 is no division


def run_bench(*, anyway: bool) -> dict[str, Any]:
    """Measure every stage and return the body of a bench/1 document.

    Parameters
    ----------
    anyway
        Measure on a busy machine, too.

    Raises
    ------
    ResourceError
        "machine_busy": others keep the machine busy, so a figure would say nothing.
    """
    load1_now = load1()
    if load1_now > LOAD_MAX and not anyway:
        raise ResourceError("machine_busy", load1=round(load1_now, 2), limit=LOAD_MAX)
    installation = open_installation()
    comparer, measurer = installation.comparer, installation.measurer
    limits = installation.picture_limits
    live, chip, mesh = _pictures(installation)
    probe = decode_picture(live.data, role="probe", limits=limits)
    reference = decode_picture(mesh.data, role="reference", limits=limits)

    def compare_files() -> None:
        comparer.compare(
            decode_picture(live.data, role="probe", limits=limits),
            decode_picture(chip.data, role="reference", limits=limits),
            probe_kind=PhotoKind.LIVE,
            reference_kind=PhotoKind.CHIP,
        )

    stages = {
        "comparison": _timed(compare_files, RUNS)
        | {"threads": 2, "what": "live 640x480 and chip 102x126 from file bytes, one thread each"},
        "decode": _timed(lambda: decode_picture(live.data, role="probe", limits=limits), RUNS),
        "detect": _timed(lambda: installation.detector.detect(probe), RUNS),
        **_stages_of(lambda: measurer.measure(probe).latency_ms, ("features", "quality")),
        **_demesh(installation, reference),
        "help": _timed(_run_help, HELP_RUNS) | {"what": "whole process, teller-assist --help"},
    }
    not_measured: list[dict[str, str]] = []
    stages |= _scans(installation, decode_picture(chip.data, role="reference", limits=limits), not_measured)
    stages |= _cases(installation, probe, reference)
    counter = _counter(installation, not_measured)
    window = _window(not_measured)
    return {
        "machine": {**machine_body(load1_now), "python": platform.python_version()},
        "stages": {**stages, **counter.stages},
        "window": {name: value for name, value in window.items() if name != "memory_peak_mb"},
        "memory_mb": _memory_mb(window, counter.processes_peak_mb, not_measured),
        "not_measured": not_measured,
    }


def _demesh(installation: Installation, photo: Picture) -> dict[str, dict[str, Any]]:
    """Time the removal of a mesh from a decoded photo: as the station does it, on one thread, and on two."""
    stages = {}
    for name, threads in (("demesh", 1), ("demesh_two_threads", 2)):
        remover = open_mesh_remover(installation.root, installation.model_store, threads=threads)
        stages[name] = _timed(lambda remover=remover: remover.read(photo), RUNS) | {"threads": threads, "what": "178x220"}  # type: ignore[misc]
    return stages


def _scans(installation: Installation, portrait: Picture, not_measured: list[dict[str, str]]) -> dict[str, dict[str, Any]]:
    """Time the reading of a front on a plain table, from the decoded scan to its fields."""
    holders = holders_path(installation.root)
    try:
        drawn = draw_card_front("林晓样", IdNumber.typed(_NUMBER), portrait.pixels, holders)
        scan = decode_picture(drawn, role="document", limits=installation.picture_limits)
        with installation.opened_document_reader() as (reader, identity):
            what = f"made-up front of {scan.width_px}x{scan.height_px} on a plain table, {identity.name}"
            return {"ocr_card": _timed(lambda: reader.read(scan), SCANS) | {"what": what}}
    except KnownError as error:  # no font, no environment for documents, no model
        not_measured.append({"stage": "ocr_card", "why": error_sentences(error).en})
        return {}


def _cases(installation: Installation, live: Picture, portrait: Picture) -> dict[str, dict[str, Any]]:
    seal_ms, acknowledged_ms = time_cases(installation, live, portrait, RUNS)
    return {
        "seal": _summary(seal_ms) | {"what": "case with three pictures, sealed and safe on the disk"},
        "case_acknowledged": _summary(acknowledged_ms) | {"what": "from the disk to the server's receipt, loopback"},
    }


def machine_body(load1: float) -> dict[str, Any]:
    """Return what a figure must not be without: the machine that it was measured on."""
    return {"cpu": _cpu_name(), "cores": os.cpu_count() or 0, "load1_at_start": round(load1, 2)}


def _pictures(installation: Installation) -> tuple[Rendering, Rendering, Rendering]:
    """Return a live picture, a chip portrait and a mesh photo of the astronaut that scikit-image carries."""
    data = resources.files("skimage").joinpath("data/astronaut.png").read_bytes()
    picture = decode_picture(data, role="probe", limits=installation.picture_limits)
    face = installation.detector.detect(picture)[0]
    portrait = prepare_portrait(picture.pixels, face.landmarks)
    live, chip, mesh = (
        render(portrait, kind, rng_for("astronaut", kind, 0)) for kind in (PhotoKind.LIVE, PhotoKind.CHIP, PhotoKind.MESH)
    )
    return live, chip, mesh


def _timed(action: Callable[[], object], runs: int) -> dict[str, Any]:
    for _ in range(min(WARM_UP_RUNS, runs)):
        action()
    times_ms = []
    for _ in range(runs):
        started_s = time.perf_counter()
        action()
        times_ms.append(1000 * (time.perf_counter() - started_s))
    return _summary(times_ms)


def _stages_of(measure: Callable[[], dict[str, float]], names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    taken = [measure() for _ in range(WARM_UP_RUNS + RUNS)][WARM_UP_RUNS:]
    return {name: _summary([latency_ms[name] for latency_ms in taken]) for name in names}


def _summary(times_ms: list[float]) -> dict[str, Any]:
    return {
        "n": len(times_ms),
        "median_ms": round(float(np.median(times_ms)), 2),
        "p95_ms": round(float(np.percentile(times_ms, 95)), 2),
    }


def _run_help() -> None:
    subprocess.run([sys.executable, "-m", "teller_assist", "--help"], check=True, capture_output=True)


def load1() -> float:
    """Return how busy the machine was within the last minute."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def _cpu_name() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


@dataclass(frozen=True)
class _Counter:
    """What the simulated counter's real processes gave; empty where there is no footage for it."""

    stages: dict[str, dict[str, Any]]
    processes_peak_mb: float | None


def _counter(installation: Installation, not_measured: list[dict[str, str]]) -> _Counter:
    try:
        customers = prepare_customers(installation.root, _say_progress)
    except PhotographsMissingError as error:
        told = error_sentences(error).en
        not_measured += [{"stage": stage, "why": told} for stage in ("plugin_round_trip", "card_to_gauge")]
        return _Counter({}, None)
    round_trips_ms = time_plugin_round_trip(installation, customers[0])
    waits_ms, processes_peak_mb = time_card_to_gauge(installation, customers[0], TRANSACTIONS)
    what = "simulated counter; from the later of card and consent, each of them last in every other transaction"
    stages = {
        "plugin_round_trip": _summary(round_trips_ms),
        "card_to_gauge": _summary(waits_ms) | {"card_last_median_ms": _median(waits_ms[1::2]), "what": what},
    }
    return _Counter(stages, processes_peak_mb)


def _window(not_measured: list[dict[str, str]]) -> dict[str, float]:
    if not window_can_be_shown():
        not_measured.append(_missing("window", "no_screen"))
        return {}
    try:
        beside = measure_window(hung_reader=True)
        hung = {f"hung_reader_{name}": beside[name] for name in ("preview_fps", "preview_longest_gap_ms")}
        return {**measure_window(), **hung}
    except subprocess.SubprocessError:  # a screen that is named but refuses windows; what it said stands on stderr
        not_measured.append(_missing("window", "window_failed"))
        return {}


def _memory_mb(window: dict[str, float], processes_peak_mb: float | None, not_measured: list[dict[str, str]]) -> dict[str, float]:
    """Return peak memory where the system tells it: of the window's process, and together with the plugins' processes."""
    if "memory_peak_mb" not in window or processes_peak_mb is None:
        why = "not_on_windows" if sys.platform == "win32" else "needs_window_and_counter"
        not_measured += [_missing(f"memory_mb.{name}", why) for name in ("window_process_peak", "station_total_peak")]
        return {}
    peak_mb = window["memory_peak_mb"]
    return {"window_process_peak": peak_mb, "station_total_peak": round(peak_mb + processes_peak_mb, 1)}


def _missing(stage: str, why: str) -> dict[str, str]:
    return {"stage": stage, "why": sentence("bench", why).en}


def _median(times_ms: list[float]) -> float:
    return round(float(np.median(times_ms)), 2)


def _say_progress(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
