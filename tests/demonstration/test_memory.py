from __future__ import annotations

import subprocess
import sys

import pytest

from teller_assist.demonstration.memory import peak_memory_mb

BALLAST_MB = 200


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the system does not tell it")
def test_a_processs_peak_is_its_own_and_not_that_of_whoever_started_it() -> None:
    ballast = bytearray(b"x") * (BALLAST_MB << 20)
    script = "from teller_assist.demonstration.memory import peak_memory_mb; print(peak_memory_mb())"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert peak_memory_mb() > BALLAST_MB
    assert 1 < float(told.stdout) < BALLAST_MB / 2
    assert len(ballast) == BALLAST_MB << 20
