"""Open one device of one plugin: judge the plugin, then hand it to its supervision."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from teller_assist.devices.authority import PLUGINS_FOLDER, Authority
from teller_assist.devices.bank_card_reader import BankCardReaderDevice
from teller_assist.devices.camera import CameraDevice
from teller_assist.devices.document_scanner import DocumentScannerDevice
from teller_assist.devices.id_card_reader import IdCardReaderDevice
from teller_assist.devices.kinds import FRAME_KINDS, DeviceKind
from teller_assist.devices.launch import Launch
from teller_assist.devices.manifest import MANIFEST_NAME, PLUGIN_ID, Manifest, read_manifest
from teller_assist.devices.supervision import OpenedDevice, StateListener
from teller_assist.devices.travel_document_reader import TravelDocumentReaderDevice
from teller_assist.errors import DeviceMissingError, PluginIncompatibleError
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.schema import DevicesSettings

Device = TypeVar("Device", bound=OpenedDevice)
DEVICES: Mapping[DeviceKind, type[OpenedDevice]] = {
    device.kind: device
    for device in (CameraDevice, IdCardReaderDevice, DocumentScannerDevice, TravelDocumentReaderDevice, BankCardReaderDevice)
}


def judged_manifest(folder: Path, authority: Authority) -> Manifest:
    """Return the manifest of a plugin whose files are the authorised ones.

    Raises
    ------
    PluginNotAuthorisedError, PluginIncompatibleError
        The plugin is refused; nothing of it has run.
    """
    authority.check(folder)
    try:
        content = (folder / MANIFEST_NAME).read_bytes()
    except OSError as error:
        raise PluginIncompatibleError(plugin=folder.name, why="manifest_missing", key="manifest") from error
    return read_manifest(content, folder)


def open_device(
    root: Path,
    plugin_id: str,
    device: type[Device],
    settings: Mapping[str, Any],
    *,
    devices_settings: DevicesSettings,
    authority: Authority,
    limits: PictureLimits,
    on_state: StateListener,
) -> Device:
    """Judge a plugin and put one of its devices under supervision.

    Returns at once, before the device is open; ``wait_until_ready`` on it waits for the outcome. May be called from any thread.

    Parameters
    ----------
    root
        The installation root; the plugin's folder is ``device_plugins/<plugin_id>`` below it.
    device
        Which of the plugin's devices, by the class that drives its kind (``DEVICES``).
    settings
        The plugin's settings; what is left out has its default.
    authority
        Answers for the plugin's files, now and before every restart.
    on_state
        Told (kind, state) from the device's thread; must return at once.

    Raises
    ------
    DeviceMissingError
        "no_plugin": there is no such plugin.
    PluginNotAuthorisedError, PluginIncompatibleError
        The plugin is refused, or does not drive this kind ("kind_not_driven").
    UnknownSettingError, SettingOutOfRangeError
        A setting of the plugin.
    """
    folder = root / PLUGINS_FOLDER / plugin_id
    if not PLUGIN_ID.fullmatch(plugin_id) or not folder.is_dir():
        raise DeviceMissingError(device=device.kind.value, why="no_plugin")
    return open_in_folder(
        folder, device, settings, devices_settings=devices_settings, authority=authority, limits=limits, on_state=on_state
    )


def open_in_folder(
    folder: Path,
    device: type[Device],
    settings: Mapping[str, Any],
    *,
    devices_settings: DevicesSettings,
    authority: Authority,
    limits: PictureLimits,
    on_state: StateListener,
) -> Device:
    """Do what ``open_device`` does, for a plugin whose folder is known (``plugins.PluginShelf`` knows where each lies).

    Raises
    ------
    PluginNotAuthorisedError, PluginIncompatibleError, UnknownSettingError, SettingOutOfRangeError
        As for ``open_device``.
    """

    def launch() -> Launch:
        return launch_of(judged_manifest(folder, authority), folder, device.kind, settings, devices_settings)

    launch()  # refused at once, before there is anything to supervise
    return device(folder.name, launch, devices_settings, on_state, limits)


def launch_of(
    manifest: Manifest, folder: Path, kind: DeviceKind, settings: Mapping[str, Any], devices_settings: DevicesSettings
) -> Launch:
    """Return how the process of one device is started.

    Raises
    ------
    PluginIncompatibleError
        "kind_not_driven".
    UnknownSettingError, SettingOutOfRangeError
        A setting of the plugin.
    """
    if kind not in manifest.kinds:
        raise PluginIncompatibleError(plugin=manifest.plugin_id, why="kind_not_driven", key="kinds")
    folder = folder.resolve()  # the process starts elsewhere
    return Launch(
        plugin_id=manifest.plugin_id,
        kind=kind,
        folder=folder,
        entry=manifest.entry,
        interpreter=Path(sys.executable) if manifest.interpreter is None else folder / manifest.interpreter,
        settings=manifest.checked_settings(settings),
        time_limits_s=manifest.time_limits_s,
        hello_timeout_s=devices_settings.hello_timeout_s,
        max_frame_px=manifest.max_frame_px if kind in FRAME_KINDS else None,
        network=manifest.network,
    )
