"""The table of bad input to the branch server: what is sent, the status and reason that must come back, and nothing has changed.

After each line a good request is served as ever.
"""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from teller_assist.alerts.canonical import to_base64
from teller_assist.alerts.keys import SigningKey, seal_to
from teller_assist.branch_server import bodies
from teller_assist.branch_server.bodies import SMALL_BYTES_MOST
from teller_assist.review.people import Role
from tests.stand_ins.attacked import AttackedBranch, raw, refusal, sent
from tests.stand_ins.cases import NAME, made_up_case
from tests.stand_ins.databases import CURRENT, audit_of

SIGNED = (
    "cases",
    "transactions",
    "kinship",
    "answers",
    "second_identity",
    "recent-faces",
    "sign-ons",
    "sign-ons/standing",
    "heartbeats",
)
MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
SQL = "x'; DROP TABLE cases; --"
NOBODYS = "f" * 32


@pytest.fixture(autouse=True, scope="module")
def _on_both(database_kind: str) -> None:
    """Every test of this table, once on each database."""


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[AttackedBranch]:
    running = AttackedBranch(tmp_path)
    yield running
    running.stop()
    CURRENT.drop_below(tmp_path)


def hold(branch: AttackedBranch, name: str, wanted: object, found: object, before: object) -> None:
    """See that a line of the table was refused as it must be, changed nothing, and that a good request is served."""
    assert found == wanted, name
    assert branch.kept() == before, f"{name}: changed"


# ---------------------------------------------------------------- who signs


@pytest.mark.full
def test_what_no_station_signed_rightly_is_refused_on_every_route(branch: AttackedBranch) -> None:
    body = json.dumps({"schema": "transaction/1"}).encode()
    before = branch.kept()
    revoked = branch.stations["north"]
    branch.server.records.stations.revoke(revoked.enrolment.station_id, actor="test")
    before = branch.kept()
    late = datetime.timedelta(minutes=6)
    for route in SIGNED:
        path = f"/api/v1/{route}"
        elsewhere = branch.signed("/api/v1/nothing", body)
        elsewhere.url = branch.url + path
        other_body = branch.signed(path, body)
        other_body.prepare_body(body.replace(b"1", b"2"), None)
        other_method = branch.signed(path, body)
        other_method.method = "GET"
        twice = branch.signed(path, body)
        signature = str(twice.headers["Signature"])
        twice.headers["Signature"] = f"{signature}, {signature.replace('=', '2=', 1)}"
        rows = {
            "unsigned": (requests.Request("POST", branch.url + path, data=body).prepare(), (401, "signature_missing")),
            "another key": (branch.signed(path, body, key=SigningKey.generate()), (401, "signature_bad")),
            "another route": (elsewhere, (401, "signature_bad")),
            "another body": (other_body, (401, "signature_bad")),
            "stale": (branch.signed(path, body, late=-late), (401, "signature_stale")),
            "of the future": (branch.signed(path, body, late=late), (401, "signature_stale")),
            "unknown station": (branch.signed(path, body, key_id=NOBODYS), (403, "station_unknown")),
            "SQL as a station": (branch.signed(path, body, key_id=SQL), (403, "station_unknown")),
            "revoked station": (
                branch.signed(path, body, key=revoked.key, key_id=revoked.enrolment.station_id),
                (403, "station_unknown"),
            ),
        }
        for name, (request, wanted) in rows.items():
            hold(branch, f"{name}: {route}", wanted, refusal(sent(request)), before)
        assert refusal(sent(other_method))[0] in (401, 405)
        assert sent(twice).status_code in (401, 422)
        assert branch.kept() == before
    assert branch.takes_a_case()


@pytest.mark.full
def test_a_request_counts_once_on_every_route(branch: AttackedBranch) -> None:
    for route in SIGNED:
        request = branch.signed(f"/api/v1/{route}", b"{}")
        assert refusal(sent(request)) == (422, "shape_invalid"), route
        before = branch.kept()
        hold(branch, route, (401, "signature_replayed"), refusal(sent(request)), before)
    assert branch.takes_a_case()


