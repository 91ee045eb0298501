"""Session, plugin host and simulated counter together: real processes, real models, every fault."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import pytest

from teller_assist.app import Installation
from teller_assist.decision.judgement import AlertKind, EdgeName
from teller_assist.devices.kinds import DeviceState
from teller_assist.evidence.presentation import PadState
from teller_assist.evidence.transaction import BusinessKind, TellerDecision
from teller_assist.wording import sentence
from teller_assist.workflow.portraits import portrait_at_one_scale
from teller_assist.workflow.view import PassNeeds, Screen, StationView, Step, StepState
from teller_assist.workflow.view_portraits import PairWord
from tests.end_to_end.conftest import SimulatedStation
from tests.stand_ins.equipment import NAME, NUMBER

Open = Callable[..., SimulatedStation]


def device_state(view: StationView, device: str) -> DeviceState:
    return next(chip.state for chip in view.devices if chip.device == device)


@pytest.mark.full
def test_a_customer_comes_from_the_card_to_a_decision_through_real_processes(open_station: Open) -> None:
    counter = open_station()
    counter.wait_for(lambda view: device_state(view, "camera") is DeviceState.READY)
    assert counter.view.business_kind is BusinessKind.LOSS_REPORT
    counter.begin()
    counter.judge()
    view = counter.wait_for(
        lambda view: view.portraits.pairs[EdgeName.LIVE_NETCHECK] in (PairWord.AGREE, PairWord.CANNOT_TELL, PairWord.DIFFER)
    )
    assert view.gauge is not None
    assert view.identity is not None
    assert view.identity.masked_name == "林*样"
    assert view.simulated is not None
    assert counter.station.latency_ms()["card_to_gauge"] > 0
    counter.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    assert counter.view.decision.taken is TellerDecision.REFER


@pytest.mark.full
@pytest.mark.alone
def test_no_personal_value_is_logged_and_no_picture_is_left_in_any_folder_it_could_write_to(
    open_station: Open, log_text: Callable[[], str], customer_folder: Path
) -> None:
    before = written_files()
    counter = open_station()
    counter.begin()
    counter.judge()
    counter.wait_for(lambda view: view.gauge is not None)
    during = written_files() - before
    counter.station.abandon()
    counter.station.close()
    secrets = (NAME, NUMBER, NUMBER[6:14], "样本省")
    told = log_text()
    assert not [secret for secret in secrets if secret in told]
    ours = {path for path in during | (written_files() - before) if customer_folder not in path.parents and path.is_file()}
    for path in ours:
        content = path.read_bytes()
        assert not content.startswith((b"\xff\xd8", b"\x89PNG")), f"a picture was left behind: {path.name}"
        assert not [secret for secret in secrets if secret.encode() in content], path.name


def written_files() -> set[Path]:
    """Every file in the folders that the station's and the plugins' processes could write to."""
    folders = {Path(tempfile.gettempdir()), Path("/dev/shm"), Path.home(), Path.cwd()}
    skipped = {".git", ".venv", ".venv-documents", ".cache", "__pycache__"}
    found = set()
    for folder in folders:
        for parent, names, files in os.walk(folder):
            names[:] = [name for name in names if name not in skipped]
            found |= {Path(parent) / name for name in files}
    return found


@pytest.mark.full
def test_a_card_that_is_pulled_is_told_and_read_again(open_station: Open) -> None:
    counter = open_station(fault="card_pulled")
    counter.begin()
    view = counter.wait_for(lambda view: view.problem is not None and view.steps[Step.READ_CARD] is StepState.ATTENTION)
    assert view.problem is not None
    assert "证件" in view.problem.zh
    assert view.identity is None


@pytest.mark.full
@pytest.mark.logs_warnings
def test_a_busy_reader_is_told(open_station: Open) -> None:
    counter = open_station(fault="reader_busy")
    counter.begin()
    view = counter.wait_for(lambda view: view.problem is not None)
    assert view.problem is not None
    assert "占用" in view.problem.zh


@pytest.mark.full
def test_two_faces_are_not_captured_and_the_customer_is_coached(open_station: Open) -> None:
    counter = open_station(fault="two_faces")
    counter.begin()
    view = counter.wait_for(lambda view: view.capture.hint == sentence("hint", "several_faces"))
    assert not view.capture.captured


@pytest.mark.full
def test_a_camera_without_frames_is_told_as_stalled_and_the_non_face_path_stays_open(open_station: Open) -> None:
    counter = open_station(fault="no_frames")
    counter.begin()
    counter.wait_for(lambda view: view.capture.stalled)
    counter.wait_for(lambda view: view.identity is not None)
    counter.station.refuse_consent()
    assert counter.view.decision.pass_needs is PassNeeds.DOCUMENTS


@pytest.mark.full
def test_a_repeated_clip_is_told_as_a_presentation_attack_without_any_model(open_station: Open) -> None:
    counter = open_station(fault="frame_repeat")
    counter.begin()
    view = counter.wait_for(lambda view: view.capture.pad is not None and view.capture.pad.code == PadState.ATTACK)
    counter.judge()
    view = counter.wait_for(lambda view: view.alert is not None)
    assert view.alert is not None
    assert view.alert.kind is AlertKind.PRESENTATION_ATTACK
    assert view.decision.emphasised is not TellerDecision.REJECT


@pytest.mark.full
def test_a_frozen_camera_never_counts_as_a_living_person(open_station: Open) -> None:
    counter = open_station(fault="frozen_frame")
    counter.begin()
    view = counter.wait_for(lambda view: view.capture.pad is not None and view.capture.pad.code == PadState.UNCERTAIN)
    assert view.alert is None or view.alert.kind is not AlertKind.PRESENTATION_ATTACK


@pytest.mark.full
@pytest.mark.logs_warnings
def test_a_crashing_plugin_goes_out_of_order_and_the_station_works_on(open_station: Open) -> None:
    counter = open_station(fault="crash")
    counter.wait_for(lambda view: device_state(view, "camera") is DeviceState.OUT_OF_ORDER, limit_s=60)
    counter.station.begin()
    counter.station.refuse_consent()
    view = counter.view
    assert view.screen is Screen.CUSTOMER
    assert view.decision.enabled == frozenset(TellerDecision)
    assert next(chip.why for chip in view.devices if chip.device == "camera") is not None


@pytest.mark.logs_warnings
@pytest.mark.full
def test_a_hanging_plugin_delays_no_call_of_the_window(open_station: Open) -> None:
    counter = open_station(fault="hang")
    slowest_s, until_s = 0.0, time.monotonic() + 8
    counter.begin()
    while time.monotonic() < until_s:
        started_s = time.monotonic()
        counter.station.view()
        counter.station.newest_preview()
        slowest_s = max(slowest_s, time.monotonic() - started_s)
        time.sleep(0.01)
    assert slowest_s < 0.5, "a call of the window waited for a device"
    started_s = time.monotonic()
    counter.station.close()
    assert time.monotonic() - started_s < 5


@pytest.mark.full
@pytest.mark.logs_warnings
def test_a_killed_camera_process_comes_back(open_station: Open) -> None:
    counter = open_station()
    counter.wait_for(lambda view: device_state(view, "camera") is DeviceState.READY)
    equipment = counter.station._counter.equipment
    assert equipment is not None
    camera: Any = equipment.camera
    os.kill(camera.process._process.pid, signal.SIGKILL)
    counter.wait_for(lambda view: device_state(view, "camera") is not DeviceState.READY)
    counter.wait_for(lambda view: device_state(view, "camera") is DeviceState.READY)
    counter.begin()
    counter.judge()
    counter.wait_for(lambda view: view.gauge is not None)


@pytest.mark.full
def test_another_persons_chip_portrait_changes_what_is_seen_although_the_card_says_the_same(
    open_station: Open, customer_folder: Path, installation: Installation, six_persons: Path
) -> None:
    group = installation.read_picture(six_persons, role="reference")
    stranger = portrait_at_one_scale(group.pixels, installation.detector.detect(group)[0])
    cv2.imwrite(str(customer_folder / "01" / "chip.jpg"), cv2.resize(stranger, (102, 126), interpolation=cv2.INTER_AREA))
    counter = open_station()
    counter.begin()
    counter.judge()
    view = counter.wait_for(lambda view: view.gauge is not None)
    assert view.portraits.pairs[EdgeName.LIVE_CHIP] is not PairWord.AGREE
    assert view.identity is not None
    assert view.identity.masked_name == "林*样"
