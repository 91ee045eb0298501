"""An answer as the JSON shape that callers are promised."""

from __future__ import annotations

from typing import Any

from teller_assist.comparison.calibration import Threshold
from teller_assist.comparison.calibration_file import rate_body
from teller_assist.comparison.error_rates import NotStated, StatedRate
from teller_assist.comparison.llr import LlrReading
from teller_assist.evidence.measurements import AssessedQuality, FaceMeasurement, QualityComponent
from teller_assist.wording import sentence
from teller_assist.workflow.comparing import ComparisonAnswer


def comparison_body(answer: ComparisonAnswer) -> dict[str, Any]:
    """Return the body of a compare/1 document."""
    return {
        "request_id": answer.request_id,
        "outcome": answer.outcome.value,
        "result_zh": sentence("outcome", answer.outcome.value).zh,
        "score_raw": answer.score_raw,
        "model_id": answer.model_id,
        "model_version": answer.model_version,
        "probe_kind": answer.probe_kind.value,
        "reference_kind": answer.reference_kind.value,
        "calibration_id": answer.calibration_id,
        "calibration_scope": answer.calibration_scope,
        "fmr_at_score": _rate_body(answer.fmr_at_score),
        "fnmr_at_score": _rate_body(answer.fnmr_at_score),
        **_llr_bodies(answer.llr),
        "llr_relative_band": (
            not_stated_body(answer.relative_band) if isinstance(answer.relative_band, NotStated) else list(answer.relative_band)
        ),
        "thresholds": {target: _threshold_body(entry) for target, entry in answer.thresholds.items()},
        **({} if answer.mesh is None else {"mesh": {"heaviness": answer.mesh.heaviness, "kind": answer.mesh.kind.value}}),
        "quality": {"probe": _quality_body(answer.probe), "reference": _quality_body(answer.reference)},
        "advice": list(answer.advice),
        "latency_ms": {stage: round(value, 3) for stage, value in answer.latency_ms.items()},
    }


def not_stated_body(entry: NotStated) -> dict[str, Any]:
    """Return a rate that the counts do not carry: its reason in words and its counts, never a number."""
    words = sentence("not_stated", entry.why, needed=f"{entry.comparisons_needed:,}", had=f"{entry.comparisons:,}")
    return {"stated": False, "why_zh": words.zh, "why_en": words.en, "comparisons": entry.comparisons}


def _rate_body(rate: StatedRate | NotStated) -> dict[str, Any]:
    return not_stated_body(rate) if isinstance(rate, NotStated) else rate_body(rate)


def _llr_bodies(llr: LlrReading | NotStated) -> dict[str, Any]:
    if isinstance(llr, NotStated):
        return {"llr": not_stated_body(llr), "llr_ci95": not_stated_body(llr)}
    return {"llr": llr.value, "llr_ci95": list(llr.ci95)}


def _threshold_body(entry: Threshold | NotStated) -> dict[str, Any]:
    if isinstance(entry, NotStated):
        return not_stated_body(entry)
    return {
        "stated": True,
        "score": entry.score,
        "fmr": rate_body(entry.fmr),
        "pass_rate": rate_body(entry.pass_rate),
        "first_group_pass_rate": rate_body(entry.first_group_pass_rate),
    }


def _quality_body(measurement: FaceMeasurement) -> dict[str, Any]:
    return {component.name.value: _component_body(component) for component in measurement.quality}


def _component_body(component: QualityComponent) -> dict[str, Any]:
    if isinstance(component, AssessedQuality):
        return {"native": round(component.native, 4), "value": component.value, "assessed": True}
    return {"assessed": False, "why_zh": sentence("not_assessed", component.why).zh}
