"""Which plugins this machine has, where each lies and who answers for it, and why one of them is refused.

device_plugins/     ship with the product, pinned by hash
<site>/plugins/     installed by the bank, signed by a publisher that it trusts
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from teller_assist.devices.authority import PLUGINS_FOLDER, Authority, ShippedAuthority
from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.manifest import Manifest
from teller_assist.devices.opening import judged_manifest
from teller_assist.devices.packages.authority import NoAuthority, SignedAuthority
from teller_assist.devices.packages.store import PluginStore
from teller_assist.errors import DeviceMissingError, PluginError, PluginNotAuthorisedError


class PluginState(StrEnum):
    """Whether a plugin may be started."""

    READY = "ready"
    REFUSED = "refused"


class PluginOrigin(StrEnum):
    """Who brought it."""

    SHIPPED = "shipped"
    INSTALLED = "installed"


@dataclass(frozen=True)
class PlacedPlugin:
    """Where one plugin lies and who answers for it.

    Attributes
    ----------
    folder
        Named as the plugin's id; None where the record of its installation is damaged.
    version
        As recorded when it was installed; None for what ships.
    """

    plugin_id: str
    folder: Path | None
    authority: Authority
    origin: PluginOrigin = PluginOrigin.SHIPPED
    version: str | None = None

    def judged(self) -> Manifest:
        """Return its manifest.

        Raises
        ------
        PluginNotAuthorisedError, PluginIncompatibleError
            It is refused; nothing of it has run.
        """
        return judged_manifest(self.place, self.authority)

    @property
    def place(self) -> Path:
        """Its folder.

        Raises
        ------
        PluginNotAuthorisedError
            "installation_damaged"
        """
        if self.folder is None:
            raise PluginNotAuthorisedError(plugin=self.plugin_id, why="installation_damaged")
        return self.folder


@dataclass(frozen=True)
class ListedPlugin:
    """One plugin.

    Attributes
    ----------
    manifest
        What it says about itself; None where it is refused.
    refusal
        Why it is refused; None where it is ready.
    version
        None where it is refused and no record says it.
    """

    plugin_id: str
    manifest: Manifest | None
    refusal: PluginError | None
    origin: PluginOrigin = PluginOrigin.SHIPPED
    version: str | None = None

    @property
    def state(self) -> PluginState:
        """Whether it may be started."""
        return PluginState.READY if self.refusal is None else PluginState.REFUSED

    @property
    def kinds(self) -> tuple[DeviceKind, ...]:
        """What it drives; empty where it is refused."""
        return () if self.manifest is None else self.manifest.kinds


class PluginShelf:
    """The plugins of this machine.

    Parameters
    ----------
    root
        The installation root.
    site
        The folder of the site's own files.
    leaves_out_installed
        After a start that did not finish: what the bank installed is refused, and listed with that reason.
    """

    def __init__(self, root: Path, site: Path, *, leaves_out_installed: bool = False) -> None:
        self._root = root
        self._store = PluginStore(site)
        self._installed: Authority = NoAuthority("start_unfinished") if leaves_out_installed else SignedAuthority(site)

    def find(self, plugin_id: str) -> PlacedPlugin:
        """Return one plugin, refused or not.

        Raises
        ------
        DeviceMissingError
            "no_plugin".
        """
        for placed in self._placed():
            if placed.plugin_id == plugin_id:
                return placed
        raise DeviceMissingError(why="no_plugin")

    def listed(self) -> tuple[ListedPlugin, ...]:
        """Judge every plugin: those that ship first, each by name; a refused one is listed with its reason, never left out."""
        return tuple(_listed(placed) for placed in self._placed())

    def has_installed(self) -> bool:
        """Return whether the bank installed any."""
        return bool(self._store.installed())

    def shipped_ids(self) -> frozenset[str]:
        """Return the ids that an installed plugin cannot have."""
        return frozenset(folder.name for folder in self._shipped_folders())

    def _placed(self) -> Iterator[PlacedPlugin]:
        for folder in self._shipped_folders():
            yield PlacedPlugin(folder.name, folder, ShippedAuthority())
        shipped = self.shipped_ids()  # the product may have been renewed after the installation
        for one in self._store.installed():
            authority = NoAuthority("id_ships") if one.plugin_id in shipped else self._installed
            yield PlacedPlugin(one.plugin_id, one.folder, authority, PluginOrigin.INSTALLED, one.version)

    def _shipped_folders(self) -> list[Path]:
        folder = self._root / PLUGINS_FOLDER
        if not folder.is_dir():
            return []
        return sorted(path for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__")


def _listed(placed: PlacedPlugin) -> ListedPlugin:
    try:
        manifest = placed.judged()
    except PluginError as error:
        return ListedPlugin(placed.plugin_id, None, error, placed.origin, placed.version)
    return ListedPlugin(placed.plugin_id, manifest, None, placed.origin, manifest.version)
