"""Devices of one plugin, each in its own process under the product's supervision, as the tests of a plugin open them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from teller_assist.devices.opening import open_device
from teller_assist.devices.supervision import OpenedDevice
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.schema import DevicesSettings
from tests.stand_ins.authorities import AnyFiles

OpenDevice = Callable[[type[OpenedDevice], Mapping[str, Any]], Any]
_LIMITS = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)


@contextmanager
def devices_of(root: Path, plugin_id: str) -> Iterator[OpenDevice]:
    """Give what opens a device by its class and settings; all are closed at the end. Nobody pinned the plugin's files.

    Parameters
    ----------
    root
        Where ``device_plugins`` lies.
    """
    opened: list[OpenedDevice] = []

    def open_one(device: type[OpenedDevice], settings: Mapping[str, Any]) -> Any:
        one = open_device(
            root,
            plugin_id,
            device,
            settings,
            devices_settings=DevicesSettings(restart_after_s=0.1),
            authority=AnyFiles(),
            limits=_LIMITS,
            on_state=lambda kind, state: None,
        )
        opened.append(one)
        return one

    try:
        yield open_one
    finally:
        for one in opened:
            one.close()
