"""The product's own reader, opened for an evaluation and closed after it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from teller_assist.documents.engine import EngineIdentity
from teller_assist.documents.orientation import ORIENTATION_MODEL, CardOrientation
from teller_assist.documents.reader import DocumentReader
from teller_assist.documents.worker_client import WorkerEngine, launch_of
from teller_assist.model_files.store import ModelStore
from teller_assist.settings.documents import DocumentsSettings


@contextmanager
def open_reader(
    settings: DocumentsSettings, root: Path, store: ModelStore, day: datetime.date
) -> Iterator[tuple[DocumentReader, EngineIdentity]]:
    """Start the engine, wait until it is warm, and hand out a reader.

    Parameters
    ----------
    root
        The installation.
    day
        On which cards must be in force.

    Raises
    ------
    DocumentEngineError
        The engine does not start.
    ModelMissingError, ModelAlteredError
        A model is not there, or not the one that was published.
    """
    engine = WorkerEngine(launch_of(settings, root), store)
    try:
        orientation = CardOrientation(store, store.manifest.entry(ORIENTATION_MODEL))
        identity = engine.warm()
        yield DocumentReader(engine, orientation, lambda: day), identity
    finally:
        engine.close()
