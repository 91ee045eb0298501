"""Who sits at the counter, and what was done today: in memory only, gone when the program ends."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from teller_assist.alerts.states import BranchState, Kept, SignedOn, SignOnWay
from teller_assist.errors import SessionError
from teller_assist.evidence.id_number import mask_name
from teller_assist.evidence.transaction import BusinessKind, PersonRole, TellerDecision
from teller_assist.settings.schema import StationSettings
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.view_today import TodayRow, TodayView

TODAY_ROWS_MAX = 200
_TELLER_MAX = 32
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True)
class Presence:
    """Whether somebody is at work.

    Attributes
    ----------
    blanked
        Idle for a while: faces are not shown until somebody touches the window.
    locked
        Idle for longer, or locked by hand: the teller signs on again.
    """

    blanked: bool
    locked: bool


def teller_name(typed: str) -> str:
    """Return a teller's name in the one form in which two of them are compared; "" for what is no name.

    Nothing in it may be invisible: the same teller could otherwise sign as two.
    """
    name = " ".join(unicodedata.normalize("NFKC", typed).split())
    if not 0 < len(name) <= _TELLER_MAX or any(unicodedata.category(one) in _INVISIBLE for one in name):
        return ""
    return name


class Desk:
    """One teller's desk. Not locked against threads: the station calls it under its own lock."""

    def __init__(self, settings: StationSettings) -> None:
        self._settings = settings
        self._touched_s = 0.0
        self._rows: list[tuple[int, TodayRow]] = []  # with the number of the transaction
        self._day: datetime.date | None = None
        self.signed_on = SignedOn("", "", SignOnWay.NAME)
        self.presence = Presence(blanked=False, locked=False)

    @property
    def teller(self) -> str:
        """The name of who sits here; "" before the first sign-on."""
        return self.signed_on.name

    def sign_on(self, teller: str, at_s: float) -> bool:
        """Sign a teller on by name, or back on; returns whether it is the one who was there before.

        Raises
        ------
        SessionError
            The name is empty or too long.
        """
        name = teller_name(teller)
        if not name:
            raise SessionError(why="teller_name")
        return self.take(SignedOn("", name, SignOnWay.NAME), at_s)

    def take(self, teller: SignedOn, at_s: float) -> bool:
        """Sign on, or back on, who was checked; returns whether it is the one who was there before."""
        before = self.signed_on
        same = not before.name or (before.login, before.login or before.name) == (teller.login, teller.login or teller.name)
        self.signed_on = replace(teller, name=teller_name(teller.name) or teller.login)
        self.presence = Presence(blanked=False, locked=False)
        self._touched_s = at_s
        return same

    def lock(self) -> None:
        """Ask for the teller's name again."""
        if self.teller:
            self.presence = Presence(blanked=True, locked=True)

    def touch(self, at_s: float) -> bool:
        """Note that somebody is at work; returns whether that changed what is shown."""
        self._touched_s = at_s
        if not self.presence.blanked or self.presence.locked:
            return False
        self.presence = Presence(blanked=False, locked=False)
        return True

    def let_time_pass(self, at_s: float) -> bool:
        """Blank or lock after idle time; returns whether that changed what is shown."""
        if not self.teller or self.presence.locked:
            return False
        idle_s = at_s - self._touched_s
        if idle_s >= self._settings.lock_after_idle_s:
            self.lock()
            return True
        if idle_s >= self._settings.blank_after_idle_s and not self.presence.blanked:
            self.presence = Presence(blanked=True, locked=False)
            return True
        return False

    def note_ended(self, customer: Customer) -> None:
        """Add a transaction that ends now: nothing of it stays but one line without a full name."""
        self.note(
            customer.transaction,
            ended=datetime.datetime.now().astimezone(),
            masked_name="" if customer.name is None else mask_name(customer.name.reveal()),
            kind=customer.business_kind,
            decision=None if customer.decision is None else customer.decision.decision,
            alert=customer.judgement is not None and bool(customer.judgement.alerts),
            without_face=customer.without_face,
            role=customer.role,
        )

    def note(
        self,
        transaction: int,
        *,
        ended: datetime.datetime,
        masked_name: str,
        kind: BusinessKind,
        decision: TellerDecision | None,
        alert: bool,
        without_face: bool = False,
        role: PersonRole = PersonRole.HOLDER,
    ) -> None:
        """Add a finished transaction; yesterday's list ends with its day."""
        if self._day != ended.date():
            self._day, self._rows = ended.date(), []
        row = TodayRow(ended.time(), masked_name, kind, decision, alert, without_face=without_face, role=role)
        self._rows.insert(0, (transaction, row))
        del self._rows[TODAY_ROWS_MAX:]

    def ended(self, transaction: int) -> TodayRow | None:
        """Return how a transaction of today ended; None where it has not, or is not in the list any more."""
        return next((row for number, row in self._rows if number == transaction), None)

    def today(
        self,
        branch: BranchState | None = None,
        kept: Callable[[int], Kept] | None = None,
        marked: Callable[[int, TodayRow], TodayRow] = lambda _transaction, row: row,
    ) -> TodayView:
        """Return today's list.

        Parameters
        ----------
        branch, kept
            How what waits for the branch server fares, and how far one transaction's case has come; None: not enrolled.
        marked
            Adds to a row what is known of its review.
        """
        rows = tuple(
            marked(transaction, row if kept is None else replace(row, kept=kept(transaction))) for transaction, row in self._rows
        )
        return TodayView(
            rows=rows,
            checked=sum(row.decision is not None for row in rows),
            referred=sum(row.decision is TellerDecision.REFER for row in rows),
            waiting=None if branch is None else branch.waiting,
            unsaved=0 if branch is None else branch.unsaved,
            refused=0 if branch is None else branch.refused,
            without_face=sum(row.decision is not None and row.without_face for row in rows),
        )
