"""The way to the bank's sign-in provider and back."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from teller_assist.branch_server.forms import SetCookie, take_one
from teller_assist.branch_server.limits import RateLimit
from teller_assist.branch_server.page_making import page, told_page
from teller_assist.branch_server.provider import RETURN_PATH, SignInProvider
from teller_assist.branch_server.sessions import COOKIE
from teller_assist.errors import LoginError
from teller_assist.review.records import BranchRecords

_STATE_COOKIE = "teller_assist_state"


def provider_routes(
    records: BranchRecords, provider: SignInProvider, limit: RateLimit, set_cookie: SetCookie, *, secure: bool
) -> APIRouter:
    """Return the two routes.

    Parameters
    ----------
    secure
        See ``make_app``.
    """
    router = APIRouter(include_in_schema=False)

    def leave(request: Request) -> Response:
        take_one(limit, request)
        try:
            address, state = provider.begin()
        except LoginError as error:
            return told_page(request, error, None)
        answer = RedirectResponse(address, 303)
        # Lax, and not strict as the others: the browser comes back from another site and must bring it.
        answer.set_cookie(_STATE_COOKIE, state, max_age=600, httponly=True, samesite="lax", secure=secure)
        return answer

    def come_back(request: Request, code: str = "", state: str = "") -> Response:
        take_one(limit, request)
        try:
            login = provider.finish(code[:4000], state[:200], request.cookies.get(_STATE_COOKIE, ""))
            token = records.people.log_in_vouched(login)
        except LoginError as error:
            answer = told_page(request, error, None)
        else:
            # A page and no redirection: a browser sends the new cookie only where the step does not begin at another site.
            answer = page(request, "returned.html", person=None)
            set_cookie(answer, COOKIE, token)
        answer.delete_cookie(_STATE_COOKIE)
        return answer

    router.add_api_route("/login/provider", leave, methods=["GET"])
    router.add_api_route(RETURN_PATH, come_back, methods=["GET"])
    return router
