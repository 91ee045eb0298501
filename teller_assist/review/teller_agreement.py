"""How often a teller's own judgement before the reading agreed with what the manager found; the teller sees it first.

Managers are shown no more than what the teller has had before the own eyes: only tellers who opened their page of the month, and
only what was closed by then. Who served is known by login; a case of a station where tellers give a name without proof counts for
nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import utc_text
from teller_assist.evidence.transaction import TellerJudgement
from teller_assist.review.confirming import ANOTHER_PERSON, THE_PERSON
from teller_assist.review.database import Database
from teller_assist.review.people import LoggedIn
from teller_assist.review.periods import Period
from teller_assist.review.review_kinds import Finding, ReviewState
from teller_assist.review.rights import Action, require
from teller_assist.review.shares import NoShare, Share, share
from teller_assist.review.stations import Now
from teller_assist.review.statistics_queries import last_finding
from teller_assist.review.tables import Case, FindingRow, Person, TellerView

LEAST_JUDGED = 10


@dataclass(frozen=True)
class Agreement:
    """One teller's month.

    Attributes
    ----------
    agreed
        Of the cases in which the teller chose a side and the finding says who it was; too few are no share.
    judged, agreed_cases
        Their counts.
    undecided
        The teller could not say.
    unsettled
        The finding says nothing about the person: picture quality.
    """

    agreed: Share | NoShare
    judged: int
    agreed_cases: int
    undecided: int
    unsettled: int


@dataclass(frozen=True)
class TellerFigures:
    """What a manager sees of a teller's month.

    Attributes
    ----------
    seen
        When the teller looked, and up to when cases count; "": not yet, and then there is no agreement to be seen.
    """

    login: str
    name: str
    seen: str
    agreement: Agreement | None


@dataclass(frozen=True)
class TellersFigures:
    """What a manager sees of a branch's month; unattributed are judged cases that count for nobody."""

    month: str
    tellers: tuple[TellerFigures, ...]
    unattributed: int


class TellerAgreement:
    """The tellers' agreement on one server."""

    def __init__(self, database: Database, now: Now) -> None:
        self._database, self._now = database, now

    def own(self, person: LoggedIn, month: str, days: Period) -> Agreement:
        """Return somebody's own month, and note that they have seen it.

        Raises
        ------
        LoginError
            "not_permitted"
        """
        require(person, Action.SEE_OWN_AGREEMENT)
        seen = utc_text(self._now())
        with self._database.writing() as session:
            found = _agreement(_judged(session, days, Case.teller_login == person.login, Case.state_since <= seen))
            session.merge(TellerView(login=person.login, month=month, seen=seen))
        return found

    def of_branches(self, person: LoggedIn, branch_ids: Iterable[str], month: str, days: Period) -> TellersFigures:
        """Return what tellers of some branches have let be seen by looking first.

        Raises
        ------
        LoginError
            "not_permitted"
        """
        require(person, Action.SEE_TELLERS_AGREEMENT)
        here = Case.branch_id.in_([one for one in branch_ids if person.sees(one)])
        with self._database.reading() as session:
            served = _who_judged(session, days, here)
            rows = session.execute(select(TellerView.login, TellerView.seen).where(TellerView.month == month))
            seen = {login: moment for login, moment in rows if login in served}
            names = {login: name for login, name in session.execute(select(Person.login, Person.name)) if login in served}
            tellers = [
                TellerFigures(
                    login,
                    names.get(login, login),
                    seen.get(login, ""),
                    _shown(session, days, here, login, seen.get(login, "")),
                )
                for login in served
                if login
            ]
        return TellersFigures(month, tuple(sorted(tellers, key=lambda one: (one.name, one.login))), served.get("", 0))


def _shown(session: Session, days: Period, here: ColumnElement[bool], login: str, seen: str) -> Agreement | None:
    if not seen:
        return None
    return _agreement(_judged(session, days, here, Case.teller_login == login, Case.state_since <= seen))


def _who_judged(session: Session, days: Period, here: ColumnElement[bool]) -> dict[str, int]:
    query = select(Case.teller_login, func.count()).where(here, *_closed_and_judged(days)).group_by(Case.teller_login)
    return dict(session.execute(query).all())


def _judged(session: Session, days: Period, *more: ColumnElement[bool]) -> list[tuple[TellerJudgement, Finding, int]]:
    query = select(Case.teller_judgement, FindingRow.finding, func.count())
    query = query.join(FindingRow, FindingRow.case_id == Case.case_id)
    query = query.where(*more, *_closed_and_judged(days), last_finding())
    rows = session.execute(query.group_by(Case.teller_judgement, FindingRow.finding))
    return [(TellerJudgement(judgement), Finding(finding), cases) for judgement, finding, cases in rows]


def _closed_and_judged(days: Period) -> tuple[ColumnElement[bool], ...]:
    return (
        Case.state == ReviewState.CLOSED,
        Case.received >= days.begin,
        Case.received < days.end,
        or_(*(Case.teller_judgement == one.value for one in TellerJudgement)),
    )


def _agreement(judged: Iterable[tuple[TellerJudgement, Finding, int]]) -> Agreement:
    counted = Counter[str]()
    for judgement, finding, cases in judged:
        counted[_how(judgement, finding)] += cases
    of = counted["agreed"] + counted["differed"]
    agreed = share(counted["agreed"], of, none="none_judged", least=LEAST_JUDGED, few="too_few_judged")
    return Agreement(agreed, of, counted["agreed"], counted["undecided"], counted["unsettled"])


def _how(judgement: TellerJudgement, finding: Finding) -> str:
    if finding not in ANOTHER_PERSON | THE_PERSON:
        return "unsettled"
    if judgement.point == 0:
        return "undecided"
    return "agreed" if (judgement.point > 0) == (finding in THE_PERSON) else "differed"
