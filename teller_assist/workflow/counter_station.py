"""What the teller may ask of the station: the wishes of ``workflow.station.Station`` and the view."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from teller_assist.errors import SessionError
from teller_assist.evidence.transaction import BusinessKind, ConsentBasis, TellerDecision, TellerJudgement
from teller_assist.workflow.counter_session import SessionEvent
from teller_assist.workflow.customer import TakenDecision
from teller_assist.workflow.deciding import check_decision
from teller_assist.workflow.preview_frame import PreviewFrame
from teller_assist.workflow.station_core import StationCore
from teller_assist.workflow.station_view import station_view
from teller_assist.workflow.view import StationView
from teller_assist.workflow.workers import Work


class CounterStation(StationCore):
    """The product behind the window (see ``workflow.station.Station`` for what each wish means)."""

    def subscribe(self, changed: Callable[[], None], preview: Callable[[], None]) -> None:
        """See ``Station``."""
        self._announcer.subscribe(changed, preview)

    def view(self) -> StationView:
        """See ``Station``."""
        with self._lock:
            return station_view(self._scene(), self._instruments, self._settings)

    def latency_ms(self) -> dict[str, float]:
        """Return the milliseconds that stages of the present transaction took; empty without one."""
        with self._lock:
            return {} if self._customer is None else dict(self._customer.latency_ms)

    def newest_preview(self) -> PreviewFrame | None:
        """See ``Station``."""
        with self._lock:
            if self._customer is None or self._desk.presence.blanked:
                return None
        return self._counter.newest_preview()

    def sign_on(self, teller: str) -> None:
        """See ``Station``; another teller than before ends the transaction of the one before."""
        with self._lock:
            same = self._desk.sign_on(teller, time.monotonic())
            if not same:
                self._end_transaction()
        self._announcer.changed()

    def lock(self) -> None:
        """See ``Station``."""
        with self._lock:
            self._desk.lock()
        self._announcer.changed()

    def touch(self) -> None:
        """See ``Station``."""
        with self._lock:
            changed = self._desk.touch(time.monotonic())
        if changed:
            self._announcer.changed()

    def choose_business(self, kind: BusinessKind) -> None:
        """See ``Station``."""
        with self._lock:
            self._require_somebody()
            if self._customer is not None:
                raise SessionError(why="customer_present")
            self._business_kind = kind
        self._announcer.changed()

    def begin(self) -> None:
        """See ``Station``."""
        with self._lock:
            if self._bringing:
                raise SessionError(why="next_customer_comes")
            self._wish(SessionEvent.BEGUN)

    def record_consent(self) -> None:
        """See ``Station``."""
        agreed = {"consent": ConsentBasis.SEPARATE_CONSENT, "face_refused": False, "face_path_left": False, "judgement": None}
        self._wish(SessionEvent.CONSENT_RECORDED, **agreed)

    def refuse_consent(self) -> None:
        """See ``Station``; consent that was given is withdrawn, and what was measured is thrown away."""
        refused: dict[str, Any] = {"face_refused": True, "consent": None, "chip": None, "netcheck_photo": None}
        with self._lock:
            cleared = {} if self._customer is None else self._customer.without_capture()
            self._wish(SessionEvent.BY_HAND_CHOSEN, **refused, **cleared)

    def leave_face_path(self) -> None:
        """See ``Station``."""
        with self._lock:
            cleared = {} if self._customer is None else self._customer.without_capture()
            self._wish(SessionEvent.BY_HAND_CHOSEN, face_path_left=True, **cleared)

    def judge_first(self, judgement: TellerJudgement) -> None:
        """See ``Station``."""
        self._wish(SessionEvent.JUDGED, teller_judgement=judgement, judged_s=time.monotonic())

    def retake(self) -> None:
        """See ``Station``."""
        with self._lock:
            cleared = {} if self._customer is None else self._customer.without_capture()
            self._wish(SessionEvent.RETAKE_ASKED, **cleared)

    def decide(self, decision: TellerDecision, *, reason: str, second_teller: str, documents: tuple[str, ...]) -> None:
        """See ``Station``."""
        with self._lock:
            check_decision(self._scene(), decision, reason=reason, second_teller=second_teller, documents=documents)
            undo_until_s = time.monotonic() + self._settings.station.undo_s
            taken = TakenDecision(decision, reason, second_teller, documents, undo_until_s)
            self._wish(SessionEvent.DECIDED, decision=taken)

    def undo(self) -> None:
        """See ``Station``."""
        self._wish(SessionEvent.UNDONE, decision=None)

    def abandon(self) -> None:
        """See ``Station``."""
        self._wish(SessionEvent.ABANDONED)

    def next_customer(self) -> None:
        """See ``Station``; a decision that could still be undone is settled, anything else is abandoned."""
        with self._lock:
            self._require_somebody()
            equipment = self._counter.equipment
            if self._bringing:
                raise SessionError(why="next_customer_comes")
            if equipment is None or equipment.simulated is None:
                raise SessionError(why="not_simulated")
            self._end_transaction()
            self._bringing = True
            self._workers.submit(Work.EQUIPMENT, self._replace)
        self._announcer.changed()

    def close(self) -> None:
        """See ``Station``."""
        if self._closed.is_set():
            return
        with self._lock:  # after this no wish is taken
            self._end_transaction()  # a decision stands, anything else is an abandoned case
            self._closed.set()
            self._cancel.set()
        self._announcer.close()
        self._counter.close()
        self._workers.close()
        self._clock.close()
        self._counter.close()  # it may have been opened while we were closing
        if self._keeper is not None:
            self._keeper.close()
