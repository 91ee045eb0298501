"""What a refused request is answered: problem+json (RFC 9457) with our reason and its sentences."""

from __future__ import annotations

import http
import json
from typing import Any

from starlette.responses import Response

from teller_assist.errors import KnownError
from teller_assist.wording import Sentences, error_sentences, sentence

MEDIA_TYPE = "application/problem+json"
_STATUSES = {
    "signature_missing": 401,
    "signature_bad": 401,
    "signature_stale": 401,
    "signature_replayed": 401,
    "login_missing": 401,
    "login_bad": 401,
    "login_locked": 403,
    "not_permitted": 403,
    "form_expired": 403,
    "password_must_change": 403,
    "first_code_bad": 403,
    "provider_refused": 403,
    "sign_on_not_permitted": 403,
    "station_unknown": 403,
    "enrolment_code_bad": 403,
    "enrolment_code_expired": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "case_conflict": 409,
    "review_not_now": 409,
    "review_changed": 409,
    "review_own_case": 403,
    "review_twice": 403,
    "case_erased": 410,
    "already_acknowledged": 409,
    "body_too_large": 413,
    "body_malformed": 422,
    "shape_invalid": 422,
    "usage": 422,
    "password_too_short": 422,
    "password_too_easy": 422,
    "password_not_repeated": 422,
    "envelope_damaged": 422,
    "envelope_unreadable": 422,
    "too_many_requests": 429,
    "database_unreadable": 503,
    "case_keys_unreadable": 503,
    "case_key_missing": 503,
    "chinese_font_missing": 503,
    "pack_not_encrypted": 503,
    "database_unreachable": 503,
    "database_busy": 503,
    "disk_full": 507,
    "folder_not_writable": 507,
}
_OUR_FAULT = 500


def status_of(error: KnownError) -> int:
    """Return the HTTP status of an error; one that no request should meet is our fault."""
    return _STATUSES.get(error.reason, _OUR_FAULT)


def problem(error: KnownError, request_id: str) -> Response:
    """Return the answer for a known error."""
    status = status_of(error)
    body = _body(status, error.reason, error_sentences(error), request_id)
    headers = {}
    if "server_time" in error.facts:  # of a signature that is too old or too new
        body["server_time"] = str(error.facts["server_time"])
    if "retry_after_s" in error.facts:
        headers["Retry-After"] = str(error.facts["retry_after_s"])
    return _answer(status, body, headers)


def own_fault(request_id: str) -> Response:
    """Return the answer for a fault of ours: it names nothing."""
    return _answer(_OUR_FAULT, _body(_OUR_FAULT, "own_fault", sentence("server", "own_fault"), request_id), {})


def _body(status: int, reason: str, words: Sentences, request_id: str) -> dict[str, Any]:
    return {
        "type": f"urn:teller-assist:reason:{reason}",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "detail": words.en,
        "reason": reason,
        "zh": words.zh,
        "en": words.en,
        "request_id": request_id,
    }


def _answer(status: int, body: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, headers, MEDIA_TYPE)
