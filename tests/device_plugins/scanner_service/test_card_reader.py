"""The scanner's card reader: the plugin passes on what is sure, and nothing of a card is told elsewhere."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from device_plugins.scanner_service.card_reader import ServiceCardReader
from teller_assist.demonstration.stand_ins.scanner_faults import ScannerFault as Fault
from teller_assist.devices.id_card_reader import IdCardReaderDevice
from teller_assist.devices.kinds import DeviceState
from teller_assist.errors import (
    CardRemovedError,
    CardUnreadableError,
    DeviceMissingError,
    DeviceTimeoutError,
    KnownError,
    PluginFailedError,
)

NEVER = threading.Event()
MakeScanner = Callable[..., Any]
Opener = Callable[..., IdCardReaderDevice]
PERSONAL = ("name", "nation", "birthday", "address", "cardID", "issueOrgan")


@pytest.fixture
def scanner(make_scanner: MakeScanner) -> Any:
    return make_scanner("http_38088")


@pytest.fixture
def reader(opened_reader: Opener, scanner: Any) -> IdCardReaderDevice:
    device = opened_reader(port=scanner.port)
    device.wait_until_ready(20.0)
    return device


def test_a_card_is_found_and_read_with_the_chips_photo(reader: IdCardReaderDevice, scanner: Any, card: dict[str, str]) -> None:
    reader.wait_for_card(NEVER)
    read = reader.read(NEVER)
    assert read.name.reveal() == card["name"]
    assert read.number.reveal().text == card["cardID"]
    assert (read.portrait.width_px, read.portrait.height_px) == (102, 126)
    assert not read.portrait_orientation_known
    assert [command for command, _ in scanner.asked].count("card=idcard") == 1, "what was found is not read a second time"


def test_no_card_is_no_fault(reader: IdCardReaderDevice, scanner: Any) -> None:
    scanner.fault = Fault.CARD_ABSENT
    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()
    reader.wait_for_card(cancel)
    with pytest.raises(CardRemovedError):
        reader.read(NEVER)
    assert reader.state is DeviceState.READY
    scanner.fault = Fault.NONE
    reader.wait_for_card(NEVER)
    assert reader.read(NEVER).number


def test_a_card_in_forms_that_nobody_knows_is_unreadable(reader: IdCardReaderDevice, scanner: Any) -> None:
    scanner.fault = Fault.CARD_UNKNOWN
    reader.wait_for_card(NEVER)
    with pytest.raises(CardUnreadableError):
        reader.read(NEVER)
    assert reader.state is DeviceState.READY


def test_a_card_that_was_found_long_ago_is_read_anew(
    settings: dict[str, Any], scanner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = ServiceCardReader(settings | {"port": scanner.port})
    reader.open()
    assert reader.find_card()
    scanner.fault = Fault.CARD_ABSENT
    later_s = time.monotonic() + 6.0
    monkeypatch.setattr(time, "monotonic", lambda: later_s)
    with pytest.raises(Exception, match="card_removed"):
        reader.read(NEVER)


def test_what_was_found_is_forgotten_when_it_was_read_and_when_the_reader_closes(settings: dict[str, Any], scanner: Any) -> None:
    reader = ServiceCardReader(settings | {"port": scanner.port})
    reader.open()
    reader.find_card()
    reader.read(NEVER)
    assert reader._found is None
    reader.find_card()
    reader.close()
    assert reader._found is None


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.WRONG_JSON, PluginFailedError), pytest.param(Fault.SILENT, DeviceTimeoutError, marks=pytest.mark.full)],
)
def test_a_service_that_answers_badly_is_told(
    reader: IdCardReaderDevice, scanner: Any, fault: Fault, error: type[KnownError]
) -> None:
    scanner.fault = fault
    with pytest.raises(error):
        reader.read(NEVER)


@pytest.mark.logs_warnings
def test_the_service_killed_and_back(reader: IdCardReaderDevice, scanner: Any, make_scanner: MakeScanner) -> None:
    scanner.close()
    with pytest.raises(DeviceMissingError):
        reader.wait_for_card(NEVER)
    make_scanner("http_38088", port=scanner.port)
    reader.wait_for_card(NEVER)
    assert reader.read(NEVER).number


@pytest.mark.logs_warnings
def test_the_other_protocol_has_no_cards_and_says_so(opened_reader: Opener, make_scanner: MakeScanner) -> None:
    device = opened_reader(protocol="websocket_1818", port=make_scanner("websocket_1818").port)
    with pytest.raises(PluginFailedError):
        device.wait_until_ready(20.0)
    assert device.process is not None
    assert device.process.last_hint == "only the service http_38088 reads cards"


def test_its_selftest_says_whether_a_card_was_read_and_nothing_of_it(
    reader: IdCardReaderDevice, scanner: Any, card: dict[str, str]
) -> None:
    lines = {line.check: line.detail for line in reader.selftest()}
    assert lines == {"service": f"HTTP, 127.0.0.1 port {scanner.port}", "type": "STAND-IN", "card": "a card was read"}
    scanner.fault = Fault.CARD_ABSENT
    assert {line.check: line.detail for line in reader.selftest()}["card"] == "code 1: no card, or no reader"


def test_nothing_of_a_card_is_in_a_log_a_hint_or_a_reason(
    reader: IdCardReaderDevice, scanner: Any, card: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []
    with caplog.at_level(logging.DEBUG):
        for changed in (
            {},
            {"sex": card["name"]},
            {"birthday": card["cardID"]},
            {"photoBase64": card["address"]},
            {"validEnd": card["name"]},
            {"nation": card["address"]},
            {"cardID": "1" + card["cardID"][1:]},
            {"name": card["name"] * 30},
        ):
            scanner.card = {**card, **changed}
            reader.wait_for_card(NEVER)
            try:
                reader.read(NEVER)
            except KnownError as error:
                told.append(f"{error} {error.facts}")
            assert reader.process is not None
            told += [reader.process.last_hint, repr(reader.status()), repr(reader.selftest())]
        told.append(caplog.text)
    assert len(told) > 20
    for field in PERSONAL:
        assert card[field] not in "\n".join(told), field
