"""One comparison: two pictures in, everything the product knows about them out."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from teller_assist.comparison.calibration import TARGET_FMRS, Calibration, Threshold, relative_band
from teller_assist.comparison.calibration_shelf import CalibrationShelf
from teller_assist.comparison.error_rates import RULE_OF_3, NotStated, StatedRate
from teller_assist.comparison.llr import LlrReading
from teller_assist.comparison.scores import comparison_score
from teller_assist.comparison.searching import SearchProbe, search_probe
from teller_assist.decision.outcome import decide_outcome, outcome_as_photographed
from teller_assist.decision.policy import Policy
from teller_assist.decision.zones import OutcomeZones, outcome_zones
from teller_assist.errors import CalibrationMissingError
from teller_assist.evidence.kinds import Outcome, PhotoKind
from teller_assist.evidence.measurements import FaceMeasurement
from teller_assist.evidence.pictures import Picture
from teller_assist.face.measurement import FaceMeasurer
from teller_assist.face.mesh import MeshReading

ADVICE_NOT_CALIBRATED = "calibration_missing"
ADVICE_FACTORY = "factory_calibration"
ADVICE_CLAMPED = "calibration_clamped"

# Kinds a networked-verification photo may come as: whether it has a mesh, and how heavy, is seen and not believed.
AUTHORITY_KINDS = frozenset({PhotoKind.MESH, PhotoKind.MESH_HEAVY, PhotoKind.CLEAN})


@dataclass(frozen=True, eq=False)
class ComparisonAnswer:
    """Everything known about one comparison (compare/1).

    Attributes
    ----------
    score_raw
        Cosine, -1 to 1, higher means more alike; means nothing without the calibration.
    calibration_scope
        "factory", "bank", or "none" where there is no calibration.
    calibration_camera
        Id of the camera plugin that took the live photographs it was fitted on; "" where nobody said.
    llr
        Reading against a stranger, natural logarithm.
    mesh
        What was read of the reference's mesh; None where the reference is no networked-verification photo.
    target_fmr
        The policy's: the outcome is a MATCH at or above this one of the thresholds.
    relative_band
        Reading against a close relative (low, high); stated on a pass only.
    zones
        Where the outcomes lie on the gauge's axis; None where there is no calibration.
    latency_ms
        Milliseconds: the whole, and the stages of the slower picture (both are measured at the same time).
    """

    request_id: str
    outcome: Outcome
    score_raw: float
    model_id: str
    model_version: str
    probe_kind: PhotoKind
    reference_kind: PhotoKind
    calibration_id: str
    calibration_scope: str
    calibration_camera: str
    fmr_at_score: StatedRate | NotStated
    fnmr_at_score: StatedRate | NotStated
    llr: LlrReading | NotStated
    relative_band: tuple[float, float] | NotStated
    target_fmr: str
    zones: OutcomeZones | None
    thresholds: dict[str, Threshold | NotStated]
    probe: FaceMeasurement
    reference: FaceMeasurement
    mesh: MeshReading | None
    advice: tuple[str, ...]
    latency_ms: dict[str, float]


class PictureComparer:
    """Compares pictures with one set of models, calibrations and policy."""

    def __init__(
        self,
        measurer: FaceMeasurer,
        shelf: CalibrationShelf,
        policy: Policy,
        *,
        model_sha256: str,
    ) -> None:
        self._measurer = measurer
        self._shelf = shelf
        self._policy = policy
        self._model_version = f"sha256:{model_sha256}"
        self._zones_by_id: dict[str, OutcomeZones] = {}

    def compare(
        self, probe: Picture, reference: Picture, *, probe_kind: PhotoKind, reference_kind: PhotoKind
    ) -> ComparisonAnswer:
        """Compare a probe with a reference.

        Parameters
        ----------
        reference_kind
            For a networked-verification photo (MESH, MESH_HEAVY, CLEAN) the mesh is looked for and taken out, and the answer
            names the kind whose calibration was used.

        Raises
        ------
        NoFaceError, SeveralFacesError, QualityTooLowError
            One of the pictures cannot be compared; the fact ``file`` says which.
        CalibrationMismatchError
            The calibration or the back-end is not for what runs on this machine.
        """
        started_s = time.perf_counter()
        # Two threads for two pictures: each inference stays on one, and the answer comes after the slower instead of after both.
        with ThreadPoolExecutor(2, "measure") as pool:
            of_reference = pool.submit(self.measure_reference, reference, reference_kind)
            if np.array_equal(probe.pixels, reference.pixels):
                # One picture twice is measured once: with its mesh left in on one side only, another could score higher.
                measured_reference, mesh = of_reference.result()
                measured_probe = replace(measured_reference, role=probe.role)
            else:
                of_probe = pool.submit(self._measurer.measure, probe)
                measured_probe, (measured_reference, mesh) = of_probe.result(), of_reference.result()
        return self.answer(
            measured_probe,
            measured_reference,
            probe_kind=probe_kind,
            reference_kind=reference_kind,
            mesh=mesh,
            started_s=started_s,
        )

    def measure_reference(self, reference: Picture, kind: PhotoKind) -> tuple[FaceMeasurement, MeshReading | None]:
        """Measure a reference, a networked-verification photo without its mesh; what was read of that is None for other kinds.

        Raises
        ------
        NoFaceError, SeveralFacesError, QualityTooLowError
            It cannot be compared.
        """
        if kind not in AUTHORITY_KINDS:
            return self._measurer.measure(reference), None
        mesh = self._measurer.read_mesh(reference)
        return self._measurer.measure_authority_photo(mesh), mesh

    def answer(
        self,
        measured_probe: FaceMeasurement,
        measured_reference: FaceMeasurement,
        *,
        probe_kind: PhotoKind,
        reference_kind: PhotoKind,
        mesh: MeshReading | None,
        started_s: float,
    ) -> ComparisonAnswer:
        """Compare two faces that are measured already.

        Parameters
        ----------
        reference_kind
            Replaced by the mesh's kind where one was read.
        started_s
            ``time.perf_counter()`` of the moment that the answer's total time counts from.

        Raises
        ------
        CalibrationMismatchError
            The calibration or the back-end is not for what runs on this machine.
        """
        reference_kind = reference_kind if mesh is None else mesh.kind
        score = comparison_score(measured_probe.features, measured_reference.features, self._shelf.back_end())
        calibration = self._calibration(probe_kind, reference_kind)
        outcome = self._outcome(score, calibration, measured_probe, measured_reference)
        readings = _Readings.without() if calibration is None else _Readings.of(score, calibration)
        return ComparisonAnswer(
            request_id=uuid.uuid4().hex,
            outcome=outcome,
            score_raw=score,
            model_id=self._measurer.model_id,
            model_version=self._model_version,
            probe_kind=probe_kind,
            reference_kind=reference_kind,
            calibration_id=_calibration_id(calibration, self._measurer.model_id, probe_kind, reference_kind),
            calibration_scope="none" if calibration is None else calibration.scope,
            calibration_camera="" if calibration is None else calibration.camera,
            fmr_at_score=readings.fmr,
            fnmr_at_score=readings.fnmr,
            llr=readings.llr,
            relative_band=self._relative_band(outcome, calibration),
            target_fmr=self._policy.outcome.target_fmr,
            zones=None if calibration is None else self._zones(calibration),
            thresholds=readings.thresholds,
            probe=measured_probe,
            reference=measured_reference,
            mesh=mesh,
            advice=_advice(measured_probe, measured_reference, calibration, readings),
            latency_ms=_latency_ms(measured_probe, measured_reference, started_s),
        )

    def search_probe(self, measured: FaceMeasurement, *, target_fmr: str) -> SearchProbe | None:
        """Return what a live face is searched by among others; None where no calibration carries that.

        Parameters
        ----------
        target_fmr
            See ``comparison.searching.strictest_threshold``.

        Raises
        ------
        CalibrationMismatchError
            The calibration or the back-end is not for what runs on this machine.
        """
        return search_probe(measured.features, self._shelf, target_fmr=target_fmr)

    def _outcome(
        self, score: float, calibration: Calibration | None, probe: FaceMeasurement, reference: FaceMeasurement
    ) -> Outcome:
        if calibration is None:
            return Outcome.INCONCLUSIVE
        return outcome_as_photographed(decide_outcome(score, calibration, self._policy.outcome), probe.advice, reference.advice)

    def _calibration(self, probe_kind: PhotoKind, reference_kind: PhotoKind) -> Calibration | None:
        """Return the calibration; None means there is none, which is said in the answer and makes it INCONCLUSIVE."""
        try:
            return self._shelf.find(probe_kind, reference_kind)
        except CalibrationMissingError:
            return None

    def _zones(self, calibration: Calibration) -> OutcomeZones:
        """Return the zones, searched once per calibration."""
        known = self._zones_by_id.get(calibration.calibration_id)
        if known is None:
            known = self._zones_by_id[calibration.calibration_id] = outcome_zones(calibration, self._policy.outcome)
        return known

    def _relative_band(self, outcome: Outcome, calibration: Calibration | None) -> tuple[float, float] | NotStated:
        if calibration is None:
            return NotStated("no_calibration", 0)
        threshold = calibration.thresholds[self._policy.outcome.target_fmr]
        if outcome is not Outcome.MATCH or not isinstance(threshold, Threshold):
            return NotStated("only_on_a_pass", 0)
        # The published twins met a threshold at this FMR among people of known identity; so does the first group's pass rate.
        # The worst group's, stricter threshold passes few people, and nobody knows how few twins: dividing by the published
        # rates there would read a pass as evidence for a twin. Where nobody passed in N, all that is known is "less than 3/N".
        passed = threshold.first_group_pass_rate
        return relative_band(max(passed.value, RULE_OF_3 / passed.comparisons))


@dataclass(frozen=True)
class _Readings:
    """What a calibration says about a score, or that there is none."""

    fmr: StatedRate | NotStated
    fnmr: StatedRate | NotStated
    llr: LlrReading | NotStated
    thresholds: dict[str, Threshold | NotStated]

    @classmethod
    def of(cls, score: float, calibration: Calibration) -> _Readings:
        return cls(calibration.fmr_at(score), calibration.fnmr_at(score), calibration.llr_at(score), dict(calibration.thresholds))

    @classmethod
    def without(cls) -> _Readings:
        nothing = NotStated("no_calibration", 0)
        return cls(nothing, nothing, nothing, dict.fromkeys(TARGET_FMRS, nothing))


def _calibration_id(calibration: Calibration | None, model_id: str, probe_kind: PhotoKind, reference_kind: PhotoKind) -> str:
    return f"{model_id}/{probe_kind}-{reference_kind}/none" if calibration is None else calibration.calibration_id


def _advice(
    probe: FaceMeasurement, reference: FaceMeasurement, calibration: Calibration | None, readings: _Readings
) -> tuple[str, ...]:
    advice = [*probe.advice, *reference.advice]
    if calibration is None:
        advice.append(ADVICE_NOT_CALIBRATED)
    elif calibration.scope == "factory":
        advice.append(ADVICE_FACTORY)
    if isinstance(readings.llr, LlrReading) and readings.llr.clamped:
        advice.append(ADVICE_CLAMPED)
    return tuple(dict.fromkeys(advice))


def _latency_ms(probe: FaceMeasurement, reference: FaceMeasurement, started_s: float) -> dict[str, float]:
    slower = max((probe, reference), key=lambda measured: sum(measured.latency_ms.values()))
    return {"total": 1000 * (time.perf_counter() - started_s), **slower.latency_ms}
