"""What reads documents is opened whole or says what is missing, and ends with whoever opened it."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pytest

from teller_assist.app import Installation
from teller_assist.documents.opening import StationReading, open_reader
from teller_assist.documents.worker_client import DETECTION_MODEL
from teller_assist.errors import DocumentEngineError, ModelMissingError
from teller_assist.evaluation.documents.picture_making import make_picture
from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.printed import DocumentKind
from teller_assist.model_files.store import ModelStore
from teller_assist.pictures.decode import decode_picture
from teller_assist.settings.documents import DocumentsSettings
from teller_assist.wording import sentence


def today() -> datetime.date:
    return datetime.date(2026, 12, 1)


@pytest.fixture
def store(installation: Installation) -> ModelStore:
    return installation.model_store


def test_a_station_without_the_documents_environment_says_so(store: ModelStore, tmp_path: Path) -> None:
    with pytest.raises(DocumentEngineError) as caught:
        StationReading(DocumentsSettings(), tmp_path, store, today)
    assert caught.value.reason == "document_engine_missing"


def test_a_station_without_a_model_names_it(installation: Installation, tmp_path: Path) -> None:
    empty = ModelStore(installation.model_store.manifest, tmp_path)
    with pytest.raises(ModelMissingError) as caught:
        StationReading(installation.settings.documents, installation.root, empty, today)
    assert caught.value.facts["model"] == DETECTION_MODEL


def test_a_station_whose_engine_never_started_is_closed_at_once(installation: Installation) -> None:
    reading = StationReading(installation.settings.documents, installation.root, installation.model_store, today)
    reading.close()
    with pytest.raises(DocumentEngineError):
        reading.warm()


def test_what_cannot_be_read_with_is_a_notice_and_the_station_opens_all_the_same(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> StationReading:
        raise DocumentEngineError("document_engine_missing")

    monkeypatch.setattr("teller_assist.app.StationReading", missing)
    reading, instruments = installation._station_reading()
    assert reading is None
    assert instruments.document_reader is None
    assert sentence("notice", "no_document_reading") in instruments.notices


@pytest.mark.full
def test_a_reader_is_warm_when_it_is_handed_out_and_ends_with_it(installation: Installation) -> None:
    opened = open_reader(installation.settings.documents, installation.root, installation.model_store, today)
    with opened as (reader, identity):
        assert identity.name.startswith("paddleocr")
        scan = decode_picture(make_picture(5, 0, DocumentKind.FRONT).data, role="document", limits=installation.picture_limits)
        assert reader.read(scan).documents
    with pytest.raises(DocumentEngineError):
        reader.read(scan)


def test_without_the_face_detector_a_person_is_told_as_no_document(installation: Installation, tmp_path: Path) -> None:
    blind = Installation(installation.root)
    vars(blind)["model_store"] = ModelStore(installation.model_store.manifest, tmp_path)
    person = Picture(np.full((200, 200, 3), 90, np.uint8), "JPEG", "document")
    assert blind._shows_face(person) is False
