"""What pages share: templates, and forms that count only where this server made them for this session."""

from __future__ import annotations

import hmac
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from teller_assist.branch_server import case_words
from teller_assist.branch_server.bodies import SMALL_BYTES_MOST, read_body
from teller_assist.errors import LoginError

Fields = dict[str, list[str]]
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=StrictUndefined
)
_TEMPLATES.globals |= {"words": case_words}


def rendered(template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page made of a template."""
    return HTMLResponse(_TEMPLATES.get_template(template).render(context), status)


async def read_form(request: Request) -> Fields:
    """Return the fields of a form that was sent.

    Raises
    ------
    RequestError
        It is too large or did not come whole.
    """
    return parse_qs((await read_body(request, SMALL_BYTES_MOST)).decode("utf-8", "replace"))


def field(fields: Fields, name: str) -> str:
    """Return a field; "" where it is not there."""
    return fields.get(name, [""])[0]


def check_form(fields: Fields, token: str) -> None:
    """Refuse a form that was not made for this session: another site's, or an old one.

    Raises
    ------
    LoginError
        "form_expired"
    """
    if not token or not hmac.compare_digest(field(fields, "form_token").encode(), token.encode()):
        raise LoginError("form_expired")
