"""From one customer's record to the evidence that the decision judges."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

from teller_assist.decision.edges import Edge as DecisionEdge
from teller_assist.decision.edges import Edges, NotCompared, NotComparedWhy
from teller_assist.decision.judgement import TRIANGLE, EdgeName, Judgement
from teller_assist.decision.judging import CustomerEvidence, DeviceProblem, DocumentProblem, judge
from teller_assist.decision.policy import Policy
from teller_assist.decision.travel_document import TravelDocumentFinding
from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.evidence.identity import IdentityCard
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.pad.assessment import NOT_APPLICABLE
from teller_assist.workflow.cross_checking import sure_comparisons
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.triangle import Edge

_DOWN = frozenset({DeviceState.RESTARTING, DeviceState.OUT_OF_ORDER})


def conclude_customer(customer: Customer, edges: Mapping[EdgeName, Edge], policy: Policy, *, models: bool = True) -> Judgement:
    """Judge what is known of a customer.

    Parameters
    ----------
    edges
        What was compared.
    models
        Whether the face models are there.
    """
    evidence = CustomerEvidence(
        edges=_edges(customer, edges, models=models),
        netcheck=NetcheckCode.NOT_ASKED if customer.netcheck is None else customer.netcheck.code,
        kinship=customer.kinship,
        pad=customer.pad or NOT_APPLICABLE,
        business_kind=customer.business_kind,
        attempts=customer.attempts,
        document_problems=_document_problems(customer.card),
        name_agreement=None if customer.netcheck is None else customer.netcheck.name_agreement,
        teller_judgement=customer.teller_judgement,
        challenge=customer.challenge,
        role=customer.role,
        without_chip=None if customer.stated is None else customer.stated.why,
        imported=customer.imported,
        netcheck_before=customer.netcheck_before,
        device_problems=tuple(_device_problems(customer)),
        second_identity=customer.second_identity,
        printed=sure_comparisons(customer),
        travel_document=_travel_document(customer, edges),
    )
    return judge(evidence, policy)


def _edges(customer: Customer, edges: Mapping[EdgeName, Edge], *, models: bool) -> Edges:
    """Return every edge; of a card that was not scanned nothing is to be said, not even why its portrait was not compared."""
    compared = [name for name in EdgeName if name in TRIANGLE or name in edges]
    return Edges(*(_edge(customer, name, edges.get(name), models=models) for name in compared))


def _edge(customer: Customer, name: EdgeName, edge: Edge | None, *, models: bool) -> DecisionEdge:
    if edge is not None and edge.answer is not None:
        if edge.answer.calibration_scope == "none":
            return NotCompared(NotComparedWhy.CALIBRATION_MISSING)
        return edge.answer.outcome
    if customer.holder_absent:
        return NotCompared(NotComparedWhy.HOLDER_ABSENT)
    if customer.face_refused:
        return NotCompared(NotComparedWhy.CONSENT_REFUSED)
    if customer.face_path_left:
        return NotCompared(NotComparedWhy.FACE_PATH_LEFT)
    if not models:
        return NotCompared(NotComparedWhy.MODELS_MISSING)
    if edge is None:
        return NotCompared(NotComparedWhy.NO_CAPTURE)
    missing_chip = customer.stated is not None and name is not EdgeName.LIVE_NETCHECK and edge.absent == NotComparedWhy.NO_PHOTO
    return NotCompared(NotComparedWhy.NO_CARD if missing_chip else NotComparedWhy(edge.absent))


def _device_problems(customer: Customer) -> Iterator[DeviceProblem]:
    down = {one.kind for one in customer.devices if one.state in _DOWN}
    lives_by_face = not (customer.face_refused or customer.holder_absent)
    if DeviceKind.CAMERA in down and lives_by_face and (customer.capture is None or customer.imported):
        yield DeviceProblem.CAMERA_DOWN
    if DeviceKind.ID_CARD_READER in down and not customer.has_chip:
        yield DeviceProblem.READER_DOWN


def _travel_document(customer: Customer, edges: Mapping[EdgeName, Edge]) -> TravelDocumentFinding | None:
    document = customer.travel_document
    if document is None:
        return None
    today = datetime.datetime.now().astimezone().date()
    edge = edges.get(EdgeName.LIVE_CHIP)
    by_factory = edge is not None and edge.answer is not None and edge.answer.calibration_scope == "factory"
    return TravelDocumentFinding(document.authentication, expired=not document.is_valid_on(today), calibrated=not by_factory)


def _document_problems(card: IdentityCard | None) -> tuple[DocumentProblem, ...]:
    today = datetime.datetime.now().astimezone().date()
    if card is None or card.is_valid_on(today):
        return ()
    return (DocumentProblem.CARD_EXPIRED if today > card.valid_from else DocumentProblem.CARD_NOT_YET_VALID,)
