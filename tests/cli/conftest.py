"""What several commands' tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from teller_assist.app import Installation


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, installation: Installation) -> Path:
    """A site of its own; ``installation`` skips where there are no models."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "site.toml").touch()
    monkeypatch.setenv("TELLER_ASSIST_SITE_SETTINGS", str(folder / "site.toml"))
    return folder
