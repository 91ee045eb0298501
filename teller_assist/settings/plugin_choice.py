"""Which plugin drives a device of the counter: the site's choice, and what it sets for that plugin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from teller_assist.settings.declaring import Value, setting, undeclared_settings


@dataclass(frozen=True)
class PluginChoice:
    """One device's plugin.

    Attributes
    ----------
    plugin
        Its id; empty: the counter has no such device.
    settings
        By name; only the plugin's own manifest knows which there are, so that they are judged when the device is opened.
    """

    plugin: str = setting(
        "",
        zh="驱动该设备的插件编号（teller-assist plugin list）；留空则本柜台没有该设备",
        en="id of the plugin that drives it (teller-assist plugin list); empty: the counter has no such device",
    )
    settings: Mapping[str, Value] = undeclared_settings()

    def settings_of(self, plugin_id: str) -> Mapping[str, Value]:
        """What is set for one plugin; empty where another one is chosen: settings belong to their plugin."""
        return self.settings if plugin_id == self.plugin else {}

    @property
    def is_made(self) -> bool:
        """Whether the site said anything about this device."""
        return bool(self.plugin or self.settings)
