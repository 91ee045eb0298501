"""What was measured is kept, and a cache may be lost."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import numpy as np
import pytest

from teller_assist.errors import ResourceError
from teller_assist.evaluation.feature_cache import CACHE_NAME, MeasuredRow, open_cache

FOUND = MeasuredRow(np.array([0.6, 0.8], np.float32), "", 0.25, {"Sharpness": 71})
WITH_LINES = MeasuredRow(
    np.array([1, 0], np.float32), "", 0.1, by_layout=True, had_lines=True, with_lines=np.array([0, 1], np.float32)
)
FAILED = MeasuredRow(np.zeros(0, np.float32), "no_face", float("nan"))


def test_what_was_kept_is_found_by_its_key_and_nothing_else(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        cache.keep({"a": FOUND, "b": FAILED})
    with open_cache(tmp_path) as cache:
        found = cache.find(["a", "b", "c"])
    assert set(found) == {"a", "b"}
    np.testing.assert_array_equal(found["a"].vector, FOUND.vector)
    assert (found["a"].failure, found["a"].heaviness, found["a"].quality) == ("", 0.25, {"Sharpness": 71})
    assert found["b"].failure == "no_face"
    assert found["b"].vector.size == 0
    assert np.isnan(found["b"].heaviness)


def test_what_a_mesh_photo_was_before_is_kept_with_it(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        cache.keep({"a": WITH_LINES, "b": FOUND})
        found = cache.find(["a", "b"])
    assert (found["a"].by_layout, found["a"].had_lines) == (True, True)
    np.testing.assert_array_equal(found["a"].with_lines, WITH_LINES.with_lines)
    assert (found["b"].by_layout, found["b"].had_lines, found["b"].with_lines.size) == (False, False, 0)


def test_many_keys_are_asked_for(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        cache.keep({f"{number:05d}": FOUND for number in range(1_234)})
        assert len(cache.find(f"{number:05d}" for number in range(2_000))) == 1_234


@pytest.mark.parametrize("content", [b"no data base", b"SQLite format 3\0" + b"\xff" * 4_096])
def test_a_cache_that_cannot_be_read_is_begun_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CACHE_NAME).write_bytes(content)
    with open_cache(tmp_path) as cache:
        assert cache.find(["a"]) == {}
        cache.keep({"a": FOUND})
        assert set(cache.find(["a"])) == {"a"}


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    with open_cache(tmp_path / "new"):
        pass
    assert stat.S_IMODE((tmp_path / "new" / CACHE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_a_known_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ResourceError), open_cache(tmp_path / "file" / "cache"):
        pass


def test_a_cache_in_use_is_told_and_never_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_cache(tmp_path) as cache:
        cache.keep({"a": FOUND})
    monkeypatch.setattr("teller_assist.evaluation.feature_cache._BUSY_LIMIT_S", 0.05)
    holder = sqlite3.connect(tmp_path / CACHE_NAME, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(ResourceError) as caught, open_cache(tmp_path):
            pass
    finally:
        holder.close()
    assert caught.value.reason == "machine_busy"
    with open_cache(tmp_path) as cache:
        assert set(cache.find(["a"])) == {"a"}


def test_a_full_disk_is_told_and_what_was_kept_before_stays(tmp_path: Path) -> None:
    with open_cache(tmp_path) as cache:
        cache.keep({"a": FOUND})
        cache._connection.execute("PRAGMA max_page_count = 4")
        with pytest.raises(ResourceError) as caught:
            cache.keep({f"{number:05d}": FOUND for number in range(5_000)})
    assert caught.value.reason == "disk_full"
    with open_cache(tmp_path) as cache:
        assert set(cache.find(["a", "00001"])) == {"a"}
