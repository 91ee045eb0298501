"""Who sits at the station and who signs for a decision; see ``workflow.station.Station`` for what each wish means."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import replace

from teller_assist.alerts.states import SignedOn, SignOnWay
from teller_assist.errors import SessionError, SignOnError
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.settings.personal import Personal
from teller_assist.settings.schema import Settings
from teller_assist.workflow.case_keeper import CaseKeeping
from teller_assist.workflow.counter_session import SessionEvent
from teller_assist.workflow.customer import TakenDecision
from teller_assist.workflow.deciding import check_decision
from teller_assist.workflow.equipment import EquipmentSource
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.scene import Scene
from teller_assist.workflow.signing import Signing
from teller_assist.workflow.station_core import StationCore

BY_NAME = "name"


class SignedStation(StationCore):
    """A station at which tellers sign on: with the branch server, or by name where it has none or the bank wants it so."""

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
        sign_on = None if self._keeper is None or settings.station.sign_on == BY_NAME else self._keeper.sign_on
        self._signing = Signing(sign_on, self._workers, lock=self._lock, changed=self._announcer.changed)
        if sign_on is not None:
            sign_on.on_ended(self._sign_off)

    def sign_on(self, teller: str) -> None:
        """See ``Station``; another teller than before ends the transaction of the one before."""
        with self._lock:
            if self._signing.by_password:
                raise SessionError(why="password_asked")
            self._sit_down(SignedOn("", teller, SignOnWay.NAME))
        self._announcer.changed()

    def sign_on_with(self, login: str, password: Personal[str]) -> None:
        """See ``Station``."""
        with self._lock:
            self._signing.ask(login, password, self._sit_down)
        self._announcer.changed()

    def lock(self) -> None:
        """See ``Station``."""
        with self._lock:
            self._desk.lock()
        self._announcer.changed()

    def decide(self, decision: TellerDecision, *, reason: str, second_teller: str, documents: tuple[str, ...]) -> None:
        """See ``Station``."""
        with self._lock:
            self._decide(decision, reason, SignedOn("", second_teller, SignOnWay.NAME), documents)

    def pass_with(self, login: str, password: Personal[str]) -> None:
        """See ``Station``; the decision is taken only if the very same customer still waits for it."""
        with self._lock:
            self._require_somebody()
            self._desk.touch(time.monotonic())
            asked_in = self._session.transaction

            def signed(second: SignedOn) -> None:
                if self._session.transaction != asked_in:
                    raise SessionError(why="nothing_to_decide")
                self._decide(TellerDecision.PASS, "", second, ())

            self._signing.ask(login, password, signed, signs_in=asked_in)
        self._announcer.changed()

    def _sit_down(self, teller: SignedOn) -> None:
        now_s = time.monotonic()
        if not (self._desk.take(teller, now_s) if teller.login else self._desk.sign_on(teller.name, now_s)):
            self._end_transaction()
            self._matter.forget()
            self._training.forget()

    def _sign_off(self, login: str) -> None:
        """Lock: the branch server does not let who sits here sign on any more."""
        with self._lock:
            if self._desk.signed_on.login == login:
                self._desk.lock()
                self._signing.tell(SignOnError("sign_on_not_permitted"))
        self._announcer.changed()

    def _decide(self, decision: TellerDecision, reason: str, second: SignedOn, documents: tuple[str, ...]) -> None:
        check_decision(self._scene(), decision, reason=reason, second_teller=second, documents=documents)
        undo_until_s = time.monotonic() + self._settings.station.undo_s
        taken = TakenDecision(decision, reason, second.name, documents, undo_until_s, second.login, second.way)
        self._wish(SessionEvent.DECIDED, decision=taken)

    def _scene(self) -> Scene:
        return replace(super()._scene(), sign_on=self._signing.view(self._desk, self._session.transaction))
