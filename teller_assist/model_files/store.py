"""The model files on this machine: where they lie, whether they are the right ones, and writing them whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
import time
from enum import StrEnum
from pathlib import Path

from teller_assist.errors import BugError, ModelAlteredError, ModelMissingError, ResourceError
from teller_assist.model_files.manifest import ModelEntry, ModelManifest, read_manifest
from teller_assist.settings.home import installation_root

_PART_SUFFIX = ".part"
_ABANDONED_AFTER_S = 3600.0


class ModelState(StrEnum):
    """State of a model's file on this machine."""

    READY = "ready"
    MISSING = "missing"
    ALTERED = "altered"
    SELF_CHECK_FAILED = "self_check_failed"


class ModelStore:
    """The manifest together with the folder that its files lie in.

    Parameters
    ----------
    manifest
        Every model there can be.
    folder
        Where the files that run lie; made when the first one is written.
    shipped
        Where those lie that were trained here and belong to the installation; beside the others when left out.
    """

    def __init__(self, manifest: ModelManifest, folder: Path, shipped: Path | None = None) -> None:
        self.manifest = manifest
        self.folder = folder
        self._shipped = folder if shipped is None else shipped

    def path(self, entry: ModelEntry) -> Path:
        """Return where the model's file lies, or would lie."""
        return (self._shipped if entry.preparation == "shipped" else self.folder) / entry.file

    def state(self, entry: ModelEntry) -> ModelState:
        """Hash the model's file and its companions and say what they are; whether it also runs only a self-check can tell."""
        try:
            for one in entry.files:
                self.read_verified(one)
        except ModelMissingError:
            return ModelState.MISSING
        except ModelAlteredError:
            return ModelState.ALTERED
        return ModelState.READY

    def read_verified(self, entry: ModelEntry) -> bytes:
        """Read the model's file once and return those very bytes, hashed.

        Opening the path again afterwards would leave a gap in which the file can be exchanged: give these bytes to the engine.

        Raises
        ------
        ModelMissingError
            There is no such file, or it cannot be opened.
        ModelAlteredError
            Its size or its sha256 is not the manifest's.
        """
        try:
            with self.path(entry).open("rb") as file:
                # One byte more than it should have, so that a larger file shows without being read whole.
                data = file.read(entry.size_bytes + 1)
        except OSError as error:
            why = "not_there" if isinstance(error, FileNotFoundError) else "not_readable"
            raise ModelMissingError("model_missing", model=entry.model_id, why=why) from error
        if len(data) != entry.size_bytes:
            raise ModelAlteredError("model_altered", model=entry.model_id, why="size")
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise ModelAlteredError("model_altered", model=entry.model_id, why="sha256")
        return data

    def write(self, entry: ModelEntry, data: bytes) -> None:
        """Put the file that runs in its place, whole or not at all; a half-written or altered one is replaced.

        Parameters
        ----------
        entry
            The model.
        data
            Bytes whose sha256 is the manifest's.

        Raises
        ------
        ResourceError
            The folder cannot be written, or the disk is full.
        BugError
            The bytes are not the manifest's.
        """
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise BugError("only verified bytes may enter the model folder")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._remove_abandoned_parts()
            _write_whole(self.path(entry), data)
        except OSError as error:
            reason = "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "folder_not_writable"
            raise ResourceError(reason, folder="models/files") from error

    def _remove_abandoned_parts(self) -> None:
        """Clear away what a process that was killed while writing left behind; another that is still writing keeps its own."""
        for part in self.folder.glob(f"*{_PART_SUFFIX}"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - part.stat().st_mtime > _ABANDONED_AFTER_S:
                    part.unlink()


def _write_whole(path: Path, data: bytes) -> None:
    """Write beside the file, force it to the disk, then rename: after a power cut there is the old file or the new one."""
    handle, part_name = tempfile.mkstemp(dir=path.parent, suffix=_PART_SUFFIX)
    part = Path(part_name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files that only their owner can read; IT installs, tellers read.
        part.chmod(0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Force the folder's own entry to the disk where the system knows that (not on Windows)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_store(root: Path | None = None) -> ModelStore:
    """Open the model folder of an installation.

    Parameters
    ----------
    root
        The installation root; found by itself when left out.

    Raises
    ------
    SettingsFileError
        The installation or its manifest cannot be read.
    """
    folder = (installation_root() if root is None else root) / "models"
    return ModelStore(read_manifest(folder / "manifest.toml"), folder / "files", folder / "trained")
