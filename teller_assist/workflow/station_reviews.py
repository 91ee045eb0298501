"""The station's referred customers: from the manager's answer, or its absence, to what the teller does."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from teller_assist.alerts.states import SignedOn, SignOnWay
from teller_assist.errors import SessionError
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.settings.personal import Personal
from teller_assist.settings.schema import Settings
from teller_assist.workflow.case_keeper import CaseKeeping
from teller_assist.workflow.equipment import EquipmentSource
from teller_assist.workflow.follow_up import follow_up
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.scene import Scene
from teller_assist.workflow.signed_station import SignedStation
from teller_assist.workflow.view_reviews import ReviewAct, ReviewRow
from teller_assist.workflow.view_today import TodayRow
from teller_assist.workflow.waiting_reviews import Later, WaitingReviews


class StationReviews(SignedStation):
    """Adds them to ``SignedStation``, whose parameters it takes; a station that is not enrolled has none."""

    _reviews: WaitingReviews | None = None  # the clock ticks before everything is made

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
        if keeping is not None and self._keeper is not None:
            within_minutes = instruments.policy.answer_within_minutes
            self._reviews = WaitingReviews(keeping.records, within_minutes, self._announcer.changed)
            self._keeper.follow(self._reviews)

    def settle_review(self, case_id: str, act: ReviewAct, *, second_teller: str, documents: tuple[str, ...]) -> None:
        """See ``Station``."""
        with self._lock:
            self._desk_is_free()
            self._settle_review(case_id, act, SignedOn("", second_teller, SignOnWay.NAME), documents)
        self._announcer.changed()

    def settle_review_with(self, case_id: str, login: str, password: Personal[str]) -> None:
        """See ``Station``; it is settled only if the same teller still sits at a free desk, and the row offers the same."""
        with self._lock:
            self._desk_is_free()
            acting = self._desk.signed_on

            def signed(second: SignedOn) -> None:
                self._desk_is_free()
                if self._desk.signed_on != acting:
                    raise SessionError(why="not_signed_on")
                self._settle_review(case_id, ReviewAct.TWO_TELLERS, second, ())

            self._signing.ask(login, password, signed, signs_in=self._session.transaction, referred_case=case_id)
        self._announcer.changed()

    def _desk_is_free(self) -> None:
        """Refuse what is done between customers, while one is here or nobody is at work."""
        self._require_somebody()
        if self._customer is not None:
            raise SessionError(why="customer_present")

    def _settle_review(self, case_id: str, act: ReviewAct, second: SignedOn, documents: tuple[str, ...]) -> None:
        reviews, keeper = self._reviews, self._keeper
        if reviews is None or keeper is None:
            raise SessionError(why="review_gone")
        self._desk.touch(time.monotonic())
        row = reviews.row(case_id)
        made = follow_up(
            reviews.take(case_id, act),
            act,
            teller=self._desk.signed_on,
            answered=row is not None and row.is_answered,
            second_teller=second,
            by_password=self._signing.by_password,
            documents=documents,
        )
        reviews.settle(case_id, made.decision)
        keeper.keep_follow_up(made)

    def _later(self, transaction: int) -> Later | None:
        """Return what became of a referred customer of this session."""
        if self._reviews is None or self._keeper is None:
            return None
        return self._reviews.later(self._keeper.case_id(transaction))

    def _marked(self, waiting: Mapping[str, ReviewRow], transaction: int, row: TodayRow) -> TodayRow:
        """Return a row of today's list with what is known of its review."""
        if row.decision is not TellerDecision.REFER or self._keeper is None:
            return row
        later = self._later(transaction)
        review = waiting.get(self._keeper.case_id(transaction))
        return replace(row, review=review, later=None if later is None else later.decision)

    def _scene(self) -> Scene:
        scene = super()._scene()
        if self._reviews is None:
            return scene
        view = self._reviews.view()
        waiting = {one.case_id: one for one in view.rows}
        return replace(scene, reviews=view, marked=partial(self._marked, waiting))

    def _let_time_pass(self) -> None:
        super()._let_time_pass()
        if self._reviews is not None and self._reviews.let_time_pass():
            self._announcer.changed()
