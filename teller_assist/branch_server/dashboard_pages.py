"""The figures of a branch for managers and auditors, as a page and as statistics/1; and a teller's own month."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from teller_assist.branch_server import dashboard_words
from teller_assist.branch_server.page_making import page, told_page
from teller_assist.branch_server.sessions import logged_in, somebody
from teller_assist.errors import KnownError, RequestError
from teller_assist.review import case_words
from teller_assist.review.device_health import DeviceHealth, DeviceReadiness, StationHealthListed
from teller_assist.review.people import LoggedIn
from teller_assist.review.periods import Period, between, last_days, month_days, month_of
from teller_assist.review.records import BranchRecords
from teller_assist.review.shares import NoShare, Quantile, Share
from teller_assist.review.statistics import DECISION_ENDS_S, BranchStatistics
from teller_assist.review.teller_agreement import TellersFigures

DAYS_OFFERED = (7, 30, 90)
_DAYS_USUAL = 30
_MONTHS_OFFERED = 6
_TEXT_MOST = 64


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see, and what is to be seen.

    Attributes
    ----------
    days
        As chosen; 0: from one day to another.
    branches
        That this person may choose from, by id with their names.
    """

    days: int
    branch_id: str
    branches: Mapping[str, str]
    figures: BranchStatistics
    tellers: TellersFigures
    stations: tuple[StationHealthListed, ...]
    readiness: tuple[DeviceReadiness, ...]


def dashboard_routes(records: BranchRecords, *, health: DeviceHealth | None = None) -> APIRouter:
    """Return the routes.

    Parameters
    ----------
    health
        Who keeps stations' heartbeats; None: nobody, and the page says so.
    """
    router = APIRouter()

    def dashboard(request: Request) -> Response:
        return _shown(records, request, lambda person: _dashboard(records, health, request, person))

    def own(request: Request) -> Response:
        return _shown(records, request, lambda person: _own(records, request, person))

    def statistics(request: Request) -> dict[str, Any]:
        return _body(_asked(records, health, request, logged_in(records, request)))

    router.add_api_route("/dashboard", dashboard, methods=["GET"], include_in_schema=False)
    router.add_api_route("/my-agreement", own, methods=["GET"], include_in_schema=False)
    summary = "Figures of a branch over some days: days, or from and to; month, of the tellers; branch, for somebody of all"
    router.add_api_route("/api/v1/statistics", statistics, methods=["GET"], tags=["people"], summary=summary)
    return router


def _shown(records: BranchRecords, request: Request, make: Callable[[LoggedIn], Response]) -> Response:
    person = somebody(records, request)
    if person is None:
        return RedirectResponse("/login", 303)
    try:
        return make(person)
    except KnownError as error:
        return told_page(request, error, person)


def _dashboard(records: BranchRecords, health: DeviceHealth | None, request: Request, person: LoggedIn) -> Response:
    asked = _asked(records, health, request, person)
    return page(
        request,
        "dashboard.html",
        person=person,
        asked=asked,
        figures=asked.figures,
        days_offered=DAYS_OFFERED,
        months=[(one, _address(request, one)) for one in _months(_now())],
        heard=health is not None,
        words=dashboard_words,
        case_words=case_words,
    )


def _own(records: BranchRecords, request: Request, person: LoggedIn) -> Response:
    now = _now()
    month = request.query_params.get("month", "")[:_TEXT_MOST] or month_of(now)
    agreement = records.teller_agreement.own(person, month, month_days(month))
    months = _months(now)
    return page(
        request, "my_agreement.html", person=person, month=month, months=months, agreement=agreement, words=dashboard_words
    )


