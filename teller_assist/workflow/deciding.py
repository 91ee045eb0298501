"""What the teller may decide now, and what each decision asks for. The teller decides; this only keeps to the rules."""

from __future__ import annotations

from dataclasses import replace

from teller_assist.alerts.states import SignedOn
from teller_assist.decision.judgement import FaceFinding, NextStep
from teller_assist.errors import SessionError
from teller_assist.evidence.kinds import Outcome
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.transaction import PersonRole, TellerDecision
from teller_assist.wording import codes
from teller_assist.workflow.counter_session import BY_HAND, DECIDABLE
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.desk import teller_name
from teller_assist.workflow.scene import Scene
from teller_assist.workflow.view import DecisionView, PassNeeds

_OF_MANAGERS = "manager_"  # reasons of later decisions, which follow a manager's answer or its absence
_OF_THOSE_WHO_ACT = ("power_of_attorney", "guardianship_proof")


def pass_needs(scene: Scene) -> PassNeeds | None:
    """Return what 通过 asks for; None while it is not possible."""
    customer = scene.customer
    if customer is None or scene.state not in DECIDABLE:
        return None
    if scene.state in BY_HAND:
        return PassNeeds.DOCUMENTS
    judgement = customer.judgement
    if judgement is not None and judgement.outcome is Outcome.NON_MATCH:
        return PassNeeds.DUAL_SIGNATURE
    if judgement is not None and judgement.next_step is NextStep.DUAL_SIGNATURE:
        return PassNeeds.DUAL_SIGNATURE
    return PassNeeds.NOTHING


def reason_codes(decision: TellerDecision) -> tuple[str, ...]:
    """Return the reasons that a teller may give for REFER or REJECT."""
    return tuple(one for one in codes(f"{decision.value}_reason") if not one.startswith(_OF_MANAGERS))


def documents_for(customer: Customer) -> tuple[str, ...]:
    """Return the documents that can be ticked; what lets somebody act for another only where somebody does."""
    acts = customer.role is not PersonRole.HOLDER or customer.holder_absent
    return tuple(one for one in codes("document") if acts or one not in _OF_THOSE_WHO_ACT)


def check_decision(
    scene: Scene,
    decision: TellerDecision,
    *,
    reason: str,
    second_teller: SignedOn,
    documents: tuple[str, ...],
) -> None:
    """Hold a decision against what it asks for.

    Raises
    ------
    SessionError
        It is not possible now, or its reason, second signature or documents are missing.
    """
    if scene.customer is None or scene.state not in DECIDABLE:
        raise SessionError(why="nothing_to_decide")
    if decision is not TellerDecision.PASS:
        if reason not in reason_codes(decision):
            raise SessionError(why="reason_missing")
        return
    needs = pass_needs(scene)
    if needs is PassNeeds.DOCUMENTS and not set(documents) & set(documents_for(scene.customer)):
        raise SessionError(why="documents_missing")
    if needs is PassNeeds.DUAL_SIGNATURE:
        require_second_teller(second_teller, scene.desk.signed_on, by_password=scene.signs_on_by_password)


def require_second_teller(second: SignedOn, acting: SignedOn, *, by_password: bool) -> SignedOn:
    """Return another teller than the acting one: by a login where passwords are asked for or that one has one, else by name.

    Raises
    ------
    SessionError
        It is none, or the same.
    """
    if by_password or acting.login:
        if not second.login or second.login == acting.login:
            raise SessionError(why="second_signature_missing")
        return second
    name = teller_name(second.name)
    if name.casefold() in ("", acting.name.casefold()):
        raise SessionError(why="second_signature_missing")
    return replace(second, name=name)


def decision_view(scene: Scene) -> DecisionView:
    """Return the decision buttons."""
    customer, needs = scene.customer, pass_needs(scene)
    judgement = None if customer is None or scene.veiled else customer.judgement
    taken = None if customer is None else customer.decision
    step = None if judgement is None or _waits_for_authority(scene) else judgement.next_step
    enabled: set[TellerDecision] = set()
    if scene.state in DECIDABLE:
        enabled = {TellerDecision.REFER, TellerDecision.REJECT} | ({TellerDecision.PASS} if needs is not None else set())
    return DecisionView(
        enabled=frozenset(enabled),
        emphasised=_emphasised(step) if enabled else None,
        pass_needs=needs or PassNeeds.NOTHING,
        next_step=step,
        reason_codes={one: reason_codes(one) for one in (TellerDecision.REFER, TellerDecision.REJECT)},
        documents=() if customer is None else documents_for(customer),
        taken=None if taken is None else taken.decision,
        undo_until_s=0.0 if taken is None else taken.undo_until_s,
    )


def _waits_for_authority(scene: Scene) -> bool:
    """Return whether a match lacks the authority's answer alone: "by hand" would be advised for a second and then taken back."""
    judgement = None if scene.customer is None else scene.customer.judgement
    if judgement is None or judgement.netcheck is not NetcheckCode.NOT_ASKED or not scene.authority_answers:
        return False
    if scene.customer is None or scene.customer.number is None:  # nobody it could be asked about
        return False
    return judgement.face is FaceFinding.MATCH and judgement.next_step is NextStep.VERIFY_BY_HAND


def _emphasised(step: NextStep | None) -> TellerDecision | None:
    """Emphasise the recommended button; 拒绝 never is, and most next steps are no button."""
    return {NextStep.PROCEED: TellerDecision.PASS, NextStep.MANAGER_REVIEW: TellerDecision.REFER}.get(step) if step else None
