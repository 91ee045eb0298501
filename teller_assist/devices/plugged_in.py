"""Which devices a plugin finds plugged in, by identities that survive re-plugging, and which of them is meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from teller_assist.devices.kinds import DeviceKind
from teller_assist.errors import DeviceMissingError, PluginFailedError
from teller_assist.settings.declaring import Value

DEVICE_SETTING = "device"  # the setting by which a plugin's manifest lets IT choose one
_MOST_DEVICES = 64
_LONGEST_TEXT = 120


@dataclass(frozen=True)
class PluggedIn:
    """One device that is there now.

    Attributes
    ----------
    identity
        The same whenever the device is plugged in; 1 to 120 printable characters.
    name
        For people, the same length.
    """

    identity: str
    name: str


def read_devices(told: Any, plugin_id: str) -> tuple[PluggedIn, ...] | None:
    """Read what a plugin lists; None: it lists nothing, and its device has no identity.

    Raises
    ------
    PluginFailedError
        "record": it is no such list, or an identity stands in it twice.
    """
    if told is None:
        return None
    if not isinstance(told, list) or len(told) > _MOST_DEVICES or not all(_is_one(one) for one in told):
        raise PluginFailedError(plugin=plugin_id, operation="devices", why="record")
    devices = tuple(PluggedIn(one["identity"], one["name"]) for one in told)
    if len({one.identity for one in devices}) != len(devices):
        raise PluginFailedError(plugin=plugin_id, operation="devices", why="record")
    return devices


def choose(devices: tuple[PluggedIn, ...], settings: Mapping[str, Value], kind: DeviceKind) -> PluggedIn:
    """Return the device that the settings name; where they name none, the first one by its identity.

    Raises
    ------
    DeviceMissingError
        "not_plugged_in".
    """
    wanted = settings.get(DEVICE_SETTING, "")
    for one in sorted(devices, key=lambda device: device.identity):
        if wanted in ("", one.identity):
            return one
    raise DeviceMissingError(device=kind.value, why="not_plugged_in")


def _is_one(told: Any) -> bool:
    return isinstance(told, dict) and told.keys() == {"identity", "name"} and all(_is_text(text) for text in told.values())


def _is_text(text: Any) -> bool:
    return isinstance(text, str) and 0 < len(text) <= _LONGEST_TEXT and text.isprintable() and text == text.strip()