@pytest.mark.parametrize("change", ["Signature", "Signature-Input", "Content-Digest"])
def test_headers_of_a_signature_that_are_nonsense_are_a_bad_signature(branch: AttackedBranch, change: str) -> None:
    before = branch.kept()
    for nonsense in ("", "x", "a=1", "sig1=:AAAA:", "sig1=()", '("@method");created=1', "sig1=" + "(" * 500, "é", "sha-256=:!:"):
        request = branch.signed("/api/v1/cases", b"{}")
        request.headers[change] = nonsense.encode("latin-1").decode("latin-1")
        status, reason = refusal(sent(request))
        assert (status, reason) in ((401, "signature_bad"), (401, "signature_missing")), nonsense
    assert branch.kept() == before
    assert branch.takes_a_case()


# ---------------------------------------------------------------- what is in it

DEEP = b"[" * 300 + b"]" * 300
BODIES = {
    "empty": (b"", "body_malformed"),
    "half": (b'{"schema":', "body_malformed"),
    "no object": (b"[]", "shape_invalid"),
    "null": (b"null", "shape_invalid"),
    "another schema": (b'{"schema": "nothing/1"}', "shape_invalid"),
    "300 deep": (b'{"schema": "envelope/1", "x": ' + DEEP + b"}", "shape_invalid"),
    "30,000 deep": (b"[" * 30_000, "body_malformed"),
    "not a number": (b'{"sequence": NaN}', "body_malformed"),
    "infinite": (b'{"sequence": -Infinity}', "body_malformed"),
    "a number too long": (b'{"sequence": ' + b"9" * 5000 + b"}", "body_malformed"),
    "half a surrogate pair": (b'{"schema": "\\ud800"}', "body_malformed"),
    "NUL": (b'{"schema": "\\u0000"}', "shape_invalid"),
    "no UTF-8": (b'{"schema": "\xff"}', "body_malformed"),
    "UTF-16": ('{"schema": "nothing/1"}'.encode("utf-16"), "shape_invalid"),
    "a form": (b"schema=envelope%2F1", "body_malformed"),
    "XML": (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>', "body_malformed"),
    "gzip": (b"\x1f\x8b\x08\x00garbage", "body_malformed"),
    "SQL": (json.dumps({"schema": SQL}).encode(), "shape_invalid"),
}


@pytest.mark.full
def test_a_body_that_is_none_of_ours_is_unprocessable_on_every_route(branch: AttackedBranch) -> None:
    before = branch.kept()
    for route in SIGNED:
        for name, (body, reason) in BODIES.items():
            answer = sent(branch.signed(f"/api/v1/{route}", body))
            hold(branch, f"{name}: {route}", (422, reason), refusal(answer), before)
    assert branch.takes_a_case()


def test_numbers_and_texts_that_no_database_keeps_are_unprocessable(branch: AttackedBranch) -> None:
    station, moment = branch.station.enrolment.station_id, "2026-11-27T09:00:00.000Z"
    before = branch.kept()
    told = {"schema": "transaction/1", "station": station, "sequence": 7, "started": moment}
    rows: dict[str, dict[str, Any]] = {
        "negative": {"sequence": -1},
        "zero": {"sequence": 0},
        "too large": {"sequence": 2**64},
        "fraction": {"sequence": 1.5},
        "text": {"sequence": "7"},
        "another station": {"station": branch.stations["north"].enrolment.station_id},
        "SQL": {"station": SQL},
        "no moment": {"started": SQL},
        "NUL": {"started": "2026-11-27T09:00:00.000\0"},
    }
    for name, changed in rows.items():
        answer = sent(branch.signed("/api/v1/transactions", json.dumps({**told, **changed}).encode()))
        wanted = (
            (401, "signature_bad") if name == "another station" else (422, "shape_invalid")
        )  # who signed is not who it is about
        hold(branch, name, wanted, refusal(answer), before)
    assert branch.takes_a_case()


@pytest.mark.full
def test_sealed_contents_that_are_no_case_are_unprocessable(branch: AttackedBranch) -> None:
    """The envelope is right and signed; what a station that was taken over sealed in it is not."""
    case = made_up_case(99, station=branch.station.enrolment.station_id)
    text = json.dumps(case)
    teller = json.dumps(case["transaction"]["teller"])
    contents = {
        "nothing": b"",
        "no JSON": b"{",
        "no object": b"[1]",
        "no number": text.replace('"attempts": 1', '"attempts": NaN').encode(),
        "deep": text.replace('"attempts": 1', '"attempts": ' + "[" * 5000 + "]" * 5000).encode(),
        **{
            f"{depth} deep where anything may stand": text.replace(
                '"latency_ms": {', f'"latency_ms": {{"x": {"[" * depth + "]" * depth}, '
            ).encode()
            for depth in (700, 800, 850, 880, 900, 920, 940, 960, 980, 1000)
        },
        "half a pair in a name": text.replace(json.dumps(NAME), '"\\udc00"').encode(),
        "half a surrogate pair": text.replace(teller, '"\\ud800"').encode(),
        "NUL": text.replace(teller, '"a\\u0000b"').encode(),
        "another case's id": text.replace(case["case_id"], NOBODYS).encode(),
        "an alert's id twice": json.dumps(
            {**case, "alerts": [{"id": "a" * 32, "kind": "kinship", "severity": "info", "why": "x"}] * 2}
        ).encode(),
        "an alert's id of another case": json.dumps(
            {**case, "alerts": [{"id": _an_alert(branch), "kind": "kinship", "severity": "info", "why": "x"}]}
        ).encode(),
        "markup as a code": json.dumps({**case, "reasons": [MARKUP]}).encode(),
        "SQL as a kind": json.dumps({**case, "transaction": {**case["transaction"], "business_kind": SQL}}).encode(),
    }
    before = branch.kept()
    for name, content in contents.items():
        body = json.dumps(_sealed_by_hand(branch, case, content)).encode()
        answer = sent(branch.signed("/api/v1/cases", body))
        assert answer.status_code in (409, 422), f"{name}: {answer.status_code} {answer.text[:200]}"
        assert branch.kept() == before, name
    assert branch.takes_a_case()


def _an_alert(branch: AttackedBranch) -> str:
    with branch.somebody(Role.MANAGER) as manager:
        body = manager.get(f"/api/v1/cases/{branch.case_ids['main']}").json()
    return str(body["listed"]["alerts"][0]["id"])


def _sealed_by_hand(branch: AttackedBranch, case: dict[str, Any], content: bytes) -> dict[str, Any]:
    import hashlib

    from teller_assist.alerts.canonical import canonical_bytes

    sealed = seal_to(branch.server.records.keys.public.recipient, content)
    header = {
        "version": 1,
        "suite": "international",
        "case_id": case["case_id"],
        "station": case["station"]["id"],
        "sequence": case["station_sequence"],
        "created": case["created"],
        "ciphertext_sha256": hashlib.sha256(sealed).hexdigest(),
    }
    signature = to_base64(branch.station.key.sign(canonical_bytes(header)))
    return {"schema": "envelope/1", **header, "ciphertext": base64.b64encode(sealed).decode(), "signature": signature}


# ---------------------------------------------------------------- how it is sent


def test_what_is_too_large_is_refused_before_it_is_read(branch: AttackedBranch) -> None:
    before = branch.kept()
    for path, bytes_most in (("/api/v1/cases", 16_000_000), ("/api/v1/kinship", SMALL_BYTES_MOST), ("/login", SMALL_BYTES_MOST)):
        announced = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {bytes_most + 1}\r\nConnection: close\r\n\r\n"
        status, _ = raw(branch.url, announced.encode())
        hold(branch, path, 413, status, before)
    chunked = b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    chunk = b"2710\r\n" + b"x" * 10_000 + b"\r\n"
    status, _ = raw(branch.url, chunked + chunk * 8 + b"0\r\n\r\n")
    hold(branch, "in pieces", 413, status, before)
    assert branch.takes_a_case()


def test_bytes_that_are_no_http_end_their_connection_only(branch: AttackedBranch) -> None:
    before = branch.kept()
    rows = {
        "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200) + b"\r\n\r\n",
        "two lengths": b"POST /api/v1/cases HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "a length that is none": b"POST /api/v1/cases HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "two ways of packing": b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "no host": b"GET /login HTTP/1.1\r\n\r\n",
        "huge header": b"GET /login HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
        "many headers": b"GET /login HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X%d: y\r\n" % one for one in range(20_000)) + b"\r\n",
        "huge address": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        "NUL in a header": b"GET /login HTTP/1.1\r\nHost: x\r\nCookie: teller_assist_session=\x00\r\n\r\n",
    }
    for name, data in rows.items():
        status, answer = raw(branch.url, data)
        assert status in (0, 400, 431), f"{name}: {answer[:100]!r}"
        assert branch.kept() == before, name
    assert branch.takes_a_case()


