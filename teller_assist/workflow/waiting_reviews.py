"""Customers whom the teller referred, from the referral to what the teller does in the end. Ids survive a restart, names do not.

keeper thread --referred, settled--> WaitingReviews <--answers-- "answers" thread
station (under its lock) --view, take--> WaitingReviews
"""

from __future__ import annotations

import datetime
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from teller_assist.alerts.answer_watch import CASES_MOST, AnswerWatch
from teller_assist.alerts.review_states import ReviewAnswer, ReviewFinding, ReviewOutcome, ReviewState
from teller_assist.alerts.states import Begun, Kept
from teller_assist.alerts.waiting_file import WaitingCase, WaitingFile
from teller_assist.errors import ResourceError, SessionError
from teller_assist.evidence.id_number import mask_name
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.settings.logs import Subject, logger_for
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.deciding import documents_for
from teller_assist.workflow.view_reviews import ANSWERED, ReviewAct, ReviewRow, ReviewStage, ReviewsView

_FORGOTTEN_AFTER = datetime.timedelta(days=1)  # at a start: the customer has long gone, the case is at the server
_UNDECIDED = {
    ReviewState.SECOND_REVIEW: ReviewStage.SECOND_REVIEW,
    ReviewState.SIGN_OFF: ReviewStage.SIGN_OFF,
    ReviewState.DISAGREED: ReviewStage.DISAGREED,
}
_DECIDED = {
    ReviewOutcome.PROCEED: ReviewStage.PROCEED,
    ReviewOutcome.MORE_DOCUMENTS: ReviewStage.MORE_DOCUMENTS,
    ReviewOutcome.TWO_TELLERS: ReviewStage.TWO_TELLERS,
    ReviewOutcome.DO_NOT_PROCEED: ReviewStage.DO_NOT_PROCEED,
    ReviewOutcome.NONE: ReviewStage.TWO_TELLERS,  # closed without a word to the counter: the counter's own way
}
_ACTS = {
    ReviewStage.PROCEED: ReviewAct.PROCEED,
    ReviewStage.MORE_DOCUMENTS: ReviewAct.DOCUMENTS,
    ReviewStage.TWO_TELLERS: ReviewAct.TWO_TELLERS,
    ReviewStage.DO_NOT_PROCEED: ReviewAct.DECLINE,
}


class ReviewRecords(Protocol):
    """As much of ``alerts.station_records.StationRecords`` as is needed here."""

    answers: AnswerWatch
    waiting_reviews: WaitingFile

    def kept(self, case_id: str) -> Kept:
        """Return how far a case has come."""


@dataclass(frozen=True)
class Later:
    """What became of a referred customer.

    Attributes
    ----------
    case_id
        Of the case that records it; "" while its number is being taken.
    """

    decision: TellerDecision
    case_id: str = ""


@dataclass(frozen=True)
class _Waiting:
    case: WaitingCase
    masked_name: str
    since_s: float  # on the clock that no one sets
    answer: ReviewAnswer | None = None
    minutes_at_answer: int = 0

    @property
    def stage(self) -> ReviewStage:
        if self.answer is None:
            return ReviewStage.WAITING
        if self.answer.state is ReviewState.CLOSED:
            return _DECIDED[self.answer.outcome]
        return _UNDECIDED.get(self.answer.state, ReviewStage.WAITING)


