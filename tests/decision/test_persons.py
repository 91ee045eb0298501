"""Who may act for whom, by the policy."""

from __future__ import annotations

from itertools import product

import pytest

from teller_assist.decision.judgement import NextStep
from teller_assist.decision.persons import HOLDER_MUST_COME, PersonsPolicy
from teller_assist.decision.policy import read_policy
from teller_assist.errors import SettingOutOfRangeError
from teller_assist.evidence.transaction import BusinessKind, PersonRole
from tests.decision.test_teller_judgement import CONTENT

SHIPPED = read_policy(CONTENT).persons


def test_the_shipped_policy_names_what_the_holder_does_alone() -> None:
    assert (
        PersonsPolicy(
            frozenset({BusinessKind.LOSS_RELEASE, BusinessKind.PASSWORD_RESET}),
            NextStep.MANAGER_REVIEW,
            frozenset({NextStep.PROCEED, NextStep.VERIFY_BY_HAND, NextStep.AUXILIARY_DOCUMENT, NextStep.DUAL_SIGNATURE}),
            14,
        )
        == SHIPPED
    )


@pytest.mark.parametrize(("role", "kind"), list(product(PersonRole, BusinessKind)))
def test_only_an_agent_may_stand_where_the_holder_has_to_come(role: PersonRole, kind: BusinessKind) -> None:
    expected = role is PersonRole.AGENT and kind in SHIPPED.by_holder_only
    assert SHIPPED.must_come(role, kind) is expected
    assert (HOLDER_MUST_COME in SHIPPED.reasons(role, kind)) is expected
    assert bool(SHIPPED.reasons(role, kind)) is (role is not PersonRole.HOLDER)


@pytest.mark.parametrize("years", [b"13", b"22", b"true"])
def test_the_age_of_consent_stays_within_what_the_law_allows(years: bytes) -> None:
    changed = CONTENT.replace(b"guardian_consents_below_years = 14", b"guardian_consents_below_years = " + years)
    assert changed != CONTENT
    with pytest.raises(SettingOutOfRangeError) as refused:
        read_policy(changed)
    assert refused.value.facts["key"] == "persons.guardian_consents_below_years"
