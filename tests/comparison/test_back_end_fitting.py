from __future__ import annotations

import numpy as np
import pytest

from teller_assist.comparison.back_end import Matrix, unit_rows
from teller_assist.comparison.back_end_fitting import FittingRows, evening_matrix, mean_over_kinds, within_people
from teller_assist.errors import SetError

DIMENSION = 16
NOISY, GROUPED = 0, 1  # the axis on which one person's photographs differ most, and the one on which groups differ


def made_up(people: int, photographs: int, *, seed: int, shift: float = 0.0, name: str = "p") -> FittingRows:
    random = np.random.default_rng(seed)
    centres = random.normal(size=(people, DIMENSION))
    centres[:, GROUPED] += shift
    noise = 0.3 * random.normal(size=(people, photographs, DIMENSION))
    noise[:, :, NOISY] *= 6
    vectors = unit_rows((centres[:, None, :] + noise).reshape(-1, DIMENSION))
    persons = np.repeat([f"{name}{i}" for i in range(people)], photographs)
    sources = np.array([f"{name}{i}-{j}" for i in range(people) for j in range(photographs)])
    return FittingRows(vectors, np.full(len(persons), "live"), persons, sources)


def apart(rows: FittingRows, matrix: Matrix) -> float:
    """Return by how many standard deviations mated scores lie above non-mated ones."""
    projected = unit_rows(rows.vectors @ matrix)
    scores = projected @ projected.T
    same = rows.people[:, None] == rows.people[None, :]
    mated = scores[same & (rows.sources[:, None] != rows.sources[None, :])]
    return float((mated.mean() - scores[~same].mean()) / scores[~same].std())


def test_the_direction_in_which_one_persons_photographs_differ_is_shortened_most() -> None:
    rows = made_up(200, 3, seed=1)
    matrix = evening_matrix(rows, [], mean_over_kinds([rows]))
    lengths = np.linalg.norm(matrix, axis=0)
    assert lengths.argmin() == NOISY
    assert lengths[NOISY] < 0.8 * np.median(lengths)


def test_people_who_were_not_fitted_are_further_apart_from_each_other() -> None:
    rows, unseen = made_up(200, 3, seed=1), made_up(100, 3, seed=2)
    matrix = evening_matrix(rows, [], np.zeros(DIMENSION))
    assert apart(unseen, matrix) > 1.1 * apart(unseen, np.eye(DIMENSION))


def test_the_axis_between_groups_is_shortened_where_there_are_groups() -> None:
    rows, others = made_up(200, 3, seed=1), [made_up(200, 1, seed=3, shift=2.0, name="q")]
    mean = mean_over_kinds([rows, *others])
    alone, damped = (np.linalg.norm(evening_matrix(rows, groups, mean)[:, GROUPED]) for groups in ([], others))
    assert damped < 0.8 * alone


def test_power_nought_and_no_damping_changes_nothing() -> None:
    rows = made_up(50, 2, seed=1)
    np.testing.assert_allclose(
        evening_matrix(rows, [], np.zeros(DIMENSION), power=0.0, damping=0.0), np.eye(DIMENSION), atol=1e-9
    )


def test_no_group_and_no_kind_weighs_more_for_its_number() -> None:
    many, few = np.tile([[1.0, 0.0]], (99, 1)), np.array([[0.0, 1.0]])
    names = np.array(["x"] * 99)
    first = FittingRows(many, np.array(["live"] * 99), names, names)
    other = FittingRows(few, np.array(["chip"]), names[:1], names[:1])
    np.testing.assert_allclose(mean_over_kinds([first, other]), [0.5, 0.5])


def test_the_covariance_counts_people_with_two_photographs_and_is_not_biased_by_their_number() -> None:
    random = np.random.default_rng(4)
    for photographs in (2, 5):
        people = np.repeat(np.arange(4000).astype(str), photographs)
        sources = np.arange(len(people)).astype(str)
        vectors = random.normal(size=(len(people), 3)) * [1.0, 2.0, 0.5] + np.repeat(
            random.normal(size=(4000, 3)), photographs, axis=0
        )
        rows = FittingRows(vectors, np.full(len(people), "live"), people, sources)
        np.testing.assert_allclose(np.diag(within_people(vectors, rows)), [1.0, 4.0, 0.25], rtol=0.1)


def test_people_in_one_photograph_each_fit_nothing() -> None:
    rows = made_up(50, 1, seed=1)
    with pytest.raises(SetError) as caught:
        evening_matrix(rows, [], np.zeros(DIMENSION))
    assert caught.value.reason == "set_too_small"
