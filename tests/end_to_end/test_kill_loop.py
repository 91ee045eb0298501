"""Kills of station, server and database: whatever was acknowledged is on the server, once, and nothing is missing between."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.stand_ins.kill_loop import CASES, Loop, begun, check, kill_both_sides, new_loop
from tests.stand_ins.postgres import PostgresCluster, running_cluster

KILLS = 100
KILLS_AT_POSTGRESQL, KILLS_OF_POSTGRESQL = 30, 15


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Loop]:
    made = new_loop(tmp_path)
    yield made
    made.end_server()


@pytest.fixture
def durable() -> Iterator[PostgresCluster]:
    """A PostgreSQL server that syncs its commits, as in a branch; for a test that kills it."""
    with running_cluster(durable=True) as cluster:
        yield cluster


@pytest.mark.full
def test_a_hundred_kills_on_alternating_sides_lose_nothing_and_double_nothing(loop: Loop) -> None:
    kill_both_sides(loop, KILLS)


@pytest.mark.full
def test_kills_on_alternating_sides_lose_nothing_at_a_postgresql_database(loop: Loop, durable: PostgresCluster) -> None:
    loop.database = durable.url(durable.make())
    kill_both_sides(loop, KILLS_AT_POSTGRESQL)


@pytest.mark.full
def test_a_database_that_is_killed_loses_nothing_that_was_acknowledged(loop: Loop, durable: PostgresCluster) -> None:
    """The server stays up meanwhile and needs no restart; every third time only the processes that serve it are killed."""
    name = durable.make()
    loop.database = durable.url(name)
    identity, verify_key = begun(loop)
    opened = 0
    while loop.kills.total() < KILLS_OF_POSTGRESQL:
        station = loop.start_station(3 * CASES, 10.0)
        loop.hear_first(station)
        time.sleep(loop.rng.uniform(0.0, 0.4))
        if loop.kills.total() % 3 == 2:
            assert durable.kill_backends(name), "somebody is served"
            loop.kills["its processes"] += 1
        else:
            durable.kill()
            loop.kills["postmaster"] += 1
            time.sleep(loop.rng.uniform(0.0, 0.5))
            durable.start()
        assert loop.finish_station(station) == 0
        opened += loop.check_outbox(identity, verify_key)
    assert loop.server is not None
    assert loop.server.poll() is None, "the server never ended"
    figures = requests.get(f"http://127.0.0.1:{loop.port}/metrics", timeout=10).text
    assert 'route="/api/v1/cases",status="503"' in figures, "cases came while it was gone"
    assert loop.run_station(1, 60.0) == 0
    check(loop, opened)
