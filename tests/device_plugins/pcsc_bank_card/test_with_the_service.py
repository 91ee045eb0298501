"""The plugin under the product's host, over a real PC/SC service: reads, pulled cards, silent cards, a service that goes."""

from __future__ import annotations

import contextlib
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from teller_assist.demonstration.stand_ins.bank_card import BankCardChip, CardContent
from teller_assist.demonstration.stand_ins.bank_card_faults import BankCardFault
from teller_assist.demonstration.stand_ins.vpcd import VpcdSlot
from teller_assist.devices.bank_card_reader import BankCardReaderDevice
from teller_assist.devices.kinds import DeviceState
from teller_assist.devices.travel_document_reader import TravelDocumentReaderDevice
from teller_assist.errors import (
    CardRemovedError,
    CardUnreadableError,
    DeviceBusyError,
    DeviceMissingError,
    DeviceTimeoutError,
    KnownError,
)
from tests.stand_ins.equipment import wait_until
from tests.stand_ins.pcsc_daemon import READER_NAME, PcscDaemon
from tests.stand_ins.plugin_devices import devices_of

ROOT = Path(__file__).resolve().parents[3]
NEVER = threading.Event()
CONTENT = CardContent()
READY_WITHIN_S = 20.0
Opener = Callable[..., BankCardReaderDevice]

pytestmark = [pytest.mark.full, pytest.mark.logs_warnings]

# Another program that has the reader for itself until its standard input ends.
HOLDER = """
import sys
from smartcard.scard import *
code, context = SCardEstablishContext(SCARD_SCOPE_USER)
code, card, protocol = SCardConnect(context, sys.argv[1], SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)
print(code, flush=True)
sys.stdin.read()
SCardDisconnect(card, SCARD_LEAVE_CARD)
"""


@pytest.fixture
def reader(open_plugin: Opener) -> BankCardReaderDevice:
    device = open_plugin()
    device.wait_until_ready(READY_WITHIN_S)
    return device


def hint_of(device: BankCardReaderDevice) -> str:
    assert device.process is not None
    return device.process.last_hint


def assert_next_card_is_read(slot: VpcdSlot, reader: BankCardReaderDevice, *, contactless: bool = False) -> None:
    slot.remove()
    wait_until(lambda: reader.status()["card"] is False)
    assert slot.insert(BankCardChip(contactless=contactless))
    reader.wait_for_card(NEVER)
    assert reader.read(NEVER).number.reveal().text == CONTENT.number
    assert (reader.state, reader.problem) == (DeviceState.READY, None)


@pytest.mark.parametrize("contactless", [False, True], ids=["contact", "contactless"])
def test_a_card_is_found_and_read_again_and_again(slot: VpcdSlot, reader: BankCardReaderDevice, contactless: bool) -> None:
    slot.insert(BankCardChip(contactless=contactless))
    reader.wait_for_card(NEVER)
    took_s = []
    for _ in range(3):
        began_s = time.monotonic()
        card = reader.read(NEVER)
        took_s.append(time.monotonic() - began_s)
        assert card.number.reveal().text == CONTENT.number
        assert card.interface == ("contactless" if contactless else "contact")
    assert min(took_s) < 0.5
    assert_next_card_is_read(slot, reader, contactless=not contactless)


def test_status_and_self_test_say_which_reader_and_nothing_of_a_card(slot: VpcdSlot, reader: BankCardReaderDevice) -> None:
    slot.insert(BankCardChip())
    reader.wait_for_card(NEVER)
    assert reader.status() == {"reader": f"{READER_NAME} 00 00", "card": True}
    assert [(line.check, line.passed) for line in reader.selftest()] == [("pcsc_service", True), ("reader", True)]
    assert reader.process is not None
    assert reader.process.device is not None
    assert reader.process.device.identity == f"pcsc bank_card {READER_NAME} slot 00"


