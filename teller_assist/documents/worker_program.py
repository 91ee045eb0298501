"""The program of the document worker: recognises the text of pictures that come over a pipe, and can reach nothing else.

Started by ``worker_client`` with the documents environment's own Python; it imports nothing of the product. Protocol: one JSON
object a line in both directions; a request to read is followed by width * height * 3 bytes, BGR.

    {"op": "start", "engine": "paddleocr", "models": folder, "threads": 2, "time_limit_s": 10.0}
        -> {"engine": "paddleocr 3.7.0", "network_denied_by": ["guard", "namespace"], "rss_mb": 270.0, "denied": {}}
    {"op": "read", "id": 1, "width": 1011, "height": 638} + pixels
        -> {"id": 1, "lines": [{"text", "characters": [0.99, ...], "corners": [[x, y] * 4]}], "problem": "",
            "rss_mb": 560.0, "denied": {}}

Order matters in here: first the pipe is taken out of the reach of what the engine prints, then the network is denied, and only then
anything that is not the standard library is imported.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import json
import os
import socket
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol

# The versions that this file was written for: it reaches into them at the places marked "inside the package".
ENGINE_VERSIONS = {"paddleocr": "3.7.0", "paddlex": "3.7.2", "rapidocr": "3.10.0"}

DETECTION = "PP-OCRv6_small_det"
RECOGNITION = "PP-OCRv6_small_rec"
# The same accuracy as without a limit, and 1.05 GB instead of 1.6 GB on whole A4 frames.
DETECTION_SIDE_PX = 960
LINES_AT_ONCE = 6
# A piece that is so much higher than wide holds a line that runs from bottom to top or top to bottom.
UPRIGHT_LINE_RATIO = 1.5
SMALLEST_SIDE_PX = 8  # no text is smaller
LARGEST_PICTURE_BYTES = 3 * 50_000_000
_OVERTIME_S = 5.0  # the client kills at the limit; this is for a worker whose client is gone
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38

Read = tuple[str, list[float]]  # a line's text and the confidence of each of its characters


# ------------------------------------------------------------------ the pipe


class Pipe:
    """Descriptors 0 and 1, taken for the client alone: what an engine reads or prints from now on cannot touch them."""

    def __init__(self) -> None:
        self.incoming_fd, outgoing_fd = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        os.close(nothing)
        if sys.platform == "win32":
            import msvcrt

            for descriptor in (self.incoming_fd, outgoing_fd):
                msvcrt.setmode(descriptor, os.O_BINARY)
        self._incoming: BinaryIO = os.fdopen(self.incoming_fd, "rb")
        self._outgoing: BinaryIO = os.fdopen(outgoing_fd, "wb")

    def request(self) -> dict[str, Any] | None:
        """Return the next request, or None when the client closed the pipe."""
        line = self._incoming.readline()
        return json.loads(line) if line else None

    def bytes(self, count: int) -> bytearray:
        """Return exactly so many bytes, writeable."""
        data = bytearray(count)
        view, filled = memoryview(data), 0
        while filled < count:
            got = self._incoming.readinto(view[filled:])  # type: ignore[attr-defined]
            if not got:
                raise EOFError
            filled += got
        return data

    def answer(self, message: dict[str, Any]) -> None:
        """Send one message."""
        self._outgoing.write(json.dumps(message, allow_nan=False).encode("ascii") + b"\n")
        self._outgoing.flush()

    def end_with_client(self) -> None:
        """End this process as soon as the client closes the pipe or dies, also in the middle of a read."""
        if sys.platform == "win32":
            return  # no way to wait for it there: the end of the current read, or its time limit, ends the process

        import select

        def watch() -> None:
            poll = select.poll()
            poll.register(self.incoming_fd, 0)  # hang-up is always told
            poll.poll()
            os._exit(0)

        threading.Thread(target=watch, name="client-watch", daemon=True).start()


# ------------------------------------------------------------------ nothing leaves, nothing stays

_DENIED_EVENTS = frozenset(
    {
        "socket.connect",
        "socket.bind",
        "socket.sendto",
        "socket.sendmsg",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "socket.getnameinfo",
        "subprocess.Popen",
        "_winapi.CreateProcess",
        "os.system",
        "os.exec",
        "os.posix_spawn",
        "os.spawn",
        "os.fork",
        "os.forkpty",
        "os.startfile",
    }
)
denied: Counter[str] = Counter()


def deny_network() -> list[str]:
    """Cut this process off, try whether it is, and return by what: "guard", and "namespace" where the kernel permits it.

    The guard stops every connection, name lookup and child process that Python code asks for; it cannot be removed. In the
    namespace there is no network interface, whoever asks, native code as well.

    Raises
    ------
    ConnectionError
        A trial got through.
    """
    means = ["namespace", "guard"] if _enter_empty_network() else ["guard"]
    sys.addaudithook(_guard)
    for trial in (_try_to_connect, _try_to_look_up):
        with contextlib.suppress(PermissionError):
            trial()
            raise ConnectionError("the network is not denied")
    denied.clear()
    return means


def _guard(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in _DENIED_EVENTS:
        denied[event] += 1
        raise PermissionError(event)


def _try_to_connect() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.connect(("127.0.0.1", 9))


def _try_to_look_up() -> None:
    socket.getaddrinfo("localhost", 9)


def _enter_empty_network() -> bool:
    """Move into a network namespace of our own; it needs a user namespace, which some systems refuse to users."""
    if not sys.platform.startswith("linux"):
        return False
    user, group = os.getuid(), os.getgid()
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    # The same numbers inside as outside; without it files would seem to be nobody's.
    with contextlib.suppress(OSError):
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            Path("/proc/self", name).write_text(text, encoding="ascii")
    return True


def leave_no_trace() -> None:
    """Write no core file, be no process that others may look into, gain no rights."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform.startswith("linux"):
        library = ctypes.CDLL(None)
        library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def resident_mb() -> float:
    """Return the resident memory of this process in MB; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return _resident_mb_windows()
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def _resident_mb_windows() -> float:
    if sys.platform != "win32":
        return 0.0
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = [("size", wintypes.DWORD), ("faults", wintypes.DWORD)] + [(f"n{i}", ctypes.c_size_t) for i in range(8)]

    counters = Counters()
    counters.size = ctypes.sizeof(Counters)
    process = ctypes.windll.kernel32.GetCurrentProcess()
    if not ctypes.windll.psapi.GetProcessMemoryInfo(wintypes.HANDLE(process), ctypes.byref(counters), counters.size):
        return 0.0
    return float(counters.n1) / 1e6  # WorkingSetSize follows PeakWorkingSetSize


# ------------------------------------------------------------------ the engines


class Engine(Protocol):
    """What finds and recognises lines."""

    name: str

    def detect(self, pixels: Any) -> Sequence[Any]:
        """Return the corners of each line of text, (4, 2), clockwise from its upper left one."""

    def recognise(self, pieces: Sequence[Any]) -> list[Read]:
        """Return what each piece says, in their order."""


class PaddleEngine:
    """PaddleOCR, its single models; every name and folder is given, so that it never asks a model hub."""

    def __init__(self, models: Path, threads: int) -> None:
        os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"  # looked at when the package is imported
        os.environ["PADDLE_PDX_CACHE_HOME"] = str(Path.home() / "paddlex")
        os.environ["HF_HUB_OFFLINE"] = "1"
        import paddleocr

        common = {"engine": "onnxruntime", "engine_config": _paddle_session(threads), "device": "cpu"}
        self.name = f"paddleocr {paddleocr.__version__}"
        self._detector = paddleocr.TextDetection(
            model_name=DETECTION,
            model_dir=str(models / DETECTION),
            limit_side_len=DETECTION_SIDE_PX,
            limit_type="max",
            **common,
        )
        self._recogniser = paddleocr.TextRecognition(model_name=RECOGNITION, model_dir=str(models / RECOGNITION), **common)
        # Inside the package: its decoder throws the confidences of the single characters away.
        predictor = self._recogniser.paddlex_predictor
        self._decoder = CharacterDecoder(predictor.post_op.character)
        predictor.post_op = self._decoder

    def detect(self, pixels: Any) -> Sequence[Any]:
        """Return the corners of each line."""
        return list(self._detector.predict(pixels)[0]["dt_polys"])

    def recognise(self, pieces: Sequence[Any]) -> list[Read]:
        """Return what each piece says."""
        self._decoder.read.clear()
        self._recogniser.predict(list(pieces), batch_size=LINES_AT_ONCE)
        return list(self._decoder.read)


def _paddle_session(threads: int) -> dict[str, Any]:
    # Without the arena memory goes back after each run: frames of many sizes would pile up.
    return {"intra_op_num_threads": threads, "inter_op_num_threads": 1, "enable_cpu_mem_arena": False}


class CharacterDecoder:
    """Connectionist temporal classification, best path, in the place of PaddleX's own decoder.

    A character counts where the best class of a step is not the one of the step before and not the blank (class 0); its confidence
    is that step's probability. Source: Graves et al. 2006, best path decoding.
    """

    def __init__(self, characters: Sequence[str]) -> None:
        self._characters = characters
        self.read: list[Read] = []

    def __call__(self, predictions: Any, **_: Any) -> tuple[list[str], list[float]]:
        """Take the probabilities of one batch, shape (lines, steps, classes); return what the package expects."""
        best, sure = predictions[0].argmax(axis=-1), predictions[0].max(axis=-1)
        batch = [self._line(classes, probabilities) for classes, probabilities in zip(best, sure, strict=True)]
        self.read += batch
        return [text for text, _ in batch], [sum(each) / max(1, len(each)) for _, each in batch]

    def _line(self, classes: Any, probabilities: Any) -> Read:
        begins = classes != 0
        begins[1:] &= classes[1:] != classes[:-1]
        read = [(self._characters[one], float(sure)) for one, sure in zip(classes[begins], probabilities[begins], strict=True)]
        return "".join(one for one, _ in read), [sure for one, sure in read for _ in one]


class RapidEngine:
    """RapidOCR with the same models, thresholds and preparation as PaddleOCR's."""

    def __init__(self, models: Path, threads: int) -> None:
        import yaml
        from rapidocr import RapidOCR

        self.name = f"rapidocr {ENGINE_VERSIONS['rapidocr']}"
        detection = yaml.safe_load((models / DETECTION / "inference.yml").read_text(encoding="utf-8"))["PostProcess"]
        recognition = yaml.safe_load((models / RECOGNITION / "inference.yml").read_text(encoding="utf-8"))["PostProcess"]
        characters = models / RECOGNITION / "characters.txt"
        characters.write_text("\n".join(recognition["character_dict"]), encoding="utf-8", newline="\n")
        settings = {
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.text_score": 0.0,
            "Global.return_word_box": True,
            "Global.max_side_len": DETECTION_SIDE_PX,
            "Global.min_side_len": SMALLEST_SIDE_PX,
            "Global.use_vertical_padding": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.model_path": str(models / DETECTION / "inference.onnx"),
            "Det.limit_side_len": DETECTION_SIDE_PX,
            "Det.limit_type": "max",
            "Det.mean": [0.485, 0.456, 0.406],
            "Det.std": [0.229, 0.224, 0.225],
            "Det.use_dilation": False,
            **{f"Det.{key}": detection[key] for key in ("thresh", "box_thresh", "max_candidates", "unclip_ratio")},
            "Rec.model_path": str(models / RECOGNITION / "inference.onnx"),
            "Rec.rec_keys_path": str(characters),
            "Rec.rec_batch_num": LINES_AT_ONCE,
        }
        self._engine = RapidOCR(params=settings)
        self._engine._load_det_model()  # noqa: SLF001
        self._engine._load_rec_model()  # noqa: SLF001

    def detect(self, pixels: Any) -> Sequence[Any]:
        """Return the corners of each line."""
        found = self._engine(pixels, use_det=True, use_cls=False, use_rec=False).boxes
        return [] if found is None else list(found)

    def recognise(self, pieces: Sequence[Any]) -> list[Read]:
        """Return what each piece says."""
        read = self._engine.recognize_txt(list(pieces))
        # Inside the package: the confidences come with the words, one for each character, and [0] for no character at all.
        return [
            (text, list(words.confs)[: len(text)]) for text, words in zip(read.txts, read.word_results, strict=True)
        ]


