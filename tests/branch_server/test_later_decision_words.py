"""The manager's page says why a referred customer was passed or rejected in the end."""

from __future__ import annotations

import pytest

from teller_assist.review.case_words import decision_words
from tests.stand_ins.cases import made_up_case


@pytest.mark.parametrize(
    ("taken", "reason", "told"),
    [
        ("pass", "manager_agreed", "主管复核后同意"),
        ("pass", "manager_silent", "主管未在规定时间内答复"),
        ("reject", "manager_declined", "主管复核后暂不办理"),
        ("reject", "customer_withdrew", "客户放弃办理"),
    ],
)
def test_the_reason_of_a_later_decision_has_words(taken: str, reason: str, told: str) -> None:
    decision = {"taken": taken, "reason": reason, "second_teller": "柜员二", "documents": []}
    assert told in [one.zh for one in decision_words(made_up_case(decision=decision))]
