from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from teller_assist.app import Installation
from teller_assist.evidence.kinds import Outcome, PhotoKind
from teller_assist.evidence.pictures import Picture
from teller_assist.workflow.comparing import ComparisonAnswer, PictureComparer
from teller_assist.workflow.gauge import gauge_view
from tests.stand_ins.equipment import portrait_of


@pytest.fixture
def answer(make_comparer: Callable[..., PictureComparer], astronaut: Picture) -> ComparisonAnswer:
    comparer = make_comparer(PhotoKind.CHIP)
    return comparer.compare(astronaut, portrait_of(astronaut), probe_kind=PhotoKind.LIVE, reference_kind=PhotoKind.CHIP)


def test_both_readings_stand_on_the_axis_of_the_calibration(answer: ComparisonAnswer) -> None:
    gauge = gauge_view(answer, answer.outcome)
    assert gauge.outcome is Outcome.MATCH
    assert gauge.stranger is not None
    assert gauge.stranger_ci95 is not None
    assert gauge.relative_band is not None
    assert gauge.match_from is not None
    assert gauge.axis_low <= gauge.match_from <= gauge.stranger <= gauge.axis_high
    assert gauge.stranger_ci95[0] <= gauge.stranger <= gauge.stranger_ci95[1]


def test_no_text_of_the_gauge_holds_a_percentage_or_the_raw_score(answer: ComparisonAnswer) -> None:
    gauge = gauge_view(answer, Outcome.INCONCLUSIVE)
    shown = " ".join(told.zh + told.en for told in (gauge.headline, gauge.calibration, *gauge.told))
    assert "%" not in shown
    assert f"{answer.score_raw:.2f}" not in re.findall(r"0\.\d\d", shown)


def test_the_judgement_may_make_a_passing_comparison_inconclusive(answer: ComparisonAnswer) -> None:
    assert gauge_view(answer, Outcome.INCONCLUSIVE).outcome is Outcome.INCONCLUSIVE


def test_without_a_calibration_nothing_is_read(make_comparer: Callable[..., PictureComparer], astronaut: Picture) -> None:
    bare = make_comparer().compare(astronaut, portrait_of(astronaut), probe_kind=PhotoKind.LIVE, reference_kind=PhotoKind.CHIP)
    gauge = gauge_view(bare, Outcome.INCONCLUSIVE)
    assert (gauge.stranger, gauge.stranger_ci95, gauge.match_from, gauge.non_match_until) == (None, None, None, None)
    assert "校准" in gauge.calibration.zh


def test_factory_calibrations_say_so(installation: Installation, astronaut: Picture) -> None:
    compared = installation.comparer.compare(
        astronaut, portrait_of(astronaut), probe_kind=PhotoKind.LIVE, reference_kind=PhotoKind.CHIP
    )
    assert gauge_view(compared, compared.outcome).calibration.zh == "出厂校准，未经本行客户验证。"


@pytest.mark.parametrize(
    ("fitted_with", "here", "told"), [("uvc", "rtsp", True), ("uvc", "uvc", False), ("", "rtsp", False), ("uvc", "", False)]
)
def test_a_calibration_of_another_camera_says_that_it_is_not_verified_here(
    answer: ComparisonAnswer, fitted_with: str, here: str, told: bool
) -> None:
    banks = replace(answer, calibration_scope="bank", calibration_camera=fitted_with)
    line = gauge_view(banks, banks.outcome, camera=here).calibration
    assert ("未经验证" in line.zh) is told
    assert banks.calibration_id in line.zh
