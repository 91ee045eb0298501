"""Who is logged in, by the request's cookie."""

from __future__ import annotations

from starlette.requests import Request

from teller_assist.errors import LoginError
from teller_assist.review.people import LoggedIn
from teller_assist.review.records import BranchRecords

COOKIE = "teller_assist_session"


def logged_in(records: BranchRecords, request: Request) -> LoggedIn:
    """Return who asks.

    Raises
    ------
    LoginError
        "login_missing"
    """
    return records.people.logged_in(request.cookies.get(COOKIE, ""))


def somebody(records: BranchRecords, request: Request) -> LoggedIn | None:
    """Return who asks for a page; None: nobody, who is sent to log in."""
    try:
        return logged_in(records, request)
    except LoginError:
        return None
