"""The program of the document worker: recognises the text of pictures that come over a pipe, and can reach nothing else.

Started by ``worker_client``, enclosed, with the documents environment's own Python; it imports nothing of the product. Protocol:
one JSON object a line in both directions; a request to read is followed by width * height * 3 bytes, BGR.

    {"op": "start", "engine": "paddleocr", "models": folder, "threads": 2, "time_limit_s": 10.0}
        -> {"engine": "paddleocr 3.7.0", "network_denied_by": ["guard", "namespace"], "rss_mb": 270.0, "denied": {}}
    {"op": "read", "id": 1, "width": 1011, "height": 638} + pixels
        -> {"id": 1, "lines": [{"text", "characters": [0.99, ...], "corners": [[x, y] * 4]}], "problem": "",
            "rss_mb": 560.0, "denied": {}}

Order matters: the network was denied before this program began (``processes/enclosure.py``); the pipe is taken out of the reach
of what the engine prints, and only then anything is imported that is not the standard library.
"""

from __future__ import annotations

import ctypes
import faulthandler
import json
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO, Protocol

# The versions that this file was written for: it reaches into them at the places marked "inside the package".
ENGINE_VERSIONS = {"paddleocr": "3.7.0", "paddlex": "3.7.2", "rapidocr": "3.10.0"}

DETECTION = "PP-OCRv6_small_det"
RECOGNITION = "PP-OCRv6_small_rec"
# With 960 no more cards are read rightly, and a scan takes 1.15 to 1.25 times as long; without a limit an A4 frame takes 1.6 GB.
DETECTION_SIDE_PX = 736
# A batch is as wide as its widest line: one line at a time takes a quarter less than six, and less memory.
RECOGNISERS = 2  # of PaddleOCR, where as many threads may read
LINES_AT_ONCE = 1
# What is so much higher than wide holds a line that runs from top to bottom.
UPRIGHT_LINE_RATIO = 1.5
SMALLEST_SIDE_PX = 8  # no text is smaller
LARGEST_PICTURE_PX = 50_000_000
_OVERTIME_S = 5.0  # the client kills at the limit; this is for a worker whose client is gone

# What ran before this program and cut it off from the network: processes/enclosure.py.
_enclosure: Any = sys.modules.get("enclosure")

Read = tuple[str, list[float]]  # a line's text and the confidence of each of its characters


# ------------------------------------------------------------------ the pipe


class Pipe:
    """Descriptors 0 and 1, taken for the client alone: what an engine reads or prints from now on cannot touch them."""

    def __init__(self) -> None:
        self.incoming_fd, outgoing_fd = _enclosure.take_pipe()
        self._incoming: BinaryIO = os.fdopen(self.incoming_fd, "rb")
        self._outgoing: BinaryIO = os.fdopen(outgoing_fd, "wb")

    def request(self) -> dict[str, Any] | None:
        """Return the next request, or None when the client closed the pipe."""
        line = self._incoming.readline()
        return json.loads(line) if line else None

    def picture(self, width: int, height: int) -> Any:
        """Return the picture that follows a request to read."""
        import numpy as np

        if min(width, height) < SMALLEST_SIDE_PX or width * height > LARGEST_PICTURE_PX:
            raise ValueError("size")
        pixels = np.empty((height, width, 3), np.uint8)
        left = pixels.data.cast("B")
        while left:
            got = self._incoming.readinto(left)  # type: ignore[attr-defined]
            if not got:
                raise EOFError
            left = left[got:]
        return pixels

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


# ------------------------------------------------------------------ memory


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
    # PROCESS_MEMORY_COUNTERS: two 32-bit words (its size, page faults), then the peak and the present working set and others
    counters = (ctypes.c_size_t * 9)(ctypes.sizeof(ctypes.c_size_t) * 9)
    this_process = ctypes.c_void_p(-1)
    told = ctypes.windll.psapi.GetProcessMemoryInfo(this_process, counters, ctypes.sizeof(counters))
    return counters[2] / 1e6 if told else 0.0


