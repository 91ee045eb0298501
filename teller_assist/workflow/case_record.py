"""One customer's transaction as a case/1 document: what is known of it, from the card to the teller's decision."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from teller_assist import __version__
from teller_assist.alerts.canonical import utc_text
from teller_assist.alerts.states import Begun
from teller_assist.decision.judgement import TRIANGLE, Alert, EdgeName, Judgement
from teller_assist.decision.policy import Policy
from teller_assist.decision.second_identity import SecondIdentityFinding
from teller_assist.evidence.identity import IdentityCard
from teller_assist.pad.assessment import NOT_APPLICABLE
from teller_assist.workflow.answers import comparison_body
from teller_assist.workflow.case_evidence import case_evidence
from teller_assist.workflow.case_printed import case_printed
from teller_assist.workflow.case_travel_document import case_travel_document
from teller_assist.workflow.customer import Customer, TakenDecision
from teller_assist.workflow.triangle import Edge

NONE = "none"


class Ending(StrEnum):
    """How a transaction ended."""

    SETTLED = "settled"  # the teller decided
    ABANDONED = "abandoned"  # ended without a decision
    INTERRUPTED = "interrupted"  # the program ended in the middle: the sealed draft tells as far as it got


@dataclass(frozen=True)
class ModelIdentity:
    """One model of this installation: its id, the hash of the file that runs, and whether it is there."""

    model_id: str
    sha256: str
    state: str


@dataclass(frozen=True)
class CaseOrigin:
    """What is the same in every case of one station.

    Attributes
    ----------
    counter
        The counter's name as the settings give it; may be empty.
    """

    station_id: str
    counter: str
    models: tuple[ModelIdentity, ...]
    policy: Policy


def case_document(
    customer: Customer,
    begun: Begun,
    origin: CaseOrigin,
    *,
    ending: Ending,
    ended: datetime.datetime,
    together_with: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return the case/1 document of a customer's transaction. It holds personal data in clear: seal it, never write it.

    Parameters
    ----------
    together_with
        The cases of the other persons who were checked for the same business before.
    """
    judgement = customer.judgement
    return {
        "schema": "case/1",
        "product_version": __version__,
        "case_id": begun.case_id,
        "station": {"id": origin.station_id, "counter": origin.counter},
        "station_sequence": begun.sequence,
        "created": utc_text(ended),
        "transaction": _transaction(customer, begun, ending, ended) | {"together_with": list(together_with)},
        "persons": _persons(customer),
        "without_chip": NONE if customer.stated is None else customer.stated.why.value,
        "evidence": case_evidence(customer, origin.policy.keep_pictures),
        "netcheck": "NOT_ASKED" if customer.netcheck is None else customer.netcheck.code.value,
        "netcheck_before": [code.value for code in customer.netcheck_before],
        "pad": _pad(customer),
        "kinship": {
            "state": customer.kinship.kinship.value,
            "possible_twin": customer.kinship.possible_twin,
            "look_alike": customer.kinship.look_alike,
            "why": customer.kinship.why,
        },
        "second_identity": _second_identity(customer.second_identity),
        "comparisons": [_comparison(name, customer.edges.get(name)) for name in EdgeName if name in {*TRIANGLE, *customer.edges}],
        "teller_judgement": {
            "asked": customer.judged_first,
            "given": NONE if customer.teller_judgement is None else customer.teller_judgement.value,
        },
        "challenge": [{"question": one.value, "right": right} for one, right in customer.challenge.items()],
        "judgement": _judgement(judgement),
        "next_step": NONE if judgement is None else judgement.next_step.value,
        "reasons": [] if judgement is None else list(judgement.reasons),
        "alerts": [] if judgement is None else [_alert(begun.case_id, alert) for alert in judgement.alerts],
        "decision": _decision(customer.decision),
        "devices": [{"kind": one.kind, "state": one.state, "plugin": one.plugin_id} for one in customer.devices],
        "models": [{"id": one.model_id, "sha256": one.sha256, "state": one.state} for one in origin.models],
        "policy": {"date": origin.policy.date.isoformat(), "keep_pictures": origin.policy.keep_pictures.value},
        "latency_ms": {stage: round(value, 3) for stage, value in _latency_ms(customer).items()},
    }


def alert_id(case_id: str, alert: Alert) -> str:
    """Return an alert's id: the same in the draft and in the final case, so that it is never counted twice."""
    return uuid.uuid5(uuid.UUID(case_id), alert.kind.value).hex


