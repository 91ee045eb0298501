"""A real browser for the session, a window of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stand_ins.branch import RunningServer
from tests.stand_ins.browser import ChromiumForTests, Window


@pytest.fixture(autouse=True, scope="module")
def _on_both() -> None:
    """Pages look the same on either database: once is enough."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[ChromiumForTests]:
    with ChromiumForTests() as browser:
        yield browser


@pytest.fixture
def window(chromium: ChromiumForTests, server: RunningServer) -> Iterator[Window]:
    with chromium.window(server) as opened:
        opened.log_in()
        yield opened
