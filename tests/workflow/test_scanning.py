"""The scan step: by itself once the card was read, read off every other thread; it never blocks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from teller_assist.errors import DeviceMissingError, SessionError
from teller_assist.evidence.document_agreement import Agreement
from teller_assist.evidence.printed import DocumentKind, FieldName, LocatedBy, ScanFinding
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.settings.personal import Personal
from teller_assist.wording import codes
from teller_assist.workflow import scan_work
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.view import Step, StepState
from teller_assist.workflow.view_scan import ScanState
from tests.stand_ins.counter import Counter
from tests.stand_ins.equipment import NAME, wait_until
from tests.stand_ins.scanning_counter import Make
from tests.stand_ins.scans import ToldDocumentReader, ToldScanner, a_scan, document, reading

AT_ONCE_S = 0.05


# ---------------------------------------------------------------- scanning


def test_without_a_click_once_the_card_was_read(make: Make) -> None:
    at = make()
    at.begin()
    assert at.step() is StepState.TO_COME
    assert at.scanner.scans == 0, "nothing is scanned before a card was read"
    at.lay_down()
    scan = at.read()
    assert scan.kinds == (DocumentKind.FRONT,)
    assert at.step() is StepState.DONE
    assert scan.how_many(Agreement.EQUAL) == len(scan.fields) == 6
    assert scan.to_look_at == 0
    assert at.scanner.scans == 1
    assert at.reader.threads == {"document_0"}, "a thread of its own"


def test_it_scans_again_while_nothing_lies_there_yet_and_rests_then(make: Make) -> None:
    at = make(reading(finding=ScanFinding.BLANK), reading(finding=ScanFinding.NOT_SHARP), reading(document()))
    at.begin()
    at.lay_down()
    at.read()
    assert at.scanner.scans == 3
    resting = make(reading(finding=ScanFinding.BLANK))
    resting.begin()
    resting.lay_down()
    scan = resting.wait(lambda scan: scan.state is ScanState.NOTHING_READ)
    assert resting.scanner.scans == scan_work.SCANS_BY_ITSELF
    assert scan.told is not None
    assert resting.step() is StepState.ATTENTION


@pytest.mark.parametrize("finding", ScanFinding)
def test_a_scan_without_a_document_says_in_two_sentences_what_was_seen_and_what_to_do(make: Make, finding: ScanFinding) -> None:
    at = make(reading(finding=finding))
    at.begin()
    at.station.scan_document()
    scan = at.wait(lambda scan: scan.state is ScanState.NOTHING_READ)
    assert scan.told is not None
    assert scan.told.zh.count("。") == 2
    assert at.scanner.scans == 1, "the teller asked once"


@pytest.mark.full
def test_a_scanner_or_a_reader_that_fails_is_told_and_the_customer_goes_on(make: Make) -> None:
    at = make()
    at.scanner.shown = DeviceMissingError(device="document_scanner", why="pulled")
    at.counter.camera.show(at.counter.person)
    at.counter.to_decision()
    scan = at.scan
    assert scan.state is ScanState.NOTHING_READ
    assert scan.told is not None
    assert at.counter.view.decision.enabled, "the teller decides without a scan"
    at.scanner.shown = a_scan()
    at.reader.readings = [DeviceMissingError(device="document_scanner", why="engine")]
    at.station.scan_document()
    at.wait(lambda scan: len(at.reader.quads) == 1 and scan.state is ScanState.NOTHING_READ)


@pytest.mark.logs_warnings
def test_a_fault_of_the_readers_own_is_told_and_leaves_nothing_waiting(make: Make) -> None:
    at = make(ValueError("a bug"))
    at.begin()
    at.station.scan_document()
    at.wait(lambda scan: scan.state is ScanState.NOTHING_READ)
    assert at.scan.told is not None
    assert "a bug" not in at.scan.told.en
    at.reader.readings = [reading(document())]
    at.station.scan_document()
    at.read()


def test_the_window_is_answered_at_once_while_the_reader_hangs_and_the_customers_end_cancels_it(make: Make) -> None:
    at = make()
    at.reader.may_read.clear()
    at.begin()
    at.lay_down()
    at.wait(lambda scan: scan.state is ScanState.READING)
    assert at.step() is StepState.NOW
    slowest_s = 0.0
    for ask in (at.station.view, at.station.touch, at.station.record_consent, at.station.view, at.station.abandon):
        started_s = time.perf_counter()
        ask()
        slowest_s = max(slowest_s, time.perf_counter() - started_s)
    assert slowest_s < AT_ONCE_S
    wait_until(lambda: at.reader.cancelled == 1)
    at.station.begin()
    assert at.scan.state is ScanState.NOT_ASKED, "the answer about the customer before is dropped"
    at.reader.may_read.set()
    at.lay_down()
    at.read()


def test_a_new_scan_takes_the_place_of_one_that_hangs(make: Make) -> None:
    at = make(reading(document(name="林一")), reading(document(name="林二")))
    at.scanner.may_scan.clear()
    at.begin()
    at.station.scan_document()
    wait_until(lambda: at.scanner.scans == 1)
    at.station.scan_document()
    at.scanner.may_scan.set()
    at.read()
    wait_until(lambda: at.scanner.scans == 2)
    assert at.field(FieldName.NAME).value == Personal("林一"), "the first answer of the reader, to the second scan"
    assert len(at.reader.quads) == 1


def test_what_comes_after_the_decision_was_not_known_to_it(make: Make) -> None:
    at = make()
    at.reader.may_read.clear()
    at.begin()
    at.lay_down()
    at.station.refuse_consent()
    at.wait(lambda scan: scan.state is ScanState.READING)
    at.station.decide(TellerDecision.REFER, reason=codes("refer_reason")[0], second_teller="", documents=())
    at.reader.may_read.set()
    at.wait(lambda scan: scan.state is ScanState.NOT_ASKED)
    assert at.scan.fields == ()
    with pytest.raises(SessionError):
        at.station.scan_document()


@pytest.mark.parametrize("reads", [False, True])
def test_without_a_scanner_or_a_reader_there_is_no_scan_step(
    make_counter: Callable[..., Counter], instruments: Instruments, reads: bool
) -> None:
    reading_ones = replace(instruments, document_reader=ToldDocumentReader())
    counter = make_counter(instruments=reading_ones) if reads else make_counter(scanner=ToldScanner())
    counter.station.sign_on("柜员一")
    counter.station.begin()
    assert counter.view.scan is None
    assert counter.view.steps[Step.SCAN] is StepState.SKIPPED
    with pytest.raises(SessionError) as refused:
        counter.station.scan_document()
    assert refused.value.facts["why"] == "no_scanner"


def test_the_reader_is_warmed_when_the_station_starts_and_a_failure_there_disturbs_nobody(
    make_counter: Callable[..., Counter], instruments: Instruments
) -> None:
    warmed = threading.Event()

    def warm() -> None:
        warmed.set()
        raise DeviceMissingError(device="document_scanner", why="engine")

    reader = ToldDocumentReader()
    counter = make_counter(instruments=replace(instruments, document_reader=reader, warm_documents=warm), scanner=ToldScanner())
    assert warmed.wait(5.0)
    assert counter.view.problem is None
    assert reader.quads == []


def test_a_key_pressed_too_early_does_not_keep_the_card_from_being_scanned_once_it_is_there(make: Make) -> None:
    at = make(reading(finding=ScanFinding.BLANK), reading(document()))
    at.begin()
    at.station.scan_document()
    at.wait(lambda scan: scan.state is ScanState.NOTHING_READ)
    at.lay_down()
    assert at.read().kinds == (DocumentKind.FRONT,)


# ---------------------------------------------------------------- what was read


def test_the_back_joins_the_front_and_another_front_takes_its_place(make: Make) -> None:
    at = make(reading(document()), reading(document(DocumentKind.BACK)), reading(document(name="林二")))
    at.begin()
    at.lay_down()
    at.read()
    for fields in (9, 9):
        at.station.scan_document()
        at.wait(lambda scan, fields=fields: not scan.state_runs and len(scan.fields) == fields)  # type: ignore[misc]
    wait_until(lambda: at.field(FieldName.NAME).value == Personal("林二"))
    assert at.field(FieldName.NAME).agreement is Agreement.DIFFERENT
    assert at.step() is StepState.ATTENTION


def test_of_two_cards_the_customers_own_is_taken_and_it_is_said(make: Make) -> None:
    at = make(reading(document(name="别人", id_number="19000119900315003X"), document()))
    at.begin()
    at.lay_down()
    scan = at.read()
    assert at.field(FieldName.NAME).value == Personal(NAME)
    assert scan.told is not None
    assert len(scan.outlines) == 1


def test_a_scan_that_fails_later_takes_nothing_away(make: Make) -> None:
    at = make(reading(document()), reading(finding=ScanFinding.COVERED))
    at.begin()
    at.lay_down()
    at.read()
    at.station.scan_document()
    scan = at.wait(lambda scan: scan.state is ScanState.NOTHING_READ)
    assert len(scan.fields) == 6


def test_values_are_masked_unless_somebody_must_look(make: Make) -> None:
    at = make(reading(document(name="林晓祥", doubtful={FieldName.NAME: (2,)})))
    at.begin()
    at.lay_down()
    at.read()
    number, name, birth, address = (
        at.field(one) for one in (FieldName.ID_NUMBER, FieldName.NAME, FieldName.BIRTH, FieldName.ADDRESS)
    )
    assert number.shown.reveal() == at.counter.card.number.reveal().masked
    assert birth.shown.reveal() == "1990-**-**"
    assert "演示路" not in address.shown.reveal()
    assert name.shown.reveal() == "林晓祥", "its character in doubt is to be looked at"
    assert name.doubtful == (2,)
    at.station.settle_field(FieldName.NAME, Personal(NAME))
    assert at.field(FieldName.NAME).shown.reveal() == "林*样"
    assert at.field(FieldName.NAME).doubtful == ()


def test_a_box_has_the_same_scan_read_again_where_the_teller_says(make: Make) -> None:
    at = make(reading(finding=ScanFinding.NO_DOCUMENT), reading(document(by=LocatedBy.MANUAL)))
    at.begin()
    with pytest.raises(SessionError):
        at.station.read_box((0.1, 0.1, 0.5, 0.5))
    at.station.scan_document()
    at.wait(lambda scan: scan.state is ScanState.NOTHING_READ)
    with pytest.raises(SessionError):
        at.station.read_box((0.1, 0.1, 0.001, 0.5))
    at.station.read_box((0.25, 0.5, 0.5, 0.25))
    at.read()
    assert at.scanner.scans == 1
    quad = at.reader.quads[-1]
    assert quad is not None
    assert quad.dtype == np.float32
    assert np.allclose(quad, [[159.75, 239.5], [479.25, 239.5], [479.25, 359.25], [159.75, 359.25]], atol=0.5)
