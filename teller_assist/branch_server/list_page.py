"""The manager's list of cases, live: filters by address, pages by key, rows that renew themselves."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from teller_assist.branch_server import review_words
from teller_assist.branch_server.list_filter import DAYS, SHOWS, ListFilter
from teller_assist.branch_server.page_making import first_page, page, told_page
from teller_assist.branch_server.people_api import place
from teller_assist.branch_server.sessions import somebody
from teller_assist.decision.judgement import AlertKind
from teller_assist.errors import KnownError
from teller_assist.review.cases import ListedCase
from teller_assist.review.people import LoggedIn
from teller_assist.review.records import BranchRecords
from teller_assist.review.review_kinds import OPEN_STATES, ReviewState
from teller_assist.review.words import Told, word

_PAGE = 25
_HOUR_MINUTES, _DAY_MINUTES = 60, 24 * 60


@dataclass(frozen=True)
class Row:
    """One listed case.

    Attributes
    ----------
    waited
        How long it has waited for somebody; empty: it does not.
    """

    case: ListedCase
    waited: Told


def list_routes(records: BranchRecords) -> APIRouter:
    """Return the list, and its rows alone for the page that renews itself."""
    router = APIRouter(include_in_schema=False)

    def listed(request: Request) -> Response:
        return _listed(records, request, "cases.html", counts_as_use=True)

    def rows(request: Request) -> Response:
        return _listed(records, request, "case_rows.html", counts_as_use=False)

    router.add_api_route("/", listed, methods=["GET"])
    router.add_api_route("/case-rows", rows, methods=["GET"])
    return router


def _listed(records: BranchRecords, request: Request, template: str, *, counts_as_use: bool) -> Response:
    person = somebody(records, request, counts_as_use=counts_as_use)
    if person is None:
        return RedirectResponse("/login", 303)
    if first_page(person) != "/":  # who has nothing to do with cases begins elsewhere
        return RedirectResponse(first_page(person), 303)
    now = datetime.datetime.now().astimezone()
    try:
        wanted = ListFilter.of(request.query_params)
        after = place(request.query_params.get("after", "")[:100])
        found = records.cases.page(person, size=_PAGE, after=after, wanted=wanted.cases(now))
        tellers = records.cases.tellers(person, wanted.branch) if template == "cases.html" else ()
    except KnownError as error:
        return told_page(request, error, person)
    return page(
        request,
        template,
        person=person,
        rows=[_row(one, now) for one in found.cases],
        wanted=wanted,
        first=after is None,
        following="" if found.after is None else quote(",".join(found.after)),
        review_words=review_words,
        shows=SHOWS,
        days=DAYS,
        states=[one.value for one in ReviewState if one is not ReviewState.NONE],
        kinds=[one.value for one in AlertKind],
        tellers=tellers,
        branches=_branches(records, person),
    )


def _branches(records: BranchRecords, person: LoggedIn) -> list[tuple[str, str]]:
    """Return the branches to choose from; nothing for somebody of one branch."""
    return [] if person.branch_id else [(one.branch_id, one.name) for one in records.branches.listed()]


def _row(case: ListedCase, now: datetime.datetime) -> Row:
    if case.state not in OPEN_STATES:
        return Row(case, Told(""))
    minutes = max(0, int((now - datetime.datetime.fromisoformat(case.received)).total_seconds() // 60))
    if minutes < 2 * _HOUR_MINUTES:
        return Row(case, word("page", "waited", minutes=minutes))
    if minutes < 2 * _DAY_MINUTES:
        return Row(case, word("page", "waited_hours", hours=minutes // _HOUR_MINUTES))
    return Row(case, word("page", "waited_days", days=minutes // _DAY_MINUTES))
