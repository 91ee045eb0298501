"""Which photographs of a set are compared with which: every live one with every reference of a kind, never one with itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from teller_assist.comparison.fitting import CountedComparisons, FeatureRows, count_comparisons
from teller_assist.errors import SetError
from teller_assist.evaluation.feature_sets import MeasuredSet
from teller_assist.evaluation.sets import EvaluationSet, SetRow, Split, choose_rows
from teller_assist.evidence.kinds import PhotoKind

SEED = 20261129  # of the resampling of identities: the same set gives the same intervals

RowTest = Callable[[SetRow], bool]


@dataclass(frozen=True)
class Protocol:
    """What is compared.

    Attributes
    ----------
    split
        The people on whom rates are counted.
    probe_kind
        LIVE; ARCHIVE in a set without live rows.
    reference_kinds
        In the order of ``PhotoKind``.
    """

    split: Split
    probe_kind: PhotoKind
    reference_kinds: tuple[PhotoKind, ...]

    @property
    def within(self) -> bool:
        """Whether the photographs of one kind are compared with each other."""
        return self.reference_kinds == (self.probe_kind,)


@dataclass(frozen=True)
class Comparisons:
    """Probes and references of one kind, and what came of all comparisons between them.

    Attributes
    ----------
    within
        Probes and references are the same rows.
    """

    kind: PhotoKind
    probes: MeasuredSet
    references: MeasuredSet
    counted: CountedComparisons
    within: bool


@dataclass(frozen=True, eq=False)
class MatedScores:
    """Every mated comparison.

    Attributes
    ----------
    scores
        float64, shape (n,), -1 to 1; NaN where a photograph gave no features.
    probe, reference
        int64, shape (n,): index of the row among the probes and among the references.
    """

    scores: npt.NDArray[np.float64]
    probe: npt.NDArray[np.int64]
    reference: npt.NDArray[np.int64]


def plan_protocol(the_set: EvaluationSet, split: Split, kinds: frozenset[PhotoKind] | None) -> Protocol:
    """Return what is compared on the people of a split.

    Parameters
    ----------
    kinds
        Reference kinds; all that the set has when None.

    Raises
    ------
    SetError
        "set_too_small": nobody is in the split, or nothing can be compared. "set_invalid", "kind_absent": a kind that was asked
        for is not in the split.
    """
    there = {row.kind for row in the_set.select(split=split)}
    if not there:
        raise SetError("set_too_small", split=split.value, images=0)
    if PhotoKind.LIVE not in there:
        if PhotoKind.ARCHIVE not in there:
            raise SetError("set_too_small", split=split.value, live=0, archive=0)
        return Protocol(split, PhotoKind.ARCHIVE, (PhotoKind.ARCHIVE,))
    wanted = kinds if kinds is not None else frozenset(there - {PhotoKind.LIVE})
    for kind in PhotoKind:
        if kind in wanted and (kind not in there or kind is PhotoKind.LIVE):
            raise SetError("set_invalid", why="kind_absent", kind=kind.value)
    if not wanted:
        raise SetError("set_too_small", split=split.value, references=0)
    return Protocol(split, PhotoKind.LIVE, tuple(kind for kind in PhotoKind if kind in wanted))


def counted_rows(the_set: EvaluationSet, protocol: Protocol) -> frozenset[SetRow]:
    """Return the rows that count for a kind's rates, and for the thresholds of development people."""
    return frozenset(choose_rows(_eligible(the_set, protocol)))


def rows_to_measure(the_set: EvaluationSet, protocol: Protocol) -> EvaluationSet:
    """Return the set reduced to the rows that count, and as many under each condition besides."""
    eligible = _eligible(the_set, protocol)
    wanted = counted_rows(the_set, protocol) | set(choose_rows(eligible, each_condition=True))
    return EvaluationSet(the_set.root, tuple(row for row in eligible if row in wanted), the_set.images_csv_sha256)


def _eligible(the_set: EvaluationSet, protocol: Protocol) -> list[SetRow]:
    kinds = {protocol.probe_kind, *protocol.reference_kinds}
    return [row for row in the_set.rows if row.kind in kinds and row.split in {protocol.split, Split.DEV}]


def compare(measured: MeasuredSet, protocol: Protocol, kind: PhotoKind, probe: RowTest, reference: RowTest) -> Comparisons:
    """Compare some of the probes with some of the references of one kind."""
    probes = measured.select(lambda row: row.kind is protocol.probe_kind and probe(row))
    references = measured.select(lambda row: row.kind is kind and reference(row))
    within = protocol.within and probes.rows == references.rows
    probe_rows, reference_rows = features_of(probes, references)
    return Comparisons(kind, probes, references, count_comparisons(probe_rows, reference_rows, seed=SEED, within=within), within)


def features_of(probes: MeasuredSet, references: MeasuredSet) -> tuple[FeatureRows, FeatureRows]:
    """Return both as the fitting takes them, with numbers of identities and sources that agree."""
    both = MeasuredSet(probes.rows + references.rows, probes.measured + references.measured)
    all_rows = both.all_feature_rows()
    parting = len(probes.rows)
    return _part(all_rows, slice(0, parting)), _part(all_rows, slice(parting, None))


def excused_comparisons(comparisons: Comparisons, limits: Mapping[str, int]) -> tuple[CountedComparisons, ...]:
    """Return the comparisons that are never told as NON_MATCH, each once.

    Those whose probe shows a covered mouth or a head that does not stand upright, and those whose reference was aligned by its
    layout because no face was seen.

    Parameters
    ----------
    limits
        Values below which a quality component of the probe excuses, by its name.
    """
    if comparisons.within:
        return ()
    probes, references = comparisons.probes, comparisons.references
    posed = {
        row
        for row, one in zip(probes.rows, probes.measured, strict=True)
        if any(one.quality.get(name, 100) < limit for name, limit in limits.items())
    }
    unseen = {row for row, one in zip(references.rows, references.measured, strict=True) if one.by_layout}
    parts = (
        (probes.select(lambda row: row in posed), references),
        (probes.select(lambda row: row not in posed), references.select(lambda row: row in unseen)),
    )
    return tuple(count_comparisons(*features_of(*part), seed=SEED, refits=0) for part in parts if part[0].rows and part[1].rows)


def mated_scores(comparisons: Comparisons) -> MatedScores:
    """Return the score of every mated comparison, probe by probe."""
    probes, references = features_of(comparisons.probes, comparisons.references)
    pairs = (probes.identities[:, None] == references.identities[None, :]) & (
        probes.sources[:, None] != references.sources[None, :]
    )
    if comparisons.within:
        pairs = np.triu(pairs, 1)
    i, j = np.nonzero(pairs)
    scores = np.einsum("nd,nd->n", probes.vectors[i], references.vectors[j])
    scores[~(probes.acquired[i] & references.acquired[j])] = np.nan
    return MatedScores(scores, i, j)


def _part(rows: FeatureRows, part: slice) -> FeatureRows:
    return FeatureRows(rows.vectors[part], rows.acquired[part], rows.identities[part], rows.sources[part])
