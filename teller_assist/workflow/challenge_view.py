"""The questions to the customer as the window shows them."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.decision.challenge import ChallengeQuestion
from teller_assist.decision.judgement import NextStep
from teller_assist.workflow.customer import Customer


@dataclass(frozen=True)
class ChallengeRow:
    """One question.

    Attributes
    ----------
    expected
        What the card says; "" for the number, which is not shown in full: it is compared with the card itself.
    right
        None: not asked yet.
    """

    question: ChallengeQuestion
    expected: str
    right: bool | None


def challenge_rows(customer: Customer) -> tuple[ChallengeRow, ...]:
    """Return the questions where they are advised or were asked; otherwise nothing."""
    card, judgement = customer.card, customer.judgement
    advised = judgement is not None and judgement.next_step is NextStep.CHALLENGE_QUESTIONS
    if card is None or judgement is None or not (advised or customer.challenge):
        return ()
    expected = {
        ChallengeQuestion.OWN_NUMBER: "",
        ChallengeQuestion.ISSUING_AUTHORITY: card.issuer,
        ChallengeQuestion.VALID_FROM: card.valid_from.isoformat(),
    }
    return tuple(ChallengeRow(one, expected[one], customer.challenge.get(one)) for one in ChallengeQuestion)
