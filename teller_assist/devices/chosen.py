"""The plugin that a site's settings choose for a device: found, judged with what is set for it, opened.

[devices.camera]                 which plugin
plugin = "video_camera"
[devices.camera.settings]        what it is told; judged by the plugin's own manifest
source = "usb"
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.manifest import Manifest
from teller_assist.devices.opening import Device, launch_of, open_in_folder
from teller_assist.devices.plugins import PlacedPlugin, PluginShelf
from teller_assist.devices.supervision import StateListener
from teller_assist.errors import DeviceMissingError, SettingOutOfRangeError, UnknownSettingError
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.plugin_choice import PluginChoice
from teller_assist.settings.schema import DevicesSettings


def find_chosen(shelf: PluginShelf, kind: DeviceKind, choice: PluginChoice) -> PlacedPlugin:
    """Return where the chosen plugin lies, refused or not.

    Raises
    ------
    DeviceMissingError
        "not_chosen": the site chose none. "no_plugin": what it chose is not on this machine.
    UnknownSettingError
        Something is set for no plugin.
    """
    for name in () if choice.plugin else choice.settings:
        raise UnknownSettingError(key=_site_key(kind, name), origin="site", device=kind.value)
    if not choice.plugin:
        raise DeviceMissingError(device=kind.value, why="not_chosen")
    try:
        return shelf.find(choice.plugin)
    except DeviceMissingError as error:
        raise DeviceMissingError(device=kind.value, why="no_plugin") from error


def judge_chosen(shelf: PluginShelf, kind: DeviceKind, choice: PluginChoice, devices_settings: DevicesSettings) -> Manifest:
    """Return the manifest of the chosen plugin, which may be started for this device as it is set; nothing of it has run.

    Raises
    ------
    KnownError
        As for ``open_chosen``.
    """
    placed = find_chosen(shelf, kind, choice)
    manifest = placed.judged()
    with named_as_the_site_does(kind, choice.plugin):
        launch_of(manifest, placed.place, kind, choice.settings, devices_settings)
    return manifest


def open_chosen(
    shelf: PluginShelf,
    device: type[Device],
    choice: PluginChoice,
    *,
    devices_settings: DevicesSettings,
    limits: PictureLimits,
    on_state: StateListener,
) -> Device:
    """Put the device under supervision by the plugin that the site chose for its kind; see ``open_device``.

    Raises
    ------
    DeviceMissingError
        "not_chosen", "no_plugin".
    PluginNotAuthorisedError, PluginIncompatibleError
        The plugin is refused, or does not drive this kind ("kind_not_driven").
    UnknownSettingError, SettingOutOfRangeError
        One of its settings; the facts' ``key`` is the site's name of it, "devices.camera.settings.source".
    """
    placed = find_chosen(shelf, device.kind, choice)
    with named_as_the_site_does(device.kind, choice.plugin):
        return open_in_folder(
            placed.place,
            device,
            choice.settings,
            devices_settings=devices_settings,
            authority=placed.authority,
            limits=limits,
            on_state=on_state,
        )


@contextmanager
def named_as_the_site_does(kind: DeviceKind, plugin_id: str) -> Iterator[None]:
    """Name a refused setting by the device: a manifest names it by its plugin, but whoever corrects the site's file looks there.

    Raises
    ------
    UnknownSettingError, SettingOutOfRangeError
        As they came; the facts' ``key`` is the site's name, and ``device`` stands beside it.
    """
    try:
        yield
    except (UnknownSettingError, SettingOutOfRangeError) as error:
        name = str(error.facts["key"]).removeprefix(f"{plugin_id}.")
        raise type(error)(**{**error.facts, "key": _site_key(kind, name), "device": kind.value}) from error


@contextmanager
def refused_as_given(given: Collection[str]) -> Iterator[None]:
    """Tell a refused setting as the command's where it was given there: nobody finds it in the site's settings file.

    Raises
    ------
    UnknownSettingError, SettingOutOfRangeError
        As they came; the facts' ``origin`` is "command" where the setting is one of ``given``.
    """
    try:
        yield
    except (UnknownSettingError, SettingOutOfRangeError) as error:
        if str(error.facts["key"]).rpartition(".")[2] not in given:
            raise
        raise type(error)(**{**error.facts, "origin": "command"}) from error


def _site_key(kind: DeviceKind, name: str) -> str:
    return f"devices.{kind.value}.settings.{name}"
