"""Which plugins lie in the installation, and why one of them is refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from teller_assist.devices.authority import PLUGINS_FOLDER, Authority
from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.manifest import Manifest
from teller_assist.devices.opening import judged_manifest
from teller_assist.errors import PluginError


class PluginState(StrEnum):
    """Whether a plugin may be started."""

    READY = "ready"
    REFUSED = "refused"


@dataclass(frozen=True)
class ListedPlugin:
    """One plugin's folder.

    Attributes
    ----------
    manifest
        What it says about itself; None where it is refused.
    refusal
        Why it is refused; None where it is ready.
    """

    plugin_id: str
    manifest: Manifest | None
    refusal: PluginError | None

    @property
    def state(self) -> PluginState:
        """Whether it may be started."""
        return PluginState.READY if self.refusal is None else PluginState.REFUSED

    @property
    def kinds(self) -> tuple[DeviceKind, ...]:
        """What it drives; empty where it is refused."""
        return () if self.manifest is None else self.manifest.kinds


def list_plugins(root: Path, authority: Authority) -> tuple[ListedPlugin, ...]:
    """Return every plugin's folder below ``device_plugins``, by name; a refused one is listed with its reason, never left out."""
    folder = root / PLUGINS_FOLDER
    found = sorted(path for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__") if folder.is_dir() else []
    return tuple(_listed(path, authority) for path in found)


def _listed(folder: Path, authority: Authority) -> ListedPlugin:
    try:
        return ListedPlugin(folder.name, judged_manifest(folder, authority), None)
    except PluginError as error:
        return ListedPlugin(folder.name, None, error)
