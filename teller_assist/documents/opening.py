"""The product's own reader, opened for whoever reads: a command, an evaluation, a station."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from teller_assist.documents.engine import EngineIdentity
from teller_assist.documents.orientation import ORIENTATION_MODEL, CardOrientation
from teller_assist.documents.reader import DocumentReader
from teller_assist.documents.worker_client import WorkerEngine, launch_of
from teller_assist.evidence.pictures import Picture
from teller_assist.model_files.store import ModelStore
from teller_assist.settings.documents import DocumentsSettings


@contextmanager
def open_reader(
    settings: DocumentsSettings,
    root: Path,
    store: ModelStore,
    today: Callable[[], datetime.date],
    *,
    shows_face: Callable[[Picture], bool] | None = None,
) -> Iterator[tuple[DocumentReader, EngineIdentity]]:
    """Start the engine, wait until it is warm, and hand out a reader; the engine ends with it.

    Parameters
    ----------
    root
        The installation.
    today
        The day on which cards must be in force.
    shows_face
        See ``DocumentReader``.

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
        yield DocumentReader(engine, orientation, today, shows_face=shows_face), identity
    finally:
        engine.close()


class StationReading:
    """A station's reader: there at once, ready once its engine is warm, closed with the station.

    No face is looked for on its scans: whether the customer may be looked at is not settled when a page is scanned.

    Parameters
    ----------
    root
        The installation.

    Raises
    ------
    DocumentEngineError
        "document_engine_missing": the documents environment is not installed.
    ModelMissingError, ModelAlteredError
        A model is not there, or not the one that was published.
    """

    def __init__(self, settings: DocumentsSettings, root: Path, store: ModelStore, today: Callable[[], datetime.date]) -> None:
        self._engine = WorkerEngine(launch_of(settings, root), store)
        self._engine.check()
        self.reader = DocumentReader(self._engine, CardOrientation(store, store.manifest.entry(ORIENTATION_MODEL)), today)

    def warm(self) -> None:
        """Start the engine and wait until it is ready; errors as for ``TextEngine``."""
        self._engine.warm()

    def close(self) -> None:
        """End the engine, at once even while it reads."""
        self._engine.close()
