"""Who is logged in, by the request's cookie."""

from __future__ import annotations

from starlette.requests import Request

from teller_assist.errors import LoginError
from teller_assist.review.people import LoggedIn
from teller_assist.review.records import BranchRecords

COOKIE = "teller_assist_session"


def logged_in(records: BranchRecords, request: Request, *, counts_as_use: bool = True) -> LoggedIn:
    """Return who asks.

    Parameters
    ----------
    counts_as_use
        Whether somebody is at work; an open page that renews itself is no sign of it.

    Raises
    ------
    LoginError
        "login_missing"
    """
    return records.people.logged_in(request.cookies.get(COOKIE, ""), counts_as_use=counts_as_use)


def somebody(records: BranchRecords, request: Request, *, counts_as_use: bool = True) -> LoggedIn | None:
    """Return who asks for a page; None: nobody, who is sent to log in."""
    try:
        return logged_in(records, request, counts_as_use=counts_as_use)
    except LoginError:
        return None