def _transaction(customer: Customer, begun: Begun, ending: Ending, ended: datetime.datetime) -> dict[str, Any]:
    return {
        "business_kind": customer.business_kind.value,
        "role": customer.role.value,
        "reference": customer.reference,
        "teller": customer.teller,
        "teller_login": customer.teller_login,
        "sign_on": customer.sign_on.value,
        "started": utc_text(begun.started),
        "ended": utc_text(ended),
        "ending": ending.value,
        "consent": {
            "basis": NONE if customer.consent is None else customer.consent.value,
            "face_refused": customer.face_refused,
            "face_path_left": customer.face_path_left,
            "holder_absent": customer.holder_absent,
            "notice_printed": customer.notice_printed,
        },
        "attempts": customer.attempts,
    }


def _persons(customer: Customer) -> list[dict[str, Any]]:
    role, stated = customer.role.value, customer.stated
    if customer.card is not None:
        return [{"role": role, "source": "chip", **_card(customer.card), **case_printed(customer)}]
    if customer.travel_document is not None:
        return [{"role": role, "source": "chip", **case_travel_document(customer.travel_document)}]
    if stated is None or stated.number is None or stated.name is None:
        return []
    number = stated.number.reveal()
    typed = {"name": stated.name.reveal(), "number": number.text, "sex": number.sex.value}
    return [{"role": role, "source": "typed", **typed, **case_printed(customer)}]


def _card(card: IdentityCard) -> dict[str, Any]:
    """Return what the card says as far as a review needs it: the address stays on the card."""
    return {
        "name": card.name.reveal(),
        "number": card.number.reveal().text,
        "sex": card.sex.value,
        "birth_date": card.birth_date.reveal().isoformat(),
        "ethnicity": card.ethnicity,
        "issuer": card.issuer,
        "valid_from": card.valid_from.isoformat(),
        "valid_until": "long_term" if card.valid_until is None else card.valid_until.isoformat(),
    }


def _second_identity(finding: SecondIdentityFinding) -> dict[str, Any]:
    search = finding.search
    if search is None:
        return {"state": "not_searched"}
    return {
        "state": "searched",
        "days": search.days,
        "searched": search.searched,
        "least_score": search.least_score,
        "target_fmr": search.target_fmr,
        "fmr": search.fmr,
        "fpir_extrapolated": search.fpir,
        "calibration_id": search.calibration_id,
        "model_id": search.model_id,
        "matches": [
            {"case_id": one.case_id, "day": one.day.isoformat(), "business_kind": one.business_kind} for one in finding.seen
        ],
    }


def _pad(customer: Customer) -> dict[str, Any]:
    reading = customer.pad or NOT_APPLICABLE
    return {"state": reading.state.value, "why": list(reading.why)}


def _comparison(name: EdgeName, edge: Edge | None) -> dict[str, Any]:
    if edge is None or edge.answer is None:
        return {"edge": name.value, "compared": False, "why": "not_compared" if edge is None else edge.absent}
    return {"edge": name.value, "compared": True, "answer": {"schema": "compare/1", **comparison_body(edge.answer)}}


def _judgement(judgement: Judgement | None) -> dict[str, Any]:
    if judgement is None:
        return {"made": False}
    return {"made": True, "outcome": judgement.outcome.value, "face": judgement.face.value, "rule": judgement.rule}


def _alert(case_id: str, alert: Alert) -> dict[str, Any]:
    return {"id": alert_id(case_id, alert), "kind": alert.kind.value, "severity": alert.severity.value, "why": alert.why}


def _decision(taken: TakenDecision | None) -> dict[str, Any]:
    if taken is None:
        return {"taken": NONE}
    return {
        "taken": taken.decision.value,
        "reason": taken.reason,
        "second_teller": taken.second_teller,
        **_second_signature(taken),
        "documents": list(taken.documents),
    }


def _second_signature(taken: TakenDecision) -> dict[str, str]:
    if not taken.second_teller:
        return {}
    return {"second_teller_login": taken.second_login, "second_sign_on": taken.second_sign_on.value}


def _latency_ms(customer: Customer) -> Mapping[str, float]:
    """Return what the stages took: the session's own, and those of the live comparison."""
    live = (customer.edges.get(name) for name in (EdgeName.LIVE_CHIP, EdgeName.LIVE_NETCHECK, EdgeName.LIVE_PRINTED))
    answer = next((edge.answer for edge in live if edge is not None and edge.answer is not None), None)
    measured = {} if answer is None else {"compare" if name == "total" else name: ms for name, ms in answer.latency_ms.items()}
    return {**measured, **customer.latency_ms}
