from __future__ import annotations

import hashlib
import io
import os
import sys
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest

from teller_assist.demonstration import footage
from teller_assist.demonstration.footage import FootageFile, FootagePackage, cached_footage, fetch_footage, listed_files
from teller_assist.demonstration.packages import stop_loading
from teller_assist.errors import PhotographsMissingError
from teller_assist.wording import codes
from tests.stand_ins.equipment import wait_until

ROLL, STILL = b"a recording of nobody", b"a photograph of nobody"


def pinned(package: str, member: str, content: bytes) -> FootageFile:
    return FootageFile(package, member, "recording", len(content), hashlib.sha256(content).hexdigest())


def write_npm(folder: Path, script: str) -> None:
    """Put a stand-in for npm first on the search path of this test."""
    folder.mkdir(exist_ok=True)
    npm = folder / "npm"
    npm.write_text(f"#!{sys.executable}\nimport sys\n{script}\n", encoding="utf-8")
    npm.chmod(0o755)


def served_tgz(folder: Path, content: bytes, member: str = "package/media/roll.mp4") -> Path:
    path = folder / "served.tgz"
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo(member)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return path


def copying(source: Path) -> str:
    return (
        "import pathlib, shutil\n"
        "folder = sys.argv[sys.argv.index('--pack-destination') + 1]\n"
        f"shutil.copy({str(source)!r}, pathlib.Path(folder) / 'nobody-js-1.0.0.tgz')"
    )


