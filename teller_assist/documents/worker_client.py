"""The text engine that the product uses: a worker process, kept warm, replaced when it hangs, fails or has grown."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np

from teller_assist.documents.engine import EngineIdentity, TextLine
from teller_assist.documents.worker_answers import Hello, Reading
from teller_assist.documents.worker_process import Launch, WorkerProcess, failed
from teller_assist.errors import BugError, DocumentEngineError, KnownError
from teller_assist.evidence.pictures import Pixels
from teller_assist.model_files.store import ModelStore
from teller_assist.settings.documents import DocumentsSettings
from teller_assist.settings.logs import Subject, logger_for

DETECTION_MODEL = "pp-ocrv6-small-det"
RECOGNITION_MODEL = "pp-ocrv6-small-rec"
# The folders that the worker program looks for; PaddleOCR checks the name that inference.yml carries.
_FOLDERS = {DETECTION_MODEL: "PP-OCRv6_small_det", RECOGNITION_MODEL: "PP-OCRv6_small_rec"}
_FILE_NAMES = {".onnx": "inference.onnx", ".yml": "inference.yml"}
SMALLEST_SIDE_PX = 8  # no text is smaller
LARGEST_PICTURE_PX = 50_000_000
# Detectors work in pieces of 32 pixels, on a picture whose longest side is 736.
SHORTEST_SIDE_PX = 32
LONGEST_RATIO = 20
# After a second failure in a row: once is an accident, and a teller should not wait for it.
FIRST_REST_S = 1.0
LONGEST_REST_S = 60.0

Result = TypeVar("Result")

_logger = logger_for(Subject.DOCUMENTS)


def launch_of(settings: DocumentsSettings, root: Path) -> Launch:
    """Return what a worker is started with.

    Parameters
    ----------
    root
        The installation, for the documents environment beside it.
    """
    return Launch(
        interpreter=documents_interpreter(settings, root),
        engine=settings.engine,
        threads=settings.threads,
        start_limit_s=settings.start_limit_s,
        read_limit_s=settings.read_limit_s,
        memory_mb=settings.memory_mb,
    )


def documents_interpreter(settings: DocumentsSettings, root: Path) -> Path:
    """Return where the documents environment's Python lies, or should lie."""
    if settings.interpreter:
        return Path(settings.interpreter)
    inside = Path("Scripts", "python.exe") if sys.platform == "win32" else Path("bin", "python")
    return root / ".venv-documents" / inside