@pytest.mark.full
def test_whoever_sends_slowly_is_not_waited_for(branch: AttackedBranch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "_READ_WITHIN_S", 0.2)
    before = branch.kept()
    status, answer = raw(branch.url, b"POST /api/v1/cases HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", wait_s=5)
    assert b"body_malformed" in answer
    hold(branch, "slow", 422, status, before)
    assert branch.takes_a_case()


TRICKS = (
    "/../keys/server.json",
    "/static/../../../etc/passwd",
    "/static/..%2f..%2fapplication.py",
    "/static/%2e%2e/application.py",
    "/static/..%5c..%5capplication.py",
    "/static//etc/passwd",
    "/static/%00",
    "/static/a%00.css",
    "/static/",
    "/static",
    "/cases/../keys",
    "/cases/%2e%2e/%2e%2e/etc/passwd",
    "/cases/..%2f..%2fetc%2fpasswd/pictures/live",
    "/cases/x/pictures/..%2f..%2fkeys",
    "/evidence-packs/..%2f..%2fkeys",
    "/api/v1/cases/..%2f..%2fkeys",
    "/api/v1/../../keys",
    "//etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/%ff%fe",
    "/cases/%ed%a0%80",
    "/cases/%00",
    "/cases/" + "a" * 5000,
    "/;/login",
    "/.env",
    "/docs",
    "/redoc",
)


