"""What was measured for a customer who withdrew, or for an earlier capture, comes too late and changes nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from teller_assist.decision.judgement import AlertKind
from teller_assist.errors import ModelAlteredError
from teller_assist.evidence.presentation import PadReading, PadState
from teller_assist.pad.assessment import PadWhy
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.view import Step, StepState
from tests.stand_ins.counter import Counter
from tests.stand_ins.equipment import wait_until

MakeCounter = Callable[..., Counter]
NOTHING_HAPPENS_S = 0.3


class Held:
    """A triangle; each call of one method waits until the test lets it go on."""

    def __init__(self, instruments: Instruments, method: str) -> None:
        self._triangle: Any = instruments.triangle
        self._method = method
        self.go_on: list[threading.Event] = []
        self.opened = False  # calls that come now are not held any more

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._triangle, name)
        return found if name != self._method else lambda *given, **named: self._wait(found(*given, **named))

    def _wait(self, result: Any) -> Any:
        if self.opened:
            return result
        mine = threading.Event()
        self.go_on.append(mine)
        assert mine.wait(20)
        return result


@pytest.fixture
def held_counter(make_counter: MakeCounter, instruments: Instruments) -> Callable[[str], tuple[Counter, Held]]:
    def make(method: str) -> tuple[Counter, Held]:
        held: Any = Held(instruments, method)
        counter = make_counter(instruments=replace(instruments, triangle=held))
        counter.station.sign_on("柜员一")
        counter.station.begin()
        counter.station.record_consent()
        counter.reader.lay_down(counter.card)
        wait_until(lambda: bool(held.go_on))
        return counter, held

    return make


def test_a_portrait_measured_while_consent_was_withdrawn_is_thrown_away(
    held_counter: Callable[[str], tuple[Counter, Held]],
) -> None:
    counter, held = held_counter("measure_photo")
    counter.station.refuse_consent()
    held.opened = True
    for one in held.go_on:
        one.set()
    time.sleep(NOTHING_HAPPENS_S)
    chip = counter.view.portraits.chip
    assert chip.pixels is not None
    assert chip.original is None, "only a measured portrait has its place cut out"


@pytest.mark.full
def test_a_comparison_of_an_earlier_capture_is_not_shown_beside_a_later_one(
    held_counter: Callable[[str], tuple[Counter, Held]],
) -> None:
    counter, held = held_counter("compare")
    counter.station.leave_face_path()
    counter.station.record_consent()
    wait_until(lambda: len(held.go_on) == 2)
    held.go_on[0].set()
    time.sleep(NOTHING_HAPPENS_S)
    assert counter.view.gauge is None
    held.go_on[1].set()
    counter.wait_for(lambda view: view.gauge is not None)
    for one in held.go_on:
        one.set()


@pytest.mark.full
def test_an_attack_told_by_the_last_look_does_not_follow_a_customer_off_the_face_path(make_counter: MakeCounter) -> None:
    counter = make_counter()
    counter.to_decision()
    counter.station.leave_face_path()
    counter.station._watch._on_pad(
        counter.station._watch.look, PadReading(PadState.ATTACK, (PadWhy.FRAME_REPEAT,))
    )  # as the measure thread does
    view = counter.view
    assert view.capture.pad is None
    assert view.alert is not None
    assert (view.alert.kind, view.more_alerts) == (AlertKind.NON_FACE_PATH, 0)


@pytest.mark.full
def test_a_model_that_does_not_run_ends_the_comparison_with_its_sentence(
    make_counter: MakeCounter, instruments: Instruments
) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            return getattr(instruments.triangle, name)

        def measure_photo(self, *given: Any, **named: Any) -> Any:
            raise ModelAlteredError("model_altered", model="sface-2021dec", why="not_run")

    broken: Any = Broken()
    counter = make_counter(instruments=replace(instruments, triangle=broken))
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.station.record_consent()
    counter.reader.lay_down(counter.card)
    view = counter.wait_for(lambda view: view.steps[Step.COMPARE] is StepState.ATTENTION)
    assert view.problem is not None
