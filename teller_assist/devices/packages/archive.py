"""Judge a package and unpack it. Nothing of it is written before its structure, its signature and its list of files are right.

end record -> names and sizes -> signature under the manifest -> list of files -> each file while it is unpacked -> manifest
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from teller_assist.devices.manifest import MANIFEST_NAME, PLUGIN_ID, Manifest, read_manifest
from teller_assist.devices.packages.authority import SignedAuthority, signed_files
from teller_assist.devices.packages.layout import (
    LARGEST_CONTENT_BYTES,
    LARGEST_MANIFEST_BYTES,
    LARGEST_PACKAGE_BYTES,
    MOST_FILES,
    SIGNATURE_NAME,
    first_clash,
    is_safe_path,
)
from teller_assist.errors import PluginIncompatibleError, PluginNotAuthorisedError, PluginPackageError
from teller_assist.settings.signing import TrustedKey
from teller_assist.settings.whole_file import as_resource_error

_END = struct.Struct("<4s4H2LH")  # end of central directory record (APPNOTE.TXT 4.3.16)
_END_SIGNATURE = b"PK\x05\x06"
_LOCATOR_SIGNATURE, _LOCATOR_BYTES = b"PK\x06\x07", 20  # of ZIP64 (4.3.15)
_LARGEST_DIRECTORY_BYTES = 4_000_000
_ENCRYPTED = 0x1
_DOS_FOLDER = 0x10
_CHUNK_BYTES = 1_000_000
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error, ValueError)


@dataclass(frozen=True)
class Unpacked:
    """A package that was judged and lies unpacked in a folder of its own, which is named as the plugin's id."""

    folder: Path
    manifest: Manifest
    key: TrustedKey
    files: int


def unpack(package: Path, parent: Path, authority: SignedAuthority) -> Unpacked:
    """Judge a package whole and unpack it into ``parent/ID``.

    Parameters
    ----------
    parent
        An empty folder; the caller removes it where this raises.

    Raises
    ------
    PluginPackageError
        "package_missing".
    PluginNotAuthorisedError
        ``why``: not_a_package, too_large, unsafe_path, duplicate_name, bad_signature, unknown_key, keys_file_unsafe,
        keys_file_unreadable, file_added, file_removed, file_changed.
    PluginIncompatibleError
        The manifest does not fit this product or machine.
    ResourceError
        The folder cannot be written.
    """
    with _opened(package) as (archive, entries):
        manifest = _small(archive, entries, MANIFEST_NAME, package.name, "not_a_package")
        signature = _small(archive, entries, SIGNATURE_NAME, package.name, "bad_signature")
        key = authority.check_signature(manifest, signature, package.name)
        files = signed_files(manifest, package.name)
        _compare_names(entries.keys() - {MANIFEST_NAME, SIGNATURE_NAME}, files.keys(), package.name)
        folder = parent / _plugin_id(manifest, package.name)
        try:
            folder.mkdir()
            for path, content in ((MANIFEST_NAME, manifest), (SIGNATURE_NAME, signature)):
                _write(folder / path, iter((content,)))
            for path, sha256 in files.items():
                if _written_sha256(archive, entries[path], folder / path) != sha256:
                    raise _refusal(package.name, "file_changed", path)
        except OSError as error:
            raise as_resource_error(error, package.name) from error
    judged = read_manifest(manifest, folder)
    if judged.interpreter is not None:
        (folder / judged.interpreter).chmod(0o755)
    authority.check(folder)  # what lies there now is what every start will compare
    return Unpacked(folder, judged, key, len(files))


@contextmanager
def _opened(package: Path) -> Iterator[tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]]:
    try:
        with package.open("rb") as file:
            _judge_end(file, package.name)
            with _zip_file(file, package.name) as archive:
                yield archive, _judged_entries(archive, package.name)
    except OSError as error:  # also a stick that was pulled out; what cannot be written is told by another name
        raise PluginPackageError("package_missing", file=package.name) from error


