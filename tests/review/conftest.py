"""These tests run on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stand_ins.databases import CURRENT


@pytest.fixture(autouse=True, scope="module")
def _on_both(database_kind: str) -> None:
    """Every test of this package, once on each."""


@pytest.fixture(autouse=True)
def _databases_go_with_their_test(tmp_path: Path) -> Iterator[None]:
    yield
    CURRENT.drop_below(tmp_path)
