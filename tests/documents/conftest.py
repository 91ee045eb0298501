"""A stand-in worker and tiny models, and the check that nothing of a worker is left behind."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from teller_assist.documents.worker_client import DETECTION_MODEL, RECOGNITION_MODEL, WorkerEngine
from teller_assist.documents.worker_process import Launch
from teller_assist.evidence.pictures import Pixels
from teller_assist.model_files.manifest import ModelEntry, ModelManifest
from teller_assist.model_files.store import ModelStore, open_store
from teller_assist.processes import working_folder

STAND_IN = Path(__file__).parents[1] / "stand_ins" / "document_worker.py"
StartEngine = Callable[..., WorkerEngine]


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """The real entries of both models, with files of a few bytes."""
    folder = tmp_path / "models"
    folder.mkdir()
    entries = [open_store().manifest.entry(model_id) for model_id in (DETECTION_MODEL, RECOGNITION_MODEL)]
    return ModelStore(ModelManifest(tuple(_tiny(entry, folder) for entry in entries)), folder)


def _tiny(entry: ModelEntry, folder: Path) -> ModelEntry:
    for one in entry.files:
        (folder / one.file).write_bytes(one.file.encode())
    companions = tuple(replace(one, sha256=_sha256(one.file), size_bytes=len(one.file)) for one in entry.companions)
    return replace(entry, sha256=_sha256(entry.file), size_bytes=len(entry.file), companions=companions)


def _sha256(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def picture(behaviour: int, width_px: int = 50, height_px: int = 40) -> Pixels:
    """Return a picture that tells the stand-in what to do."""
    pixels = np.zeros((height_px, width_px, 3), np.uint8)
    pixels[0, 0, 0] = behaviour
    return pixels


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def start_engine(store: ModelStore, clock: Clock) -> Iterator[StartEngine]:
    started: list[WorkerEngine] = []

    def start(**changed: object) -> WorkerEngine:
        plain = Launch(Path(sys.executable), "sound", 1, 10.0, 10.0, 1000.0, STAND_IN)
        started.append(WorkerEngine(replace(plain, **changed), store, clock))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for engine in started:
        engine.close()


@pytest.fixture(autouse=True)
def _nothing_of_a_worker_is_left() -> Iterator[None]:
    before = _children()  # a screen or a database of other tests may run in this process
    yield
    left = {f"thread {one.name}" for one in threading.enumerate() if one.name.startswith("documents-")}
    left |= {f"folder {path.name}" for path in working_folder.RAM_BACKED.glob(f"{working_folder.PREFIX}{os.getpid()}-*")}
    left |= {f"child {pid}" for pid in _children() - before}
    assert not left, f"left behind: {sorted(left)}"


def _children() -> set[str]:
    found: set[str] = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that is just ending
            found.update((task / "children").read_text().split())
    return found
