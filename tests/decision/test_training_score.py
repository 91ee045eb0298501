"""Four counts of training pairs: what they say of a teller, and how surely."""

from __future__ import annotations

import itertools
import math
from math import comb
from statistics import NormalDist

import pytest

from teller_assist.decision.training_score import Lean, TrainingScore, right_of_ten
from teller_assist.errors import BugError
from teller_assist.evidence.transaction import TellerJudgement

NORMAL = NormalDist()
BIASES = (-1, -0.5, 0, 0.5, 1)


def score(hits: int, false_alarms: int, of: int = 20) -> TrainingScore:
    return TrainingScore(hits=hits, misses=of - hits, false_alarms=false_alarms, correct_rejections=of - false_alarms)


@pytest.mark.parametrize("judgement", TellerJudgement)
@pytest.mark.parametrize("one_person", [True, False])
def test_every_judgement_counts_once_and_only_the_middle_counts_to_neither_side(
    judgement: TellerJudgement, one_person: bool
) -> None:
    counted = TrainingScore().with_judgement(judgement, one_person=one_person)
    assert counted.pairs == 1
    if judgement is TellerJudgement.CANNOT_SAY:
        assert counted == TrainingScore(undecided=1)
    elif one_person:
        assert (counted.hits, counted.misses) == ((1, 0) if judgement.point > 0 else (0, 1))
    else:
        assert (counted.false_alarms, counted.correct_rejections) == ((1, 0) if judgement.point > 0 else (0, 1))


def test_half_an_event_is_added_on_either_side() -> None:
    """Hautus (1995): (count + 0.5) / (n + 1); a perfect score stays finite."""
    found = score(20, 0)
    expected = NORMAL.inv_cdf(20.5 / 21) - NORMAL.inv_cdf(0.5 / 21)
    assert found.sensitivity().value == pytest.approx(expected)
    assert found.bias().value == pytest.approx(0)


def test_who_says_the_same_of_everything_tells_nothing_apart_and_leans_to_one_side() -> None:
    found = score(18, 18)
    assert found.sensitivity().value == pytest.approx(0)
    assert found.lean() is Lean.SAME
    assert score(2, 2).lean() is Lean.DIFFERENT


def test_an_error_or_two_more_on_one_side_are_no_lean() -> None:
    assert score(17, 5).lean() is Lean.NONE_SEEN


def test_an_end_that_the_counts_do_not_carry_is_infinite() -> None:
    perfect = score(20, 0)
    assert perfect.sensitivity().high == math.inf
    assert 2 < perfect.sensitivity().low < perfect.sensitivity().value
    assert (perfect.bias().low, perfect.bias().high) == (-math.inf, math.inf)
    assert perfect.lean() is Lean.NONE_SEEN


def test_more_pairs_narrow_the_interval() -> None:
    widths = [found.high - found.low for found in (score(n * 8 // 10, n * 3 // 10, n).sensitivity() for n in (10, 20, 100))]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 2.5


@pytest.mark.parametrize(("hits", "false_alarms"), [(9, 9), (0, 0)])
def test_below_ten_pairs_of_either_kind_nothing_is_stated(hits: int, false_alarms: int) -> None:
    few = TrainingScore(hits=hits, misses=9 - hits, false_alarms=false_alarms, correct_rejections=30, undecided=40)
    assert not few.stated
    for ask in (few.sensitivity, few.bias, few.lean):
        with pytest.raises(BugError):
            ask()
    assert TrainingScore(hits=5, misses=5, false_alarms=1, correct_rejections=9).stated


@pytest.mark.parametrize("of", [10, 20])
def test_the_intervals_hold_the_truth_as_often_as_they_claim(of: int) -> None:
    """Every possible outcome, weighed by its probability, for observers of known d' and c."""
    found = {
        (h, f): (score(h, f, of).sensitivity(), score(h, f, of).bias()) for h, f in itertools.product(range(of + 1), repeat=2)
    }
    held = []
    for d, c in itertools.product((0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5), BIASES):
        hit, alarm = NORMAL.cdf(d / 2 - c), NORMAL.cdf(-d / 2 - c)
        of_d = of_c = 0.0
        for (h, f), (sensitivity, bias) in found.items():
            weight = _chance(h, of, hit) * _chance(f, of, alarm)
            of_d += weight * (sensitivity.low <= d <= sensitivity.high)
            of_c += weight * (bias.low <= c <= bias.high)
        held += [of_d, of_c]
    assert min(held) >= 0.95


def _chance(count: int, of: int, rate: float) -> float:
    return comb(of, count) * rate**count * (1 - rate) ** (of - count)


def test_right_of_ten_reads_the_sensitivity_in_pairs() -> None:
    assert right_of_ten(0) == pytest.approx(5)
    assert right_of_ten(math.inf) == 10
    assert 7 < right_of_ten(1.5) < 8
