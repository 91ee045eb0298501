"""Whether a SANE name says at which place of the USB a device is plugged in, and what stays the same about the device there.

A backend's name is stable where it carries a serial number (``pixma:04A91912_1234AB``); ``genesys:libusb:001:005`` is bus and
number of the device, and the number is another after every plug.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SYSTEM_USB = Path("/sys/bus/usb/devices")
_PLACE = re.compile(r"libusb:(?P<bus>[0-9]{1,3}):(?P<number>[0-9]{1,3})")
_LONGEST_WORD = 60


@dataclass(frozen=True)
class UsbDevice:
    """A device at a place.

    Attributes
    ----------
    folder
        Its folder in sysfs; gone as soon as it is unplugged.
    number
        Its place, bus and number: those of whatever stands in the folder now.
    """

    folder: Path
    number: tuple[int, int]

    def is_there(self) -> bool:
        """Return whether it is still plugged in: another plug of the same device has another number."""
        return _number_of(self.folder) == self.number

    def identity(self, *, by_serial: bool) -> str:
        """Return ``usb VENDOR:PRODUCT SERIAL``; with the USB path in place of a serial number that is absent or not wanted."""
        serial = _word(_text(self.folder / "serial")) if by_serial else ""
        vendor, product = (_text(self.folder / name) or "0000" for name in ("idVendor", "idProduct"))
        return f"usb {vendor}:{product} {serial or _word(self.folder.name)}"


def has_place(name: str) -> bool:
    """Return whether a SANE name is a place."""
    return _PLACE.search(name) is not None


def usb_device(name: str, system_usb: Path = SYSTEM_USB) -> UsbDevice | None:
    """Return the USB device that a SANE name means; None where the name is no place, or nothing is there."""
    place = _PLACE.search(name)
    if place is None or not system_usb.is_dir():
        return None
    wanted = (int(place["bus"]), int(place["number"]))
    found = (folder for folder in sorted(system_usb.iterdir()) if _number_of(folder) == wanted)
    return next((UsbDevice(folder, wanted) for folder in found), None)


def _number_of(folder: Path) -> tuple[int, int] | None:
    bus, number = _text(folder / "busnum"), _text(folder / "devnum")
    return (int(bus), int(number)) if bus.isdecimal() and number.isdecimal() else None


def _word(text: str) -> str:
    return "".join(one if one.isprintable() else "_" for one in "_".join(text.split()))[:_LONGEST_WORD]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
