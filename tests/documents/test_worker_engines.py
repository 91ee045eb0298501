"""The real engines in their own environment: what they read, what they take, and that nothing leaves. Slow."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from teller_assist.documents.engine import TextLine
from teller_assist.documents.worker_answers import Reading
from teller_assist.documents.worker_client import DETECTION_MODEL, RECOGNITION_MODEL, WorkerEngine, launch_of
from teller_assist.documents.worker_process import WorkerProcess
from teller_assist.errors import DocumentEngineError
from teller_assist.evidence.pictures import Pixels
from teller_assist.model_files.store import ModelState, open_store
from teller_assist.review.evidence_pack.fonts import chinese_fonts
from teller_assist.settings.documents import DocumentsSettings
from teller_assist.settings.home import installation_root

pytestmark = pytest.mark.full

TEXTS = ("中华人民共和国居民身份证", "广州市公安局天河分局", "440106199003070014", "2016.05.12-2036.05.12")
A4_FRAME_PX = (2592, 1944)  # of a document camera
BOUND_MB = DocumentsSettings().memory_mb


def page(texts: tuple[str, ...], size_px: tuple[int, int] = (1011, 638), height_px: int = 44) -> Pixels:
    """Draw lines of text below each other, black on grey, BGR."""
    font = chinese_fonts().regular
    drawn = Image.new("RGB", size_px, (225, 225, 225))
    type_face = ImageFont.truetype(str(font.path), height_px, index=font.index)
    for number, text in enumerate(texts):
        ImageDraw.Draw(drawn).text((60, 50 + number * 2 * height_px), text, (25, 25, 25), type_face)
    return np.ascontiguousarray(np.asarray(drawn)[:, :, ::-1])


def _opened(engine: str, **changed: object) -> WorkerEngine:
    store = open_store()
    for model_id in (DETECTION_MODEL, RECOGNITION_MODEL):
        if store.state(store.manifest.entry(model_id)) is not ModelState.READY:
            pytest.skip(f"{model_id} is not there; teller-assist models fetch brings it")
    launch = replace(launch_of(DocumentsSettings(engine=engine), installation_root()), **changed)  # type: ignore[arg-type]
    if not launch.interpreter.is_file():
        pytest.skip(".venv-documents does not exist; scripts/test.py makes it")
    return WorkerEngine(launch, store)


@pytest.fixture(scope="module", params=["paddleocr", "rapidocr"])
def engine(request: pytest.FixtureRequest) -> Iterator[WorkerEngine]:
    opened = _opened(request.param)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _nothing_of_a_worker_is_left() -> None:
    """The engine of this module stays between its tests; what it leaves is looked at in a test of its own."""


def by_text(lines: tuple[TextLine, ...]) -> dict[str, TextLine]:
    return {line.text: line for line in lines}


def test_printed_chinese_and_digits_are_read(engine: WorkerEngine) -> None:
    assert set(by_text(engine.read(page(TEXTS)))) == set(TEXTS)


def test_every_character_has_its_own_confidence(engine: WorkerEngine) -> None:
    for line in engine.read(page(TEXTS)):
        assert len(line.character_confidences) == len(line.text)
        assert len(set(line.character_confidences)) > 1
        assert line.confidence == pytest.approx(np.mean(line.character_confidences))
        assert line.confidence > 0.9


def test_a_spoilt_character_is_the_doubtful_one(engine: WorkerEngine) -> None:
    spoilt = page(TEXTS[2:3])
    line = engine.read(spoilt)[0]
    left, right = line.corners[:, 0].min(), line.corners[:, 0].max()
    place = 9
    middle = left + (right - left) * (place + 0.5) / len(line.text)
    spoilt[60:84, int(middle) - 8 : int(middle) + 8] = 120
    doubted = engine.read(spoilt)[0]
    assert abs(int(np.argmin(doubted.character_confidences)) - place) <= 1
    assert min(doubted.character_confidences) < min(line.character_confidences)


def test_corners_enclose_the_text_in_the_pictures_pixels(engine: WorkerEngine) -> None:
    line = by_text(engine.read(page(TEXTS)))[TEXTS[1]]
    assert line.corners[0] == pytest.approx([60, 50 + 88], abs=18)
    assert line.corners[2] == pytest.approx([60 + 44 * len(TEXTS[1]), 50 + 88 + 50], abs=18)


def test_a_line_from_top_to_bottom_is_read_in_its_own_direction(engine: WorkerEngine) -> None:
    turned = np.ascontiguousarray(np.rot90(page(TEXTS[:1], (1011, 150)), -1))
    line = by_text(engine.read(turned))[TEXTS[0]]
    upper_left, upper_right = line.corners[0], line.corners[1]
    assert upper_right[1] - upper_left[1] > 300  # its upper edge runs down the picture
    assert upper_left[0] > line.corners[3][0]


def test_an_empty_picture_has_no_lines(engine: WorkerEngine) -> None:
    assert engine.read(np.full((638, 1011, 3), 255, np.uint8)) == ()


@pytest.mark.parametrize("size_px", [(8, 8), (8, 4000), (4000, 8), (33, 700)])
def test_odd_sizes_are_answered(engine: WorkerEngine, size_px: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (*size_px, 3), np.uint8)
    assert isinstance(engine.read(noise), tuple)


def test_starting_and_reading_reach_out_to_nobody(engine: WorkerEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    hello = engine.hello()
    assert "guard" in hello.network_denied_by
    readings: list[Reading] = []
    read = WorkerProcess.read

    def noted(worker: WorkerProcess, pixels: Pixels) -> Reading:
        readings.append(read(worker, pixels))
        return readings[-1]

    monkeypatch.setattr(WorkerProcess, "read", noted)
    engine.read(page(TEXTS))
    # urllib3 tries at its import whether this machine has IPv6: a bind, which is refused like everything else.
    assert set(readings[0].denied) <= {"socket.bind"}
    assert readings[0].denied == hello.denied


def test_both_engines_read_the_same() -> None:
    read = []
    for name in ("paddleocr", "rapidocr"):
        opened = _opened(name)
        try:
            read.append(by_text(opened.read(page(TEXTS))))
        finally:
            opened.close()
    assert set(read[0]) == set(read[1])
    for text, line in read[0].items():
        assert read[1][text].confidence == pytest.approx(line.confidence, abs=0.03)
        assert read[1][text].corners == pytest.approx(line.corners, abs=4.0)


@pytest.mark.logs_warnings
def test_killed_at_its_time_limit_the_next_call_reads() -> None:
    opened = _opened("paddleocr", read_limit_s=1.0)
    try:
        opened.warm()
        worker = opened._worker
        assert worker is not None
        os.kill(worker._process.pid, signal.SIGSTOP)
        with pytest.raises(DocumentEngineError) as caught:
            opened.read(page(TEXTS))
        assert caught.value.reason == "document_engine_timeout"
        opened._launch = replace(opened._launch, read_limit_s=20.0)
        assert set(by_text(opened.read(page(TEXTS)))) == set(TEXTS)
    finally:
        opened.close()


@pytest.mark.parametrize("name", ["paddleocr", "rapidocr"])
def test_thirty_a4_frames_stay_below_the_bound(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taken_mb: list[float] = []
    read = WorkerProcess.read

    def noted(worker: WorkerProcess, pixels: Pixels) -> Reading:
        reading = read(worker, pixels)
        taken_mb.append(reading.resident_mb)
        return reading

    monkeypatch.setattr(WorkerProcess, "read", noted)
    opened = _opened(name, read_limit_s=60.0)
    try:
        for number in range(30):
            # Another size each time: what an allocator keeps for each would add up.
            size_px = (A4_FRAME_PX[0] - 16 * number, A4_FRAME_PX[1] - 12 * number)
            assert opened.read(page(TEXTS + TEXTS[::-1], size_px, 60 + number % 5))
    finally:
        opened.close()
    assert len(taken_mb) == 30
    assert max(taken_mb) < BOUND_MB
    assert max(taken_mb[15:]) < max(taken_mb[:15]) + 150.0


def test_nothing_is_left_in_any_folder() -> None:
    def present() -> set[Path]:
        folders = (Path(tempfile.gettempdir()), Path("/dev/shm"), Path.home(), Path.home() / ".cache")
        return {path for folder in folders if folder.is_dir() for path in folder.iterdir()}

    before = present()
    opened = _opened("paddleocr")
    try:
        opened.read(page(TEXTS[:1]))
        ours = f"teller-assist-{os.getpid()}-"
        assert any(path.name.startswith(ours) for path in present() - before)
    finally:
        opened.close()
    assert not {path for path in present() - before if path.name.startswith((ours, ".paddlex", "paddle", "rapid"))}
