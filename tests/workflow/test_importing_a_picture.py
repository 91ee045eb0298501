"""A picture from a file in the place of the camera's: compared, and never taken for a live one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from teller_assist.decision.judgement import NextStep
from teller_assist.errors import SessionError
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.presentation import PadState
from teller_assist.evidence.transaction import BusinessKind
from teller_assist.wording import error_sentences
from teller_assist.workflow.counter_session import SessionState
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.view import PassNeeds, StationView
from tests.stand_ins.counter import EMPTY_DESK, Counter
from tests.stand_ins.equipment import wait_until


@pytest.fixture
def counter(make_counter: Callable[..., Counter]) -> Counter:
    made = make_counter()
    made.camera.show(EMPTY_DESK)
    made.station.sign_on("柜员一")
    made.station.choose_business(BusinessKind.ACTIVATION)
    made.station.begin()
    made.station.record_consent()
    return made


@pytest.fixture
def picture(counter: Counter, tmp_path: Path) -> Path:
    path = tmp_path / "customer.png"
    cv2.imwrite(str(path), counter.person)
    return path


def compared(counter: Counter, picture: Path) -> StationView:
    counter.reader.lay_down(counter.card)
    counter.wait_for(lambda view: view.identity is not None)
    counter.station.import_picture(picture)
    return counter.wait_for(lambda view: view.gauge is not None)


@pytest.mark.full
def test_an_imported_picture_is_compared_and_two_tellers_confirm_who_stands_there(counter: Counter, picture: Path) -> None:
    view = compared(counter, picture)
    assert view.gauge is not None
    assert view.gauge.outcome is Outcome.MATCH
    assert view.decision.next_step is NextStep.DUAL_SIGNATURE
    assert view.decision.pass_needs is PassNeeds.DUAL_SIGNATURE
    judgement = counter.station._known_customer().judgement
    assert judgement is not None
    assert "picture_imported" in judgement.reasons
    assert judgement.pad is PadState.NOT_AVAILABLE


@pytest.mark.full
def test_it_is_marked_as_not_live_beside_the_portraits_and_over_the_preview(counter: Counter, picture: Path) -> None:
    view = compared(counter, picture)
    assert view.portraits.live.imported
    assert view.capture.imported
    assert view.capture.pad is not None
    assert view.capture.pad.code == "not_available"


@pytest.mark.full
def test_an_empty_desk_or_another_face_before_the_camera_does_not_take_it_away(counter: Counter, picture: Path) -> None:
    compared(counter, picture)
    before = counter.station._known_customer().capture
    watch = counter.station._watch
    counter.station._face_lost(watch.look)
    assert counter.station._known_customer().capture is before


@pytest.mark.full
def test_a_retake_goes_back_to_the_camera_and_the_mark_goes(counter: Counter, picture: Path) -> None:
    compared(counter, picture)
    counter.station.retake()
    assert not counter.view.portraits.live.imported
    counter.camera.show(counter.person)
    view = counter.wait_for(lambda view: view.gauge is not None)
    assert not view.portraits.live.imported
    assert view.decision.next_step is NextStep.PROCEED


@pytest.mark.full
def test_it_waits_for_the_card_like_a_captured_one(counter: Counter, picture: Path) -> None:
    counter.station.import_picture(picture)
    wait_until(lambda: counter.station._session.state is SessionState.HELD)
    counter.reader.lay_down(counter.card)
    view = counter.wait_for(lambda view: view.gauge is not None)
    assert view.portraits.live.imported


def test_a_file_without_a_face_or_no_picture_at_all_is_told_and_looking_goes_on(counter: Counter, tmp_path: Path) -> None:
    empty, rubbish = tmp_path / "empty.png", tmp_path / "rubbish.jpg"
    cv2.imwrite(str(empty), EMPTY_DESK)
    rubbish.write_bytes(b"\xff\xd8 no picture")
    told = set()
    for path in (empty, rubbish, tmp_path / "gone.png"):
        counter.station._change({"problem": None})
        counter.station.import_picture(path)
        view = counter.wait_for(lambda view: view.problem is not None)
        assert view.problem is not None
        told.add(view.problem.zh)
        assert counter.station._session.state is SessionState.WATCHING
    assert len(told) == 3


def test_none_is_taken_before_consent(make_counter: Callable[..., Counter], tmp_path: Path) -> None:
    counter = make_counter()
    counter.station.sign_on("柜员一")
    counter.station.begin()
    with pytest.raises(SessionError):
        counter.station.import_picture(tmp_path / "customer.png")


@pytest.mark.full
def test_a_telephones_picture_is_brought_to_a_size_that_a_case_can_carry(counter: Counter, tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    cv2.imwrite(str(path), cv2.resize(counter.person, (4608, 3456)))
    view = compared(counter, path)
    assert view.gauge is not None
    assert view.gauge.outcome is Outcome.MATCH
    capture = counter.station._known_customer().capture
    assert capture is not None
    assert (capture.picture.width_px, capture.picture.height_px) == (1920, 1440)


def test_without_face_models_it_is_said_that_none_can_be_compared(
    make_counter: Callable[..., Counter], instruments: Instruments, tmp_path: Path
) -> None:
    counter = make_counter(instruments=replace(instruments, measurer=None, triangle=None))
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.station.record_consent()
    with pytest.raises(SessionError) as refused:
        counter.station.import_picture(tmp_path / "customer.png")
    assert "没有可用的人脸识别模型" in error_sentences(refused.value).zh
