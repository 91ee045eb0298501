"""Questions to the customer that the card answers: what a close relative who looks alike often cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from teller_assist.decision.judgement import NextStep

ALL_RIGHT = "challenge_all_right"
SOME_WRONG = "challenge_some_wrong"


class ChallengeQuestion(StrEnum):
    """What the customer is asked, the card out of sight."""

    OWN_NUMBER = "own_number"
    ISSUING_AUTHORITY = "issuing_authority"
    VALID_FROM = "valid_from"


Answers = Mapping[ChallengeQuestion, bool]


@dataclass(frozen=True)
class ChallengePolicy:
    """What follows from the answers.

    Attributes
    ----------
    all_right, all_right_without_authority
        Every question was answered rightly; and the authority confirmed number and name, or did not answer.
    any_wrong
        One was not.
    """

    all_right: NextStep
    all_right_without_authority: NextStep
    any_wrong: NextStep


def outcome_of(answers: Answers) -> str:
    """Return the code of what the answers say; "" while something is still to be asked."""
    if not all(answers.values()):
        return SOME_WRONG
    return ALL_RIGHT if answers.keys() == set(ChallengeQuestion) else ""