ENGINES = {"paddleocr": PaddleEngine, "rapidocr": RapidEngine}


# ------------------------------------------------------------------ reading


def read_lines(engine: Engine, pixels: Any) -> list[dict[str, Any]]:
    """Return every line of a picture."""
    import numpy as np

    quads, pieces = [], []
    for found in engine.detect(pixels):
        quad, piece = cut_out(pixels, np.asarray(found, np.float32))
        if piece is not None:
            quads.append(quad)
            pieces.append(piece)
    if not pieces:
        return []
    # Lines of like proportions together: each batch is as wide as its widest line.
    order = sorted(range(len(pieces)), key=lambda place: pieces[place].shape[1] / pieces[place].shape[0])
    read = engine.recognise([pieces[place] for place in order])
    return [
        {"text": text, "characters": characters, "corners": quads[place].tolist()}
        for place, (text, characters) in zip(order, read, strict=True)
        if text.strip()
    ]


def cut_out(pixels: Any, quad: Any) -> tuple[Any, Any]:
    """Return a line's corners in its own reading direction, and the line straightened; None where nothing is left of it."""
    import cv2
    import numpy as np

    def length(one: int, other: int) -> float:
        return float(np.linalg.norm(quad[one] - quad[other]))

    width, height = max(length(0, 1), length(3, 2)), max(length(0, 3), length(1, 2))
    if height >= UPRIGHT_LINE_RATIO * width:
        quad, width, height = np.roll(quad, -1, axis=0), height, width
    size = (int(width), int(height))
    if min(size) < 1:
        return quad, None
    target = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32)
    turn = cv2.getPerspectiveTransform(quad, target)
    return quad, cv2.warpPerspective(pixels, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def picture(pipe: Pipe, request: dict[str, Any]) -> Any:
    """Take the pixels that follow a request."""
    import numpy as np

    width, height = int(request["width"]), int(request["height"])
    if not (min(width, height) >= SMALLEST_SIDE_PX and width * height * 3 <= LARGEST_PICTURE_BYTES):
        raise ValueError("size")
    return np.frombuffer(pipe.bytes(width * height * 3), np.uint8).reshape(height, width, 3)


def serve(pipe: Pipe) -> None:
    """Start the engine and read until the client has had enough."""
    means = deny_network()
    leave_no_trace()
    start = pipe.request()
    if start is None:
        return
    pipe.end_with_client()
    threads = int(start["threads"])
    os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # looked at when onnxruntime is loaded
    import cv2
    import numpy as np

    cv2.setNumThreads(threads)
    engine = ENGINES[start["engine"]](Path(start["models"]), threads)
    read_lines(engine, np.full((64, 256, 3), 255, np.uint8))  # the first run allocates
    pipe.answer({"engine": engine.name, "network_denied_by": means, "rss_mb": resident_mb(), "denied": dict(denied)})
    with Path(os.devnull).open("w", encoding="ascii") as nowhere:
        while request := pipe.request():
            pixels = picture(pipe, request)
            faulthandler.dump_traceback_later(float(start["time_limit_s"]) + _OVERTIME_S, exit=True, file=nowhere)
            try:
                lines, problem = read_lines(engine, pixels), ""
            except Exception as error:  # noqa: BLE001 (whatever an engine raises may quote text: only its kind is told)
                lines, problem = [], type(error).__name__
            faulthandler.cancel_dump_traceback_later()
            told = {"id": request["id"], "lines": lines, "problem": problem}
            pipe.answer({**told, "rss_mb": resident_mb(), "denied": dict(denied)})


if __name__ == "__main__":
    serve(Pipe())
