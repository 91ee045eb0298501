from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from teller_assist.decision.judgement import Alert, AlertKind, EdgeName, NextStep, Severity
from teller_assist.demonstration.director import _is_settled, chosen_decision
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.workflow.view import PassNeeds, Screen, StationView
from teller_assist.workflow.view_portraits import PairWord
from tests.stand_ins.view_parts import decision
from tests.stand_ins.views import STATES

ALL = frozenset(TellerDecision)
MATCH = STATES["match"]()


def alert(kind: AlertKind) -> Alert:
    return Alert(kind, Severity.REVIEW, "x")


@pytest.mark.parametrize(
    ("changed", "decided"),
    [
        ({"decision": decision(ALL, next_step=NextStep.PROCEED)}, (TellerDecision.PASS, "")),
        (
            {"decision": decision(ALL, next_step=NextStep.PROCEED, pass_needs=PassNeeds.DUAL_SIGNATURE), "alert": None},
            (TellerDecision.REFER, "cannot_tell"),
        ),
        ({"decision": decision(ALL, next_step=NextStep.RETAKE), "alert": None}, (TellerDecision.REFER, "cannot_tell")),
        (
            {"decision": decision(ALL, next_step=NextStep.CHALLENGE_QUESTIONS), "alert": alert(AlertKind.KINSHIP)},
            (TellerDecision.REFER, "possible_relative"),
        ),
        (
            {"decision": decision(ALL, next_step=NextStep.AUXILIARY_DOCUMENT), "alert": alert(AlertKind.IMPOSTOR)},
            (TellerDecision.REFER, "pictures_differ"),
        ),
        ({"decision": decision(frozenset(), next_step=None), "alert": None}, (None, "")),
    ],
)
def test_the_director_follows_the_advice_and_never_refuses(changed: dict[str, Any], decided: object) -> None:
    assert chosen_decision(replace(MATCH, **changed)) == decided


def settled(**changed: Any) -> StationView:
    pairs = dict.fromkeys(EdgeName, PairWord.AGREE)
    view = replace(MATCH, decision=decision(ALL, next_step=NextStep.PROCEED), portraits=replace(MATCH.portraits, pairs=pairs))
    return replace(view, **changed)


def test_an_outcome_is_settled_once_everything_has_answered() -> None:
    assert _is_settled(settled())
    waiting = replace(MATCH.portraits, pairs={**MATCH.portraits.pairs, EdgeName.LIVE_NETCHECK: PairWord.WAITING})
    assert not _is_settled(settled(portraits=waiting))
    assert not _is_settled(settled(decision=decision(ALL, next_step=None)))
    assert not _is_settled(settled(screen=Screen.READY))
