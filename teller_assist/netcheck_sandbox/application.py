"""The sandbox as one application: the gateway's way in, a page of its persons, and a switch for delays and faults."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from teller_assist import __version__
from teller_assist.netcheck_sandbox.answering import DELAY_MOST_MS, Authority, Behaviour, Fault
from teller_assist.wording import sentence

CREDENTIAL_HEADER = "X-Station-Credential"
_BODY_MOST_BYTES = 32_000_000
_pages = Environment(loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=StrictUndefined)


def make_app(authority: Authority, *, credential: str = "") -> FastAPI:
    """Return the application.

    Parameters
    ----------
    credential
        What ``X-Station-Credential`` must hold; "": everybody may ask.
    """
    app = FastAPI(title="teller-assist netcheck sandbox", version=__version__, docs_url=None, redoc_url=None)

    @app.middleware("http")
    async def admitted(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        told = request.headers.get(CREDENTIAL_HEADER, "")
        if credential and not hmac.compare_digest(told.encode(), credential.encode()):
            return JSONResponse({"error": "credential"}, 401)
        return await call_next(request)

    @app.post("/verify", summary="One question to the authority")
    async def verify(request: Request) -> Response:
        content = await _body(request)
        if content is None:
            return JSONResponse({"error": "too large"}, 413)
        return await authority.answer(content)

    @app.get("/persons", summary="Everybody the authority knows, and what it answers")
    def persons() -> JSONResponse:
        return JSONResponse({"persons": _rows(authority)})

    @app.get("/behaviour", summary="The delay and the fault that are set")
    def behaviour() -> JSONResponse:
        return JSONResponse(_behaviour_body(authority.behaviour))

    @app.put("/behaviour", summary="Set the delay or the fault")
    async def set_behaviour(request: Request) -> JSONResponse:
        wanted = _behaviour(await _body(request) or b"", authority.behaviour)
        if wanted is None:
            return JSONResponse({"error": "behaviour", "faults": list(Fault)}, 422)
        authority.behaviour = wanted
        return JSONResponse(_behaviour_body(wanted))

    @app.get("/", summary="A page for whoever trains", response_class=HTMLResponse)
    def page() -> HTMLResponse:
        words = [{**row, "answer_zh": sentence("netcheck", row["code"]).zh} for row in _rows(authority)]
        shown = _pages.get_template("persons.html").render(persons=words, behaviour=_behaviour_body(authority.behaviour))
        return HTMLResponse(shown, headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"})

    return app


async def _body(request: Request) -> bytes | None:
    """Return the whole body; None where it is larger than any question."""
    content = bytearray()
    try:
        async for piece in request.stream():
            content += piece
            if len(content) > _BODY_MOST_BYTES:
                return None
    except ClientDisconnect:
        return b""
    return bytes(content)


def _rows(authority: Authority) -> list[dict[str, str]]:
    return [
        {
            "name": one.on_card,
            "number": one.number.reveal().text,
            "code": one.card_is_answered.value,
            "name_on_record": one.name.reveal(),
        }
        for one in authority.persons
    ]


def _behaviour(content: bytes, before: Behaviour) -> Behaviour | None:
    try:
        told: dict[str, Any] = json.loads(content)
        delay_ms, fault = told.pop("delay_ms", before.delay_ms), Fault(told.pop("fault", before.fault))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    if told or isinstance(delay_ms, bool) or not isinstance(delay_ms, int | float) or not 0 <= delay_ms <= DELAY_MOST_MS:
        return None
    return Behaviour(float(delay_ms), fault)


def _behaviour_body(behaviour: Behaviour) -> dict[str, Any]:
    return {"delay_ms": behaviour.delay_ms, "fault": behaviour.fault.value}
