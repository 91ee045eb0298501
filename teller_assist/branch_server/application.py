"""The branch server as one application: routes, refusals, headers, figures."""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from teller_assist import __version__
from teller_assist.branch_server.administration_pages import administration_routes
from teller_assist.branch_server.answers_api import ChainWatch, answers_routes
from teller_assist.branch_server.audit_pages import audit_routes
from teller_assist.branch_server.case_page import case_routes
from teller_assist.branch_server.dashboard_pages import dashboard_routes
from teller_assist.branch_server.forms import cookie_setter
from teller_assist.branch_server.interface import describe
from teller_assist.branch_server.limits import GUESSES_PER_MINUTE, RateLimit
from teller_assist.branch_server.list_page import list_routes
from teller_assist.branch_server.live import ListPulse, live_routes
from teller_assist.branch_server.metrics import Metrics
from teller_assist.branch_server.own_pages import own_routes
from teller_assist.branch_server.pages import page_routes
from teller_assist.branch_server.people_api import people_routes
from teller_assist.branch_server.problems import own_fault, problem
from teller_assist.branch_server.provider import SignInProvider
from teller_assist.branch_server.provider_pages import provider_routes
from teller_assist.branch_server.review_api import review_routes
from teller_assist.branch_server.review_pages import review_page_routes
from teller_assist.branch_server.station_alert_pages import station_alert_routes
from teller_assist.branch_server.station_api import signed_requests, station_routes
from teller_assist.errors import KnownError, RequestError
from teller_assist.review.records import BranchRecords
from teller_assist.settings.crash import places
from teller_assist.settings.logs import Subject, logger_for

_STATIC = Path(__file__).with_name("static")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; style-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_UNKNOWN_ROUTE = "unknown"


def make_app(
    records: BranchRecords,
    *,
    secure_cookies: bool,
    limit: RateLimit | None = None,
    guesses: RateLimit | None = None,
    provider: SignInProvider | None = None,
) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    secure_cookies
        People reach it by https, here or at a proxy: cookies are sent on no other way.
    limit
        Of requests a station may send.
    guesses
        Of forms with a password or a code that may come from one address.
    provider
        The bank's own; None: people log in by password alone.
    """
    # The documentation pages that come with FastAPI load from outside; the machine-readable document stays.
    app = FastAPI(title="teller-assist branch server", version=__version__, docs_url=None, redoc_url=None)
    app.router.redirect_slashes = False  # such a way elsewhere would lead to whatever the Host header names
    metrics = Metrics()

    _add_border(app, metrics)
    _add_refusals(app)
    watch, pulse = ChainWatch(records.answers), ListPulse(records)
    app.state.watch, app.state.stopping = watch, _ending(watch, pulse)
    _add_stations(app, records, limit or RateLimit(), watch)
    app.include_router(live_routes(records, pulse))
    _add_people(app, records, guesses or RateLimit(GUESSES_PER_MINUTE), provider, secure=secure_cookies)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")

    @app.get("/healthz", summary="Whether the server and its database answer")
    def healthz() -> JSONResponse:
        records.database.is_well()
        return JSONResponse({"status": "ok", "database": "ok"})

    @app.get("/metrics", summary="Figures in Prometheus' text form")
    def figures() -> Response:
        return Response(metrics.text(records), media_type="text/plain; version=0.0.4")

    describe(app)
    return app


def _add_border(app: FastAPI, metrics: Metrics) -> None:
    """Number, time and count every request, and let no fault of ours out of it."""

    @app.middleware("http")
    async def around(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        request.state.request_id = uuid.uuid4().hex
        started_s = time.perf_counter()
        try:
            answer = await call_next(request)
        except Exception as error:  # noqa: BLE001 (the border of one request: a fault of ours ends no other)
            # Places only: a message may quote what a station sent.
            logger_for(Subject.BRANCH).error("%s at %s", type(error).__name__, places(error.__traceback__))
            answer = own_fault(request.state.request_id)
        route = getattr(request.scope.get("route"), "path", _UNKNOWN_ROUTE)
        metrics.answers.labels(route, str(answer.status_code)).inc()
        metrics.seconds.labels(route).observe(time.perf_counter() - started_s)
        answer.headers.update(_HEADERS)
        return answer


def _add_stations(app: FastAPI, records: BranchRecords, limit: RateLimit, watch: ChainWatch) -> None:
    signed = signed_requests(records, limit)
    app.include_router(station_routes(records, limit, signed))
    app.include_router(answers_routes(records, signed, watch))


def _add_people(
    app: FastAPI, records: BranchRecords, guesses: RateLimit, provider: SignInProvider | None, *, secure: bool
) -> None:
    set_cookie = cookie_setter(secure=secure)
    app.include_router(page_routes(records, guesses, set_cookie, by_provider=provider is not None))
    if provider is not None:
        app.include_router(provider_routes(records, provider, guesses, set_cookie, secure=secure))
    app.include_router(own_routes(records, guesses, set_cookie))
    for routes in (
        people_routes(records),
        administration_routes(records),
        list_routes(records),
        case_routes(records),
        review_routes(records),
        review_page_routes(records),
        station_alert_routes(records),
        audit_routes(records),
        dashboard_routes(records, health=records.proof.health),
    ):
        app.include_router(routes)


def _ending(watch: ChainWatch, pulse: ListPulse) -> Callable[[], None]:
    def end() -> None:
        watch.end()
        pulse.end()

    return end


def _add_refusals(app: FastAPI) -> None:
    @app.exception_handler(KnownError)
    async def known(request: Request, error: Exception) -> Response:
        return problem(_as_known(error), request.state.request_id)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, _error: Exception) -> Response:
        return problem(RequestError("body_malformed"), request.state.request_id)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: Exception) -> Response:
        status = getattr(error, "status_code", 404)
        return problem(RequestError("method_not_allowed" if status == 405 else "not_found"), request.state.request_id)


def _as_known(error: Exception) -> KnownError:
    return error if isinstance(error, KnownError) else RequestError("not_found")