def _zip_file(file: IO[bytes], package: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except _DAMAGE as error:
        raise _refusal(package, "not_a_package") from error


def _judge_end(file: IO[bytes], package: str) -> None:
    """Judge the end record before anything is read by it: a directory of millions of entries would fill the memory."""
    size_bytes = file.seek(0, os.SEEK_END)
    if size_bytes > LARGEST_PACKAGE_BYTES:
        raise _refusal(package, "too_large")
    if size_bytes < _END.size:
        raise _refusal(package, "not_a_package")
    file.seek(max(0, size_bytes - _END.size - _LOCATOR_BYTES))
    tail = file.read()
    signature, _, _, _, entries, directory_bytes, offset, comment_bytes = _END.unpack(tail[-_END.size :])
    if signature != _END_SIGNATURE or comment_bytes or tail.startswith(_LOCATOR_SIGNATURE):
        raise _refusal(package, "not_a_package")
    if offset + directory_bytes + _END.size != size_bytes:  # zipfile would move every entry by the difference
        raise _refusal(package, "not_a_package")
    if entries > MOST_FILES + 2 or directory_bytes > _LARGEST_DIRECTORY_BYTES:
        raise _refusal(package, "too_large")
    file.seek(0)


def _judged_entries(archive: zipfile.ZipFile, package: str) -> dict[str, zipfile.ZipInfo]:
    entries = archive.infolist()
    if len(entries) > MOST_FILES + 2 or sum(one.file_size for one in entries) > LARGEST_CONTENT_BYTES:
        raise _refusal(package, "too_large")
    for one in entries:
        # (zipfile itself cuts a name at its first NUL and turns backslashes on Windows: the name as it stands is judged)
        if not is_safe_path(one.orig_filename) or not _is_plain_file(one):
            raise _refusal(package, "unsafe_path", one.orig_filename)
        if (
            one.header_offset >= archive.start_dir
            or one.flag_bits & _ENCRYPTED
            or one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        ):
            raise _refusal(package, "not_a_package", one.orig_filename)
    clash = first_clash([one.orig_filename for one in entries])
    if clash is not None:
        raise _refusal(package, "duplicate_name", clash)
    return {one.orig_filename: one for one in entries}


def _is_plain_file(entry: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return kind in (0, stat.S_IFREG) and not entry.external_attr & _DOS_FOLDER


def _small(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], name: str, package: str, why: str) -> bytes:
    if name not in entries:
        raise _refusal(package, why, name)
    if entries[name].file_size > LARGEST_MANIFEST_BYTES:
        raise _refusal(package, "too_large", name)
    try:
        return archive.read(entries[name])
    except _DAMAGE as error:
        raise _refusal(package, "file_changed", name) from error


def _compare_names(found: Set[str], told: Set[str], package: str) -> None:
    for why, paths in (("file_added", found - told), ("file_removed", told - found)):
        if paths:
            raise _refusal(package, why, min(paths))


def _plugin_id(manifest: bytes, package: str) -> str:
    told = json.loads(manifest.decode("utf-8")).get("id")
    if not isinstance(told, str) or PLUGIN_ID.fullmatch(told) is None:
        raise PluginIncompatibleError(plugin=package, why="wrong_value", key="id")
    return told


def _written_sha256(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> str:
    """Unpack one file; return its sha256, or "" where it is damaged. No more is written than its entry says."""
    digest = hashlib.sha256()

    def hashed() -> Iterator[bytes]:
        for chunk in _chunks(archive, entry):
            digest.update(chunk)
            yield chunk

    try:
        _write(target, hashed())
    except _DAMAGE:
        return ""
    return digest.hexdigest()


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(entry) as source:
            while chunk := source.read(_CHUNK_BYTES):
                yield chunk
    except OSError as error:  # told apart from what cannot be written
        raise PluginPackageError("package_missing", file=entry.filename[:80]) from error


def _write(target: Path, chunks: Iterator[bytes]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    target.chmod(0o644)


def _refusal(package: str, why: str, file: str = "") -> PluginNotAuthorisedError:
    facts = {"file": ascii(file)[1:-1][:80]} if file else {}
    return PluginNotAuthorisedError(plugin=package, package=package, why=why, **facts)
