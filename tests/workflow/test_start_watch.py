from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.errors import DeviceMissingError
from teller_assist.workflow.equipment import CounterEquipment, StateListener
from teller_assist.workflow.start_watch import WatchedStart
from tests.stand_ins.equipment import ToldCamera, ToldReader, bare_counter

CAMERA, READER = DeviceKind.CAMERA, DeviceKind.ID_CARD_READER


class Source:
    """Opens two devices, whose states a test tells."""

    def __init__(self, made: Callable[[], CounterEquipment]) -> None:
        self.made = made
        self.tell: StateListener = lambda kind, state: None

    def open(self, on_state: StateListener) -> CounterEquipment:
        self.tell = on_state
        return self.made()


@pytest.fixture
def finished() -> list[bool]:
    return []


@pytest.fixture
def source() -> Source:
    return Source(lambda: CounterEquipment(camera=ToldCamera(np.zeros((48, 64, 3), np.uint8)), reader=ToldReader()))


def test_a_start_has_finished_once_every_device_is_ready_or_has_failed(source: Source, finished: list[bool]) -> None:
    heard: list[tuple[DeviceKind, DeviceState]] = []
    start = WatchedStart(source, lambda: finished.append(True))
    start.open(lambda kind, state: heard.append((kind, state)))
    source.tell(CAMERA, DeviceState.STARTING)
    source.tell(CAMERA, DeviceState.READY)
    assert not finished
    source.tell(READER, DeviceState.RESTARTING)
    assert finished == [True]
    assert heard == [(CAMERA, DeviceState.STARTING), (CAMERA, DeviceState.READY), (READER, DeviceState.RESTARTING)]
    start.open(lambda kind, state: None)
    assert finished == [True], "the next customer is no start"


def test_a_device_may_be_ready_before_all_are_opened(source: Source, finished: list[bool]) -> None:
    made = source.made

    def opening() -> CounterEquipment:
        source.tell(CAMERA, DeviceState.READY)
        source.tell(READER, DeviceState.READY)
        assert not finished
        return made()

    source.made = opening
    WatchedStart(source, lambda: finished.append(True)).open(lambda kind, state: None)
    assert finished == [True]


def test_a_counter_without_devices_has_started_at_once(finished: list[bool]) -> None:
    WatchedStart(bare_counter(), lambda: finished.append(True)).open(lambda kind, state: None)
    assert finished == [True]


def test_a_station_that_is_closed_in_good_order_has_started(source: Source, finished: list[bool]) -> None:
    start = WatchedStart(source, lambda: finished.append(True))
    start.open(lambda kind, state: None)
    start.close()
    assert finished == [True]


def test_an_error_that_is_told_is_no_start_that_ended_before_its_time(source: Source, finished: list[bool]) -> None:
    def refuse() -> CounterEquipment:
        raise DeviceMissingError(why="no_plugin")

    source.made = refuse
    with pytest.raises(DeviceMissingError):
        WatchedStart(source, lambda: finished.append(True)).open(lambda kind, state: None)
    assert finished == [True]
