"""Pages and forms: rendering, reading, and what keeps another site's form from doing anything here."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from teller_assist.branch_server import case_words
from teller_assist.branch_server.bodies import SMALL_BYTES_MOST, read_body
from teller_assist.branch_server.limits import RateLimit
from teller_assist.errors import LoginError
from teller_assist.review.people import LoggedIn
from teller_assist.review.rights import Action, may

FORM_COOKIE = "teller_assist_form"
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=StrictUndefined
)
_TEMPLATES.globals |= {"words": case_words}

Fields = Mapping[str, str]
SetCookie = Callable[[Response, str, str], None]


def page(template: str, *, status: int = 200, person: LoggedIn | None, **context: Any) -> HTMLResponse:
    """Return a rendered page; it knows what the person may do, so that nothing is offered that would be refused."""
    rights = {action.value: person is not None and may(person, action) for action in Action}
    return HTMLResponse(_TEMPLATES.get_template(template).render(person=person, may=rights, **context), status)


async def read_form(request: Request) -> Fields:
    """Return the first value of every field.

    Raises
    ------
    RequestError
        "body_too_large" or "body_malformed".
    """
    body = (await read_body(request, SMALL_BYTES_MOST)).decode("utf-8", "replace")
    return {name: values[0] for name, values in parse_qs(body, keep_blank_values=True, max_num_fields=50).items()}


def check_form(fields: Fields, token: str) -> None:
    """Refuse a form that was not made for this session: another site's, or an old one.

    Raises
    ------
    LoginError
        "form_expired"
    """
    if not token or not hmac.compare_digest(fields.get("form_token", "").encode(), token.encode()):
        raise LoginError("form_expired")


def cookie_setter(*, secure: bool) -> SetCookie:
    """Return what sets a cookie that no script reads and no other site sends.

    Parameters
    ----------
    secure
        Sent by https alone.
    """

    def set_cookie(answer: Response, name: str, value: str) -> None:
        answer.set_cookie(name, value, httponly=True, samesite="strict", secure=secure)

    return set_cookie


def take_one(limit: RateLimit, request: Request) -> None:
    """Count a request that may be a guess, by the address it comes from.

    Raises
    ------
    RequestError
        "too_many_requests"
    """
    limit.take("unknown" if request.client is None else request.client.host)
