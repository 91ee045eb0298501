"""When the teller judges first."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from teller_assist.decision.policy import read_policy
from teller_assist.errors import SettingOutOfRangeError, UnknownSettingError
from teller_assist.evidence.transaction import BusinessKind, TellerJudgement
from teller_assist.wording import codes

CONTENT = (Path(__file__).resolve().parents[2] / "config" / "policy.toml").read_bytes()
FIRST = read_policy(CONTENT).judgement_first
ALWAYS = {BusinessKind.LOSS_REPORT, BusinessKind.LOSS_RELEASE, BusinessKind.PASSWORD_RESET, BusinessKind.LARGE_WITHDRAWAL}


def never(_one_in: int) -> int:
    return 1


def always(_one_in: int) -> int:
    return 0


@pytest.mark.parametrize("kind", BusinessKind)
def test_the_shipped_policy_asks_always_for_four_kinds_of_business(kind: BusinessKind) -> None:
    assert FIRST.asks(kind, never) is (kind in ALWAYS)


def test_one_account_opening_in_twenty_is_drawn() -> None:
    drawn = itertools.count()
    asked = [FIRST.asks(BusinessKind.ACCOUNT_OPENING, lambda one_in: next(drawn) % one_in) for _ in range(40)]
    assert sum(asked) == 2


def test_kinds_that_the_policy_does_not_name_are_never_drawn() -> None:
    assert not FIRST.asks(BusinessKind.ACTIVATION, always)
    assert not FIRST.asks(BusinessKind.ACCOUNT_CLOSING, always)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"account_opening = 20", b"account_opening = 0"),
        (b"account_opening = 20", b"account_opening = 1001"),
        (b"account_opening = 20", b"account_opening = true"),
        (b'disagreement_instead_of = ["proceed"]', b'disagreement_instead_of = ["refuse"]'),
    ],
)
def test_a_policy_that_says_it_wrongly_is_refused(before: bytes, after: bytes) -> None:
    with pytest.raises(SettingOutOfRangeError):
        read_policy(CONTENT.replace(before, after))


def test_a_kind_of_business_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownSettingError) as refused:
        read_policy(CONTENT.replace(b"account_opening = 20", b"acount_opening = 20"))
    assert refused.value.facts["key"] == "judgement_first.one_in.acount_opening"


def test_every_answer_has_its_words() -> None:
    expected = tuple(one.value for one in TellerJudgement)
    assert codes("teller_judgement") == expected
    assert codes("judgement_short") == expected