def write_wheel(folder: Path, content: bytes) -> None:
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / "nobody-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("nobody/still.jpg", content)
        wheel.writestr("nobody-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: nobody\nVersion: 1.0\n")
        wheel.writestr("nobody-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("nobody-1.0.dist-info/RECORD", "")


@pytest.fixture(autouse=True)
def shelves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two small packages instead of the real ones, on local shelves: one that npm serves and one that pip serves."""
    monkeypatch.setattr(
        footage,
        "_packages",
        lambda: {"nobody-js": FootagePackage("npm", "1.0.0", 10_000), "nobody": FootagePackage("wheel", "1.0", 10_000)},
    )
    files = {
        "roll.mp4": pinned("nobody-js", "package/media/roll.mp4", ROLL),
        "still.jpg": pinned("nobody", "nobody/still.jpg", STILL),
    }
    monkeypatch.setattr(footage, "listed_files", lambda: files)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "shelf"))
    write_wheel(tmp_path / "shelf", STILL)
    write_npm(tmp_path / "bin", copying(served_tgz(tmp_path, ROLL)))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def root_of(tmp_path: Path) -> Path:
    root = tmp_path / "home"
    root.mkdir(exist_ok=True)
    return root


@pytest.mark.full
def test_everything_is_fetched_once_and_then_quiet(tmp_path: Path) -> None:
    told: list[str] = []
    first = fetch_footage(root_of(tmp_path), told.append)
    assert {name: path.read_bytes() for name, path in first.paths.items()} == {"roll.mp4": ROLL, "still.jpg": STILL}
    assert (dict(first.lacking), len(told)) == ({}, 2)
    assert fetch_footage(root_of(tmp_path), told.append) == first
    assert len(told) == 2
    assert not list((root_of(tmp_path) / ".cache").rglob("*.part"))


@pytest.mark.full
def test_a_machine_without_npm_uses_the_rest_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    told: list[str] = []
    found = fetch_footage(root_of(tmp_path), told.append)
    assert set(found.paths) == {"still.jpg"}
    assert found.lacking == {"nobody-js": "npm_absent"}
    assert any("npm" in line for line in told)


def test_npm_is_not_asked_when_it_is_not_wanted(tmp_path: Path) -> None:
    fetch_footage(root_of(tmp_path), lambda _: None)
    write_npm(tmp_path / "bin", "raise SystemExit('asked')")
    found = fetch_footage(root_of(tmp_path), lambda _: None, with_npm=False)
    assert set(found.paths) == {"still.jpg"}, "what npm once brought is not used either"
    assert found.lacking == {"nobody-js": "npm_not_wanted"}


@pytest.mark.parametrize(
    ("script", "why"),
    [("raise SystemExit(1)", "npm_failed"), ("pass", "npm_failed")],
)
def test_an_npm_that_fails_costs_its_own_footage_only(tmp_path: Path, script: str, why: str) -> None:
    write_npm(tmp_path / "bin", script)
    found = fetch_footage(root_of(tmp_path), lambda _: None)
    assert (set(found.paths), dict(found.lacking)) == ({"still.jpg"}, {"nobody-js": why})


def test_an_npm_that_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("teller_assist.demonstration.packages.FETCH_TIMEOUT_S", 0.5)
    write_npm(tmp_path / "bin", "import time; time.sleep(60)")
    (root_of(tmp_path) / ".cache" / "footage").mkdir(parents=True)
    (root_of(tmp_path) / ".cache" / "footage" / "still.jpg").write_bytes(STILL)
    assert fetch_footage(root_of(tmp_path), lambda _: None).lacking == {"nobody-js": "npm_failed"}


def test_what_a_hanging_npm_started_ends_with_it_when_the_program_ends(tmp_path: Path) -> None:
    started = tmp_path / "started"
    child = "import subprocess, sys, time; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    write_npm(tmp_path / "bin", f"{child}; open({str(started)!r}, 'w').write(str(child.pid)); time.sleep(600)")
    fetching = threading.Thread(target=fetch_footage, args=(root_of(tmp_path), lambda _: None))
    fetching.start()
    wait_until(lambda: started.exists() and started.read_text() != "")
    stop_loading()
    fetching.join(20)
    assert not fetching.is_alive()
    wait_until(lambda: not _runs(int(started.read_text())))


def _runs(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.full
@pytest.mark.parametrize(
    ("content", "member"),
    [
        (b"another recording now", "package/media/roll.mp4"),
        (ROLL + b"more", "package/media/roll.mp4"),
        (ROLL, "package/media/other.mp4"),
    ],
)
def test_a_package_with_other_content_is_refused_and_nothing_of_it_kept(tmp_path: Path, content: bytes, member: str) -> None:
    served_tgz(tmp_path, content, member)
    found = fetch_footage(root_of(tmp_path), lambda _: None)
    assert found.lacking == {"nobody-js": "archive_altered"}
    assert set(cached_footage(root_of(tmp_path))) == {"still.jpg"}


@pytest.mark.full
def test_bytes_that_are_no_archive_are_refused(tmp_path: Path) -> None:
    (tmp_path / "served.tgz").write_bytes(b"not an archive")
    assert fetch_footage(root_of(tmp_path), lambda _: None).lacking == {"nobody-js": "archive_altered"}


@pytest.mark.full
def test_an_oversized_package_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    served_tgz(tmp_path, os.urandom(20_000))
    assert fetch_footage(root_of(tmp_path), lambda _: None).lacking == {"nobody-js": "archive_too_large"}


@pytest.mark.full
def test_a_link_in_an_archive_leads_nowhere(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(ROLL)
    with tarfile.open(tmp_path / "served.tgz", "w:gz") as archive:
        info = tarfile.TarInfo("package/media/roll.mp4")
        info.type, info.linkname = tarfile.SYMTYPE, str(outside)
        archive.addfile(info)
    assert fetch_footage(root_of(tmp_path), lambda _: None).lacking == {"nobody-js": "archive_altered"}


@pytest.mark.full
def test_what_a_killed_fetch_left_behind_is_no_footage_and_is_repaired(tmp_path: Path) -> None:
    cache = root_of(tmp_path) / ".cache" / "footage"
    cache.mkdir(parents=True)
    (cache / "roll.mp4.part").write_bytes(ROLL[:4])
    (cache / "still.jpg").write_bytes(STILL[:4])
    assert cached_footage(root_of(tmp_path)) == {}
    found = fetch_footage(root_of(tmp_path), lambda _: None)
    assert {name: path.read_bytes() for name, path in found.paths.items()} == {"roll.mp4": ROLL, "still.jpg": STILL}
    assert not list(cache.glob("*.part"))


@pytest.mark.full
def test_only_nothing_at_all_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    (tmp_path / "shelf" / "nobody-1.0-py3-none-any.whl").unlink()
    with pytest.raises(PhotographsMissingError) as refusal:
        fetch_footage(root_of(tmp_path), lambda _: None)
    assert refusal.value.facts["why"] == "pip_failed"


@pytest.mark.full
def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (root_of(tmp_path) / ".cache").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(PhotographsMissingError) as refusal:
        fetch_footage(root_of(tmp_path), lambda _: None)
    assert refusal.value.facts["why"] == "cache_not_writable"


def test_every_reason_has_words() -> None:
    assert {"pip_failed", "npm_absent", "npm_failed", "npm_not_wanted", "archive_too_large", "archive_altered"} <= set(
        codes("footage_lacking")
    )


def test_every_listed_file_is_pinned_and_bounded() -> None:
    for name, file in listed_files().items():
        assert file.kind in ("recording", "photograph"), name
        assert len(file.sha256) == 64
        assert 0 < file.size_bytes < 4_000_000
        assert Path(name).name == name


@pytest.mark.full
def test_the_listed_footage_can_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    found = fetch_footage(tmp_path, lambda _: None)
    assert set(found.paths) | {
        name for name, file in listed_files().items() if found.lacking.get(file.package) == "npm_absent"
    } == set(listed_files())
