"""All parts together: a station refers, a manager's browser shows it at once, two managers decide, the counter is told."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.alerts.enrolling import enrol_station
from teller_assist.review.evidence_pack.checking import check_pack, read_pack
from teller_assist.review.people import Role
from teller_assist.settings.schema import BranchSettings
from tests.stand_ins.branch import PASSWORD, RunningServer
from tests.stand_ins.browser import ChromiumForTests
from tests.stand_ins.databases import audit_of

pytestmark = pytest.mark.full

ROOT = Path(__file__).resolve().parents[2]
SHOWN_WITHIN_S = 8.0  # 2 s are promised on a machine that does nothing else; the figure is printed


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path / "server")
    yield running
    running.stop()


@pytest.fixture
def station(server: RunningServer, tmp_path: Path, customer_folder: Path) -> Iterator[subprocess.Popen[str]]:
    code = server.records.stations.make_code("3号柜台", actor="test").text
    settings = BranchSettings(data_folder=str(tmp_path / "station"))
    enrol_station(settings, code, server.url, "3号柜台", key_in_file=True)
    server.records.people.add("li.na", "柜员一", Role.TELLER, PASSWORD, actor="test")
    arguments = [str(tmp_path / "station"), str(customer_folder), "li.na", PASSWORD]
    command = [sys.executable, "-m", "tests.stand_ins.referring_station", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def line(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().split()


def line_of(process: subprocess.Popen[str], stage: str) -> list[str]:
    """Read on until the station shows a stage."""
    while True:
        told = line(process)
        assert told, f"the station ended before it showed {stage}"
        if told[1] == stage:
            return told


def test_from_the_referral_to_the_answer_at_the_counter_and_the_pack(
    server: RunningServer, station: subprocess.Popen[str], tmp_path: Path
) -> None:
    with ChromiumForTests() as chromium, chromium.window(server) as manager, chromium.window(server) as deputy:
        manager.log_in("manager")
        manager.open_live("/")
        [_, case_id] = line(station)
        row = f"tr[data-case='{case_id}']"
        manager.page.wait_for_selector(row, timeout=60_000)
        assert "未使用人脸核身" in manager.page.inner_text(row)
        manager.page.click(f"{row} a")
        manager.page.click("#finding-form input[value=impostor]")
        manager.page.click("#finding-form input[value=do_not_proceed]")
        manager.page.click("#finding-form button")
        recorded_s = time.time()
        shown = line_of(station, "sign_off")
        assert shown[2] == "-", "provisional: the teller does nothing yet"
        provisional_s = float(shown[0]) - recorded_s
        deputy.log_in("deputy")
        deputy.open(f"/cases/{case_id}")
        deputy.page.click("#sign-form button[value=yes]")
        signed_s = time.time()
        answered = line_of(station, "do_not_proceed")
        assert answered[2] == "decline"
        told_s = float(answered[0]) - signed_s
        assert max(provisional_s, told_s) < SHOWN_WITHIN_S
        manager.open(f"/cases/{case_id}")
        manager.page.set_default_timeout(60_000)
        manager.page.click("#pack-form button")
        passphrase = manager.page.inner_text(".passphrase code")
        with manager.page.expect_download() as download:
            manager.page.click("#fetch-pack")
        shutil.copy(download.value.path(), tmp_path / "pack")
    assert check_pack(read_pack(tmp_path / "pack", passphrase), server.records.keys.public).fault is None
    kinds = [link.kind for link in audit_of(server.data).links if link.subject == case_id]
    assert [kind for kind in kinds if kind not in ("case_seen", "picture_seen")] == [
        "case_received",
        "finding_recorded",
        "signed_off",
        "evidence_pack_made",
    ]
    sys.stdout.write(f"\nshown at the counter {provisional_s:.2f} s after the finding, {told_s:.2f} s after the signature\n")
