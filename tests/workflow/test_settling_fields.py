"""What was read is the teller's to settle: recorded, compared anew, and gone with the customer."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from teller_assist.alerts.shapes import check_shape
from teller_assist.decision.judgement import AlertKind
from teller_assist.decision.policy import KeepPictures
from teller_assist.errors import SessionError
from teller_assist.evidence.document_agreement import Agreement
from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.printed import DocumentKind, FieldName
from teller_assist.settings.personal import Personal
from teller_assist.workflow.case_evidence import case_evidence
from teller_assist.workflow.case_printed import case_printed
from teller_assist.workflow.view import StepState
from tests.stand_ins.cases import made_up_case
from tests.stand_ins.equipment import NAME, NUMBER
from tests.stand_ins.scanning_counter import Make, ScanningCounter
from tests.stand_ins.scans import document, reading

# ---------------------------------------------------------------- what the teller makes of it


def printed_of(at: ScanningCounter) -> dict[str, Any]:
    customer = at.station._customer
    assert customer is not None
    document_ = case_printed(customer)["printed"]
    person = {"role": "holder", "name": NAME, "number": NUMBER, "printed": document_}
    check_shape(made_up_case(persons=[person]), "case/1")
    return {one["field"]: one for one in document_["fields"]}


def test_an_edit_is_recorded_with_both_values_and_compared_anew(make: Make) -> None:
    at = make(reading(document(name="林晓祥", doubtful={FieldName.NAME: (2,)})))
    at.begin()
    at.lay_down()
    at.read()
    assert at.field(FieldName.NAME).agreement is Agreement.DIFFERENT
    assert at.field(FieldName.NAME).differing == (2,)
    assert at.step() is StepState.ATTENTION
    at.station.settle_field(FieldName.NAME, Personal(f" {NAME} "))
    field = at.field(FieldName.NAME)
    assert (field.agreement, field.edited, field.to_look_at) == (Agreement.EQUAL, True, False)
    assert at.step() is StepState.DONE
    recorded = printed_of(at)["name"]
    assert (recorded["value"], recorded["read"], recorded["settled"]) == (NAME, "林晓祥", "edited")
    assert recorded["teller"] == "柜员一"
    assert printed_of(at)["sex"]["settled"] == "no"
    assert "value" not in printed_of(at)["address"], "it stays on the card"


def test_what_was_read_unsurely_and_is_what_the_chip_says_asks_nobody_to_look(make: Make) -> None:
    at = make(reading(document(doubtful={FieldName.NAME: (1,)})))
    at.begin()
    at.lay_down()
    at.read()
    field = at.field(FieldName.NAME)
    assert (field.agreement, field.to_look_at, field.doubtful) == (Agreement.EQUAL, False, ())
    assert at.step() is StepState.DONE
    assert printed_of(at)["name"]["doubtful"] == 1, "the case says how surely it was read"


def test_a_field_that_was_right_is_confirmed_and_a_difference_stays_one(make: Make) -> None:
    at = make(reading(document(address="样本省示例市别处路2号")))
    at.begin()
    at.lay_down()
    at.read()
    at.station.settle_field(FieldName.ADDRESS, Personal("样本省示例市别处路2号"))
    field = at.field(FieldName.ADDRESS)
    assert (field.agreement, field.edited, field.to_look_at) == (Agreement.DIFFERENT, False, False)
    recorded = printed_of(at)["address"]
    assert recorded["settled"] == "confirmed"
    assert "read" not in recorded
    assert recorded["value"] == "样本省示例市别处路2号"
    assert recorded["chip"] == "样本省示例市演示路1号"


@pytest.mark.parametrize("typed", ["", "  ", "\u200b", "长" * 201])
def test_what_is_no_value_is_refused(make: Make, typed: str) -> None:
    at = make()
    at.begin()
    at.lay_down()
    at.read()
    with pytest.raises(SessionError) as refused:
        at.station.settle_field(FieldName.NAME, Personal(typed))
    assert refused.value.facts["why"] == "field_value"
    with pytest.raises(SessionError) as unread:
        at.station.settle_field(FieldName.AUTHORITY, Personal("示例市公安局"))
    assert unread.value.facts["why"] == "field_not_read"


def test_a_wrong_number_that_was_typed_is_told_and_taken(make: Make) -> None:
    at = make()
    at.begin()
    at.lay_down()
    at.read()
    at.station.settle_field(FieldName.ID_NUMBER, Personal(NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")))
    assert at.field(FieldName.ID_NUMBER).failed
    assert at.field(FieldName.ID_NUMBER).agreement is Agreement.DIFFERENT


def test_what_was_settled_stays_when_the_same_is_read_again_and_goes_when_it_is_not(make: Make) -> None:
    first = document(doubtful={FieldName.NAME: (1,), FieldName.ADDRESS: (3,)})
    second = document(name="林小样", doubtful={FieldName.NAME: (1,), FieldName.ADDRESS: (3,)})
    at = make(reading(first), reading(second))
    at.begin()
    at.lay_down()
    at.read()
    for name in (FieldName.NAME, FieldName.ADDRESS):
        at.station.settle_field(name, at.field(name).value)
    at.station.scan_document()
    at.wait(lambda scan: not scan.state_runs and len(at.reader.quads) == 2)
    assert at.field(FieldName.NAME).to_look_at
    assert not at.field(FieldName.ADDRESS).to_look_at


# ---------------------------------------------------------------- with the rest of the customer


def test_without_a_chip_the_teller_scans_and_states_what_was_read(make: Make) -> None:
    at = make(reading(document(DocumentKind.TEMPORARY)))
    at.begin()
    at.station.scan_document()
    scan = at.read()
    assert scan.kinds == (DocumentKind.TEMPORARY,)
    assert not scan.has_chip
    assert {one.agreement for one in scan.fields} == {Agreement.MISSING}
    at.station.state_identity(NoChip.TEMPORARY_CARD, name=NAME, number=NUMBER)
    assert at.scanner.scans == 1, "what was typed asks for no scan"
    assert printed_of(at)["name"]["value"] == NAME


def test_a_misreading_that_the_teller_corrects_while_stating_is_settled_and_accuses_nobody(make: Make) -> None:
    at = make(reading(document(DocumentKind.TEMPORARY, name="林晓祥")))
    at.begin()
    at.station.scan_document()
    at.read()
    at.station.state_identity(NoChip.TEMPORARY_CARD, name=NAME, number=NUMBER)
    recorded = printed_of(at)
    assert (recorded["name"]["value"], recorded["name"]["read"], recorded["name"]["settled"]) == (NAME, "林晓祥", "edited")
    assert recorded["id_number"]["settled"] == "confirmed"
    at.station.refuse_consent()
    at.counter.wait_for(lambda view: view.decision.next_step is not None)
    assert "printed_name_differs" not in at.counter.view.reasons
    assert at.counter.view.alert is None or at.counter.view.alert.kind is not AlertKind.DOCUMENT_MISMATCH


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        (FieldName.BIRTH, "1990年3月15日", "1990-03-15"),
        (FieldName.BIRTH, "1990.03.15", "1990-03-15"),
        (FieldName.ETHNICITY, "汉族", "汉"),
        (FieldName.BIRTH, "不清楚", "不清楚"),
    ],
)
def test_what_is_typed_as_the_card_prints_it_is_taken_in_the_form_of_what_was_read(
    make: Make, name: FieldName, typed: str, kept: str
) -> None:
    at = make()
    at.begin()
    at.lay_down()
    at.read()
    at.station.settle_field(name, Personal(typed))
    assert at.field(name).value.reveal() == kept
    assert bool(at.field(name).failed) is (kept == typed)


def test_a_sure_contradiction_is_a_reason_and_an_alert_and_goes_when_it_was_a_misreading(make: Make) -> None:
    at = make(reading(document(name="林晓祥", address="样本省示例市别处路2号", doubtful={FieldName.ADDRESS: (3,)})))
    at.begin()
    at.lay_down()
    at.read()
    at.station.refuse_consent()
    view = at.counter.wait_for(lambda view: bool(view.reasons))
    assert "printed_name_differs" in view.reasons
    assert "printed_address_differs" not in view.reasons, "it was not read surely: a misread field contradicts nothing"
    assert view.alert is not None
    assert view.alert.kind is AlertKind.DOCUMENT_MISMATCH
    at.station.settle_field(FieldName.ADDRESS, Personal("样本省示例市别处路2号"))
    assert "printed_address_differs" in at.counter.view.reasons, "the teller says so"
    at.station.settle_field(FieldName.NAME, Personal(NAME))
    view = at.counter.view
    assert "printed_name_differs" not in view.reasons
    assert view.alert is None or view.alert.kind is not AlertKind.DOCUMENT_MISMATCH


def test_a_card_that_is_put_aside_takes_its_scan_along_and_the_next_one_is_scanned(make: Make) -> None:
    at = make(reading(document(name="林二")), reading(document()))
    at.begin()
    at.lay_down()
    at.read()
    at.station.read_card_again()
    assert Personal("林二") not in [one.value for one in at.scan.fields]
    at.read()
    assert at.field(FieldName.NAME).value == Personal(NAME)
    assert at.scanner.scans == 2


def test_no_consent_is_needed_to_read_and_none_lets_the_portrait_be_kept(make: Make) -> None:
    at = make()
    at.begin()
    at.lay_down()
    at.read()
    customer = at.station._customer
    assert customer is not None
    portrait = next(one for one in case_evidence(customer, KeepPictures.ALWAYS) if one["role"] == "card_portrait")
    assert portrait == {"role": "card_portrait", "kept": False, "why": "no_consent"}
    at.station.record_consent()
    customer = at.station._customer
    assert customer is not None
    kept = next(one for one in case_evidence(customer, KeepPictures.ALWAYS) if one["role"] == "card_portrait")
    assert kept["kept"]
    assert kept["media_type"] == "image/png"


def test_blanked_at_idle_locked_and_gone_at_the_end(make: Make) -> None:
    at = make(reading(document(doubtful={FieldName.NAME: (1,)})))
    at.begin()
    at.lay_down()
    at.read()
    desk = at.station._desk
    desk.let_time_pass(time.monotonic() + at.station._settings.station.blank_after_idle_s)
    scan = at.scan
    assert scan.blanked
    assert (scan.small, scan.large, scan.fields, scan.outlines) == (None, None, (), ())
    at.station.touch()
    assert at.scan.fields
    at.station.lock()
    assert at.counter.view.scan is None
    at.station.sign_on("柜员一")
    at.station.abandon()
    assert at.counter.view.scan is None
    assert at.station._customer is None


def test_nothing_personal_in_any_repr_or_log(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    at = make(reading(document(doubtful={FieldName.NAME: (1,)})))
    at.begin()
    at.lay_down()
    at.read()
    at.station.settle_field(FieldName.NAME, Personal("林小样"))
    customer = at.station._customer
    assert customer is not None
    scanned = customer.scanned
    told = repr(at.scan) + repr(scanned) + repr(scanned.settled) + repr(scanned.picture) + repr(scanned.documents) + caplog.text
    assert "uint8" not in told, "no pixels either"
    for value in (NAME, "林小样", NUMBER, "演示路", "1990"):
        assert value not in told


def test_a_teller_who_scans_while_others_ask_gets_one_answer(make: Make) -> None:
    at = make()
    at.begin()
    askers = [threading.Thread(target=at.station.scan_document) for _ in range(5)]
    for one in askers:
        one.start()
    for one in askers:
        one.join()
    at.read()
    assert len(at.scan.fields) == 6
