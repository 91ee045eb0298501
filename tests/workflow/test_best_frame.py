from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from teller_assist.evidence.frames import CameraFrame
from teller_assist.evidence.measurements import AssessedQuality, QualityName, UnassessedQuality
from teller_assist.evidence.pictures import FaceBox
from teller_assist.face.measurement import SeenFace
from teller_assist.face.selection import ADVICE_LARGEST_USED
from teller_assist.settings.schema import CaptureSettings
from teller_assist.workflow.best_frame import HINT_STEADY_S, BestFrameChooser, HintKeeper, SeenFrame

SETTINGS = CaptureSettings(window_s=0.3, patience_s=3.0)
PIXELS = np.zeros((4, 4, 3), np.uint8)
BOX = FaceBox(0, 0, 2, 2, np.zeros((5, 2), np.float32), 0.9)


def frame(at_s: float, value: int, *advice: str) -> SeenFrame:
    quality = (
        AssessedQuality(QualityName.SHARPNESS, 1.0, value),
        AssessedQuality(QualityName.HEAD_POSE_YAW, 1.0, 95),
        UnassessedQuality(QualityName.HEAD_POSE_ROLL, "pose_unexplained"),
    )
    return SeenFrame(CameraFrame(PIXELS, int(at_s * 10), at_s), SeenFace("probe", BOX, 1, PIXELS, quality, advice, {}))


def test_a_still_better_frame_within_the_window_is_taken() -> None:
    chooser = BestFrameChooser(SETTINGS)
    best = frame(0.1, 80)
    assert chooser.offer(frame(0.0, 60)) is None
    assert chooser.offer(best) is None
    assert chooser.offer(frame(0.2, 70)) is None
    assert chooser.offer(frame(0.3, 75)) is best


def test_a_good_frame_beats_a_sharper_one_that_calls_for_coaching() -> None:
    chooser = BestFrameChooser(SETTINGS)
    turned, good = frame(0.0, 99, "head_turned"), frame(0.1, 50)
    assert chooser.offer(turned) is None
    assert chooser.offer(good) is None
    assert chooser.offer(frame(0.5, 99, "head_turned")) is good


def test_without_a_good_frame_the_best_one_is_taken_once_patience_is_over() -> None:
    chooser = BestFrameChooser(SETTINGS)
    least_bad = frame(1.0, 40, "face_small")
    for candidate in (frame(0.0, 20, "face_small"), least_bad, frame(2.9, 30, "face_small")):
        assert chooser.offer(candidate) is None
    assert chooser.offer(frame(3.0, 10, "face_small")) is least_bad


def test_a_teller_who_does_not_wait_gets_the_best_frame_so_far() -> None:
    chooser = BestFrameChooser(SETTINGS)
    better = frame(0.1, 40, "face_small")
    for candidate in (frame(0.0, 20, "face_small"), better):
        assert chooser.offer(candidate) is None
    assert chooser.offer(frame(0.2, 30, "face_small"), at_once=True) is better


def test_restarting_forgets_the_earlier_person() -> None:
    chooser = BestFrameChooser(SETTINGS)
    chooser.offer(frame(0.0, 99))
    chooser.restart()
    later = frame(5.0, 50)
    assert chooser.offer(later) is None
    assert chooser.offer(frame(5.4, 40)) is later


def test_a_window_of_nought_takes_the_first_good_frame() -> None:
    first = frame(0.0, 50)
    assert BestFrameChooser(replace(SETTINGS, window_s=0.0)).offer(first) is first


def test_another_small_face_in_the_background_is_no_reason_to_coach() -> None:
    assert frame(0.0, 50, ADVICE_LARGEST_USED).is_good


def test_the_weakest_assessed_component_ranks_a_frame() -> None:
    assert frame(0.0, 30).weakest_quality == 30


def test_the_next_best_good_frames_accompany_the_chosen_one() -> None:
    chooser = BestFrameChooser(SETTINGS)
    second, third, best, fourth = frame(0.0, 80), frame(0.05, 70), frame(0.1, 90), frame(0.2, 60)
    for candidate in (second, third, frame(0.07, 99, "head_turned"), best, fourth):
        assert chooser.offer(candidate) is None
    assert chooser.offer(frame(0.3, 50)) is best
    assert chooser.companions(best) == (second.seen, third.seen)
    chooser.restart()
    assert chooser.companions(best) == (), "the next person's frames are not mixed with this one's"


def test_a_frame_that_calls_for_coaching_stands_alone() -> None:
    chooser = BestFrameChooser(SETTINGS)
    poor = frame(0.0, 40, "face_small")
    chooser.offer(poor)
    assert chooser.companions(poor) == ()


@pytest.mark.parametrize("steady_s", [HINT_STEADY_S + 0.01, HINT_STEADY_S + 1])
def test_a_hint_changes_only_once_the_next_one_is_steady(steady_s: float) -> None:
    keeper = HintKeeper()
    assert keeper.offer("face_small", 0.0) == "face_small"
    assert keeper.offer("head_turned", 0.1) == "face_small"
    assert keeper.offer("face_small", 0.2) == "face_small"
    assert keeper.offer("head_turned", 0.3) == "face_small"
    assert keeper.offer("head_turned", 0.3 + steady_s) == "head_turned"


def test_the_first_hint_is_shown_at_once_and_goes_once_all_is_well() -> None:
    keeper = HintKeeper()
    assert keeper.offer("", 0.0) == ""
    assert keeper.offer("face_small", 0.1) == "face_small"
    keeper.offer("", 0.2)
    assert keeper.offer("", 0.2 + HINT_STEADY_S) == ""
