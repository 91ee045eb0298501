"""The auditor's page: the audit record with filters, whether it is whole, its second place, and its export."""

from __future__ import annotations

import datetime
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from teller_assist.alerts.canonical import utc_text
from teller_assist.branch_server import proof_words
from teller_assist.branch_server.page_making import page, told_page
from teller_assist.branch_server.sessions import logged_in, somebody
from teller_assist.errors import KnownError, RequestError
from teller_assist.review.audit import AuditKind
from teller_assist.review.audit_log import AuditFilter
from teller_assist.review.records import BranchRecords
from teller_assist.review.rights import Action, may

PATH = "/audit"
_PAGE = 50
_LONGEST = 128


def audit_routes(records: BranchRecords) -> APIRouter:
    """Return the page and the download."""
    router = APIRouter(include_in_schema=False)
    pages = _AuditPages(records)
    router.add_api_route(PATH, pages.listed, methods=["GET"])
    router.add_api_route(PATH + "/export", pages.export, methods=["GET"])
    return router


class _AuditPages:
    def __init__(self, records: BranchRecords) -> None:
        self._records = records

    def listed(
        self,
        request: Request,
        kind: str = "",
        actor: str = "",
        subject: str = "",
        since: str = "",
        until: str = "",
        after: str = "",
    ) -> Response:
        person = somebody(self._records, request)
        if person is None:
            return RedirectResponse("/login", 303)
        asked = {"kind": kind, "actor": actor, "subject": subject, "since": since, "until": until}
        asked = {name: value.strip()[:_LONGEST] for name, value in asked.items()}
        try:
            found = self._records.proof.log.page(person, _wanted(asked), size=_PAGE, after=_index(after))
        except KnownError as error:
            return told_page(request, error, person)
        proof = self._records.proof
        following = "" if found.after is None else urlencode({**asked, "after": found.after})
        return page(
            request,
            "audit.html",
            person=person,
            links=found.links,
            names={one.station_id: one.name for one in self._records.stations.listed(person.branch_id)},
            asked=asked,
            following=following,
            kinds=[one.value for one in AuditKind],
            told=(proof_words.check_told(proof.check.state()), *proof_words.second_place_told(proof.heads.state())),
            may_export=may(person, Action.EXPORT_AUDIT) and not person.branch_id,
            proof_words=proof_words,
        )

    def export(self, request: Request) -> Response:
        lines = self._records.proof.log.export(logged_in(self._records, request))
        name = f"audit-{datetime.datetime.now().astimezone():%Y%m%d-%H%M%S}.jsonl"
        return StreamingResponse(
            (f"{line}\n" for line in lines),
            media_type="application/jsonl",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def _wanted(asked: dict[str, str]) -> AuditFilter:
    since, until = _day(asked["since"]), _day(asked["until"])
    return AuditFilter(
        asked["kind"],
        asked["actor"],
        asked["subject"],
        "" if since is None else _moment(since),
        "" if until is None else _moment(until, days_later=1),
    )


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise RequestError("body_malformed") from error


def _moment(day: datetime.date, days_later: int = 0) -> str:
    """Return when a day begins in this server's own time."""
    try:
        begins = day + datetime.timedelta(days=days_later)
        return utc_text(datetime.datetime.combine(begins, datetime.time()).astimezone())
    except (OverflowError, ValueError, OSError) as error:
        raise RequestError("body_malformed") from error


def _index(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise RequestError("body_malformed")
    return int(text)