# ------------------------------------------------------------------ the engines


class Engine(Protocol):
    """What finds and recognises lines."""

    name: str

    def detect(self, pixels: Any) -> Sequence[Any]:
        """Return the corners of each line of text, (4, 2), clockwise from its upper left one."""

    def recognise(self, pieces: Sequence[Any]) -> list[Read]:
        """Return what each piece says, in their order."""


class CharacterDecoder:
    """Connectionist temporal classification, best path, in the place of PaddleX's own decoder.

    A character counts where the best class of a step is not the one of the step before and not the blank (class 0); its
    confidence is that step's probability. Source: Graves et al. 2006, best path decoding.
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


class PaddleEngine:
    """PaddleOCR, its single models; every name and folder is given, so that it never asks a model hub."""

    def __init__(self, models: Path, threads: int) -> None:
        os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"  # looked at when the package is imported
        os.environ["PADDLE_PDX_CACHE_HOME"] = str(Path.home() / "paddlex")
        os.environ["HF_HUB_OFFLINE"] = "1"
        import paddleocr

        # Without the arena memory goes back after each run; pictures of many sizes would pile up in it.
        session = {"intra_op_num_threads": threads, "inter_op_num_threads": 1, "enable_cpu_mem_arena": False}
        common = {"engine": "onnxruntime", "engine_config": session, "device": "cpu"}
        self.name = f"paddleocr {paddleocr.__version__}"
        limit = {"limit_side_len": DETECTION_SIDE_PX, "limit_type": "max"}
        self._detector = paddleocr.TextDetection(model_name=DETECTION, model_dir=str(models / DETECTION), **limit, **common)
        # A line is too little work for two threads: each has a recogniser and lines of its own.
        common["engine_config"] = {**session, "intra_op_num_threads": max(1, threads // RECOGNISERS)}
        folder = str(models / RECOGNITION)
        recognisers = range(min(RECOGNISERS, threads))
        self._recognisers = [
            _OneRecogniser(paddleocr.TextRecognition(model_name=RECOGNITION, model_dir=folder, **common)) for _ in recognisers
        ]
        self._pool = ThreadPoolExecutor(len(self._recognisers), "recognise")

    def detect(self, pixels: Any) -> Sequence[Any]:
        """Return the corners of each line."""
        return list(self._detector.predict(pixels)[0]["dt_polys"])

    def recognise(self, pieces: Sequence[Any]) -> list[Read]:
        """Return what each piece says."""
        work = [piece.shape[1] / piece.shape[0] for piece in pieces]  # all are brought to one height
        shares: list[list[int]] = [[] for _ in self._recognisers]
        for place in sorted(range(len(pieces)), key=lambda place: -work[place]):
            min(shares, key=lambda share: sum(work[one] for one in share)).append(place)
        told = self._pool.map(lambda one, share: one.read([pieces[place] for place in share]), self._recognisers, shares)
        by_place = {
            place: read for share, reads in zip(shares, told, strict=True) for place, read in zip(share, reads, strict=True)
        }
        return [by_place[place] for place in range(len(pieces))]


class _OneRecogniser:
    """PaddleOCR's recogniser with a decoder that keeps the confidences of the single characters."""

    def __init__(self, recognition: Any) -> None:
        self._recognition = recognition
        # Inside the package: its own decoder throws them away.
        predictor = recognition.paddlex_predictor
        self._decoder = CharacterDecoder(predictor.post_op.character)
        predictor.post_op = self._decoder

    def read(self, pieces: Sequence[Any]) -> list[Read]:
        """Return what each piece says."""
        self._decoder.read.clear()
        if pieces:
            self._recognition.predict(list(pieces), batch_size=LINES_AT_ONCE)
        return list(self._decoder.read)


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
            "Global.return_word_box": True,
            "Global.max_side_len": DETECTION_SIDE_PX,
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
        self._engine._load_det_model()
        self._engine._load_rec_model()

    def detect(self, pixels: Any) -> Sequence[Any]:
        """Return the corners of each line."""
        found = self._engine(pixels, use_det=True, use_cls=False, use_rec=False).boxes
        return [] if found is None else list(found)

    def recognise(self, pieces: Sequence[Any]) -> list[Read]:
        """Return what each piece says."""
        read = self._engine.recognize_txt(list(pieces))
        # Inside the package: the confidences come with the words, one for each character, and [0] for no character at all.
        return [(text, list(words.confs)[: len(text)]) for text, words in zip(read.txts, read.word_results, strict=True)]


