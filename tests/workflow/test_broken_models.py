"""A network that stops running is told; the counter goes on by hand, and with the face once it runs again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from teller_assist.errors import ModelAlteredError
from teller_assist.workflow.instruments import Instruments
from tests.stand_ins.counter import Counter


class Failing:
    """An instrument one of whose methods does not run while the test says so."""

    def __init__(self, whole: Any, method: str) -> None:
        self._whole, self._method = whole, method
        self.fails = threading.Event()
        self.fails.set()

    def __getattr__(self, name: str) -> Any:
        if name == self._method and self.fails.is_set():
            return self._fail
        return getattr(self._whole, name)

    def _fail(self, *given: Any, **named: Any) -> Any:
        raise ModelAlteredError("model_altered", model="test", why="not_run")


class Judging:
    """A passive detector that is sure."""

    def pad_score(self, *given: Any) -> float:
        return 1.0


@pytest.mark.full
@pytest.mark.parametrize(("instrument", "method"), [("measurer", "look"), ("passive", "pad_score")])
def test_a_network_that_does_not_run_is_told_and_looked_for_again(
    make_counter: Callable[..., Counter], instruments: Instruments, instrument: str, method: str
) -> None:
    whole = instruments.measurer if instrument == "measurer" else Judging()
    failing: Any = Failing(whole, method)
    changed = {instrument: failing} | ({"passive_absent": None} if instrument == "passive" else {})
    counter = make_counter(instruments=replace(instruments, **changed))
    counter.station.sign_on("柜员一")
    counter.station.begin()
    counter.station.record_consent()
    view = counter.wait_for(lambda view: view.problem is not None)
    assert view.problem is not None
    assert "模型" in view.problem.zh
    assert not view.capture.captured
    failing.fails.clear()
    counter.wait_for(lambda view: view.capture.captured)
