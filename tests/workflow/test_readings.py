from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.comparison.calibration import Calibration
from teller_assist.evidence.kinds import Outcome, PhotoKind
from teller_assist.evidence.pictures import Picture
from teller_assist.workflow.comparing import ComparisonAnswer, PictureComparer
from teller_assist.workflow.readings import answer_sentences, one_in

MakeComparer = Callable[..., PictureComparer]


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        (1e-4, "10,000"),
        (1.01e-4, "9,900"),
        (3.1e-5, "32,000"),
        (1 / 123_456, "120,000"),
        (0.03, "33"),
        (0.1, "10"),
        (0.3, "3.3"),
        (0.53, "1.8"),
        (0.97, "1"),
        (1.0, "1"),
        (0.0, "∞"),
    ],
)
def test_a_rate_is_told_as_one_in_n_with_two_digits(rate: float, told: str) -> None:
    assert one_in(rate) == told


@given(st.floats(1e-12, 1))
def test_one_in_n_is_never_less_than_one_and_never_tells_a_smaller_rate(rate: float) -> None:
    n = float(one_in(rate).replace(",", ""))
    assert n >= 1
    assert 1 / n >= rate * (1 - 1e-9)
    assert n >= 0.9 / rate - 1e-6 or rate > 0.9, "two digits are no further off than a tenth"


@given(st.floats(1e-12, 1), st.floats(1e-12, 1))
def test_a_smaller_rate_never_has_the_smaller_n(one: float, other: float) -> None:
    smaller, larger = sorted((one, other))
    assert float(one_in(smaller).replace(",", "")) >= float(one_in(larger).replace(",", ""))


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
    assert any(text.startswith("同一人的比对") for text in told)


def test_an_upper_bound_says_at_most(answer: ComparisonAnswer, make_calibration: Callable[..., Calibration]) -> None:
    told = answer_sentences(at_score(answer, make_calibration(), 0.95, Outcome.MATCH))
    assert "至多约有1次" in told[1].zh
    assert "at most about 1 in" in told[1].en


def test_coaching_names_the_picture_once(answer: ComparisonAnswer) -> None:
    probe = replace(answer.probe, advice=("picture_dark", "head_turned"))
    told = [one.zh for one in answer_sentences(replace(answer, probe=probe, advice=("picture_dark", "head_turned")))]
    assert told.count("现场照：请增加面部照明。") == 1
    assert not any(text == "请增加面部照明。" for text in told)
