"""Everybody's own password, and the page on which the first administrator is made."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from teller_assist.branch_server.forms import FORM_COOKIE, Fields, SetCookie, check_form, read_form, take_one
from teller_assist.branch_server.limits import RateLimit
from teller_assist.branch_server.page_making import page, refusal_words
from teller_assist.branch_server.problems import status_of
from teller_assist.branch_server.sessions import COOKIE, logged_in, somebody
from teller_assist.errors import KnownError, PasswordError
from teller_assist.review.administration import change_own_password
from teller_assist.review.records import BranchRecords
from teller_assist.wording import Sentences, sentence


def own_routes(records: BranchRecords, limit: RateLimit, set_cookie: SetCookie) -> APIRouter:
    """Return the pages.

    Parameters
    ----------
    limit
        Of forms that may be guesses, by address.
    """
    router = APIRouter(include_in_schema=False)
    pages = _OwnPages(records, limit, set_cookie)
    router.add_api_route("/password", pages.password_form, methods=["GET"])
    router.add_api_route("/password", pages.change_password, methods=["POST"])
    router.add_api_route("/first-administrator", pages.first_form, methods=["GET"])
    router.add_api_route("/first-administrator", pages.make_first, methods=["POST"])
    return router


class _OwnPages:
    def __init__(self, records: BranchRecords, limit: RateLimit, set_cookie: SetCookie) -> None:
        self._records, self._limit, self._set_cookie = records, limit, set_cookie

    def password_form(self, request: Request) -> Response:
        person = somebody(self._records, request)
        if person is None:
            return RedirectResponse("/login", 303)
        changed = sentence("server", "password_changed") if request.query_params.get("changed") else None
        return page(request, "password.html", person=person, told=None, changed=changed)

    async def change_password(self, request: Request) -> Response:
        take_one(self._limit, request)
        return await run_in_threadpool(self._change_password, request, await read_form(request))

    def _change_password(self, request: Request, fields: Fields) -> Response:
        person = logged_in(self._records, request)
        check_form(fields, person.form_token)
        old, new, again = (fields.get(name, "") for name in ("old", "new", "again"))
        token = request.cookies.get(COOKIE, "")
        try:
            change_own_password(self._records.people, person, token, old, new, again)
        except KnownError as error:
            status = status_of(error)
            return page(request, "password.html", status=status, person=person, told=refusal_words(error), changed=None)
        return RedirectResponse("/password?changed=1", 303)

    def first_form(self, request: Request) -> Response:
        return self._first_page(request, None, 200)

    async def make_first(self, request: Request) -> Response:
        take_one(self._limit, request)
        return await run_in_threadpool(self._make_first, request, await read_form(request))

    def _make_first(self, request: Request, fields: Fields) -> Response:
        try:
            check_form(fields, request.cookies.get(FORM_COOKIE, ""))
            if fields.get("new") != fields.get("again"):
                raise PasswordError("password_not_repeated")
            login = fields.get("login", "").strip().lower()
            self._records.first_administrator.make(
                fields.get("code", "")[:100], login, fields.get("name", ""), fields.get("new", "")
            )
        except KnownError as error:
            return self._first_page(request, refusal_words(error), status_of(error), fields)
        return RedirectResponse("/login", 303)

    def _first_page(self, request: Request, told: Sentences | None, status: int, fields: Fields | None = None) -> Response:
        if not self._records.first_administrator.is_wanted:
            return RedirectResponse("/login", 303)
        form_token = request.cookies.get(FORM_COOKIE, "") or secrets.token_urlsafe(24)
        kept: dict[str, Any] = {name: "" if fields is None else fields.get(name, "") for name in ("login", "name", "code")}
        answer = page(
            request, "first_administrator.html", status=status, person=None, form_token=form_token, told=told, kept=kept
        )
        self._set_cookie(answer, FORM_COOKIE, form_token)
        return answer
