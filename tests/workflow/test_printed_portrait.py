"""The scanned card's own portrait: one more comparison, which makes no outcome and tells of a card that was tampered with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from teller_assist.decision.judgement import AlertKind, EdgeName, NextStep
from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.printed import DocumentKind, PrintedDocument
from teller_assist.evidence.transaction import TellerJudgement
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.triangle import Edge, Triangle
from teller_assist.workflow.view import StationView
from teller_assist.workflow.view_portraits import PairWord
from teller_assist.workflow.view_scan import ScanState
from tests.stand_ins.equipment import NAME, NUMBER, portrait_of, wait_until
from tests.stand_ins.scanning_counter import Make, ScanningCounter
from tests.stand_ins.scans import document, reading

PRINTED = EdgeName.LIVE_PRINTED


class OtherPrint(Triangle):
    """Finds another person on the printed portrait."""

    def compare(self, *photos: Any, **more: Any) -> dict[EdgeName, Edge]:
        edges = super().compare(*photos, **more)
        answer = edges[PRINTED].answer if PRINTED in edges else None
        if answer is not None:
            edges[PRINTED] = Edge(replace(answer, outcome=Outcome.NON_MATCH))
        return edges


def with_face(astronaut: Picture, kind: DocumentKind = DocumentKind.FRONT) -> PrintedDocument:
    return replace(document(kind), portrait=portrait_of(astronaut, role="recapture"))


def customer_of(at: ScanningCounter) -> Customer:
    return at.station._known_customer()


def printed_pair(view: StationView) -> PairWord:
    return view.portraits.pairs[PRINTED]


def compared(at: ScanningCounter) -> StationView:
    return at.counter.wait_for(lambda view: printed_pair(view) in (PairWord.AGREE, PairWord.CANNOT_TELL, PairWord.DIFFER))


@pytest.mark.full
def test_it_is_compared_with_the_live_picture_by_the_calibration_for_photographed_prints(make: Make, astronaut: Picture) -> None:
    at = make(reading(with_face(astronaut)))
    at.counter.to_decision()
    view = compared(at)
    answer = customer_of(at).edges[PRINTED].answer
    assert answer is not None
    assert answer.calibration_id.split("/")[1] == "live-recapture"
    assert printed_pair(view) is PairWord.AGREE
    assert view.portraits.chip.role == "chip"
    assert at.scan.portrait_agrees
    judgement = customer_of(at).judgement
    assert judgement is not None
    assert judgement.outcome is Outcome.MATCH
    assert not any("printed" in reason for reason in judgement.reasons), "beside a chip an agreeing print adds nothing"


@pytest.mark.full
def test_a_card_that_is_scanned_after_the_reading_is_compared_then_and_the_judgement_made_anew(
    make: Make, instruments: Instruments, astronaut: Picture
) -> None:
    at = make(reading(document(DocumentKind.BACK)), reading(with_face(astronaut)))
    assert instruments.measurer is not None
    assert instruments.triangle is not None
    other = OtherPrint(instruments.measurer, instruments.triangle._comparer)
    at.station._work._instruments = replace(at.station._work._instruments, triangle=other)
    view = at.counter.to_decision()
    assert printed_pair(view) is PairWord.NOT_COMPARED
    at.read()
    at.station.scan_document()
    view = compared(at)
    assert printed_pair(view) is PairWord.DIFFER
    assert view.reasons[0] == "printed_portrait_differs"
    judgement = customer_of(at).judgement
    assert judgement is not None
    assert (judgement.outcome, judgement.next_step) == (Outcome.MATCH, NextStep.MANAGER_REVIEW)
    assert AlertKind.DOCUMENT_MISMATCH in {alert.kind for alert in judgement.alerts}


@pytest.mark.full
def test_of_a_card_without_a_chip_it_stands_in_the_chips_place_and_leads_to_a_gauge_without_an_outcome(
    make: Make, astronaut: Picture
) -> None:
    at = make(reading(with_face(astronaut, DocumentKind.TEMPORARY)))
    at.counter.authority.code, at.counter.authority.photo = NetcheckCode.MATCH_NO_PHOTO, None
    at.station.sign_on("柜员一")
    at.station.begin()
    at.station.record_consent()
    at.station.state_identity(NoChip.TEMPORARY_CARD, name=NAME, number=NUMBER)
    at.counter.wait_for(lambda view: view.identity is not None)
    at.station.scan_document()
    at.wait(lambda scan: scan.state is ScanState.READ)
    view = at.counter.wait_for(lambda view: view.judgement_asked or view.gauge is not None)
    if view.judgement_asked:
        assert printed_pair(view) is PairWord.UNSEEN
        at.station.judge_first(TellerJudgement.CANNOT_SAY)
    view = at.counter.wait_for(lambda view: view.gauge is not None)
    assert view.portraits.chip.role == "printed"
    assert view.portraits.chip.pixels is not None
    judgement = customer_of(at).judgement
    assert judgement is not None
    assert judgement.outcome is Outcome.INCONCLUSIVE
    assert {"live_printed_agrees", "printed_portrait_alone", "no_chip_temporary_card"} <= set(judgement.reasons)
    assert judgement.next_step is NextStep.AUXILIARY_DOCUMENT


def test_nothing_is_measured_of_it_without_consent(make: Make, astronaut: Picture) -> None:
    at = make(reading(with_face(astronaut)))
    at.begin()
    at.lay_down()
    at.read()
    at.station.refuse_consent()
    at.counter.wait_for(lambda view: bool(view.decision.enabled))
    assert customer_of(at).printed_photo is None
    assert PRINTED not in customer_of(at).edges


@pytest.mark.full
def test_what_was_measured_of_it_goes_when_consent_is_withdrawn(make: Make, astronaut: Picture) -> None:
    at = make(reading(with_face(astronaut)))
    at.counter.to_decision()
    compared(at)
    assert customer_of(at).printed_photo is not None
    at.station.refuse_consent()
    assert customer_of(at).printed_photo is None
    assert PRINTED not in customer_of(at).edges


@pytest.mark.full
def test_another_scan_s_portrait_takes_its_place(make: Make, astronaut: Picture) -> None:
    at = make(reading(document()), reading(with_face(astronaut)))
    at.counter.to_decision()
    at.read()
    wait_until(lambda: customer_of(at).edges.get(PRINTED) is not None)
    assert customer_of(at).edges[PRINTED].absent == "no_face", "a grey area is nobody's portrait"
    assert "printed_portrait_unusable" in at.counter.view.reasons
    at.station.scan_document()
    compared(at)
    wait_until(lambda: "printed_portrait_unusable" not in at.counter.view.reasons)
