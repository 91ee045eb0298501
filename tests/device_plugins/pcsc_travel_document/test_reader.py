"""The plugin over a real PC/SC service: whole reads, everything that goes wrong on the way, and what it says of it."""

from __future__ import annotations

import datetime
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from teller_assist.demonstration.stand_ins.passport_faults import PassportFault
from teller_assist.devices.kinds import DeviceState
from teller_assist.devices.travel_document_reader import TravelDocumentReaderDevice
from teller_assist.errors import CardRemovedError, CardUnreadableError, DeviceTimeoutError, KnownError
from teller_assist.evidence.travel_document import AccessProtocol, ChipAccess
from teller_assist.settings.personal import Personal
from tests.stand_ins.passports import HOLDER, SECRETS, jpeg_2000, passport
from tests.stand_ins.pcsc_daemon import READER_NAME, PcscDaemon

pytestmark = [pytest.mark.full, pytest.mark.logs_warnings]
OpenPlugin = Callable[..., TravelDocumentReaderDevice]
ACCESS = ChipAccess(Personal(HOLDER.number), Personal(datetime.date(1990, 3, 7)), Personal(datetime.date(2035, 12, 31)))
NEVER = threading.Event()
WAIT_S = 20.0
GOAL_S = 1.0


def read(device: TravelDocumentReaderDevice, access: ChipAccess = ACCESS) -> object:
    device.wait_for_card(NEVER)
    return device.read(NEVER, access)


def read_again(device: TravelDocumentReaderDevice) -> object:
    """Read as soon as the reader is back, as a teller does who tries until it works."""
    end_s = time.monotonic() + WAIT_S
    while True:
        try:
            device.wait_until_ready(WAIT_S)
            return read(device)
        except KnownError:
            if time.monotonic() > end_s:
                raise
            time.sleep(0.2)


def test_a_passport_is_read_within_a_second(daemon: PcscDaemon, open_plugin: OpenPlugin, tmp_path: Path) -> None:
    document = passport()
    (tmp_path / "utopia.der").write_bytes(document.authority)
    device = open_plugin(csca_folder=str(tmp_path))
    with daemon.slot() as slot:
        assert slot.insert(document.chip)
        device.wait_for_card(NEVER)
        took_s = []
        for _ in range(5):
            began_s = time.perf_counter()
            told = device.read(NEVER, ACCESS)
            took_s.append(time.perf_counter() - began_s)
    assert told.name.reveal() == "SAMPLE ALEX MARIA"
    assert told.access_by is AccessProtocol.BAC
    assert not told.authentication.failed
    assert min(took_s) <= GOAL_S


@pytest.mark.parametrize("as_card", [False, True])
def test_pace_and_jpeg_2000(daemon: PcscDaemon, open_plugin: OpenPlugin, as_card: bool) -> None:
    device = open_plugin()
    with daemon.slot() as slot:
        slot.insert(passport(faults=[PassportFault.PACE_ONLY], portrait=jpeg_2000(), as_card=as_card).chip)
        device.wait_for_card(NEVER)
        assert device.read(NEVER, ACCESS).access_by is AccessProtocol.PACE


def test_extended_lengths_where_the_reader_knows_them(daemon: PcscDaemon, open_plugin: OpenPlugin) -> None:
    device = open_plugin(piece_bytes=4000)
    with daemon.slot() as slot:
        slot.insert(passport().chip)
        device.wait_for_card(NEVER)
        assert device.read(NEVER, ACCESS).portrait.height_px == 531


@pytest.mark.parametrize(
    ("fault", "why"), [(PassportFault.WRONG_ZONE, "access_refused"), (PassportFault.PACE_UNKNOWN, "access_unsupported")]
)
def test_a_chip_that_does_not_open_says_why_and_the_next_is_read(
    daemon: PcscDaemon, open_plugin: OpenPlugin, fault: PassportFault, why: str
) -> None:
    device = open_plugin()
    with daemon.slot() as slot:
        slot.insert(passport(faults=[fault]).chip)
        with pytest.raises(CardUnreadableError) as caught:
            read(device)
        assert caught.value.facts["why"] == why
        slot.insert(passport().chip)
        assert read_again(device)


def test_a_document_taken_away_in_the_middle_and_laid_down_again(daemon: PcscDaemon, open_plugin: OpenPlugin) -> None:
    device = open_plugin()
    with daemon.slot() as slot:
        slot.insert(passport(faults=[PassportFault.PULLED]).chip)
        with pytest.raises(CardRemovedError):
            read(device)
        slot.insert(passport().chip)
        assert read(device)
        assert device.state is DeviceState.READY


