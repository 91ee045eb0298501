"""The document that describes the interface for programs, true also in what FastAPI cannot know: bodies that are read only once
their sender is known, and refusals, which are problem+json (RFC 9457) on every route.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI

from teller_assist.alerts.shapes import schema_document
from teller_assist.branch_server.problems import MEDIA_TYPE

_JSON = "application/json"
_PROBLEM = "Problem"
_METHODS = frozenset({"get", "post", "put", "delete", "patch"})
_PARAMETERS = 422  # what FastAPI tells of parameters in its own form, and we do not
_WHY = {
    401: "Nobody who is known: not signed, badly, too early or late, or twice; or not logged in",
    403: "Known, but not permitted",
    404: "Not there, or another branch's",
    405: "Not that method",
    409: "It contradicts what is there",
    410: "Its content was erased",
    413: "Larger than taken",
    422: "Not of the form that is asked for",
    429: "Too many requests; Retry-After says when",
    503: "The database or the keys do not answer; later",
    507: "No room on the disk; later",
}
_SIGNED = (401, 403, 413, 422, 429, 503, 507)
_LOOK = (401, 403, 404, 410, 422, 503, 507)
_CHANGE = (*_LOOK, 409, 413)
# Of each route: the shape of its body, its refusals, and what else it answers with success.
_ROUTES: Mapping[tuple[str, str], tuple[str, tuple[int, ...]]] = {
    ("get", "/api/v1/keys"): ("", ()),
    ("post", "/api/v1/enrolments"): ("enrolment/1", (403, 413, 422, 429, 503, 507)),
    ("post", "/api/v1/transactions"): ("transaction/1", _SIGNED),
    ("post", "/api/v1/cases"): ("envelope/1", (*_SIGNED, 409)),
    ("post", "/api/v1/kinship"): ("kinship/1", _SIGNED),
    ("post", "/api/v1/second_identity"): ("second_identity/1", _SIGNED),
    ("post", "/api/v1/recent-faces"): ("recent_face/1", _SIGNED),
    ("post", "/api/v1/answers"): ("answers/1", _SIGNED),
    ("post", "/api/v1/sign-ons"): ("sign_on/1", _SIGNED),
    ("post", "/api/v1/sign-ons/standing"): ("sign_on_standing/1", _SIGNED),
    ("post", "/api/v1/heartbeats"): ("heartbeat/1", _SIGNED),
    ("post", "/api/v1/cases/{case_id}/findings"): ("finding/1", _CHANGE),
    ("post", "/api/v1/cases/{case_id}/sign-offs"): ("sign_off/1", _CHANGE),
    ("get", "/healthz"): ("", (503,)),
    ("get", "/metrics"): ("", ()),
}
_TAKEN_BEFORE = frozenset({"/api/v1/transactions", "/api/v1/cases"})  # a repeat is answered 200 with the same
_SIGNATURE_HEADERS = ("Content-Digest", "Signature-Input", "Signature")


def describe(app: FastAPI) -> None:
    """Have an application's document tell the whole interface."""
    app.openapi = _described(app.openapi)  # type: ignore[method-assign]


def _described(plain: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    def document() -> dict[str, Any]:
        told = plain()
        schemas = told.setdefault("components", {}).setdefault("schemas", {})
        if _PROBLEM not in schemas:
            schemas.clear()  # of FastAPI's own form of refusals
            schemas[_PROBLEM] = _problem_schema()
            for path, operations in told["paths"].items():
                for method in _METHODS & operations.keys():
                    _describe(operations[method], method, path, schemas)
        return told

    return document


def _describe(operation: dict[str, Any], method: str, path: str, schemas: dict[str, Any]) -> None:
    shape, refusals = _ROUTES.get((method, path), ("", _LOOK))
    answers = operation["responses"]
    answers.pop(str(_PARAMETERS), None)
    if path == "/metrics":
        answers["200"]["content"] = {"text/plain": {"schema": {"type": "string"}}}
    if method == "post" and path in _TAKEN_BEFORE:
        answers["200"] = {"description": "It came before; the same answer", "content": {_JSON: {}}}
    for status in sorted(refusals):
        refusal = {"$ref": f"#/components/schemas/{_PROBLEM}"}
        answers[str(status)] = {"description": _WHY[status], "content": {MEDIA_TYPE: {"schema": refusal}}}
    if shape:
        name = shape.replace("/", "-")
        schemas[name] = {key: value for key, value in schema_document(shape).items() if key != "$schema"}
        body = {"schema": {"$ref": f"#/components/schemas/{name}"}}
        operation["requestBody"] = {"required": True, "content": {_JSON: body}}
    if refusals == _SIGNED or (401 in refusals and "stations" in operation.get("tags", ())):
        operation["description"] = f"Signed (RFC 9421, headers {', '.join(_SIGNATURE_HEADERS)}) by an enrolled station."
    elif 401 in refusals:
        operation["description"] = "With the session cookie of somebody who logged in at /login."
        if method == "post":
            operation["description"] += " X-Form-Token: the session's, see /api/v1/session."


def _problem_schema() -> dict[str, Any]:
    texts = ("type", "title", "detail", "reason", "zh", "en", "request_id")
    fields: dict[str, Any] = {name: {"type": "string"} for name in texts}
    return {
        "title": _PROBLEM,
        "type": "object",
        "properties": {**fields, "status": {"type": "integer"}, "server_time": {"type": "string"}},
        "required": [*texts, "status"],
    }
