"""The plugin in its own process, through the product's host, on a stand-in reader at a real pseudo terminal."""

from __future__ import annotations

import datetime
import statistics
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from teller_assist.demonstration.drawn_faces import LOOKS, drawn_person
from teller_assist.demonstration.stand_ins.sam_card import SamCard, text_block
from teller_assist.demonstration.stand_ins.sam_faults import SamFault
from teller_assist.devices.id_card_reader import IdCardReaderDevice
from teller_assist.devices.kinds import DeviceState
from teller_assist.errors import (
    CardRemovedError,
    CardUnreadableError,
    DeviceBusyError,
    DeviceMissingError,
    DeviceTimeoutError,
    PluginFailedError,
)
from teller_assist.evidence.id_number import Sex
from tests.stand_ins.equipment import wait_until
from tests.stand_ins.sam_cards import (
    FOREIGNER_2017,
    NEWEST_ADDRESS,
    NUMBER,
    OTHER_NUMBER,
    PERMIT_NUMBER,
    RESIDENT,
    drawn_photo,
    permit_card,
    resident_card,
)

READY_S = 20.0
NEVER = threading.Event()
Opener = Callable[..., IdCardReaderDevice]
WIRE_BYTES_OF_A_READ = 10 + 19 + 10 + 1295  # select and read, both ways
WIRE_S_OF_A_READ = WIRE_BYTES_OF_A_READ * 10 / 115_200


@pytest.fixture
def reader(sam: Any, open_plugin: Opener) -> IdCardReaderDevice:
    device = open_plugin()
    device.wait_until_ready(READY_S)
    return device


def found(device: IdCardReaderDevice, within_s: float) -> bool:
    """Whether a card is found in time."""
    over = threading.Event()
    timer = threading.Timer(within_s, over.set)
    timer.start()
    device.wait_for_card(over)
    timer.cancel()
    return not over.is_set()


