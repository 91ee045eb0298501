"""Training pairs: only between customers, announced right after the judgement, counted for the teller alone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from teller_assist.errors import SessionError
from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerDecision, TellerJudgement
from teller_assist.pictures.decode import read_picture
from teller_assist.settings.schema import Settings, TrainingSettings
from teller_assist.wording import sentence
from teller_assist.workflow.view import Screen, StationView
from teller_assist.workflow.view_portraits import PairWord
from teller_assist.workflow.view_training import TrainingView
from tests.stand_ins.counter import Counter
from tests.stand_ins.equipment import wait_until
from tests.stand_ins.training import training_folder

SAME, DIFFERENT = TellerJudgement.PROBABLY_SAME, TellerJudgement.PROBABLY_DIFFERENT
Make = Callable[..., Counter]


def always(_one_in: int) -> int:
    return 0


def never(one_in: int) -> int:
    return one_in - 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return training_folder(tmp_path / "pairs", "no", "yes")


@pytest.fixture
def make(make_counter: Make, settings: Settings, folder: Path) -> Make:
    """Make a counter with training; the folder, and how often a pair is drawn, can be changed."""

    def made(named: Path = folder, draw: Callable[[int], int] = always, **station: Any) -> Counter:
        changed = replace(
            settings,
            training=TrainingSettings(str(named), one_in=20),
            station=replace(settings.station, **{"undo_s": 0.2, **station}),
        )
        counter = make_counter(settings=changed, draw=draw)
        wait_until(lambda: bool(counter.station._training._pairs or counter.station._training._problem))
        counter.station.sign_on("柜员一")
        return counter

    return made


def served(counter: Counter, role: PersonRole = PersonRole.HOLDER) -> None:
    """One customer, to the end of the undo period."""
    counter.station.choose_role(role)
    counter.station.begin()
    counter.station.refuse_consent()
    counter.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    counter.wait_for(lambda view: view.screen is Screen.READY)


def training(view: StationView) -> TrainingView:
    assert view.training is not None
    return view.training


def with_pair(counter: Counter) -> TrainingView:
    return training(counter.wait_for(lambda view: view.training is not None and view.training.portraits is not None))


def nothing_comes(counter: Counter) -> bool:
    """Whether no pair is shown and none is on the way."""
    return training(counter.view).portraits is None and not counter.station._training._fetching


def test_without_a_folder_there_is_no_training(make_counter: Make) -> None:
    counter = make_counter(draw=always)
    counter.station.sign_on("柜员一")
    assert counter.view.training is None
    with pytest.raises(SessionError):
        counter.station.ask_for_training()


@pytest.mark.full
def test_a_pair_follows_a_concluded_customer_in_the_form_of_a_real_one(make: Make) -> None:
    counter = make()
    served(counter)
    shown = with_pair(counter)
    assert shown.asked
    assert shown.told == ()
    assert shown.portraits is not None
    assert set(shown.portraits.pairs.values()) == {PairWord.UNSEEN}, "as while a real pair is judged"
    for one in (shown.portraits.live, shown.portraits.chip):
        assert one.pixels is not None
        assert one.pixels.shape == (252, 204, 3)
        assert one.original is not None


@pytest.mark.full
def test_it_is_announced_right_after_the_judgement_and_counted_once(make: Make) -> None:
    counter = make()
    served(counter)
    with_pair(counter)
    counter.station.judge_training(SAME)
    shown = training(counter.view)
    assert shown.told[0] == sentence("training", "was_two_persons")
    assert (shown.right, shown.judged, shown.given, shown.asked) == (False, 1, SAME, False)
    with pytest.raises(SessionError):
        counter.station.judge_training(DIFFERENT)
    counter.station.end_training()
    assert training(counter.view).portraits is None
    assert training(counter.view).judged == 1


def test_who_cannot_say_is_neither_right_nor_wrong(make: Make) -> None:
    counter = make()
    served(counter)
    with_pair(counter)
    counter.station.judge_training(TellerJudgement.CANNOT_SAY)
    assert (training(counter.view).right, training(counter.view).judged) == (None, 1)


@pytest.mark.full
def test_a_skipped_pair_does_not_count(make: Make) -> None:
    counter = make()
    served(counter)
    with_pair(counter)
    counter.station.end_training()
    assert (training(counter.view).portraits, training(counter.view).judged) == (None, 0)


def test_no_pair_comes_where_none_is_drawn(make: Make) -> None:
    counter = make(draw=never)
    served(counter)
    assert nothing_comes(counter)


def test_no_pair_follows_who_left_undecided_or_acts_for_a_holder_who_comes_next(make: Make) -> None:
    counter = make()
    counter.station.begin()
    counter.station.abandon()
    assert nothing_comes(counter)
    served(counter, PersonRole.AGENT)
    assert nothing_comes(counter)


@pytest.mark.full
@pytest.mark.parametrize("by", ["teller", "core system"])
def test_a_customer_ends_a_pair_at_once_without_counting_it(make: Make, by: str) -> None:
    counter = make()
    served(counter)
    with_pair(counter)
    if by == "teller":
        counter.station.begin()
    else:
        counter.station.begin_for(BusinessKind.LOSS_REPORT, "CBS-1")
    view = counter.view
    assert (view.screen, view.training) == (Screen.CUSTOMER, None)
    with pytest.raises(SessionError):
        counter.station.judge_training(SAME)
    counter.station.abandon()
    assert (training(counter.view).portraits, training(counter.view).judged) == (None, 0)


@pytest.mark.full
@pytest.mark.parametrize("event", ["customer", "lock"])
def test_a_pair_that_is_still_being_fetched_holds_up_nobody_and_comes_no_more(
    make: Make, monkeypatch: pytest.MonkeyPatch, event: str
) -> None:
    counter = make()
    fetching, may_go_on = threading.Event(), threading.Event()

    def slow(path: Path, **more: object) -> Picture:
        fetching.set()
        assert may_go_on.wait(30)
        return read_picture(path, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("teller_assist.workflow.training.read_picture", slow)
    served(counter)
    assert fetching.wait(30)
    if event == "customer":
        counter.station.begin()
        assert counter.view.screen is Screen.CUSTOMER
        counter.station.abandon()
    else:
        counter.station.lock()
    may_go_on.set()
    counter.station._workers.close()  # waits for what runs
    counter.station.sign_on("柜员一")
    assert nothing_comes(counter)


@pytest.mark.full
def test_no_pair_is_shown_while_a_customer_is_served_or_nobody_is_signed_on(make: Make) -> None:
    counter = make()
    counter.station.ask_for_training()
    with_pair(counter)
    counter.station.lock()
    assert counter.view.training is None
    counter.station.sign_on("柜员一")
    counter.station.begin()
    assert counter.view.training is None
    with pytest.raises(SessionError):
        counter.station.ask_for_training()


@pytest.mark.full
def test_a_pair_can_be_asked_for_and_none_comes_again_before_all_have_come(make: Make) -> None:
    counter = make(draw=never)
    truths = []
    for _pair in range(4):
        counter.station.ask_for_training()
        with_pair(counter)
        with pytest.raises(SessionError):
            counter.station.ask_for_training()  # one waits to be judged
        counter.station.judge_training(SAME)
        truths.append(training(counter.view).right)
        assert training(counter.view).may_ask
        counter.station.end_training()
    assert sorted(map(bool, truths[:2])) == sorted(map(bool, truths[2:])) == [False, True]


@pytest.mark.full
def test_another_teller_finds_nothing_of_the_one_before(make: Make) -> None:
    counter = make()
    served(counter)
    with_pair(counter)
    counter.station.judge_training(SAME)
    counter.station.lock()
    counter.station.sign_on("柜员一")
    assert training(counter.view).judged == 1, "the same teller goes on"
    counter.station.sign_on("柜员二")
    assert (training(counter.view).judged, training(counter.view).portraits) == (0, None)


@pytest.mark.full
def test_the_teller_can_have_it_forgotten(make: Make) -> None:
    counter = make()
    served(counter)
    with_pair(counter)
    counter.station.judge_training(SAME)
    counter.station.forget_training()
    assert (training(counter.view).judged, training(counter.view).portraits) == (0, None)


def test_the_faces_are_blanked_while_nobody_is_at_work(make: Make) -> None:
    counter = make(blank_after_idle_s=0.2)
    counter.station.ask_for_training()
    with_pair(counter)
    shown = training(counter.wait_for(lambda view: view.capture.blanked))
    assert shown.portraits is not None
    assert (shown.portraits.live.pixels, shown.portraits.chip.pixels) == (None, None)


@pytest.mark.parametrize("fault", ["no list", "no picture"])
def test_a_folder_that_cannot_be_used_is_told_and_customers_are_served(make: Make, folder: Path, fault: str) -> None:
    if fault == "no list":
        (folder / "pairs.csv").unlink()
    else:
        (folder / "0a.png").write_bytes(b"no picture at all")
    counter = make()
    served(counter)
    shown = training(counter.wait_for(lambda view: view.training is not None and view.training.problem is not None))
    assert shown.problem is not None
    assert ("list_missing" if fault == "no list" else "pairs.csv第2行") in shown.problem.zh
    assert not shown.may_ask
    served(counter)
    assert nothing_comes(counter)


def test_nothing_of_it_is_logged(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    counter = make()
    with caplog.at_level(logging.DEBUG):
        counter.station.ask_for_training()
        with_pair(counter)
        counter.station.judge_training(SAME)
    assert not [record for record in caplog.records if record.name.startswith("teller_assist")]
    assert counter.view.alert is None
    assert counter.view.today.rows == ()