def test_no_path_leads_out(branch: AttackedBranch) -> None:
    before = branch.kept()
    with branch.somebody(Role.MANAGER, "manager") as manager:
        before = branch.kept()
        cookie = "; ".join(f"{one.name}={one.value}" for one in manager.session.cookies)
        for path in TRICKS:
            for told in (b"", b"Cookie: " + cookie.encode() + b"\r\n"):
                head = b"GET " + path.encode() + b" HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n"
                status, answer = raw(branch.url, head + told + b"\r\n")
                where = next((line for line in answer.split(b"\r\n") if line.lower().startswith(b"location:")), b"")
                assert status in (400, 401, 403, 404, 422) or where.endswith(b" /login"), f"{path}: {answer[:300]!r}"
                assert b"evil.example" not in answer, path
                assert b"root:" not in answer
                assert b"def " not in answer
    assert branch.kept() == before
    assert branch.takes_a_case()


# ---------------------------------------------------------------- who may what

FINDING = {"schema": "finding/1", "round": "first", "finding": "twin", "outcome": "proceed"}
SIGN_OFF = {"schema": "sign_off/1", "finding": 1, "agreed": True}
READS = (
    "/cases/{}",
    "/cases/{}/pictures/live",
    "/cases/{}/pictures/live/raw",
    "/api/v1/cases/{}",
    "/api/v1/cases/{}?pictures=true",
)
LOOKS = ("/api/v1/cases/{}/events", "/api/v1/cases/{}/review")
FORMS = {
    "/cases/{}/findings": {"round": "first", "finding": "twin", "outcome": "proceed", "note": "x"},
    "/cases/{}/sign-offs": {"finding": "1", "agreed": "yes"},
    "/cases/{}/different-people": {"other_case": NOBODYS, "marks": "x"},
    "/cases/{}/evidence-pack": {"purpose": "police"},
}
DOCUMENTS = {"/api/v1/cases/{}/findings": FINDING, "/api/v1/cases/{}/sign-offs": SIGN_OFF}


