"""A branch server of each test's own, and a station that is enrolled with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stand_ins.branch import EnrolledStation, RunningServer
from tests.stand_ins.databases import CURRENT


@pytest.fixture(autouse=True, scope="module")
def _on_both(database_kind: str) -> None:
    """Every test of this package, once on each database."""


@pytest.fixture(autouse=True)
def _databases_go_with_their_test(tmp_path: Path) -> Iterator[None]:
    yield
    CURRENT.drop_below(tmp_path)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path / "server")
    yield running
    running.stop()


@pytest.fixture
def station(server: RunningServer, tmp_path: Path) -> EnrolledStation:
    return server.enrol(tmp_path / "station")
