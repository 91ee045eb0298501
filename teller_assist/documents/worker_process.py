"""One running document worker: started with the verified models in a private folder, talked to line by line, killed at its limit.

    caller -- line, pixels --> worker      a timer of the call kills the worker, which ends every wait of the caller
           <---- line ------               drain thread: what an engine prints is thrown away, it may quote what it read

Nothing here waits without an end: what a caller waits for ends with the worker, and the worker ends with the caller's timer.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

from teller_assist.documents.worker_answers import LONGEST_LINE_BYTES, Hello, Reading, read_hello, read_reading
from teller_assist.errors import BugError, DocumentEngineError
from teller_assist.evidence.pictures import Pixels
from teller_assist.processes.children import Reach, kill_child, start_enclosed
from teller_assist.processes.working_folder import WorkingFolder

PROGRAM = Path(__file__).parent / "worker_program.py"
_REAP_LIMIT_S = 2.0
_DRAIN_BYTES = 65_536

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Launch:
    """What a worker is started with.

    Attributes
    ----------
    interpreter
        Python of the documents environment.
    engine
        "paddleocr" or "rapidocr".
    start_limit_s, read_limit_s
        Longest start, longest reading of one picture.
    memory_mb
        Resident memory above which a worker is not used again.
    """

    interpreter: Path
    engine: str
    threads: int
    start_limit_s: float
    read_limit_s: float
    memory_mb: float
    program: Path = PROGRAM


class WorkerProcess:
    """One worker; cannot be started twice. Used by one thread at a time, but ``kill`` may come from any.

    Parameters
    ----------
    model_files
        By their path below the folder that the worker is told; they lie there until it has read them.

    Raises
    ------
    DocumentEngineError
        "not_started": the system refuses to start it.
    """

    def __init__(self, launch: Launch, model_files: Mapping[str, bytes]) -> None:
        self._launch = launch
        self._state = threading.Lock()  # between killing and reaping
        self._reaped = False
        self._time_is_up = threading.Event()
        self._last_id = 0
        self.hello: Hello | None = None
        with contextlib.ExitStack() as undo:
            try:
                self._folder = WorkingFolder()
                undo.callback(self._folder.remove)
                self._models = self._folder.path / "models"
                _lay_down(self._models, model_files)
                self._process = _started(launch, self._folder.path)
            except OSError as error:
                raise failed("not_started") from error
            undo.pop_all()
        self._requests, self._answers, chatter = _pipes(self._process)
        self._drain = threading.Thread(target=_throw_away, args=(chatter,), name="documents-drain", daemon=True)
        self._drain.start()
        self._send((_line(self._start_message()),))

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        with self._state:
            return not self._reaped and self._process.poll() is None

    def greet(self) -> Hello:
        """Wait until it is ready, unless it was already.

        Raises
        ------
        DocumentEngineError
            It did not become ready in time, ended, or talked nonsense.
        """
        if self.hello is None:
            self.hello = self._exchange((), self._launch.start_limit_s, read_hello)
            shutil.rmtree(self._models, ignore_errors=True)  # it has them in memory; what is left goes with the folder
        return self.hello

    def read(self, pixels: Pixels) -> Reading:
        """Have one picture read.

        Parameters
        ----------
        pixels
            uint8, shape (height, width, 3), BGR, C-contiguous.

        Raises
        ------
        DocumentEngineError
            It took too long, ended, or talked nonsense.
        """
        self._last_id += 1
        height, width = pixels.shape[:2]
        request = {"op": "read", "id": self._last_id, "width": width, "height": height}
        parts = (_line(request), pixels.data.cast("B"))
        return self._exchange(parts, self._launch.read_limit_s, lambda line: read_reading(line, self._last_id))

    def kill(self) -> None:
        """End it by force, at once, from any thread; whoever waits for it is told that it ended."""
        with self._state:
            if not self._reaped:
                kill_child(self._process)

    def remove(self) -> None:
        """Kill it, reap it, let everything go; only while nobody waits for it. May be called twice."""
        self.kill()
        with self._state, contextlib.suppress(subprocess.TimeoutExpired):  # stuck in the kernel: nothing more can be done
            self._process.wait(_REAP_LIMIT_S)
            self._reaped = True
        for stream in (self._requests, self._answers):
            with contextlib.suppress(OSError):  # what was not sent yet has no reader
                stream.close()
        self._drain.join(_REAP_LIMIT_S)
        self._folder.remove()

    def _start_message(self) -> dict[str, Any]:
        return {
            "op": "start",
            "engine": self._launch.engine,
            "models": str(self._models),
            "threads": self._launch.threads,
            "time_limit_s": self._launch.read_limit_s,
        }

    def _exchange(self, parts: Iterable[bytes | memoryview], limit_s: float, read: Callable[[bytes], Answer]) -> Answer:
        timer = threading.Timer(limit_s, self._run_out)
        timer.name = "documents-limit"
        timer.start()
        try:
            self._send(parts)
            line = self._answers.readline(LONGEST_LINE_BYTES + 1)
        finally:
            timer.cancel()
            timer.join()
        if self._time_is_up.is_set():
            raise DocumentEngineError("document_engine_timeout", limit_s=limit_s)
        if not line:
            raise failed("ended")
        return read(line)

    def _send(self, parts: Iterable[bytes | memoryview]) -> None:
        with contextlib.suppress(OSError):  # it ended: the answer that does not come says so
            for part in parts:
                self._requests.write(part)
            self._requests.flush()

    def _run_out(self) -> None:
        self._time_is_up.set()
        self.kill()


def failed(why: str) -> DocumentEngineError:
    """Return the error that says why nothing was read."""
    return DocumentEngineError("document_engine_failed", why=why)


def _started(launch: Launch, folder: Path) -> subprocess.Popen[bytes]:
    home = folder / "home"
    home.mkdir()
    environment = {"HOME": str(home), "USERPROFILE": str(home)}
    return start_enclosed(launch.interpreter, launch.program, Reach.NOTHING, folder, environment)


def _lay_down(folder: Path, files: Mapping[str, bytes]) -> None:
    for relative, content in files.items():
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise BugError("a process without its pipes")
    return process.stdin, process.stdout, process.stderr


def _line(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, allow_nan=False).encode("ascii") + b"\n"


def _throw_away(chatter: IO[bytes]) -> None:
    with chatter:
        while os.read(chatter.fileno(), _DRAIN_BYTES):
            pass
