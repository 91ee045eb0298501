"""The window under its own measure. No speed is asserted: a test machine is busy, see the figures for speed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from teller_assist.app import Installation
from teller_assist.demonstration import window_bench

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
if str(SCRIPTS) not in sys.path:
    sys.path.append(str(SCRIPTS))


@pytest.mark.full
@pytest.mark.parametrize("hung_reader", [False, True])
def test_the_window_is_measured_from_its_start_to_its_preview(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], hung_reader: bool
) -> None:
    from set_up.display import private_display

    with private_display() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        figures = window_bench.measure_window(hung_reader=hung_reader)
    assert ("device_timeout" in capfd.readouterr().err) == hung_reader, "it really hung, and was told"
    assert 0 < figures["first_paint_ms"] < figures["models_ready_ms"]
    assert 5 < figures["preview_fps"] < 35
    assert 0 < figures["preview_latency_p50_ms"] <= figures["preview_latency_p95_ms"]
    assert figures["preview_longest_gap_ms"] > 0
    assert figures["preview_cpu_percent_of_core"] > 0
    assert figures["memory_peak_mb"] < 600


@pytest.mark.parametrize(("display", "platform", "shown"), [("", "", False), (":7", "", True), ("", "offscreen", True)])
def test_without_a_screen_nothing_is_measured(monkeypatch: pytest.MonkeyPatch, display: str, platform: str, shown: bool) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert window_bench.window_can_be_shown() is shown
