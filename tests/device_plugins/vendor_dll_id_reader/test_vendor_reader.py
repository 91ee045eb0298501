"""The reader through the product's own plugin host, over a real library: what it reads, what is done to it."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from teller_assist.devices.id_card_reader import IdCardReaderDevice
from teller_assist.devices.kinds import DeviceState
from teller_assist.errors import (
    CardRemovedError,
    CardUnreadableError,
    DeviceBusyError,
    DeviceMissingError,
    DeviceTimeoutError,
    KnownError,
    PluginFailedError,
)
from tests.stand_ins.equipment import wait_until
from tests.stand_ins.vendor_reader import ADDRESS, FIELDS, NAME, NUMBER, VendorStandIn, chip_text, pixels

Opener = Callable[[dict[str, Any]], IdCardReaderDevice]
READY_S = 20.0
NEVER = threading.Event()
INTERFACES = ("sdt", "cvr")


def ready(device: IdCardReaderDevice) -> IdCardReaderDevice:
    device.wait_until_ready(READY_S)
    return device


def found(device: IdCardReaderDevice) -> bool:
    """Ask once whether a card lies there."""
    return bool(device._call("find_card"))


def working_folder(device: IdCardReaderDevice) -> Path:
    assert device.process is not None
    return device.process._folder.path


@pytest.mark.parametrize("interface", INTERFACES)
def test_a_card_is_found_and_read(opened: Opener, vendor: VendorStandIn, interface: str) -> None:
    device = ready(opened(vendor.settings(interface)))
    device.wait_for_card(NEVER)
    card = device.read(NEVER)
    assert (card.name.reveal(), card.number.reveal().text, card.address.reveal()) == (NAME, NUMBER, ADDRESS)
    assert (card.ethnicity, card.issuer, card.valid_until) == ("汉", "示例市公安局", None)
    shown = np.frombuffer(pixels(), np.uint8).reshape(126, 102, 3)
    assert np.array_equal(card.portrait.pixels, shown), "every pixel of the decoder, upright"


def test_pixels_from_the_last_to_the_first_are_turned(opened: Opener, vendor: VendorStandIn) -> None:
    vendor.tell("pixels", pixels()[::-1])
    card = ready(opened(vendor.settings(photo_order="reversed"))).read(NEVER)
    assert np.array_equal(card.portrait.pixels, np.frombuffer(pixels(), np.uint8).reshape(126, 102, 3))


def test_a_decoder_that_writes_a_file_is_read_from_it(opened: Opener, vendor: VendorStandIn) -> None:
    settings = vendor.settings(photo_interface="get_bmp", photo_symbol="GetBmp", photo_key=2)
    card = ready(opened(settings)).read(NEVER)
    assert np.array_equal(card.portrait.pixels, np.frombuffer(pixels(), np.uint8).reshape(126, 102, 3))


@pytest.mark.parametrize("interface", INTERFACES)
def test_a_card_that_was_read_must_be_lifted(opened: Opener, vendor: VendorStandIn, interface: str) -> None:
    device = ready(opened(vendor.settings(interface)))
    assert found(device)
    device.read(NEVER)
    assert not found(device)
    with pytest.raises(CardRemovedError):
        device.read(NEVER)
    vendor.tell("no_card")
    assert not found(device)
    vendor.forget("no_card")
    assert found(device)
    assert device.read(NEVER).name.reveal() == NAME


@pytest.mark.parametrize(("interface", "error"), [("sdt", CardRemovedError), ("cvr", CardUnreadableError)])
def test_a_card_lifted_between_finding_and_reading_was_removed_as_far_as_the_interface_tells(
    opened: Opener, vendor: VendorStandIn, interface: str, error: type[KnownError]
) -> None:
    device = ready(opened(vendor.settings(interface)))
    assert found(device)
    vendor.tell("no_card")
    with pytest.raises(error):
        device.read(NEVER)
    vendor.forget("no_card")
    assert device.read(NEVER).name.reveal() == NAME


@pytest.mark.parametrize("word", ["24", "31", "32", "33", "41", "47"])
def test_the_module_is_reset_and_the_card_read_once_more(opened: Opener, vendor: VendorStandIn, word: str) -> None:
    device = ready(opened(vendor.settings()))
    vendor.tell("once.SDT_ReadBaseMsg", word)
    assert device.read(NEVER).name.reveal() == NAME


@pytest.mark.parametrize(
    ("function", "word", "error"),
    [
        ("SDT_ReadBaseMsg", "24", CardUnreadableError),
        ("SDT_ReadBaseMsg", "41", CardUnreadableError),
        ("SDT_ReadBaseMsg", "40", CardUnreadableError),
        ("SDT_SelectIDCard", "81", CardRemovedError),
        ("SDT_SelectIDCard", "60", PluginFailedError),
        ("SDT_StartFindIDCard", "66", PluginFailedError),
        ("SDT_ReadBaseMsg", "abcdef", PluginFailedError),
        ("unpack", "fffc", CardUnreadableError),
    ],
)
def test_each_status_word_has_its_reason_and_the_process_lives_on(
    opened: Opener, vendor: VendorStandIn, function: str, word: str, error: type[KnownError]
) -> None:
    device = ready(opened(vendor.settings()))
    process = device.process
    vendor.tell(f"always.{function}", word)
    with pytest.raises(error):
        device.read(NEVER)
    vendor.forget(f"always.{function}")
    vendor.tell("lift_not_needed")
    assert device.read(NEVER).name.reveal() == NAME
    assert (device.process, device.state) == (process, DeviceState.READY)


@pytest.mark.parametrize("interface", INTERFACES)
@pytest.mark.parametrize("moment", ["idle", "found"])
def test_a_plug_pulled_and_put_back_between_two_calls_is_not_noticed(
    opened: Opener, vendor: VendorStandIn, interface: str, moment: str
) -> None:
    device = ready(opened(vendor.settings(interface)))
    process = device.process
    if moment == "found":
        assert found(device)
    vendor.tell("plug", "another time")
    if (interface, moment) == ("cvr", "found"):  # CVR_Read_Content has one word for every failure
        with pytest.raises(CardUnreadableError):
            device.read(NEVER)
    assert device.read(NEVER).name.reveal() == NAME, "the very next read"
    assert device.process is process


@pytest.mark.logs_warnings
@pytest.mark.parametrize("interface", INTERFACES)
@pytest.mark.parametrize("moment", ["idle", "find", "read"])
def test_a_reader_unplugged_at_any_moment_is_told_and_the_very_next_read_after_plugging_in_works(
    opened: Opener, vendor: VendorStandIn, interface: str, moment: str
) -> None:
    device = ready(opened(vendor.settings(interface)))
    if moment == "read":
        assert found(device)
    vendor.tell("unplugged")
    # CVR_Read_Content has one word for every failure.
    with pytest.raises(CardUnreadableError if (interface, moment) == ("cvr", "read") else DeviceMissingError):
        found(device) if moment == "find" else device.read(NEVER)
    with pytest.raises(DeviceMissingError):
        found(device)
    assert (device.state, type(device.problem)) == (DeviceState.RESTARTING, DeviceMissingError)
    vendor.forget("unplugged")
    vendor.tell("plug", "another time")
    assert device.read(NEVER).name.reveal() == NAME
    assert (device.state, device.problem) == (DeviceState.READY, None)


@pytest.mark.logs_warnings
@pytest.mark.parametrize("interface", INTERFACES)
def test_a_reader_plugged_in_after_the_start_is_found(opened: Opener, vendor: VendorStandIn, interface: str) -> None:
    vendor.tell("unplugged")
    device = opened(vendor.settings(interface))
    with pytest.raises(DeviceMissingError):
        device.wait_until_ready(READY_S)
    vendor.forget("unplugged")
    wait_until(lambda: device.state is DeviceState.READY)
    assert device.read(NEVER).name.reveal() == NAME


@pytest.mark.logs_warnings
@pytest.mark.parametrize("port", [0, 1002])
def test_a_second_station_is_told_who_holds_the_port_and_gets_it_when_that_lets_go(
    opened: Opener, vendor: VendorStandIn, port: int
) -> None:
    first = ready(opened(vendor.settings(port=port)))
    second = opened(vendor.settings("cvr", port=port))  # by another library of the same vendor
    with pytest.raises(DeviceBusyError) as caught:
        second.wait_until_ready(READY_S)
    assert caught.value.facts["why"] == "held"
    assert caught.value.facts["process_id"] == os.getpid()
    first.close()
    assert second.read(NEVER).name.reveal() == NAME


@pytest.mark.logs_warnings
def test_a_port_where_no_reader_answers_is_missing(opened: Opener, vendor: VendorStandIn) -> None:
    with pytest.raises(DeviceMissingError):
        opened(vendor.settings(port=1001)).wait_until_ready(READY_S)


@pytest.mark.logs_warnings
@pytest.mark.parametrize("function", ["SDT_StartFindIDCard", "SDT_ReadBaseMsg", "unpack"])
def test_a_crash_kills_its_process_alone_and_the_reader_comes_back(opened: Opener, vendor: VendorStandIn, function: str) -> None:
    device = ready(opened(vendor.settings()))
    vendor.tell("crash", function)
    with pytest.raises(PluginFailedError):
        device.read(NEVER)
    vendor.forget("crash")
    until_s = time.monotonic() + 8
    while True:
        try:
            assert device.read(NEVER).name.reveal() == NAME
            return
        except KnownError:
            assert time.monotonic() < until_s
            time.sleep(0.05)


@pytest.mark.full
@pytest.mark.logs_warnings
@pytest.mark.parametrize(("function", "limit_s"), [("SDT_StartFindIDCard", 2.0), ("SDT_ReadBaseMsg", 6.0)])
def test_a_hang_ends_at_its_time_limit(opened: Opener, vendor: VendorStandIn, function: str, limit_s: float) -> None:
    device = ready(opened(vendor.settings()))
    hung = device.process
    vendor.tell("hang", function)
    began_s = time.monotonic()
    with pytest.raises(DeviceTimeoutError):
        found(device) if function == "SDT_StartFindIDCard" else device.read(NEVER)
    assert limit_s <= time.monotonic() - began_s < limit_s + 2.0
    vendor.forget("hang")
    wait_until(lambda: device.process is not hung and device.state is DeviceState.READY)
    assert device.read(NEVER).name.reveal() == NAME


@pytest.mark.full
@pytest.mark.logs_warnings
def test_a_read_that_hangs_is_cancelled_long_before_its_limit(opened: Opener, vendor: VendorStandIn) -> None:
    device = ready(opened(vendor.settings()))
    vendor.tell("hang", "SDT_ReadBaseMsg")
    cancel = threading.Event()
    timer = threading.Timer(0.1, cancel.set)
    timer.start()
    began_s = time.monotonic()
    with pytest.raises(DeviceTimeoutError) as caught:
        device.read(cancel)
    timer.join()
    assert caught.value.facts["why"] == "cancelled"
    assert time.monotonic() - began_s < 2.0


def test_chatter_touches_nothing_and_is_told_nowhere(
    opened: Opener, vendor: VendorStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    device = ready(opened(vendor.settings()))
    device.read(NEVER)
    assert device.process is not None
    assert device.process.chatter_bytes > 100
    assert "XIAOYANG" not in caplog.text
    assert "chatter" not in caplog.text


@pytest.mark.parametrize("interface", INTERFACES)
def test_what_the_library_leaves_in_its_folder_is_gone_after_the_call(
    opened: Opener, vendor: VendorStandIn, interface: str
) -> None:
    device = ready(opened(vendor.settings(interface)))
    folder = working_folder(device)
    device.read(NEVER)
    assert list(folder.iterdir()) == []
    device.close()
    assert not folder.exists()


def test_lengths_that_cannot_be_are_not_believed(opened: Opener, vendor: VendorStandIn) -> None:
    vendor.tell("lengths_that_cannot_be")
    with pytest.raises(PluginFailedError):
        ready(opened(vendor.settings())).read(NEVER)


@pytest.mark.parametrize(
    ("name", "content"), [("text", chip_text()[:200]), ("photo", b"WLf"), ("text", chip_text("Z")), ("pixels", b"short")]
)
def test_a_card_of_another_form_is_not_read(opened: Opener, vendor: VendorStandIn, name: str, content: bytes) -> None:
    vendor.tell(name, content)
    with pytest.raises(CardUnreadableError):
        ready(opened(vendor.settings())).read(NEVER)


@pytest.mark.parametrize(
    ("function", "value"),
    [("GetPeopleName", "林?样".encode("gbk")), ("GetPeopleName", b"\xff\xff"), ("GetPeopleSex", b"F"), ("GetPeopleAddress", b"")],
)
def test_a_field_that_gbk_cannot_carry_is_not_guessed(opened: Opener, vendor: VendorStandIn, function: str, value: bytes) -> None:
    assert function in FIELDS
    vendor.tell(f"field.{function}", value)
    with pytest.raises(CardUnreadableError):
        ready(opened(vendor.settings("cvr"))).read(NEVER)


@pytest.mark.parametrize("interface", INTERFACES)
def test_its_selftest_names_the_library_and_the_module(opened: Opener, vendor: VendorStandIn, interface: str) -> None:
    settings = vendor.settings(interface)
    lines = {line.check: line for line in ready(opened(settings)).selftest()}
    assert all(line.passed for line in lines.values())
    assert lines["library"].detail == f"64 bit, sha256 {settings['library_sha256']}"
    assert lines["reader"].detail == ("05.03-20200101-0000000001-0000000002" if interface == "sdt" else "opened")


def test_its_selftest_tells_a_module_that_fails_its_own(opened: Opener, vendor: VendorStandIn) -> None:
    device = ready(opened(vendor.settings()))
    vendor.tell("always.SDT_GetSAMStatus", "60")
    lines = {line.check: line for line in device.selftest()}
    assert not lines["reader"].passed
    assert lines["reader"].detail == "SDT_GetSAMStatus 0x60"


@pytest.mark.logs_warnings
@pytest.mark.parametrize("missing", ["library", "photo_library"])
def test_without_a_library_the_plugin_says_that_it_fails(opened: Opener, vendor: VendorStandIn, missing: str) -> None:
    with pytest.raises(PluginFailedError):
        opened(vendor.settings(**{missing: ""})).wait_until_ready(READY_S)


@pytest.mark.skipif(sys.platform == "win32", reason="the interpreter of this test is a shell script")
def test_an_interpreter_and_a_library_in_the_plugins_own_folder(
    opened: Opener, vendor: VendorStandIn, plugin_copy: Path, tmp_path: Path
) -> None:
    """As a vendor packs them for a library of 32 bit: both lie in the folder, and the manifest names the interpreter."""
    interpreter = plugin_copy / "python38-32" / "python"
    interpreter.parent.mkdir()
    base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    interpreter.write_text(f'#!/bin/sh\necho "$0" > {tmp_path}/started\nexec {base} "$@"\n')
    interpreter.chmod(0o755)
    manifest = plugin_copy / "manifest.json"
    told = manifest.read_text(encoding="utf-8")
    manifest.write_text(told.replace('"entry"', '"interpreter": "python38-32/python", "entry"'), encoding="utf-8")
    vendor.folder.rename(plugin_copy / "lib")
    library = f"lib/{vendor.library.name}"
    inside = {"library": library, "photo_library": library, "photo_key": 708, "photo_order": "upright"}
    assert ready(opened(inside)).read(NEVER).name.reveal() == NAME
    assert (tmp_path / "started").read_text().strip() == str(interpreter)
