from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.evidence.pictures import FaceBox, Points
from teller_assist.face.alignment import TEMPLATE
from teller_assist.face.head_pose import HEAD_MM, HeadPose, estimate_head_pose

SIDE_PX = 500
ANGLES = {"yaw": st.floats(-45, 45), "pitch": st.floats(-25, 25), "roll": st.floats(-40, 40)}


def seen(yaw: float, pitch: float, roll: float, *, distance_mm: float = 600.0, at_mm: tuple[float, float] = (0, 0)) -> Points:
    """The five points of the generic head as a camera sees them, turned by yaw, then pitch, then roll, in degrees."""
    y, p, r = np.radians([-yaw, -pitch, roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    points = HEAD_MM @ (about_z @ about_y @ about_x).T + [*at_mm, distance_mm]
    focal_px = 1.2 * SIDE_PX
    return np.asarray(points[:, :2] / points[:, 2:] * focal_px + SIDE_PX / 2, np.float32)


def pose_of(landmarks: Points) -> HeadPose:
    pose = estimate_head_pose(landmarks, width_px=SIDE_PX, height_px=SIDE_PX)
    assert pose is not None
    return pose


def mirrored(landmarks: Points) -> Points:
    """As in a mirror: left and right change places, in the picture and in the order."""
    swapped = landmarks[[1, 0, 2, 4, 3]].copy()
    swapped[:, 0] = SIDE_PX - swapped[:, 0]
    return swapped


def test_a_head_that_looks_into_the_camera_has_no_angles() -> None:
    pose = pose_of(seen(0, 0, 0))
    assert (pose.yaw_deg, pose.pitch_deg, pose.roll_deg) == pytest.approx((0, 0, 0), abs=0.1)


@given(ANGLES["yaw"])
def test_yaw_is_recovered_positive_to_the_viewers_right(yaw: float) -> None:
    landmarks = seen(yaw, 0, 0)
    assert pose_of(landmarks).yaw_deg == pytest.approx(yaw, abs=0.3)
    if yaw > 5:
        eyes_middle = float(landmarks[:2, 0].mean())
        assert landmarks[2, 0] > eyes_middle, "the nose moves to the viewer's right"


@given(ANGLES["pitch"])
def test_pitch_is_recovered_positive_upwards(pitch: float) -> None:
    assert pose_of(seen(0, pitch, 0)).pitch_deg == pytest.approx(pitch, abs=0.3)


def test_a_raised_head_shows_its_nose_nearer_to_the_eyes() -> None:
    level, raised = seen(0, 0, 0), seen(0, 20, 0)
    assert raised[2, 1] - raised[:2, 1].mean() < level[2, 1] - level[:2, 1].mean()


@given(**ANGLES)
def test_a_mirror_image_turns_yaw_and_roll_round_and_keeps_pitch(yaw: float, pitch: float, roll: float) -> None:
    landmarks = seen(yaw, pitch, roll)
    pose, other = pose_of(landmarks), pose_of(mirrored(landmarks))
    assert other.yaw_deg == pytest.approx(-pose.yaw_deg, abs=0.5)
    assert other.roll_deg == pytest.approx(-pose.roll_deg, abs=0.5)
    assert other.pitch_deg == pytest.approx(pose.pitch_deg, abs=0.5)


@given(yaw=st.floats(-30, 30), pitch=st.floats(-20, 20), turn=st.floats(-60, 60))
def test_turning_the_picture_turns_the_roll_by_as_much_clockwise(yaw: float, pitch: float, turn: float) -> None:
    landmarks = seen(yaw, pitch, 0)
    angle = np.radians(turn)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = ((landmarks - SIDE_PX / 2) @ rotation.T + SIDE_PX / 2).astype(np.float32)
    assert pose_of(turned).roll_deg - pose_of(landmarks).roll_deg == pytest.approx(turn, abs=0.5)
    if turn > 1:
        assert (turned[1, 1] - turned[0, 1]) > (landmarks[1, 1] - landmarks[0, 1]), "y grows downwards: the right eye sinks"


def test_real_landmarks_of_a_frontal_portrait_are_about_straight(astronaut_face: FaceBox) -> None:
    pose = estimate_head_pose(astronaut_face.landmarks, width_px=512, height_px=512)
    assert pose is not None
    assert abs(pose.yaw_deg) < 10
    assert abs(pose.pitch_deg) < 15
    assert abs(pose.roll_deg) < 5


@pytest.mark.parametrize("side_px", [300, 2_000, 4_470])
@pytest.mark.parametrize("eye_distance", [12, 20, 60])
def test_a_small_face_in_a_large_picture_is_assessed_or_said_to_be_not(side_px: int, eye_distance: float) -> None:
    landmarks = (TEMPLATE - TEMPLATE.mean(axis=0)) * (eye_distance / 35.24) + side_px / 2
    pose = estimate_head_pose(landmarks.astype(np.float32), width_px=side_px, height_px=side_px)
    assert pose is None or abs(pose.yaw_deg) < 10


def test_points_in_one_place_have_no_pose() -> None:
    assert estimate_head_pose(np.full((5, 2), 100, np.float32), width_px=SIDE_PX, height_px=SIDE_PX) is None


def test_points_that_no_head_before_the_camera_explains_have_no_pose() -> None:
    """Of many random layouts some fit only a head behind the camera."""
    layouts = [np.random.default_rng(seed).uniform(0, SIDE_PX, (5, 2)).astype(np.float32) for seed in range(200)]
    poses = [estimate_head_pose(landmarks, width_px=SIDE_PX, height_px=SIDE_PX) for landmarks in layouts]
    assert None in poses


@given(st.integers(0, 2**32 - 1))
def test_whatever_the_points_the_answer_is_finite_or_none(seed: int) -> None:
    landmarks = np.random.default_rng(seed).uniform(0, SIDE_PX, (5, 2)).astype(np.float32)
    try:
        pose = estimate_head_pose(landmarks, width_px=SIDE_PX, height_px=SIDE_PX)
    except cv2.error as error:  # pragma: no cover
        pytest.fail(f"OpenCV's own exception came through: {error.code}")
    assert pose is None or np.isfinite([pose.yaw_deg, pose.pitch_deg, pose.roll_deg]).all()
