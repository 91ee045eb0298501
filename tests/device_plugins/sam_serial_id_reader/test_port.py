"""How the port is found and what is told where it cannot be opened."""

from __future__ import annotations

import errno
from types import SimpleNamespace
from typing import Any

import pytest
import serial
from teller_assist_sdk import DeviceProblem

from device_plugins.sam_serial_id_reader.port import Port, PortLostError


def listed(device: str, vid: int | None, pid: int | None, serial_number: str | None = None) -> Any:
    return SimpleNamespace(device=device, vid=vid, pid=pid, serial_number=serial_number)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that are opened, with three ports in the system's list."""
    names: list[str] = []
    ports = [listed("COM1", None, None), listed("COM7", 0x10C4, 0x8A1B, "ab12"), listed("COM9", 0x10C4, 0x8A1B, "cd34")]
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)
    monkeypatch.setattr(serial, "Serial", lambda name, *given, **named: names.append(name))
    return names


@pytest.mark.parametrize(
    ("name", "device"), [("usb:10c4:8a1b:AB12", "COM7"), ("usb:10C4:8A1B:cd34", "COM9"), ("COM3", "COM3"), ("/dev/ttyUSB0",) * 2]
)
def test_a_port_is_found_by_its_usb_identity_or_by_its_name(opened: list[str], name: str, device: str) -> None:
    Port(name, 115_200)
    assert opened == [device]


@pytest.mark.parametrize("name", ["usb:10C4:8A1B", "usb:10C4:8A1B:EF56", "usb:", "usb:FFFF:0000", ""])
def test_no_port_and_two_ports_are_a_missing_device(opened: list[str], name: str) -> None:
    with pytest.raises(DeviceProblem) as caught:
        Port(name, 115_200)
    assert caught.value.code == "device_missing"
    assert opened == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (serial.SerialException(errno.EAGAIN, "Could not exclusively lock port"), "device_busy"),
        (serial.SerialException(errno.EACCES, "Could not exclusively lock port"), "device_busy"),
        (serial.SerialException(errno.EBUSY, "could not open port"), "device_busy"),
        (serial.SerialException("could not open port 'COM3': PermissionError(13, 'Access is denied.', None, 5)"), "device_busy"),
        (serial.SerialException(errno.EACCES, "could not open port"), "device_missing"),
        (serial.SerialException(errno.ENOENT, "could not open port"), "device_missing"),
        (serial.SerialException("could not open port 'COM3': FileNotFoundError(2)"), "device_missing"),
        (ValueError("Not a valid baudrate"), "device_missing"),
    ],
)
def test_why_a_port_cannot_be_opened_is_told(monkeypatch: pytest.MonkeyPatch, error: Exception, code: str) -> None:
    def refuse(*given: Any, **named: Any) -> None:
        raise error

    monkeypatch.setattr(serial, "Serial", refuse)
    with pytest.raises(DeviceProblem) as caught:
        Port("COM3", 115_200)
    assert caught.value.code == code


@pytest.mark.parametrize("error", [OSError(errno.EIO, "gone"), serial.SerialException("device disconnected"), TypeError("None")])
def test_a_port_that_is_gone_is_told_as_lost_and_closes_quietly(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    class Gone:
        in_waiting = 1

        def fail(self, *given: Any) -> None:
            raise error

        read = write = fail

        def close(self) -> None:
            raise OSError(errno.EIO, "gone")

    monkeypatch.setattr(serial, "Serial", lambda *given, **named: Gone())
    lost = Port("COM3", 115_200)
    for use in (lost.receive, lambda: lost.send(b"x")):
        with pytest.raises(PortLostError):
            use()
    lost.close()