ENGINES: dict[str, Callable[[Path, int], Engine]] = {"paddleocr": PaddleEngine, "rapidocr": RapidEngine}


def _let_threads_sleep() -> None:
    """Have onnxruntime's threads sleep between two pieces of work: spinning they take the core that the window needs.

    Inside the packages: neither engine passes this option on; both make their options from this class.
    """
    import onnxruntime

    class Options(onnxruntime.SessionOptions):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.add_session_config_entry("session.intra_op.allow_spinning", "0")

    onnxruntime.SessionOptions = Options


# ------------------------------------------------------------------ reading


def read_lines(engine: Engine, pixels: Any) -> list[dict[str, Any]]:
    """Return every line of a picture."""
    import numpy as np

    found = [cut_out(pixels, np.asarray(quad, np.float32)) for quad in engine.detect(pixels)]
    quads, pieces = [quad for quad, piece in found if piece is not None], [piece for _, piece in found if piece is not None]
    read = engine.recognise(pieces) if pieces else []
    return [
        {"text": text, "characters": [min(1.0, one) for one in characters], "corners": quad.tolist()}
        for quad, (text, characters) in zip(quads, read, strict=True)
        if text.strip()
    ]


def cut_out(pixels: Any, quad: Any) -> tuple[Any, Any]:
    """Return a line's corners in its own reading direction, and the line straightened; None where nothing is left of it."""
    import cv2
    import numpy as np

    top, right, bottom, left = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    width, height = max(top, bottom), max(left, right)
    if height >= UPRIGHT_LINE_RATIO * width:
        quad, width, height = np.roll(quad, -1, axis=0), height, width
    size = (int(width), int(height))
    if min(size) < 1:
        return quad, None
    target = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32)
    turn = cv2.getPerspectiveTransform(quad, target)
    return quad, cv2.warpPerspective(pixels, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def serve(pipe: Pipe) -> None:
    """Start the engine and read until the client has had enough."""
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
    _let_threads_sleep()
    engine = ENGINES[start["engine"]](Path(start["models"]), threads)
    nothing = np.full((64, 320, 3), 255, np.uint8)
    engine.detect(nothing), engine.recognise([nothing] * RECOGNISERS)  # the first run of a model takes longer
    hello = {"engine": engine.name, "network_denied_by": _enclosure.network_denied_by}
    pipe.answer({**hello, "rss_mb": resident_mb(), "denied": _enclosure.denied})
    while request := pipe.request():
        pixels = pipe.picture(int(request["width"]), int(request["height"]))
        faulthandler.dump_traceback_later(float(start["time_limit_s"]) + _OVERTIME_S, exit=True)
        try:
            lines, problem = read_lines(engine, pixels), ""
        except Exception as error:  # noqa: BLE001 (whatever an engine raises may quote text: only its kind is told)
            lines, problem = [], type(error).__name__
        faulthandler.cancel_dump_traceback_later()
        read = {"id": request["id"], "lines": lines, "problem": problem}
        pipe.answer({**read, "rss_mb": resident_mb(), "denied": _enclosure.denied})


if __name__ == "__main__":
    serve(Pipe())
