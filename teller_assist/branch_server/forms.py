"""Forms that people send: they count only where this server made them for this session."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import Request

from teller_assist.branch_server.bodies import SMALL_BYTES_MOST, read_body
from teller_assist.errors import LoginError, RequestError

Fields = Mapping[str, list[str]]
_FIELDS_MOST = 20


async def read_form(request: Request) -> Fields:
    """Return the fields of a form that was sent.

    Raises
    ------
    RequestError
        It is too large, did not come whole, or has more fields than any form of ours.
    """
    return fields_of(await read_body(request, SMALL_BYTES_MOST))


def fields_of(body: bytes) -> Fields:
    """Return the fields of a form's body.

    Raises
    ------
    RequestError
        "body_malformed": more fields than any form of ours has.
    """
    try:
        return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_FIELDS_MOST)
    except ValueError as error:
        raise RequestError("body_malformed") from error


def field(fields: Fields, name: str) -> str:
    """Return a field; "" where it was left out."""
    return (fields.get(name) or [""])[0]


def check_form(fields: Fields, token: str) -> None:
    """Refuse a form that was not made for this session: another site's, or an old one.

    Raises
    ------
    LoginError
        "form_expired"
    """
    if not token or not hmac.compare_digest(field(fields, "form_token").encode(), token.encode()):
        raise LoginError("form_expired")
