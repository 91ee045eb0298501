"""Everything a view is made of, taken at one moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from teller_assist.alerts.states import BranchState, Kept
from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.wording import Sentences
from teller_assist.workflow.capture_view import Watched
from teller_assist.workflow.counter_session import DECIDABLE, SessionState
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.desk import Desk
from teller_assist.workflow.equipment import CounterEquipment
from teller_assist.workflow.matter import Matter


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

    @property
    def veiled(self) -> bool:
        """Whether nothing that tells of a comparison may be shown, because the teller judges first."""
        decidable = self.state in DECIDABLE or self.state is SessionState.TAKEN
        return self.customer is not None and self.customer.unseen and not decidable

    @property
    def authority_answers(self) -> bool:
        """Whether an answer of the networked verification can still come: not at a counter that has none."""
        return self.equipment is None or self.equipment.netcheck is not None
