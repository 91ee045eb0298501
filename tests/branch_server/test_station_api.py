"""The contract of the stations' HTTP, status by status, by real requests to a real server."""

from __future__ import annotations

import datetime
import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from teller_assist.alerts.canonical import to_base64
from teller_assist.alerts.envelope import seal_case
from teller_assist.alerts.http_signatures import sign_request
from teller_assist.alerts.keys import SigningKey, seal_to
from teller_assist.alerts.receipts import check_receipt
from teller_assist.alerts.shapes import check_shape
from teller_assist.branch_server.limits import RateLimit
from teller_assist.errors import ResourceError
from teller_assist.review.audit_check import check_chain
from teller_assist.review.engines import DatabaseKind
from tests.stand_ins.branch import EnrolledStation, RunningServer
from tests.stand_ins.cases import NUMBER, made_up_case, number
from tests.stand_ins.databases import CURRENT, audit_of, sql_in

STARTED = "2026-11-27T09:00:00.000Z"


def sealed(server: RunningServer, station: EnrolledStation, sequence: int = 1, **changed: Any) -> dict[str, Any]:
    case = made_up_case(sequence, station=station.enrolment.station_id, **changed)
    return seal_case(case, recipient=server.records.keys.public.recipient, key=station.key)


def send(
    server: RunningServer,
    station: EnrolledStation | None,
    path: str,
    document: Any = None,
    *,
    body: bytes | None = None,
    key: SigningKey | None = None,
    key_id: str = "",
    late: datetime.timedelta = datetime.timedelta(),
    headers: dict[str, str] | None = None,
) -> requests.Response:
    data = json.dumps(document).encode() if body is None else body
    request = requests.Request("POST", server.url + path, data=data, headers={"Content-Type": "application/json"}).prepare()
    if station is not None:
        now = datetime.datetime.now(datetime.UTC) + late
        sign_request(request, data, key=key or station.key, key_id=key_id or station.enrolment.station_id, now=now)
    request.headers.update(headers or {})
    with requests.Session() as session:
        session.trust_env = False
        return session.send(request, timeout=10)


def refusal(answer: requests.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) >= {"type", "title", "status", "detail", "reason", "zh", "en", "request_id"}
    assert problem["status"] == answer.status_code
    return answer.status_code, problem["reason"]


# ---------------------------------------------------------------- cases


