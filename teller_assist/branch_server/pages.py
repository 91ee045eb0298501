"""Logging in and out."""

from __future__ import annotations

import secrets

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from teller_assist.branch_server.forms import FORM_COOKIE, Fields, SetCookie, check_form, read_form, take_one
from teller_assist.branch_server.limits import RateLimit
from teller_assist.branch_server.page_making import page
from teller_assist.branch_server.problems import status_of
from teller_assist.branch_server.sessions import COOKIE, logged_in
from teller_assist.errors import LoginError
from teller_assist.review.records import BranchRecords
from teller_assist.wording import error_sentences


def page_routes(records: BranchRecords, limit: RateLimit, set_cookie: SetCookie, *, by_provider: bool = False) -> APIRouter:
    """Return the pages.

    Parameters
    ----------
    limit
        Of forms that may be guesses, by address.
    by_provider
        The bank's own provider is offered on the login page.
    """
    router = APIRouter(include_in_schema=False)
    pages = _Pages(records, limit, set_cookie, by_provider=by_provider)
    router.add_api_route("/login", pages.login_form, methods=["GET"])
    router.add_api_route("/login", pages.log_in, methods=["POST"])
    router.add_api_route("/logout", pages.log_out, methods=["POST"])
    return router


class _Pages:
    def __init__(self, records: BranchRecords, limit: RateLimit, set_cookie: SetCookie, *, by_provider: bool) -> None:
        self._records, self._limit, self._set_cookie = records, limit, set_cookie
        self._by_provider = by_provider

    def login_form(self, request: Request) -> Response:
        return self._login_page(request, None, 200)

    async def log_in(self, request: Request) -> Response:
        take_one(self._limit, request)
        return await run_in_threadpool(self._log_in, request, await read_form(request))

    def _log_in(self, request: Request, fields: Fields) -> Response:
        try:
            check_form(fields, request.cookies.get(FORM_COOKIE, ""))
            token = self._records.people.log_in(fields.get("login", "").strip().lower(), fields.get("password", ""))
        except LoginError as error:
            return self._login_page(request, error, status_of(error))
        answer = RedirectResponse("/", 303)
        self._set_cookie(answer, COOKIE, token)
        answer.delete_cookie(FORM_COOKIE)
        return answer

    async def log_out(self, request: Request) -> Response:
        return await run_in_threadpool(self._log_out, request, await read_form(request))

    def _log_out(self, request: Request, fields: Fields) -> Response:
        check_form(fields, logged_in(self._records, request).form_token)
        self._records.people.log_out(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE)
        return answer

    def _login_page(self, request: Request, error: LoginError | None, status: int) -> Response:
        form_token = request.cookies.get(FORM_COOKIE, "") or secrets.token_urlsafe(24)
        told = None if error is None else error_sentences(error)
        answer = page(
            request,
            "login.html",
            status=status,
            person=None,
            form_token=form_token,
            told=told,
            first_wanted=self._records.first_administrator.is_wanted,
            by_provider=self._by_provider,
        )
        self._set_cookie(answer, FORM_COOKIE, form_token)
        return answer
