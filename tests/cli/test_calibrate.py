"""``teller-assist calibrate`` as a person calls it; the whole way to a bank's verdict is in test_recogniser.py."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from teller_assist.app import Installation
from teller_assist.cli import calibrate
from teller_assist.cli.output import CommandGuard
from teller_assist.comparison.calibration import Threshold
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.settings.home import installation_root
from teller_assist.wording import sentence
from tests.stand_ins.bank_sets import people

pytestmark = pytest.mark.usefixtures("site")


def exit_code(*options: str) -> int:
    parser = argparse.ArgumentParser()
    calibrate.add_parser(parser.add_subparsers())
    arguments = parser.parse_args(["calibrate", *options])
    guard = CommandGuard(as_json=arguments.json)
    with guard:
        guard.exit_code = arguments.run(arguments)
    return guard.exit_code


@pytest.mark.full
def test_a_set_that_is_too_small_is_shown_and_gives_nothing_to_accept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    the_set = people(tmp_path / "set", 3)
    options = ("--set", str(the_set), "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache"), "--camera", "uvc")
    assert exit_code(*options) == 0
    shown = capsys.readouterr().out
    assert sentence("calibrate", "kind", kind="芯片照", people=3, mated=6, non_mated=24).zh in shown
    assert sentence("calibrate", "before").zh in shown
    assert sentence("calibrate_why", "too_few_people").zh in shown
    assert sentence("calibrate", "nothing").zh in shown
    assert exit_code(*options, "--json") == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["schema"], body["state"], body["files"], body["target_fmr"]) == ("calibrate/1", "proposed", {}, "1e-4")
    factory = Installation(installation_root()).calibrations.find(PhotoKind.LIVE, PhotoKind.CHIP)
    threshold = factory.thresholds["1e-4"]
    assert isinstance(threshold, Threshold)
    assert body["kinds"]["chip"]["before"]["calibration_id"] == factory.calibration_id
    assert body["kinds"]["chip"]["before"]["thresholds"]["1e-4"]["threshold"] == threshold.score
    accepting = ("--accept", str(tmp_path / "out"), "--id", body["proposal_id"], "--key", "absent.key")
    assert exit_code(*accepting, "--json") == 3
    assert json.loads(capsys.readouterr().out)["error"]["facts"]["why"] == "no_candidate"


@pytest.mark.parametrize("options", [["--set", "x"], ["--accept", "x"], ["--accept", "x", "--id", "1"]])
def test_half_a_call_is_a_usage_error(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(*options, "--json") == 2
    assert json.loads(capsys.readouterr().out)["error"]["reason"] == "usage"


def test_a_proposal_that_is_not_there_is_a_known_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--accept", str(tmp_path), "--id", "0" * 12, "--key", "absent.key") == 3
    assert "方案" in capsys.readouterr().err


def test_withdrawing_where_nothing_was_accepted_says_nought(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("--withdraw") == 0
    assert capsys.readouterr().out.strip() == sentence("calibrate", "withdrawn", count=0).zh
    assert not (site / "calibration").exists()