def test_a_residents_card_is_read_with_its_portrait(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.lay(resident_card())
    reader.wait_for_card(NEVER)
    card = reader.read(NEVER)
    assert (card.name.reveal(), card.number.reveal().text, card.sex, card.ethnicity) == ("林晓样", NUMBER, Sex.MALE, "满")
    assert (card.address.reveal(), card.issuer) == ("样本省示例市虚构区演示路1号", "示例市公安局")
    assert (card.valid_from, card.valid_until) == (datetime.date(2015, 1, 1), None)
    drawn = drawn_person(102, 126, LOOKS[0]).astype(float)
    assert np.abs(card.portrait.pixels - drawn).mean() < 12, "the portrait, upright, in the right colour order"
    assert not card.portrait_orientation_known


def test_a_residence_permit_is_read(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.lay(permit_card())
    card = reader.read(NEVER)
    assert (card.number.reveal().text, card.ethnicity) == (PERMIT_NUMBER, "")
    assert card.valid_until == datetime.date(2025, 1, 1)


@pytest.mark.parametrize(
    "card",
    [
        SamCard(text_block("I", FOREIGNER_2017), drawn_photo()),
        SamCard(text_block("Z", RESIDENT), drawn_photo()),
        SamCard(text_block(" ", {**RESIDENT, 32: "77"}), drawn_photo()),
        SamCard(text_block(" ", {**RESIDENT, 204: "永远"}), drawn_photo()),
        SamCard(text_block(" ", {**RESIDENT, 30: "9"}), drawn_photo()),
        SamCard(text_block(" ", RESIDENT), bytes(1024)),
        SamCard(text_block(" ", RESIDENT), b"WLf\x01" * 256),
        SamCard(text_block(" ", RESIDENT), drawn_photo()[:100]),
        SamCard(text_block(" ", RESIDENT)[:-2], drawn_photo()),
    ],
    ids=["foreigner", "flag", "ethnicity", "until", "sex", "no_photo", "other_codec", "cut_photo", "short_text"],
)
def test_a_card_that_is_not_understood_is_unreadable_and_the_next_one_is_read(
    sam: Any, reader: IdCardReaderDevice, card: SamCard
) -> None:
    sam.lay(card)
    with pytest.raises(CardUnreadableError):
        reader.read(NEVER)
    sam.lift()
    assert not found(reader, 0.1)
    sam.lay(resident_card())
    assert reader.read(NEVER).number.reveal().text == NUMBER


def test_the_newest_address_stands_in_place_of_the_printed_one_where_it_is_asked_for(sam: Any, open_plugin: Opener) -> None:
    device = open_plugin(newest_address=True)
    device.wait_until_ready(READY_S)
    plain = resident_card()
    sam.lay(SamCard(plain.text, plain.photo, newest_address=NEWEST_ADDRESS.ljust(35).encode("utf-16-le")))
    assert device.read(NEVER).address.reveal() == NEWEST_ADDRESS
    sam.lay(plain)
    assert device.read(NEVER).address.reveal() == RESIDENT[52], "never written: the printed one"


@pytest.mark.full
def test_a_card_that_was_read_must_be_lifted_before_it_is_found_again(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.lay(resident_card())
    reader.wait_for_card(NEVER)
    reader.read(NEVER)
    assert not found(reader, 0.6)
    with pytest.raises(CardRemovedError):
        reader.read(NEVER)
    sam.lift()
    sam.lay(resident_card(number=OTHER_NUMBER))
    assert found(reader, 3.0)
    assert reader.read(NEVER).number.reveal().text == OTHER_NUMBER


def test_a_card_that_was_swapped_unseen_is_read(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.lay(resident_card())
    reader.read(NEVER)
    sam.lay(resident_card(number=OTHER_NUMBER))
    assert found(reader, 3.0)
    assert reader.read(NEVER).number.reveal().text == OTHER_NUMBER


@pytest.mark.parametrize(
    "faults",
    [{"split"}, {"noise"}, {"three_lengths"}, {"split", "noise", "three_lengths"}],
    ids=lambda faults: "+".join(sorted(faults)),
)
def test_a_bad_line_is_read_all_the_same(sam: Any, reader: IdCardReaderDevice, faults: set[str]) -> None:
    sam.faults.update(SamFault(name) for name in faults)
    sam.lay(resident_card())
    reader.wait_for_card(NEVER)
    assert reader.read(NEVER).number.reveal().text == NUMBER


def test_a_card_that_fails_once_is_read_after_a_reset(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.faults.add(SamFault.READ_FAILS_ONCE)
    sam.lay(resident_card())
    reader.wait_for_card(NEVER)
    assert reader.read(NEVER).number.reveal().text == NUMBER


def test_a_card_that_fails_twice_is_unreadable(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.faults.add(SamFault.READ_FAILS)
    sam.lay(resident_card())
    with pytest.raises(CardUnreadableError):
        reader.read(NEVER)


def test_a_card_that_is_gone_before_it_is_read_was_removed(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.lay(resident_card())
    reader.wait_for_card(NEVER)
    sam.lift()
    with pytest.raises(CardRemovedError):
        reader.read(NEVER)


@pytest.mark.full
def test_an_answer_with_a_wrong_check_byte_is_never_a_card(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.faults.add(SamFault.BAD_CHECKSUM)
    sam.lay(resident_card())
    with pytest.raises(CardUnreadableError):  # the module counts it as read: it must be lifted
        reader.read(NEVER)
    sam.faults.clear()
    sam.lay(resident_card())
    assert reader.read(NEVER).number.reveal().text == NUMBER


@pytest.mark.full
def test_an_answer_that_stops_in_the_middle_ends_within_its_limit(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.faults.add(SamFault.STALL)
    sam.lay(resident_card())
    began_s = time.monotonic()
    with pytest.raises(CardUnreadableError):
        reader.read(NEVER)
    assert time.monotonic() - began_s < 8.0
    sam.faults.clear()
    sam.lay(resident_card())
    assert reader.read(NEVER).number.reveal().text == NUMBER


@pytest.mark.logs_warnings
@pytest.mark.full
@pytest.mark.parametrize("fault", [SamFault.SILENT, SamFault.SLOW])
def test_a_silent_reader_is_a_timeout_and_late_answers_are_not_taken_for_others(
    sam: Any, reader: IdCardReaderDevice, fault: SamFault
) -> None:
    sam.lay(resident_card())
    sam.faults.add(fault)
    with pytest.raises(DeviceTimeoutError):
        reader.read(NEVER)
    with pytest.raises(DeviceMissingError):
        reader.status()
    sam.faults.clear()
    deadline_s = time.monotonic() + 10.0
    while time.monotonic() < deadline_s:
        try:
            number = reader.read(NEVER).number.reveal().text
            break
        except (DeviceMissingError, DeviceTimeoutError):
            continue
    assert number == NUMBER


@pytest.mark.logs_warnings
@pytest.mark.parametrize("fault", [SamFault.SELF_TEST_FAILED, SamFault.NOT_AUTHORISED])
def test_a_module_that_says_it_is_broken_is_not_ready(sam: Any, open_plugin: Opener, fault: SamFault) -> None:
    sam.faults.add(fault)
    with pytest.raises(PluginFailedError):
        open_plugin().wait_until_ready(READY_S)


@pytest.mark.logs_warnings
def test_one_reader_is_not_opened_twice(sam: Any, reader: IdCardReaderDevice, open_plugin: Opener) -> None:
    with pytest.raises(DeviceBusyError):
        open_plugin().wait_until_ready(READY_S)


@pytest.mark.logs_warnings
def test_a_port_that_is_not_there_is_a_missing_device(open_plugin: Opener) -> None:
    for port in ("", "/dev/there_is_no_such_port", "usb:FFFF:FFFF"):
        with pytest.raises(DeviceMissingError):
            open_plugin(port=port).wait_until_ready(READY_S)


def test_without_a_photo_decoder_the_selftest_says_so_and_no_card_is_read(sam: Any, open_plugin: Opener) -> None:
    device = open_plugin(photo_decoder="none")
    device.wait_until_ready(READY_S)
    assert [line.check for line in device.selftest() if not line.passed] == ["photo_decoder"]
    sam.lay(resident_card())
    with pytest.raises(PluginFailedError):
        device.read(NEVER)


@pytest.mark.full
def test_the_rest_of_an_answer_that_nobody_waited_for_is_not_taken_for_the_next(tmp_path: Any, open_plugin: Opener) -> None:
    from teller_assist.demonstration.stand_ins.sam_reader import SamReader

    with SamReader(tmp_path / "reader", baud_rate=9_600) as sam:  # the card's answer takes 1.3 s
        device = open_plugin()
        device.wait_until_ready(READY_S)
        sam.lay(resident_card())
        device.wait_for_card(NEVER)
        cancel = threading.Event()
        threading.Timer(0.5, cancel.set).start()
        began_s = time.monotonic()
        with pytest.raises(DeviceTimeoutError) as caught:
            device.read(cancel)
        assert caught.value.facts["why"] == "cancelled"
        assert time.monotonic() - began_s < 1.0
        process = device.process
        sam.lay(resident_card(number=OTHER_NUMBER))
        assert device.read(NEVER).number.reveal().text == OTHER_NUMBER
        assert device.process is process, "it was not killed for it"


def test_nothing_of_a_card_is_in_the_status_or_the_selftest(sam: Any, reader: IdCardReaderDevice) -> None:
    sam.lay(resident_card())
    reader.read(NEVER)
    told = repr(reader.status()) + repr(reader.selftest())
    assert "林" not in told
    assert NUMBER not in told
    assert "05.03-20200101-0000000001-0000000002" in told


@pytest.mark.full
def test_a_read_takes_at_most_300_ms_beyond_what_the_wire_takes(tmp_path: Any, open_plugin: Opener) -> None:
    from teller_assist.demonstration.stand_ins.sam_reader import SamReader

    with SamReader(tmp_path / "reader", baud_rate=115_200) as sam:
        device = open_plugin()
        device.wait_until_ready(READY_S)
        beyond_s = []
        for _ in range(15):
            sam.lay(resident_card())
            device.wait_for_card(NEVER)
            began_s = time.perf_counter()
            device.read(NEVER)
            beyond_s.append(time.perf_counter() - began_s - WIRE_S_OF_A_READ)
            sam.lift()
            assert not found(device, 0.05)
    assert statistics.median(beyond_s) <= 0.3, f"{beyond_s}"


@pytest.mark.full
@pytest.mark.logs_warnings
def test_a_photo_library_that_crashes_ends_the_process_and_the_next_card_is_read(
    sam: Any, memory_settings: dict[str, Any], open_plugin: Opener
) -> None:
    device = open_plugin(**memory_settings)
    device.wait_until_ready(READY_S)
    sam.lay(SamCard(text_block(" ", RESIDENT), bytes([1, 1, 2]) + bytes(1021)))
    with pytest.raises(PluginFailedError):
        device.read(NEVER)
    wait_until(lambda: device.state is not DeviceState.READY)
    wait_until(lambda: device.state is DeviceState.READY)
    sam.lay(SamCard(text_block(" ", RESIDENT), bytes([200, 30, 0]) + bytes(1021)))
    assert (device.read(NEVER).portrait.pixels == [200, 0, 30]).all()
    assert device.process is not None
    assert device.process.chatter_bytes > 0, "what the library prints is nobody's answer"
