"""No room for a case, in the data folder or in the keys': 507, nothing half kept, and once there is room it is taken."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from teller_assist.errors import ResourceError
from teller_assist.review.audit_check import check_chain
from teller_assist.review.case_keys import CaseKeys
from teller_assist.review.people import Role
from tests.stand_ins.attacked import AttackedBranch, refusal, sent
from tests.stand_ins.databases import audit_of

FOLDERS = {"data": "server", "keys": "server.keys"}
_ROOM = "16m"
_MOST_PAGES = 2**30


@pytest.mark.full
@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_a_folder_that_is_full_refuses_and_takes_again_once_there_is_room(tmp_path: Path, folder: str) -> None:
    """A real file system of its own."""
    place = tmp_path / FOLDERS[folder]
    place.mkdir(mode=0o700)
    with _small_file_system(place):
        _fills_and_is_emptied(tmp_path, lambda _branch: _full(place / "filler"))


@pytest.mark.full
@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_a_database_that_may_not_grow_refuses_and_takes_again(tmp_path: Path, folder: str) -> None:
    """SQLite's own limit of pages: the same error, on every machine."""
    _fills_and_is_emptied(tmp_path, _database_may_not_grow if folder == "data" else _keys_may_not_grow)


def _fills_and_is_emptied(folder: Path, full: Callable[[AttackedBranch], object]) -> None:
    with ExitStack() as undo:
        branch = AttackedBranch(folder)
        undo.callback(branch.stop)
        body = json.dumps(branch.envelope()).encode()
        case_id = json.loads(body)["case_id"]
        before = branch.kept()
        with full(branch):  # type: ignore[attr-defined]
            refused = [refusal(sent(branch.signed("/api/v1/cases", body))) for _ in range(3)]
        assert refused == [(507, "disk_full")] * 3
        assert branch.kept() == before
        assert sent(branch.signed("/api/v1/cases", body)).status_code == 201
        with branch.somebody(Role.MANAGER) as manager:
            assert manager.get(f"/cases/{case_id}/pictures/live").headers["content-type"] == "image/png"
        assert branch.takes_a_case()
        assert check_chain(audit_of(branch.server.data)) is None


@contextmanager
def _small_file_system(place: Path) -> Iterator[None]:
    if os.geteuid() != 0:
        pytest.skip("only root mounts a file system")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_ROOM},mode=0700", "tmpfs", place], capture_output=True)
    if mounted.returncode:
        pytest.skip("this machine mounts no file system")
    try:
        yield
    finally:
        subprocess.run(["umount", place], check=True)


@contextmanager
def _full(filler: Path) -> Iterator[None]:
    """Have a file take all the room that there is."""
    with filler.open("wb", buffering=0) as file:
        for size in (1_000_000, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def _keys_may_not_grow(branch: AttackedBranch) -> Iterator[None]:
    keys = branch.server.records.case_keys
    with keys._lock:
        # Free pages are used before the file grows: there are none, nothing was ever destroyed.
        keys._connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(ResourceError, match="disk_full"):
        _use_up(keys)
    try:
        yield
    finally:
        with keys._lock:
            keys._connection.execute(f"PRAGMA max_page_count = {_MOST_PAGES}")


@contextmanager
def _database_may_not_grow(branch: AttackedBranch) -> Iterator[None]:
    pages = [1]

    def limit(connection: object, _record: object, _proxy: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages[0]}")  # type: ignore[attr-defined]

    engine = branch.server.records.database._writer
    event.listen(engine, "checkout", limit)
    try:
        yield
    finally:
        pages[0] = _MOST_PAGES


def _use_up(keys: CaseKeys) -> None:
    """Take what room the last page has."""
    for number in range(2000):
        keys.make(f"{number:032x}", ("record",))
