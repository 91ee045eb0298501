"""Where the authority compares the live picture itself, it is asked once there is one, or once none is to come."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from teller_assist.netcheck.provider import VerificationMode
from tests.stand_ins.counter import EMPTY_DESK, Counter
from tests.stand_ins.equipment import wait_until


@pytest.fixture
def counter(make_counter: Callable[..., Counter]) -> Counter:
    made = make_counter()
    made.authority.asks_with_live = True
    made.camera.show(EMPTY_DESK)
    made.station.sign_on("柜员一")
    made.station.begin()
    return made


@pytest.mark.full
def test_the_question_waits_for_the_capture_and_carries_it(counter: Counter) -> None:
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda view: view.identity is not None)
    assert counter.authority.asked == 0
    counter.station.record_consent()
    counter.camera.show(counter.person)
    view = counter.wait_for(lambda view: view.gauge is not None and "live_netcheck_agrees" in view.reasons)
    assert counter.authority.asked == 1
    request = counter.authority.requests[0]
    assert request.mode is VerificationMode.NUMBER_NAME_VALIDITY_LIVE
    capture = counter.station._known_customer().capture
    assert capture is not None
    assert request.live is not None
    assert np.array_equal(request.live.pixels, capture.picture.pixels)
    assert view.identity is not None


def test_a_face_before_the_card_goes_with_the_question(counter: Counter) -> None:
    counter.station.record_consent()
    counter.camera.show(counter.person)
    counter.wait_for(lambda view: view.capture.captured)
    counter.reader.lay_down(counter.card)
    wait_until(lambda: counter.authority.asked == 1)
    assert counter.authority.requests[0].live is not None


@pytest.mark.parametrize("refused", [True, False])
def test_without_a_face_it_is_asked_without_one(counter: Counter, refused: bool) -> None:
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda view: view.identity is not None)
    if refused:
        counter.station.refuse_consent()
    else:
        counter.station.leave_face_path()
    wait_until(lambda: counter.authority.asked == 1)
    assert counter.authority.requests[0].mode is VerificationMode.NUMBER_NAME_VALIDITY


def test_an_imported_picture_is_not_sent_as_a_live_one(counter: Counter, tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "customer.png"), counter.person)
    counter.station.record_consent()
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda view: view.identity is not None)
    counter.station.import_picture(tmp_path / "customer.png")
    wait_until(lambda: counter.authority.asked == 1)
    assert counter.authority.requests[0].live is None


@pytest.mark.full
def test_a_retake_asks_nobody_again(counter: Counter) -> None:
    counter.station.record_consent()
    counter.reader.lay_down(counter.card)
    counter.camera.show(counter.person)
    counter.wait_for(lambda view: "live_netcheck_agrees" in view.reasons)
    counter.station.retake()
    counter.wait_for(lambda view: "live_netcheck_agrees" in view.reasons)
    assert counter.authority.asked == 1


@pytest.mark.full
def test_where_the_live_picture_is_no_part_of_the_question_it_is_never_sent(counter: Counter) -> None:
    counter.authority.asks_with_live = False
    counter.station.record_consent()
    counter.camera.show(counter.person)
    counter.wait_for(lambda view: view.capture.captured)
    counter.reader.lay_down(counter.card)
    wait_until(lambda: counter.authority.asked == 1)
    assert counter.authority.requests[0].live is None
