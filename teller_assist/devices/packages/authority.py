"""Answers for plugins that a bank installed: the files are those that a trusted publisher signed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from teller_assist.devices.authority import compare_with_pins
from teller_assist.devices.manifest import MANIFEST_NAME
from teller_assist.devices.packages.layout import LARGEST_MANIFEST_BYTES, SIGNATURE_NAME
from teller_assist.errors import PluginNotAuthorisedError, SigningError
from teller_assist.settings.signing import Purpose, TrustedKey, read_trusted_keys


class SignedAuthority:
    """Knows the plugins whose manifest a trusted key signed; the manifest holds every file's sha256.

    The keys are read each time: a key that was withdrawn does not count from the next start on.

    Parameters
    ----------
    site
        The folder of the site's own files, where the trusted keys lie.
    """

    def __init__(self, site: Path) -> None:
        self._site = site

    def check(self, folder: Path) -> None:
        """Check the signature, then every file; see ``devices.authority.Authority``.

        Raises
        ------
        PluginNotAuthorisedError
            ``why``: bad_signature, unknown_key, keys_file_unsafe, keys_file_unreadable, file_added, file_removed, file_changed.
        """
        manifest = _read(folder, MANIFEST_NAME, "file_removed")
        signature = _read(folder, SIGNATURE_NAME, "bad_signature")
        self.check_signature(manifest, signature, folder.name)
        own = {MANIFEST_NAME: sha256_of(manifest), SIGNATURE_NAME: sha256_of(signature)}
        compare_with_pins(folder, signed_files(manifest, folder.name) | own, sha256_of=sha256_of, passes_byte_code=False)

    def check_signature(self, manifest: bytes, signature: bytes, plugin: str) -> TrustedKey:
        """Return whose signature stands under a manifest.

        Raises
        ------
        PluginNotAuthorisedError
            ``why``: bad_signature, unknown_key, keys_file_unsafe, keys_file_unreadable.
        """
        try:
            return read_trusted_keys(self._site).check(Purpose.PLUGIN, manifest, signature)
        except SigningError as error:
            raise PluginNotAuthorisedError(plugin=plugin, **{"file": SIGNATURE_NAME, **error.facts}) from error


class NoAuthority:
    """Answers for no plugin.

    Parameters
    ----------
    why
        A code of the wording group ``plugin_why``.
    """

    def __init__(self, why: str) -> None:
        self._why = why

    def check(self, folder: Path) -> None:
        """Refuse."""
        raise PluginNotAuthorisedError(plugin=folder.name, why=self._why)


def sha256_of(content: bytes) -> str:
    """Return the sha256 of a file as it is; no line ends are turned in a package."""
    return hashlib.sha256(content).hexdigest()


def signed_files(manifest: bytes, plugin: str) -> dict[str, str]:
    """Return sha256 by path of a signed manifest; what is no table of files authorises none.

    Raises
    ------
    PluginNotAuthorisedError
        "bad_signature": what was signed is no manifest of a package.
    """
    try:
        files = json.loads(manifest.decode("utf-8"))["files"]
        if len(manifest) > LARGEST_MANIFEST_BYTES or not all(type(path) is type(sha256) is str for path, sha256 in files.items()):
            raise ValueError("files")
        return dict(files)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PluginNotAuthorisedError(plugin=plugin, why="bad_signature", file=MANIFEST_NAME) from error


def _read(folder: Path, name: str, why: str) -> bytes:
    path = folder / name
    try:
        if path.is_symlink():
            raise PluginNotAuthorisedError(plugin=folder.name, why="file_changed", file=name)
        return path.read_bytes()
    except OSError as error:
        raise PluginNotAuthorisedError(plugin=folder.name, why=why, file=name) from error
