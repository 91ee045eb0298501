"""The serial ports that are there now, each by an identity that stays the same whatever name the system gives it.

A USB adapter is known by maker, product and serial number, by its USB path where it has no number of its own; any other port by
the real path of its device file, or by its name on Windows.
"""

from __future__ import annotations

import os
import stat
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serial.tools import list_ports
from teller_assist_sdk import DeviceProblem

_USB_PREFIX = "usb:"
_MOST_PORTS = 64
_LONGEST_WORD = 60


@dataclass(frozen=True)
class SerialPort:
    """One port.

    Attributes
    ----------
    place
        What pyserial opens now; it may change from plug to plug.
    identity
        The same whenever it is plugged in: ``usb 10c4:8a1b AB12``, ``serial /dev/ttyS0``.
    usb
        Vendor, product (four hexadecimal digits, capital) and serial number (capital); empty where it is no USB adapter.
    """

    place: str
    identity: str
    usb: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.identity} at {self.place}"


def fitting_ports(settings: dict[str, Any]) -> list[SerialPort]:
    """Return the ports that the setting ``port`` names, all where it names none; USB adapters first, no more than 64."""
    name = str(settings["port"])
    ports = connected_ports()
    if name.startswith(_USB_PREFIX):
        wanted = tuple(name.removeprefix(_USB_PREFIX).upper().split(":"))
        ports = [port for port in ports if port.usb[: len(wanted)] == wanted]
    elif name:
        ports = _named(name, ports)
    return sorted(ports, key=lambda port: (not port.usb, port.identity))[:_MOST_PORTS]


def opened_port(settings: dict[str, Any], identity: str) -> SerialPort:
    """Return the port of an identity, where it is now.

    Raises
    ------
    DeviceProblem
        device_missing: it is gone; or the settings name no port, or several: nothing is sent to what may be no reader.
    """
    fitting = fitting_ports(settings)
    if not settings["device"] and (not settings["port"] or len(fitting) > 1):
        there = "; ".join(str(port) for port in fitting)
        raise DeviceProblem("device_missing", f"set port or device, {len(fitting)} ports fit: {there}")
    for port in fitting:
        if port.identity == identity:
            return port
    raise DeviceProblem("device_missing", "the port is gone")


def connected_ports() -> list[SerialPort]:
    """Return all ports that the system lists."""
    listed = list_ports.comports()
    # Makers give one number to a whole series; then only the USB path tells two adapters apart.
    bearers = Counter(_usb_identity(port, by_number=True) for port in listed if port.vid is not None)
    return [_port(port, bearers) for port in listed]


def _named(name: str, listed: list[SerialPort]) -> list[SerialPort]:
    """Return the port of a name, or of a link to it, also where the system does not list it: a pseudo terminal."""
    if "\0" in name:
        return []
    place = _real(name)
    found = [port for port in listed if _real(port.place) == place]
    if found or not _may_be_there(place):
        return found
    return [SerialPort(place, _place_identity(place))]


def _port(listed: Any, bearers: Counter[str]) -> SerialPort:
    if listed.vid is None:
        return SerialPort(listed.device, _place_identity(_real(listed.device)))
    usb = (f"{listed.vid:04X}", f"{listed.pid:04X}", (listed.serial_number or "").upper())
    identity = _usb_identity(listed, by_number=True)
    if bearers[identity] > 1:
        identity = _usb_identity(listed, by_number=False)
    return SerialPort(listed.device, identity, usb)


def _usb_identity(listed: Any, *, by_number: bool) -> str:
    path, _, interface = (listed.location or listed.device).partition(":")
    number = _word(listed.serial_number or "")
    words = [f"usb {listed.vid:04x}:{listed.pid:04x}", number if by_number and number else _word(path)]
    return " ".join([*words, _word(interface)] if interface else words)  # an adapter may have several ports


def _place_identity(place: str) -> str:
    return f"serial {_word(place)}"


def _word(text: str) -> str:
    return "".join(character if character.isprintable() and character != " " else "_" for character in text)[:_LONGEST_WORD]


def _real(place: str) -> str:
    return place.upper() if sys.platform == "win32" else os.path.realpath(place)


def _may_be_there(place: str) -> bool:
    if sys.platform == "win32":  # not every driver's ports are listed there; opening it tells
        return True
    try:
        return stat.S_ISCHR(Path(place).stat().st_mode)
    except OSError:
        return False
