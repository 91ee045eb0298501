"""The closed lists are complete and every entry has its words."""

from __future__ import annotations

import json

import pytest

from teller_assist.cli import main
from teller_assist.decision.judgement import AlertKind, NextStep, Severity
from teller_assist.errors import known_reasons
from teller_assist.evidence.kinds import Outcome, PhotoKind
from teller_assist.evidence.measurements import QualityName
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.presentation import PadState
from teller_assist.evidence.transaction import BusinessKind, TellerDecision


@pytest.fixture
def lists(capsys: pytest.CaptureFixture[str]) -> dict[str, list[dict[str, str]]]:
    assert main(["vocabulary", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "vocabulary/1"
    found: dict[str, list[dict[str, str]]] = document["lists"]
    return found


def _codes(entries: list[dict[str, str]]) -> set[str]:
    return {entry["code"] for entry in entries}


def test_every_reason_outcome_kind_and_quality_component_is_listed(lists: dict[str, list[dict[str, str]]]) -> None:
    assert _codes(lists["reasons"]) == set(known_reasons())
    assert _codes(lists["outcomes"]) == {outcome.value for outcome in Outcome}
    assert _codes(lists["photo_kinds"]) == {kind.value for kind in PhotoKind}
    assert _codes(lists["quality_components"]) == {name.value for name in QualityName}
    assert _codes(lists["alert_kinds"]) == {kind.value for kind in AlertKind}
    assert _codes(lists["severities"]) == {severity.value for severity in Severity}
    assert _codes(lists["next_steps"]) == {step.value for step in NextStep}
    assert _codes(lists["business_kinds"]) == {kind.value for kind in BusinessKind}
    assert _codes(lists["pad_states"]) == {state.value for state in PadState}
    assert _codes(lists["netcheck_results"]) >= set(NetcheckCode) - {NetcheckCode.NOT_ASKED}
    assert _codes(lists["teller_decisions"]) == {decision.value for decision in TellerDecision}
    assert _codes(lists["exit_codes"]) == {"0", "2", "3", "4"}


def test_every_entry_has_words_in_both_languages(lists: dict[str, list[dict[str, str]]]) -> None:
    for name, entries in lists.items():
        assert entries, name
        assert all(entry["zh"] and entry["en"] for entry in entries), name


def test_people_read_a_line_per_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vocabulary"]) == 0
    assert "no_face" in capsys.readouterr().out
