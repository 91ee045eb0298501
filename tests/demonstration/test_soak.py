"""The long run by hand: its arithmetic, and a short run of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from teller_assist.demonstration.soak import SAMPLED_EVERY, WARM_UP, Sample, _growth, _spread

ROOT = Path(__file__).resolve().parents[2]


def test_growth_counts_from_the_first_sample_after_the_warm_up() -> None:
    samples = [Sample(25, 100.0, 10, 5), Sample(WARM_UP, 200.0, 50, 20), Sample(500, 150.0, 40, 20), Sample(1000, 210.0, 51, 20)]
    assert _growth(samples) == {
        "stated": True,
        "from_customer": WARM_UP,
        "to_customer": 1000,
        "memory_percent": 5.0,
        "handles_percent": 2.0,
        "threads_percent": 0.0,
    }


@pytest.mark.parametrize("samples", [[], [Sample(25, 100.0, 10, 5)], [Sample(WARM_UP, 100.0, 10, 5)]])
def test_growth_is_not_stated_of_too_few(samples: list[Sample]) -> None:
    assert _growth(samples)["stated"] is False


def test_a_spread_tells_its_count() -> None:
    assert _spread([]) == {"n": 0}
    assert _spread([float(one) for one in range(101)]) == {"n": 101, "median": 50.0, "p95": 95.0, "max": 100.0}


@pytest.mark.full
def test_a_few_customers_are_served_back_to_back(tmp_path: Path) -> None:
    out = tmp_path / "soak.json"
    command = [sys.executable, str(ROOT / "scripts" / "stress.py"), "soak", "--customers", str(SAMPLED_EVERY), "--out", str(out)]
    subprocess.run(command, check=True, timeout=240, capture_output=True)
    told = json.loads(out.read_text(encoding="utf-8"))
    assert (told["schema"], told["customers"]) == ("soak/1", SAMPLED_EVERY)
    assert told["last_of_card_consent_judgement_to_gauge_ms"]["n"] == SAMPLED_EVERY
    assert told["key_to_window_ms"]["n"] > SAMPLED_EVERY
    assert [one["customers"] for one in told["samples"]] == [SAMPLED_EVERY]
