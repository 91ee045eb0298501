"""Everybody's own password, and the page on which the first administrator is made."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from teller_assist.branch_server.forms import FORM_COOKIE, Fields, SetCookie, check_form, page, read_form, take_one
from teller_assist.branch_server.limits import RateLimit
from teller_assist.branch_server.problems import status_of
from teller_assist.branch_server.sessions import COOKIE, logged_in
from teller_assist.errors import KnownError, LoginError, PasswordError, UsageError
from teller_assist.review.administration import change_own_password
from teller_assist.review.people import LoggedIn
from teller_assist.review.records import BranchRecords
from teller_assist.review.rights import Action, may
from teller_assist.wording import Sentences, error_sentences, sentence


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


def first_page(person: LoggedIn) -> str:
    """Return where somebody's work begins."""
    if person.must_change:
        return "/password"
    return next((path for action, path in _FIRST_PAGES if may(person, action)), "/password")


_FIRST_PAGES = ((Action.LIST_CASES, "/"), (Action.MANAGE_PEOPLE, "/people"))


class _OwnPages:
    def __init__(self, records: BranchRecords, limit: RateLimit, set_cookie: SetCookie) -> None:
        self._records, self._limit, self._set_cookie = records, limit, set_cookie

    def password_form(self, request: Request) -> Response:
        try:
            person = logged_in(self._records, request)
        except LoginError:
            return RedirectResponse("/login", 303)
        changed = sentence("server", "password_changed") if request.query_params.get("changed") else None
        return page("password.html", person=person, told=None, changed=changed)

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
            return page("password.html", status=status, person=person, told=error_sentences(error), changed=None)
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
            told = sentence("server", f"usage_{error.facts['what']}") if isinstance(error, UsageError) else None
            return self._first_page(request, told or error_sentences(error), status_of(error), fields)
        return RedirectResponse("/login", 303)

    def _first_page(self, request: Request, told: Sentences | None, status: int, fields: Fields | None = None) -> Response:
        if not self._records.first_administrator.is_wanted:
            return RedirectResponse("/login", 303)
        form_token = request.cookies.get(FORM_COOKIE, "") or secrets.token_urlsafe(24)
        kept: dict[str, Any] = {name: "" if fields is None else fields.get(name, "") for name in ("login", "name", "code")}
        answer = page("first_administrator.html", status=status, person=None, form_token=form_token, told=told, kept=kept)
        self._set_cookie(answer, FORM_COOKIE, form_token)
        return answer
