"""What people's programs may do with a login: record a finding, sign one."""

from __future__ import annotations

import hmac
from enum import StrEnum
from typing import Any, TypeVar

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from teller_assist.alerts.shapes import check_shape
from teller_assist.branch_server.bodies import SMALL_BYTES_MOST, parsed, read_body
from teller_assist.branch_server.sessions import logged_in
from teller_assist.errors import LoginError
from teller_assist.review.people import LoggedIn
from teller_assist.review.records import BranchRecords
from teller_assist.review.review_kinds import Finding, ReviewOutcome, Round

FORM_TOKEN_HEADER = "X-Form-Token"  # noqa: S105 (a header's name)
Code = TypeVar("Code", bound=StrEnum)


def review_routes(records: BranchRecords) -> APIRouter:
    """Return the routes that change a review; each asks for the session's form token, so that no other site can use a login."""
    router = APIRouter(prefix="/api/v1", tags=["people"])

    @router.get("/session", summary="Who is logged in, and the token that changes ask for")
    def session(request: Request) -> dict[str, str]:
        person = logged_in(records, request)
        told = {"login": person.login, "role": person.role.value, "branch": person.branch_id}
        return {"schema": "session/1", **told, "form_token": person.form_token}

    @router.get("/cases/{case_id}/review", summary="How the review of a case stands")
    def review(request: Request, case_id: str) -> dict[str, Any]:
        return _review_body(records, logged_in(records, request), case_id)

    @router.post("/cases/{case_id}/findings", status_code=201, summary="Record what a manager found, and what the counter does")
    async def findings(request: Request, case_id: str) -> JSONResponse:
        body = await read_body(request, SMALL_BYTES_MOST)
        return await run_in_threadpool(_find, records, request, case_id, body)

    @router.post("/cases/{case_id}/sign-offs", status_code=201, summary="Say, as a second login, whether a finding holds")
    async def sign_offs(request: Request, case_id: str) -> JSONResponse:
        body = await read_body(request, SMALL_BYTES_MOST)
        return await run_in_threadpool(_sign, records, request, case_id, body)

    return router


def _find(records: BranchRecords, request: Request, case_id: str, body: bytes) -> JSONResponse:
    person = _acting(records, request)
    told = check_shape(parsed(body), "finding/1")
    round_, finding, outcome = Round(told["round"]), Finding(told["finding"]), ReviewOutcome(told["outcome"])
    records.reviewing.record_finding(person, case_id, round_, finding, outcome, told.get("note", ""))
    return JSONResponse(_review_body(records, person, case_id), 201)


def _sign(records: BranchRecords, request: Request, case_id: str, body: bytes) -> JSONResponse:
    person = _acting(records, request)
    told = check_shape(parsed(body), "sign_off/1")
    records.reviewing.sign_off(person, case_id, told["finding"], agreed=told["agreed"])
    return JSONResponse(_review_body(records, person, case_id), 201)


def _acting(records: BranchRecords, request: Request) -> LoggedIn:
    """Return who asks for a change.

    Raises
    ------
    LoginError
        "login_missing", or "form_expired": the session's token does not go with it.
    """
    person = logged_in(records, request)
    if not hmac.compare_digest(request.headers.get(FORM_TOKEN_HEADER, "").encode(), person.form_token.encode()):
        raise LoginError("form_expired")
    return person


def _review_body(records: BranchRecords, person: LoggedIn, case_id: str) -> dict[str, Any]:
    review = records.reviewing.of(person, case_id)
    return {
        "schema": "review/1",
        "case_id": case_id,
        "state": review.state.value,
        "state_since": review.state_since,
        "second_review": review.second_review,
        "findings": [
            {
                "number": one.number,
                "at": one.at,
                "login": one.login,
                "round": one.round.value,
                "finding": one.finding.value,
                "outcome": one.outcome.value,
                "note": one.note,
            }
            for one in review.findings
        ],
        "findings_hidden": review.hidden,
        "sign_offs": [
            {"at": one.at, "login": one.login, "finding": one.finding, "agreed": one.agreed} for one in review.sign_offs
        ],
        "may_find": "none" if review.may_find is None else review.may_find.value,
        "may_sign": 0 if review.may_sign is None else review.may_sign.number,
    }
