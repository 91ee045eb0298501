"""Networked verification through a bank's own HTTP/JSON gateway."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import requests
from urllib3.exceptions import HTTPError as TransportError
from urllib3.exceptions import NewConnectionError

from teller_assist.errors import PictureError
from teller_assist.evidence.netcheck import NetcheckCode, NetcheckResult
from teller_assist.evidence.person_name import NameAgreement, compare_names, normalised_name
from teller_assist.evidence.pictures import Picture
from teller_assist.netcheck.gateway import GatewayMapping
from teller_assist.netcheck.provider import NetcheckRequest
from teller_assist.pictures.decode import PictureLimits, decode_picture
from teller_assist.pictures.encode import encode_jpeg

_log = logging.getLogger(__name__)

_LOOKS_PER_S = 50  # at the sign to give up
_WORKERS = 2  # one question, and one that was given up and waits for its time limit
_BODY_BYTES_BESIDE_PHOTO = 100_000
_WAIT_BEFORE_AGAIN_S = 0.3  # at least: a gateway that says "at once" is not flooded
_PIECE_BYTES = 65_536
_WITH_PHOTO = frozenset({NetcheckCode.MATCH_PHOTO_SAME, NetcheckCode.MATCH_PHOTO_DIFFERENT})
_NOT_ASKED = NetcheckResult(NetcheckCode.NOT_ASKED, None)
_SERVICE_DOWN = NetcheckResult(NetcheckCode.SERVICE_DOWN, None)
_FORMAT_ERROR = NetcheckResult(NetcheckCode.FORMAT_ERROR, None)


@dataclass(frozen=True)
class GatewayAddress:
    """Where the gateway is and how it knows this station.

    Attributes
    ----------
    url
        "https://host:port".
    ca_file
        Certificates of who may have issued the gateway's, PEM; "": the public ones.
    header, credential
        A header and what it holds; none where the header is "". The credential comes from the keyring and is never logged.
    """

    url: str
    connect_timeout_s: float
    answer_timeout_s: float
    ca_file: str = ""
    header: str = ""
    credential: str = ""

    def __repr__(self) -> str:
        return f"GatewayAddress({self.url!r})"


class HttpProvider:
    """Asks a gateway over HTTP.

    A question is sent again only where it certainly did not arrive: no connection came about, or the gateway says "later" (429,
    503). One that was sent and not answered is not: the authority counts what it is asked.

    Parameters
    ----------
    limits
        Of the photograph that comes back.
    """

    def __init__(self, address: GatewayAddress, mapping: GatewayMapping, limits: PictureLimits) -> None:
        self._address, self._mapping, self._limits = address, mapping, limits
        self._workers = ThreadPoolExecutor(_WORKERS, "netcheck")

    @property
    def asks_with_live(self) -> bool:
        """See ``NetcheckProvider``."""
        return "live" in self._mapping.sent

    def close(self) -> None:
        """See ``NetcheckProvider.close``; a question that is under way ends at its time limit."""
        self._workers.shutdown(wait=False, cancel_futures=True)

    def verify(self, request: NetcheckRequest, cancel: threading.Event) -> NetcheckResult:
        """Ask; see ``NetcheckProvider.verify``."""
        if not normalised_name(request.name.reveal()):
            return _FORMAT_ERROR
        deadline_s = time.monotonic() + self._address.connect_timeout_s + self._address.answer_timeout_s
        question = self._body(self._as_placed(request))
        try:
            answer = self._workers.submit(self._answer, question, cancel, deadline_s)
        except RuntimeError:  # closed meanwhile: the customer has gone
            return _NOT_ASKED
        body = _waited(answer, cancel, deadline_s)
        if cancel.is_set():
            return _NOT_ASKED
        return body if isinstance(body, NetcheckResult) else self._result(body, request)

    def _as_placed(self, request: NetcheckRequest) -> NetcheckRequest:
        """Return the request without what the mapping has no place for: the mode must not promise it."""
        sent = self._mapping.sent
        has_validity = "valid_from" in sent and "valid_until" in sent
        live = request.live if "live" in sent else None
        return replace(request, validity=request.validity if has_validity else None, live=live)

    def _body(self, request: NetcheckRequest) -> dict[str, Any]:
        values = {
            "mode": self._mapping.modes[request.mode],
            "number": request.number.reveal().text,
            "name": normalised_name(request.name.reveal()),
        }
        if request.validity is not None:
            values |= self._mapping.validity_values(request.validity)
        if request.live is not None:
            values["live"] = base64.b64encode(encode_jpeg(request.live.pixels)).decode("ascii")
        return self._mapping.request_body(values)

    def _answer(self, body: dict[str, Any], cancel: threading.Event, deadline_s: float) -> NetcheckResult | dict[str, Any]:
        """Return the gateway's JSON, or what it means that there is none."""
        while True:
            try:
                status, content, later_s = self._sent(body, deadline_s)
            except requests.ConnectTimeout:
                return _down("no_connection")
            except (requests.RequestException, TransportError, OSError) as error:
                if not _never_connected(error):
                    return _down("no_answer")
                status, content, later_s = 0, b"", _WAIT_BEFORE_AGAIN_S
            if status == HTTPStatus.OK:
                return _parsed(content)
            if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY):
                return _FORMAT_ERROR
            if later_s is None or time.monotonic() + later_s >= deadline_s:
                return _down(f"status_{status}" if status else "no_connection")
            if cancel.wait(later_s):
                return _NOT_ASKED

    def _sent(self, body: dict[str, Any], deadline_s: float) -> tuple[int, bytes, float | None]:
        """Send once; return status, content, and after how many seconds the same may be asked again (None: not)."""
        address = self._address
        with requests.Session() as session:
            session.trust_env = False  # neither a proxy nor a .netrc has a part in this
            session.verify = address.ca_file or True
            headers = {"Accept": "application/json"} | ({address.header: address.credential} if address.header else {})
            timeouts = (address.connect_timeout_s, address.answer_timeout_s)
            url = address.url.rstrip("/") + self._mapping.path
            with session.post(url, json=body, headers=headers, timeout=timeouts, allow_redirects=False, stream=True) as answer:
                content = _content(answer, _BODY_BYTES_BESIDE_PHOTO + self._limits.max_bytes * 4 // 3, deadline_s)
                return answer.status_code, content, _later_s(answer)

    def _result(self, body: dict[str, Any], request: NetcheckRequest) -> NetcheckResult:
        code = self._mapping.codes.get(self._mapping.answered("code", body))
        if code is None:
            return _down("unknown_code")
        on_record = self._mapping.answered("name", body)
        agreement = compare_names(request.name.reveal(), on_record) if on_record else None
        if code not in _WITH_PHOTO:
            return NetcheckResult(code, None, _name_agreement(code, agreement))
        photo = self._photo(self._mapping.answered("photo", body))
        if photo is None and code is NetcheckCode.MATCH_PHOTO_SAME:
            code = NetcheckCode.MATCH_NO_PHOTO
        return NetcheckResult(code, photo)

    def _photo(self, encoded: str) -> Picture | None:
        """Return the photograph; None where there is none that can be read: the claim is then limited to the card's portrait."""
        if not encoded:
            return None
        try:
            return decode_picture(base64.b64decode(encoded, validate=True), role="netcheck", limits=self._limits)
        except (binascii.Error, ValueError, PictureError):
            _log.warning("netcheck: the photograph that came back cannot be read")
            return None


def _waited(
    answer: Future[NetcheckResult | dict[str, Any]], cancel: threading.Event, deadline_s: float
) -> NetcheckResult | dict[str, Any]:
    """Return the answer, or SERVICE_DOWN at the time limit, or at once when given up."""
    while not cancel.is_set() and time.monotonic() < deadline_s:
        try:
            return answer.result(timeout=1 / _LOOKS_PER_S)
        except FutureTimeoutError:
            continue
    answer.cancel()
    return _SERVICE_DOWN if cancel.is_set() else _down("no_answer")


def _content(answer: requests.Response, most_bytes: int, deadline_s: float) -> bytes:
    """Return the body; requests' own time limit is that of each piece: a gateway that drips would hold the worker for ever."""
    content = bytearray()
    while len(content) <= most_bytes and time.monotonic() < deadline_s:
        piece = answer.raw.read1(_PIECE_BYTES, decode_content=True)
        if not piece:
            return bytes(content)
        content += piece
    raise requests.ReadTimeout("too long or too slow")


def _parsed(content: bytes) -> NetcheckResult | dict[str, Any]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return _down("no_json")
    return body if isinstance(body, dict) else _down("no_json")


def _down(why: str) -> NetcheckResult:
    _log.warning("netcheck: %s", why)
    return _SERVICE_DOWN


def _never_connected(error: BaseException) -> bool:
    """Whether not a byte of the question was sent: requests tells that only by what urllib3 raised below it."""
    return isinstance(getattr(error.args[0], "reason", None) if error.args else None, NewConnectionError)


def _later_s(answer: requests.Response) -> float | None:
    if answer.status_code not in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return None
    wait = answer.headers.get("Retry-After", "")
    return max(float(wait), _WAIT_BEFORE_AGAIN_S) if wait.isdecimal() else None


def _name_agreement(code: NetcheckCode, agreement: NameAgreement | None) -> NameAgreement | None:
    """Return how the names agree where the authority says they do not; our own form of both may show that it is the encoding."""
    if code is not NetcheckCode.NAME_MISMATCH or agreement is None:
        return None
    return NameAgreement.DIFFERENT if agreement is NameAgreement.DIFFERENT else NameAgreement.ENCODING
