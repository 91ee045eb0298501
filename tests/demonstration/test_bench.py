"""What the measurements promise; how fast they are is no test's business."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from teller_assist.app import Installation
from teller_assist.cli import main
from teller_assist.demonstration import bench
from teller_assist.demonstration.customers import SimulatedCustomer, read_customers
from teller_assist.errors import PhotographsMissingError


@pytest.fixture
def few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "RUNS", 3)
    monkeypatch.setattr(bench, "HELP_RUNS", 1)
    monkeypatch.setattr(bench, "SCANS", 2)
    monkeypatch.setattr(bench, "TRANSACTIONS", 2)
    monkeypatch.setattr(bench, "window_can_be_shown", lambda: False)
    monkeypatch.setattr(bench, "prepare_customers", _no_footage)


def _no_footage(_root: Path, _progress: Callable[[str], None]) -> tuple[SimulatedCustomer, ...]:
    raise PhotographsMissingError(why="pip_failed")


def _no_font(*_anything: object) -> bytes:
    raise PhotographsMissingError(why="no_chinese_font")


def test_a_busy_machine_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (1.51, 0.0, 0.0))
    assert main(["bench", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["reason"] == "machine_busy"


@pytest.mark.full
def test_every_stage_carries_its_count_median_and_p95(
    installation: Installation, few_runs: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "--anyway", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "bench/1"
    assert {"comparison", "detect", "features", "decode", "quality", "ocr_card", "help"} <= set(document["stages"])
    for stage in document["stages"].values():
        assert stage["n"] >= 1
        assert 0 < stage["median_ms"] <= stage["p95_ms"]
    assert document["machine"]["cores"] >= 1
    assert document["stages"]["comparison"]["threads"] == 2


@pytest.mark.full
def test_what_cannot_be_measured_here_is_listed_and_never_as_a_number(
    installation: Installation, few_runs: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "draw_card_front", _no_font)
    main(["bench", "--anyway", "--json"])
    document = json.loads(capsys.readouterr().out)
    missing = {entry["stage"] for entry in document["not_measured"]}
    assert {"ocr_card", "card_to_gauge", "plugin_round_trip", "window"} <= missing
    assert not missing & set(document["stages"])
    assert all(entry["why"] for entry in document["not_measured"])


@pytest.mark.full
def test_the_counters_stages_are_measured_on_real_processes(
    installation: Installation,
    few_runs: None,
    monkeypatch: pytest.MonkeyPatch,
    customer_folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(bench, "prepare_customers", lambda _root, _progress: read_customers(customer_folder))
    assert main(["bench", "--anyway", "--json"]) == 0
    stages = json.loads(capsys.readouterr().out)["stages"]
    assert stages["card_to_gauge"]["n"] == 2
    assert stages["plugin_round_trip"]["n"] >= 100
    assert stages["card_to_gauge"]["card_last_median_ms"] > 0
