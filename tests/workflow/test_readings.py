from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from teller_assist.comparison.calibration import Calibration, Threshold
from teller_assist.comparison.error_rates import NotStated
from teller_assist.comparison.llr import LlrReading
from teller_assist.evidence.kinds import Outcome, PhotoKind
from teller_assist.evidence.pictures import Picture
from teller_assist.workflow.comparing import ComparisonAnswer, PictureComparer
from teller_assist.workflow.readings import answer_sentences

MakeComparer = Callable[..., PictureComparer]


def test_the_cost_of_the_worst_group_stands_beside_the_calibration(answer: ComparisonAnswer) -> None:
    entry = answer.thresholds[answer.target_fmr]
    assert isinstance(entry, Threshold)
    dearer = replace(entry, score=entry.first_group_score + 0.1, pass_rate=replace(entry.pass_rate, value=0.4))
    told = [one.zh for one in answer_sentences(replace(answer, thresholds={**answer.thresholds, answer.target_fmr: dearer}))]
    assert any("每100次约有40次达到阈值" in text for text in told)
    assert not any("达到阈值" in one.zh for one in answer_sentences(replace(answer, thresholds=_costless(answer))))


def _costless(answer: ComparisonAnswer) -> dict[str, Threshold | NotStated]:
    return {
        target: replace(entry, first_group_score=entry.score) if isinstance(entry, Threshold) else entry
        for target, entry in answer.thresholds.items()
    }


@pytest.fixture
def answer(make_comparer: MakeComparer, astronaut: Picture) -> ComparisonAnswer:
    comparer = make_comparer(PhotoKind.CHIP)
    return comparer.compare(astronaut, astronaut, probe_kind=PhotoKind.LIVE, reference_kind=PhotoKind.CHIP)


def at_score(answer: ComparisonAnswer, calibration: Calibration, score: float, outcome: Outcome) -> ComparisonAnswer:
    return replace(
        answer,
        score_raw=score,
        outcome=outcome,
        fmr_at_score=calibration.fmr_at(score),
        fnmr_at_score=calibration.fnmr_at(score),
        llr=calibration.llr_at(score),
    )


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("score", [-0.8123, -0.0457, 0.2171, 0.4349, 0.6113, 0.9877])
def test_people_never_read_a_bare_score_nor_a_percentage(
    answer: ComparisonAnswer, make_calibration: Callable[..., Calibration], score: float, outcome: Outcome
) -> None:
    told = answer_sentences(at_score(answer, make_calibration(), score, outcome))
    for text in [one.zh for one in told] + [one.en for one in told]:
        assert f"{abs(score):.2f}" not in text
        assert re.findall(r"[\d.]+ ?[%％]", text.replace("95%区间", "").replace("95 % interval", "")) == []
        assert "每0" not in text
        assert "1 in 0" not in text
        assert "nan" not in text.lower()


def test_the_outcome_comes_first_and_the_teller_decides_last(answer: ComparisonAnswer) -> None:
    told = [one.zh for one in answer_sentences(answer)]
    assert told[0] == "系统判断为同一人"
    assert told[-1] == "仅作辅助，由柜员决定。"
    assert len(told) == len(set(told))
    assert any("出厂校准，未经本行客户验证" in text for text in told)
    assert any("sface-2021dec/live-chip" in text for text in told)


def test_a_pass_names_the_close_relative_and_nothing_else_does(
    answer: ComparisonAnswer, make_comparer: MakeComparer, astronaut: Picture
) -> None:
    assert any("同卵双胞胎" in one.zh for one in answer_sentences(answer))
    comparer = make_comparer()
    unknown = comparer.compare(astronaut, astronaut, probe_kind=PhotoKind.LIVE, reference_kind=PhotoKind.CLEAN)
    told = [one.zh for one in answer_sentences(unknown)]
    assert told[0] == "系统无法判断是否为同一人"
    assert not any("同卵双胞胎" in text for text in told)


@pytest.mark.parametrize("outcome", [Outcome.NON_MATCH, Outcome.INCONCLUSIVE])
def test_what_is_no_match_tells_how_often_the_same_person_looks_so(
    answer: ComparisonAnswer, make_calibration: Callable[..., Calibration], outcome: Outcome
) -> None:
    told = [one.zh for one in answer_sentences(at_score(answer, make_calibration(), 0.3, outcome))]
    assert any(text.startswith("与本人相比") for text in told)


def test_an_upper_bound_says_at_most(answer: ComparisonAnswer, make_calibration: Callable[..., Calibration]) -> None:
    told = answer_sentences(at_score(answer, make_calibration(), 0.95, Outcome.MATCH))
    assert "至多每" in told[1].zh
    assert "at most about 1 in" in told[1].en


@pytest.mark.parametrize(
    ("value", "ci95", "told"),
    [
        (6.0, (5.5, 6.4), "在同一人中约为陌生人中的400倍（95%区间：240至600倍）"),
        (-3.0, (-3.3, -2.4), "在陌生人中约为同一人中的20倍（95%区间：11至27倍）"),
        (0.5, (-0.1, 1.0), "不能说明问题"),
        (1.2, (1.0, 1.4), "3.3倍（95%区间：2.7至4倍）"),
    ],
)
def test_the_strength_of_evidence_is_told_as_a_ratio_that_errs_towards_less(
    answer: ComparisonAnswer, value: float, ci95: tuple[float, float], told: str
) -> None:
    sentences = answer_sentences(replace(answer, llr=LlrReading(value, ci95, clamped=False)))
    assert any(told in one.zh for one in sentences), [one.zh for one in sentences]


def test_coaching_names_the_picture_once(answer: ComparisonAnswer) -> None:
    probe = replace(answer.probe, advice=("picture_dark", "head_turned"))
    told = [one.zh for one in answer_sentences(replace(answer, probe=probe, advice=("picture_dark", "head_turned")))]
    assert told.count("现场照：请增加面部照明。") == 1
    assert not any(text == "请增加面部照明。" for text in told)
