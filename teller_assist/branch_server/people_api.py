"""What people's programs may ask with a login: lists, one case, what happened to it, the stations."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Query
from starlette.requests import Request

from teller_assist.branch_server.sessions import logged_in
from teller_assist.errors import RequestError
from teller_assist.review.cases import PAGE_MOST, CaseFilter, ListedCase
from teller_assist.review.records import BranchRecords
from teller_assist.review.rights import Action, require


def people_routes(records: BranchRecords) -> APIRouter:
    """Return the routes that need a login."""
    router = APIRouter(prefix="/api/v1", tags=["people"])

    @router.get("/cases", summary="List cases, newest first")
    def cases(
        request: Request,
        after: str = Query("", max_length=100),
        size: int = Query(50, ge=1, le=PAGE_MOST),
        alerts: bool = False,
    ) -> dict[str, Any]:
        person = logged_in(records, request)
        page = records.cases.page(person, size=size, after=place(after), wanted=CaseFilter(only_alerts=alerts))
        found = {"schema": "cases/1", "cases": [_case_body(one) for one in page.cases]}
        return found if page.after is None else {**found, "after": ",".join(page.after)}

    @router.get("/cases/{case_id}", summary="One case")
    def case(request: Request, case_id: str, pictures: bool = False) -> dict[str, Any]:
        listed, document = records.cases.one(logged_in(records, request), case_id, pictures=pictures)
        return {"schema": "case_view/1", "listed": _case_body(listed), "case": document}

    @router.get("/cases/{case_id}/events", summary="What happened to a case, from the audit chain")
    def events(request: Request, case_id: str) -> dict[str, Any]:
        links = records.cases.events(logged_in(records, request), case_id)
        return {"schema": "events/1", "events": [link.to_body() for link in links]}

    @router.get("/stations", summary="The enrolled stations")
    def stations(request: Request) -> dict[str, Any]:
        person = logged_in(records, request)
        require(person, Action.LIST_STATIONS)
        return {"schema": "stations/1", "stations": [asdict(one) for one in records.stations.listed(person.branch_id)]}

    return router


def place(text: str) -> tuple[str, str] | None:
    """Return where a page begins from the text that the last one gave; None: at the newest.

    Raises
    ------
    RequestError
        "body_malformed"
    """
    if not text:
        return None
    received, comma, case_id = text.partition(",")
    if not comma:
        raise RequestError("body_malformed")
    return received, case_id


def _case_body(one: ListedCase) -> dict[str, Any]:
    return {
        "case_id": one.case_id,
        "station": one.station_id,
        "station_name": one.station_name,
        "station_sequence": one.sequence,
        "created": one.created,
        "received": one.received,
        "business_kind": one.business_kind,
        "ending": one.ending,
        "outcome": one.outcome,
        "next_step": one.next_step,
        "decision": one.decision,
        "chain_index": one.chain_index,
        "alerts": [{"id": a.alert_id, "kind": a.kind, "severity": a.severity, "why": a.why} for a in one.alerts],
    }
