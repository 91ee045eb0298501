"""What a SANE name says about the USB, and what stays the same about a device there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_plugins.sane_scanner.usb_places import has_place, usb_device


def plug(system_usb: Path, folder: str, number: str, serial: str = "", product: str = "2213") -> Path:
    device = system_usb / folder
    device.mkdir(parents=True, exist_ok=True)
    bus, _, devnum = number.partition(":")
    told = {"busnum": bus, "devnum": devnum, "idVendor": "04a9", "idProduct": product, "serial": serial}
    for name, value in told.items():
        (device / name).write_text(f"{value}\n" if value else "", encoding="utf-8")
    return device


def test_a_place_is_found_and_known_by_its_serial_number_or_its_port(tmp_path: Path) -> None:
    plug(tmp_path, "1-4", "1:5", serial="AB 12")
    plug(tmp_path, "2-1.3", "2:17")
    numbered, nameless = usb_device("genesys:libusb:001:005", tmp_path), usb_device("plustek:libusb:002:017", tmp_path)
    assert numbered is not None
    assert nameless is not None
    assert numbered.identity(by_serial=True) == "usb 04a9:2213 AB_12"
    assert numbered.identity(by_serial=False) == "usb 04a9:2213 1-4"
    assert nameless.identity(by_serial=True) == "usb 04a9:2213 2-1.3"


def test_unplugged_it_is_gone_also_where_it_was_put_in_again_at_once(tmp_path: Path) -> None:
    plug(tmp_path, "1-4", "1:5")
    device = usb_device("genesys:libusb:001:005", tmp_path)
    assert device is not None
    assert device.is_there()
    plug(tmp_path, "1-4", "1:6")
    assert not device.is_there()
    assert usb_device("genesys:libusb:001:005", tmp_path) is None


@pytest.mark.parametrize("name", ["test:0", "pixma:04A91912_1234AB", "v4l:/dev/video0", "net:host:test:0", ""])
def test_other_names_are_no_place(name: str, tmp_path: Path) -> None:
    plug(tmp_path, "1-4", "1:5")
    assert not has_place(name)
    assert usb_device(name, tmp_path) is None


def test_without_the_systems_list_nothing_is_known_of_a_place(tmp_path: Path) -> None:
    assert has_place("plustek:libusb:001:006")
    assert usb_device("plustek:libusb:001:006", tmp_path / "no_such_folder") is None


@given(st.text(max_size=40))
def test_any_name_is_a_place_or_none(name: str) -> None:
    assert usb_device(name, Path("/no_such_folder")) is None
    assert has_place(f"{name}libusb:001:002")
