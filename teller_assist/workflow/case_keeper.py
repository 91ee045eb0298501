"""Keeps every transaction's case: a sealed draft from its first moment, the final case at its end. Has a thread of its own.

    station (under its lock) --begun, changed, ended--> keeper thread --seal, write--> StationRecords --> branch server

The station never waits for a disk. What it hands over is a frozen record of the customer; nothing is handed over twice.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from teller_assist.alerts.branch_sign_on import BranchSignOn
from teller_assist.alerts.states import Begun, BranchState, Kept
from teller_assist.alerts.station_records import StationRecords
from teller_assist.decision.judgement import Alert
from teller_assist.decision.kinship import KinshipRegister
from teller_assist.decision.second_identity import RecentFaces
from teller_assist.errors import ResourceError
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.settings.crash import places
from teller_assist.settings.logs import Subject, logger_for
from teller_assist.workflow.case_record import CaseOrigin, Ending, case_document
from teller_assist.workflow.customer import Customer, DeviceIdentity
from teller_assist.workflow.follow_up import FollowUp

CaseListener = Callable[[Mapping[str, Any]], None]
_REMEMBERED = 500  # more than today's list shows


@dataclass(frozen=True)
class CaseKeeping:
    """Where a station keeps its cases, and what stands in every one of them.

    Attributes
    ----------
    on_case
        Gets every final document, on the keeper's thread, after it was kept; for who shows or measures it.
    """

    records: StationRecords
    origin: CaseOrigin
    on_case: CaseListener | None = None


class ReviewListener(Protocol):
    """Who is told, on the keeper's thread, of cases that wait for a manager."""

    def refer(self, customer: Customer, begun: Begun) -> None:
        """A referred customer's case was kept."""

    def note_follow_up(self, case_id: str, follow_up: str) -> None:
        """What became of it was kept as another case."""


