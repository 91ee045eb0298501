"""What became of a referred customer, as a case of its own: what was recorded before is never edited."""

from __future__ import annotations

from dataclasses import dataclass, replace

from teller_assist.alerts.states import NOBODY, SignedOn
from teller_assist.alerts.waiting_file import WaitingCase
from teller_assist.errors import SessionError
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.workflow.customer import Customer, TakenDecision
from teller_assist.workflow.deciding import documents_for, require_second_teller
from teller_assist.workflow.view_reviews import ReviewAct

MANAGER_AGREED, MANAGER_SILENT, MANAGER_DECLINED = "manager_agreed", "manager_silent", "manager_declined"
CUSTOMER_WITHDREW = "customer_withdrew"
NO_TRANSACTION = 0  # of this session: nobody stands at the counter for it


@dataclass(frozen=True)
class FollowUp:
    """A later decision about a referred case.

    Attributes
    ----------
    before
        The referred case.
    customer
        Of whom this case tells no more than the decision: who it is stands in the referred one.
    """

    before: str
    customer: Customer

    @property
    def decision(self) -> TellerDecision:
        """What the teller decided."""
        return TellerDecision.PASS if self.customer.decision is None else self.customer.decision.decision


def follow_up(
    case: WaitingCase,
    act: ReviewAct,
    *,
    teller: SignedOn,
    answered: bool,
    second_teller: SignedOn = NOBODY,
    by_password: bool = False,
    documents: tuple[str, ...] = (),
) -> FollowUp:
    """Return the later decision about a referred case, held against what its act asks for.

    Parameters
    ----------
    answered
        A manager's answer stands; False: none came in time.
    by_password
        Tellers prove who they are here.

    Raises
    ------
    SessionError
        The second signature or the documents are missing.
    """
    of_whom = Customer(
        NO_TRANSACTION,
        case.business_kind,
        case.role,
        reference=case.reference,
        teller=teller.name,
        teller_login=teller.login,
        sign_on=teller.way,
    )
    reason = MANAGER_AGREED if answered else MANAGER_SILENT
    if act is ReviewAct.DECLINE:
        taken = _taken(TellerDecision.REJECT, MANAGER_DECLINED)
    elif act is ReviewAct.CUSTOMER_LEFT:
        taken = _taken(TellerDecision.REJECT, CUSTOMER_WITHDREW)
    elif act is ReviewAct.TWO_TELLERS:
        taken = _taken(TellerDecision.PASS, reason, second=require_second_teller(second_teller, teller, by_password=by_password))
    elif act is ReviewAct.DOCUMENTS:
        seen = tuple(one for one in documents_for(of_whom) if one in documents)
        if not seen:
            raise SessionError(why="documents_missing")
        taken = _taken(TellerDecision.PASS, reason, documents=seen)
    else:
        taken = _taken(TellerDecision.PASS, reason)
    return FollowUp(case.case_id, replace(of_whom, decision=taken))


def _taken(decision: TellerDecision, reason: str, *, second: SignedOn = NOBODY, documents: tuple[str, ...] = ()) -> TakenDecision:
    return TakenDecision(decision, reason, second.name, documents, 0.0, second.login, second.way)
