"""Forms: reading them, and what keeps another site's from doing anything here."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from teller_assist.branch_server.bodies import SMALL_BYTES_MOST, read_body
from teller_assist.branch_server.limits import RateLimit
from teller_assist.errors import LoginError, RequestError

FORM_COOKIE = "teller_assist_form"
_FIELDS_MOST = 20

Fields = Mapping[str, str]
SetCookie = Callable[[Response, str, str], None]


async def read_form(request: Request) -> Fields:
    """Return the first value of every field.

    Raises
    ------
    RequestError
        "body_too_large" or "body_malformed".
    """
    body = (await read_body(request, SMALL_BYTES_MOST)).decode("utf-8", "replace")
    try:
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=_FIELDS_MOST)
    except ValueError as error:  # more fields than any form of ours has
        raise RequestError("body_malformed") from error
    return {name: values[0] for name, values in fields.items()}


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
