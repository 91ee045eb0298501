"""The session table set in motion: what a change of the customer sets going, and what comes back from threads and devices.

    window (GUI thread) --wishes--> CounterStation --view--> window
    pipeline (capture, measure threads) --captured, lost--> CounterStation <--answers-- workers (card, netcheck, compare)

Everything that changes the customer happens under one lock and lasts microseconds; everything that takes time happens outside.
An answer that belongs to an earlier transaction, or comes when the table has no place for it, is dropped.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from teller_assist.decision.second_identity import RecentFacesUse
from teller_assist.errors import ModelError
from teller_assist.evidence.presentation import PadReading
from teller_assist.evidence.transaction import ConsentBasis
from teller_assist.settings.schema import Settings
from teller_assist.wording import Sentences, error_sentences, sentence
from teller_assist.workflow.announcing import Clock
from teller_assist.workflow.case_keeper import CaseKeeper, CaseKeeping
from teller_assist.workflow.case_record import Ending
from teller_assist.workflow.concluding import conclude_customer
from teller_assist.workflow.counter import Counter
from teller_assist.workflow.counter_session import (
    BY_HAND,
    CHOOSING,
    LOOKING,
    SessionAction,
    SessionEvent,
    SessionState,
)
from teller_assist.workflow.customer import WITHDRAWN, Customer
from teller_assist.workflow.customer_work import CustomerWork
from teller_assist.workflow.equipment import EquipmentSource
from teller_assist.workflow.face_watch import FaceFound, FaceWatch
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.matter import consent_lapses
from teller_assist.workflow.scene import Scene
from teller_assist.workflow.table_runner import TableRunner
from teller_assist.workflow.training import Training
from teller_assist.workflow.workers import Work, Workers

_CLOCK_STEP_S = 0.2


class StationCore(TableRunner):
    """One teller's customer, desk and counter, and what happens to them; ``CounterStation`` adds the teller's wishes.

    Parameters
    ----------
    instruments
        What measures and judges.
    source
        Sets the counter up, again for every customer of the simulated profile.
    keeping
        Where cases are kept; None: this station is not enrolled, and nothing is kept or sent.
    draw
        Draws who is judged first by the teller, as ``JudgementFirst.asks`` wants it, and the training pairs.
    """

    def __init__(
        self,
        instruments: Instruments,
        source: EquipmentSource,
        settings: Settings,
        keeping: CaseKeeping | None = None,
        *,
        draw: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        super().__init__(settings)
        self._instruments, self._draw = instruments, draw
        self._problem: Sentences | None = None
        self._cancel = threading.Event()
        self._bringing = False  # the next simulated customer is on the way
        self._keeper = None if keeping is None else CaseKeeper(keeping, changed=self._announcer.changed, failed=self._own_fault)
        self._watch = FaceWatch(
            instruments,
            settings.capture,
            on_found=self._face_found,
            on_pad=self._pad_changed,
            on_lost=self._face_lost,
            on_failed=self._measuring_failed,
            on_change=self._announcer.changed,
        )
        self._counter = Counter(
            source,
            instruments.measurer,
            settings.capture,
            self._watch,
            changed=self._announcer.changed,
            shown=self._announcer.frame_shown,
        )
        if self._keeper is not None:
            self._keeper.watch_devices(self._counter.identities)
        self._workers = Workers(self._own_fault)
        register = None if self._keeper is None else self._keeper.register
        self._training = Training(
            settings,
            instruments.triangle,
            self._workers,
            lock=self._lock,
            table_is_empty=self._table_is_empty,
            changed=self._announcer.changed,
            draw=draw,
        )
        recent = None if self._keeper is None else _recent_faces(self._keeper, settings)
        self._work = CustomerWork(instruments, self._workers, register, recent, post=self._post, snapshot=self._snapshot)
        self._effects = self._all_effects()
        self._clock = Clock(_CLOCK_STEP_S, self._let_time_pass)
        self._workers.submit(Work.EQUIPMENT, self._set_up)
        self._training.open()

    def _all_effects(self) -> dict[SessionAction, Callable[[], None]]:
        """Return what the station does; for the actions that are not here the change itself is all there is."""
        return {
            SessionAction.ASK_FOR_CARD: self._open_transaction,
            SessionAction.KEEP_CARD: self._keep_card,
            SessionAction.KEEP_CARD_AND_COMPARE: self._keep_card_and_compare,
            SessionAction.LOOK: self._look,
            SessionAction.READ_AGAIN: self._start_reading,
            SessionAction.COMPARE: self._compare_capture,
            SessionAction.KEEP_NETCHECK: self._keep_netcheck,
            SessionAction.ASK_AUTHORITY_AGAIN: self._ask_authority_again,
            SessionAction.COMPARE_NETCHECK: self._compare,
            SessionAction.KEEP_READING: self._keep_reading,
            SessionAction.SHOW_READING: self._show,
            SessionAction.SHOW_WHY_NOT: self._show,
            SessionAction.GO_BY_HAND: self._go_by_hand,
            SessionAction.TAKE_DECISION: self._keep_draft,
            SessionAction.TAKE_BACK: self._take_back,
            SessionAction.SETTLE: self._settle,
            SessionAction.CLEAR: self._settle,
        }

    def _table_is_empty(self) -> bool:
        return self._customer is None and not self._bringing and self._somebody_is_here() and not self._closed.is_set()

    def _open_transaction(self) -> None:
        self._cancel = threading.Event()
        self._problem = None
        self._training.end()  # a customer always comes first
        first = self._instruments.policy.judgement_first.asks(self._matter.kind, self._draw)
        self._customer = self._matter.open(self._session.transaction, judged_first=first, teller=self._desk.signed_on)
        if self._keeper is not None:
            self._keeper.begin(self._customer)
        self._watch.restart()
        self._start_reading()
        if self._settings.consent.basis == ConsentBasis.LEGAL_BASIS:
            self._change({"consent": ConsentBasis.LEGAL_BASIS})
            self._handle(SessionEvent.CONSENT_RECORDED)

    def _start_reading(self) -> None:
        equipment = self._counter.equipment
        customer = self._known_customer()
        if equipment is not None and equipment.reader is not None and not customer.identified:
            self._work.read_card(equipment.reader, customer.transaction, self._cancel)

    def _keep_card(self) -> None:
        self._note_card()
        if self._session.state in LOOKING:
            self._work.measure_references(self._known_customer().transaction)
        self._judge_if_by_hand()

    def _keep_card_and_compare(self) -> None:
        if not self._note_card():
            self._compare_capture()

    def _note_card(self) -> bool:
        """Ask about a card that was read or typed, and return whether consent lapsed by what it shows."""
        self._change({"card_s": time.monotonic(), "problem": None})
        lapsed = self._let_consent_lapse()
        equipment = self._counter.equipment
        if equipment is not None:
            self._work.ask_register(equipment, self._known_customer())
        self._ask_authority()
        return lapsed

    def _let_consent_lapse(self) -> bool:
        """Ask again, the guardian now, where the card shows that the customer is too young to have consented."""
        customer = self._known_customer()
        if not consent_lapses(customer, self._instruments.policy.persons):
            return False
        self._change({**WITHDRAWN, **customer.without_capture()})
        if self._session.accepts(SessionEvent.CONSENT_LAPSED):
            self._handle(SessionEvent.CONSENT_LAPSED)
        return True

    def _ask_authority_again(self) -> None:
        self._ask_authority()
        if self._known_customer().judgement is not None:
            self._judge()  # what rested on the answer before waits for the new one

    def _ask_authority(self) -> None:
        """Ask the networked verification, once; where the live picture is part of the question, not before it is there."""
        customer, equipment = self._known_customer(), self._counter.equipment
        netcheck = None if equipment is None else equipment.netcheck
        if netcheck is None or customer.number is None or customer.authority_asked:
            return
        face_is_to_come = customer.capture is None and not customer.without_face and self._instruments.measurer is not None
        if netcheck.asks_with_live and face_is_to_come:
            return
        self._change({"authority_asked": True})
        self._work.ask_authority(netcheck, customer, self._cancel)

    def _go_by_hand(self) -> None:
        self._ask_authority()  # no live picture is to come
        self._judge()

    def _look(self) -> None:
        """Start looking for a face from the beginning."""
        customer = self._known_customer()
        self._watch.restart()
        if not customer.permitted_s:
            self._change({"permitted_s": time.monotonic()})
        if customer.has_chip and customer.chip is None:
            self._work.measure_references(customer.transaction)

    def _compare_capture(self) -> None:
        self._change({"attempts": self._known_customer().attempts + 1})
        self._ask_authority()
        self._compare()

    def _compare(self) -> None:
        self._work.compare(self._known_customer().transaction)

    def _show(self) -> None:
        self._judge()
        customer = self._known_customer()
        if self._session.state is SessionState.DECIDING and "card_to_gauge" not in customer.latency_ms:
            since_s = max(customer.card_s, customer.permitted_s, customer.judged_s)
            self._change({"took": ("card_to_gauge", 1000 * (time.monotonic() - since_s))})
        # Where something went wrong, it would go wrong again.
        if self._session.state is SessionState.DECIDING or customer.problem is None:
            self._compare_with_late_photo()

    def _keep_reading(self) -> None:
        self._keep_draft()  # on record though nobody has seen it
        self._compare_with_late_photo()

    def _compare_with_late_photo(self) -> None:
        """Compare again where the authority's photograph came while the first comparison ran."""
        customer = self._known_customer()
        if customer.netcheck is not None and customer.netcheck.photo is not None and customer.netcheck_photo is None:
            self._compare()

    def _judge(self) -> None:
        """Judge anew what is there; plain arithmetic, so it may be done under the lock."""
        customer = self._noted()
        models = self._instruments.triangle is not None
        self._change({"judgement": conclude_customer(customer, customer.edges, self._instruments.policy, models=models)})
        if self._keeper is not None:
            self._keeper.renew_for_alerts(self._noted())

    def _keep_netcheck(self) -> None:
        if self._session.state is SessionState.WITHOUT_READING:
            self._compare_with_late_photo()
        self._judge_if_by_hand()

    def _judge_if_by_hand(self) -> None:
        if self._session.state in BY_HAND:
            self._judge()

    def _keep_draft(self) -> None:
        if self._keeper is not None:
            self._keeper.renew(self._noted())

    def _noted(self) -> Customer:
        """Return the customer with the devices as they are now."""
        return replace(self._known_customer(), devices=self._counter.identities())

    def _take_back(self) -> None:
        self._keep_draft()
        if self._session.state is SessionState.DECIDING:
            self._compare()  # the authority may have answered in between
        elif self._session.state is SessionState.WITHOUT_READING:
            self._compare_with_late_photo()

    def _settle(self) -> None:
        """End the transaction: nothing of it stays here but one line without a full name, and its sealed case."""
        customer = self._known_customer()
        self._cancel.set()
        if self._keeper is not None:
            self._keeper.end(self._noted(), Ending.ABANDONED if customer.decision is None else Ending.SETTLED)
            self._work.keep_face(customer, self._keeper.case_id(customer.transaction))
        self._desk.note_ended(customer)
        self._matter.end(customer)
        self._customer = None
        self._training.note_ended(customer)
        self._watch.restart()

    # ------------------------------------------------------------ what comes from elsewhere

    def _face_found(self, look: int, found: FaceFound) -> None:
        with self._lock:
            since_s = 0.0 if self._customer is None else self._customer.permitted_s
        took = ("capture", 1000 * (time.monotonic() - since_s))
        self._post_seen(look, SessionEvent.FACE_CAPTURED, capture=found.capture, pad=found.pad, problem=None, took=took)

    def _pad_changed(self, look: int, reading: PadReading) -> None:
        with self._lock:
            if self._customer is not None and self._customer.capture is not None:  # else it was thrown away meanwhile
                self._post_seen(look, None, pad=reading)

    def _face_lost(self, look: int) -> None:
        with self._lock:
            if self._customer is not None and self._customer.imported:
                return  # the camera sees nobody, or somebody else: that is not the picture that is compared
            cleared: dict[str, Any] = {} if self._customer is None else self._customer.without_capture()
            self._post_seen(look, SessionEvent.FACE_LOST, **cleared)

    def _post_seen(self, look: int, event: SessionEvent | None, **changes: Any) -> None:
        """Take what the watch saw; what it saw before it was told to begin anew may be of another person, and is dropped."""
        with self._lock:
            if look == self._watch.look:
                self._post(self._session.transaction, event, **changes)

    def _permit(self) -> None:
        """Let frames be measured and shown exactly as the state permits."""
        self._watch.choosing = self._session.state in CHOOSING
        self._counter.permit(looking=self._session.state in LOOKING, showing=self._customer is not None)

    def _set_up(self, *, begin: bool = False) -> None:
        """Open the counter's equipment; runs on a worker."""
        equipment, pipeline = self._counter.prepare()
        with self._lock:  # at one moment: who sees the counter knows what its customer came for
            self._counter.take(equipment, pipeline)
            if self._closed.is_set():
                return  # who closes puts it away
            if equipment.business_kind is not None:
                self._matter.choose(equipment.business_kind)
            if self._customer is not None:  # the teller was quicker than the devices
                self._start_reading()
            elif begin and self._somebody_is_here() and self._session.accepts(SessionEvent.BEGUN):
                self._handle(SessionEvent.BEGUN)
        self._announcer.changed()

    def _replace(self) -> None:
        try:
            self._counter.close()
            if not self._closed.is_set():
                self._set_up(begin=True)
        finally:
            self._bringing = False

    def _measuring_failed(self, error: ModelError) -> None:
        told = error_sentences(error)
        with self._lock:
            known, self._problem = self._problem == told, told
        if not known:
            self._announcer.changed()

    def _own_fault(self) -> None:
        with self._lock:
            self._problem = sentence("program", "own_fault")
        self._announcer.changed()

    def _let_time_pass(self) -> None:
        now_s = time.monotonic()
        with self._lock:
            changed = self._desk.let_time_pass(now_s)
            decision = None if self._customer is None else self._customer.decision
            if decision is not None and now_s >= decision.undo_until_s and self._session.accepts(SessionEvent.SETTLED):
                self._handle(SessionEvent.SETTLED)
                changed = True
        if changed:
            self._announcer.changed()

    def _scene(self) -> Scene:
        return Scene(
            state=self._session.state,
            customer=self._customer,
            desk=self._desk,
            matter=self._matter,
            equipment=self._counter.equipment,
            device_states=self._counter.device_states,
            stalled=self._counter.stalled,
            problem=self._problem or self._counter.problem,
            watched=self._watch.shown,
            branch=None if self._keeper is None else self._keeper.state(),
            kept=None if self._keeper is None else self._keeper.kept,
            training=self._training.view(blanked=self._desk.presence.blanked),
        )


def _recent_faces(keeper: CaseKeeper, settings: Settings) -> RecentFacesUse:
    return RecentFacesUse(keeper.recent_faces, settings.recent_faces.target_fmr, settings.station.notice_recent_faces_days)
