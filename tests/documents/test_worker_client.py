"""The engine in a process of its own: started, kept, killed, replaced; a stand-in plays the worker."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from teller_assist.documents import worker_client
from teller_assist.documents.worker_client import WorkerEngine, documents_interpreter, launch_of
from teller_assist.documents.worker_process import PROGRAM
from teller_assist.errors import BugError, DocumentEngineError, ModelAlteredError, ModelMissingError
from teller_assist.model_files.store import ModelStore
from teller_assist.settings.documents import DocumentsSettings
from tests.documents.conftest import Clock, StartEngine, picture
from tests.stand_ins import document_worker as stand_in

BRIEF_S = 0.3


def refusal(engine: WorkerEngine, behaviour: int) -> tuple[str, Any]:
    with pytest.raises(DocumentEngineError) as caught:
        engine.read(picture(behaviour))
    return caught.value.reason, caught.value.facts.get("why")


def told_place(engine: WorkerEngine) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(engine.read(picture(stand_in.TELLS_ITS_PLACE))[0].text)
    return told


# ------------------------------------------------------------------ reading


def test_it_starts_by_itself_and_reads(start_engine: StartEngine) -> None:
    lines = start_engine().read(picture(stand_in.READS, 50, 40))
    assert [line.text for line in lines] == ["50x40"]
    assert lines[0].character_confidences == (0.5,) * 5
    assert lines[0].corners.dtype == np.float32
    assert lines[0].corners.shape == (4, 2)


def test_warm_says_what_reads(start_engine: StartEngine) -> None:
    identity = start_engine().warm()
    assert (identity.name, identity.models) == ("stand-in 1", ("pp-ocrv6-small-det", "pp-ocrv6-small-rec"))


def test_one_worker_serves_every_call(start_engine: StartEngine) -> None:
    engine = start_engine()
    engine.warm()
    assert told_place(engine)["pid"] == told_place(engine)["pid"]


def test_pixels_that_are_a_view_of_others_are_read_as_they_look(start_engine: StartEngine) -> None:
    wide = np.zeros((80, 90, 3), np.uint8)
    assert start_engine().read(wide[5:45, 10:60])[0].text == "50x40"


@pytest.mark.parametrize(("size_px", "read_as"), [((8, 8), "32x32"), ((4000, 8), "4000x200"), ((100, 1000), "100x1000")])
def test_a_narrow_strip_is_continued_until_a_detector_can_take_it(
    start_engine: StartEngine, size_px: tuple[int, int], read_as: str
) -> None:
    assert start_engine().read(picture(stand_in.READS, *size_px))[0].text == read_as


def test_two_callers_wait_for_each_other(start_engine: StartEngine) -> None:
    engine = start_engine()
    engine.warm()
    texts: list[str] = []

    def read(width_px: int) -> None:
        texts.append(engine.read(picture(stand_in.READS, width_px))[0].text)

    callers = [threading.Thread(target=read, args=(width_px,)) for width_px in range(40, 48)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert sorted(texts) == [f"{width_px}x40" for width_px in range(40, 48)]


def test_a_picture_smaller_than_any_text_is_not_asked_about(start_engine: StartEngine) -> None:
    assert start_engine(engine="ends_at_start").read(picture(stand_in.ENDS, 7, 100)) == ()


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((10, 10), np.uint8),
        np.zeros((10, 10, 4), np.uint8),
        np.zeros((10, 10, 3), np.float32),
        np.zeros((0, 10, 3), np.uint8),
        np.broadcast_to(np.uint8(0), (10_000, 5_001, 3)),
    ],
)
def test_pixels_of_another_kind_are_our_own_fault(start_engine: StartEngine, pixels: Any) -> None:
    with pytest.raises(BugError):
        start_engine().read(pixels)


# ------------------------------------------------------------------ what the process is given


def test_the_worker_has_nothing_of_ours(start_engine: StartEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLER_ASSIST_SECRET", "x")
    with Path(os.devnull).open("rb") as ours:
        os.set_inheritable(ours.fileno(), True)
        place = told_place(start_engine())
    assert set(place["environment"]) <= {"LANG", "TMPDIR", "HOME", "USERPROFILE", "LC_CTYPE"}
    assert place["descriptors"][:3] == [0, 1, 2]
    assert len(place["descriptors"]) == 4  # the fourth is the look at the folder of descriptors
    assert place["flags"] == [1, 1]


def test_its_folder_is_private_and_goes_with_it(start_engine: StartEngine) -> None:
    engine = start_engine()
    place = told_place(engine)
    folder = Path(place["folder"])
    assert folder.stat().st_mode & 0o777 == 0o700
    assert place["environment"]["HOME"] == str(folder / "home")
    assert place["environment"]["TMPDIR"] == str(folder)
    engine.close()
    assert not folder.exists()


def test_it_gets_the_verified_models_for_its_start_only(start_engine: StartEngine) -> None:
    place = told_place(start_engine())
    assert place["models_at_start"] == ["PP-OCRv6_small_det", "PP-OCRv6_small_rec"]
    assert place["models_now"] is False
    assert place["start"] == {"op": "start", "engine": "sound", "threads": 1, "time_limit_s": 10.0}


# ------------------------------------------------------------------ what goes wrong


@pytest.mark.logs_warnings
def test_at_its_time_limit_it_is_killed_and_the_next_call_reads(start_engine: StartEngine) -> None:
    engine = start_engine(read_limit_s=BRIEF_S)
    before = told_place(engine)["pid"]
    began_s = time.monotonic()
    assert refusal(engine, stand_in.HANGS) == ("document_engine_timeout", None)
    assert time.monotonic() - began_s < BRIEF_S + 1.0
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
    assert told_place(engine)["pid"] != before


@pytest.mark.logs_warnings
def test_a_picture_that_it_does_not_take_ends_at_the_limit_too(start_engine: StartEngine) -> None:
    engine = start_engine(read_limit_s=BRIEF_S)
    os.kill(told_place(engine)["pid"], signal.SIGSTOP)
    with pytest.raises(DocumentEngineError) as caught:
        engine.read(picture(stand_in.READS, 1000, 1000))  # more than a pipe holds
    assert caught.value.reason == "document_engine_timeout"


@pytest.mark.logs_warnings
def test_one_that_ends_is_replaced(start_engine: StartEngine) -> None:
    engine = start_engine()
    assert refusal(engine, stand_in.ENDS) == ("document_engine_failed", "ended")
    assert engine.read(picture(stand_in.READS))


@pytest.mark.logs_warnings
def test_one_that_ended_while_nobody_asked_is_replaced_unseen(start_engine: StartEngine) -> None:
    engine = start_engine()
    place = told_place(engine)
    os.kill(place["pid"], signal.SIGKILL)
    time.sleep(0.05)
    assert engine.read(picture(stand_in.READS))
    assert not Path(place["folder"]).exists()


@pytest.mark.logs_warnings
@pytest.mark.parametrize("behaviour", [stand_in.TALKS_NONSENSE, stand_in.LIES])
def test_one_that_talks_nonsense_is_replaced(start_engine: StartEngine, behaviour: int) -> None:
    engine = start_engine()
    before = told_place(engine)["pid"]
    assert refusal(engine, behaviour) == ("document_engine_failed", "nonsense")
    assert told_place(engine)["pid"] != before


def test_what_it_prints_blocks_nothing_and_is_kept_nowhere(start_engine: StartEngine, capfd: pytest.CaptureFixture[str]) -> None:
    engine = start_engine()
    assert engine.read(picture(stand_in.FLOODS))
    engine.close()
    assert "secret" not in "".join(capfd.readouterr())


@pytest.mark.logs_warnings
def test_a_picture_that_the_engine_cannot_read_costs_no_restart(start_engine: StartEngine) -> None:
    engine = start_engine()
    before = told_place(engine)["pid"]
    for _ in range(3):
        assert refusal(engine, stand_in.FAILS) == ("document_engine_failed", "engine_error")
    assert told_place(engine)["pid"] == before


def test_one_that_has_grown_is_replaced_after_its_answer(start_engine: StartEngine) -> None:
    engine = start_engine()
    before = told_place(engine)["pid"]
    assert engine.read(picture(stand_in.GROWS))[0].text == "50x40"
    assert told_place(engine)["pid"] != before


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("never_ready", ("document_engine_timeout", None)),
        ("ends_at_start", ("document_engine_failed", "ended")),
        ("odd_hello", ("document_engine_failed", "nonsense")),
    ],
)
def test_one_that_does_not_become_ready_says_why(start_engine: StartEngine, name: str, refused: tuple[str, Any]) -> None:
    engine = start_engine(engine=name, start_limit_s=BRIEF_S if name == "never_ready" else 10.0)
    with pytest.raises(DocumentEngineError) as caught:
        engine.warm()
    assert (caught.value.reason, caught.value.facts.get("why")) == refused


@pytest.mark.full
@pytest.mark.logs_warnings
def test_failing_again_and_again_it_rests_longer_each_time(start_engine: StartEngine, clock: Clock) -> None:
    engine = start_engine()
    assert refusal(engine, stand_in.ENDS)[1] == "ended"
    assert refusal(engine, stand_in.ENDS)[1] == "ended"  # an accident is not waited for
    rests_s = []
    for _ in range(8):
        began_s = clock.now_s
        while refusal(engine, stand_in.ENDS)[1] == "resting":
            clock.now_s += 0.5
        rests_s.append(clock.now_s - began_s)
    assert rests_s == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]


@pytest.mark.logs_warnings
def test_a_reading_that_succeeds_ends_the_resting(start_engine: StartEngine, clock: Clock) -> None:
    engine = start_engine()
    for _ in range(2):
        refusal(engine, stand_in.ENDS)
    clock.now_s += 1.0
    assert engine.read(picture(stand_in.READS))
    assert refusal(engine, stand_in.ENDS)[1] == "ended"
    assert engine.read(picture(stand_in.READS))


def test_no_environment_for_documents_is_a_reason_of_its_own_each_time(start_engine: StartEngine, tmp_path: Path) -> None:
    engine = start_engine(interpreter=tmp_path / "python")
    for _ in range(4):
        with pytest.raises(DocumentEngineError) as caught:
            engine.warm()
        assert caught.value.reason == "document_engine_missing"


@pytest.mark.logs_warnings
def test_an_interpreter_that_cannot_be_started_is_a_failure(start_engine: StartEngine, tmp_path: Path) -> None:
    (tmp_path / "python").write_text("no program", encoding="ascii")
    with pytest.raises(DocumentEngineError) as caught:
        start_engine(interpreter=tmp_path / "python").warm()
    assert (caught.value.reason, caught.value.facts["why"]) == ("document_engine_failed", "not_started")


@pytest.mark.parametrize("file", ["pp-ocrv6-small-det.onnx", "pp-ocrv6-small-rec.yml"])
def test_a_model_or_its_companion_that_is_missing_or_altered_is_never_given_away(
    start_engine: StartEngine, store: ModelStore, file: str
) -> None:
    (store.folder / file).write_bytes(b"x" * len(file))
    with pytest.raises(ModelAlteredError):
        start_engine().warm()
    (store.folder / file).unlink()
    with pytest.raises(ModelMissingError):
        start_engine().warm()


# ------------------------------------------------------------------ the end


def test_closing_ends_a_reading_at_once(start_engine: StartEngine, caplog: pytest.LogCaptureFixture) -> None:
    engine = start_engine()
    engine.warm()
    reasons: list[tuple[str, Any]] = []
    reader = threading.Thread(target=lambda: reasons.append(refusal(engine, stand_in.HANGS)))
    reader.start()
    time.sleep(0.1)
    began_s = time.monotonic()
    engine.close()
    reader.join()
    assert time.monotonic() - began_s < 1.0
    assert reasons == [("document_engine_failed", "closed")]


def test_nothing_is_read_after_the_end(start_engine: StartEngine) -> None:
    engine = start_engine()
    engine.warm()
    engine.close()
    engine.close()
    assert refusal(engine, stand_in.READS) == ("document_engine_failed", "closed")


# ------------------------------------------------------------------ settings


def test_the_interpreter_lies_beside_the_installation_unless_it_is_set() -> None:
    inside = Path("Scripts", "python.exe") if sys.platform == "win32" else Path("bin", "python")
    assert documents_interpreter(DocumentsSettings(), Path("/srv/product")) == Path("/srv/product/.venv-documents") / inside
    assert documents_interpreter(DocumentsSettings(interpreter="/opt/python"), Path("/srv")) == Path("/opt/python")


def test_the_settings_reach_the_launch() -> None:
    launch = launch_of(DocumentsSettings("rapidocr", "/opt/python", 1, 20.0, 5.0, 900.0), Path("/srv"))
    assert (launch.engine, launch.threads, launch.start_limit_s) == ("rapidocr", 1, 20.0)
    assert (launch.read_limit_s, launch.memory_mb, launch.program) == (5.0, 900.0, PROGRAM)


def test_both_sides_agree_on_what_is_too_small_and_too_large() -> None:
    program = PROGRAM.read_text(encoding="utf-8")
    assert f"SMALLEST_SIDE_PX = {worker_client.SMALLEST_SIDE_PX} " in program
    assert "LARGEST_PICTURE_PX = 50_000_000\n" in program
    assert worker_client.LARGEST_PICTURE_PX == 50_000_000


@pytest.mark.logs_warnings
def test_a_worker_that_tried_to_reach_out_is_told_in_the_log_once_for_each_try(
    start_engine: StartEngine, caplog: pytest.LogCaptureFixture
) -> None:
    engine = start_engine()
    engine.read(picture(stand_in.READS))
    assert "refused" not in caplog.text
    engine.read(picture(stand_in.REACHES_OUT))
    engine.read(picture(stand_in.REACHES_OUT))
    assert caplog.text.count("was refused what it tried: {'socket.connect': 1}") == 1
