"""A branch server of each test's own, and a station that is enrolled with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stand_ins.branch import EnrolledStation, RunningServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path / "server")
    yield running
    running.stop()


@pytest.fixture
def station(server: RunningServer, tmp_path: Path) -> EnrolledStation:
    return server.enrol(tmp_path / "station")
