"""The scanners that SANE lists, each by an identity that stays the same whenever it is plugged in, as far as SANE can tell.

name of SANE                  identity
genesys:libusb:001:005        usb 04a9:2213 SERIAL       the place changes, the device behind it is known to the system
pixma:04A91912_1234AB         sane pixma:04A91912_1234AB the name itself is stable
plustek:libusb:001:006, of    sane plustek Canon LiDE 30 nothing is known of the place: backend, maker and model; twins of
which the system knows                                   one model cannot be told apart then, and only one is listed
nothing
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .usb_places import SYSTEM_USB, UsbDevice, has_place, usb_device

_MOST_DEVICES = 64
_LONGEST_TEXT = 120


@dataclass(frozen=True)
class ListedScanner:
    """One scanner as SANE lists it now.

    Attributes
    ----------
    name
        What SANE opens now; it may change from plug to plug.
    usb
        The USB device behind it; None where the name does not say, or it is no USB device.
    """

    name: str
    vendor: str
    model: str
    kind: str
    identity: str
    usb: UsbDevice | None = None

    def told(self) -> dict[str, str]:
        """Return identity and name as the SDK's ``devices`` lists them."""
        shown = _printable(f"{self.vendor} {self.model} ({self.kind})")
        return {"identity": self.identity, "name": shown}


def listed_scanners(
    devices: Sequence[tuple[str, str, str, str]], backend: str = "", system_usb: Path = SYSTEM_USB
) -> list[ListedScanner]:
    """Return the scanners in the order of their identities; no two share one.

    Parameters
    ----------
    devices
        Name, vendor, model and type of each, as ``sane.get_devices`` returns them.
    backend
        Only those whose name begins with it and a colon; "" for all.
    """
    wanted = [one for one in devices if one[0] and (not backend or one[0].startswith(f"{backend}:"))]
    usb = {name: usb_device(name, system_usb) for name, *_ in wanted}
    bearers = Counter(device.identity(by_serial=True) for device in {place for place in usb.values() if place is not None})
    found: dict[str, ListedScanner] = {}
    for name, vendor, model, kind in sorted(wanted):
        device = usb[name]
        if device is not None:  # makers give one serial number to a whole series
            identity = device.identity(by_serial=bearers[device.identity(by_serial=True)] == 1)
        elif has_place(name):
            identity = f"sane {name.partition(':')[0]} {vendor} {model}"
        else:
            identity = f"sane {name}"
        identity = _printable(identity)
        found.setdefault(identity, ListedScanner(name, vendor, model, kind, identity, device))
    return [found[identity] for identity in sorted(found)][:_MOST_DEVICES]


def _printable(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else "_" for one in text).split())[:_LONGEST_TEXT].strip()
