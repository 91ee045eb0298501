"""One answer as the gauge shows it: positions on the axis, and counted numbers in words."""

from __future__ import annotations

from teller_assist.comparison.error_rates import NotStated
from teller_assist.comparison.llr import LlrReading
from teller_assist.comparison.readings import told_rate, told_strength
from teller_assist.evidence.kinds import Outcome, PhotoKind
from teller_assist.wording import Sentences, sentence
from teller_assist.workflow.comparing import ComparisonAnswer
from teller_assist.workflow.view import GaugeView

# A gauge without a calibration still has an axis; design figure of ours: a thousand to one either way.
_EMPTY_AXIS = 6.9


def gauge_view(answer: ComparisonAnswer, outcome: Outcome, *, camera: str = "") -> GaugeView:
    """Return what the gauge shows.

    Parameters
    ----------
    answer
        The live-chip comparison.
    outcome
        Of the whole judgement: another edge of the triangle may have made it INCONCLUSIVE.
    camera
        Id of the plugin whose camera took the live picture; "" where none is known.
    """
    llr = answer.llr if isinstance(answer.llr, LlrReading) else None
    zones = answer.zones
    return GaugeView(
        outcome=outcome,
        stranger=None if llr is None else llr.value,
        stranger_ci95=None if llr is None else llr.ci95,
        clamped=llr is not None and llr.clamped,
        non_match_until=None if zones is None else zones.non_match_until,
        match_from=None if zones is None else zones.match_from,
        axis_low=-_EMPTY_AXIS if zones is None else zones.axis_low,
        axis_high=_EMPTY_AXIS if zones is None else zones.axis_high,
        relative_band=None if isinstance(answer.relative_band, NotStated) else answer.relative_band,
        headline=_headline(answer),
        told=_told(answer),
        calibration=_calibration(answer, camera),
    )


def _headline(answer: ComparisonAnswer) -> Sentences:
    """Return the one counted number: how often a stranger looks this alike, or the customer this different."""
    if answer.outcome is Outcome.NON_MATCH:
        return told_rate("headline_same_person", answer.fnmr_at_score)
    return told_rate("headline_stranger", answer.fmr_at_score)


def _told(answer: ComparisonAnswer) -> tuple[Sentences, ...]:
    told = told_strength(answer.llr, short=True)
    if not isinstance(answer.relative_band, NotStated):
        told = [*told, sentence("reading", "close_relative")]
    return tuple(told)


def _calibration(answer: ComparisonAnswer, camera: str) -> Sentences:
    if camera and answer.calibration_camera not in ("", camera):
        return sentence("reading", "calibration_of_other_camera", calibration=answer.calibration_id)
    if answer.reference_kind is PhotoKind.ARCHIVE and answer.calibration_scope == "factory":
        return sentence("reading", "travel_document_calibration")
    code = {"factory": "factory_calibration", "none": "calibration_missing"}.get(answer.calibration_scope)
    return sentence("reading", "calibration", calibration=answer.calibration_id) if code is None else sentence("advice", code)
