"""The plug is pulled and put in again: the next card is read, by a new process that finds the reader where it is now."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from teller_assist.demonstration.stand_ins.sam_faults import SamFault
from teller_assist.devices.id_card_reader import IdCardReaderDevice
from teller_assist.devices.kinds import DeviceState
from teller_assist.errors import DeviceBusyError, DeviceMissingError
from tests.stand_ins.equipment import wait_until
from tests.stand_ins.sam_cards import NUMBER, resident_card

NEVER = threading.Event()
Opener = Callable[..., IdCardReaderDevice]

pytestmark = pytest.mark.logs_warnings


@pytest.fixture
def reader(sam: Any, open_plugin: Opener) -> IdCardReaderDevice:
    device = open_plugin()
    device.wait_until_ready(20.0)
    return device


def assert_the_very_next_card_is_read(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.plug()
    sam.lay(resident_card())
    reader.wait_for_card(NEVER)
    assert reader.read(NEVER).number.reveal().text == NUMBER
    assert (reader.state, reader.problem) == (DeviceState.READY, None)


@pytest.mark.full
def test_pulled_while_idle_it_is_told_though_nobody_asks(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.unplug()
    wait_until(lambda: reader.state is DeviceState.RESTARTING)
    assert isinstance(reader.problem, DeviceMissingError)
    with pytest.raises(DeviceMissingError):
        reader.status()
    assert_the_very_next_card_is_read(sam, reader)


@pytest.mark.full
def test_plugged_in_again_it_comes_back_though_nobody_asks(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.unplug()
    wait_until(lambda: reader.state is DeviceState.RESTARTING)
    sam.plug()
    wait_until(lambda: reader.state is DeviceState.READY)


def test_pulled_and_put_in_again_unnoticed(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.unplug()
    sam.plug()
    with pytest.raises(DeviceMissingError):  # the old port is told as lost once
        reader.status()
    assert_the_very_next_card_is_read(sam, reader)


def test_pulled_while_a_card_is_waited_for(sam: Any, reader: IdCardReaderDevice) -> None:
    threading.Timer(0.3, sam.unplug).start()
    with pytest.raises(DeviceMissingError):
        reader.wait_for_card(NEVER)
    with pytest.raises(DeviceMissingError):
        reader.wait_for_card(NEVER)  # it stays so until it is put in again
    assert_the_very_next_card_is_read(sam, reader)


def test_pulled_between_finding_and_reading(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.lay(resident_card())
    reader.wait_for_card(NEVER)
    sam.unplug()
    with pytest.raises(DeviceMissingError):
        reader.read(NEVER)
    assert_the_very_next_card_is_read(sam, reader)


def test_pulled_in_the_middle_of_the_cards_answer(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.faults.add(SamFault.CUT)
    sam.lay(resident_card())
    reader.wait_for_card(NEVER)
    began_s = time.monotonic()
    with pytest.raises(DeviceMissingError):
        reader.read(NEVER)
    assert time.monotonic() - began_s < 2.0, "it is noticed, not waited out"
    sam.faults.clear()
    assert_the_very_next_card_is_read(sam, reader)


@pytest.mark.full
def test_not_there_when_it_is_opened_it_is_looked_for_by_one_process(sam: Any, open_plugin: Opener) -> None:
    sam.unplug()
    device = open_plugin()
    with pytest.raises(DeviceMissingError) as caught:
        device.wait_until_ready(20.0)
    assert caught.value.facts["why"] == "not_plugged_in"
    process = device.process
    time.sleep(2.2)  # two looks
    assert_the_very_next_card_is_read(sam, device)
    assert device.process is process, "no restart was needed"


def test_a_second_station_is_told_who_holds_the_reader_and_gets_it_when_that_lets_go(
    sam: Any, reader: IdCardReaderDevice, open_plugin: Opener
) -> None:
    second = open_plugin(port=str(sam.link.resolve()))  # by another name of the same port
    with pytest.raises(DeviceBusyError) as caught:
        second.wait_until_ready(20.0)
    assert caught.value.facts["why"] == "held"
    assert caught.value.facts["process_id"] == os.getpid()
    assert isinstance(reader.status()["sam_id"], str), "the first one is not disturbed"
    reader.close()
    sam.lay(resident_card())
    assert second.read(NEVER).number.reveal().text == NUMBER


def test_a_reader_that_the_settings_name_and_that_is_not_there_is_missing_though_another_is(
    sam: Any, open_plugin: Opener
) -> None:
    device = open_plugin(device="usb 10c4:8a1b AB12")
    with pytest.raises(DeviceMissingError) as caught:
        device.wait_until_ready(20.0)
    assert caught.value.facts["why"] == "not_plugged_in"


@pytest.mark.full
def test_pulled_ten_times_at_random_moments(sam: Any, reader: IdCardReaderDevice) -> None:
    for number in range(10):
        sam.lay(resident_card())
        timer = threading.Timer(number / 10 * 0.1, sam.unplug)
        timer.start()
        with contextlib.suppress(DeviceMissingError):
            reader.read(NEVER)
        timer.join()
        sam.plug()
        sam.lift()
        with contextlib.suppress(DeviceMissingError):  # the lost port is told once
            reader.status()
    assert_the_very_next_card_is_read(sam, reader)
