"""Readers over a pretended PC/SC: what each is known by, what a code means, a service that goes and comes back."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest
import teller_assist_pcsc
from teller_assist_pcsc import PcscService, SmartCardReader
from teller_assist_sdk import DeviceProblem

NO_SERVICE, NO_READERS, BUSY, NO_CARD, TIMEOUT = 0x8010001D, 0x8010002E, 0x8010000B, 0x8010000C, 0x8010000A
REMOVED, NOT_TRANSACTED, MUTE, GONE, STRANGE = 0x80100069, 0x80100016, 0x80100066, 0x80100009, 0x80100099
PRESENT, EMPTY = 0x20, 0x10
SERIAL, CHANNEL = 65_795, 131_344


class Driver(types.ModuleType):
    """Pretends to be ``smartcard.scard``; codes are told signed, as pyscard does on some systems."""

    SCARD_SCOPE_USER, SCARD_SHARE_SHARED, SCARD_SHARE_DIRECT = 0, 2, 3
    SCARD_PROTOCOL_T0, SCARD_PROTOCOL_T1, SCARD_RESET_CARD, SCARD_LEAVE_CARD = 1, 2, 1, 0
    SCARD_STATE_UNAWARE, SCARD_STATE_PRESENT, SCARD_STATE_INUSE = 0, PRESENT, 0x100
    SCARD_STATE_CHANGED, SCARD_STATE_UNKNOWN, SCARD_STATE_UNAVAILABLE = 2, 4, 8
    SCARD_ATTR_VENDOR_IFD_SERIAL_NO, SCARD_ATTR_CHANNEL_ID = SERIAL, CHANNEL

    def __init__(self) -> None:
        super().__init__("scard")
        self.readers: dict[str, dict[int, bytes]] = {}
        self.codes: dict[str, list[int]] = {}
        self.state = PRESENT
        self.contexts, self.asked = 0, 0
        self.calls: list[str] = []

    def code(self, function: str) -> int:
        self.calls.append(function)
        left = self.codes.get(function, [])
        code = left.pop(0) if left else 0
        return code - (1 << 32) if code else 0

    def SCardEstablishContext(self, scope: int) -> Any:  # noqa: N802
        self.contexts += 1
        return self.code("establish"), self.contexts

    def SCardReleaseContext(self, context: Any) -> int:  # noqa: N802
        return self.code("release")

    def SCardListReaders(self, context: Any, groups: Any) -> Any:  # noqa: N802
        code = self.code("list")
        return (code, []) if code else ((0, list(self.readers)) if self.readers else (NO_READERS - (1 << 32), []))

    def SCardGetStatusChange(self, context: Any, wait_ms: int, told: Any) -> Any:  # noqa: N802
        return self.code("state"), [(told[0][0], self.state, [])]

    def SCardConnect(self, context: Any, name: str, share: int, protocols: int) -> Any:  # noqa: N802
        self.asked += share == self.SCARD_SHARE_DIRECT
        return self.code("ask" if share == self.SCARD_SHARE_DIRECT else "connect"), name, self.SCARD_PROTOCOL_T1

    def SCardGetAttrib(self, handle: Any, attribute: int) -> Any:  # noqa: N802
        value = self.readers[handle].get(attribute)
        return (0, list(value)) if value is not None else (STRANGE - (1 << 32), [])

    def SCardBeginTransaction(self, handle: Any) -> int:  # noqa: N802
        return self.code("begin")

    def SCardStatus(self, handle: Any) -> Any:  # noqa: N802
        return self.code("status"), handle, 0, 2, [0x3B, 0x80, 0x80, 0x01, 0x01]

    def SCardTransmit(self, handle: Any, protocol: int, sent: list[int]) -> Any:  # noqa: N802
        code = self.code("transmit")
        return (code, []) if code else (0, [0x90, 0x00])

    def SCardEndTransaction(self, handle: Any, disposition: int) -> int:  # noqa: N802
        return self.code("end")

    def SCardDisconnect(self, handle: Any, disposition: int) -> int:  # noqa: N802
        return self.code("disconnect")


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    package, one = types.ModuleType("smartcard"), Driver()
    vars(package)["scard"] = one
    monkeypatch.setitem(sys.modules, "smartcard", package)
    monkeypatch.setitem(sys.modules, "smartcard.scard", one)
    monkeypatch.setattr(teller_assist_pcsc, "_services", [])
    return one


def identities(**settings: str) -> list[str]:
    return [one["identity"] for one in SmartCardReader.listed("bank_card", {"reader": "", **settings})]


def test_a_reader_is_known_by_name_slot_and_serial_number_whatever_number_the_service_gives_it(driver: Driver) -> None:
    driver.readers = {"ACS ACR39U [CCID] 03 00": {SERIAL: b"AB12\0"}}
    assert identities() == ["pcsc bank_card ACS ACR39U [CCID] slot 00 AB12"]
    driver.readers = {"ACS ACR39U [CCID] 00 00": {SERIAL: b"AB12"}}
    assert identities() == ["pcsc bank_card ACS ACR39U [CCID] slot 00 AB12"]
    driver.readers = {"ACS ACR122 0": {}, "Reader 7 of 9": {}}  # as Windows numbers them
    assert identities() == ["pcsc bank_card ACS ACR122", "pcsc bank_card Reader 7 of"]


def test_two_slots_are_two_readers_and_part_of_the_name_chooses(driver: Driver) -> None:
    driver.readers = {"Dual [PICC] 00 00": {}, "Dual [SAM] 00 01": {}}
    assert len(identities()) == 2
    assert identities(reader="picc") == ["pcsc bank_card Dual [PICC] slot 00"]


def test_equal_readers_are_told_apart_by_their_usb_ports(driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for port, address in (("1-1.2", 9), ("1-1.3", 4)):
        (tmp_path / port).mkdir()
        (tmp_path / port / "busnum").write_text("1\n")
        (tmp_path / port / "devnum").write_text(f"{address}\n")
    (tmp_path / "usb1").mkdir()  # without numbers
    monkeypatch.setattr(teller_assist_pcsc, "_USB_DEVICES", str(tmp_path))
    channels = {"first": (0x00200109).to_bytes(4, "little"), "second": (0x00200104).to_bytes(4, "little")}
    driver.readers = {"Same 00 00": {CHANNEL: channels["first"]}, "Same 01 00": {CHANNEL: channels["second"]}}
    assert identities() == ["pcsc bank_card Same slot 00 usb 1-1.2", "pcsc bank_card Same slot 00 usb 1-1.3"]


def test_equal_readers_that_nothing_tells_apart_are_not_offered(driver: Driver) -> None:
    driver.readers = {"Same 00 00": {}, "Same 01 00": {}, "Other 02 00": {}}
    assert identities() == ["pcsc bank_card Other slot 00"]


def test_a_reader_in_use_elsewhere_is_busy_and_not_known_by_another_identity_meanwhile(driver: Driver) -> None:
    driver.readers = {"One 00 00": {SERIAL: b"7"}}
    driver.codes = {"ask": [BUSY]}
    with pytest.raises(DeviceProblem, match="device_busy"):
        identities()
    assert identities() == ["pcsc bank_card One slot 00 7"]
    assert identities() == ["pcsc bank_card One slot 00 7"]
    assert driver.asked == 2, "a reader that was asked is not asked again"


def test_two_purposes_have_two_identities_for_one_reader(driver: Driver) -> None:
    driver.readers = {"One 00 00": {}}
    [other] = SmartCardReader.listed("travel_document", {"reader": ""})
    assert [other["identity"]] != identities()


def test_a_long_name_is_shortened_and_stays_told_apart(driver: Driver) -> None:
    driver.readers = {f"{'Long ' * 30}{end} 00 00": {} for end in ("A", "B")}
    first, second = identities()
    assert first != second
    assert len(first) == len(second) == 120


def test_several_readers_that_fit_are_refused_unless_one_is_chosen(driver: Driver) -> None:
    driver.readers = {"One 00 00": {}, "Two 01 00": {}}
    reader = SmartCardReader("bank_card", "pcsc bank_card One slot 00")
    with pytest.raises(DeviceProblem) as caught:
        reader.open({"reader": "", "device": ""})
    assert caught.value.code == "device_missing"
    assert caught.value.hint.startswith("set device, 2 readers fit: pcsc bank_card One slot 00; ")
    reader.open({"reader": "", "device": reader.identity})
    assert reader.name == "One 00 00"
    with pytest.raises(DeviceProblem, match="device_missing"):
        SmartCardReader("bank_card", "pcsc bank_card Three").has_card()


def test_a_service_that_was_restarted_is_reached_anew(driver: Driver) -> None:
    driver.readers = {"One 00 00": {}}
    service = PcscService()
    assert service.has_card("One 00 00")
    driver.codes = {"state": [NO_SERVICE]}
    assert service.has_card("One 00 00")
    assert driver.contexts == 2


def test_a_service_that_is_gone_is_a_missing_device_with_a_hint(driver: Driver) -> None:
    driver.codes = {"establish": [NO_SERVICE, NO_SERVICE]}
    for _ in range(2):
        with pytest.raises(DeviceProblem) as caught:
            PcscService().names()
        assert caught.value.code == "device_missing"
        assert "pcscd" in caught.value.hint
    assert PcscService().names() == [], "no reader is no problem"


def test_a_user_who_may_not_use_the_service_is_told_so(driver: Driver) -> None:
    driver.codes = {"establish": [0x8010006A]}
    with pytest.raises(DeviceProblem) as caught:
        PcscService().names()
    assert caught.value.code == "device_denied"
    assert "polkit" in caught.value.hint


def test_a_service_that_was_there_and_is_gone_lists_nothing(driver: Driver) -> None:
    driver.codes = {"establish": [NO_SERVICE]}
    with pytest.raises(DeviceProblem, match="device_missing"):
        identities()
    driver.readers = {"One 00 00": {}}
    assert len(identities()) == 1
    driver.codes = {"list": [NO_SERVICE], "establish": [NO_SERVICE]}
    assert identities() == []


def test_without_pyscard_the_device_is_missing_and_the_hint_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smartcard", None)
    with pytest.raises(DeviceProblem) as caught:
        PcscService()
    assert (caught.value.code, caught.value.hint) == ("device_missing", "pyscard is not installed")


@pytest.mark.parametrize(
    ("function", "code", "problem"),
    [
        ("connect", NO_CARD, "card_removed"),
        ("connect", BUSY, "device_busy"),
        ("connect", MUTE, "card_unreadable"),
        ("connect", GONE, "device_missing"),
        ("connect", STRANGE, "plugin_failed"),
        ("begin", REMOVED, "card_removed"),
        ("status", REMOVED, "card_removed"),
        ("transmit", REMOVED, "card_removed"),
        ("transmit", NOT_TRANSACTED, "card_unreadable"),
        ("transmit", NO_SERVICE, "device_missing"),
        ("transmit", TIMEOUT, "device_timeout"),
    ],
)
def test_a_code_becomes_a_problem_and_everything_is_let_go(driver: Driver, function: str, code: int, problem: str) -> None:
    driver.codes = {function: [code, code]}
    with pytest.raises(DeviceProblem) as caught, PcscService().card("One 00 00") as card:
        card.transmit(b"\x00\xb0\x00\x00\x04")
    assert caught.value.code == problem
    assert f"0x{code:08X}" in caught.value.hint
    assert ("disconnect" in driver.calls) is (function != "connect")
    assert ("end" in driver.calls) is (function in ("status", "transmit"))


@pytest.mark.parametrize(("state", "problem"), [(EMPTY, "card_removed"), (PRESENT | 0x100, "card_unreadable")])
def test_a_card_that_goes_is_removed_and_one_that_stays_is_unreadable(driver: Driver, state: int, problem: str) -> None:
    driver.codes, driver.state = {"transmit": [NOT_TRANSACTED]}, state
    with pytest.raises(DeviceProblem) as caught, PcscService().card("One 00 00") as card:
        card.transmit(b"\x00\xb0\x00\x00\x04")
    assert caught.value.code == problem


def test_a_reader_that_went_away_is_missing(driver: Driver) -> None:
    driver.state = driver.SCARD_STATE_UNKNOWN
    with pytest.raises(DeviceProblem, match="device_missing"):
        PcscService().has_card("One 00 00")
