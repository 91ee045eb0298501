"""Several faces before the camera: the teller points at the customer's."""

from __future__ import annotations

import time
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from teller_assist.errors import SessionError
from teller_assist.evidence.frames import CameraFrame
from teller_assist.evidence.pictures import Picture, Pixels
from teller_assist.face.selection import ADVICE_CHOSEN, ADVICE_LARGEST_USED
from teller_assist.wording import sentence
from teller_assist.workflow.best_frame import SeenFrame
from teller_assist.workflow.counter_session import SessionState
from tests.stand_ins.counter import EMPTY_DESK, Counter
from tests.stand_ins.equipment import wait_until

LEFT, RIGHT = 60, 360  # where a person of 260 px sits


def persons(astronaut: Picture, *places: int, right_px: int = 260) -> Pixels:
    frame = EMPTY_DESK.copy()
    for left in places:
        side = right_px if left == RIGHT else 260
        frame[100 : 100 + side, left : left + side] = cv2.resize(astronaut.pixels[:480, :480], (side, side))
    return np.asarray(frame, np.uint8)


@pytest.fixture
def counter(make_counter: Callable[..., Counter], astronaut: Picture) -> Counter:
    made = make_counter()
    made.camera.show(persons(astronaut, LEFT, RIGHT))
    made.station.sign_on("柜员一")
    made.station.begin()
    made.station.record_consent()
    return made


def middle_of_capture(counter: Counter) -> float:
    customer = counter.station._customer
    assert customer is not None
    assert customer.capture is not None
    assert customer.capture.measurement is not None
    face = customer.capture.measurement.face
    return face.x_px + face.width_px / 2


def told(counter: Counter) -> str:
    hint = counter.view.capture.hint
    return "" if hint is None else hint.zh


@pytest.mark.full
def test_of_two_alike_nobody_is_captured_until_the_teller_points_at_one(counter: Counter) -> None:
    wait_until(lambda: told(counter) == sentence("hint", "several_faces").zh)
    assert counter.view.capture.may_point
    assert not counter.view.capture.captured
    counter.station.point_at_face((RIGHT + 130) / 640, 180 / 480)
    counter.wait_for(lambda view: view.capture.captured)
    assert middle_of_capture(counter) > 320
    customer = counter.station._customer
    assert customer is not None
    assert customer.capture is not None
    assert customer.capture.measurement is not None
    assert ADVICE_CHOSEN in customer.capture.measurement.advice


@pytest.mark.full
def test_the_other_one_can_be_chosen_as_well(counter: Counter) -> None:
    counter.station.point_at_face((LEFT + 130) / 640, 180 / 480)
    counter.wait_for(lambda view: view.capture.captured)
    assert middle_of_capture(counter) < 320


@pytest.mark.full
def test_the_captured_person_is_followed_and_lost_when_gone_though_another_one_stays(
    counter: Counter, astronaut: Picture
) -> None:
    counter.station.point_at_face((RIGHT + 130) / 640, 180 / 480)
    counter.wait_for(lambda view: view.capture.captured)
    counter.camera.show(persons(astronaut, LEFT))
    wait_until(lambda: not counter.view.capture.captured or middle_of_capture(counter) < 320)
    counter.wait_for(lambda view: view.capture.captured)
    assert middle_of_capture(counter) < 320, "the one who stayed is the only one now"


def test_the_pointer_follows_who_moves(counter: Counter, astronaut: Picture) -> None:
    watch = counter.station._watch
    counter.station.point_at_face((LEFT + 130) / 640, 180 / 480)
    counter.camera.show(persons(astronaut, LEFT + 30))
    wait_until(lambda: watch.pointed_at is not None and watch.pointed_at[0] > (LEFT + 140) / 640)


@pytest.mark.full
def test_a_frame_that_was_looked_at_before_the_click_does_not_undo_it(counter: Counter, astronaut: Picture) -> None:
    counter.camera.show(EMPTY_DESK)
    watch, measurer = counter.station._watch, counter.station._instruments.measurer
    assert measurer is not None
    place = ((RIGHT + 130) / 640, 180 / 480)
    counter.station.point_at_face(*place)
    for left, at in ((LEFT, None), (RIGHT, place)):
        frame = CameraFrame(persons(astronaut, left), 1, time.monotonic())
        watch.face_seen(SeenFrame(frame, measurer.look(frame.as_picture("probe")), at))
    assert watch.pointed_at is not None
    assert watch.pointed_at[0] > 0.5


@pytest.mark.full
def test_a_smaller_face_in_the_background_is_told_and_spoils_nothing(
    make_counter: Callable[..., Counter], astronaut: Picture
) -> None:
    counter = make_counter()
    counter.camera.show(persons(astronaut, LEFT, RIGHT, right_px=130))
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.station.record_consent()
    wait_until(lambda: told(counter) == sentence("hint", ADVICE_LARGEST_USED).zh)
    counter.wait_for(lambda view: view.capture.captured)
    assert middle_of_capture(counter) < 320


@pytest.mark.full
def test_a_new_look_begins_with_the_largest_again(counter: Counter) -> None:
    counter.station.point_at_face((RIGHT + 130) / 640, 180 / 480)
    counter.wait_for(lambda view: view.capture.captured)
    counter.station.retake()
    assert counter.station._watch.pointed_at is None
    wait_until(lambda: told(counter) == sentence("hint", "several_faces").zh)


@pytest.mark.full
def test_nobody_is_pointed_at_before_consent_nor_after_the_capture(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.station.sign_on("柜员一")
    counter.station.begin()
    with pytest.raises(SessionError):
        counter.station.point_at_face(0.5, 0.5)
    counter.station.record_consent()
    wait_until(lambda: counter.station._session.state is SessionState.HELD)
    with pytest.raises(SessionError):
        counter.station.point_at_face(0.5, 0.5)
    assert not counter.view.capture.may_point
