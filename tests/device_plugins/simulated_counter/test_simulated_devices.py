"""The three devices through the product's own plugin host, each in its own process."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from teller_assist.devices.camera import CameraDevice
from teller_assist.devices.kinds import DeviceKind
from teller_assist.errors import (
    CardRemovedError,
    CardUnreadableError,
    DeviceBusyError,
    DeviceMissingError,
    DeviceTimeoutError,
    KnownError,
    SettingOutOfRangeError,
)
from teller_assist.evidence.id_number import Sex

CAMERA, READER, SCANNER = DeviceKind.CAMERA, DeviceKind.ID_CARD_READER, DeviceKind.DOCUMENT_SCANNER
READY_S = 20.0
NEVER = threading.Event()
Opener = Callable[..., Any]


def ready(device: Any) -> Any:
    device.wait_until_ready(READY_S)
    return device


def ask_until(device: Any, until_s: float) -> None:
    while time.monotonic() < until_s:
        device.status()
        time.sleep(0.1)


def taken(camera: CameraDevice, count: int) -> list[bytes]:
    return [camera.next_frame(5.0).pixels.tobytes() for _ in range(count)]


# ---------------------------------------------------------------- camera


@pytest.mark.full
def test_no_two_frames_of_the_camera_are_identical(opened: Opener) -> None:
    camera = ready(opened(CAMERA, frames_per_s=60))
    assert camera.next_frame(5.0).pixels.shape == (240, 320, 3)
    frames = taken(camera, 80)  # more than the footage has: it turns back in between
    assert len(set(frames)) == len(frames)


@pytest.mark.full
def test_frames_come_at_the_footages_own_pace_and_never_faster(opened: Opener) -> None:
    camera = ready(opened(CAMERA))
    first = camera.next_frame(5.0)
    while (last := camera.next_frame(5.0)).received_s - first.received_s < 2.0:
        pass
    shown, took_s = last.sequence - first.sequence, last.received_s - first.received_s
    assert shown <= took_s * 10.0 + 0.5
    assert shown >= took_s * 10.0 * 0.6


def test_the_camera_goes_on_after_its_frames_were_stopped(opened: Opener) -> None:
    camera = ready(opened(CAMERA, frames_per_s=60))
    taken(camera, 3)
    assert camera.process is not None
    camera.process.call("stop_frames")
    camera.process.call("start_frames")
    assert len(set(taken(camera, 5))) == 5


def test_a_frozen_camera_shows_one_frame_for_ever(opened: Opener) -> None:
    camera = ready(opened(CAMERA, frames_per_s=60, fault="frozen_frame"))
    assert len(set(taken(camera, 12))) == 1


@pytest.mark.full
def test_a_repeating_camera_shows_the_same_few_frames_again(opened: Opener) -> None:
    camera = ready(opened(CAMERA, frames_per_s=30, fault="frame_repeat"))
    assert 1 < len(set(taken(camera, 40))) <= 12


@pytest.mark.full
def test_a_fault_begins_when_it_is_set_to(opened: Opener) -> None:
    camera = ready(opened(CAMERA, frames_per_s=60, fault="frozen_frame", fault_after_s=2.0))
    assert len(set(taken(camera, 6))) == 6
    until_s = time.monotonic() + 10.0
    while len(set(taken(camera, 4))) > 1:
        assert time.monotonic() < until_s


@pytest.mark.full
def test_a_silent_camera_is_ready_and_gives_no_frame(opened: Opener) -> None:
    camera = ready(opened(CAMERA, fault="no_frames"))
    with pytest.raises(DeviceTimeoutError):
        camera.next_frame(0.5)
    assert camera.status()["frames"] == 0


@pytest.mark.parametrize("fault", ["two_faces", "screen_replay"])
def test_what_else_stands_before_the_lens_still_makes_whole_frames(opened: Opener, fault: str) -> None:
    camera = ready(opened(CAMERA, frames_per_s=60, fault=fault))
    frames = taken(camera, 10)
    assert len(set(frames)) == len(frames)


@pytest.mark.logs_warnings
def test_a_folder_without_footage_is_a_missing_camera(opened: Opener, customer: Path) -> None:
    (customer / "live.mp4").unlink()
    with pytest.raises(DeviceMissingError):
        ready(opened(CAMERA))


@pytest.mark.logs_warnings
def test_a_recording_that_cannot_be_read_is_a_missing_camera(opened: Opener, customer: Path) -> None:
    (customer / "live.mp4").write_bytes(b"no recording")
    with pytest.raises(DeviceMissingError):
        ready(opened(CAMERA))


# ---------------------------------------------------------------- reader


def test_the_card_is_read_whole_and_stays(opened: Opener) -> None:
    reader = ready(opened(READER, read_s=0.1))
    reader.wait_for_card(NEVER)
    card = reader.read(NEVER)
    assert card.name.reveal() == "林晓样"
    assert (card.sex, card.birth_date.reveal()) == (Sex.MALE, datetime.date(1990, 3, 15))
    assert (card.portrait.width_px, card.portrait.height_px) == (102, 126)
    assert card.is_valid_on(datetime.date(2026, 11, 22))
    reader.wait_for_card(NEVER)
    assert reader.read(NEVER).number == card.number


@pytest.mark.full
def test_no_card_can_be_read_before_it_is_laid_down(opened: Opener) -> None:
    reader = ready(opened(READER, card_delay_s=1.5, read_s=0.0))
    with pytest.raises(CardRemovedError):
        reader.read(NEVER)
    reader.wait_for_card(NEVER)
    assert reader.read(NEVER).ethnicity


def test_a_card_that_is_pulled_is_found_and_then_gone(opened: Opener) -> None:
    reader = ready(opened(READER, fault="card_pulled", read_s=0.2))
    reader.wait_for_card(NEVER)
    with pytest.raises(CardRemovedError):
        reader.read(NEVER)


@pytest.mark.logs_warnings
def test_a_reader_that_somebody_else_holds_is_busy(opened: Opener) -> None:
    with pytest.raises(DeviceBusyError):
        ready(opened(READER, fault="reader_busy"))


def test_reading_is_given_up_when_asked(opened: Opener) -> None:
    reader, cancel = ready(opened(READER, read_s=4.0)), threading.Event()
    timer = threading.Timer(0.2, cancel.set)
    timer.start()
    started_s = time.monotonic()
    with pytest.raises(DeviceTimeoutError):
        reader.read(cancel)
    timer.join()
    assert time.monotonic() - started_s < 2.0
    reader.wait_for_card(NEVER)  # its process was not killed over it


@pytest.mark.parametrize("content", ["", "name = 1", 'name = "林"\nnumber = "12"\n', f'name = "林"\nnumber = "{"x" * 18}"\n'])
def test_a_malformed_folder_is_an_unreadable_card(opened: Opener, customer: Path, content: str) -> None:
    (customer / "customer.toml").write_text(content, encoding="utf-8")
    with pytest.raises(CardUnreadableError):
        ready(opened(READER, read_s=0.0)).read(NEVER)


# ---------------------------------------------------------------- scanner


def test_the_front_of_the_card_is_scanned(opened: Opener) -> None:
    picture = ready(opened(SCANNER, scan_s=0.1)).scan(NEVER)
    assert (picture.width_px, picture.height_px) == (1011, 638)


def test_an_empty_glass_is_said(opened: Opener, customer: Path) -> None:
    (customer / "card_front.jpg").unlink()
    with pytest.raises(CardUnreadableError):
        ready(opened(SCANNER, scan_s=0.0)).scan(NEVER)


@pytest.mark.full
def test_a_card_lies_anywhere_on_a_page_with_its_back_where_there_is_one(opened: Opener, customer: Path) -> None:
    card = np.full((758, 1131, 3), 90, np.uint8)
    card[60:-60, 60:-60] = 235
    for side in ("card_front.jpg", "card_back.jpg"):
        cv2.imwrite(str(customer / side), card)
    scanner = ready(opened(SCANNER, scan_s=0.0, card_lies="anywhere", scan_seed=4))
    first, second = scanner.scan(NEVER), scanner.scan(NEVER)
    assert (first.width_px, first.height_px) == (1654, 2339)
    lying = [cv2.countNonZero((half[:, :, 1] > 180).astype(np.uint8)) for half in np.array_split(first.pixels, 2)]
    assert all(abs(area / (1011 * 638 * 4 / 9) - 1) < 0.1 for area in lying)
    assert not np.array_equal(first.pixels, second.pixels)


@pytest.mark.full
def test_a_page_is_the_same_for_the_same_seed(opened: Opener) -> None:
    pages = [ready(opened(SCANNER, scan_s=0.0, card_lies="anywhere", scan_seed=9)).scan(NEVER) for _ in range(2)]
    assert np.array_equal(pages[0].pixels, pages[1].pixels)


def test_a_filed_picture_that_is_none_cannot_be_laid_down(opened: Opener, customer: Path) -> None:
    (customer / "card_front.jpg").write_bytes(b"no picture")
    with pytest.raises(CardUnreadableError):
        ready(opened(SCANNER, scan_s=0.0, card_lies="anywhere")).scan(NEVER)


# ---------------------------------------------------------------- faults of every device


@pytest.mark.parametrize("kind", [CAMERA, READER, SCANNER])
@pytest.mark.logs_warnings
@pytest.mark.full
def test_a_crash_ends_the_process_and_is_no_hang(opened: Opener, kind: DeviceKind) -> None:
    device = ready(opened(kind, fault="crash", fault_after_s=1.5))
    with pytest.raises(KnownError):
        ask_until(device, time.monotonic() + 10.0)
    assert device.process.ended.wait(5.0)


@pytest.mark.parametrize("kind", [CAMERA, READER])
@pytest.mark.logs_warnings
@pytest.mark.full
def test_a_device_that_hangs_is_given_up_at_its_time_limit(opened: Opener, kind: DeviceKind) -> None:
    device = ready(opened(kind, fault="hang", fault_after_s=1.5))
    time.sleep(1.6)
    started_s = time.monotonic()
    with pytest.raises(KnownError):
        device.status()
    assert time.monotonic() - started_s < 5.0


@pytest.mark.parametrize("kind", [CAMERA, READER, SCANNER])
def test_a_sound_device_passes_its_own_selftest(opened: Opener, kind: DeviceKind) -> None:
    lines = ready(opened(kind)).selftest()
    assert lines
    assert all(line.passed for line in lines)


def test_an_unknown_fault_is_refused_before_anything_runs(opened: Opener) -> None:
    with pytest.raises(SettingOutOfRangeError):
        opened(CAMERA, fault="earthquake")
