"""Questions to the customer, where a relative's number is in the register."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from teller_assist.decision.challenge import ChallengeQuestion
from teller_assist.decision.judgement import NextStep
from teller_assist.decision.kinship import NumberRegister
from teller_assist.errors import SessionError
from teller_assist.evidence.id_number import IdNumber, check_character
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.settings.personal import Personal
from teller_assist.workflow.view import StationView
from tests.stand_ins.counter import Counter
from tests.stand_ins.equipment import FIRST_17

SISTER_17 = FIRST_17[:14] + f"{int(FIRST_17[14:]) + 1:03d}"


@pytest.fixture
def counter(make_counter: Callable[..., Counter]) -> Counter:
    sister = IdNumber(SISTER_17 + check_character(SISTER_17))
    return make_counter(register=NumberRegister((Personal(sister),)))


def asked(counter: Counter) -> StationView:
    counter.to_decision()
    return counter.wait_for(lambda view: view.decision.next_step is NextStep.CHALLENGE_QUESTIONS)


def next_step(counter: Counter) -> NextStep | None:
    return counter.view.decision.next_step


@pytest.mark.full
def test_the_questions_stand_there_with_what_the_card_says_and_no_full_number(counter: Counter) -> None:
    view = asked(counter)
    assert [(row.question, row.expected, row.right) for row in view.challenge] == [
        (ChallengeQuestion.OWN_NUMBER, "", None),
        (ChallengeQuestion.ISSUING_AUTHORITY, "示例市公安局", None),
        (ChallengeQuestion.VALID_FROM, "2015-01-01", None),
    ]


@pytest.mark.full
def test_right_answers_lead_on_and_stay_to_be_seen(counter: Counter) -> None:
    asked(counter)
    for question in ChallengeQuestion:
        counter.station.note_answer(question, right=True)
    view = counter.view
    assert view.decision.next_step is NextStep.PROCEED
    assert "challenge_all_right" in view.reasons
    assert [row.right for row in view.challenge] == [True, True, True]
    assert view.alert is not None, "who is informed does not depend on the answers"


@pytest.mark.full
def test_a_wrong_answer_leads_to_the_manager_and_can_be_corrected(counter: Counter) -> None:
    asked(counter)
    counter.station.note_answer(ChallengeQuestion.VALID_FROM, right=False)
    assert next_step(counter) is NextStep.MANAGER_REVIEW
    counter.station.note_answer(ChallengeQuestion.VALID_FROM, right=True)
    assert next_step(counter) is NextStep.CHALLENGE_QUESTIONS


def noted(counter: Counter) -> list[bool | None]:
    return [row.right for row in counter.view.challenge]


@pytest.mark.full
def test_questions_are_not_offered_where_no_answer_can_be_noted(counter: Counter) -> None:
    asked(counter)
    counter.station.note_answer(ChallengeQuestion.OWN_NUMBER, right=True)
    counter.station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    assert noted(counter) == []
    counter.station.undo()
    assert noted(counter) == [True, None, None]
    counter.station.leave_face_path()
    assert noted(counter) == []


def test_without_a_customer_there_is_nothing_to_answer(counter: Counter) -> None:
    counter.station.sign_on("柜员一")
    with pytest.raises(SessionError):
        counter.station.note_answer(ChallengeQuestion.OWN_NUMBER, right=True)
