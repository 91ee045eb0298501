from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from teller_assist.comparison.error_rates import NotStated
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.measurements import QualityName, UnassessedQuality
from teller_assist.evidence.pictures import Picture
from teller_assist.workflow.answers import comparison_body, not_stated_body
from teller_assist.workflow.comparing import AUTHORITY_KINDS, ComparisonAnswer, PictureComparer

Check = Callable[[dict[str, Any]], None]
MakeComparer = Callable[..., PictureComparer]


def answered(comparer: PictureComparer, picture: Picture, kind: PhotoKind) -> ComparisonAnswer:
    return comparer.compare(picture, picture, probe_kind=PhotoKind.LIVE, reference_kind=kind)


@pytest.mark.parametrize("kind", [kind for kind in PhotoKind if kind is not PhotoKind.LIVE])
def test_a_body_has_every_promised_key_and_type(
    make_comparer: MakeComparer, astronaut: Picture, check_compare_body: Check, kind: PhotoKind
) -> None:
    body = comparison_body(answered(make_comparer(kind), astronaut, kind))
    check_compare_body(body)
    assert ("mesh" in body) == (kind in AUTHORITY_KINDS)
    check_compare_body(json.loads(json.dumps(body, allow_nan=False)))


def test_a_body_without_a_calibration_has_them_too(
    make_comparer: MakeComparer, astronaut: Picture, check_compare_body: Check
) -> None:
    body = comparison_body(answered(make_comparer(), astronaut, PhotoKind.CHIP))
    check_compare_body(body)
    assert body["outcome"] == "INCONCLUSIVE"
    for name in ("fmr_at_score", "fnmr_at_score", "llr", "llr_ci95", "llr_relative_band"):
        assert body[name]["stated"] is False, name


def test_what_the_counts_do_not_carry_says_how_many_it_would_take() -> None:
    body = not_stated_body(NotStated("too_few_comparisons", 358_800, 3_000_000))
    assert body == {
        "stated": False,
        "why_zh": "需要3,000,000次比对，实有358,800次。",
        "why_en": "needs 3,000,000 comparisons, had 358,800",
        "comparisons": 358_800,
    }


def test_a_threshold_that_is_not_stated_carries_no_number(
    make_comparer: MakeComparer, astronaut: Picture, check_compare_body: Check
) -> None:
    comparer = make_comparer(PhotoKind.CHIP, groups=[("g", True, 40_000, 0.05, 0.1)])
    body = comparison_body(answered(comparer, astronaut, PhotoKind.CHIP))
    check_compare_body(body)
    assert [body["thresholds"][target]["stated"] for target in ("1e-3", "1e-4", "1e-5")] == [True, False, False]
    assert "score" not in body["thresholds"]["1e-4"]


def test_a_component_that_could_not_be_assessed_has_no_value(
    make_comparer: MakeComparer, astronaut: Picture, check_compare_body: Check
) -> None:
    answer = answered(make_comparer(PhotoKind.CHIP), astronaut, PhotoKind.CHIP)
    quality = tuple(
        UnassessedQuality(one.name, "pose_unexplained") if one.name is QualityName.HEAD_POSE_YAW else one
        for one in answer.probe.quality
    )
    object.__setattr__(answer.probe, "quality", quality)
    body = comparison_body(answer)
    check_compare_body(body)
    assert body["quality"]["probe"]["HeadPoseYaw"] == {"assessed": False, "why_zh": "无法估计头部姿态。"}


def test_no_feature_is_in_a_body(make_comparer: MakeComparer, astronaut: Picture) -> None:
    answer = answered(make_comparer(PhotoKind.CHIP), astronaut, PhotoKind.CHIP)
    text = json.dumps(comparison_body(answer))
    assert not any(f"{float(number):.5f}" in text for number in answer.probe.features.vector)
