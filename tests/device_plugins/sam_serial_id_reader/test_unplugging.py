"""The plug is pulled and put in again: the next card is read, by the same process."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from teller_assist.demonstration.stand_ins.sam_faults import SamFault
from teller_assist.devices.id_card_reader import IdCardReaderDevice
from teller_assist.devices.kinds import DeviceState
from teller_assist.errors import DeviceMissingError
from tests.stand_ins.sam_cards import NUMBER, resident_card

NEVER = threading.Event()
Opener = Callable[..., IdCardReaderDevice]


@pytest.fixture
def reader(sam: Any, open_plugin: Opener) -> IdCardReaderDevice:
    device = open_plugin()
    device.wait_until_ready(20.0)
    return device


def assert_the_next_card_is_read(sam: Any, reader: IdCardReaderDevice, process: Any) -> None:
    sam.plug()
    sam.lay(resident_card())
    reader.wait_for_card(NEVER)
    assert reader.read(NEVER).number.reveal().text == NUMBER
    assert reader.state is DeviceState.READY
    assert reader.process is process, "nothing was started anew"


def test_pulled_while_idle(sam: Any, reader: IdCardReaderDevice) -> None:
    process = reader.process
    sam.unplug()
    with pytest.raises(DeviceMissingError):
        reader.status()
    assert_the_next_card_is_read(sam, reader, process)


def test_pulled_and_put_in_again_unnoticed(sam: Any, reader: IdCardReaderDevice) -> None:
    process = reader.process
    sam.unplug()
    sam.plug()
    with pytest.raises(DeviceMissingError):  # the old port is told as lost once
        reader.status()
    assert_the_next_card_is_read(sam, reader, process)


def test_pulled_while_a_card_is_waited_for(sam: Any, reader: IdCardReaderDevice) -> None:
    process = reader.process
    threading.Timer(0.3, sam.unplug).start()
    with pytest.raises(DeviceMissingError):
        reader.wait_for_card(NEVER)
    with pytest.raises(DeviceMissingError):
        reader.wait_for_card(NEVER)  # it stays so until it is put in again
    assert_the_next_card_is_read(sam, reader, process)


def test_pulled_between_finding_and_reading(sam: Any, reader: IdCardReaderDevice) -> None:
    process = reader.process
    sam.lay(resident_card())
    reader.wait_for_card(NEVER)
    sam.unplug()
    with pytest.raises(DeviceMissingError):
        reader.read(NEVER)
    assert_the_next_card_is_read(sam, reader, process)


def test_pulled_in_the_middle_of_the_cards_answer(sam: Any, reader: IdCardReaderDevice) -> None:
    process = reader.process
    sam.faults.add(SamFault.CUT)
    sam.lay(resident_card())
    reader.wait_for_card(NEVER)
    began_s = time.monotonic()
    with pytest.raises(DeviceMissingError):
        reader.read(NEVER)
    assert time.monotonic() - began_s < 2.0, "it is noticed, not waited out"
    sam.faults.clear()
    assert_the_next_card_is_read(sam, reader, process)


@pytest.mark.logs_warnings
def test_not_there_when_it_is_opened(sam: Any, open_plugin: Opener) -> None:
    sam.unplug()
    device = open_plugin()
    with pytest.raises(DeviceMissingError):
        device.wait_until_ready(20.0)
    sam.plug()
    deadline_s = time.monotonic() + 10.0
    while device.state is not DeviceState.READY and time.monotonic() < deadline_s:
        time.sleep(0.05)
    sam.lay(resident_card())
    assert device.read(NEVER).number.reveal().text == NUMBER


@pytest.mark.full
def test_pulled_fifty_times_at_random_moments(sam: Any, reader: IdCardReaderDevice) -> None:
    process = reader.process
    for number in range(50):
        sam.lay(resident_card())
        timer = threading.Timer(number / 50 * 0.1, sam.unplug)
        timer.start()
        with contextlib.suppress(DeviceMissingError):
            reader.read(NEVER)
        timer.join()
        sam.plug()
        sam.lift()
        with contextlib.suppress(DeviceMissingError):  # the lost port is told once
            reader.status()
    assert_the_next_card_is_read(sam, reader, process)
