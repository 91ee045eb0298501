from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from teller_assist.errors import ModelAlteredError, ModelMissingError
from teller_assist.model_files.folding import fold_to_float32
from teller_assist.model_files.manifest import Engine, ModelEntry
from teller_assist.model_files.sessions import checked_state, open_onnx, self_check
from teller_assist.model_files.store import ModelState, ModelStore

AsIs = Callable[[ModelEntry, bytes], ModelEntry]


def _why(store: ModelStore, entry: ModelEntry) -> str:
    with pytest.raises(ModelAlteredError) as caught:
        self_check(store, entry)
    return str(caught.value.facts["why"])


def test_a_model_that_runs_passes_its_self_check(store: ModelStore, entry: ModelEntry, published: bytes) -> None:
    store.write(entry, fold_to_float32(published))
    assert checked_state(store, entry) is ModelState.READY


def test_a_session_runs_on_one_thread_without_spinning(store: ModelStore, entry: ModelEntry, published: bytes) -> None:
    store.write(entry, fold_to_float32(published))
    options = open_onnx(store, entry).get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"


def test_an_absent_model_is_missing_and_not_an_empty_session(store: ModelStore, entry: ModelEntry) -> None:
    with pytest.raises(ModelMissingError):
        open_onnx(store, entry)
    assert checked_state(store, entry) is ModelState.MISSING


def test_an_altered_model_is_not_opened(store: ModelStore, entry: ModelEntry, published: bytes) -> None:
    store.write(entry, fold_to_float32(published))
    with store.path(entry).open("r+b") as file:
        file.seek(100)
        file.write(b"\xff")
    with pytest.raises(ModelAlteredError):
        open_onnx(store, entry)
    assert checked_state(store, entry) is ModelState.ALTERED


def test_a_block_quantised_model_opens_and_fails_only_when_it_runs(
    store: ModelStore, entry: ModelEntry, published: bytes, as_is: AsIs
) -> None:
    """This is how onnxruntime treats the published YuNet and SFace; opening alone would let them through."""
    unfolded = as_is(entry, published)
    store.write(unfolded, published)
    assert open_onnx(store, unfolded) is not None
    assert _why(store, unfolded) == "self_check_not_run"


def test_a_model_that_opens_but_does_not_run_is_found(
    store: ModelStore, entry: ModelEntry, opens_but_does_not_run: bytes, as_is: AsIs
) -> None:
    broken = replace(as_is(entry, opens_but_does_not_run), outputs={"features": (1, 1, 2, 4)})
    store.write(broken, opens_but_does_not_run)
    assert open_onnx(store, broken) is not None
    assert _why(store, broken) == "self_check_not_run"
    assert store.state(broken) is ModelState.READY
    assert checked_state(store, broken) is ModelState.SELF_CHECK_FAILED


def test_an_answer_that_is_no_number_is_found(
    store: ModelStore, entry: ModelEntry, answers_not_a_number: bytes, as_is: AsIs
) -> None:
    broken = replace(as_is(entry, answers_not_a_number), outputs={"features": (1, 1, 4, 4)})
    store.write(broken, answers_not_a_number)
    assert _why(store, broken) == "self_check_output_not_finite"


@pytest.mark.parametrize(
    ("outputs", "why"),
    [({"features": (1, 128)}, "self_check_output_shape"), ({"fc1": (1, 2, 2, 2)}, "self_check_not_run")],
    ids=["another_shape", "another_name"],
)
@pytest.mark.parametrize("engine", ["onnxruntime", "opencv"])
def test_an_output_that_is_not_the_manifests_is_found(
    store: ModelStore, entry: ModelEntry, published: bytes, engine: Engine, outputs: dict[str, tuple[int, ...]], why: str
) -> None:
    store.write(entry, fold_to_float32(published))
    assert _why(store, replace(entry, engine=engine, outputs=outputs)) == why


@pytest.mark.parametrize("engine", ["onnxruntime", "opencv"])
def test_bytes_that_are_no_model_are_refused_by_both_engines(
    store: ModelStore, entry: ModelEntry, as_is: AsIs, engine: Engine
) -> None:
    text = replace(as_is(entry, b"no model at all"), engine=engine)
    store.write(text, b"no model at all")
    assert checked_state(store, text) is ModelState.SELF_CHECK_FAILED


@pytest.mark.full
def test_the_installed_models_run(installed: ModelStore) -> None:
    for entry in installed.manifest.entries:
        if entry.required:
            assert checked_state(installed, entry) is ModelState.READY


@pytest.mark.full
def test_sface_answers_the_same_bytes_twice(installed: ModelStore) -> None:
    entry = installed.manifest.entry("sface-2021dec")
    pixels = np.random.default_rng(3).random(entry.model_input.shape, dtype=np.float32) * 255
    answers = [open_onnx(installed, entry).run(None, {"data": pixels})[0] for _ in range(2)]
    assert np.array_equal(answers[0], answers[1])


@pytest.mark.full
def test_no_report_about_this_machine_is_made_or_kept(
    store: ModelStore, entry: ModelEntry, published: bytes, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    model = tmp_path / "model.onnx"
    model.write_bytes(fold_to_float32(published))
    run = "import sys; import teller_assist.model_files.sessions as s; s.onnxruntime.InferenceSession(sys.argv[1])"
    where = {"HOME": str(home), "TMPDIR": str(home), "XDG_CACHE_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", run, str(model)], check=True, env=where, timeout=60)
    assert list(home.rglob("*")) == []