class CaseKeeper:
    """One station's cases.

    Parameters
    ----------
    changed
        Called, from any thread, when a case was kept, delivered or could not be kept.
    failed
        Called when an invariant of ours broke.
    """

    def __init__(self, keeping: CaseKeeping, *, changed: Callable[[], None], failed: Callable[[], None]) -> None:
        self._records, self._origin, self._on_case = keeping.records, keeping.origin, keeping.on_case
        self._changed, self._failed = changed, failed
        self._lock = threading.Lock()  # over the three below
        self._begun: dict[int, Begun] = {}  # by transaction: those whose number is taken
        self._drafted: tuple[Alert, ...] = ()  # what the present transaction's draft tells of
        self._closed = False
        self._reviews: ReviewListener | None = None
        self._pool = ThreadPoolExecutor(1, "keeper")
        keeping.records.subscribe(changed)

    def watch_devices(self, identities: Callable[[], tuple[DeviceIdentity, ...]]) -> None:
        """Have the branch server told how the devices fare."""
        self._records.tell_devices = lambda: [
            {"kind": one.kind, "state": one.state, "plugin": one.plugin_id} for one in identities()
        ]

    @property
    def register(self) -> KinshipRegister:
        """The branch server's register of relatives and look-alikes."""
        return self._records.register

    @property
    def recent_faces(self) -> RecentFaces:
        """The branch server's faces of recent cases."""
        return self._records.recent_faces

    @property
    def sign_on(self) -> BranchSignOn:
        """By which tellers sign on with the branch server."""
        return self._records.sign_on

    def state(self) -> BranchState:
        """Return how the branch server and what waits for it fare; touches no disk."""
        return self._records.state()

    def begin(self, customer: Customer) -> None:
        """Take the next sequence number and keep a first draft: from here on the transaction cannot vanish."""
        with self._lock:
            self._drafted = ()
        self._submit(self._begin, customer)

    def renew(self, customer: Customer) -> None:
        """Keep what is known now, for the case that the program ends before the transaction does."""
        self._submit(self._renew, customer)

    def renew_for_alerts(self, customer: Customer) -> None:
        """Do so where the alerts are others than the draft tells of: an alert must not end with the program."""
        alerts = () if customer.judgement is None else customer.judgement.alerts
        with self._lock:
            if alerts == self._drafted:
                return
            self._drafted = alerts
        self.renew(customer)

    def end(self, customer: Customer, ending: Ending) -> None:
        """Keep the final case in place of the draft."""
        self._submit(self._end, customer, ending, _now())

    def follow(self, reviews: ReviewListener) -> None:
        """Tell somebody of referred customers."""
        self._reviews = reviews

    def keep_follow_up(self, later: FollowUp) -> None:
        """Keep what became of a referred customer as a case with a number of its own."""
        self._submit(self._keep_follow_up, later, _now())

    def kept(self, transaction: int) -> Kept:
        """Return how far a transaction's case has come."""
        with self._lock:
            begun = self._begun.get(transaction)
        return Kept.SAVING if begun is None else self._records.kept(begun.case_id)

    def case_id(self, transaction: int) -> str:
        """Return the id of a transaction's case; "" before its number is taken."""
        with self._lock:
            begun = self._begun.get(transaction)
        return "" if begun is None else begun.case_id

    def close(self) -> None:
        """Finish what was handed over, then let the records go; may be called twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._pool.shutdown(wait=True)
        self._records.close()

    def _submit(self, work: Callable[..., None], *arguments: object) -> None:
        with self._lock:
            if self._closed:
                return
            submitted = self._pool.submit(work, *arguments)
        submitted.add_done_callback(self._check)

    def _begin(self, customer: Customer) -> None:
        begun = self._records.begin(lambda taken: self._document(customer, taken, Ending.INTERRUPTED, _now()))
        with self._lock:
            self._begun[customer.transaction] = begun
            for old in list(self._begun)[:-_REMEMBERED]:
                del self._begun[old]
        self._changed()

    def _renew(self, customer: Customer) -> None:
        self._records.renew_draft(self._document(customer, self._number_of(customer), Ending.INTERRUPTED, _now()))

    def _end(self, customer: Customer, ending: Ending, ended: datetime.datetime) -> None:
        begun = self._number_of(customer)
        self._keep(self._document(customer, begun, ending, ended))
        if self._reviews is not None and customer.decision is not None and customer.decision.decision is TellerDecision.REFER:
            self._reviews.refer(customer, begun)

    def _keep_follow_up(self, later: FollowUp, ended: datetime.datetime) -> None:
        def made(begun: Begun) -> dict[str, Any]:
            return case_document(
                later.customer, begun, self._origin, ending=Ending.SETTLED, ended=ended, together_with=(later.before,)
            )

        begun = self._records.begin(made, announce=False)
        self._keep(made(begun))
        if self._reviews is not None:
            self._reviews.note_follow_up(later.before, begun.case_id)
        self._changed()

    def _keep(self, document: dict[str, Any]) -> None:
        try:
            seal_ms = self._records.keep(document)
            document["latency_ms"]["seal"] = round(seal_ms, 3)  # known only now: it is no part of what was sealed
        except ResourceError as error:  # held sealed in memory and tried again; the window says so
            logger_for(Subject.BRANCH).error("a case waits in memory: %s", error)
        self._changed()
        if self._on_case is not None:
            self._on_case(document)

    def _number_of(self, customer: Customer) -> Begun:
        with self._lock:
            return self._begun[customer.transaction]

    def _document(self, customer: Customer, begun: Begun, ending: Ending, ended: datetime.datetime) -> dict[str, Any]:
        with self._lock:
            before = tuple(self._begun[one].case_id for one in customer.together if one in self._begun)
        return case_document(customer, begun, self._origin, ending=ending, ended=ended, together_with=before)

    def _check(self, done: Future[None]) -> None:
        error = done.exception()
        if error is not None:
            # Places only: a message may quote what a card said.
            logger_for(Subject.BRANCH).error("%s at %s", type(error).__name__, places(error.__traceback__))
            self._failed()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