@pytest.mark.full
def test_another_branchs_case_looks_like_one_that_is_not_there(branch: AttackedBranch) -> None:
    other = branch.case_ids["north"]
    with branch.somebody(Role.MANAGER) as manager:
        before = branch.kept()
        for path in (*READS, *LOOKS):
            found, missing = (manager.get(path.format(one)) for one in (other, NOBODYS))
            assert found.status_code == missing.status_code == 404, path
            _same_refusal(found, missing, path, (other, NOBODYS))
        for path, fields in FORMS.items():
            found, missing = (manager.form(path.format(one), **fields) for one in (other, NOBODYS))
            assert found.status_code == missing.status_code, path
            assert found.status_code in (404, 422), path
            assert branch.kept() == before, path
        for path, document in DOCUMENTS.items():
            found, missing = (manager.post(path.format(one), document) for one in (other, NOBODYS))
            assert refusal(found) == refusal(missing) == (404, "not_found"), path
        own = manager.form(f"/cases/{branch.case_ids['main']}/different-people", other_case=other, marks="x")
        assert own.status_code == 404
        listed = manager.get("/?show=all&branch=north").text + manager.get("/api/v1/cases").text
        assert other not in listed
        assert branch.stations["north"].enrolment.station_id not in manager.get("/api/v1/stations").text
        assert branch.kept() == before
    looks = [link for link in audit_of(branch.server.data).links if link.subject == other and link.kind != "case_received"]
    assert looks == [], "nobody looked at it"
    assert branch.takes_a_case()


def _same_refusal(found: requests.Response, missing: requests.Response, path: str, case_ids: tuple[str, str]) -> None:
    texts = []
    for answer, case_id in zip((found, missing), case_ids, strict=True):
        text = answer.text.replace(case_id, "")
        if answer.headers["content-type"] == "application/problem+json":
            text = answer.json()["reason"]
        texts.append(text)
    assert texts[0] == texts[1], path


@pytest.mark.full
def test_a_role_without_the_right_is_refused_on_every_route(branch: AttackedBranch) -> None:
    case_id = branch.case_ids["main"]
    for role in (Role.AUDITOR, Role.IT, Role.TELLER):
        with branch.somebody(role, branch="main" if role is Role.TELLER else "") as one:
            before = branch.kept()
            for path in READS:
                assert one.get(path.format(case_id)).status_code == 403, f"{role} {path}"
            for path, fields in FORMS.items():
                hold(branch, f"{role} {path}", 403, one.form(path.format(case_id), **fields).status_code, before)
            for path, document in DOCUMENTS.items():
                hold(branch, f"{role} {path}", 403, one.post(path.format(case_id), document).status_code, before)
    with branch.somebody(Role.TELLER) as teller:
        for path in ("/api/v1/cases", "/api/v1/stations", f"/api/v1/cases/{case_id}/events", f"/api/v1/cases/{case_id}/review"):
            assert refusal(teller.get(path)) == (403, "not_permitted"), path
    looks = [link for link in audit_of(branch.server.data).links if link.subject == case_id and link.kind != "case_received"]
    assert looks == []
    assert branch.takes_a_case()


@pytest.mark.full
def test_a_stranger_gets_nothing_but_the_way_to_log_in(branch: AttackedBranch) -> None:
    case_id = branch.case_ids["main"]
    before = branch.kept()
    for cookie in ("", "x", "é" * 10, SQL, "a" * 4000):
        headers = {"Cookie": f"teller_assist_session={cookie}".encode()} if cookie else {}
        for path in (*READS, *LOOKS, "/api/v1/cases", "/api/v1/stations", "/api/v1/session", "/live", "/", "/case-rows"):
            answer = requests.get(
                branch.url + path.format(case_id),
                headers=headers,
                allow_redirects=False,
                timeout=10,
            )
            assert answer.status_code == 401 or (answer.status_code, answer.headers["location"]) == (303, "/login"), path
    assert branch.kept() == before


