"""USB cameras by what stays the same: maker, product, serial number, port; never by their number, which changes with every plug.

An identity is written as words, each of which must fit: ``vendor=046d product=0825 serial=A1B2 port=1-1.2 interface=0``.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from teller_assist_sdk import DeviceProblem

SYSTEM_CAMERAS = Path("/sys/class/video4linux")
_PROCESSES = Path("/proc")
_IDENTITY_KEYS = ("vendor", "product", "serial", "port", "interface")
_HEX = re.compile(r"[0-9a-f]{4}")
_HINT_LENGTH = 150
# A device's path on Windows; its third part stays the same for a device without a serial number as long as it stays in its port.
_WINDOWS_PATH = re.compile(
    r"usb#vid_(?P<vendor>[0-9a-f]{4})&pid_(?P<product>[0-9a-f]{4})(&mi_(?P<interface>[0-9a-f]{2}))?#(?P<port>[^#\s]+)#",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class UsbCamera:
    """One camera function of a USB device; a document camera has two.

    Attributes
    ----------
    place
        What OpenCV opens now: a device file on Linux, a number on Windows. It changes from plug to plug.
    identity
        Value by key, in the order of writing; without a serial number where the device has none.
    """

    place: str | int
    identity: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return " ".join(f"{key}={value}" for key, value in self.identity)


def connected_cameras(system_cameras: Path = SYSTEM_CAMERAS) -> list[UsbCamera]:
    """Return the USB cameras that are plugged in now, by identity."""
    found = _windows_cameras() if sys.platform == "win32" else _linux_cameras(system_cameras)
    return sorted(found, key=str)


def read_identity(text: str) -> dict[str, str]:
    """Return the words of an identity by key; an empty text is no word.

    Raises
    ------
    ValueError
        A word is none, or stands twice, or vendor or product are not four hexadecimal digits.
    """
    words: dict[str, str] = {}
    for word in text.split():
        key, _, value = word.partition("=")
        if key not in _IDENTITY_KEYS or not value or key in words:
            raise ValueError("no word of an identity")
        if key in ("vendor", "product"):
            value = value.lower()
            if not _HEX.fullmatch(value):
                raise ValueError("not four hexadecimal digits")
        words[key] = value
    return words


def chosen_camera(wanted: str, cameras: list[UsbCamera]) -> UsbCamera:
    """Return the one camera that an identity fits.

    Raises
    ------
    DeviceProblem
        device_missing: none fits, or several do, and which ones there are; plugin_failed: the identity is none.
    """
    try:
        words = read_identity(wanted)
    except ValueError as error:
        raise DeviceProblem("plugin_failed", f"usb_camera: {error}") from error
    fitting = [camera for camera in cameras if words.items() <= dict(camera.identity).items()]
    if len(fitting) == 1:
        return fitting[0]
    there = "; ".join(str(camera) for camera in cameras)[:_HINT_LENGTH] or "none"
    raise DeviceProblem("device_missing", f"{len(fitting)} cameras fit; there are: {there}")


def holder_of(place: str | int) -> str:
    """Return which process of this user holds a device file ("cheese (4711)"); empty where none is seen."""
    if isinstance(place, int) or not _PROCESSES.is_dir():
        return ""
    wanted = os.path.realpath(place)
    for process in _PROCESSES.glob("[0-9]*"):
        if int(process.name) == os.getpid():
            continue
        try:
            if any(os.path.realpath(link) == wanted for link in (process / "fd").iterdir()):
                return f"{(process / 'comm').read_text().strip()} ({process.name})"
        except OSError:
            continue  # another user's, or it ended
    return ""


def _linux_cameras(system_cameras: Path) -> list[UsbCamera]:
    first: dict[Path, tuple[int, str]] = {}
    for node in system_cameras.glob("video*") if system_cameras.is_dir() else ():
        interface = (node / "device").resolve()
        number = _text(node / "index")
        if number.isdigit() and (interface / "bInterfaceNumber").is_file():
            # A function has several nodes; the first delivers pictures, the others what is known about them.
            first[interface] = min(first.get(interface, (int(number), node.name)), (int(number), node.name))
    return [UsbCamera(f"/dev/{name}", _linux_identity(interface)) for interface, (_, name) in first.items()]


def _linux_identity(interface: Path) -> tuple[tuple[str, str], ...]:
    device = interface.parent
    values = {
        "vendor": _text(device / "idVendor"),
        "product": _text(device / "idProduct"),
        "serial": _word(_text(device / "serial")),
        "port": device.name,
        "interface": str(int(_text(interface / "bInterfaceNumber") or "0", 16)),
    }
    return tuple((key, values[key]) for key in _IDENTITY_KEYS if values[key])


def _windows_cameras() -> list[UsbCamera]:
    """Never run: see docs/limits.md."""
    import cv2

    try:
        listing = importlib.import_module("cv2_enumerate_cameras")
    except ImportError as error:
        raise DeviceProblem("plugin_failed", "cv2_enumerate_cameras is not installed") from error
    found = []
    for camera in listing.enumerate_cameras(cv2.CAP_MSMF):
        parts = _WINDOWS_PATH.search(str(camera.path))
        if parts is not None:  # others are no USB cameras
            values = {key: value.lower() for key, value in parts.groupdict("0").items()}
            values["interface"] = str(int(values["interface"], 16))
            found.append(UsbCamera(int(camera.index), tuple((key, values[key]) for key in _IDENTITY_KEYS if key in values)))
    return found


def _word(text: str) -> str:
    return "_".join(text.split())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
