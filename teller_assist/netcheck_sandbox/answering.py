"""What the sandbox answers: by its register, or by the fault it was told to have."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from starlette.responses import JSONResponse, Response, StreamingResponse

from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.evidence.person_name import normalised_name
from teller_assist.netcheck.provider import VerificationMode
from teller_assist.netcheck_sandbox.persons import SandboxPerson

DELAY_MOST_MS = 600_000.0
_SILENCE_S = 600.0
_DRIP_S = 0.2
_RETRY_AFTER_S = 1
_JPEG = base64.b64encode(b"\xff\xd8\xff\xe0 no picture follows").decode("ascii")
_WITH_PHOTO = frozenset({NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_PHOTO_DIFFERENT})
_VALIDITY_MODES = frozenset({VerificationMode.NUMBER_NAME_VALIDITY, VerificationMode.NUMBER_NAME_VALIDITY_LIVE})
_LIVE_MODES = frozenset({VerificationMode.NUMBER_NAME_LIVE, VerificationMode.NUMBER_NAME_VALIDITY_LIVE})


class Fault(StrEnum):
    """What can be wrong with a gateway."""

    NONE = "none"
    BUSY = "busy"  # 503 and when to ask again
    ERROR = "error"  # 500
    SILENT = "silent"  # takes the question and says nothing
    DRIPPING = "dripping"  # answers byte by byte
    NO_JSON = "no_json"
    UNKNOWN_CODE = "unknown_code"
    BROKEN_PHOTO = "broken_photo"
    DOWN = "down"  # says that the authority itself cannot be reached


@dataclass
class Behaviour:
    """How the sandbox answers from now on.

    Attributes
    ----------
    delay_ms
        From the question to the answer.
    """

    delay_ms: float = 0.0
    fault: Fault = Fault.NONE


class Authority:
    """Answers questions about made-up persons.

    Parameters
    ----------
    persons
        Every other number is NOT_FOUND.
    """

    def __init__(self, persons: Iterable[SandboxPerson], behaviour: Behaviour) -> None:
        self.persons = tuple(persons)
        self.behaviour = behaviour
        self._by_number = {one.number.reveal().text: one for one in self.persons}

    async def answer(self, content: bytes) -> Response:
        """Return the answer to one question, after the delay and with the fault that are set."""
        fault = self.behaviour.fault
        await asyncio.sleep(self.behaviour.delay_ms / 1000)
        if fault is Fault.BUSY:
            return JSONResponse({"error": "busy"}, 503, {"Retry-After": str(_RETRY_AFTER_S)})
        if fault is Fault.ERROR:
            return JSONResponse({"error": "internal"}, 500)
        if fault is Fault.SILENT:
            await asyncio.sleep(_SILENCE_S)
        if fault is Fault.NO_JSON:
            return Response("<html>gateway</html>", media_type="text/html")
        body = self._body(content, fault)
        if fault is Fault.DRIPPING:
            return StreamingResponse(_drip(json.dumps(body).encode()), media_type="application/json")
        return JSONResponse(body)

    def _body(self, content: bytes, fault: Fault) -> dict[str, str]:
        if fault is Fault.DOWN:
            return {"code": NetcheckCode.SERVICE_DOWN}
        if fault is Fault.UNKNOWN_CODE:
            return {"code": "a code that no mapping has"}
        body = self._looked_up(content)
        if fault is Fault.BROKEN_PHOTO and "photo" in body:
            body["photo"] = _JPEG
        return body

    def _looked_up(self, content: bytes) -> dict[str, str]:
        asked = _question(content)
        if asked is None:
            return {"code": NetcheckCode.FORMAT_ERROR}
        person = self._by_number.get(asked["number"])
        if person is None:
            return {"code": NetcheckCode.NOT_FOUND}
        if not person.has_name(asked["name"]):
            return {"code": NetcheckCode.NAME_MISMATCH, "name": person.name.reveal()}
        if person.code in _WITH_PHOTO:
            return {"code": person.code, "photo": base64.b64encode(person.photo).decode("ascii")}
        return {"code": person.code}


def _question(content: bytes) -> dict[str, str] | None:
    """Return what was asked; None where it is none that an authority could answer."""
    try:
        body: Any = json.loads(content)
        mode = VerificationMode(body["mode"])
        needed = ["number", "name"]
        needed += ["valid_from", "valid_until"] if mode in _VALIDITY_MODES else []
        needed += ["live"] if mode in _LIVE_MODES else []
        asked = {name: body[name] for name in needed}
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    whole = all(isinstance(value, str) and value for value in asked.values()) and normalised_name(asked["name"])
    return asked if whole else None


async def _drip(content: bytes) -> AsyncIterator[bytes]:
    for byte in content:
        yield bytes([byte])
        await asyncio.sleep(_DRIP_S)