@pytest.mark.full
def test_a_form_without_its_sessions_token_does_nothing(branch: AttackedBranch) -> None:
    case_id = branch.case_ids["main"]
    with branch.somebody(Role.MANAGER) as one, branch.somebody(Role.MANAGER, "second") as other:
        before = branch.kept()
        for token in ("", "x", "é", other.token, one.token + "x", one.token[:-1]):
            for path, fields in FORMS.items():
                hold(branch, path, 403, one.form(path.format(case_id), token, **fields).status_code, before)
            for path, document in DOCUMENTS.items():
                if token != "é":  # no header holds it as UTF-8 through this client
                    hold(branch, path, (403, "form_expired"), refusal(one.post(path.format(case_id), document, token)), before)
            assert refusal(one.form("/logout", token)) == (403, "form_expired")
        bare = one.session.post(f"{branch.url}/api/v1/cases/{case_id}/findings", json=FINDING, timeout=10)
        assert refusal(bare) == (403, "form_expired")
        assert one.get("/api/v1/session").status_code == 200, "and nobody was logged out"
        assert branch.kept() == before


@pytest.mark.full
def test_documents_of_people_that_are_none_are_unprocessable(branch: AttackedBranch) -> None:
    case_id = branch.case_ids["main"]
    with branch.somebody(Role.MANAGER) as manager:
        before = branch.kept()
        headers = {"X-Form-Token": manager.token}
        for path in DOCUMENTS:
            for name, (body, reason) in BODIES.items():
                address = branch.url + path.format(case_id)
                answer = manager.session.post(address, data=body, headers=headers, timeout=10)
                hold(branch, f"{name}: {path}", (422, reason), refusal(answer), before)
        half = manager.post(f"/api/v1/cases/{case_id}/findings", {**FINDING, "note": "\ud800"})
        hold(branch, "half a surrogate pair in a note", (422, "body_malformed"), refusal(half), before)
        for changed in ({"note": "a\0b"}, {"note": "x" * 50_000}, {"finding": SQL}, {"round": MARKUP}):
            answer = manager.post(f"/api/v1/cases/{case_id}/findings", {**FINDING, **changed})
            hold(branch, repr(changed)[:40], (422, "shape_invalid"), refusal(answer), before)
        for number in (-1, 0, 2**31, 2**53 - 1, 2**64):
            answer = manager.post(f"/api/v1/cases/{case_id}/sign-offs", {**SIGN_OFF, "finding": number})
            assert answer.status_code in (404, 409, 422), f"{number}: {answer.text}"
        for fields in (
            {"finding": "٣", "agreed": "yes"},
            {"finding": "9" * 15, "agreed": "yes"},
            {"finding": "1", "agreed": SQL},
        ):
            assert manager.form(f"/cases/{case_id}/sign-offs", **fields).status_code in (404, 409, 422)
        many = "&".join(f"x{one}=1" for one in range(100))
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = manager.session.post(f"{branch.url}/cases/{case_id}/findings", data=many, headers=form, timeout=10)
        assert answer.status_code in (403, 422)
        assert branch.kept() == before
    assert branch.takes_a_case()


@pytest.mark.full
def test_questions_to_a_list_that_are_none_are_told(branch: AttackedBranch) -> None:
    with branch.somebody(Role.AUDITOR, branch="") as auditor:
        for query in ("show=x", "days=x", "state=x", "from=x", "to=2026-13-01", "kind=%00", "teller=" + "a" * 100, "after=x"):
            assert auditor.get(f"/?{query}").status_code == 422, query
        for query in ("size=0", "size=101", "size=x", "size=1e400", "after=x", "alerts=maybe", "after=" + "a" * 101):
            assert refusal(auditor.get(f"/api/v1/cases?{query}"))[0] == 422, query
        for name in ("kind", "teller", "station", "business", "branch"):
            for text in ("x' OR '1'='1", "%", "_", MARKUP, "😀"):
                answer = auditor.session.get(f"{branch.url}/", params={"show": "all", name: text}, timeout=10)
                assert answer.status_code == 200, (name, text)
                assert "data-case=" not in answer.text, (name, text)
                assert "<script>alert" not in answer.text
        assert auditor.get("/?after=%00,%00").status_code == 422
        assert auditor.get("/?after=%ed%a0%80,x").status_code in (200, 422)


