from __future__ import annotations

from pathlib import Path

import pytest

from teller_assist.pad.limits import PadLimits, read_pad_limits


@pytest.fixture(scope="session")
def limits() -> PadLimits:
    """The limits that ship."""
    return read_pad_limits((Path(__file__).resolve().parents[2] / "config" / "pad.toml").read_bytes())