@pytest.mark.parametrize(
    ("fault", "error", "hint"),
    [
        (BankCardFault.PULLED, CardRemovedError, "SCardTransmit"),
        (BankCardFault.ENDLESS, CardUnreadableError, "no end"),
        (BankCardFault.GARBAGE, CardUnreadableError, "BER-TLV"),
        (BankCardFault.REFUSING, CardUnreadableError, "6985"),
    ],
)
def test_a_card_at_fault_has_its_reason_and_the_next_one_is_read(
    slot: VpcdSlot, reader: BankCardReaderDevice, fault: BankCardFault, error: type[KnownError], hint: str
) -> None:
    slot.insert(BankCardChip(faults=[fault]))
    reader.wait_for_card(NEVER)
    with pytest.raises(error):
        reader.read(NEVER)
    assert hint in hint_of(reader)
    assert_next_card_is_read(slot, reader)


def test_a_card_that_does_not_answer_to_reset_is_unreadable(slot: VpcdSlot, reader: BankCardReaderDevice) -> None:
    slot.insert(BankCardChip(faults=[BankCardFault.MUTE]))
    reader.wait_for_card(NEVER)
    with pytest.raises(CardUnreadableError):
        reader.read(NEVER)
    assert_next_card_is_read(slot, reader)


def test_without_a_card_a_read_says_so(slot: VpcdSlot, reader: BankCardReaderDevice) -> None:
    with pytest.raises(CardRemovedError):
        reader.read(NEVER)
    assert_next_card_is_read(slot, reader)


def test_a_silent_card_is_given_up_at_the_limit_and_the_next_one_is_read(slot: VpcdSlot, reader: BankCardReaderDevice) -> None:
    slot.insert(BankCardChip(faults=[BankCardFault.SILENT]))
    reader.wait_for_card(NEVER)
    process = reader.process
    began_s = time.monotonic()
    with pytest.raises(DeviceTimeoutError) as caught:
        reader.read(NEVER)
    assert caught.value.facts["why"] == "time_limit"
    assert time.monotonic() - began_s < 30.0
    slot.remove()
    wait_until(lambda: reader.state is DeviceState.READY and reader.process is not process, limit_s=60.0)
    assert_next_card_is_read(slot, reader)


def test_a_silent_card_is_given_up_soon_after_the_teller_did(slot: VpcdSlot, reader: BankCardReaderDevice) -> None:
    slot.insert(BankCardChip(faults=[BankCardFault.SILENT]))
    reader.wait_for_card(NEVER)
    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()
    began_s = time.monotonic()
    with pytest.raises(DeviceTimeoutError) as caught:
        reader.read(cancel)
    assert caught.value.facts["why"] == "cancelled"
    assert time.monotonic() - began_s < 6.0


