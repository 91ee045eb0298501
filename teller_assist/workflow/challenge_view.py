"""The questions to the customer as the window shows them."""

from __future__ import annotations

from teller_assist.decision.challenge import ChallengeQuestion
from teller_assist.decision.judgement import NextStep
from teller_assist.workflow.counter_session import TABLE, SessionEvent, SessionState
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.view import ChallengeRow


def challenge_rows(state: SessionState, customer: Customer) -> tuple[ChallengeRow, ...]:
    """Return the questions where they are advised or were asked and an answer can be noted; otherwise nothing."""
    card, judgement = customer.card, customer.judgement
    if card is None or judgement is None or (state, SessionEvent.ANSWER_NOTED) not in TABLE:
        return ()
    if judgement.next_step is not NextStep.CHALLENGE_QUESTIONS and not customer.challenge:
        return ()
    expected = {
        ChallengeQuestion.OWN_NUMBER: "",
        ChallengeQuestion.ISSUING_AUTHORITY: card.issuer,
        ChallengeQuestion.VALID_FROM: card.valid_from.isoformat(),
    }
    return tuple(ChallengeRow(one, expected[one], customer.challenge.get(one)) for one in ChallengeQuestion)