class WorkerEngine:
    """A ``TextEngine`` in a process of its own.

    The process is started by the first call and stays. It is killed at its time limit, and when it has talked nonsense; it is
    replaced when it has grown beyond its memory. After failures in a row it rests before it is started again, longer each time.

    Parameters
    ----------
    launch
        What a worker is started with.
    store
        Where the models lie. Their verified bytes are what the worker gets.
    clock
        Seconds, rising.
    """

    def __init__(self, launch: Launch, store: ModelStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._launch = launch
        self._store = store
        self._clock = clock
        self._turn = threading.Lock()  # one call at a time
        self._standing = threading.Lock()  # over the two below
        self._worker: WorkerProcess | None = None
        self._denied: Mapping[str, int] | None = None  # what the present worker was refused so far
        self._closed = False
        self._failures_in_a_row = 0
        self._rests_until_s = 0.0

    def warm(self) -> EngineIdentity:
        """Start the worker, unless it runs, and wait until it is ready.

        Raises
        ------
        DocumentEngineError
            "document_engine_missing": the documents environment is not installed; "document_engine_failed",
            "document_engine_timeout": it does not become ready.
        ModelMissingError, ModelAlteredError
            A model is not there, or not the one that was published.
        """
        return EngineIdentity(self.hello().engine, tuple(_FOLDERS))

    def check(self) -> None:
        """Look for what it is started with, without starting it; errors as for ``warm``."""
        if not self._launch.interpreter.is_file():
            raise DocumentEngineError("document_engine_missing")
        self._model_files()

    def hello(self) -> Hello:
        """Start the worker as ``warm`` does, and return what it said about itself."""
        with self._turn:
            return self._attempted(WorkerProcess.greet)

    def read(self, pixels: Pixels) -> tuple[TextLine, ...]:
        """Return the lines of a picture; see ``TextEngine``.

        Raises
        ------
        DocumentEngineError
            Why nothing was read; the next call starts a new worker where this one is gone.
        ModelMissingError, ModelAlteredError
            A model is not there, or not the one that was published.
        BugError
            The pixels are not what they must be.
        """
        _check(pixels)
        if min(pixels.shape[:2]) < SMALLEST_SIDE_PX:
            return ()
        with self._turn:
            reading = self._attempted(lambda worker: _greeted_reading(worker, _readable(pixels)))
            self._note_denied(reading)
            if reading.resident_mb > self._launch.memory_mb:
                self._replace(reading.resident_mb)
        if reading.problem:
            _logger.warning("the engine failed on a picture: %s", reading.problem)
            raise failed("engine_error")
        return reading.lines

    def close(self) -> None:
        """End the worker, at once even while it reads; nothing can be read afterwards. May be called twice."""
        with self._standing:
            self._closed = True
            worker = self._worker
        if worker is not None:
            worker.kill()
        with self._turn:
            self._drop()

    # ------------------------------------------------------------ the worker that stands ready

    def _attempted(self, work: Callable[[WorkerProcess], Result]) -> Result:
        worker = self._ready_worker()
        try:
            result = work(worker)
        except DocumentEngineError as error:
            self._drop()
            raise self._noted(error) from error.__cause__
        self._failures_in_a_row = 0
        return result

    def _ready_worker(self) -> WorkerProcess:
        """Return the worker that stands, or a new one."""
        worker = self._worker
        if worker is not None and worker.running:
            return worker
        if worker is not None:
            _logger.warning("the document worker ended while nobody asked it")
            self._drop()
        if self._clock() < self._rests_until_s:
            raise failed("resting")
        return self._start()

    def _start(self) -> WorkerProcess:
        if not self._launch.interpreter.is_file():
            raise DocumentEngineError("document_engine_missing")  # no accident: nothing to rest after
        try:
            worker = WorkerProcess(self._launch, self._model_files())
        except DocumentEngineError as error:
            raise self._noted(error) from error.__cause__
        with self._standing:
            if not self._closed:
                self._worker, self._denied = worker, None
                return worker
        worker.remove()
        raise failed("closed")

    def _note_denied(self, reading: Reading) -> None:
        """Say in the log that the worker tried to reach out since its start, once for each further try."""
        worker = self._worker
        known = self._denied or ({} if worker is None or worker.hello is None else worker.hello.denied)
        if reading.denied != known:
            _logger.warning("the document worker was refused what it tried: %s", dict(reading.denied))
        self._denied = reading.denied

    def _replace(self, resident_mb: float) -> None:
        """Put a new worker in the place of one that has grown; it gets ready while nobody waits."""
        _logger.info("the document worker has grown to %d MB and is replaced", resident_mb)
        self._drop()
        with contextlib.suppress(KnownError):  # the next call says why
            self._start()

    def _drop(self) -> None:
        with self._standing:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.remove()

    def _noted(self, error: DocumentEngineError) -> DocumentEngineError:
        """Count a failure and set how long to rest after it; return the error that the caller gets."""
        if self._closed:
            return failed("closed")
        self._failures_in_a_row += 1
        if self._failures_in_a_row > 1:
            rest_s = min(LONGEST_REST_S, FIRST_REST_S * 2.0 ** (self._failures_in_a_row - 2))
            self._rests_until_s = self._clock() + rest_s
        _logger.warning("the document worker: %s %s", error.reason, error.facts.get("why", ""))
        return error

    def _model_files(self) -> dict[str, bytes]:
        """Read the verified bytes of every file that the worker needs."""
        files = {}
        for model_id, folder in _FOLDERS.items():
            for one in self._store.manifest.entry(model_id).files:
                files[f"{folder}/{_FILE_NAMES[Path(one.file).suffix]}"] = self._store.read_verified(one)
        return files


def _greeted_reading(worker: WorkerProcess, pixels: Pixels) -> Reading:
    worker.greet()
    return worker.read(pixels)


def _readable(pixels: Pixels) -> Pixels:
    """Return the picture in one piece, continued below and to the right where it is too narrow a strip for a detector."""
    height, width = pixels.shape[:2]
    least = max(SHORTEST_SIDE_PX, max(height, width) // LONGEST_RATIO)
    missing = (max(0, least - height), max(0, least - width))
    if any(missing):
        pixels = np.pad(pixels, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge")
    return np.ascontiguousarray(pixels)


def _check(pixels: Pixels) -> None:
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise BugError("a picture to read is uint8 of three channels")
    if not 0 < pixels.shape[0] * pixels.shape[1] <= LARGEST_PICTURE_PX:
        raise BugError("a picture to read is not empty and has at most 50 million pixels")
