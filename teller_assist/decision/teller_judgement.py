"""The teller's own judgement, given before the product's reading is shown: when it is asked for, and when the two disagree.

A person who has seen a machine's answer no longer judges alone (Howard 2020; Carragher & Hancock 2022).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from teller_assist.decision.judgement import FaceFinding, NextStep
from teller_assist.evidence.transaction import BusinessKind, TellerJudgement

SAME_READING_DIFFERENT = "teller_same_reading_different"
DIFFERENT_READING_SAME = "teller_different_reading_same"


@dataclass(frozen=True)
class JudgementFirst:
    """When the teller judges first, and what a disagreement changes.

    Attributes
    ----------
    always
        These kinds of business every time.
    one_in
        By kind of business: of so many customers, one drawn at random.
    next_step
        Taken in place of the steps in ``instead_of`` where teller and reading disagree.
    """

    always: frozenset[BusinessKind]
    one_in: Mapping[BusinessKind, int]
    next_step: NextStep
    instead_of: frozenset[NextStep]

    def asks(self, kind: BusinessKind, draw: Callable[[int], int]) -> bool:
        """Return whether this customer is judged first.

        Parameters
        ----------
        draw
            Returns a random whole number from 0 up to, not including, its argument.
        """
        return kind in self.always or (kind in self.one_in and draw(self.one_in[kind]) == 0)


def disagreement(judgement: TellerJudgement | None, finding: FaceFinding) -> str:
    """Return the code of a disagreement between the teller and the reading; "" where there is none.

    Who cannot say disagrees with nothing, the teller and the reading alike.
    """
    if judgement is None:
        return ""
    if judgement.point > 0 and finding is FaceFinding.NON_MATCH:
        return SAME_READING_DIFFERENT
    return DIFFERENT_READING_SAME if judgement.point < 0 and finding is FaceFinding.MATCH else ""
