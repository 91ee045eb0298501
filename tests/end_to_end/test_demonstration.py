"""The demonstration as a person runs it: server, station and window as real processes, and what is left on the disk."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import jsonschema
import pytest

from teller_assist.app import Installation
from teller_assist.demonstration.branch import DemonstrationBranch
from teller_assist.demonstration.customers import read_customers
from teller_assist.demonstration.report import report_schema
from teller_assist.demonstration.simulated_counter import SimulatedCounter
from teller_assist.evidence.transaction import TellerJudgement
from teller_assist.workflow.portraits import portrait_at_one_scale
from teller_assist.workflow.view import Screen
from tests.end_to_end.test_simulated_station import written_files
from tests.stand_ins.equipment import NAME, NUMBER, wait_until

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "teller_assist", "demo", "--headless", "--json"]
OTHER_NAME, OTHER_NUMBER = "陈示例", "190001198507220356"


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TELLER_ASSIST__", "QT_", "DISPLAY"))}
    return {**kept, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}


def run_demo(out: Path, *arguments: str) -> dict[str, Any]:
    home = out.parent / "home"
    home.mkdir(mode=0o700, exist_ok=True)
    done = subprocess.run(
        [*COMMAND, "--out", str(out), *arguments],
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    report: dict[str, Any] = json.loads(done.stdout)
    jsonschema.Draft202012Validator(report_schema()).validate(report)
    assert json.loads((out / "report.json").read_text()) == report
    for one in report["customers"]:
        assert (out / one["screenshot"]).stat().st_size > 20_000
    return report


@pytest.fixture
def two_customers(customer_folder: Path, installation: Installation, six_persons: Path) -> Path:
    """The first with his own card; before the second's camera sits the same person, his card's portrait is somebody else's."""
    second = Path(shutil.copytree(customer_folder / "01", customer_folder / "02"))
    group = installation.read_picture(six_persons, role="reference")
    stranger = portrait_at_one_scale(group.pixels, installation.detector.detect(group)[0])
    for name in ("chip", "netcheck"):
        cv2.imwrite(str(second / f"{name}.jpg"), cv2.resize(stranger, (102, 126), interpolation=cv2.INTER_AREA))
    told = f'name = "{OTHER_NAME}"\nnumber = "{OTHER_NUMBER}"\nbusiness_kind = "password_reset"\nnetcheck = "MATCH_PHOTO_SAME"\n'
    (second / "customer.toml").write_text(told, encoding="utf-8")
    return customer_folder


@pytest.mark.full
def test_the_products_own_customers_are_served_and_every_case_arrives(tmp_path: Path, installation: Installation) -> None:
    report = run_demo(tmp_path / "out")
    by_scenario = {one["scenario"]: one for one in report["customers"]}
    assert {"mated", "impostor", "kinship", "presentation_attack"} <= set(by_scenario)
    # one for each row of the core of the next-step matrix
    assert by_scenario["card_lost"]["next_step"] == "refuse_card"
    assert by_scenario["no_netcheck_photo"]["netcheck"] == "MATCH_NO_PHOTO"
    assert by_scenario["netcheck_name_mismatch"]["next_step"] == "auxiliary_document"
    if "cannot_tell" in by_scenario:
        assert (by_scenario["cannot_tell"]["outcome"], by_scenario["cannot_tell"]["next_step"]) == ("INCONCLUSIVE", "retake")
    assert by_scenario["mated"]["outcome"] != "NON_MATCH"
    assert by_scenario["impostor"]["outcome"] != "MATCH"
    kinship = by_scenario["kinship"]
    assert ("kinship", "possible_twin" in kinship["reasons"]) in [(one["kind"], True) for one in kinship["alerts"]]
    attack = by_scenario["presentation_attack"]
    if any("passive_pad" in model["switches_off"] for model in report["models"]):
        assert attack["pad"] == {"state": "not_available", "why": "passive_model_missing"}
        assert all(alert["kind"] != "presentation_attack" for one in report["customers"] for alert in one["alerts"])
    cases = report["server"]["cases"]
    assert [one["case_id"] for one in cases] == [one["case_id"] for one in report["customers"]]
    assert [one["alert_ids"] for one in cases] == [[alert["id"] for alert in one["alerts"]] for one in report["customers"]]
    assert [one["station_sequence"] for one in cases] == list(range(1, len(cases) + 1))
    assert report["server"]["audit"]["intact"] is True
    for one in report["customers"]:
        assert {"card_read", "capture", "card_to_gauge", "seal", "delivered"} <= set(one["latency_ms"])


