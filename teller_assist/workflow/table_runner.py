"""The session table put to use: whatever happens to a customer goes through it, under one lock."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from teller_assist.errors import BugError, SessionError
from teller_assist.settings.schema import Settings
from teller_assist.workflow.announcing import Announcer
from teller_assist.workflow.counter_session import CounterSession, SessionAction, SessionEvent
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.desk import Desk
from teller_assist.workflow.matter import Matter
from teller_assist.workflow.scene import is_veiled
from teller_assist.workflow.triangle import MeasuredPhoto

# What of a customer needs consent.
_MEASURED = frozenset({"chip", "netcheck_photo", "printed_photo", "capture", "edges", "pad", "second_identity"})


class TableRunner(ABC):
    """Takes wishes and answers, changes the customer, and does what the table says; ``StationCore`` says what that is."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.RLock()
        self._session = CounterSession()
        self._desk = Desk(settings.station)
        self._matter = Matter()
        self._customer: Customer | None = None
        self._closed = threading.Event()
        self._announcer = Announcer()
        self._effects: Mapping[SessionAction, Callable[[], None]] = {}

    @abstractmethod
    def _permit(self) -> None:
        """Let frames be measured and shown exactly as the state permits."""

    @abstractmethod
    def _judge(self) -> None:
        """Judge anew what is there."""

    def _wish(self, event: SessionEvent, **changes: Any) -> None:
        """Do what the teller asks; raises SessionError where the table has no place for it."""
        with self._lock:
            self._require_somebody()
            self._desk.touch(time.monotonic())
            if not self._session.accepts(event):
                raise SessionError(state=self._session.state.value, event=event.value)
            self._change(changes)
            self._handle(event)
        self._announcer.changed()

    def _require_somebody(self) -> None:
        if self._closed.is_set():
            raise SessionError(why="closed")
        if not self._somebody_is_here():
            raise SessionError(why="not_signed_on")

    def _somebody_is_here(self) -> bool:
        return bool(self._desk.teller) and not self._desk.presence.locked

    def _end_transaction(self) -> None:
        """End what goes on: a decision stands, anything else is abandoned."""
        for ending in (SessionEvent.SETTLED, SessionEvent.ABANDONED):
            if self._session.accepts(ending):
                self._handle(ending)

    def _post(
        self,
        transaction: int,
        event: SessionEvent | None,
        *,
        of_capture: MeasuredPhoto | None = None,
        of_identity: object = None,
        **changes: Any,
    ) -> None:
        """Take an answer from a worker; one that comes too late is dropped."""
        with self._lock:
            if transaction != self._session.transaction or self._customer is None:
                return
            if event is SessionEvent.COMPARED and self._customer.unseen:
                event = SessionEvent.COMPARED_UNSEEN
            if event is not None and not self._session.accepts(event):
                return
            if of_capture is not None and of_capture is not self._customer.capture:
                return
            if of_identity is not None and of_identity is not self._customer.identity:
                return
            if self._customer.consent is None and changes.keys() & _MEASURED:
                return  # withdrawn while it was measured
            self._change(changes)
            if event is not None:
                self._handle(event)
            elif self._customer.judgement is not None:
                self._judge()
            self._note_what_was_seen()
        self._announcer.changed()

    def _change(self, changes: dict[str, Any]) -> None:
        if self._customer is None or not changes:
            return
        customer = self._customer.with_time(*changes["took"]) if "took" in changes else self._customer
        self._customer = replace(customer, **{name: value for name, value in changes.items() if name != "took"})

    def _handle(self, event: SessionEvent) -> None:
        effect = self._effects.get(self._session.handle(event))
        if effect is not None:  # for the other actions the change itself was all there is to do
            effect()
        self._permit()
        self._note_what_was_seen()

    def _note_what_was_seen(self) -> None:
        """Ask no judgement any more of a teller to whom the next view tells of a comparison."""
        customer = self._customer
        if customer is None or not customer.judgement_due or is_veiled(self._session.state, customer):
            return
        if customer.tells_of_comparison:
            self._change({"result_seen": True})

    def _snapshot(self) -> Customer | None:
        with self._lock:
            return self._customer

    def _known_customer(self) -> Customer:
        if self._customer is None:
            raise BugError("there is no customer in this state")
        return self._customer
