"""What is told where a port cannot be opened, or is lost."""

from __future__ import annotations

import errno
from typing import Any

import pytest
import serial
from teller_assist_sdk import DeviceProblem

from device_plugins.sam_serial_id_reader.port import Port, PortLostError


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
