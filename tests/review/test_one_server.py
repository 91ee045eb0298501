"""One server at a time: a second is refused, a lost connection takes the lock again, who lost it to another is told."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from teller_assist.errors import DatabaseError
from teller_assist.review import one_server
from teller_assist.review.engines import DatabaseKind, DatabasePlace, database_place
from teller_assist.review.one_server import only_server
from tests.stand_ins.databases import CURRENT, record_of
from tests.stand_ins.equipment import wait_until

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import sys
from teller_assist.review.engines import database_place
from teller_assist.review.one_server import only_server
with only_server(database_place(sys.argv[1]), lambda: None):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path) -> DatabasePlace:
    return database_place(record_of(tmp_path))


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_server, "_WAIT_MS", 200)


def never() -> None:
    raise AssertionError("nobody took it")


def is_held(place: DatabasePlace) -> bool:
    try:
        with only_server(place, never):
            return False
    except DatabaseError as error:
        return error.reason == "database_in_use"


def kill_holders(place: DatabasePlace) -> None:
    """End every connection of a database, as a server does that is started anew."""
    assert CURRENT.cluster is not None
    name = str(place.url.database)
    CURRENT.cluster.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608


def test_a_second_server_is_refused_and_may_come_once_the_first_has_ended(place: DatabasePlace) -> None:
    with only_server(place, never):
        with pytest.raises(DatabaseError) as caught, only_server(place, never):
            pass
        assert caught.value.reason == "database_in_use"
    with only_server(place, never):
        pass


@pytest.mark.full
def test_a_killed_server_holds_nothing(place: DatabasePlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(record_of(tmp_path))],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert held.stdout is not None
    assert held.stdin is not None
    assert held.stdout.readline() == "held\n"
    with pytest.raises(DatabaseError), only_server(place, never):
        pass
    held.kill()
    held.wait()
    held.stdin.close()
    held.stdout.close()
    monkeypatch.setattr(one_server, "_WAIT_MS", 5_000)
    with only_server(place, never):
        pass


def test_a_lock_whose_connection_was_cut_is_taken_again(place: DatabasePlace) -> None:
    if place.kind is DatabaseKind.SQLITE:
        pytest.skip("a lock on a file needs no connection")
    with only_server(place, never, look_every_s=0.02):
        kill_holders(place)
        wait_until(lambda: is_held(place))


def test_a_lock_is_taken_again_once_the_database_is_back(place: DatabasePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    if CURRENT.cluster is None:
        pytest.skip("SQLite is in the server's own process")
    failed: list[str] = []
    real = one_server._HeldLock.look

    def noting(held: one_server._HeldLock) -> None:
        try:
            real(held)
        except DatabaseError as error:
            failed.append(error.reason)
            raise

    monkeypatch.setattr(one_server._HeldLock, "look", noting)
    with only_server(place, never, look_every_s=0.02):
        CURRENT.cluster.kill()
        try:
            wait_until(lambda: len(failed) > 2)
        finally:
            CURRENT.cluster.start()
        wait_until(lambda: is_held(place))
    assert set(failed) == {"database_unreachable"}


def test_who_lost_it_to_another_server_is_told(place: DatabasePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    if place.kind is DatabaseKind.SQLITE:
        pytest.skip("a lock on a file is not lost")
    told, go_on = threading.Event(), threading.Event()
    real = one_server._HeldLock.look

    def late(held: one_server._HeldLock) -> None:
        go_on.wait(10)
        real(held)

    monkeypatch.setattr(one_server._HeldLock, "look", late)
    with only_server(place, told.set, look_every_s=0.01):
        kill_holders(place)
        with only_server(place, never, look_every_s=100.0):
            go_on.set()
            assert told.wait(10)
