"""Make a signed package of a plugin's folder. The same folder and key make the same bytes every time."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from teller_assist.devices.manifest import MANIFEST_NAME, Manifest, read_manifest
from teller_assist.devices.packages.authority import sha256_of
from teller_assist.devices.packages.layout import (
    LARGEST_CONTENT_BYTES,
    MOST_FILES,
    PACKAGE_SUFFIX,
    SIGNATURE_NAME,
    WHEELS_FOLDER,
    first_clash,
    is_safe_path,
)
from teller_assist.errors import PluginIncompatibleError, PluginNotAuthorisedError, PluginPackageError
from teller_assist.settings.signing import Purpose, signed
from teller_assist.settings.whole_file import write_whole

_TIMESTAMP = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT = "__pycache__"
_PURE_WHEEL = "-none-any.whl"


@dataclass(frozen=True)
class Packed:
    """A package that was made."""

    path: Path
    manifest: Manifest
    files: int


def pack(folder: Path, key_file: Path, target: Path | None = None) -> Packed:
    """Judge a plugin's folder, sign it and write its package.

    What depends on the machine it will run on (plugin interface, product version, platform, provided modules) is not judged here.

    Parameters
    ----------
    folder
        Named as the plugin's id; ``__pycache__`` in it is left out.
    key_file
        The publisher's private key.
    target
        The package's file; None: ``ID-VERSION.tadp`` in the current folder.

    Raises
    ------
    PluginIncompatibleError
        The manifest is not right, or "wheel_not_pure".
    PluginNotAuthorisedError
        ``why``: unsafe_path, duplicate_name, too_large.
    PluginPackageError
        "plugin_output_taken".
    SigningError
        The key cannot be used.
    ResourceError
        The package cannot be written.
    """
    folder = folder.resolve()
    try:
        content = (folder / MANIFEST_NAME).read_bytes()
        manifest = read_manifest(content, folder, here=False)
        files = _read_files(folder)
    except OSError as error:
        raise PluginIncompatibleError(plugin=folder.name, why="manifest_missing", key="manifest") from error
    told = json.loads(content.decode("utf-8")) | {"files": {path: sha256_of(data) for path, data in sorted(files.items())}}
    signed_manifest = (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    signature = signed(Purpose.PLUGIN, signed_manifest, key_file)
    target = Path(f"{manifest.plugin_id}-{manifest.version}{PACKAGE_SUFFIX}") if target is None else target
    if target.exists():
        raise PluginPackageError("plugin_output_taken", file=target.name, why="package_there")
    write_whole(target, _zipped({MANIFEST_NAME: signed_manifest, SIGNATURE_NAME: signature, **dict(sorted(files.items()))}))
    return Packed(target, manifest, len(files))


def _read_files(folder: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    size_bytes = 0
    for relative, path in _walked(folder):
        if path.is_symlink() or not path.is_file() or not is_safe_path(relative):
            raise PluginNotAuthorisedError(plugin=folder.name, why="unsafe_path", file=ascii(relative)[:80])
        _judge_wheel(relative, folder.name)
        files[relative] = path.read_bytes()
        size_bytes += len(files[relative])
        if size_bytes > LARGEST_CONTENT_BYTES or len(files) > MOST_FILES:
            raise PluginNotAuthorisedError(plugin=folder.name, why="too_large")
    clash = first_clash([MANIFEST_NAME, SIGNATURE_NAME, *files])
    if clash is not None:
        raise PluginNotAuthorisedError(plugin=folder.name, why="duplicate_name", file=ascii(clash)[:80])
    return files


def _walked(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield what is packed besides the manifest and its signature; a linked folder is told as it is, not followed."""
    for parent, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        folders[:] = sorted(name for name in folders if name != _LEFT_OUT)
        for name in (*names, *links):
            path = Path(parent) / name
            relative = path.relative_to(folder).as_posix()
            if relative not in (MANIFEST_NAME, SIGNATURE_NAME):
                yield relative, path


def _judge_wheel(relative: str, plugin: str) -> None:
    """Python loads compiled code from files only: such a wheel could not be imported as it lies there."""
    if relative.endswith(".whl") and not (relative.startswith(f"{WHEELS_FOLDER}/") and relative.endswith(_PURE_WHEEL)):
        raise PluginIncompatibleError(plugin=plugin, why="wheel_not_pure", key=relative[:80])


def _zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, _TIMESTAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same bytes on Windows
            entry.external_attr = 0o100644 << 16
            package.writestr(entry, content)
    return target.getvalue()
