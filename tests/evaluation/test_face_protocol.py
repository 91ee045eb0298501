"""Which photographs are compared with which."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from teller_assist.errors import SetError
from teller_assist.evaluation.face_protocol import (
    Comparisons,
    Protocol,
    compare,
    counted_rows,
    mated_scores,
    plan_protocol,
    rows_to_measure,
)
from teller_assist.evaluation.sets import SetRow, Split
from teller_assist.evidence.kinds import PhotoKind
from tests.evaluation.made_up_sets import measured_of, row, rows_of, set_of

LIVE, CHIP, MESH, ARCHIVE = PhotoKind.LIVE, PhotoKind.CHIP, PhotoKind.MESH, PhotoKind.ARCHIVE
PEOPLE = ("ann", "bob", "cyd")


def by_hand(probes: list[SetRow], references: list[SetRow]) -> tuple[int, int]:
    pairs = list(itertools.product(probes, references))
    mated = sum(p.identity == r.identity and p.source != r.source for p, r in pairs)
    return mated, sum(p.identity != r.identity for p, r in pairs)


def all_compared(rows: list[SetRow], protocol: Protocol, kind: PhotoKind) -> Comparisons:
    return compare(measured_of(rows), protocol, kind, lambda _: True, lambda _: True)


def test_every_live_photograph_meets_every_reference_but_its_own_rendering() -> None:
    rows = rows_of(PEOPLE, (LIVE, CHIP), photographs=3)
    comparisons = all_compared(rows, plan_protocol(set_of(rows), Split.TEST, None), CHIP)
    probes, references = ([one for one in rows if one.kind is kind] for kind in (LIVE, CHIP))
    counted = comparisons.counted
    assert (counted.mated[0].sum(), counted.non_mated[0].sum()) == by_hand(probes, references) == (18, 54)
    assert counted.mated_identities == 3


def test_without_live_photographs_archive_is_compared_with_archive_each_pair_once() -> None:
    rows = rows_of(PEOPLE, (ARCHIVE,), photographs=3)
    protocol = plan_protocol(set_of(rows), Split.TEST, None)
    assert (protocol.probe_kind, protocol.reference_kinds, protocol.within) == (ARCHIVE, (ARCHIVE,), True)
    comparisons = all_compared(rows, protocol, ARCHIVE)
    assert (comparisons.counted.mated[0].sum(), comparisons.counted.non_mated[0].sum()) == (9, 27)
    assert len(mated_scores(comparisons).scores) == 9


def test_mated_scores_are_the_cosines_of_those_pairs_and_nan_without_a_face() -> None:
    rows = rows_of(PEOPLE, (LIVE, CHIP))
    lost = rows[1].path
    measured = measured_of(rows, failures=[lost])
    comparisons = compare(measured, Protocol(Split.TEST, LIVE, (CHIP,)), CHIP, lambda _: True, lambda _: True)
    found = mated_scores(comparisons)
    by_path = {one.path: face.vector for one, face in zip(measured.rows, measured.measured, strict=True)}
    for score, i, j in zip(found.scores, found.probe, found.reference, strict=True):
        probe, reference = comparisons.probes.rows[i], comparisons.references.rows[j]
        assert probe.identity == reference.identity
        assert probe.source != reference.source
        if reference.path == lost:
            assert np.isnan(score)
        else:
            assert score == pytest.approx(float(by_path[probe.path] @ by_path[reference.path]), abs=1e-6)
    assert comparisons.counted.mated_failed == 1
    assert int(np.isnan(found.scores).sum()) == 1


def test_only_kinds_asked_for_are_compared_and_an_absent_one_is_refused() -> None:
    rows = rows_of(PEOPLE, (LIVE, CHIP, MESH))
    assert plan_protocol(set_of(rows), Split.TEST, None).reference_kinds == (CHIP, MESH)
    assert plan_protocol(set_of(rows), Split.TEST, frozenset({MESH})).reference_kinds == (MESH,)
    with pytest.raises(SetError) as caught:
        plan_protocol(set_of(rows), Split.TEST, frozenset({ARCHIVE}))
    assert caught.value.facts["why"] == "kind_absent"


@pytest.mark.parametrize(
    "rows", [[], rows_of(PEOPLE, (LIVE,)), rows_of(PEOPLE, (CHIP,)), rows_of(PEOPLE, (LIVE, CHIP), Split.DEV)]
)
def test_a_split_with_nothing_to_compare_is_too_small(rows: list[SetRow]) -> None:
    with pytest.raises(SetError) as caught:
        plan_protocol(set_of(rows), Split.TEST, None)
    assert caught.value.reason == "set_too_small"


def test_no_more_than_ten_photographs_of_a_person_and_kind_are_measured_and_development_people_with_them() -> None:
    rows = [*rows_of(("ann",), (LIVE, CHIP), photographs=14), *rows_of(("dev",), (LIVE, CHIP, MESH), Split.DEV)]
    chosen = rows_to_measure(set_of(rows), Protocol(Split.TEST, LIVE, (CHIP,))).rows
    assert sum(one.identity == "ann" and one.kind is LIVE for one in chosen) == 10
    assert {one.kind for one in chosen if one.identity == "dev"} == {LIVE, CHIP}
    turned = [row("ann", str(number), LIVE, condition="rotated_90") for number in range(14)]
    both = set_of([*rows, *turned])
    protocol = Protocol(Split.TEST, LIVE, (CHIP,))
    assert sum(one.identity == "ann" and one.kind is LIVE for one in counted_rows(both, protocol)) == 10
    assert sum(one.condition == "rotated_90" for one in rows_to_measure(both, protocol).rows) == 10
    alone = rows_to_measure(set_of([*rows, row("eve", "1", CHIP)]), Protocol(Split.DEV, LIVE, (CHIP,))).rows
    assert {one.identity for one in alone} == {"dev"}
