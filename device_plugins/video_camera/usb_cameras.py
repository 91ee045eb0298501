"""USB cameras by what stays the same: maker, product, serial number, port; never by their number, which changes with every plug.

A camera is wanted by words, each of which must fit: ``vendor=046d product=0825 serial=A1B2 port=1-1.2 interface=0``.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from teller_assist_sdk import DeviceProblem

SYSTEM_CAMERAS = Path("/sys/class/video4linux")
_PROCESSES = Path("/proc")
_IDENTITY_KEYS = ("vendor", "product", "serial", "port", "interface")
_WITHOUT_PORT = ("vendor", "product", "serial", "interface")
_HEX = re.compile(r"[0-9a-f]{4}")
_HINT_LENGTH = 150
_LONGEST_IDENTITY = 120
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
    words
        Value by key, in the order of writing; without a serial number where the device has none.
    """

    place: str | int
    words: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return self.written(_IDENTITY_KEYS)

    def written(self, keys: tuple[str, ...]) -> str:
        """Return the words of some keys."""
        return " ".join(f"{key}={value}" for key, value in self.words if key in keys)[:_LONGEST_IDENTITY]


def connected_cameras(system_cameras: Path = SYSTEM_CAMERAS) -> list[UsbCamera]:
    """Return the USB cameras that are plugged in now, in the order of their words."""
    found = _windows_cameras() if sys.platform == "win32" else _linux_cameras(system_cameras)
    return sorted(found, key=str)


def identified(cameras: list[UsbCamera]) -> dict[str, UsbCamera]:
    """Return the cameras by what stays the same when they are plugged in again.

    That is the serial number, at whatever port; the port too where there is no number, or where a twin bears the same one.
    """
    bearers = Counter(camera.written(_WITHOUT_PORT) for camera in cameras)
    by_number = {camera: "serial" in dict(camera.words) and bearers[camera.written(_WITHOUT_PORT)] == 1 for camera in cameras}
    return {camera.written(_WITHOUT_PORT if by_number[camera] else _IDENTITY_KEYS): camera for camera in cameras}


def read_words(text: str) -> dict[str, str]:
    """Return the words by which a camera is wanted by key; an empty text is no word.

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


def fitting_cameras(wanted: str, cameras: list[UsbCamera]) -> dict[str, UsbCamera]:
    """Return the cameras that all words fit, by identity.

    Raises
    ------
    DeviceProblem
        plugin_failed: the words are none.
    """
    try:
        words = read_words(wanted)
    except ValueError as error:
        raise DeviceProblem("plugin_failed", f"usb_camera: {error}") from error
    return {key: camera for key, camera in identified(cameras).items() if words.items() <= dict(camera.words).items()}


def camera_to_open(identity: str, wanted: str, cameras: list[UsbCamera], *, is_chosen: bool) -> UsbCamera:
    """Return the camera of an identity, where it is now.

    Parameters
    ----------
    is_chosen
        Whether the setting ``device`` names it; if not, it must be the only one that fits: of two lenses one looks at the desk.

    Raises
    ------
    DeviceProblem
        device_missing: it is gone, or several fit; plugin_failed: the words are none.
    """
    fitting = fitting_cameras(wanted, cameras)
    if identity in fitting and (is_chosen or len(fitting) == 1):
        return fitting[identity]
    there = "; ".join(identified(cameras))[:_HINT_LENGTH] or "none"
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
    return [UsbCamera(f"/dev/{name}", _linux_words(interface)) for interface, (_, name) in first.items()]


def _linux_words(interface: Path) -> tuple[tuple[str, str], ...]:
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
    return "".join(one if one.isprintable() else "_" for one in "_".join(text.split()))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
