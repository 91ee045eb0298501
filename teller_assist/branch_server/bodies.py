"""Bodies of requests: read within a limit and a time, parsed only after the sender is known."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import ClientDisconnect, Request

from teller_assist.alerts.canonical import parsed_json
from teller_assist.errors import RequestError

# Read before its sender is known: together with the limit of open requests this bounds what strangers can make us hold.
CASE_BYTES_MOST = 16_000_000
SMALL_BYTES_MOST = 64_000
_READ_WITHIN_S = 60.0


async def read_body(request: Request, bytes_most: int) -> bytes:
    """Return a request's body.

    Raises
    ------
    RequestError
        "body_too_large", as soon as that is known; "body_malformed": it did not come whole or in time.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > bytes_most:
        raise RequestError("body_too_large")
    try:
        async with asyncio.timeout(_READ_WITHIN_S):
            return await _read(request, bytes_most)
    except (TimeoutError, ClientDisconnect) as error:
        raise RequestError("body_malformed") from error


async def _read(request: Request, bytes_most: int) -> bytes:
    whole = bytearray()
    async for chunk in request.stream():
        whole += chunk
        if len(whole) > bytes_most:
            raise RequestError("body_too_large")
    return bytes(whole)


def parsed(body: bytes) -> Any:
    """Return a JSON body.

    Raises
    ------
    RequestError
        "body_malformed"
    """
    try:
        return parsed_json(body)
    except (ValueError, RecursionError) as error:
        raise RequestError("body_malformed") from error
