"""A site that trusts one made-up publisher."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stand_ins.packages import Publisher


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path)


@pytest.fixture
def site(tmp_path: Path, publisher: Publisher) -> Path:
    folder = tmp_path / "site"
    publisher.trusted_at(folder)
    return folder
