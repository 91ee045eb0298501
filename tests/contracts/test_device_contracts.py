"""What a device of each kind must do, whoever wrote its plugin."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.errors import CardRemovedError, CardUnreadableError, DeviceBusyError, DeviceTimeoutError, KnownError
from teller_assist.evidence.bank_card import CardInterface
from teller_assist.evidence.travel_document import ChipAccess
from teller_assist.settings.personal import Personal
from tests.contracts.conftest import FOLDERS, LISTING

OpenDevice = Callable[[DeviceKind], Any]
WAIT_S = 10.0


class DeviceContract:
    """What every kind must do."""

    kind: DeviceKind

    @pytest.fixture
    def device(self, open_contract_device: OpenDevice) -> Any:
        return open_contract_device(self.kind)

    def test_it_is_ready_and_says_how_it_fares(self, device: Any) -> None:
        assert (device.state, device.problem) == (DeviceState.READY, None)
        assert isinstance(device.status(), dict)

    def test_its_status_is_quick(self, device: Any) -> None:
        began_s = time.monotonic()
        device.status()
        assert time.monotonic() - began_s < 1.0

    def test_its_selftest_is_a_list_of_passed_checks(self, device: Any) -> None:
        lines = device.selftest()
        assert lines, "IT wants to see at least one line"
        assert [line.check for line in lines if not line.passed] == []

    def test_what_is_opened_is_among_what_it_lists_every_time_or_it_never_lists_anything(
        self, device: Any, plugin_id: str
    ) -> None:
        listed = device.process.devices()
        assert device.process.devices() == listed
        if listed is None:
            assert plugin_id not in LISTING
            assert device.process.device is None, "what has no identity is not locked"
        else:
            assert plugin_id in LISTING or plugin_id not in FOLDERS
            assert device.process.device in listed

    @pytest.mark.logs_warnings
    def test_what_it_lists_is_opened_once_and_a_second_opener_is_told_who_has_it(
        self, device: Any, open_contract_device: OpenDevice
    ) -> None:
        if device.process.device is None:
            assert open_contract_device(self.kind).state is DeviceState.READY, "two may look at one network camera or recording"
            return
        with pytest.raises(DeviceBusyError) as caught:
            open_contract_device(self.kind)
        assert (caught.value.facts["why"], caught.value.facts["process_id"]) == ("held", os.getpid())
        device.close()
        assert open_contract_device(self.kind).state is DeviceState.READY

    def test_it_closes_quickly_and_stays_closed(self, device: Any) -> None:
        began_s = time.monotonic()
        device.close()
        device.close()
        assert time.monotonic() - began_s < 1.0
        assert device.state is DeviceState.CLOSED
        with pytest.raises(KnownError):
            device.status()

    def test_it_can_be_opened_again(self, device: Any, open_contract_device: OpenDevice) -> None:
        device.close()
        assert open_contract_device(self.kind).state is DeviceState.READY


class TestCamera(DeviceContract):
    kind = DeviceKind.CAMERA

    def test_frames_are_bgr_rise_in_number_and_keep_their_size(self, device: Any) -> None:
        frames = [device.next_frame(WAIT_S) for _ in range(10)]
        assert len({frame.pixels.shape for frame in frames}) == 1
        for frame in frames:
            assert frame.pixels.dtype == np.uint8
            assert frame.pixels.ndim == 3
            assert frame.pixels.shape[2] == 3
            assert not frame.pixels.flags.writeable
        sequences = [frame.sequence for frame in frames]
        assert sequences == sorted(set(sequences))

    def test_it_goes_on_while_its_status_is_asked(self, device: Any) -> None:
        first = device.next_frame(WAIT_S)
        device.status()
        assert device.next_frame(WAIT_S).sequence > first.sequence


class CardReaderContract(DeviceContract):
    """What readers of every kind of card must do."""

    @pytest.fixture
    def read(self, device: Any, request: pytest.FixtureRequest) -> Callable[[threading.Event], Any]:
        """Read what lies there; a travel document is opened first."""
        if self.kind is DeviceKind.TRAVEL_DOCUMENT_READER:
            access = request.getfixturevalue("access")
            return lambda cancel: device.read(cancel, access)
        return lambda cancel: device.read(cancel)

    def test_a_card_is_the_same_when_read_again_or_must_be_lifted_first(
        self, device: Any, read: Callable[[threading.Event], Any]
    ) -> None:
        device.wait_for_card(threading.Event())
        first = read(threading.Event())
        try:
            assert read(threading.Event()).number == first.number
        except CardRemovedError:  # as most real readers want it; the reader itself is well
            assert device.state is DeviceState.READY

    def test_waiting_ends_when_cancelled(self, device: Any) -> None:
        cancel = threading.Event()
        cancel.set()
        began_s = time.monotonic()
        device.wait_for_card(cancel)
        assert time.monotonic() - began_s < 1.0

    def test_a_cancelled_read_ends_soon(self, device: Any, read: Callable[[threading.Event], Any]) -> None:
        device.wait_for_card(threading.Event())
        cancel = threading.Event()
        cancel.set()
        began_s = time.monotonic()
        with pytest.raises(DeviceTimeoutError) as caught:
            read(cancel)
        assert caught.value.facts["why"] == "cancelled"
        assert time.monotonic() - began_s < 2.0


class TestIdCardReader(CardReaderContract):
    kind = DeviceKind.ID_CARD_READER

    def test_a_card_is_found_and_read(self, device: Any) -> None:
        device.wait_for_card(threading.Event())
        card = device.read(threading.Event())
        assert card.name.reveal()
        assert card.number.reveal().birth_date == card.birth_date.reveal()
        assert (card.portrait.width_px, card.portrait.height_px) == (102, 126)


class TestTravelDocumentReader(CardReaderContract):
    kind = DeviceKind.TRAVEL_DOCUMENT_READER

    def test_a_document_is_found_read_and_checked(self, device: Any, access: ChipAccess) -> None:
        device.wait_for_card(threading.Event())
        document = device.read(threading.Event(), access)
        assert document.primary_identifier.reveal()
        assert document.number == access.number
        assert document.birth_date in (None, access.birth_date)
        assert document.valid_until == access.valid_until.reveal()
        assert not document.authentication.failed
        assert min(document.portrait.width_px, document.portrait.height_px) >= 100

    def test_what_is_not_the_documents_opens_nothing_and_the_reader_is_well(self, device: Any, access: ChipAccess) -> None:
        device.wait_for_card(threading.Event())
        wrong = ChipAccess(Personal("ZZ0000000"), access.birth_date, access.valid_until)
        with pytest.raises(CardUnreadableError) as caught:
            device.read(threading.Event(), wrong)
        assert caught.value.facts["why"] == "access_refused"
        assert device.state is DeviceState.READY


class TestBankCardReader(CardReaderContract):
    kind = DeviceKind.BANK_CARD_READER

    def test_a_card_is_found_and_read(self, device: Any) -> None:
        device.wait_for_card(threading.Event())
        card = device.read(threading.Event())
        assert len(card.number.reveal().text) >= 12
        assert card.interface in tuple(CardInterface)
        assert card.number.reveal().text not in repr(card)


class TestDocumentScanner(DeviceContract):
    kind = DeviceKind.DOCUMENT_SCANNER

    def test_a_page_is_scanned(self, device: Any) -> None:
        page = device.scan(threading.Event())
        assert page.role == "document"
        assert min(page.width_px, page.height_px) >= 200

    def test_previews_are_bgr_keep_their_size_and_a_scan_follows_them(self, device: Any) -> None:
        if not device.previews:
            pytest.skip("a flatbed")
        frames = [device.preview_frame(threading.Event()) for _ in range(3)]
        assert len({frame.shape for frame in frames}) == 1
        for frame in frames:
            assert (frame.dtype, frame.ndim, frame.shape[2]) == (np.uint8, 3, 3)
            assert min(frame.shape[:2]) >= 48
        assert device.scan(threading.Event()).role == "document"

    def test_a_preview_that_nobody_waits_for_is_not_taken_and_the_next_scan_is(self, device: Any) -> None:
        cancel = threading.Event()
        cancel.set()
        began_s = time.monotonic()
        with pytest.raises(KnownError):
            device.preview_frame(cancel)
        assert time.monotonic() - began_s < 1.0
        assert device.scan(threading.Event()).role == "document"
