"""What it changes that somebody acts for the customer, or that the card has no chip to read."""

from __future__ import annotations

from dataclasses import dataclass

from teller_assist.decision.judgement import NextStep
from teller_assist.evidence.transaction import BusinessKind, PersonRole

HOLDER_MUST_COME = "holder_must_come"


@dataclass(frozen=True)
class PersonsPolicy:
    """What the bank decides about those who act for another.

    Attributes
    ----------
    by_holder_only
        Kinds of business for which no agent may act. A guardian may: the law lets nobody else act for a child.
    next_step
        Taken in place of the steps in ``instead_of`` where an agent comes for one of them.
    guardian_consents_below_years
        For a customer below this age the guardian agrees to face recognition (人脸识别技术应用安全管理办法).
    """

    by_holder_only: frozenset[BusinessKind]
    next_step: NextStep
    instead_of: frozenset[NextStep]
    guardian_consents_below_years: int

    def must_come(self, role: PersonRole, kind: BusinessKind) -> bool:
        """Return whether an agent stands where the holder would have to."""
        return role is PersonRole.AGENT and kind in self.by_holder_only

    def reasons(self, role: PersonRole, kind: BusinessKind) -> tuple[str, ...]:
        """Return what a role adds to the reasons; codes of the wording group ``reason``."""
        if self.must_come(role, kind):
            return (HOLDER_MUST_COME,)
        return {PersonRole.HOLDER: (), PersonRole.AGENT: ("agent_acts",), PersonRole.GUARDIAN: ("guardian_acts",)}[role]
