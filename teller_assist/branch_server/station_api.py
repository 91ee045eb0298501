"""What stations send: signed by their own key, known before a byte of it is parsed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from teller_assist.alerts.http_signatures import SignedRequest, verify_request
from teller_assist.branch_server.bodies import CASE_BYTES_MOST, SMALL_BYTES_MOST, parsed, read_body
from teller_assist.branch_server.limits import LARGE_AT_ONCE, AtOnce, RateLimit
from teller_assist.errors import BugError
from teller_assist.review.intake import Taken
from teller_assist.review.records import BranchRecords

_ENROLMENTS = "enrolments"
Handler = Callable[[SignedRequest, Any], JSONResponse]
Signed = Callable[[Request, int, Handler], Awaitable[JSONResponse]]


def station_routes(records: BranchRecords, limit: RateLimit, signed: Signed) -> APIRouter:
    """Return the routes that stations use."""
    router = APIRouter(prefix="/api/v1", tags=["stations"])
    _add_enrolment(router, records, limit)
    _add_signed(router, records, signed)
    _add_recent_faces(router, records, signed)
    _add_sign_ons(router, records, signed)
    _add_heartbeats(router, records, signed)
    return router


def _add_enrolment(router: APIRouter, records: BranchRecords, limit: RateLimit) -> None:
    @router.get("/keys", summary="The server's public keys")
    def keys() -> dict[str, str]:
        return {"schema": "server_keys/1", **records.keys.public.to_body(), "fingerprint": records.keys.public.fingerprint}

    @router.post("/enrolments", status_code=201, summary="Enrol a station with a one-time code")
    async def enrolments(request: Request) -> JSONResponse:
        limit.take(_ENROLMENTS)
        document = parsed(await read_body(request, SMALL_BYTES_MOST))
        return JSONResponse(await run_in_threadpool(records.stations.enrol, document), 201)


def signed_requests(records: BranchRecords, limit: RateLimit) -> Signed:
    """Return what lets a signed request through to its handler, on a thread of the server's pool."""
    large = AtOnce(LARGE_AT_ONCE)

    async def signed(request: Request, bytes_most: int, handle: Handler) -> JSONResponse:
        with large if bytes_most > SMALL_BYTES_MOST else nullcontext():
            body = await read_body(request, bytes_most)
        return await run_in_threadpool(_handled, records, limit, request, body, handle)

    return signed


def _add_signed(router: APIRouter, records: BranchRecords, signed: Signed) -> None:
    @router.post("/transactions", status_code=201, summary="Announce a station sequence number (signed)")
    async def transactions(request: Request) -> JSONResponse:
        def handle(sender: SignedRequest, document: Any) -> JSONResponse:
            return _answered(records.intake.announce(sender.key_id, document))

        return await signed(request, SMALL_BYTES_MOST, handle)

    @router.post("/cases", status_code=201, summary="Deliver a sealed case (signed)")
    async def cases(request: Request) -> JSONResponse:
        def handle(sender: SignedRequest, document: Any) -> JSONResponse:
            verify_key = records.stations.verify_key(sender.key_id)
            if verify_key is None:
                raise BugError("the station that signed is gone")
            return _answered(records.intake.take_case(sender.key_id, verify_key, document))

        return await signed(request, CASE_BYTES_MOST, handle)

    @router.post("/kinship", summary="Ask the register of relatives and look-alikes (signed)")
    async def kinship(request: Request) -> JSONResponse:
        def handle(_sender: SignedRequest, document: Any) -> JSONResponse:
            found = records.intake.ask_register(document)
            answer = {"relative": found.relative, "possible_twin": found.possible_twin, "look_alike": found.look_alike}
            days = records.second_identity.days
            asks_for_faces = {"recent_faces_days": days} if days else {}
            return JSONResponse({"schema": "kinship_answer/1", **answer, **asks_for_faces})

        return await signed(request, SMALL_BYTES_MOST, handle)


def _add_recent_faces(router: APIRouter, records: BranchRecords, signed: Signed) -> None:
    @router.post("/second_identity", summary="Search a face among those of recent cases under other numbers (signed)")
    async def second_identity(request: Request) -> JSONResponse:
        def handle(sender: SignedRequest, document: Any) -> JSONResponse:
            return JSONResponse(records.second_identity.ask(sender.key_id, document))

        return await signed(request, SMALL_BYTES_MOST, handle)

    @router.post("/recent-faces", summary="Keep the face of a decided case for some days, where that is switched on (signed)")
    async def recent_faces(request: Request) -> JSONResponse:
        def handle(_sender: SignedRequest, document: Any) -> JSONResponse:
            return JSONResponse(records.second_identity.keep(document))

        return await signed(request, SMALL_BYTES_MOST, handle)


def _add_sign_ons(router: APIRouter, records: BranchRecords, signed: Signed) -> None:
    @router.post("/sign-ons", status_code=201, summary="Sign a teller on at a station (signed)")
    async def sign_ons(request: Request) -> JSONResponse:
        def handle(sender: SignedRequest, document: Any) -> JSONResponse:
            return JSONResponse(records.sign_ons.sign_on(sender.key_id, document), 201)

        return await signed(request, SMALL_BYTES_MOST, handle)

    @router.post("/sign-ons/standing", summary="Which tellers are still as a station knows them (signed)")
    async def standing(request: Request) -> JSONResponse:
        def handle(sender: SignedRequest, document: Any) -> JSONResponse:
            return JSONResponse(records.sign_ons.standing(sender.key_id, document))

        return await signed(request, SMALL_BYTES_MOST, handle)


def _add_heartbeats(router: APIRouter, records: BranchRecords, signed: Signed) -> None:
    @router.post("/heartbeats", summary="Tell how a station and its devices fare (signed)")
    async def heartbeats(request: Request) -> JSONResponse:
        def handle(sender: SignedRequest, document: Any) -> JSONResponse:
            return JSONResponse(records.proof.health.take(sender.key_id, document))

        return await signed(request, SMALL_BYTES_MOST, handle)


def _handled(
    records: BranchRecords,
    limit: RateLimit,
    request: Request,
    body: bytes,
    handle: Handler,
) -> JSONResponse:
    method, url, headers, find_key = request.method, _url(request), _headers(request), records.stations.verify_key
    suite, now = records.keys.suite, records.clock()
    sender = verify_request(method, url, headers, body, find_key=find_key, suite=suite, now=now)
    limit.take(sender.key_id)
    records.stations.take_nonce(sender)
    return handle(sender, parsed(body))


def _url(request: Request) -> str:
    """Return an absolute address with the path as it was sent; whatever the Host header says has no part in it."""
    raw_path: bytes = request.scope["raw_path"]
    return "http://server" + raw_path.decode("ascii", "replace")


def _headers(request: Request) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in request.headers.items():
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _answered(taken: Taken) -> JSONResponse:
    return JSONResponse(taken.body, 201 if taken.is_new else 200)