def test_a_reader_that_another_program_has_for_itself_is_busy_until_it_lets_go(
    slot: VpcdSlot, reader: BankCardReaderDevice
) -> None:
    slot.insert(BankCardChip())
    reader.wait_for_card(NEVER)
    holder = [sys.executable, "-c", HOLDER, f"{READER_NAME} 00 00"]
    with subprocess.Popen(holder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "0\n"
        with pytest.raises(DeviceBusyError):
            reader.read(NEVER)
        assert "0x8010000B" in hint_of(reader)
        other.stdin.close()
    assert reader.read(NEVER).number.reveal().text == CONTENT.number


def test_a_second_station_is_told_who_holds_the_reader(slot: VpcdSlot, open_plugin: Opener) -> None:
    first, second = open_plugin(), open_plugin()
    for device in (first, second):
        with contextlib.suppress(DeviceBusyError):
            device.wait_until_ready(READY_WITHIN_S)
    problems = [device.problem for device in (first, second) if device.problem is not None]
    assert [problem.facts["why"] for problem in problems] == ["held"]


def test_a_reader_for_travel_documents_shares_the_reader(slot: VpcdSlot, reader: BankCardReaderDevice) -> None:
    with devices_of(ROOT, "pcsc_travel_document") as open_one:
        other = open_one(TravelDocumentReaderDevice, {"reader": "00 00"})
        other.wait_until_ready(READY_WITHIN_S)
        slot.insert(BankCardChip(contactless=True))
        other.wait_for_card(NEVER)
        reader.wait_for_card(NEVER)
        assert reader.read(NEVER).number.reveal().text == CONTENT.number
        assert (reader.state, other.state) == (DeviceState.READY, DeviceState.READY)


# ---------------------------------------------------------------- the plug and the service


def service_back(daemon: PcscDaemon, reader: BankCardReaderDevice) -> None:
    daemon.start()
    wait_until(lambda: reader.state is DeviceState.READY, limit_s=60.0)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_service_that_ends_while_idle_is_told_and_found_again(
    daemon: PcscDaemon, slot: VpcdSlot, reader: BankCardReaderDevice, end: str
) -> None:
    getattr(daemon, end)()
    wait_until(lambda: reader.state is not DeviceState.READY)
    assert isinstance(reader.problem, DeviceMissingError)
    service_back(daemon, reader)
    assert_next_card_is_read(slot, reader)


def test_a_service_that_was_restarted_unnoticed_serves_the_next_card(
    daemon: PcscDaemon, slot: VpcdSlot, reader: BankCardReaderDevice
) -> None:
    slot.insert(BankCardChip())
    reader.wait_for_card(NEVER)
    daemon.kill()
    daemon.start()
    wait_until(lambda: reader.state is DeviceState.READY, limit_s=60.0)
    reader.wait_until_ready(READY_WITHIN_S)
    assert_next_card_is_read(slot, reader)


def test_a_service_that_ends_while_a_card_is_waited_for(daemon: PcscDaemon, slot: VpcdSlot, reader: BankCardReaderDevice) -> None:
    threading.Timer(0.3, daemon.kill).start()
    with pytest.raises(DeviceMissingError):
        reader.wait_for_card(NEVER)
    service_back(daemon, reader)
    assert_next_card_is_read(slot, reader)


def test_a_service_that_ends_in_the_middle_of_a_read(daemon: PcscDaemon, slot: VpcdSlot, reader: BankCardReaderDevice) -> None:
    slot.insert(BankCardChip(faults=[BankCardFault.SILENT]))
    reader.wait_for_card(NEVER)
    timer = threading.Timer(0.3, daemon.kill)
    timer.start()
    with pytest.raises(DeviceMissingError):
        reader.read(NEVER)
    timer.join()
    slot.remove()
    service_back(daemon, reader)
    assert_next_card_is_read(slot, reader)


def test_a_reader_that_was_unplugged_is_found_again(daemon: PcscDaemon, slot: VpcdSlot, reader: BankCardReaderDevice) -> None:
    daemon.stop()
    daemon.equip("")
    daemon.start()
    wait_until(lambda: isinstance(reader.problem, DeviceMissingError))
    daemon.stop()
    daemon.equip(READER_NAME)
    service_back(daemon, reader)
    assert_next_card_is_read(slot, reader)


def test_of_two_readers_none_is_opened_until_one_is_chosen(daemon: PcscDaemon, open_plugin: Opener) -> None:
    device = open_plugin(reader=READER_NAME)
    with pytest.raises(DeviceMissingError):
        device.wait_until_ready(READY_WITHIN_S)
    assert hint_of(device).startswith("set device, 2 readers fit: pcsc bank_card Teller Test Reader slot 00; ")


# ---------------------------------------------------------------- what is kept of a card


def test_no_log_and_no_hint_says_anything_of_a_card(
    slot: VpcdSlot, reader: BankCardReaderDevice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for fault in (None, *(set(BankCardFault) - {BankCardFault.SILENT, BankCardFault.MUTE})):
        slot.remove()
        wait_until(lambda: reader.status()["card"] is False)
        slot.insert(BankCardChip(faults=[fault] if fault else []))
        reader.wait_for_card(NEVER)
        try:
            card = reader.read(NEVER)
        except KnownError as error:
            caplog.records.append(logging.makeLogRecord({"msg": repr(error.facts) + hint_of(reader)}))
        else:
            assert CONTENT.number not in repr(card)
    told = "\n".join(record.getMessage() for record in caplog.records)
    packed = bytes.fromhex(CONTENT.number + "F").hex()
    for personal in (
        CONTENT.number,
        CONTENT.number[6:],
        CONTENT.number[:6],
        packed,
        CONTENT.holder_name,
        "XIAOYANG",
        "00B2",
        "00b2",
    ):
        assert personal not in told
