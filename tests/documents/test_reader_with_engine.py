"""Made-up cards through the real engine: found, read, and in time. Slow."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from teller_assist.documents.orientation import ORIENTATION_MODEL, CardOrientation
from teller_assist.documents.reader import DocumentReader
from teller_assist.documents.worker_client import WorkerEngine, launch_of
from teller_assist.errors import DocumentEngineError, ModelMissingError
from teller_assist.evaluation.documents.picture_making import make_picture
from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.printed import DocumentKind, FieldName, ScanFinding
from teller_assist.model_files.store import open_store
from teller_assist.pictures.decode import PictureLimits, decode_picture
from teller_assist.settings.documents import DocumentsSettings
from teller_assist.settings.home import installation_root
from tests.stand_ins.drawn_scans import form, grainy, scan_of

pytestmark = pytest.mark.full

SEED = 21
CHECKED = {"id_number", "birth", "sex", "valid_from", "valid_to"}  # a name is the recognition's business
LIMITS = PictureLimits(max_bytes=30_000_000, max_pixels=25_000_000)


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    try:
        orientation = CardOrientation(open_store(), open_store().manifest.entry(ORIENTATION_MODEL))
        engine = WorkerEngine(launch_of(DocumentsSettings(), installation_root()), open_store())
        engine.warm()
    except (DocumentEngineError, ModelMissingError) as error:
        pytest.skip(f"the engine or a model is not installed: {error.reason}")
    # A clock that stands: how loaded the machine is does not decide what is read.
    yield DocumentReader(engine, orientation, lambda: datetime.date(2026, 11, 1), clock=lambda: 0.0)
    engine.close()


@pytest.fixture(autouse=True)
def _nothing_of_a_worker_is_left() -> None:
    """The engine of this module stays between its tests."""


def made_up(number: int, kind: DocumentKind) -> tuple[Picture, dict[str, str]]:
    made = make_picture(SEED, number, kind)
    return decode_picture(made.data, role="document", limits=LIMITS), made.row["fields"]


@pytest.mark.parametrize("kind", [DocumentKind.FRONT, DocumentKind.BACK, DocumentKind.TEMPORARY])
def test_mild_cards_are_found_and_told_apart(reader: DocumentReader, kind: DocumentKind) -> None:
    scan, truth = made_up(0, kind)
    reading = reader.read(scan)
    best = next(document for document in reading.documents if document.kind is kind)
    read = {name.value: field.value.reveal() for name, field in best.fields.items()}
    assert set(read) == set(truth)
    assert {name: read[name] for name in CHECKED & set(truth)} == {name: truth[name] for name in CHECKED & set(truth)}


def test_a_card_that_stands_on_its_head_in_a_large_scan_is_read(reader: DocumentReader) -> None:
    scan, truth = made_up(0, DocumentKind.FRONT)
    large = np.asarray(cv2.resize(scan.pixels[::-1, ::-1], (5400, round(5400 * scan.height_px / scan.width_px))), np.uint8)
    reading = reader.read(scan_of(large))
    assert reading.documents[0].fields[FieldName.ID_NUMBER].value.reveal() == truth["id_number"]


def test_a_drawn_box_is_read(reader: DocumentReader) -> None:
    scan, truth = made_up(0, DocumentKind.FRONT)
    quad = np.array(make_picture(SEED, 0, DocumentKind.FRONT).row["quad"], np.float32)
    low, high = quad.min(0) - 15, quad.max(0) + 25
    box = np.array([low, (high[0], low[1]), high, (low[0], high[1])], np.float32)
    assert reader.read(scan, quad=box).documents[0].fields[FieldName.ID_NUMBER].value.reveal() == truth["id_number"]


def test_what_is_no_text_is_no_document(reader: DocumentReader) -> None:
    reading = reader.read(scan_of(grainy(form())))
    assert reading.finding is ScanFinding.NO_DOCUMENT
