"""A customer with a passport or travel permit: its chip in place of an ID card's."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from teller_assist.decision.judgement import AlertKind, EdgeName, NextStep
from teller_assist.devices.kinds import DeviceKind
from teller_assist.errors import CardRemovedError, DeviceMissingError, SessionError
from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.travel_document import CheckState, ChipAccess, PassiveAuthentication, TravelDocument
from teller_assist.settings.personal import Personal
from teller_assist.wording import error_sentences, sentence
from teller_assist.workflow import asked_reading
from teller_assist.workflow.asked_cards import AskedChip
from teller_assist.workflow.view import Mark, StationView, Step, StepState
from teller_assist.workflow.view_portraits import PairWord
from tests.stand_ins.card_readers import ACCESS, DOCUMENT_NUMBER, ToldTravelDocumentReader, made_up_passport
from tests.stand_ins.counter import Counter
from tests.stand_ins.equipment import NAME, NUMBER, portrait_of, wait_until

PASSED, FAILED, NOT_CHECKED = CheckState.PASSED, CheckState.FAILED, CheckState.NOT_CHECKED
OTHER_NUMBER = ChipAccess(Personal("XA0000013"), ACCESS.birth_date, ACCESS.valid_until)


@dataclass
class PassportCounter:
    """A counter with a reader of travel documents, and a passport of the person before the camera."""

    counter: Counter
    reader: ToldTravelDocumentReader
    passport: TravelDocument

    @property
    def view(self) -> StationView:
        return self.counter.view

    def begin(self) -> None:
        self.counter.station.sign_on("柜员一")
        self.counter.station.begin()

    def read(self, passport: TravelDocument | None = None) -> StationView:
        self.reader.lay_down(passport or self.passport)
        self.counter.station.read_travel_document(ACCESS)
        return self.counter.wait_for(lambda view: view.identity is not None)

    def to_reading(self, passport: TravelDocument | None = None) -> StationView:
        self.begin()
        self.counter.station.record_consent()
        self.read(passport)
        return self.counter.wait_for(lambda view: view.gauge is not None)


@pytest.fixture
def at(make_counter: Callable[..., Counter], astronaut: Picture, monkeypatch: pytest.MonkeyPatch) -> PassportCounter:
    monkeypatch.setattr(asked_reading, "AGAIN_AFTER_S", 0.01)
    reader = ToldTravelDocumentReader()
    counter = make_counter(travel_document_reader=reader)
    return PassportCounter(counter, reader, made_up_passport(portrait_of(astronaut)))


def test_a_passport_is_asked_for_and_its_chip_stands_in_the_place_of_an_id_cards(at: PassportCounter) -> None:
    at.begin()
    assert at.view.travel_document.may_read
    view = at.read()
    identity = view.identity
    assert identity is not None
    assert (identity.masked_name, identity.masked_number) == ("S**********A", "XA*****12")
    assert identity.valid_until == at.passport.valid_until
    assert identity.document is not None
    assert "UTO" in identity.document.zh
    assert {(chip.code, chip.mark) for chip in identity.checks} == {
        ("card_valid", Mark.GOOD),
        ("chip_issuer_not_checked", Mark.ATTENTION),
        ("netcheck_nobody", Mark.UNKNOWN),
    }
    assert view.steps[Step.READ_CARD] is StepState.DONE
    assert not view.travel_document.may_read
    assert not view.may_state_identity
    assert at.counter.authority.asked == 0, "there is no citizen's number to ask about"


@pytest.mark.full
def test_the_live_face_is_compared_with_the_chip_as_with_an_archived_photograph(at: PassportCounter) -> None:
    view = at.to_reading()
    customer = at.counter.station._snapshot()
    assert customer is not None
    answer = customer.edges[EdgeName.LIVE_CHIP].answer
    assert answer is not None
    assert answer.reference_kind is PhotoKind.ARCHIVE
    assert answer.calibration_id.split("/")[1] == "live-archive"
    assert view.gauge is not None
    assert "存档照" in view.gauge.calibration.zh
    assert view.portraits.chip.role == "travel_document"
    assert view.portraits.netcheck.absent == "nobody"
    assert view.portraits.pairs[EdgeName.CHIP_NETCHECK] is PairWord.NOT_COMPARED
    said = set(view.reasons)
    assert {"travel_document_issuer_not_checked", "travel_document_nobody_to_look_up", "travel_document_not_calibrated"} <= said
    assert not {"live_chip_agrees", "live_chip_cannot_tell", "live_chip_differs", "netcheck_not_asked"} & said
    assert any(code.startswith("live_travel_document_") for code in said)
    assert view.decision.next_step in (NextStep.VERIFY_BY_HAND, NextStep.RETAKE), "never: carry on"


@pytest.mark.full
@pytest.mark.parametrize(
    ("checks", "why"),
    [
        (PassiveAuthentication(FAILED, PASSED, NOT_CHECKED), "travel_document_data_failed"),
        (PassiveAuthentication(PASSED, FAILED, NOT_CHECKED), "travel_document_signature_failed"),
        (PassiveAuthentication(PASSED, PASSED, FAILED), "travel_document_issuer_failed"),
    ],
)
def test_a_chip_that_is_not_its_issuers_goes_to_the_manager(at: PassportCounter, checks: PassiveAuthentication, why: str) -> None:
    view = at.to_reading(replace(at.passport, authentication=checks))
    assert view.alert is not None
    assert (view.alert.kind, view.alert.why) == (AlertKind.DOCUMENT_MISMATCH, why)
    assert view.decision.next_step is NextStep.MANAGER_REVIEW
    assert view.reasons[0] == why
    assert view.identity is not None
    assert ("chip_check_failed", Mark.BAD) in {(chip.code, chip.mark) for chip in view.identity.checks}


@pytest.mark.full
def test_an_expired_passport_is_told_and_another_document_asked_for(at: PassportCounter) -> None:
    view = at.to_reading(replace(at.passport, valid_until=datetime.date(2020, 1, 1)))
    assert view.alert is not None
    assert (view.alert.kind, view.alert.why) == (AlertKind.DOCUMENT_MISMATCH, "travel_document_expired")
    assert view.decision.next_step is NextStep.AUXILIARY_DOCUMENT


def test_a_chip_that_does_not_open_leads_back_to_what_was_typed(at: PassportCounter) -> None:
    at.begin()
    at.reader.lay_down(at.passport)
    at.counter.station.read_travel_document(OTHER_NUMBER)
    view = at.counter.wait_for(lambda view: view.travel_document.state is AskedChip.REFUSED)
    assert view.identity is None
    assert view.travel_document.told is not None
    assert "证件号码" in view.travel_document.told.zh
    assert view.travel_document.may_read
    assert at.reader.reads == 1, "it is not tried again by itself"
    assert at.read().identity is not None


def test_a_document_that_is_taken_away_too_early_is_read_again(at: PassportCounter) -> None:
    at.begin()
    at.reader.lay_down(CardRemovedError(device="travel_document_reader"))
    at.counter.station.read_travel_document(ACCESS)
    view = at.counter.wait_for(lambda view: view.travel_document.state is AskedChip.FAILED)
    assert view.travel_document.told == sentence("travel_document", "removed")
    at.reader.lay_down(at.passport)
    assert at.counter.wait_for(lambda view: view.identity is not None).problem is None


def test_nobody_waits_for_a_document_any_more_once_the_teller_gives_up(at: PassportCounter) -> None:
    at.begin()
    at.counter.station.read_travel_document(ACCESS)
    assert at.view.travel_document.state == "reading"
    at.counter.station.stop_travel_document()
    at.reader.lay_down(at.passport)
    at.counter.station.refuse_consent()
    assert at.view.travel_document.state is AskedChip.NOT_ASKED
    assert at.view.identity is None
    assert at.reader.reads == 0


def test_the_next_customer_does_not_get_the_document_of_the_one_before(at: PassportCounter) -> None:
    at.begin()
    at.counter.station.read_travel_document(ACCESS)
    at.counter.station.abandon()
    at.counter.station.begin()
    at.reader.lay_down(at.passport)
    assert at.view.identity is None
    assert at.view.travel_document.state is AskedChip.NOT_ASKED


def test_a_passport_after_documents_only_brings_the_face_path_back(at: PassportCounter) -> None:
    at.begin()
    at.counter.station.state_identity(NoChip.FOREIGN_DOCUMENT, name="", number="")
    assert not at.view.consent.may_return
    view = at.read()
    assert view.consent.may_return
    assert "no_chip_foreign_document" not in view.reasons
    assert "travel_document_nobody_to_look_up" in view.reasons


def test_a_name_that_is_typed_meanwhile_takes_the_documents_place(at: PassportCounter) -> None:
    at.begin()
    at.counter.station.read_travel_document(ACCESS)
    at.counter.station.state_identity(NoChip.LOST, name=NAME, number=NUMBER)
    assert at.view.travel_document.state is AskedChip.NOT_ASKED
    with pytest.raises(SessionError):
        at.counter.station.read_travel_document(ACCESS)


def test_a_passport_that_was_a_slip_is_put_aside(at: PassportCounter) -> None:
    at.begin()
    assert at.read().identity.may_read_again  # type: ignore[union-attr]
    at.counter.station.read_card_again()
    assert at.view.identity is None
    assert at.view.travel_document.may_read


def test_a_counter_without_such_a_reader_says_so_and_goes_by_hand(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    counter.station.sign_on("柜员一")
    counter.station.begin()
    assert not counter.view.travel_document.may_read
    assert counter.view.travel_document.why_not is not None
    assert DeviceKind.TRAVEL_DOCUMENT_READER.value not in [chip.device for chip in counter.view.devices]
    with pytest.raises(SessionError) as refused:
        counter.station.read_travel_document(ACCESS)
    assert refused.value.facts["why"] == "no_travel_document_reader"
    counter.station.state_identity(NoChip.FOREIGN_DOCUMENT, name="", number="")
    assert counter.view.decision.next_step is NextStep.AUXILIARY_DOCUMENT


def test_a_reader_that_the_site_chose_and_that_cannot_be_had_says_why(make_counter: Callable[..., Counter]) -> None:
    told = error_sentences(DeviceMissingError(device="travel_document_reader"))
    counter = make_counter(absent={DeviceKind.TRAVEL_DOCUMENT_READER: told})
    counter.station.sign_on("柜员一")
    counter.station.begin()
    assert counter.view.travel_document.why_not == told
    assert [chip.why for chip in counter.view.devices if chip.device == "travel_document_reader"] == [told]


def test_the_age_of_a_child_is_that_of_its_passport(at: PassportCounter) -> None:
    today = datetime.datetime.now().astimezone().date()
    at.begin()
    at.counter.station.record_consent()
    at.reader.lay_down(replace(at.passport, birth_date=Personal(today.replace(year=today.year - 9, day=1))))
    at.counter.station.read_travel_document(ACCESS)
    assert at.counter.wait_for(lambda view: view.identity is not None).consent.by_guardian


def test_a_document_that_leaves_sex_and_birth_date_open_is_shown_all_the_same(at: PassportCounter) -> None:
    at.begin()
    identity = at.read(replace(at.passport, sex=None, birth_date=None)).identity
    assert identity is not None
    assert (identity.sex, identity.age_years) == (None, None)


@pytest.mark.full
def test_another_persons_passport_is_told_in_its_own_words(at: PassportCounter, astronaut: Picture) -> None:
    blank = replace(at.passport.portrait, pixels=np.full_like(at.passport.portrait.pixels, 128))
    at.begin()
    at.counter.station.record_consent()
    at.read(replace(at.passport, portrait=blank))
    wait_until(lambda: at.view.steps[Step.COMPARE] is StepState.ATTENTION)
    assert at.view.decision.next_step is NextStep.VERIFY_BY_HAND
    assert astronaut.pixels.any()


def test_the_number_is_in_no_log(at: PassportCounter, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    at.begin()
    at.reader.lay_down(at.passport)
    at.counter.station.read_travel_document(OTHER_NUMBER)
    at.counter.wait_for(lambda view: view.travel_document.state is AskedChip.REFUSED)
    at.read()
    assert DOCUMENT_NUMBER not in caplog.text
    assert "XA0000013" not in caplog.text
    assert "SAMPLE" not in caplog.text