def test_a_silent_chip_is_ended_at_the_limit_and_the_next_is_read(daemon: PcscDaemon, open_plugin: OpenPlugin) -> None:
    device = open_plugin()
    with daemon.slot() as slot:
        slot.insert(passport(faults=[PassportFault.SILENT]).chip)
        began_s = time.monotonic()
        with pytest.raises(DeviceTimeoutError) as caught:
            read(device)
        assert caught.value.facts["why"] == "time_limit"
        assert time.monotonic() - began_s < 30
        slot.remove()
        slot.insert(passport().chip)
        assert read_again(device)


def test_a_slow_chip_is_read_or_given_up_when_asked(daemon: PcscDaemon, open_plugin: OpenPlugin) -> None:
    device = open_plugin()
    with daemon.slot() as slot:
        slot.insert(passport(faults=[PassportFault.SLOW]).chip)
        device.wait_for_card(NEVER)
        cancel = threading.Event()
        threading.Timer(1.0, cancel.set).start()
        began_s = time.monotonic()
        with pytest.raises(DeviceTimeoutError) as caught:
            device.read(cancel, ACCESS)
        assert caught.value.facts["why"] == "cancelled"
        assert time.monotonic() - began_s < 4


HOLDING = """
import sys, time
from smartcard.scard import *
code, context = SCardEstablishContext(SCARD_SCOPE_USER)
name = [one for one in SCardListReaders(context, [])[1] if "00 00" in one][0]
code, card, protocol = SCardConnect(context, name, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1)
print(code, flush=True)
sys.stdin.read()
"""


def test_a_card_that_another_program_holds_is_busy_until_it_lets_go(daemon: PcscDaemon, open_plugin: OpenPlugin) -> None:
    device = open_plugin()
    with daemon.slot() as slot:
        slot.insert(passport().chip)
        device.wait_for_card(NEVER)
        with subprocess.Popen([sys.executable, "-c", HOLDING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "0\n"
            with pytest.raises(KnownError) as caught:
                device.read(NEVER, ACCESS)
            assert caught.value.reason == "device_busy"
            other.communicate("")
        assert read_again(device)


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_the_service_restarts_and_the_next_document_is_read(daemon: PcscDaemon, open_plugin: OpenPlugin, how: str) -> None:
    device = open_plugin()
    with daemon.slot() as slot:
        slot.insert(passport().chip)
        assert read(device)
        getattr(daemon, how)()
        with pytest.raises(KnownError):
            device.read(NEVER, ACCESS)
        daemon.start()
        assert read_again(device)


@pytest.mark.parametrize("moment", ["idle", "waiting", "reading"])
def test_a_reader_that_is_unplugged_is_missed_and_found_again(daemon: PcscDaemon, open_plugin: OpenPlugin, moment: str) -> None:
    device = open_plugin()
    with daemon.slot() as slot:
        if moment == "reading":
            slot.insert(passport(faults=[PassportFault.SLOW]).chip)
            device.wait_for_card(NEVER)
        calls = {"waiting": lambda: device.wait_for_card(NEVER), "reading": lambda: device.read(NEVER, ACCESS)}
        with ThreadPoolExecutor(1) as pool:
            call = pool.submit(calls[moment]) if moment in calls else None
            time.sleep(1.0)
            daemon.stop()
            daemon.equip()
            daemon.start()
            if call is not None:
                assert isinstance(call.exception(WAIT_S), KnownError)
        end_s = time.monotonic() + WAIT_S
        while device.state is DeviceState.READY:
            assert time.monotonic() < end_s, "nobody missed it"
            time.sleep(0.05)
        slot.remove()
        daemon.stop()
        daemon.equip(READER_NAME)
        daemon.start()
        slot.insert(passport().chip)
        assert read_again(device)


def test_what_a_document_says_is_in_no_log_and_no_hint(
    daemon: PcscDaemon, open_plugin: OpenPlugin, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    device = open_plugin()
    seen = []
    with daemon.slot() as slot:
        for faults in ([], [PassportFault.WRONG_ZONE], [PassportFault.NO_PORTRAIT], [PassportFault.TAMPERED_PORTRAIT]):
            slot.insert(passport(faults=faults).chip)
            time.sleep(0.6)
            try:
                seen.append(repr(read(device)))
            except CardUnreadableError as error:
                seen.append(f"{error!r} {error} {error.facts}")
        seen.append(f"{device.status()} {device.selftest()}")
    whole = caplog.text + "".join(f"{record.__dict__}" for record in caplog.records) + "".join(seen)
    assert not [secret for secret in SECRETS if secret in whole]
