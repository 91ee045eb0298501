"""The shipped next-step matrix, all 480 combinations, and what its reader refuses."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from teller_assist.decision.judgement import AlertKind, FaceFinding, Kinship, NextStep
from teller_assist.decision.next_step import NextStepMatrix, Situation, StepRule, every_situation
from teller_assist.decision.policy import Policy, read_policy
from teller_assist.errors import SettingOutOfRangeError, SettingsError, UnknownSettingError
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.presentation import PadState
from teller_assist.wording import sentence

SHIPPED = (Path(__file__).resolve().parents[2] / "config" / "policy.toml").read_text(encoding="utf-8")
POLICY = read_policy(SHIPPED.encode())
AGREED = (NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_NO_PHOTO)
REPORTED = (NetcheckCode.CARD_LOST, NetcheckCode.CARD_INVALID)
NOT_ATTACK = (PadState.BONA_FIDE, PadState.UNCERTAIN, PadState.NOT_AVAILABLE)


def rules_of(policy: Policy) -> dict[Situation, StepRule]:
    return {situation: policy.next_steps.rule_for(situation) for situation in every_situation()}


RULES = rules_of(POLICY)


def step(netcheck: str, face: str, kinship: str, pad: str, attempts: int = 1) -> str:
    situation = Situation.of(NetcheckCode(netcheck), FaceFinding(face), Kinship(kinship), PadState(pad))
    return POLICY.next_steps.rule_for(situation).step_at(attempts).value


def test_each_of_the_480_combinations_has_exactly_one_rule() -> None:
    assert len(RULES) == 10 * 4 * 3 * 4 == 480
    stated = Counter(situation for rule in set_of_rules() for situation in rule.situations())
    assert set(stated) == set(RULES)
    assert set(stated.values()) == {1}


def set_of_rules() -> list[StepRule]:
    by_name = {rule.name: rule for rule in RULES.values()}
    return list(by_name.values())


def test_the_order_of_the_rules_means_nothing() -> None:
    turned = NextStepMatrix(reversed(set_of_rules()))
    assert {situation: turned.rule_for(situation) for situation in every_situation()} == RULES


# netcheck, face, kinship, PAD -> next step at the first capture: the core rows, and their neighbours.
CORE = [
    ("MATCH_PHOTO_SAME", "match", "no", "bona_fide", "proceed"),
    ("MATCH_PHOTO_SAME", "match", "no", "not_available", "proceed"),
    ("MATCH_PHOTO_SAME", "match", "no", "not_applicable", "proceed"),
    ("MATCH_PHOTO_SAME", "match", "no", "uncertain", "retake"),
    ("MATCH_PHOTO_SAME", "match", "yes", "bona_fide", "challenge_questions"),
    ("MATCH_PHOTO_SAME", "match", "unknown", "bona_fide", "challenge_questions"),
    ("MATCH_PHOTO_SAME", "cannot_tell", "no", "bona_fide", "retake"),
    ("MATCH_PHOTO_SAME", "cannot_tell", "yes", "not_available", "retake"),
    ("MATCH_PHOTO_SAME", "non_match", "no", "bona_fide", "auxiliary_document"),
    ("MATCH_PHOTO_SAME", "non_match", "yes", "bona_fide", "manager_review"),
    ("MATCH_PHOTO_SAME", "not_done", "no", "not_applicable", "verify_by_hand"),
    ("MATCH_PHOTO_SAME", "not_done", "yes", "not_applicable", "auxiliary_document"),
    ("MATCH_PHOTO_SAME", "match", "no", "attack", "retake"),
    ("MATCH_PHOTO_SAME", "non_match", "no", "attack", "manager_review"),
    ("MATCH_NO_PHOTO", "match", "no", "bona_fide", "proceed"),
    ("MATCH_NO_PHOTO", "match", "yes", "bona_fide", "challenge_questions"),
    ("MATCH_PHOTO_DIFFERENT", "match", "no", "bona_fide", "auxiliary_document"),
    ("MATCH_PHOTO_DIFFERENT", "non_match", "no", "bona_fide", "manager_review"),
    ("NAME_MISMATCH", "match", "no", "bona_fide", "auxiliary_document"),
    ("NOT_FOUND", "match", "no", "bona_fide", "auxiliary_document"),
    ("CARD_LOST", "match", "no", "bona_fide", "refuse_card"),
    ("CARD_INVALID", "non_match", "yes", "uncertain", "refuse_card"),
    ("CARD_LOST", "match", "no", "attack", "manager_review"),
    ("SERVICE_DOWN", "match", "no", "bona_fide", "challenge_questions"),
    ("SERVICE_DOWN", "not_done", "no", "not_applicable", "auxiliary_document"),
    ("FORMAT_ERROR", "match", "no", "bona_fide", "challenge_questions"),
    ("NOT_ASKED", "match", "no", "bona_fide", "verify_by_hand"),
    ("NOT_ASKED", "not_done", "unknown", "not_applicable", "verify_by_hand"),
]


@pytest.mark.parametrize("row", CORE, ids=" ".join)
def test_the_core_rows(row: tuple[str, str, str, str, str]) -> None:
    netcheck, face, kinship, pad, expected = row
    assert step(netcheck, face, kinship, pad) == expected


def test_only_a_reported_card_is_ever_refused_and_only_after_verification() -> None:
    for situation, rule in RULES.items():
        steps = {rule.next_step, *rule.afterwards}
        assert (NextStep.REFUSE_CARD in steps) == (situation.netcheck in REPORTED and situation.pad is not PadState.ATTACK)
        assert NextStep.REFUSE_CARD not in steps or "verify_before_refusing" in rule.reasons


def test_a_reading_of_an_attack_leads_to_another_capture_or_the_manager_and_never_to_a_refusal() -> None:
    for situation, rule in RULES.items():
        if situation.pad is PadState.ATTACK:
            assert {rule.next_step, *rule.afterwards} <= {NextStep.RETAKE, NextStep.MANAGER_REVIEW}


def test_an_absent_detector_neither_raises_nor_changes_anything_against_a_bona_fide_reading() -> None:
    for situation, rule in RULES.items():
        assert AlertKind.PRESENTATION_ATTACK not in rule.alerts or situation.pad is PadState.ATTACK
        if situation.pad is PadState.NOT_AVAILABLE:
            assert rule is RULES[Situation(situation.netcheck, situation.face, situation.kinship, PadState.BONA_FIDE)]


def test_the_product_lets_proceed_on_two_agreeing_sources_without_a_relative_only() -> None:
    for situation, rule in RULES.items():
        if NextStep.PROCEED in (rule.next_step, *rule.afterwards):
            assert situation.netcheck in AGREED
            assert situation.face is FaceFinding.MATCH
            assert situation.kinship is Kinship.NO
            assert situation.pad in (PadState.BONA_FIDE, PadState.NOT_AVAILABLE)


def test_a_match_with_a_relative_or_an_unanswered_register_asks_questions_at_least() -> None:
    for situation, rule in RULES.items():
        if situation.face is FaceFinding.MATCH and situation.kinship is not Kinship.NO and situation.pad in NOT_ATTACK:
            assert rule.next_step not in (NextStep.PROCEED, NextStep.VERIFY_BY_HAND, NextStep.RETAKE)


def test_a_claim_on_the_chip_alone_says_so() -> None:
    assert (
        "claim_limited_to_chip"
        in POLICY.next_steps.rule_for(
            Situation(NetcheckCode.MATCH_NO_PHOTO, FaceFinding.MATCH, Kinship.NO, PadState.BONA_FIDE)
        ).reasons
    )


def test_cannot_tell_is_retaken_three_times_then_documents_then_two_signatures() -> None:
    steps = [step("MATCH_PHOTO_SAME", "cannot_tell", "no", "bona_fide", attempts) for attempts in (1, 2, 3, 4, 5, 6, 99)]
    assert steps == ["retake"] * 3 + ["auxiliary_document"] + ["dual_signature"] * 3


def test_an_attack_is_retaken_once_and_then_the_manager_s() -> None:
    assert [step("MATCH_PHOTO_SAME", "match", "no", "attack", attempts) for attempts in (1, 2, 3)] == [
        "retake",
        "manager_review",
        "manager_review",
    ]


@pytest.mark.parametrize(
    "situation", [situation for situation, rule in RULES.items() if rule.next_step is not NextStep.RETAKE][::40]
)
def test_other_steps_do_not_change_with_the_attempts(situation: Situation) -> None:
    rule = RULES[situation]
    assert {rule.step_at(attempts) for attempts in range(8)} == {rule.next_step}


def test_every_reason_of_a_rule_has_words() -> None:
    for rule in set_of_rules():
        for code in rule.reasons:
            assert sentence("reason", code).zh


def test_every_next_step_has_words() -> None:
    for one in NextStep:
        assert sentence("next_step", one.value).zh
        assert sentence("next_step_text", one.value).zh.endswith("。")


# ---------------------------------------------------------------- what the reader refuses


def without_rule(name: str) -> str:
    return re.sub(rf"\[rules\.{name}\]\n(?:.+\n)*", "", SHIPPED)


def changed(rule: str, old: str, new: str) -> str:
    """The shipped policy with one line of one rule changed."""
    start = SHIPPED.index(f"[rules.{rule}]")
    end = SHIPPED.find("\n\n", start)
    body = SHIPPED[start:end]
    assert old in body
    return SHIPPED[:start] + body.replace(old, new, 1) + SHIPPED[end:]


@pytest.mark.parametrize("name", sorted(tomllib.loads(SHIPPED)["rules"]))
def test_a_missing_rule_is_refused_and_a_combination_named(name: str) -> None:
    with pytest.raises(SettingOutOfRangeError) as caught:
        read_policy(without_rule(name).encode())
    assert caught.value.facts["why"] == "missing"
    assert caught.value.facts["combination"]


def test_overlapping_rules_are_refused_and_both_named() -> None:
    with pytest.raises(SettingOutOfRangeError) as caught:
        read_policy(changed("clear_match", 'kinship = ["no"]', 'kinship = ["no", "yes"]').encode())
    assert caught.value.facts["why"] == "overlap"
    assert "clear_match" in str(caught.value.facts["rules"])
    assert "match_with_relative" in str(caught.value.facts["rules"])


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("clear_match", '"MATCH_PHOTO_SAME"', '"MATCH"'),
        ("clear_match", '["match"]', '["Match"]'),
        ("clear_match", '["match"]', '"match"'),
        ("clear_match", '["match"]', "[1]"),
        ("clear_match", '["match"]', "[]"),
        ("clear_match", '["match"]', '["match", "match"]'),
        ("clear_match", '["match"]', '[["match"]]'),
        ("clear_match", 'face = ["match"]', ""),
        ("clear_match", '["bona_fide", "not_available"]', '["not_applicable"]'),
        ("clear_match", '"proceed"', '"refuse"'),
        ("clear_match", '"proceed"', "true"),
        ("clear_match", 'next_step = "proceed"', ""),
        ("clear_match", 'next_step = "proceed"', 'next_step = "proceed"\nreasons = "one"'),
        ("clear_match", 'next_step = "proceed"', 'next_step = "proceed"\nreasons = [1]'),
        ("clear_match", 'next_step = "proceed"', 'next_step = "proceed"\nalerts = "stop"'),
        ("clear_match", 'next_step = "proceed"', 'next_step = "retake"'),
        ("attack", "retakes = 1", "retakes = 0"),
        ("attack", "retakes = 1", "retakes = 4"),
        ("attack", "retakes = 1", "retakes = 1.0"),
        ("attack", "retakes = 1", "retakes = true"),
        ("attack", '["manager_review"]', "[]"),
        ("attack", '["manager_review"]', '["retake"]'),
        ("attack_and_different", '"stop"', '"alarm"'),
        ("attack_and_different", "presentation_attack", "attack"),
    ],
)
def test_a_rule_with_an_unknown_code_or_a_wrong_type_stops_the_start(rule: str, old: str, new: str) -> None:
    with pytest.raises(SettingOutOfRangeError) as caught:
        read_policy(changed(rule, old, new).encode())
    assert caught.value.facts["file"] == "policy.toml"
    assert str(caught.value.facts["key"]).startswith(f"rules.{rule}")


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("presentation_attack", "clear_match"),
        ("impostor", "cannot_tell"),
        ("kinship", "non_match"),
        ("netcheck_result", "clear_match"),
        ("look_alike", "non_match"),
        ("device", "cannot_tell"),
    ],
)
def test_a_rule_may_not_raise_an_alert_without_its_evidence(kind: str, rule: str) -> None:
    text = changed(rule, "next_step =", f'alerts = {{ {kind} = "stop" }}\nnext_step =')
    with pytest.raises(SettingOutOfRangeError) as caught:
        read_policy(text.encode())
    assert caught.value.facts["why"] == "no_evidence"


@pytest.mark.parametrize(
    ("rule", "new", "key"),
    [
        ("clear_match", "retakes = 2", "rules.clear_match.retakes"),
        ("clear_match", 'afterwards = ["proceed"]', "rules.clear_match.afterwards"),
        ("clear_match", "score_min = 0.4", "rules.clear_match.score_min"),
    ],
)
def test_a_key_that_a_rule_does_not_know_is_named(rule: str, new: str, key: str) -> None:
    with pytest.raises(UnknownSettingError) as caught:
        read_policy(changed(rule, "next_step =", f"{new}\nnext_step =").encode())
    assert caught.value.facts["key"] == key


def test_a_rule_that_is_no_table_is_refused() -> None:
    with pytest.raises(SettingsError):
        read_policy((without_rule("nothing_answered").rstrip() + "\n\n[rules]\n").encode())
    with pytest.raises(SettingOutOfRangeError):
        read_policy(SHIPPED.replace("[rules.card_reported]", "[rules]\nextra = 1\n\n[rules.card_reported]").encode())