def test_a_case_is_taken_once_and_a_repeat_gets_the_same_receipt(server: RunningServer, station: EnrolledStation) -> None:
    envelope = sealed(server, station)
    first, second = (send(server, station, "/api/v1/cases", envelope) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    receipt = check_receipt(first.json(), envelope["case_id"], server.records.keys.public.verify_key)
    record = audit_of(server.data)
    assert record.links[receipt["index"] - 1].hash == receipt["head"]
    assert check_chain(record) is None


@pytest.mark.parametrize("same", ["case_id", "sequence"])
def test_another_content_under_a_known_id_or_number_is_a_conflict(
    server: RunningServer, station: EnrolledStation, same: str
) -> None:
    first = sealed(server, station, 1)
    send(server, station, "/api/v1/cases", first)
    other = sealed(server, station, 1) if same == "sequence" else sealed(server, station, 2, case_id=first["case_id"])
    assert refusal(send(server, station, "/api/v1/cases", other)) == (409, "case_conflict")
    assert server.case_ids() == [first["case_id"]]
    assert [link.kind for link in audit_of(server.data).links][-1] == "case_conflict"


def test_a_sealed_case_again_sealed_is_another_content(server: RunningServer, station: EnrolledStation) -> None:
    """age never gives the same bytes twice: a draft and its case are told apart, also where they say the same."""
    case = made_up_case(1, station=station.enrolment.station_id)
    recipient = server.records.keys.public.recipient
    answers = [send(server, station, "/api/v1/cases", seal_case(case, recipient=recipient, key=station.key)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]


def test_unsigned_is_unauthorised_before_anything_is_parsed(server: RunningServer, station: EnrolledStation) -> None:
    assert refusal(send(server, None, "/api/v1/cases", body=b"{garbage")) == (401, "signature_missing")
    assert refusal(send(server, None, "/api/v1/cases", sealed(server, station))) == (401, "signature_missing")


def test_badly_signed_is_unauthorised(server: RunningServer, station: EnrolledStation) -> None:
    envelope = sealed(server, station)
    assert refusal(send(server, station, "/api/v1/cases", envelope, key=SigningKey.generate())) == (401, "signature_bad")
    altered = send(server, station, "/api/v1/cases", envelope, headers={"Content-Digest": "sha-256=:AAAA:"})
    assert refusal(altered) == (401, "signature_bad")


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_stale_request_is_told_the_servers_time(server: RunningServer, station: EnrolledStation, minutes: int) -> None:
    late = datetime.timedelta(minutes=minutes)
    answer = send(server, station, "/api/v1/cases", sealed(server, station), late=late)
    assert refusal(answer) == (401, "signature_stale")
    told = datetime.datetime.fromisoformat(answer.json()["server_time"])
    assert abs(told - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(seconds=10)


def test_a_station_whose_clock_is_wrong_is_served_all_the_same(
    server: RunningServer, station: EnrolledStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = datetime.timedelta(hours=3)

    class SlowClock(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> SlowClock:
            return cls.fromtimestamp(time.time() - wrong.total_seconds(), tz)

    monkeypatch.setattr(datetime, "datetime", SlowClock)
    try:
        receipt = station.post("/api/v1/cases", sealed(server, station))
    finally:
        monkeypatch.undo()
    assert receipt["schema"] == "receipt/1"


def test_the_same_request_twice_is_a_replay(server: RunningServer, station: EnrolledStation) -> None:
    data = json.dumps(sealed(server, station)).encode()
    request = requests.Request("POST", f"{server.url}/api/v1/cases", data=data).prepare()
    sign_request(request, data, key=station.key, key_id=station.enrolment.station_id)
    with requests.Session() as session:
        session.trust_env = False
        first, second = (session.send(request.copy(), timeout=10) for _ in range(2))
    assert first.status_code == 201
    assert refusal(second) == (401, "signature_replayed")


def test_a_replay_is_found_after_the_server_was_started_again(server: RunningServer, station: EnrolledStation) -> None:
    data = json.dumps(sealed(server, station)).encode()
    request = requests.Request("POST", f"{server.url}/api/v1/cases", data=data).prepare()
    sign_request(request, data, key=station.key, key_id=station.enrolment.station_id)
    with requests.Session() as session:
        assert session.send(request.copy(), timeout=10).status_code == 201
    server.stop()
    server.start()
    with requests.Session() as session:
        assert refusal(session.send(request.copy(), timeout=10)) == (401, "signature_replayed")


def test_an_unknown_station_is_forbidden(server: RunningServer, station: EnrolledStation) -> None:
    assert refusal(send(server, station, "/api/v1/cases", {}, key_id="f" * 32)) == (403, "station_unknown")
    server.records.stations.revoke(station.enrolment.station_id, actor="test")
    assert refusal(send(server, station, "/api/v1/cases", sealed(server, station))) == (403, "station_unknown")


def test_another_stations_envelope_is_not_taken(server: RunningServer, station: EnrolledStation, tmp_path: Path) -> None:
    other = server.enrol(tmp_path / "other", "4号柜台")
    assert refusal(send(server, station, "/api/v1/cases", sealed(server, other))) == (422, "envelope_damaged")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "body_malformed"),
        (b"{", "body_malformed"),
        (b"[]", "shape_invalid"),
        (b"null", "shape_invalid"),
        (b"{}", "shape_invalid"),
        (b"[" * 100_000, "body_malformed"),
        (b'{"schema": "envelope/1"}', "shape_invalid"),
        (b"\xff\xfe", "body_malformed"),
        (b'{"schema": "envelope/1", "sequence": NaN}', "body_malformed"),
        (b'{"schema": "envelope/1", "sequence": 1e999}', "body_malformed"),
        (b"\x1f\x8b\x08\x00garbage", "body_malformed"),
    ],
)
def test_what_is_no_envelope_is_unprocessable_and_a_good_one_right_after_is_taken(
    server: RunningServer, station: EnrolledStation, body: bytes, reason: str
) -> None:
    assert refusal(send(server, station, "/api/v1/cases", body=body)) == (422, reason)
    assert send(server, station, "/api/v1/cases", sealed(server, station)).status_code == 201


def test_an_envelope_for_another_server_is_unprocessable(server: RunningServer, station: EnrolledStation) -> None:
    import pyrage

    case = made_up_case(1, station=station.enrolment.station_id)
    foreign = seal_case(case, recipient=str(pyrage.x25519.Identity.generate().to_public()), key=station.key)
    assert refusal(send(server, station, "/api/v1/cases", foreign)) == (422, "envelope_unreadable")


def test_too_large_is_refused_whether_the_length_is_announced_or_not(server: RunningServer, station: EnrolledStation) -> None:
    from teller_assist.branch_server.bodies import SMALL_BYTES_MOST

    large = b" " * (SMALL_BYTES_MOST + 1)
    assert refusal(send(server, station, "/api/v1/transactions", body=large)) == (413, "body_too_large")
    chunked = requests.post(f"{server.url}/api/v1/transactions", data=iter([large, large]), timeout=10)
    assert refusal(chunked) == (413, "body_too_large")


def test_too_many_requests_are_told_when_to_come_again(tmp_path: Path) -> None:
    server = RunningServer(tmp_path / "server", limit=RateLimit(per_minute=4))
    try:
        station = server.enrol(tmp_path / "station")
        answers = [send(server, station, "/api/v1/transactions", _announcement(station, one)) for one in range(1, 6)]
        assert [answer.status_code for answer in answers] == [201] * 4 + [429]
        assert refusal(answers[-1]) == (429, "too_many_requests")
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 16
    finally:
        server.stop()


def test_a_full_disk_is_told_and_nothing_is_half_written(
    server: RunningServer, station: EnrolledStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from teller_assist.review import intake

    envelope = sealed(server, station)
    with monkeypatch.context() as patched:

        def full(*_: object, **__: object) -> None:
            raise ResourceError("disk_full", folder="database")

        patched.setattr(intake, "_alert_rows", full)
        assert refusal(send(server, station, "/api/v1/cases", envelope)) == (507, "disk_full")
    assert server.case_ids() == []
    assert send(server, station, "/api/v1/cases", envelope).status_code == 201
    assert check_chain(audit_of(server.data)) is None


def test_a_database_that_may_grow_no_further_is_told_as_a_full_disk(server: RunningServer, station: EnrolledStation) -> None:
    """SQLite's own limit of pages, or the code that PostgreSQL gives, stands for the disk: it fails in the same place."""
    from sqlalchemy import event

    if CURRENT.kind is DatabaseKind.POSTGRESQL:
        _check_full_postgresql(server, station)
        return

    def limited(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA max_page_count=1")

    engine = server.records.database._writer
    event.listen(engine, "checkout", limited)
    envelope = sealed(server, station, pictures=True, later="x" * 300_000)
    assert refusal(send(server, station, "/api/v1/cases", envelope)) == (507, "disk_full")
    event.remove(engine, "checkout", limited)
    engine.dispose()
    assert send(server, station, "/api/v1/cases", envelope).status_code == 201


def _check_full_postgresql(server: RunningServer, station: EnrolledStation) -> None:
    full = "BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END"
    with sql_in(server.data) as sql:
        sql.execute(f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS '{full.replace(chr(39), chr(39) * 2)}'")
        sql.execute("CREATE TRIGGER full_disk BEFORE INSERT ON cases FOR EACH ROW EXECUTE FUNCTION full_disk()")
    envelope = sealed(server, station)
    assert refusal(send(server, station, "/api/v1/cases", envelope)) == (507, "disk_full")
    with sql_in(server.data) as sql:
        sql.execute("DROP TRIGGER full_disk ON cases")
    assert send(server, station, "/api/v1/cases", envelope).status_code == 201


@pytest.mark.logs_warnings
def test_a_fault_of_ours_names_nothing_and_the_next_request_is_served(
    server: RunningServer, station: EnrolledStation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from teller_assist.review import intake

    def broken(*_: object) -> None:
        raise RuntimeError(f"with a number in it {NUMBER}")

    with monkeypatch.context() as patched:
        patched.setattr(intake, "verify_envelope", broken)
        answer = send(server, station, "/api/v1/cases", sealed(server, station))
    assert refusal(answer) == (500, "own_fault")
    assert NUMBER not in answer.text
    assert NUMBER not in caplog.text
    assert send(server, station, "/api/v1/cases", sealed(server, station)).status_code == 201


# ---------------------------------------------------------------- announcements, register, keys


def _announcement(station: EnrolledStation, sequence: int, started: str = STARTED) -> dict[str, Any]:
    return {"station": station.enrolment.station_id, "sequence": sequence, "started": started}


def test_a_number_is_announced_once(server: RunningServer, station: EnrolledStation) -> None:
    first, second = (send(server, station, "/api/v1/transactions", _announcement(station, 1)) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert check_shape(first.json(), "transaction/1")["sequence"] == 1
    other = send(server, station, "/api/v1/transactions", _announcement(station, 1, "2026-11-27T10:00:00.000Z"))
    assert refusal(other) == (409, "case_conflict")
    assert [link.kind for link in audit_of(server.data).links][-1] == "sequence_conflict"


def test_a_station_announces_for_itself_alone(server: RunningServer, station: EnrolledStation) -> None:
    document = {**_announcement(station, 1), "station": "f" * 32}
    assert refusal(send(server, station, "/api/v1/transactions", document)) == (401, "signature_bad")


@pytest.mark.parametrize("sealed_number", [b"no number", b"", NUMBER[:-1].encode() + b"0" * 1])
def test_the_register_is_asked_with_a_sealed_number_that_is_one(
    server: RunningServer, station: EnrolledStation, sealed_number: bytes
) -> None:
    recipient = server.records.keys.public.recipient
    good = {"schema": "kinship/1", "number_sealed": to_base64(seal_to(recipient, number(17).encode()))}
    answer = send(server, station, "/api/v1/kinship", good)
    assert answer.json() == {"schema": "kinship_answer/1", "relative": False, "possible_twin": False, "look_alike": False}
    bad = {"schema": "kinship/1", "number_sealed": to_base64(seal_to(recipient, sealed_number))}
    assert refusal(send(server, station, "/api/v1/kinship", bad)) == (422, "shape_invalid")
    unsealed = {"schema": "kinship/1", "number_sealed": to_base64(number(17).encode())}
    assert refusal(send(server, station, "/api/v1/kinship", unsealed)) == (422, "envelope_unreadable")
    assert refusal(send(server, None, "/api/v1/kinship", good)) == (401, "signature_missing")


def test_keys_health_metrics_and_the_interfaces_own_description(server: RunningServer, station: EnrolledStation) -> None:
    keys = requests.get(f"{server.url}/api/v1/keys", timeout=10).json()
    assert keys["fingerprint"] == server.records.keys.public.fingerprint
    assert requests.get(f"{server.url}/healthz", timeout=10).json() == {"status": "ok", "database": "ok"}
    send(server, station, "/api/v1/cases", sealed(server, station))
    figures = requests.get(f"{server.url}/metrics", timeout=10).text
    assert "teller_assist_cases 1.0" in figures
    assert 'teller_assist_answers_total{route="/api/v1/cases",status="201"} 1.0' in figures
    assert station.enrolment.station_id not in figures
    paths = set(requests.get(f"{server.url}/openapi.json", timeout=10).json()["paths"])
    assert paths >= {
        "/api/v1/cases",
        "/api/v1/transactions",
        "/api/v1/enrolments",
        "/api/v1/kinship",
        "/api/v1/stations",
        "/healthz",
    }
    assert requests.get(f"{server.url}/docs", timeout=10).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("GET", "/nothing", (404, "not_found")),
        ("PUT", "/api/v1/cases", (405, "method_not_allowed")),
        ("GET", "/static/../keys/server.json", (404, "not_found")),
        ("GET", "/static/%2e%2e/%2e%2e/pages.py", (404, "not_found")),
        ("GET", "/cases/x/../../etc", (404, "not_found")),
    ],
)
def test_what_is_not_there_is_told_in_the_same_form(server: RunningServer, method: str, path: str, told: tuple[int, str]) -> None:
    request = requests.Request(method, server.url).prepare()
    request.url = server.url + path  # as it is: no client tidies it up
    with requests.Session() as session:
        assert refusal(session.send(request, timeout=10)) == told


@pytest.mark.full
def test_many_stations_at_once_leave_one_whole_chain(server: RunningServer, tmp_path: Path) -> None:
    stations = [server.enrol(tmp_path / f"station{one}", f"{one}号柜台") for one in range(8)]
    statuses: list[int] = []

    def deliver(station: EnrolledStation) -> None:
        for sequence in range(1, 26):
            envelope = sealed(server, station, sequence)
            statuses.extend(send(server, station, "/api/v1/cases", envelope).status_code for _ in range(2))

    threads = [threading.Thread(target=deliver, args=(station,)) for station in stations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (statuses.count(201), statuses.count(200)) == (200, 200)
    assert len(set(server.case_ids())) == 200
    record = audit_of(server.data)
    assert check_chain(record) is None
    assert sum(link.kind == "case_received" for link in record.links) == 200
