"""Serial ports by what stays the same: USB adapters in a pretended list of the system, pseudo terminals as they are."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem

from device_plugins.sam_serial_id_reader.ports import fitting_ports, opened_port
from device_plugins.sam_serial_id_reader.reader import SamSerialReader

Plug = Callable[..., None]


def settings(port: str = "", device: str = "") -> dict[str, Any]:
    return {"port": port, "device": device}


def identities(port: str = "", device: str = "") -> list[str]:
    return [one.identity for one in fitting_ports(settings(port, device))]


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the system lists."""
    listed: list[Any] = []
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: listed)
    return listed


@pytest.fixture
def plug(system: list[Any]) -> Plug:
    """Plug an adapter in."""

    def make(device: str, location: str, number: str | None = None, vid: int | None = 0x10C4, pid: int = 0x8A1B) -> None:
        system.append(SimpleNamespace(device=device, location=location, serial_number=number, vid=vid, pid=pid))

    return make


@pytest.mark.parametrize("name", ["usb:10c4:8a1b:AB12", "usb:10C4:8a1b:ab12", "/dev/ttyUSB7"])
def test_a_port_has_one_identity_by_whatever_name_it_is_set(plug: Plug, name: str) -> None:
    plug("/dev/ttyUSB7", "1-1", "ab12")
    plug("/dev/ttyUSB9", "1-2", "cd34")
    [port] = fitting_ports(settings(name))
    assert (port.identity, port.place) == ("usb 10c4:8a1b ab12", "/dev/ttyUSB7")
    assert opened_port(settings(name), port.identity) == port


def test_a_link_to_a_port_is_that_port(plug: Plug, tmp_path: Path) -> None:
    (tmp_path / "ttyUSB7").touch()
    (tmp_path / "by-id").symlink_to(tmp_path / "ttyUSB7")
    plug(str(tmp_path / "ttyUSB7"), "1-1", "AB12")
    assert identities(str(tmp_path / "by-id")) == ["usb 10c4:8a1b AB12"]


def test_the_identity_stays_at_another_place_and_name(system: list[Any], plug: Plug) -> None:
    plug("/dev/ttyUSB0", "1-1", "AB12")
    before = identities("usb:10C4:8A1B")
    system.clear()
    plug("/dev/ttyUSB3", "2-4", "AB12")
    assert identities("usb:10C4:8A1B") == before
    assert opened_port(settings("usb:10C4:8A1B"), before[0]).place == "/dev/ttyUSB3"


def test_without_a_number_of_its_own_an_adapter_is_known_by_its_usb_path(plug: Plug) -> None:
    plug("/dev/ttyUSB0", "1-1")
    plug("/dev/ttyUSB1", "1-2", "0001")
    plug("/dev/ttyUSB2", "1-3", "0001")
    assert identities() == ["usb 10c4:8a1b 1-1", "usb 10c4:8a1b 1-2", "usb 10c4:8a1b 1-3"]


def test_the_ports_of_one_adapter_are_told_apart(plug: Plug) -> None:
    for interface in range(2):
        plug(f"/dev/ttyUSB{interface}", f"1-1:1.{interface}", "FT1", 0x0403, 0x6011)
    assert identities() == ["usb 0403:6011 FT1 1.0", "usb 0403:6011 FT1 1.1"]


def test_of_several_that_fit_the_setting_device_chooses_and_without_it_nothing_is_opened(plug: Plug) -> None:
    plug("/dev/ttyUSB0", "1-1", "AB12")
    plug("/dev/ttyUSB1", "1-2", "CD34")
    wanted = "usb 10c4:8a1b CD34"
    assert opened_port(settings("usb:10C4:8A1B", wanted), wanted).place == "/dev/ttyUSB1"
    for port in ("usb:10C4:8A1B", ""):
        with pytest.raises(DeviceProblem) as caught:
            opened_port(settings(port), wanted)
        assert caught.value.code == "device_missing"
        assert caught.value.hint.startswith("set port or device, 2 ports fit: usb 10c4:8a1b AB12 at /dev/ttyUSB0")


def test_the_only_port_is_not_taken_for_the_reader_where_none_is_set(plug: Plug) -> None:
    plug("/dev/ttyUSB0", "1-1", "AB12")
    with pytest.raises(DeviceProblem, match="device_missing"):
        opened_port(settings(), "usb 10c4:8a1b AB12")


def test_a_port_that_went_away_is_missing(system: list[Any], plug: Plug) -> None:
    plug("/dev/ttyUSB0", "1-1", "AB12")
    [identity] = identities("usb:10C4:8A1B")
    system.clear()
    assert identities("usb:10C4:8A1B") == []
    with pytest.raises(DeviceProblem, match="device_missing"):
        opened_port(settings("usb:10C4:8A1B"), identity)


@pytest.mark.parametrize("name", ["usb:", "usb:FFFF:0000", "usb:10C4:8A1B:EF56", "/dev/ttyUSB5", "no\0name"])
def test_a_name_that_fits_no_port_lists_none(plug: Plug, name: str) -> None:
    plug("/dev/ttyUSB0", "1-1", "AB12")
    assert identities(name) == []


def test_a_pseudo_terminal_counts_by_its_real_path_and_a_file_does_not_count(system: list[Any], tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="pseudo terminals are there on Linux only")
    ours, theirs = pty.openpty()
    link = tmp_path / "reader"
    link.symlink_to(os.ttyname(theirs))
    assert identities(str(link)) == identities(os.ttyname(theirs)) == [f"serial {os.ttyname(theirs)}"]
    for end in (ours, theirs):
        os.close(end)
    assert identities(str(link)) == []
    (tmp_path / "file").touch()
    assert identities(str(tmp_path / "file")) == []


def test_a_port_of_the_machine_itself_counts_by_its_path_and_comes_last(plug: Plug) -> None:
    plug("/dev/ttyS0", "", None, None)
    plug("/dev/ttyUSB0", "1-1", "AB12")
    assert identities() == ["usb 10c4:8a1b AB12", "serial /dev/ttyS0"]


def test_on_windows_a_name_counts_in_capitals_and_is_tried_though_it_is_not_listed(
    plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a pretended system: nothing of this was run on Windows."""
    monkeypatch.setattr("sys.platform", "win32")
    plug("COM7", "1-1", "AB12")
    assert identities("com7") == ["usb 10c4:8a1b AB12"]
    assert identities("com3") == ["serial COM3"]


@given(st.lists(st.tuples(st.text(max_size=80) | st.none(), st.text(max_size=80)), max_size=6))
def test_whatever_adapters_say_the_host_can_read_the_list(told: list[tuple[str | None, str]]) -> None:
    from teller_assist.devices.plugged_in import read_devices

    listed = [
        SimpleNamespace(device=f"/dev/ttyUSB{index}", location=f"{index}-{place}", serial_number=number, vid=1, pid=2)
        for index, (number, place) in enumerate(told)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("serial.tools.list_ports.comports", lambda: listed)
        read = read_devices(SamSerialReader.devices(settings()), "sam_serial_id_reader")
        assert read is not None
        assert len(read) == len(told)


def test_no_more_ports_are_listed_than_the_host_takes(plug: Plug) -> None:
    for number in range(80):
        plug(f"/dev/ttyUSB{number}", f"1-{number}")
    assert len(identities()) == 64