class WaitingReviews:
    """One station's referred customers. Safe for several threads.

    Parameters
    ----------
    within_minutes
        Afterwards two tellers may sign without the manager.
    changed
        Called, from any thread, when an answer came.
    clock, now
        Seconds that only grow; the present moment, UTC.
    """

    def __init__(
        self,
        records: ReviewRecords,
        within_minutes: int,
        changed: Callable[[], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
    ) -> None:
        self._records, self._within_minutes, self._changed, self._clock = records, within_minutes, changed, clock
        self._lock = threading.Lock()  # over everything below
        self._waiting: dict[str, _Waiting] = {}
        self._later: dict[str, Later] = {}
        self._overdue: set[str] = set()
        self._shown: tuple[int, ...] = ()
        self._news = 0
        for case in records.waiting_reviews.found:
            waited_s = max(0.0, (now() - case.referred).total_seconds())
            if waited_s < _FORGOTTEN_AFTER.total_seconds():
                self._waiting[case.case_id] = _Waiting(case, "", clock() - waited_s)
        self.let_time_pass()
        self._news = 0  # what ran out while nobody was here is shown, and rings no bell
        records.answers.subscribe(self._take)
        records.answers.watch(self._waiting)

    def refer(self, customer: Customer, begun: Begun) -> None:
        """Have a customer wait from now on; called on the keeper's thread, once the case is kept."""
        name = "" if customer.name is None else mask_name(customer.name.reveal())
        now = datetime.datetime.now(datetime.UTC)
        case = WaitingCase(begun.case_id, begun.sequence, now, customer.business_kind, customer.role, customer.reference)
        with self._lock:
            self._waiting[case.case_id] = _Waiting(case, name, self._clock())
            dropped = list(self._waiting)[:-CASES_MOST]
            for old in dropped:
                del self._waiting[old]
        for old in dropped:
            self._records.answers.forget(old)
        self._save()
        self._records.answers.watch([case.case_id])
        self._changed()

    def take(self, case_id: str, act: ReviewAct) -> WaitingCase:
        """Return the referred case that an act is about, as far as the act is offered now.

        Raises
        ------
        SessionError
            It waits no more, or the act is not offered.
        """
        row = next((one for one in self.view().rows if one.case_id == case_id), None)
        with self._lock:
            found = self._waiting.get(case_id)
        if row is None or found is None:
            raise SessionError(why="review_gone")
        if act not in (row.act, ReviewAct.CUSTOMER_LEFT):
            raise SessionError(why="review_not_offered")
        return found.case

    def settle(self, case_id: str, decision: TellerDecision) -> None:
        """Take a customer off the list; ``note_follow_up`` makes it last."""
        with self._lock:
            self._waiting.pop(case_id, None)
            self._later[case_id] = Later(decision)
        self._records.answers.forget(case_id)

    def note_follow_up(self, case_id: str, follow_up: str) -> None:
        """Note which case records what became of a customer; called on the keeper's thread."""
        with self._lock:
            self._later[case_id] = replace(self._later[case_id], case_id=follow_up)
        self._save()

    def later(self, case_id: str) -> Later | None:
        """Return what became of a referred customer of this program; None: nothing yet."""
        with self._lock:
            return self._later.get(case_id)

    def row(self, case_id: str) -> ReviewRow | None:
        """Return one customer's row; None where nobody waits under this id."""
        return next((one for one in self.view().rows if one.case_id == case_id), None)

    def view(self) -> ReviewsView:
        """Return what the window shows."""
        with self._lock:
            waiting, news = list(self._waiting.values()), self._news
        return ReviewsView(tuple(self._row(one) for one in waiting), self._within_minutes, news)

    def let_time_pass(self) -> bool:
        """Notice whose time ran out, and return whether what is shown changed."""
        with self._lock:
            open_ones = {case_id: one for case_id, one in self._waiting.items() if one.stage not in ANSWERED}
            shown = tuple(self._minutes(one) for one in open_ones.values())
            overdue = {case_id for case_id, one in open_ones.items() if self._minutes(one) >= self._within_minutes}
            self._news += len(overdue - self._overdue)
            self._overdue |= overdue
            changed, self._shown = shown != self._shown, shown
        return changed

    def _take(self, answer: ReviewAnswer) -> None:
        with self._lock:
            before = self._waiting.get(answer.case_id)
            if before is None:
                return
            after = replace(before, answer=answer, minutes_at_answer=self._minutes(before))
            self._waiting[answer.case_id] = after
            self._news += after.stage in ANSWERED
        self._changed()

    def _row(self, one: _Waiting) -> ReviewRow:
        case, stage = one.case, one.stage
        answered = stage in ANSWERED
        known = answered or (one.answer is not None and one.answer.state is not ReviewState.UNKNOWN)
        if not known and self._records.kept(case.case_id) is not Kept.DELIVERED:
            stage = ReviewStage.UNDELIVERED
        minutes = one.minutes_at_answer if answered else self._minutes(one)
        overdue = not answered and minutes >= self._within_minutes
        act = _ACTS[stage] if answered else ReviewAct.TWO_TELLERS if overdue else None
        return ReviewRow(
            case_id=case.case_id,
            sequence=case.sequence,
            referred=case.referred.astimezone().time(),
            masked_name=one.masked_name,
            business_kind=case.business_kind,
            role=case.role,
            stage=stage,
            finding=one.answer.finding if answered and one.answer is not None else ReviewFinding.NONE,
            minutes=minutes,
            overdue=overdue,
            act=act,
            documents=documents_for(Customer(0, case.business_kind, case.role)) if act is ReviewAct.DOCUMENTS else (),
        )

    def _minutes(self, one: _Waiting) -> int:
        return math.floor(max(0.0, self._clock() - one.since_s) / 60)

    def _save(self) -> None:
        """Write the ids down; a disk that is full costs the list its next start, and no case anything."""
        with self._lock:
            cases = [one.case for one in self._waiting.values()]
        try:
            self._records.waiting_reviews.write(cases)
        except ResourceError as error:
            logger_for(Subject.BRANCH).error("the list of referred customers was not written: %s", error)
