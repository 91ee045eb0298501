from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from teller_assist.errors import BugError, ModelAlteredError, ModelMissingError, ResourceError
from teller_assist.model_files.folding import fold_to_float32
from teller_assist.model_files.manifest import ModelEntry, ModelManifest
from teller_assist.model_files.store import ModelState, ModelStore


@pytest.fixture
def prepared(published: bytes) -> bytes:
    return fold_to_float32(published)


def test_a_model_that_was_never_fetched_is_missing(store: ModelStore, entry: ModelEntry) -> None:
    assert store.state(entry) is ModelState.MISSING
    with pytest.raises(ModelMissingError) as caught:
        store.read_verified(entry)
    assert caught.value.facts == {"model": "made-up-1", "why": "not_there"}


def test_a_written_model_is_ready_and_read_back_byte_for_byte(store: ModelStore, entry: ModelEntry, prepared: bytes) -> None:
    store.write(entry, prepared)
    assert store.state(entry) is ModelState.READY
    assert store.read_verified(entry) == prepared
    assert [path.name for path in store.folder.iterdir()] == [entry.file]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda data: data[:-1] + bytes([data[-1] ^ 1]), "sha256"),
        (lambda data: data[: len(data) // 2], "size"),
        (lambda data: data + b"\0", "size"),
        (lambda data: b"", "size"),
    ],
    ids=["one_bit", "half_written", "longer", "empty"],
)
def test_an_altered_file_is_refused(
    store: ModelStore, entry: ModelEntry, prepared: bytes, spoil: Callable[[bytes], bytes], why: str
) -> None:
    store.write(entry, prepared)
    store.path(entry).write_bytes(spoil(prepared))
    assert store.state(entry) is ModelState.ALTERED
    with pytest.raises(ModelAlteredError) as caught:
        store.read_verified(entry)
    assert caught.value.facts == {"model": "made-up-1", "why": why}


def test_an_altered_file_is_replaced_by_the_right_one(store: ModelStore, entry: ModelEntry, prepared: bytes) -> None:
    store.folder.mkdir(parents=True)
    store.path(entry).write_bytes(prepared[:10])
    store.write(entry, prepared)
    assert store.state(entry) is ModelState.READY


def test_a_folder_in_the_place_of_the_file_is_not_readable(store: ModelStore, entry: ModelEntry) -> None:
    store.path(entry).mkdir(parents=True)
    with pytest.raises(ModelMissingError) as caught:
        store.read_verified(entry)
    assert caught.value.facts["why"] == "not_readable"


def test_a_model_of_the_installation_lies_beside_the_fetched_ones(entry: ModelEntry, prepared: bytes, tmp_path: Path) -> None:
    shipped = replace(entry, preparation="shipped")
    store = ModelStore(ModelManifest((shipped,)), tmp_path / "files", tmp_path / "trained")
    assert store.state(shipped) is ModelState.MISSING
    (tmp_path / "trained").mkdir()
    (tmp_path / "trained" / shipped.file).write_bytes(prepared)
    assert store.read_verified(shipped) == prepared
    (tmp_path / "trained" / shipped.file).write_bytes(prepared[:-1] + b"x")
    assert store.state(shipped) is ModelState.ALTERED, "it is checked like any other"


def test_other_bytes_never_enter_the_folder(store: ModelStore, entry: ModelEntry) -> None:
    with pytest.raises(BugError):
        store.write(entry, b"something else")
    assert not store.folder.exists()


def test_what_a_killed_process_left_is_cleared_away_and_what_another_still_writes_is_not(
    store: ModelStore, entry: ModelEntry, prepared: bytes
) -> None:
    store.folder.mkdir(parents=True)
    abandoned, fresh = store.folder / "tmpold.part", store.folder / "tmpnew.part"
    for part in (abandoned, fresh):
        part.write_bytes(b"half")
    two_hours_ago_s = time.time() - 7200
    os.utime(abandoned, (two_hours_ago_s, two_hours_ago_s))
    store.write(entry, prepared)
    assert not abandoned.exists()
    assert fresh.exists()


def test_a_folder_that_cannot_be_written_is_named_as_such(store: ModelStore, entry: ModelEntry, prepared: bytes) -> None:
    """A file stands where the folder should be: this fails for the administrator too, unlike a read-only folder."""
    store.folder.parent.mkdir(parents=True)
    store.folder.write_bytes(b"")
    with pytest.raises(ResourceError) as caught:
        store.write(entry, prepared)
    assert caught.value.reason == "folder_not_writable"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_named_as_such(
    store: ModelStore, entry: ModelEntry, prepared: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part is opened on the device that is always full; the error is the system's own."""

    def on_the_full_device(**where: object) -> tuple[int, str]:
        return os.open("/dev/full", os.O_WRONLY), str(store.folder / "tmp.part")

    monkeypatch.setattr("teller_assist.model_files.store.tempfile.mkstemp", on_the_full_device)
    with pytest.raises(ResourceError) as caught:
        store.write(entry, prepared)
    assert caught.value.reason == "disk_full"
    assert store.state(entry) is ModelState.MISSING
