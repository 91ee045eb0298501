"""Without a click: the camera's preview through a real plugin process, the product's rule, the scan and the real engine."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from teller_assist.app import Installation
from teller_assist.demonstration.card_picture import draw_card_front
from teller_assist.demonstration.customer_making import holders_path
from teller_assist.errors import PhotographsMissingError
from teller_assist.evidence.document_agreement import Agreement
from teller_assist.evidence.id_number import IdNumber
from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.printed import DocumentKind, FieldName
from teller_assist.settings.personal import Personal
from teller_assist.wording import sentence
from teller_assist.workflow.view_scan import ScanState
from tests.end_to_end.conftest import SimulatedStation
from tests.stand_ins.equipment import NAME, NUMBER, portrait_of

pytestmark = pytest.mark.full

Open = Callable[..., SimulatedStation]
LAYING_S = 4.0


@pytest.fixture
def filed(customer_folder: Path, installation: Installation, astronaut: Picture) -> None:
    """The customer's card, drawn."""
    try:
        card = draw_card_front(NAME, IdNumber(NUMBER), portrait_of(astronaut).pixels, holders_path(installation.root))
    except PhotographsMissingError as error:
        pytest.skip(f"the card cannot be drawn: {error.reason}")
    (customer_folder / "01" / "card_front.jpg").write_bytes(card)


@pytest.mark.usefixtures("filed")
def test_a_card_is_awaited_scanned_and_read(open_station: Open) -> None:
    counter = open_station(reads=True, laying_s=LAYING_S, scan_s=0.2, card_lies="anywhere", scan_seed=3)
    if sentence("notice", "no_document_reading") in counter.view.notices:
        pytest.skip("the engine or a model is not installed")
    counter.begin()
    view = counter.wait_for(lambda view: view.scan is not None and view.scan.state is ScanState.WATCHING, limit_s=60.0)
    began_s = time.monotonic()
    assert view.scan is not None
    assert view.scan.told == sentence("scan_watch", "settling")
    scan = counter.wait_for(lambda view: view.scan is not None and view.scan.state is ScanState.READ).scan
    assert time.monotonic() - began_s > LAYING_S, "not before it lay still"
    assert scan is not None
    assert scan.kinds == (DocumentKind.FRONT,)
    number = scan.field(FieldName.ID_NUMBER)
    assert number is not None
    assert (number.value, number.agreement) == (Personal(NUMBER), Agreement.EQUAL)


@pytest.mark.usefixtures("filed")
@pytest.mark.logs_warnings
def test_a_stalled_preview_does_not_keep_the_card_from_being_read(open_station: Open) -> None:
    counter = open_station(reads=True, fault="preview_stalled", scan_s=0.2, card_lies="anywhere", scan_seed=3)
    if sentence("notice", "no_document_reading") in counter.view.notices:
        pytest.skip("the engine or a model is not installed")
    counter.begin()
    counter.wait_for(lambda view: view.scan is not None and view.scan.state is ScanState.READ, limit_s=60.0)
