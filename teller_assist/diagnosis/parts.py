"""The parts of the report: what is looked at, and what about it may leave the bank in an e-mail."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from teller_assist import __version__
from teller_assist.app import Installation, open_installation
from teller_assist.comparison.calibration_shelf import CalibrationShelf
from teller_assist.diagnosis.branch import look_at_branch
from teller_assist.diagnosis.counter import look_at_counter
from teller_assist.diagnosis.documents import look_at_documents
from teller_assist.diagnosis.netcheck import look_at_netcheck
from teller_assist.diagnosis.plugin_processes import look_at_plugin_processes
from teller_assist.diagnosis.report import Finding, Look, PartState
from teller_assist.diagnosis.training import look_at_training
from teller_assist.errors import CalibrationMissingError, Fact, SettingsFileError
from teller_assist.evaluation.factory_calibration import PAIRS
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.model_files.sessions import checked_state
from teller_assist.model_files.store import ModelState
from teller_assist.settings.schema import Origin, schema
from teller_assist.settings.shipped import read_shipped, shipped_pins
from teller_assist.ui.qt_environment import clean

FREE_DISK_MIN_GB = 1.0
WINDOW_TIMEOUT_S = 20.0
_PACKAGES = (
    "PyQt5", "opencv-python", "onnxruntime", "insightface", "numpy", "pillow", "requests", "keyring", "pyscard", "python-sane",
)  # fmt: skip
# A shipped plugin that this machine cannot run and need not: whether one that the site chose is usable has a part of its own.
_NOT_FOR_THIS_MACHINE = {"wrong_platform", "pyscard_missing", "python_sane_missing"}
_OPENCV_PACKAGES = (
    "opencv-python",
    "opencv-contrib-python",
    "opencv-python-headless",
    "opencv-contrib-python-headless",
)


def parts() -> dict[str, Look]:
    """Return every part of the report in its order."""
    return {
        "product": _product,
        "machine": _machine,
        "packages": _packages,
        "documents_environment": look_at_documents,
        "shipped_files": _shipped_files,
        "settings": _settings,
        "models": _models,
        "calibrations": _calibrations,
        "window": _window,
        "device_plugins": _device_plugins,
        "plugin_processes": look_at_plugin_processes,
        "counter_plugins": look_at_counter,
        "card_readers": _card_readers,
        "sane_scanners": _sane_scanners,
        "branch": look_at_branch,
        "netcheck": look_at_netcheck,
        "training": look_at_training,
    }


def _product() -> Finding:
    root = open_installation().root
    facts: dict[str, Fact] = {
        "version": __version__,
        "home_overridden": "TELLER_ASSIST_HOME" in os.environ,
        "folder_writable": os.access(root / "models", os.W_OK),
    }
    return Finding(PartState.READY, facts)


def _machine() -> Finding:
    free_gb = shutil.disk_usage(open_installation().root).free / 1e9
    facts: dict[str, Fact] = {
        "system": f"{platform.system()} {platform.release()}",
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "cores": os.cpu_count() or 0,
        "free_disk_gb": round(free_gb, 1),
    }
    if free_gb < FREE_DISK_MIN_GB:
        return Finding(PartState.ATTENTION, facts, (("doctor", "disk_nearly_full"),))
    return Finding(PartState.READY, facts)


def _packages() -> Finding:
    versions = _installed_versions()
    owners = [name for name in _OPENCV_PACKAGES if name in versions]
    facts: dict[str, Fact] = {name: versions.get(name, "-") for name in _PACKAGES} | {"opencv_owners": len(owners)}
    if len(owners) != 1:
        return Finding(PartState.FAILED, facts, (("doctor", "several_opencv"),))
    return Finding(PartState.READY, facts)


def _installed_versions() -> dict[str, str]:
    return {str(one.metadata["Name"]): one.version for one in metadata.distributions() if one.metadata["Name"]}


def _shipped_files() -> Finding:
    root = open_installation().root
    altered = [relative for relative in shipped_pins() if not _is_as_shipped(root, relative)]
    facts: dict[str, Fact] = {"files": len(shipped_pins()), "altered": ", ".join(altered)}
    if altered:
        return Finding(PartState.FAILED, facts, (("doctor", "shipped_file_altered"),))
    return Finding(PartState.READY, facts)


def _is_as_shipped(root: Path, relative: str) -> bool:
    try:
        read_shipped(root, relative)
    except SettingsFileError:
        return False
    return True


def _settings() -> Finding:
    settings = open_installation().settings
    changed: dict[str, str] = {key: settings.origin(key).value for key in schema() if settings.origin(key) is not Origin.DEFAULTS}
    return Finding(PartState.READY, {"settings": len(schema()), **changed})


def _models() -> Finding:
    store = open_installation().model_store
    states = [(entry, checked_state(store, entry)) for entry in store.manifest.entries]
    facts: dict[str, Fact] = {entry.model_id: state.value for entry, state in states}
    running = open_installation().recogniser
    facts["recogniser"] = f"{running.model_id} ({running.licence})"
    absent = [entry for entry, state in states if state is not ModelState.READY]
    notes = tuple(("switched_off", function) for function in dict.fromkeys(f for e in absent for f in e.switches_off))
    if any(entry.required for entry in absent):
        return Finding(PartState.FAILED, facts, notes)
    return Finding(PartState.ATTENTION if absent else PartState.READY, facts, notes)


def _calibrations() -> Finding:
    installation = open_installation()
    facts: dict[str, Fact] = {
        f"{probe}-{reference}": _calibration_word(installation, probe, reference) for probe, reference in PAIRS
    }
    if "-" in facts.values():
        return Finding(PartState.ATTENTION, facts, (("advice", "calibration_missing"),))
    return Finding(PartState.READY, facts)


def _calibration_word(installation: Installation, probe_kind: PhotoKind, reference_kind: PhotoKind) -> str:
    shelf: CalibrationShelf = installation.calibrations
    try:
        found = shelf.find(probe_kind, reference_kind)
        return f"{found.scope} {found.calibration_id.rsplit('/', 1)[-1]}"
    except CalibrationMissingError:
        return "-"


def _window() -> Finding:
    """Start a Qt application in a child process: on a wrong platform plugin Qt aborts the whole process."""
    environment = dict(os.environ)
    clean(environment)
    if sys.platform.startswith("linux") and not _has_display(environment):
        return Finding(PartState.ATTENTION, {"display": False}, (("doctor", "no_display"),))
    done = subprocess.run(
        [sys.executable, "-m", "teller_assist.ui.self_check"],
        env=environment,
        capture_output=True,
        timeout=WINDOW_TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        return Finding(PartState.FAILED, {"exit_code": done.returncode}, (("doctor", "window_failed"),))
    seen = json.loads(done.stdout)
    facts: dict[str, Fact] = {"platform": str(seen["platform"]), "chinese_fonts": int(seen["chinese_fonts"])}
    if facts["chinese_fonts"] == 0:
        return Finding(PartState.FAILED, facts, (("doctor", "no_chinese_font"),))
    return Finding(PartState.READY, facts)


def _has_display(environment: Mapping[str, str]) -> bool:
    return bool(environment.get("DISPLAY") or environment.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"))


def _device_plugins() -> Finding:
    """Judge every plugin's folder without starting it; a refused one is listed with its reason, never left out."""
    listed = open_installation().plugin_shelf().listed()
    why = {one.plugin_id: str(one.refusal.facts.get("why", one.refusal.reason)) for one in listed if one.refusal}
    refused = {plugin_id for plugin_id, reason in why.items() if reason not in _NOT_FOR_THIS_MACHINE}
    facts: dict[str, Fact] = {one.plugin_id: f"ready: {', '.join(one.kinds)}" for one in listed}
    facts |= {name: f"{'refused' if name in refused else 'not available'}: {reason}" for name, reason in why.items()}
    if refused:
        return Finding(PartState.ATTENTION, facts, (("doctor", "plugin_refused"),))
    return Finding(PartState.READY, facts)


def _card_readers() -> Finding:
    installed = "pyscard" in _installed_versions()
    if not installed:
        return Finding(PartState.ATTENTION, {"pyscard": False}, (("doctor", "pcsc_not_installed"),))
    return Finding(PartState.READY, {"pyscard": True})


def _sane_scanners() -> Finding:
    """Judge what scanners that speak SANE need; only Linux has them, and a counter that scans in another way needs none."""
    installed = "python-sane" in _installed_versions()
    if sys.platform.startswith("linux") and not installed:
        return Finding(PartState.READY, {"python_sane": False}, (("doctor", "sane_not_installed"),))
    return Finding(PartState.READY, {"python_sane": installed})
