"""What lies under the simulated document camera: drawn here, and delivered by the plugin's own process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from device_plugins.simulated_counter.preview import SIZE_PX, PreviewScene
from teller_assist.devices.kinds import DeviceKind
from teller_assist.documents.steadiness import Capture, CaptureRule
from teller_assist.errors import DeviceTimeoutError
from teller_assist.evidence.pictures import Pixels
from teller_assist.workflow.scan_watch import ScanWatch
from tests.stand_ins.drawn_scans import draw_card

SCANNER = DeviceKind.DOCUMENT_SCANNER
NEVER = threading.Event()
PERIOD_S = 1 / 8
Opener = Callable[..., Any]


def seen(scene: PreviewScene, until_s: float) -> list[Capture]:
    """What the product's rule makes of the camera's first seconds."""
    rule = CaptureRule()
    return [rule.see(scene.at(number * PERIOD_S), number * PERIOD_S) for number in range(round(until_s / PERIOD_S))]


@pytest.fixture
def filed(customer: Path) -> Path:
    """The customer's folder, with strokes as of print on the card."""
    assert cv2.imwrite(str(customer / "card_front.jpg"), draw_card())
    return customer


# ---------------------------------------------------------------- the scene


def test_frames_are_small_and_no_two_are_identical() -> None:
    scene = PreviewScene(draw_card(), 0.0, 0.0, 1)
    frames = [scene.at(1.0).copy() for _ in range(5)]
    assert {frame.shape for frame in frames} == {(SIZE_PX[1], SIZE_PX[0], 3)}
    assert len({frame.tobytes() for frame in frames}) == 5


def test_first_there_is_the_mat_then_a_hand_then_the_card_alone() -> None:
    scene = PreviewScene(draw_card(), 1.0, 0.0, 1)

    def bright_share(frame: Pixels) -> float:
        return float((frame.min(axis=2) > 170).mean())

    mat, hand, card = (scene.at(at_s).copy() for at_s in (0.1, 0.7, 1.1))
    assert bright_share(mat) == 0
    assert np.abs(hand.astype(int) - (140, 170, 220)).max(axis=2).min() <= 5, "a hand"
    assert bright_share(card) > 0.1
    assert np.abs(card.astype(int) - (140, 170, 220)).max(axis=2).min() > 5


@pytest.mark.full
def test_a_card_is_taken_soon_after_it_lies_still_and_not_before() -> None:
    answers = seen(PreviewScene(draw_card(), 3.0, 0.0, 1), 5.0)
    assert 3.0 < answers.index(Capture.TAKE) * PERIOD_S <= 4.5


@pytest.mark.full
def test_a_card_is_not_taken_while_the_lens_looks_for_focus() -> None:
    answers = seen(PreviewScene(draw_card(), 0.0, 3.0, 1), 5.0)
    assert Capture.NOT_SHARP in answers
    assert 3.0 < answers.index(Capture.TAKE) * PERIOD_S <= 4.5


# ---------------------------------------------------------------- through the plugin's process


@pytest.mark.full
def test_the_card_is_seen_before_it_is_scanned(opened: Opener, filed: Path) -> None:
    scanner = opened(SCANNER, scan_s=0.0, laying_s=0.0)
    scanner.wait_until_ready(20.0)
    assert scanner.previews
    frame = scanner.preview_frame(NEVER)
    assert (frame.shape, frame.dtype) == ((SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
    assert (scanner.scan(NEVER).width_px, scanner.scan(NEVER).height_px) == (1011, 638)


@pytest.mark.full
def test_previews_come_at_the_cameras_own_pace(opened: Opener, filed: Path) -> None:
    scanner = opened(SCANNER)
    scanner.preview_frame(NEVER)
    began_s = time.monotonic()
    for _ in range(6):
        scanner.preview_frame(NEVER)
    assert time.monotonic() - began_s > 5 / 15


@pytest.mark.parametrize("settings", [{"previews": False}, {"previews": True, "folder": ""}])
def test_a_flatbed_and_a_camera_with_nothing_under_it_have_no_preview(opened: Opener, settings: dict[str, Any]) -> None:
    scanner = opened(SCANNER, **settings)
    scanner.wait_until_ready(20.0)
    assert not scanner.previews


def test_a_stalled_preview_is_given_up_and_a_scan_is_taken(opened: Opener, filed: Path) -> None:
    scanner, cancel = opened(SCANNER, scan_s=0.0, fault="preview_stalled"), threading.Event()
    scanner.wait_until_ready(20.0)
    threading.Timer(0.2, cancel.set).start()
    began_s = time.monotonic()
    with pytest.raises(DeviceTimeoutError):
        scanner.preview_frame(cancel)
    assert time.monotonic() - began_s < 0.6
    assert scanner.scan(NEVER).width_px == 1011


@pytest.mark.full
def test_a_stalled_preview_ends_at_its_time_limit(opened: Opener, filed: Path) -> None:
    scanner = opened(SCANNER, scan_s=0.0, fault="preview_stalled")
    with pytest.raises(DeviceTimeoutError):
        scanner.preview_frame(NEVER)
    assert scanner.scan(NEVER).width_px == 1011


@pytest.mark.full
def test_the_watch_waits_for_the_card_under_the_real_process(opened: Opener, filed: Path) -> None:
    scanner = opened(SCANNER, laying_s=1.0)
    scanner.wait_until_ready(20.0)
    began_s = time.monotonic()
    assert ScanWatch(scanner, CaptureRule(), lambda told: None).wait_for_card(NEVER)
    assert 1.5 < time.monotonic() - began_s < 6.0
