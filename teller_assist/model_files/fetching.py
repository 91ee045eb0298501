"""Getting a model onto this machine: one source after the other until one delivers the very bytes that the manifest names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from teller_assist.errors import BugError, ModelSourceError
from teller_assist.model_files.folding import fold_to_float32
from teller_assist.model_files.manifest import FolderSource, ModelEntry, Source
from teller_assist.model_files.sources import FetchMeans, read_source, source_failed, source_name
from teller_assist.model_files.store import ModelState, ModelStore


@dataclass(frozen=True)
class FetchStep:
    """What the fetching of a model is doing now, for a line of progress.

    Attributes
    ----------
    kind
        already_ready, trying (a source), source_failed (with why), preparing, stored.
    source
        "folder", "wheel" or "https", where the step is about one.
    size_bytes
        Size of the published file, where it is about to be loaded.
    """

    model_id: str
    kind: Literal["already_ready", "trying", "source_failed", "preparing", "stored"]
    source: str = ""
    why: str = ""
    size_bytes: int = 0


Progress = Callable[[FetchStep], None]


def fetch_model(store: ModelStore, entry: ModelEntry, means: FetchMeans, progress: Progress) -> None:
    """Bring a model's file and its companions into the store unless the right ones lie there; a wrong one is replaced.

    Parameters
    ----------
    store
        Where the file shall lie.
    entry
        The model.
    means
        Folder and time limits.
    progress
        Called with each step.

    Raises
    ------
    ModelSourceError
        No source could deliver it; the fact ``tried`` lists each with its reason.
    ResourceError
        The model folder cannot be written, or the disk is full.
    """
    if store.state(entry) is ModelState.READY:
        progress(FetchStep(entry.model_id, "already_ready"))
        return
    for one in entry.files:
        if store.state(one) is not ModelState.READY:
            _fetch_file(store, one, means, progress)
    progress(FetchStep(entry.model_id, "stored"))


def _fetch_file(store: ModelStore, entry: ModelEntry, means: FetchMeans, progress: Progress) -> None:
    wanted = (entry.sha256,) if entry.preparation == "convert" else (entry.sha256, entry.source_sha256)
    data = obtain(entry, wanted, means, progress)
    progress(FetchStep(entry.model_id, "preparing"))
    store.write(entry, _prepared(entry, data))


def obtain(entry: ModelEntry, wanted_sha256: tuple[str, ...], means: FetchMeans, progress: Progress) -> bytes:
    """Return the first bytes, source by source, whose hash is one of those wanted.

    Raises
    ------
    ModelSourceError
        No source delivered them.
    """
    failures = []
    for source in entry.sources:
        name = source_name(source)
        unusable = _why_unusable(entry, source, wanted_sha256, means)
        if unusable:
            # Nothing was tried, so no line of progress: it would read like a failure.
            failures.append(f"{name}: {unusable}")
            continue
        progress(FetchStep(entry.model_id, "trying", name, size_bytes=entry.source_bytes))
        try:
            return _obtain_from(entry, source, wanted_sha256, means)
        except ModelSourceError as error:
            why = str(error.facts["why"])
            failures.append(f"{name}: {why}")
            progress(FetchStep(entry.model_id, "source_failed", name, why))
    raise ModelSourceError("model_source_failed", model=entry.model_id, tried=", ".join(failures))


def _why_unusable(entry: ModelEntry, source: Source, wanted_sha256: tuple[str, ...], means: FetchMeans) -> str:
    """Return why a source need not be asked, or "" where it can help."""
    if isinstance(source, FolderSource):
        return "not_set" if means.model_folder is None else ""
    # Only a folder can hold a converted file; loading the authors' weights would help nobody here.
    return "" if entry.source_sha256 in wanted_sha256 else "needs_conversion"


def _obtain_from(entry: ModelEntry, source: Source, wanted_sha256: tuple[str, ...], means: FetchMeans) -> bytes:
    data = read_source(entry, source, means)
    if hashlib.sha256(data).hexdigest() not in wanted_sha256:
        raise source_failed(entry, source_name(source), "altered")
    return data


def _prepared(entry: ModelEntry, data: bytes) -> bytes:
    """Turn the published file into the file that runs; a file that already is passes through."""
    if hashlib.sha256(data).hexdigest() == entry.sha256:
        return data
    if entry.preparation != "fold":
        raise BugError(f"{entry.model_id}: no preparation leads from the published file to the one that runs")
    folded = fold_to_float32(data)
    if hashlib.sha256(folded).hexdigest() != entry.sha256:
        # Another onnx library than the locked one may serialise otherwise.
        raise ModelSourceError("model_source_failed", model=entry.model_id, tried="folded file differs from the manifest")
    return folded
