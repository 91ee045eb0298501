"""The station's side of the branch server's HTTP: signed requests out, checked answers back, foreign exceptions translated here.

Everything is small JSON; the server is the pinned one or its answer does not count.
"""

from __future__ import annotations

import datetime
import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from teller_assist.alerts.canonical import parsed_json, to_base64, utc_text
from teller_assist.alerts.enrolment import (
    Enrolment,
    EnrolmentCode,
    checked_answer,
    checked_server,
    enrolment_request,
)
from teller_assist.alerts.http_signatures import sign_request
from teller_assist.alerts.keys import ServerKeys, SigningKey, seal_to
from teller_assist.alerts.receipts import check_receipt
from teller_assist.alerts.review_states import ReviewAnswer, ReviewFinding, ReviewOutcome, ReviewState
from teller_assist.alerts.shapes import check_shape
from teller_assist.alerts.sign_on_papers import ANSWER, STANDING_ANSWER, checked_paper, sign_on_request
from teller_assist.comparison.searching import SearchProbe
from teller_assist.errors import BranchRefusedError, BranchUnreachableError, UsageError
from teller_assist.settings.addresses import is_this_machine

_JSON = "application/json"
_ANSWER_BYTES_MOST = 1_000_000
_LATER = frozenset({429, 502, 503, 504})


