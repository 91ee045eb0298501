"""The factory back-end, fitted on made-up people."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from teller_assist.comparison.back_end import BackEnd
from teller_assist.evaluation.factory_back_end import KINDS, fit_back_end, fitting_rows
from teller_assist.evaluation.feature_sets import MeasuredSet
from teller_assist.evaluation.sets import Split
from teller_assist.evidence.kinds import PhotoKind
from tests.evaluation.made_up_sets import DIMENSION, measured_of, row, rows_of

LIVE, CHIP, ARCHIVE = PhotoKind.LIVE, PhotoKind.CHIP, PhotoKind.ARCHIVE
TODAY = datetime.date(2026, 1, 2)


def group(prefix: str, people: int, photographs: int) -> MeasuredSet:
    names = [f"{prefix}{number:03d}" for number in range(people)]
    return measured_of(rows_of(names, (LIVE, CHIP, ARCHIVE), Split.DEV, photographs), failures=(f"chip/{prefix}000_0.png",))


@pytest.fixture(scope="module")
def groups() -> dict[str, MeasuredSet]:
    return {"lfw_dev": group("d", 60, 2), "asian_f": group("f", 30, 1)}


def test_a_back_end_belongs_to_its_model_and_says_what_it_was_fitted_on(groups: dict[str, MeasuredSet]) -> None:
    back_end, provenance = fit_back_end(groups, model_id="made-up", model_sha256="11" * 32, today=TODAY)
    assert (back_end.model_id, back_end.model_sha256) == ("made-up", "11" * 32)
    assert back_end.matrix.shape == (DIMENSION, DIMENSION)
    np.testing.assert_allclose(back_end.matrix, back_end.matrix.T, atol=1e-9)
    assert provenance["photographs"] == {"lfw_dev": 2 * 60 * 2 - 1, "asian_f": 2 * 30 - 1}
    assert (provenance["people_of_lfw_dev"], provenance["date"]) == (60, "2026-01-02")


def test_photographs_without_features_and_of_kinds_that_it_is_not_fitted_on_are_left_out(groups: dict[str, MeasuredSet]) -> None:
    rows = fitting_rows(groups["lfw_dev"], KINDS)
    assert set(rows.kinds) == {"live", "chip"}
    assert ("chip", "d000_0") not in set(zip(rows.kinds.tolist(), rows.sources.tolist(), strict=True))


def test_behind_a_back_end_photographs_are_what_is_compared_and_failures_stay(groups: dict[str, MeasuredSet]) -> None:
    back_end, _ = fit_back_end(groups, model_id="made-up", model_sha256="11" * 32, today=TODAY)
    measured = groups["lfw_dev"]
    behind = measured.behind(back_end)
    assert behind.rows == measured.rows
    assert behind.failures(CHIP) == measured.failures(CHIP) == {"no_face": 1}
    for before, after in zip(measured.measured[:9], behind.measured[:9], strict=True):
        if not before.failure:
            np.testing.assert_array_equal(after.vector, back_end.project(before.vector[np.newaxis])[0])
            assert after.quality == before.quality


def test_without_a_back_end_the_features_are_compared_as_they_are() -> None:
    measured = measured_of([row("a", "0", LIVE)])
    nothing: BackEnd | None = None
    assert measured.behind(nothing) is measured
