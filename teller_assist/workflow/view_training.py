"""A training pair, what is said of it afterwards and the teller's own summary, as finished values for the window."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.evidence.transaction import TellerJudgement
from teller_assist.wording import Sentences
from teller_assist.workflow.view_portraits import PortraitsView


@dataclass(frozen=True, eq=False)
class TrainingView:
    """What the window shows of the training between two customers.

    Attributes
    ----------
    portraits
        The pair, in the places of live picture and chip portrait; None while none is shown.
    given
        How the teller judged the pair shown; None while they have not.
    told
        Once judged: that it was a training case, what the pair is, and one sentence on the judgement.
    right
        Whether the judgement was right; None before it, and where the teller could not say.
    judged
        How many pairs were judged since the summary was last forgotten.
    summary
        Shown on a click of the teller's only.
    may_ask
        A pair can be asked for now.
    problem
        Why there is no training although it is set up; None where there is.
    """

    portraits: PortraitsView | None = None
    given: TellerJudgement | None = None
    told: tuple[Sentences, ...] = ()
    right: bool | None = None
    judged: int = 0
    summary: tuple[Sentences, ...] = ()
    may_ask: bool = False
    problem: Sentences | None = None

    @property
    def asked(self) -> bool:
        """Whether a pair waits to be judged."""
        return self.portraits is not None and self.given is None