class BranchHttp:
    """One connection to one server.

    Parameters
    ----------
    url
        "https://host:port"; plain http only to this machine itself.
    ca_file
        Certificates of who may have issued the server's, PEM; "": the public ones that requests knows.

    Raises
    ------
    UsageError
        The address is none of these.
    """

    def __init__(self, url: str, timeout_s: float, ca_file: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
            raise UsageError(what="server_url")
        if parts.scheme == "http" and not is_this_machine(parts.hostname):
            raise UsageError(what="server_url_needs_https")
        self._url = url.rstrip("/")
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = False  # neither a proxy nor a .netrc has a part in this
        self._session.verify = ca_file or True
        self._skew = datetime.timedelta()

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def get(self, path: str) -> Any:
        """Return the parsed answer.

        Raises
        ------
        BranchUnreachableError, BranchRefusedError
        """
        return self._sent(requests.Request("GET", self._url + path))

    def post(self, path: str, document: Mapping[str, Any], *, key: SigningKey | None = None, key_id: str = "") -> Any:
        """Send a document, signed where a key is given, and return the parsed answer.

        An answer that says our clock is wrong is believed once: the request is signed again with the server's time.

        Raises
        ------
        BranchUnreachableError
            No connection, no answer in time, or "later" (429, 5xx); fact ``retry_after_s`` where the server names one.
        BranchRefusedError
            Facts ``status`` and ``why``.
        """
        body = json.dumps(document, separators=(",", ":")).encode("ascii")
        try:
            return self._sent(requests.Request("POST", self._url + path), body, key, key_id)
        except BranchRefusedError as error:
            if error.facts.get("why") != "signature_stale" or "skew_s" not in error.facts:
                raise
            self._skew = datetime.timedelta(seconds=float(error.facts["skew_s"]))
            return self._sent(requests.Request("POST", self._url + path), body, key, key_id)

    def _sent(self, request: requests.Request, body: bytes | None = None, key: SigningKey | None = None, key_id: str = "") -> Any:
        prepared = self._session.prepare_request(request)
        prepared.headers["Accept"] = _JSON
        if body is not None:
            prepared.headers["Content-Type"] = _JSON
            prepared.prepare_body(body, None)
        if key is not None and body is not None:
            sign_request(prepared, body, key=key, key_id=key_id, now=datetime.datetime.now(datetime.UTC) + self._skew)
        try:
            answer = self._session.send(prepared, timeout=self._timeout_s, allow_redirects=False, stream=True)
            with answer:
                content = answer.raw.read(_ANSWER_BYTES_MOST + 1, decode_content=True)
        except (requests.RequestException, OSError) as error:
            raise BranchUnreachableError(why=_why(error)) from error
        return _read(answer, content)


class BranchClient:
    """What an enrolled station says to its server."""

    def __init__(self, enrolment: Enrolment, key: SigningKey, timeout_s: float, ca_file: str = "") -> None:
        self._enrolment, self._key = enrolment, key
        self._http = BranchHttp(enrolment.url, timeout_s, ca_file)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def announce(self, sequence: int, started: str) -> None:
        """Tell that a sequence number was taken.

        Raises
        ------
        BranchError
        """
        station = self._enrolment.station_id
        self._post(
            "/api/v1/transactions", {"schema": "transaction/1", "station": station, "sequence": sequence, "started": started}
        )

    def beat(self, told: Mapping[str, Any]) -> None:
        """Tell how the station fares.

        Parameters
        ----------
        told
            The fields of a heartbeat/1 but for station and clock.

        Raises
        ------
        BranchError
        """
        clock = utc_text(datetime.datetime.now(datetime.UTC))
        station = self._enrolment.station_id
        self._post("/api/v1/heartbeats", {"schema": "heartbeat/1", "station": station, **told, "clock": clock})

    def deliver(self, envelope: Mapping[str, Any]) -> Mapping[str, Any]:
        """Deliver a case and return the receipt, signed by the pinned server.

        Raises
        ------
        BranchError
            Not delivered, or nobody knows.
        ShapeError
            The answer is no receipt.
        """
        receipt = self._post("/api/v1/cases", envelope)
        return check_receipt(receipt, str(envelope["case_id"]), self._enrolment.server.verify_key)

    def ask_register(self, number: str) -> Mapping[str, Any]:
        """Ask the register of relatives and look-alikes about a number; it crosses sealed.

        Raises
        ------
        BranchError, ShapeError
        """
        sealed = to_base64(seal_to(self._enrolment.server.recipient, number.encode("ascii")))
        return check_shape(self._post("/api/v1/kinship", {"schema": "kinship/1", "number_sealed": sealed}), "kinship_answer/1")

    def ask_second_identity(self, number: str, probe: SearchProbe) -> Mapping[str, Any]:
        """Ask whether a face was seen lately under another number; number and face cross sealed.

        Raises
        ------
        BranchError, ShapeError
        """
        threshold = probe.threshold
        asked = {
            "schema": "second_identity/1",
            **self._sealed_face(number, probe),
            "least_score": threshold.score,
            "target_fmr": threshold.target_fmr,
            "fmr": threshold.fmr,
            "calibration_id": threshold.calibration_id,
        }
        return check_shape(self._post("/api/v1/second_identity", asked), "second_identity_answer/1")

    def keep_recent_face(self, number: str, probe: SearchProbe, *, case_id: str, business_kind: str) -> Mapping[str, Any]:
        """Hand a face over to be searched for some days; number and face cross sealed.

        Raises
        ------
        BranchError, ShapeError
        """
        told = {"schema": "recent_face/1", "case_id": case_id, "business_kind": business_kind}
        answer = self._post("/api/v1/recent-faces", {**told, **self._sealed_face(number, probe)})
        return check_shape(answer, "recent_face_answer/1")

    def ask_answers(self, known: Mapping[str, str], wait_s: int) -> list[ReviewAnswer]:
        """Ask what managers decided about cases; the server answers once something differs from what is known.

        Parameters
        ----------
        known
            Case -> revision of the last answer about it; "": there was none.
        wait_s
            0 to 20, and less than this client's time-out.

        Raises
        ------
        BranchError, ShapeError
        """
        cases = [{"case_id": case_id, "known": revision} for case_id, revision in known.items()]
        answer = self._post("/api/v1/answers", {"schema": "answers/1", "cases": cases, "wait_s": wait_s})
        return [
            ReviewAnswer(
                one["case_id"],
                one["revision"],
                ReviewState(one["state"]),
                ReviewFinding(one["finding"]),
                ReviewOutcome(one["outcome"]),
            )
            for one in check_shape(answer, "answers_answer/1")["answers"]
        ]

    def sign_on(self, login: str, password: str) -> Mapping[str, Any]:
        """Have the server check a teller and return its signed statement; the password crosses sealed.

        Raises
        ------
        BranchError, ShapeError
        """
        station, nonce = self._enrolment.station_id, secrets.token_hex(16)
        asked = sign_on_request(login, password, station, nonce, self._enrolment.server.recipient)
        answer = self._post("/api/v1/sign-ons", asked)
        return checked_paper(answer, ANSWER, station, self._enrolment.server.verify_key, nonce)

    def standing(self, accounts: Mapping[str, str]) -> Mapping[str, Any]:
        """Ask which tellers are still as this station knows them, by login.

        Raises
        ------
        BranchError, ShapeError
        """
        nonce = secrets.token_hex(16)
        known = [{"login": login, "account": account} for login, account in accounts.items()]
        answer = self._post("/api/v1/sign-ons/standing", {"schema": "sign_on_standing/1", "nonce": nonce, "accounts": known})
        return checked_paper(answer, STANDING_ANSWER, self._enrolment.station_id, self._enrolment.server.verify_key, nonce)

    def _sealed_face(self, number: str, probe: SearchProbe) -> dict[str, str]:
        recipient = self._enrolment.server.recipient
        return {
            "number_sealed": to_base64(seal_to(recipient, number.encode("ascii"))),
            "face_sealed": to_base64(seal_to(recipient, probe.vector.astype("<f4").tobytes())),
            "model_id": probe.model_id,
            "pipeline_sha256": probe.pipeline_sha256,
        }

    def _post(self, path: str, document: Mapping[str, Any]) -> Any:
        return self._http.post(path, document, key=self._key, key_id=self._enrolment.station_id)


def ask_to_enrol(
    url: str, code: EnrolmentCode, station_name: str, *, timeout_s: float, ca_file: str = ""
) -> tuple[str, ServerKeys, SigningKey]:
    """Enrol with a server; returns the station's id, the server's keys, for which the code vouches, and a new key of their suite.

    Raises
    ------
    BranchError, ShapeError
        The server cannot be reached, refuses, or is another one.
    SuiteError
        This machine has not the server's suite.
    """
    http = BranchHttp(url, timeout_s, ca_file)
    try:
        server = checked_server(http.get("/api/v1/keys"), code)
        key = SigningKey.generate(server.suite)
        answer = http.post("/api/v1/enrolments", enrolment_request(code, station_name, key, server))
    finally:
        http.close()
    return checked_answer(answer, key, server), server, key


def _read(answer: requests.Response, content: bytes) -> Any:
    parsed = _parsed(content)
    if answer.status_code in (200, 201):
        if parsed is None:
            raise BranchUnreachableError(why="no_json", status=answer.status_code)
        return parsed
    problem = parsed if isinstance(parsed, dict) else {}
    facts: dict[str, str | int | float] = {"status": answer.status_code, "why": str(problem.get("reason", "no_reason"))[:64]}
    if answer.status_code in _LATER or answer.status_code >= 500:
        retry_after = answer.headers.get("Retry-After", "")
        later = {"retry_after_s": int(retry_after)} if retry_after.isdigit() else {}
        raise BranchUnreachableError(**facts, **later)
    skew_s = _skew_s(problem.get("server_time"))
    raise BranchRefusedError(**facts, **({} if skew_s is None else {"skew_s": skew_s}))


def _parsed(content: bytes) -> Any:
    """Return the parsed answer; None where it is no JSON, which JSON's own null may stand for here."""
    try:
        return parsed_json(content) if len(content) <= _ANSWER_BYTES_MOST else None
    except (ValueError, RecursionError):
        return None


def _skew_s(server_time: object) -> float | None:
    """Return how far the server's clock is ahead of ours; None where it did not say."""
    try:
        told = datetime.datetime.fromisoformat(str(server_time))
    except ValueError:
        return None
    return None if told.tzinfo is None else round((told - datetime.datetime.now(datetime.UTC)).total_seconds(), 1)


def _why(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "certificate"
    return "timeout" if isinstance(error, requests.Timeout) else "no_connection"
