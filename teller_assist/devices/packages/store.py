"""Which version of which plugin a bank installed on this machine; the previous one is kept.

    plugins/ID/installed.json           which version counts, and which did before: replaced in one step
    plugins/ID/VERSION-xxxxxxxx/ID/     one version's files, never changed after they were laid down
    plugins/.incoming-xxxxxxxx/ID/      a package that is being judged

A machine that stops at any moment has the version before or the one after, whole. The folder belongs to the administrator.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from teller_assist.devices.manifest import MANIFEST_NAME, PLUGIN_ID, Manifest
from teller_assist.devices.opening import judged_manifest
from teller_assist.devices.packages.archive import Unpacked, unpack
from teller_assist.devices.packages.authority import SignedAuthority
from teller_assist.errors import PluginError, PluginNotAuthorisedError, PluginPackageError, SettingsFileError
from teller_assist.settings.file_lock import lock_at_once
from teller_assist.settings.signing import TrustedKey
from teller_assist.settings.whole_file import as_resource_error, write_whole

STORE_FOLDER = "plugins"
_RECORD_NAME = "installed.json"
_SCHEMA = "installed/1"
_INCOMING = ".incoming-"
_LOCK_NAME = ".lock"
_VERSION_FOLDER = re.compile(r"([0-9]+\.[0-9]+\.[0-9]+)-[0-9a-z_]{8}")
_ABANDONED_AFTER_S = 3_600.0
_WAIT_FOR_LOCK_S = 10.0


@dataclass(frozen=True)
class InstalledPlugin:
    """What the record of one plugin says.

    Attributes
    ----------
    folder
        Where the version that counts lies; None where the record is damaged.
    version, previous_version
        Of the version that counts, and of the one before; None where there is none or the record is damaged.
    """

    plugin_id: str
    folder: Path | None
    version: str | None = None
    previous_folder: Path | None = None
    previous_version: str | None = None


@dataclass(frozen=True)
class Change:
    """What an installation or a return to the previous version did.

    Attributes
    ----------
    changed
        False: this very package was installed already, and whole.
    key
        Who signed it; None for a return.
    """

    manifest: Manifest
    previous_version: str | None
    changed: bool = True
    key: TrustedKey | None = None


class PluginStore:
    """The installed plugins of a site.

    Parameters
    ----------
    site
        The folder of the site's own files; the plugins lie in ``plugins`` below it. Need not exist.
    """

    def __init__(self, site: Path) -> None:
        self._folder = site / STORE_FOLDER
        self._authority = SignedAuthority(site)

    def installed(self) -> tuple[InstalledPlugin, ...]:
        """Return every installed plugin by name, also those whose record is damaged.

        Raises
        ------
        SettingsFileError
            "settings_unreadable": this user may not look into the folder.
        """
        try:
            names = sorted(path.name for path in self._folder.iterdir() if PLUGIN_ID.fullmatch(path.name) and path.is_dir())
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise SettingsFileError("settings_unreadable", file=STORE_FOLDER, origin="site") from error
        return tuple(one for name in names if (one := self._recorded(name)) is not None)

    def find(self, plugin_id: str) -> InstalledPlugin:
        """Return one installed plugin.

        Raises
        ------
        PluginPackageError
            "plugin_not_installed".
        """
        found = self._recorded(plugin_id) if PLUGIN_ID.fullmatch(plugin_id) else None
        if found is None:
            raise PluginPackageError("plugin_not_installed", plugin=plugin_id[:40])
        return found

    def verify(self, package: Path) -> Unpacked:
        """Judge a package as ``install`` does, and leave nothing of it; the folder in the answer is gone.

        Raises
        ------
        PluginPackageError, PluginNotAuthorisedError, PluginIncompatibleError, ResourceError
            See ``archive.unpack``.
        """
        with tempfile.TemporaryDirectory(prefix="teller-assist-plugin-") as scratch:
            return unpack(package, Path(scratch), self._authority)

    def install(self, package: Path, shipped: frozenset[str]) -> Change:
        """Judge a package, lay it down and let it count; the version that counted is kept for ``roll_back``.

        Parameters
        ----------
        shipped
            Ids of the plugins that ship with the product.

        Raises
        ------
        PluginPackageError
            "package_missing", "plugin_ships".
        PluginNotAuthorisedError, PluginIncompatibleError
            See ``archive.unpack``; what counted before still does.
        ResourceError
            The folder cannot be written, or the disk is full; what counted before still does.
        """
        with self._alone(), self._incoming() as incoming:
            unpacked = unpack(package, incoming, self._authority)
            plugin_id = unpacked.manifest.plugin_id
            if plugin_id in shipped:
                raise PluginPackageError("plugin_ships", plugin=plugin_id)
            before = self._recorded(plugin_id)
            if before is not None and self._is_same(before, unpacked):
                return Change(unpacked.manifest, before.previous_version, changed=False, key=unpacked.key)
            current, previous = self._laid_down(unpacked, incoming), self._worth_keeping(before)
            self._count(plugin_id, current, previous)
            self._clean(plugin_id, {current, previous})
            return Change(unpacked.manifest, _version_of(previous), key=unpacked.key)

    def roll_back(self, plugin_id: str) -> Change:
        """Let the previous version count again, and keep the other; done twice it changes nothing.

        Raises
        ------
        PluginPackageError
            "plugin_not_installed", "no_previous_version".
        PluginNotAuthorisedError, PluginIncompatibleError
            The previous version is refused; nothing was changed.
        ResourceError
            The folder cannot be written.
        """
        with self._alone():
            found = self.find(plugin_id)
            if found.previous_folder is None:
                raise PluginPackageError("no_previous_version", plugin=plugin_id)
            manifest = judged_manifest(found.previous_folder, self._authority)
            other = None if found.folder is None else found.folder.parent.name
            self._count(plugin_id, found.previous_folder.parent.name, other)
            return Change(manifest, found.version)

    def remove(self, plugin_id: str) -> InstalledPlugin:
        """Let a plugin count no more, and remove both its versions.

        Raises
        ------
        PluginPackageError
            "plugin_not_installed".
        ResourceError
            The folder cannot be written.
        """
        with self._alone():
            found = self.find(plugin_id)
            try:
                (self._folder / plugin_id / _RECORD_NAME).unlink(missing_ok=True)  # from here on it is not installed
            except OSError as error:
                raise as_resource_error(error, STORE_FOLDER) from error
            shutil.rmtree(self._folder / plugin_id, ignore_errors=True)  # what a running station holds goes another time
            return found

    # ------------------------------------------------------------ what is recorded

    def _recorded(self, plugin_id: str) -> InstalledPlugin | None:
        folder = self._folder / plugin_id
        try:
            told = json.loads((folder / _RECORD_NAME).read_bytes())
            if told["schema"] != _SCHEMA:
                raise ValueError("schema")
            current, previous = str(told["current"]), told["previous"]
            versions = _version_of(current), _version_of(previous)
            if versions[0] is None or (previous is not None and versions[1] is None):
                raise ValueError("version")
        except (FileNotFoundError, NotADirectoryError):
            # a folder that was copied by hand, or an installation that was cut short: refused, and never just missing
            return InstalledPlugin(plugin_id, None) if folder.is_dir() else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return InstalledPlugin(plugin_id, None)
        kept = None if previous is None else folder / previous / plugin_id
        return InstalledPlugin(plugin_id, folder / current / plugin_id, versions[0], kept, versions[1])

    def _count(self, plugin_id: str, current: str, previous: str | None) -> None:
        document = {"schema": _SCHEMA, "current": current, "previous": previous}
        record = self._folder / plugin_id / _RECORD_NAME
        write_whole(record, (json.dumps(document, indent=1) + "\n").encode())
        record.chmod(0o644)  # tellers read what an administrator wrote, whatever he usually lets others do

    def _is_same(self, before: InstalledPlugin, unpacked: Unpacked) -> bool:
        """Return whether this very package counts already, and is still what was signed."""
        if before.folder is None:
            return False
        try:
            self._authority.check(before.folder)
            return _manifest_bytes(before.folder) == _manifest_bytes(unpacked.folder)
        except (PluginNotAuthorisedError, OSError):
            return False

    def _worth_keeping(self, before: InstalledPlugin | None) -> str | None:
        """Return the version to go back to: the one that counted, or, where that one is damaged, the one before."""
        if before is None:
            return None
        for folder in (before.folder, before.previous_folder):
            with contextlib.suppress(PluginError):
                if folder is not None:
                    self._authority.check(folder)
                    return folder.parent.name
        return None

    # ------------------------------------------------------------ folders

    @contextlib.contextmanager
    def _incoming(self) -> Iterator[Path]:
        try:
            folder = Path(tempfile.mkdtemp(prefix=_INCOMING, dir=self._folder))
        except OSError as error:
            raise as_resource_error(error, STORE_FOLDER) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _laid_down(self, unpacked: Unpacked, incoming: Path) -> str:
        name = f"{unpacked.manifest.version}-{incoming.name.removeprefix(_INCOMING)}"
        target = self._folder / unpacked.manifest.plugin_id / name
        try:
            target.parent.mkdir(exist_ok=True)
            for folder in (self._folder, target.parent, incoming, *(path for path in incoming.rglob("*") if path.is_dir())):
                folder.chmod(0o755)  # tellers run what an administrator laid down
            incoming.rename(target)
        except OSError as error:
            raise as_resource_error(error, STORE_FOLDER) from error
        return name

    def _clean(self, plugin_id: str, kept: set[str | None]) -> None:
        """Remove versions that nobody can go back to, and what an interrupted installation left."""
        for path in (self._folder / plugin_id).iterdir():
            if path.is_dir() and path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)
        for path in self._folder.glob(f"{_INCOMING}*"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _ABANDONED_AFTER_S:
                    shutil.rmtree(path, ignore_errors=True)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the store: two administrators' commands come one after the other."""
        try:
            if not self._folder.is_dir():
                self._folder.mkdir(parents=True, exist_ok=True)
                self._folder.chmod(0o755)  # tellers look into it, whatever an administrator usually lets others do
            file = (self._folder / _LOCK_NAME).open("ab")
        except OSError as error:
            raise as_resource_error(error, STORE_FOLDER) from error
        with file:
            until_s = time.monotonic() + _WAIT_FOR_LOCK_S
            while not _is_locked(file):
                if time.monotonic() > until_s:
                    raise PluginPackageError("plugin_store_in_use")
                time.sleep(0.05)
            yield


def _is_locked(file: IO[bytes]) -> bool:
    try:
        lock_at_once(file)
    except OSError:
        return False
    return True


def _version_of(folder_name: str | None) -> str | None:
    found = None if folder_name is None else _VERSION_FOLDER.fullmatch(folder_name)
    return None if found is None else found.group(1)


def _manifest_bytes(folder: Path) -> bytes:
    return (folder / MANIFEST_NAME).read_bytes()
