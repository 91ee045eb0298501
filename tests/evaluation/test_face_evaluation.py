"""The body of evaluate-face/1, on made-up features."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest

from teller_assist.comparison.calibration import Calibration
from teller_assist.decision.outcome import decide_outcome
from teller_assist.decision.policy import OutcomePolicy
from teller_assist.evaluation.feature_sets import MeasuredSet
from teller_assist.evaluation.sets import SetRow, Split
from teller_assist.evidence.kinds import LineShape, Outcome, PhotoKind
from tests.evaluation.made_up_sets import TEST_PEOPLE, Evaluate, measured_of, row, rows_of

LIVE, CHIP, CLEAN, MESH = PhotoKind.LIVE, PhotoKind.CHIP, PhotoKind.CLEAN, PhotoKind.MESH
DEV_PEOPLE = [f"d{number:03d}" for number in range(250)]


@pytest.fixture(scope="module")
def rows() -> list[SetRow]:
    return [*rows_of(TEST_PEOPLE, (LIVE, CHIP)), *rows_of(DEV_PEOPLE, (LIVE, CHIP), Split.DEV)]


def scores_by_hand(rows: Iterable[SetRow], split: Split) -> tuple[list[float], list[float]]:
    measured = measured_of([one for one in rows if one.split is split])
    faces = list(zip(measured.rows, measured.measured, strict=True))
    mated: list[float] = []
    non_mated: list[float] = []
    for (probe, first), (reference, second) in itertools.product(faces, faces):
        if probe.kind is LIVE and reference.kind is CHIP and probe.source != reference.source:
            same = probe.identity == reference.identity
            (mated if same else non_mated).append(float(first.vector @ second.vector))
    return mated, non_mated


@pytest.mark.full
def test_thresholds_come_from_development_people_and_rates_from_the_others(rows: list[SetRow], evaluate: Evaluate) -> None:
    kind = evaluate(rows)["kinds"]["chip"]
    dev_non_mated = np.array(scores_by_hand(rows, Split.DEV)[1])
    mated, non_mated = (np.array(side) for side in scores_by_hand(rows, Split.TEST))
    entry = kind["set_dev"]["1e-3"]
    threshold = entry["threshold"]
    assert (dev_non_mated >= threshold).mean() <= 1e-3 < (dev_non_mated >= threshold - 1 / 500).mean()
    assert entry["passed"] == int((mated >= threshold).sum())
    assert entry["pass_rate"] == pytest.approx((mated >= threshold).mean())
    assert entry["pass_ci95"][0] < entry["pass_rate"] < entry["pass_ci95"][1]
    assert (entry["fmr_errors"], entry["fmr_comparisons"]) == (int((non_mated >= threshold).sum()), len(non_mated))
    assert (kind["mated"], kind["mated_identities"], kind["non_mated"]) == (len(mated), 40, len(non_mated)) == (80, 40, 6_240)


@pytest.mark.full
def test_what_the_counts_do_not_carry_is_not_stated(rows: list[SetRow], evaluate: Evaluate) -> None:
    block = evaluate(rows)["kinds"]["chip"]["set_dev"]
    assert {target: entry["stated"] for target, entry in block.items()} == {"1e-3": True, "1e-4": False, "1e-5": False}
    assert block["1e-4"] == {"stated": False, "why": "too_few_comparisons", "comparisons": 249_000, "comparisons_needed": 300_000}


def test_without_development_people_there_is_no_such_block(rows: list[SetRow], evaluate: Evaluate) -> None:
    kind = evaluate([one for one in rows if one.split is Split.TEST])["kinds"]["chip"]
    assert "set_dev" not in kind
    assert kind["shipped"]["1e-4"]["stated"] is True


@pytest.mark.full
def test_the_shipped_block_takes_the_calibration_as_it_is(
    rows: list[SetRow], evaluate: Evaluate, make_calibration: Callable[..., Calibration]
) -> None:
    calibration = make_calibration()
    kind = evaluate(rows, chip=calibration)["kinds"]["chip"]
    entry = kind["shipped"]["1e-4"]
    assert entry["threshold"] == calibration.thresholds["1e-4"].score  # type: ignore[union-attr]
    mated, non_mated = scores_by_hand(rows, Split.TEST)
    assert entry["passed"] == sum(score >= entry["threshold"] for score in mated)
    assert entry["fmr_errors"] == sum(score >= entry["threshold"] for score in non_mated)
    assert kind["calibration_id"] == calibration.calibration_id
    assert kind["cllr"] >= kind["cllr_min"] >= 0


@pytest.mark.full
def test_a_failure_to_acquire_counts_as_a_reject(rows: list[SetRow], evaluate: Evaluate) -> None:
    lost = [one.path for one in rows if one.split is Split.TEST and one.kind is CHIP][:8]
    whole, with_failures = evaluate(rows)["kinds"]["chip"], evaluate(rows, failures=lost)["kinds"]["chip"]
    assert with_failures["fta"] == {"count": 8, "of": 80, "reasons": {"no_face": 8}}
    assert (with_failures["mated"], with_failures["mated_failed_to_acquire"]) == (whole["mated"], 8)
    assert with_failures["set_dev"]["1e-3"]["pass_rate"] == with_failures["set_dev"]["1e-3"]["passed"] / whole["mated"]
    assert with_failures["set_dev"]["1e-3"]["pass_rate"] < whole["set_dev"]["1e-3"]["pass_rate"]
    assert with_failures["det"][0][1] >= 8 / 80


def test_a_kind_without_a_calibration_states_nothing_for_what_ships(evaluate: Evaluate) -> None:
    body = evaluate(rows_of(TEST_PEOPLE, (LIVE, CLEAN)))
    kind = body["kinds"]["clean"]
    assert all(entry["stated"] is False and entry["why"] == "no_calibration" for entry in kind["shipped"].values())
    assert "cllr" not in kind
    assert kind["cllr_min"] >= 0
    assert body["quality"] == {"error_versus_reject": []}  # no threshold, no errors


def test_archive_against_archive_is_judged_by_the_calibration_for_live_photographs_and_says_so(
    evaluate: Evaluate, make_calibration: Callable[..., Calibration]
) -> None:
    calibration = make_calibration(reference_kind=PhotoKind.ARCHIVE)
    once = rows_of([f"u{number}" for number in range(30)], (PhotoKind.ARCHIVE,), photographs=1, group="asian_f")
    body = evaluate(once, archive=calibration)
    kind, group = body["kinds"]["archive"], body["groups"]["asian_f"]
    assert body["probe_kind"] == "archive"
    assert kind["calibration_id"] == calibration.calibration_id == "made-up/live-archive/2026-01-01"
    assert (kind["mated"], kind["non_mated"]) == (0, 30 * 29 // 2)
    assert group["upper_bound"] is True
    assert group["fmr_at_shipped_1e-4"] == kind["shipped"]["1e-4"]["fmr_errors"] / kind["non_mated"]


def test_an_altered_calibration_is_named_as_such(evaluate: Evaluate) -> None:
    kind = evaluate(rows_of(TEST_PEOPLE[:5], (LIVE, PhotoKind.RECAPTURE)))["kinds"]["recapture"]
    assert {entry["why"] for entry in kind["shipped"].values()} == {"calibration_mismatch"}
    assert "calibration_id" not in kind


@pytest.mark.full
def test_claims_are_checked_against_what_is_observed(rows: list[SetRow], evaluate: Evaluate) -> None:
    claims = evaluate(rows)["kinds"]["chip"]["claims"]
    non_mated = scores_by_hand(rows, Split.TEST)[1]
    assert {claim["group"] for claim in claims} == {"worst", "first"}
    for claim in claims:
        assert claim["observed"]["errors"] == sum(score >= claim["threshold"] for score in non_mated)
        if claim["observed"]["errors"]:
            assert claim["ratio"] == pytest.approx(claim["observed"]["errors"] / len(non_mated) / claim["claimed"], abs=1e-3)


@pytest.mark.full
def test_a_group_in_which_nobody_is_shown_twice_is_an_upper_bound(evaluate: Evaluate) -> None:
    known = rows_of(TEST_PEOPLE, (LIVE, CHIP), group="known")
    once = rows_of([f"u{number}" for number in range(30)], (LIVE, CHIP), photographs=1, group="unknown")
    groups = evaluate([*known, *once])["groups"]
    assert (groups["known"]["upper_bound"], groups["unknown"]["upper_bound"]) == (False, True)
    assert groups["unknown"]["non_mated"] == 30 * 29
    assert groups["unknown"]["kinds"]["chip"]["mated"] == 0
    assert groups["unknown"]["kinds"]["chip"]["shipped"]["1e-4"]["pass_rate"]["stated"] is False
    assert groups["known"]["non_mated"] == 6_240


@pytest.mark.full
def test_a_condition_has_its_photographs_in_the_place_of_the_plain_ones(evaluate: Evaluate) -> None:
    plain = rows_of(TEST_PEOPLE, (LIVE, CHIP))
    turned = [row(person, "0", LIVE, condition="rotated_90") for person in TEST_PEOPLE]
    lost = [one.path for one in turned][:4]
    body = evaluate([*plain, *turned], failures=lost)["conditions"]
    assert set(body) == {"rotated_90"}
    assert body["rotated_90"]["not_assessable"] == {"count": 4, "of": 40, "reasons": {"no_face": 4}}
    chip = body["rotated_90"]["kinds"]["chip"]
    assert (chip["mated"], chip["mated_failed_to_acquire"]) == (40, 4)  # one turned photograph each, against the other photograph


@pytest.mark.full
def test_the_rates_with_the_mesh_left_in_stand_beside_those_without_it(evaluate: Evaluate) -> None:
    rows = [*rows_of(TEST_PEOPLE, (LIVE, MESH, CHIP)), *rows_of(DEV_PEOPLE, (LIVE, MESH, CHIP), Split.DEV)]
    kinds = evaluate(rows)["kinds"]
    before, after = kinds["mesh"]["with_lines"], kinds["mesh"]
    assert (before["mated"], before["non_mated"]) == (after["mated"], after["non_mated"])
    assert before["set_dev"]["1e-3"]["pass_rate"] < after["set_dev"]["1e-3"]["pass_rate"]
    assert before["set_dev"]["1e-3"]["threshold"] != after["set_dev"]["1e-3"]["threshold"], "each has its own thresholds"
    assert "with_lines" not in kinds["chip"]


@pytest.mark.full
def test_every_shape_of_lines_has_its_row_and_held_out_ones_their_own_sum(evaluate: Evaluate) -> None:
    many = [f"d{number:03d}" for number in range(300)]  # as many as FMR 1e-4 takes
    plain = [*rows_of(TEST_PEOPLE, (LIVE, MESH)), *rows_of(many, (LIVE, MESH), Split.DEV)]
    shaped = [
        row(person, "0", MESH, condition=shape.value)
        for person in TEST_PEOPLE
        for shape in (LineShape.HATCH, LineShape.DOTS, LineShape.GUILLOCHE)
    ]
    body = evaluate([*plain, *shaped])
    mesh = body["line_shapes"]["mesh"]
    assert [(one["shape"], one["held_out"]) for one in mesh["shapes"]] == [
        ("lines_dots", False), ("lines_hatch", False), ("lines_guilloche", True)
    ]  # fmt: skip
    assert [one["mated"] for one in mesh["shapes"]] == [40, 40, 40]
    assert mesh["seen"]["mated"] == 80
    assert mesh["seen"]["passed"] == sum(one["passed"] for one in mesh["shapes"][:2])
    assert mesh["held_out"]["pass_rate"] == mesh["shapes"][2]["passed"] / 40
    assert evaluate(plain)["line_shapes"] == {}


@pytest.mark.full
def test_a_reference_aligned_by_its_layout_is_never_told_as_another_person(rows: list[SetRow], evaluate: Evaluate) -> None:
    def unseen(given: MeasuredSet) -> MeasuredSet:
        measured = tuple(replace(one, by_layout=row.kind is CHIP) for row, one in zip(given.rows, given.measured, strict=True))
        return MeasuredSet(given.rows, measured)

    told = evaluate(rows)["kinds"]["chip"]["outcomes"]
    assert told["non_mated"]["NON_MATCH"] > 0
    spared = evaluate(rows, change=unseen)["kinds"]["chip"]["outcomes"]
    assert spared["mated"]["NON_MATCH"] == spared["non_mated"]["NON_MATCH"] == 0
    assert spared["non_mated"]["MATCH"] == told["non_mated"]["MATCH"]


@pytest.mark.full
def test_setting_aside_the_worst_photographs_lowers_the_errors(rows: list[SetRow], evaluate: Evaluate) -> None:
    quality = evaluate(rows)["quality"]
    curve = quality["error_versus_reject"]
    assert [share for share, _ in curve] == [0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3]
    assert curve[-1][1] < curve[0][1]  # made up so that sharp pictures lie nearer to their person
    assert quality["components"]["Sharpness"][-1][1] < quality["components"]["HeadPoseYaw"][-1][1]  # the same for everybody
    assert quality["comparisons"] == 80


@pytest.mark.full
def test_people_of_the_fit_are_named_as_such(rows: list[SetRow], evaluate: Evaluate) -> None:
    assert evaluate(rows)["thresholds_fitted_on_the_same_people"] is False
    assert evaluate(rows, split=Split.DEV)["thresholds_fitted_on_the_same_people"] is True


def test_one_photograph_alone_has_no_comparison_and_claims_nothing(evaluate: Evaluate) -> None:
    kind = evaluate(rows_of(["ann"], (LIVE, CHIP), photographs=1))["kinds"]["chip"]
    assert (kind["mated"], kind["non_mated"], kind["mated_identities"]) == (0, 0, 0)
    entry = kind["shipped"]["1e-4"]
    assert entry["pass_rate"]["stated"] is False
    assert entry["fmr_obtained"]["stated"] is False
    assert kind["det"] == kind["claims"] == []
    assert "cllr" not in kind


def test_people_of_whom_nobody_was_found_pass_nothing(evaluate: Evaluate) -> None:
    rows = rows_of(TEST_PEOPLE[:5], (LIVE, CHIP))
    kind = evaluate(rows, failures=[one.path for one in rows if one.kind is CHIP])["kinds"]["chip"]
    assert (kind["mated"], kind["mated_failed_to_acquire"], kind["non_mated"]) == (10, 10, 0)
    assert kind["shipped"]["1e-4"]["pass_rate"] == 0.0
    assert kind["shipped"]["1e-4"]["passed"] == 0


@pytest.mark.full
def test_outcomes_are_told_as_the_product_would_tell_them(
    rows: list[SetRow], evaluate: Evaluate, make_calibration: Callable[..., Calibration]
) -> None:
    failed = ("chip/t000_0.png",)
    outcomes = evaluate(rows, failed)["kinds"]["chip"]["outcomes"]
    calibration, policy = make_calibration(), OutcomePolicy("1e-4", 0.02)
    mated, non_mated = scores_by_hand([one for one in rows if one.path not in failed], Split.TEST)
    for name, scores in (("mated", mated), ("non_mated", non_mated)):
        told = [decide_outcome(score, calibration, policy).value for score in scores]
        for outcome in Outcome:
            assert outcomes[name][outcome.value] == told.count(outcome.value), (name, outcome)
    assert outcomes["mated"]["not_assessable"] == 1
    assert outcomes["non_mated"]["NON_MATCH"] > 0


@pytest.mark.full
def test_without_a_calibration_no_outcome_is_told(rows: list[SetRow], evaluate: Evaluate) -> None:
    clean = [*rows, *rows_of(TEST_PEOPLE, (CLEAN,))]
    assert "outcomes" not in evaluate(clean)["kinds"]["clean"]


@pytest.mark.full
def test_outcomes_are_told_for_every_condition(rows: list[SetRow], evaluate: Evaluate) -> None:
    turned = [row(person, "0", LIVE, condition="blur") for person in TEST_PEOPLE]
    body = evaluate([*rows, *turned])["conditions"]["blur"]["kinds"]["chip"]
    assert sum(body["outcomes"]["mated"].values()) == body["mated"]


@pytest.mark.full
def test_a_covered_mouth_is_never_told_as_another_person(rows: list[SetRow], evaluate: Evaluate) -> None:
    masked = [row(person, "0", LIVE, condition="mask") for person in TEST_PEOPLE]
    outcomes = evaluate([*rows, *masked])["conditions"]["mask"]["kinds"]["chip"]["outcomes"]
    assert outcomes["mated"]["NON_MATCH"] == outcomes["non_mated"]["NON_MATCH"] == 0
    assert outcomes["non_mated"]["INCONCLUSIVE"] > 0
