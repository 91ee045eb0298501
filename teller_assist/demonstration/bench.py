"""Speed and memory of the stages that exist, on this machine, with one photograph that an installed package carries."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from teller_assist.app import Installation, open_installation
from teller_assist.errors import ResourceError
from teller_assist.evaluation.photo_kinds import Rendering, prepare_portrait, render, rng_for
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.face.mesh import mesh_heaviness
from teller_assist.pictures.decode import decode_picture
from teller_assist.wording import sentence

LOAD_MAX = 1.5
RUNS = 50
WARM_UP_RUNS = 5
HELP_RUNS = 7
NOT_BUILT = (
    "demesh",
    "card_to_gauge",
    "ocr_card",
    "seal",
    "plugin_round_trip",
    "window.first_paint_ms",
    "window.preview_fps",
    "window.preview_cpu_percent_of_core",
    "memory_mb.station_total_peak",
)


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
    load1 = _load1()
    if load1 > LOAD_MAX and not anyway:
        raise ResourceError("machine_busy", load1=round(load1, 2), limit=LOAD_MAX)
    started_s = time.perf_counter()
    installation = open_installation()
    comparer, measurer = installation.comparer, installation.measurer
    models_ready_ms = 1000 * (time.perf_counter() - started_s)
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
        "mesh_heaviness": _timed(lambda: mesh_heaviness(reference), RUNS),
        "help": _timed(_run_help, HELP_RUNS) | {"what": "whole process, teller-assist --help"},
    }
    return {
        "machine": {
            "cpu": _cpu_name(),
            "cores": os.cpu_count() or 0,
            "load1_at_start": round(load1, 2),
            "python": platform.python_version(),
        },
        "stages": stages,
        "window": {"models_ready_ms": round(models_ready_ms, 1)},
        **_memory(),
    }


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


def _load1() -> float:
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def _cpu_name() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _memory() -> dict[str, Any]:
    """Return the peak memory of this process where the system tells it, and what is not measured."""
    not_measured = [{"stage": stage, "why": sentence("bench", "not_built").en} for stage in NOT_BUILT]
    if sys.platform == "win32":
        not_measured.append({"stage": "memory_mb.window_process_peak", "why": sentence("bench", "not_on_windows").en})
        return {"memory_mb": {}, "not_measured": not_measured}
    import resource

    peak_mb = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    return {"memory_mb": {"window_process_peak": peak_mb}, "not_measured": not_measured}
