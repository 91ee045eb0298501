"""Alerts about stations and the server, and how the stations fare: a page for managers, auditors and IT, a list for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from teller_assist.branch_server import proof_words
from teller_assist.branch_server.forms import Fields, check_form, read_form
from teller_assist.branch_server.page_making import page, told_page
from teller_assist.branch_server.people_api import place
from teller_assist.branch_server.sessions import logged_in, somebody
from teller_assist.errors import KnownError
from teller_assist.review.records import BranchRecords
from teller_assist.review.rights import Action, may
from teller_assist.review.station_alerts import NOTE_LONGEST, PAGE_MOST

PATH = "/station-alerts"
_PAGE = 25


def station_alert_routes(records: BranchRecords) -> APIRouter:
    """Return the page, its form, and the list for programs."""
    router = APIRouter()
    pages = _StationAlertPages(records)
    router.add_api_route(PATH, pages.listed, methods=["GET"], include_in_schema=False)
    router.add_api_route(PATH + "/{alert_id}/seen", pages.acknowledge, methods=["POST"], include_in_schema=False)

    @router.get("/api/v1/station-alerts", tags=["people"], summary="Alerts about stations, newest first")
    def listed(
        request: Request,
        after: str = Query("", max_length=100),
        size: int = Query(50, ge=1, le=PAGE_MOST),
        only_open: bool = False,
    ) -> dict[str, Any]:
        person = logged_in(records, request)
        some = records.proof.alerts.listed(person, size=size, after=place(after), only_open=only_open)
        found = {"schema": "station_alerts/1", "alerts": [asdict(one) for one in some.alerts]}
        return found if some.after is None else {**found, "after": ",".join(some.after)}

    return router


class _StationAlertPages:
    def __init__(self, records: BranchRecords) -> None:
        self._records = records

    def listed(self, request: Request, after: str = "", open: bool = False) -> Response:
        person = somebody(self._records, request)
        if person is None:
            return RedirectResponse("/login", 303)
        try:
            found = self._records.proof.alerts.listed(person, size=_PAGE, after=place(after[:100]), only_open=open)
            stations = self._records.proof.health.listed(person)
        except KnownError as error:
            return told_page(request, error, person)
        return page(
            request,
            "station_alerts.html",
            person=person,
            alerts=[proof_words.alert_told(one) for one in found.alerts],
            stations=[proof_words.station_told(one) for one in stations],
            following="" if found.after is None else quote(",".join(found.after)),
            only_open=open,
            may_acknowledge=may(person, Action.ACKNOWLEDGE_STATION_ALERTS),
            note_longest=NOTE_LONGEST,
        )

    async def acknowledge(self, request: Request, alert_id: str) -> Response:
        fields = await read_form(request)
        return await run_in_threadpool(self._acknowledge, request, alert_id, fields)

    def _acknowledge(self, request: Request, alert_id: str, fields: Fields) -> Response:
        person = somebody(self._records, request)
        if person is None:
            return RedirectResponse("/login", 303)
        try:
            check_form(fields, person.form_token)
            self._records.proof.alerts.acknowledge(person, alert_id, fields.get("note", ""))
        except KnownError as error:
            return told_page(request, error, person)
        return RedirectResponse(PATH, 303)