def _asked(records: BranchRecords, health: DeviceHealth | None, request: Request, person: LoggedIn) -> Asked:
    days, period = _period(request)
    branch_id = request.query_params.get("branch", "")[:_TEXT_MOST]
    figures = records.statistics.of(person, period, branch_id)
    month = request.query_params.get("month", "")[:_TEXT_MOST] or f"{period.last:%Y-%m}"
    tellers = records.teller_agreement.of_branches(person, figures.branch_ids, month, month_days(month))
    stations: tuple[StationHealthListed, ...] = ()
    readiness: tuple[DeviceReadiness, ...] = ()
    if health is not None:
        of_branch = replace(person, branch_id=person.branch_id or branch_id)
        stations = tuple(one for one in health.listed(of_branch) if not one.revoked)
        readiness = tuple(health.readiness(of_branch, datetime.datetime.fromisoformat(period.begin)))
    return Asked(days, branch_id, records.statistics.branches(person), figures, tellers, stations, readiness)


def _period(request: Request) -> tuple[int, Period]:
    given = {name: request.query_params.get(name, "")[:_TEXT_MOST] for name in ("days", "from", "to")}
    if given["from"] or given["to"]:
        return 0, between(given["from"], given["to"])
    try:
        days = int(given["days"] or _DAYS_USUAL)
    except ValueError as error:
        raise RequestError("body_malformed") from error
    return days, last_days(days, _now())


def _address(request: Request, month: str) -> str:
    """Return the address of the same figures with another month of the tellers."""
    kept = [(name, value) for name, value in request.query_params.items() if name in ("days", "from", "to", "branch")]
    return f"/dashboard?{urlencode([*kept, ('month', month)])}#tellers"


def _months(now: datetime.datetime) -> list[str]:
    found = [month_of(now)]
    while len(found) < _MONTHS_OFFERED:
        first = datetime.date.fromisoformat(f"{found[-1]}-01")
        found.append(f"{first - datetime.timedelta(days=1):%Y-%m}")
    return found


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _body(asked: Asked) -> dict[str, Any]:
    figures, tellers = asked.figures, asked.tellers
    return {
        "schema": "statistics/1",
        "from": figures.period.first.isoformat(),
        "to": figures.period.last.isoformat(),
        "branches": list(figures.branch_ids),
        "made": figures.made,
        "customers": figures.customers,
        "with_alerts": _share(figures.alerted),
        "kinds": [_plain(one) for one in figures.kinds],
        "hours": [_plain(one) for one in figures.hours],
        "cameras": [_plain(one) for one in figures.cameras],
        "decisions": {
            "closed": figures.decisions.closed,
            "median": _quantile(figures.decisions.median),
            "p90": _quantile(figures.decisions.p90),
            "up_to_s": list(DECISION_ENDS_S),
            "cases": list(figures.decisions.bars),
        },
        "open_now": [asdict(one) for one in figures.open_now],
        "tellers": {
            "month": tellers.month,
            "unattributed": tellers.unattributed,
            "seen": [
                {"login": one.login, "name": one.name, "seen": one.seen, **_plain(one.agreement)}
                for one in tellers.tellers
                if one.agreement is not None
            ],
            "not_seen": [{"login": one.login, "name": one.name} for one in tellers.tellers if one.agreement is None],
        },
        "devices": [{"kind": one.kind, "ready_s": one.ready_s, "reported_s": one.told_s} for one in asked.readiness],
    }


def _plain(one: Any) -> dict[str, Any]:
    return {name: _share(value) if isinstance(value, Share | NoShare) else value for name, value in vars(one).items()}


def _share(found: Share | NoShare) -> dict[str, Any]:
    if isinstance(found, NoShare):
        return {"stated": False, "why": found.why, "of": found.of}
    return {"stated": True, "count": found.count, "of": found.of, "value": found.value, "ci95": list(found.ci95)}


def _quantile(found: Quantile | None) -> dict[str, Any]:
    if found is None:
        return {"stated": False, "why": "none_closed"}
    interval = {} if found.ci95_s is None else {"ci95_s": list(found.ci95_s)}
    return {"stated": True, "seconds": found.seconds, **interval}