# ---------------------------------------------------------------- what reaches a page


@pytest.mark.full
def test_nothing_that_anybody_wrote_becomes_markup(branch: AttackedBranch) -> None:
    for text in (MARKUP, SQL):
        _fill_with(branch, text)
    branch.server.records.branches.add("markup", MARKUP, actor="test")
    with branch.somebody(Role.MANAGER) as manager, branch.somebody(Role.AUDITOR, branch="") as auditor:
        cases = branch.server.case_ids()
        own = [one for one in cases if manager.get(f"/cases/{one}").status_code == 200]
        pages = [manager.get(path) for path in ("/?show=all", "/case-rows?show=all", "/dashboard")]
        pages += [auditor.get(path) for path in ("/?show=all", "/dashboard")]
        pages += [manager.get(f"/cases/{one}") for one in own] + [manager.get(f"/cases/{one}/pictures/live/raw") for one in own]
        for answer in pages:
            assert "<script>alert" not in answer.text
            assert "<img src=x" not in answer.text
        whole = "".join(answer.text for answer in pages)
        assert whole.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 5, "it is shown as what it is"
        assert "DROP TABLE cases" in whole
        for answer in (manager.get(f"/api/v1/cases/{own[-1]}"), auditor.get("/api/v1/cases"), auditor.get("/api/v1/stations")):
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers["x-content-type-options"] == "nosniff"
    assert branch.takes_a_case()


def _fill_with(branch: AttackedBranch, text: str) -> None:
    """Have a text in every field of a case and its review that is free."""
    short = text[:60]
    station = branch.server.enrol(branch.folder / f"st{len(text)}", short)
    branch.stations["main"] = station
    branch._sequences["main"] = 0
    case = made_up_case()
    case_id = branch.deliver(
        station_name=text,
        transaction={**case["transaction"], "teller": text},
        persons=[{**case["persons"][0], "name": text}],
        decision={**case["decision"], "reason": text, "second_teller": text},
    )
    with branch.somebody(Role.MANAGER, f"m{len(text)}") as manager:
        answer = manager.post(f"/api/v1/cases/{case_id}/findings", {**FINDING, "note": text})
        assert answer.status_code == 201
        other = branch.deliver(holder="19000119900315002X")
        marked = manager.form(f"/cases/{case_id}/different-people", other_case=other, marks=text)
        assert marked.status_code in (303, 422)


def test_what_is_refused_leaves_its_mark_in_the_record_where_it_matters(branch: AttackedBranch) -> None:
    before = len(audit_of(branch.server.data).links)
    first = branch.envelope()
    assert sent(branch.signed("/api/v1/cases", json.dumps(first).encode())).status_code == 201
    branch._sequences["main"] -= 1
    assert refusal(sent(branch.signed("/api/v1/cases", json.dumps(branch.envelope()).encode()))) == (409, "case_conflict")
    with pytest.raises(Exception, match="enrolment_code_bad"):
        _wrong_code(branch)
    kinds = [link.kind for link in audit_of(branch.server.data).links[before:]]
    assert kinds == ["case_received", "case_conflict", "enrolment_refused"]


def _wrong_code(branch: AttackedBranch) -> None:
    from teller_assist.alerts.branch_client import ask_to_enrol
    from teller_assist.alerts.enrolment import EnrolmentCode

    keys = branch.server.records.keys.public
    ask_to_enrol(branch.url, EnrolmentCode("A" * 16, keys.fingerprint), "x", timeout_s=5)
