"""Everything a view is made of, taken at one moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from teller_assist.alerts.states import BranchState, Kept
from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.wording import Sentences
from teller_assist.workflow.capture_view import Watched
from teller_assist.workflow.counter_session import DECIDABLE, SessionState
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.desk import Desk
from teller_assist.workflow.equipment import CounterEquipment
from teller_assist.workflow.matter import Matter
from teller_assist.workflow.view_devices import DevicesView
from teller_assist.workflow.view_reviews import ReviewsView
from teller_assist.workflow.view_sign_on import NO_PASSWORD, SignOnView
from teller_assist.workflow.view_today import TodayRow
from teller_assist.workflow.view_training import TrainingView


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything the view is made of.

    Attributes
    ----------
    equipment
        None while the counter is being set up.
    problem
        What is wrong with the station itself; a customer's own problem stands in the customer.
    branch, kept
        How the branch server fares, and how far the case of a transaction has come; None: the station is not enrolled.
    reviews, marked
        Referred customers, and what adds to a row of today's list what is known of its review.
    """

    state: SessionState
    customer: Customer | None
    desk: Desk
    matter: Matter
    equipment: CounterEquipment | None
    device_states: Mapping[DeviceKind, DeviceState]
    stalled: bool
    problem: Sentences | None
    watched: Watched
    branch: BranchState | None = None
    kept: Callable[[int], Kept] | None = None
    training: TrainingView | None = None
    reviews: ReviewsView = field(default_factory=ReviewsView)
    marked: Callable[[int, TodayRow], TodayRow] = lambda _transaction, row: row
    sign_on: SignOnView = NO_PASSWORD
    device_care: DevicesView = field(default_factory=DevicesView)

    @property
    def signs_on_by_password(self) -> bool:
        """Whether tellers prove who they are: a name alone is no signature then."""
        return self.sign_on.by_password

    @property
    def veiled(self) -> bool:
        """Whether nothing that tells of a comparison may be shown, because the teller judges first."""
        return is_veiled(self.state, self.customer)

    @property
    def authority_answers(self) -> bool:
        """Whether an answer of the networked verification can still come: not at a counter that has none."""
        return self.equipment is None or self.equipment.netcheck is not None


def is_veiled(state: SessionState, customer: Customer | None) -> bool:
    """Return whether nothing that tells of a comparison may be shown, because the teller judges first."""
    if customer is None or not customer.unseen:
        return False
    if state is SessionState.WITHOUT_READING:  # without a chip, another photograph may still lead to a judgement
        return customer.photo_to_compare
    return state not in DECIDABLE and state is not SessionState.TAKEN