@pytest.mark.full
def test_swapping_two_customers_footage_swaps_their_outcomes(tmp_path: Path, two_customers: Path) -> None:
    def outcomes(out: str) -> list[str]:
        report = run_demo(tmp_path / out, "--footage", str(two_customers))
        assert {one["scenario"] for one in report["customers"]} == {"unknown"}
        assert [one["business_kind"] for one in report["customers"]] == ["loss_report", "password_reset"]
        return [one["outcome"] for one in report["customers"]]

    first = outcomes("first")
    assert first == ["MATCH", "NON_MATCH"]
    for name in ("live_1.jpg", "chip.jpg", "netcheck.jpg"):
        one, other = two_customers / "01" / name, two_customers / "02" / name
        one.rename(two_customers / "kept")
        other.rename(one)
        (two_customers / "kept").rename(other)
    assert outcomes("second") == first[::-1]


@pytest.mark.full
def test_without_a_server_the_outcomes_appear_all_the_same_and_the_report_says_what_waits(
    tmp_path: Path, two_customers: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    command = [*COMMAND, "--out", str(tmp_path / "out"), "--footage", str(two_customers)]
    demo = subprocess.Popen(command, cwd=ROOT, env=environment(home), stdout=subprocess.PIPE, text=True)
    os.kill(_server_of(demo), signal.SIGKILL)
    told, _ = demo.communicate(timeout=150)
    assert demo.returncode == 0
    report = json.loads(told)
    assert [one["outcome"] for one in report["customers"]] == ["MATCH", "NON_MATCH"]
    assert (report["server"]["reachable"], report["server"]["waiting"], report["server"]["cases"]) == (False, 2, [])
    assert all("kinship_server_unreachable" in one["reasons"] for one in report["customers"])
    assert all("delivered" not in one["latency_ms"] for one in report["customers"])


def _server_of(demo: subprocess.Popen[str]) -> int:
    """Wait for the station's enrolment to be done and its window to be opening, and return the server's process."""
    found: list[int] = []

    def is_there() -> bool:
        children = Path(f"/proc/{demo.pid}/task/{demo.pid}/children").read_text().split()
        found[:] = [int(pid) for pid in children if b"branch-server" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        return bool(found) and bool(list(Path("/dev/shm").glob(f"teller-assist-{demo.pid}-*/station/station.json")))

    wait_until(is_there, limit_s=60)
    return found[0]


@pytest.mark.full
def test_what_waited_arrives_once_the_server_is_back(tmp_path: Path, installation: Installation, customer_folder: Path) -> None:
    branch = DemonstrationBranch(tmp_path / "branch", [], installation.settings)
    records = branch.open_records()
    source = SimulatedCounter(
        installation.root,
        lambda: read_customers(customer_folder),
        devices_settings=installation.settings.devices,
        limits=installation.picture_limits,
    )
    kept: list[str] = []
    station = installation.open_station(source, records=records, on_case=lambda case: kept.append(str(case["case_id"])))
    try:
        station.sign_on_with(branch.teller.login, branch.teller.password)
        wait_until(lambda: station.view().screen is Screen.READY)
        branch.stop()
        wait_until(lambda: station.view().simulated is not None)
        station.begin()
        station.record_consent()
        wait_until(lambda: station.view().judgement_asked, limit_s=60)
        station.judge_first(TellerJudgement.CANNOT_SAY)
        assert station.view().gauge is not None
        station.abandon()
        wait_until(lambda: station.view().today.waiting == 1)
        branch.start()
        wait_until(lambda: station.view().today.waiting == 0, limit_s=60)
        assert [case["case_id"] for case in branch.cases()] == kept
    finally:
        station.close()
        branch.stop()


@pytest.mark.full
@pytest.mark.alone
def test_a_killed_demonstration_leaves_nothing_readable_and_no_server(
    tmp_path: Path, two_customers: Path, log_text: Callable[[], str]
) -> None:
    before = written_files()
    home, out = tmp_path / "home", tmp_path / "out"
    home.mkdir(mode=0o700)
    command = [*COMMAND, "--out", str(out), "--footage", str(two_customers)]
    demo = subprocess.Popen(command, cwd=ROOT, env=environment(home), stdout=subprocess.PIPE, text=True)
    server = _server_of(demo)
    wait_until(lambda: (out / "customer_01.png").exists(), limit_s=90)
    time.sleep(1.0)  # in the middle of the second customer, wherever that is
    demo.kill()
    demo.communicate()
    wait_until(lambda: not Path(f"/proc/{server}").exists() or "Z" in Path(f"/proc/{server}/stat").read_text(), limit_s=20)
    secrets = (NAME, NUMBER, NUMBER[6:14], OTHER_NAME, OTHER_NUMBER, "样本省")
    left = {path for path in written_files() - before if path.is_file()}
    ours = {path for path in left if two_customers not in path.parents and out not in path.parents}
    assert any(path.parent.name in ("open", "outbox") or path.suffix == ".sqlite3" for path in ours), "its records are searched"
    for path in ours:
        content = path.read_bytes()
        assert not content.startswith((b"\xff\xd8", b"\x89PNG")), f"a picture was left behind: {path}"
        assert not [secret for secret in secrets if secret.encode() in content], path
    for folder in Path(tempfile.gettempdir()).glob("teller-assist-*"):
        shutil.rmtree(folder, ignore_errors=True)
    assert log_text() is not None
