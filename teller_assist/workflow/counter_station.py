"""What the teller may ask of the station: the wishes of ``workflow.station.Station`` and the view."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from teller_assist.decision.challenge import ChallengeQuestion
from teller_assist.errors import HandOffError, SessionError
from teller_assist.evidence.identity import NoChip
from teller_assist.evidence.printed import FieldName
from teller_assist.evidence.transaction import BusinessKind, ConsentBasis, PersonRole, TellerJudgement
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.personal import Personal
from teller_assist.settings.schema import Settings
from teller_assist.workflow.case_keeper import CaseKeeping
from teller_assist.workflow.counter_session import CHOOSING, SessionEvent, SessionState
from teller_assist.workflow.customer import WITHDRAWN
from teller_assist.workflow.equipment import EquipmentSource
from teller_assist.workflow.hand_off import NONE, HandOff, HandOffPerson, HandOffState, References, checked_reference, state_of
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.matter import basis_for, stated_identity
from teller_assist.workflow.preview_frame import PreviewFrame
from teller_assist.workflow.station_devices import StationDevices
from teller_assist.workflow.station_view import station_view
from teller_assist.workflow.view import StationView
from teller_assist.workflow.workers import Work


class Companion(Protocol):
    """Something that runs for as long as the station does."""

    def close(self) -> None:
        """Stop."""


class CounterStation(StationDevices):
    """The product behind the window (see ``workflow.station.Station`` for what each wish means)."""

    def __init__(
        self,
        instruments: Instruments,
        source: EquipmentSource,
        settings: Settings,
        keeping: CaseKeeping | None = None,
        *,
        draw: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        super().__init__(instruments, source, settings, keeping, draw=draw)
        self._references = References()
        self._companions: list[Companion] = []

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
            self._matter.choose(kind)
        self._announcer.changed()

    def choose_role(self, role: PersonRole) -> None:
        """See ``Station``."""
        with self._lock:
            self._require_somebody()
            if self._customer is not None:
                raise SessionError(why="customer_present")
            self._matter.role = role
        self._announcer.changed()

    def begin(self, *, another: bool = False) -> None:
        """See ``Station``."""
        with self._lock:
            self._require_somebody()
            if self._bringing:
                raise SessionError(why="next_customer_comes")
            if self._customer is not None:
                raise SessionError(why="customer_present")
            if another:
                self._matter.go_on()
            self._wish(SessionEvent.BEGUN)
            if self._customer is not None and self._customer.together:
                self._references.extend(self._customer.together, self._session.transaction)

    def begin_for(self, kind: BusinessKind, reference: str, role: PersonRole = PersonRole.HOLDER) -> HandOff:
        """Begin a transaction for the core banking system; asked again for one that still goes on, it only says so.

        Raises
        ------
        SessionError
            Nobody is signed on, another customer is here, or the reference was used.
        HandOffError
            "reference_invalid"
        """
        with self._lock:
            known = self._references.knows(checked_reference(reference))
            if known and self._goes_on(reference, kind):
                return self.handed_off(reference)
            if known:
                raise SessionError(why="reference_used")
            self.choose_business(kind)
            self.choose_role(role)
            self._matter.asked_under = reference
            try:
                self.begin()
            finally:
                self._matter.asked_under = ""
            self._references.add(reference, self._session.transaction, kind)
            return self.handed_off(reference)

    def handed_off(self, reference: str) -> HandOff:
        """Return how the transaction of a reference stands.

        Raises
        ------
        HandOffError
            "reference_unknown"
        """
        with self._lock:
            transactions, kind = self._references.find(reference)
            return HandOff(reference, kind, tuple(self._handed_off(one) for one in transactions))

    def _handed_off(self, transaction: int) -> HandOffPerson:
        case_id = "" if self._keeper is None else self._keeper.case_id(transaction)
        if self._customer is not None and self._session.transaction == transaction:
            card = self._customer.bank_card.card
            return HandOffPerson(self._customer.role, HandOffState.IN_PROGRESS, case_id or NONE, bank_card=card)
        row = self._desk.ended(transaction)
        if row is None:
            raise HandOffError("reference_unknown")  # of yesterday
        later = self._later(transaction)
        if later is None:
            return HandOffPerson(row.role, state_of(row.decision), case_id or NONE)
        return HandOffPerson(row.role, state_of(later.decision), case_id or NONE, later.case_id or NONE)

    def _goes_on(self, reference: str, kind: BusinessKind) -> bool:
        transactions, of_kind = self._references.find(reference)
        return self._customer is not None and self._session.transaction in transactions and of_kind is kind

    def cancel_for(self, reference: str) -> HandOff:
        """End the transaction of a reference without a decision.

        Raises
        ------
        HandOffError
            "reference_unknown"
        SessionError
            The teller decided already.
        """
        with self._lock:
            transactions, _kind = self._references.find(reference)
            if self._session.transaction in transactions and self._customer is not None:
                self._handle(SessionEvent.ABANDONED)
        self._announcer.changed()
        return self.handed_off(reference)

    def accompany(self, companion: Companion) -> None:
        """Have something closed with the station."""
        self._companions.append(companion)

    def note_notice(self) -> None:
        """See ``Station``."""
        with self._lock:
            self._require_somebody()
            if self._customer is None:
                raise SessionError(why="no_customer")
            self._change({"notice_printed": True})

    def record_consent(self) -> None:
        """See ``Station``."""
        agreed: dict[str, Any] = {"face_refused": False, "face_path_left": False, "holder_absent": False, "judgement": None}
        with self._lock:
            persons, customer = self._instruments.policy.persons, self._customer
            basis = ConsentBasis.SEPARATE_CONSENT if customer is None else basis_for(customer, persons)
            self._wish(SessionEvent.CONSENT_RECORDED, consent=basis, **agreed)

    def refuse_consent(self) -> None:
        """See ``Station``; consent that was given is withdrawn, and what was measured is thrown away."""
        refused: dict[str, Any] = {"face_refused": True, **WITHDRAWN}
        with self._lock:
            self._wish(SessionEvent.BY_HAND_CHOSEN, **refused, **self._without_capture())

    def note_absence(self) -> None:
        """See ``Station``."""
        with self._lock:
            if self._customer is not None and not self._matter.somebody_acts(self._customer):
                raise SessionError(why="nobody_acts")
            self._wish(SessionEvent.BY_HAND_CHOSEN, holder_absent=True, **WITHDRAWN, **self._without_capture())

    def state_identity(self, why: NoChip, *, name: str, number: str) -> None:
        """See ``Station``."""
        stated = stated_identity(why, name=name, number=number)
        if stated.number is not None:
            typed = {FieldName.ID_NUMBER: Personal(stated.number.reveal().text)}
            if stated.name is not None:
                typed[FieldName.NAME] = stated.name
            with self._lock:
                self._wish(SessionEvent.CARD_READ, stated=stated, **self._typed_as_printed(typed))
            return
        with self._lock:  # nobody to ask the authority about, no portrait to compare with: by other documents
            self._stop_chip()
            if self._session.state is SessionState.BY_HAND:
                self._require_somebody()
                self._change({"stated": stated})
                self._judge()
                self._announcer.changed()
            else:
                self._wish(SessionEvent.BY_HAND_CHOSEN, stated=stated, face_path_left=True, **self._without_capture())

    def read_card_again(self) -> None:
        """See ``Station``."""
        with self._lock:
            customer = self._customer
            if customer is not None and customer.identified and not customer.may_read_again:
                raise SessionError(why="card_had_consequences")
            self._wish(SessionEvent.CARD_PUT_ASIDE, **({} if customer is None else customer.without_identity()))

    def ask_authority_again(self) -> None:
        """See ``Station``."""
        with self._lock:
            customer = self._customer
            if customer is not None and not customer.may_ask_authority_again:
                raise SessionError(why="authority_answered")
            self._wish(SessionEvent.NETCHECK_ASKED_AGAIN, **({} if customer is None else customer.without_netcheck()))

    def leave_face_path(self) -> None:
        """See ``Station``."""
        with self._lock:
            self._wish(SessionEvent.BY_HAND_CHOSEN, face_path_left=True, **self._without_capture())

    def _without_capture(self) -> dict[str, Any]:
        return {} if self._customer is None else self._customer.without_capture()

    def take_picture(self) -> None:
        """See ``Station``."""
        with self._lock:
            self._require_somebody()
            if self._session.state not in CHOOSING:
                raise SessionError(state=self._session.state.value, event="take_picture")
            self._watch.take_at_once()

    def point_at_face(self, x_share: float, y_share: float) -> None:
        """See ``Station``."""
        with self._lock:
            self._require_somebody()
            if self._session.state not in CHOOSING:
                raise SessionError(state=self._session.state.value, event="point_at_face")
            self._watch.point_at((x_share, y_share))

    def import_picture(self, path: Path) -> None:
        """See ``Station``."""
        with self._lock:
            self._require_somebody()
            if self._session.state not in CHOOSING:
                raise SessionError(state=self._session.state.value, event="import_picture")
            if self._instruments.measurer is None:
                raise SessionError(why="no_face_models")
            limits = PictureLimits(self._settings.pictures.max_bytes, self._settings.pictures.max_pixels)
            self._work.import_picture(path, limits, self._session.transaction)

    def judge_first(self, judgement: TellerJudgement) -> None:
        """See ``Station``."""
        self._wish(SessionEvent.JUDGED, teller_judgement=judgement, judged_s=time.monotonic())

    def note_answer(self, question: ChallengeQuestion, *, right: bool) -> None:
        """See ``Station``."""
        with self._lock:
            before = {} if self._customer is None else self._customer.challenge
            self._wish(SessionEvent.ANSWER_NOTED, challenge={**before, question: right})

    def retake(self) -> None:
        """See ``Station``."""
        with self._lock:
            self._wish(SessionEvent.RETAKE_ASKED, **self._without_capture())

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
            self._training.end()
            self._bringing = True
            self._workers.submit(Work.EQUIPMENT, self._replace)
        self._announcer.changed()

    def ask_for_training(self) -> None:
        """See ``Station``."""
        self._train(self._training.ask)

    def judge_training(self, judgement: TellerJudgement) -> None:
        """See ``Station``."""
        self._train(lambda: self._training.judge(judgement))

    def end_training(self) -> None:
        """See ``Station``."""
        self._train(self._training.end)

    def forget_training(self) -> None:
        """See ``Station``."""
        self._train(self._training.forget)

    def _train(self, wish: Callable[[], None]) -> None:
        with self._lock:
            self._require_somebody()
            self._desk.touch(time.monotonic())
            wish()
        self._announcer.changed()

    def close(self) -> None:
        """See ``Station``."""
        if self._closed.is_set():
            return
        for companion in self._companions:
            companion.close()
        with self._lock:  # after this no wish is taken
            self._end_transaction()  # a decision stands, anything else is an abandoned case
            self._closed.set()
            self._cancel.set()
            self._care.stop()
        self._announcer.close()
        self._counter.close()
        self._workers.close()
        self._clock.close()
        self._counter.close()  # it may have been opened while we were closing
        if self._keeper is not None:
            self._keeper.close()
