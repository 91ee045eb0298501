from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.decision.judgement import AlertKind, NextStep, Severity
from teller_assist.decision.policy import OutcomePolicy, read_policy
from teller_assist.errors import SettingOutOfRangeError, SettingsError, SettingsFileError, UnknownSettingError
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.transaction import BusinessKind

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = (ROOT / "config" / "policy.toml").read_text(encoding="utf-8")
HEAD = """
schema = "policy/1"
date = 2026-01-02
author = "nobody"
[outcome]
target_fmr = "1e-3"
non_match_fnmr_max = 0.05
"""
GOOD = HEAD + SHIPPED[SHIPPED.index("[attempts]") :]


def test_a_policy_has_a_date_an_author_and_its_limits() -> None:
    policy = read_policy(GOOD.encode())
    assert (policy.date, policy.author) == (datetime.date(2026, 1, 2), "nobody")
    assert policy.outcome == OutcomePolicy("1e-3", 0.05)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"schema = ",
        b"[outcome",
        GOOD.replace("policy/1", "policy/2").encode(),
        GOOD.replace('"policy/1"', "1").encode(),
    ],
)
def test_what_is_no_policy_file_is_refused(content: bytes) -> None:
    with pytest.raises(SettingsFileError) as caught:
        read_policy(content)
    assert caught.value.reason == "settings_unreadable"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("[outcome]", "threshold = 0.4\n[outcome]", "threshold"),
        ("[outcome]", "[outcome]\nmatch_score = 0.4", "outcome.match_score"),
        ("non_match_fnmr_max", "non_match_fnmr_maximum", "outcome.non_match_fnmr_maximum"),
        ("[outcome]", "[thresholds]\na = 1\n[outcome]", "thresholds"),
        ("most = 3", "most = 3\nleast = 1", "attempts.least"),
        ('impostor = "review"', 'impostor = "review"\nsequence_gap = "review"', "alerts.sequence_gap"),
        ('CARD_LOST = "stop"', 'CARD_LOST = "stop"\nMATCH_PHOTO_SAME = "info"', "alerts.netcheck_result.MATCH_PHOTO_SAME"),
        ("strict_kinds", "score_max = 0.9\nstrict_kinds", "kinship.score_max"),
    ],
)
def test_an_unknown_key_is_named(old: str, new: str, key: str) -> None:
    """A score in the policy would be one: scores stand in config/calibration/ only."""
    with pytest.raises(UnknownSettingError) as caught:
        read_policy(GOOD.replace(old, new).encode())
    assert caught.value.facts["key"] == key


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"1e-3"', '"1e-2"'),
        ('"1e-3"', "1e-3"),
        ('"1e-3"', '""'),
        ('"1e-3"', '["1e-3"]'),
        ("0.05", "0.0"),
        ("0.05", "-0.01"),
        ("0.05", "0.51"),
        ("0.05", "nan"),
        ("0.05", "inf"),
        ("0.05", "1"),
        ("0.05", '"0.05"'),
        ("0.05", "true"),
        ("2026-01-02", '"2026-01-02"'),
        ("date = 2026-01-02", ""),
        ('"nobody"', "7"),
        ('author = "nobody"', ""),
        ('target_fmr = "1e-3"', ""),
        ("non_match_fnmr_max = 0.05", ""),
        ("[outcome]", "[[outcome]]"),
        ("most = 3", "most = 0"),
        ("most = 3", "most = 11"),
        ("most = 3", "most = 2"),  # fewer than a rule's retakes
        ("most = 3", "most = 3.0"),
        ("most = 3", ""),
        ('strict_severity = "review"', 'strict_severity = "severe"'),
        ('strict_kinds = ["loss_report", ', 'strict_kinds = ["loan", '),
        ('strict_kinds = ["loss_report", ', 'strict_kinds = ["loss_report", "loss_report", '),
        ('instead_of = ["proceed", ', 'instead_of = ["pass", '),
        ('instead_of = ["proceed", ', 'instead_of = [["proceed"], '),
        ('impostor = "review"', 'impostor = "red"'),
        ('impostor = "review"', ""),
        ('CARD_LOST = "stop"', ""),
        ('look_alike = "review"', ""),
        ('second_identity = "review"', ""),
        # A hint refuses nobody and takes nobody past a step that asks for more.
        ('next_step = "challenge_questions"\ninstead_of', 'next_step = "refuse_card"\ninstead_of'),
        ('instead_of = ["proceed", "verify_by_hand"]', 'instead_of = ["proceed", "manager_review"]'),
        ('keep_pictures = "alerts"', 'keep_pictures = "sometimes"'),
        ('keep_pictures = "alerts"', ""),
        ('CARD_LOST = "stop"', "CARD_LOST = 3"),
        ("[alerts.netcheck_result]", "[alerts.other]"),
        ("[document_problem]", "[[document_problem]]"),
        # Two writings of a name are no ground to refuse a card.
        ('next_step = "manager_review"\ninstead_of', 'next_step = "refuse_card"\ninstead_of'),
    ],
)
def test_a_value_that_is_absent_wrong_or_out_of_range_stops_the_start(old: str, new: str) -> None:
    assert old in GOOD
    with pytest.raises(SettingOutOfRangeError):
        read_policy(GOOD.replace(old, new, 1).encode())


@pytest.mark.parametrize(
    "table",
    [
        "outcome",
        "attempts",
        "kinship",
        "second_identity",
        "document_problem",
        "printed_differs",
        "travel_document",
        "travel_document_failed",
        "alerts",
        "alerts.netcheck_result",
    ],
)
def test_a_policy_without_one_of_its_tables_is_refused(table: str) -> None:
    before, after = GOOD.split(f"[{table}]\n", 1)
    with pytest.raises(SettingsError):
        read_policy((before + after[after.index("\n[") + 1 :]).encode())


def test_the_other_tables_are_read() -> None:
    policy = read_policy(GOOD.encode())
    assert policy.attempts_max == 3
    assert BusinessKind.PASSWORD_RESET in policy.kinship.strict_kinds
    assert policy.document_problem.next_step is NextStep.AUXILIARY_DOCUMENT
    assert policy.severities[AlertKind.IMPOSTOR] is Severity.REVIEW
    assert policy.netcheck_severities[NetcheckCode.CARD_LOST] is Severity.STOP


# ---------------------------------------------------------------- the one that ships


def test_the_shipped_policy_aims_at_one_in_ten_thousand() -> None:
    policy = read_policy((ROOT / "config" / "policy.toml").read_bytes())
    assert policy.outcome.target_fmr == "1e-4"


def _keys(table: dict[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        yield key
        if isinstance(value, dict):
            yield from _keys(value)


def test_no_score_stands_in_the_configuration_beside_the_calibrations() -> None:
    """A threshold is worth nothing without its model and photo kinds; `detection_score_min` is of the detector, no comparison."""
    files = sorted((ROOT / "config").glob("*.toml"))
    assert files
    for path in files:
        keys = set(_keys(tomllib.loads(path.read_text(encoding="utf-8")))) - {"detection_score_min"}
        suspicious = [key for key in keys if any(word in key for word in ("score", "threshold", "cosine", "similarity"))]
        assert suspicious == [], path.name
