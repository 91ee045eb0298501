"""Alerts about stations and the audit record as a browser gets them, and heartbeats by HTTP."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from teller_assist.alerts.canonical import utc_text
from teller_assist.alerts.envelope import seal_case
from teller_assist.branch_server.metrics import Metrics
from teller_assist.branch_server.serving import begin_second_place, tasks
from teller_assist.review.audit_check import check_chain, read_audit
from teller_assist.review.people import Role
from teller_assist.review.proof import ProofPolicy
from teller_assist.review.retention import PersonCount
from tests.branch_server.test_station_api import refusal, send
from tests.stand_ins.branch import PASSWORD, EnrolledStation, RunningServer
from tests.stand_ins.cases import NAME, made_up_case
from tests.stand_ins.databases import audit_of, sql_in

HEARTBEATS = "/api/v1/heartbeats"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "second place"
    folder.mkdir()
    return folder


@pytest.fixture
def server(tmp_path: Path, place: Path) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path / "server", proof=ProofPolicy(heads_folder=place))
    yield running
    running.stop()


def heartbeat(sender: EnrolledStation, /, highest: int = 0, **changed: Any) -> dict[str, Any]:
    told = {
        "schema": "heartbeat/1", "station": sender.enrolment.station_id, "product_version": "0.1.0", "highest_sequence": highest,
        "under_way": 0, "waiting": 0, "refused": 0, "unsaved": 0, "clock": utc_text(datetime.datetime.now(datetime.UTC)),
        "devices": [{"kind": "camera", "state": "ready", "plugin": "p"}, {"kind": "later_kind", "state": "later", "plugin": ""}],
    }  # fmt: skip
    return {**told, **changed}


def deliver(server: RunningServer, station: EnrolledStation, sequence: int) -> str:
    case = made_up_case(sequence, station=station.enrolment.station_id, pictures=True)
    station.post("/api/v1/cases", seal_case(case, recipient=server.records.keys.public.recipient, key=station.key))
    return str(case["case_id"])


def in_branch(server: RunningServer, login: str, branch: str, role: Role = Role.MANAGER) -> requests.Session:
    server.records.people.add(login, "王经理", role, PASSWORD, actor="test", branch_id=branch)
    session = requests.Session()
    session.trust_env = False
    token = re.search(r'name="form_token" value="([^"]+)"', session.get(f"{server.url}/login").text)
    assert token is not None
    session.post(f"{server.url}/login", data={"login": login, "password": PASSWORD, "form_token": token[1]})
    return session


# ---------------------------------------------------------------- heartbeats


def test_a_heartbeat_is_signed_and_of_the_station_itself(server: RunningServer, station: EnrolledStation) -> None:
    answer = send(server, station, HEARTBEATS, heartbeat(station))
    assert (answer.status_code, answer.json()["schema"]) == (200, "heartbeat_answer/1")
    assert refusal(send(server, None, HEARTBEATS, heartbeat(station))) == (401, "signature_missing")
    assert refusal(send(server, station, HEARTBEATS, heartbeat(station, station="f" * 32))) == (401, "signature_bad")
    assert refusal(send(server, station, HEARTBEATS, heartbeat(station, waiting=-1))) == (422, "shape_invalid")
    server.records.stations.revoke(station.enrolment.station_id, actor="test")
    assert refusal(send(server, station, HEARTBEATS, heartbeat(station))) == (403, "station_unknown")


# ---------------------------------------------------------------- alerts about stations


def test_a_manager_sees_why_acknowledges_with_a_note_and_it_stands_there(server: RunningServer, station: EnrolledStation) -> None:
    deliver(server, station, 1)
    wrong = utc_text(datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=10))
    send(server, station, HEARTBEATS, heartbeat(station, 3, clock=wrong))
    server.records.proof.look()
    session = server.log_in()
    page = session.get(f"{server.url}/station-alerts").text
    for words in ("序号 2–3", "3号柜台", "可能已从柜台删除", "未处理", "later_kind", "与服务器相差 -6", "已查明"):
        assert words in page, words
    listed = session.get(f"{server.url}/api/v1/station-alerts").json()
    assert listed["schema"] == "station_alerts/1"
    (alert,) = listed["alerts"]
    assert (alert["kind"], alert["why"]) == ("sequence_gap", "tail_missing")
    assert (alert["first_sequence"], alert["last_sequence"]) == (2, 3)
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token is not None
    seen = f"{server.url}/station-alerts/{alert['alert_id']}/seen"
    assert session.post(seen, data={"note": "x", "form_token": "guessed"}).status_code == 403
    assert session.post(seen, data={"note": "", "form_token": token[1]}).status_code == 422
    page = session.post(seen, data={"note": "<b>电脑送修</b>", "form_token": token[1]}).text
    assert "&lt;b&gt;电脑送修" in page
    assert "已处理" in page
    assert session.post(seen, data={"note": "again", "form_token": token[1]}).status_code == 409
    assert "没有提示" in session.get(f"{server.url}/station-alerts?open=true").text


def test_a_manager_of_another_branch_sees_and_acknowledges_nothing(server: RunningServer, station: EnrolledStation) -> None:
    server.records.branches.add("north", "北支行", actor="test")
    send(server, station, HEARTBEATS, heartbeat(station, 3))
    server.records.proof.look()
    session = in_branch(server, "north", "north")
    page = session.get(f"{server.url}/station-alerts").text
    assert "3号柜台" not in page
    assert session.get(f"{server.url}/api/v1/station-alerts").json()["alerts"] == []
    assert station.enrolment.station_id not in session.get(f"{server.url}/audit").text


@pytest.mark.parametrize(("role", "status"), [(Role.AUDITOR, 200), (Role.TELLER, 403)])
def test_who_may_not_see_alerts_is_told_so(server: RunningServer, role: Role, status: int) -> None:
    session = in_branch(server, "somebody", "main", role)
    assert session.get(f"{server.url}/station-alerts").status_code == status
    assert session.get(f"{server.url}/api/v1/station-alerts").status_code == status
    assert session.get(f"{server.url}/audit").status_code == status
    assert requests.get(f"{server.url}/station-alerts", allow_redirects=False, timeout=10).headers["location"] == "/login"
    assert requests.get(f"{server.url}/audit", allow_redirects=False, timeout=10).headers["location"] == "/login"
    assert requests.get(f"{server.url}/api/v1/station-alerts", timeout=10).status_code == 401
    assert requests.get(f"{server.url}/audit/export", timeout=10).status_code == 401


def test_it_sees_alerts_and_devices_but_neither_notes_nor_the_audit_record_and_acknowledges_nothing(
    server: RunningServer, station: EnrolledStation
) -> None:
    send(server, station, HEARTBEATS, heartbeat(station, 3))
    server.records.proof.look()
    manager = server.log_in()
    (alert,) = manager.get(f"{server.url}/api/v1/station-alerts").json()["alerts"]
    seen = f"{server.url}/station-alerts/{alert['alert_id']}/seen"
    session = in_branch(server, "technician", "", Role.IT)
    page = session.get(f"{server.url}/station-alerts").text
    assert "序号 1–3" in page
    assert 'href="/station-alerts"' in page
    assert 'href="/audit"' not in page, "what a role may not see its header does not offer"
    assert f"{alert['alert_id']}/seen" not in page
    assert session.post(seen, data={"note": "x", "form_token": token_of(page)}).status_code == 403
    assert session.get(f"{server.url}/audit").status_code == 403
    token = token_of(manager.get(f"{server.url}/station-alerts").text)
    assert "换了电脑" in manager.post(seen, data={"note": "换了电脑", "form_token": token}).text
    assert "换了电脑" not in session.get(f"{server.url}/station-alerts").text
    assert session.get(f"{server.url}/api/v1/station-alerts").json()["alerts"][0]["note"] == ""


def token_of(page: str) -> str:
    return page.partition('name="form_token" value="')[2].partition('"')[0]


def test_the_pages_are_there_in_english_too(server: RunningServer, station: EnrolledStation) -> None:
    send(server, station, HEARTBEATS, heartbeat(station, 3))
    server.records.proof.look()
    session = server.log_in()
    page = session.get(f"{server.url}/station-alerts?lang=en").text
    assert "number 1–3 was given at the station" in page
    page = session.get(f"{server.url}/audit").text
    assert "What happened" in page
    assert "station alert raised" in page
    shown = page.replace("中文", "").replace("3号柜台", "").replace("王经理", "")
    assert re.findall("[\u4e00-\u9fff]+", shown) == []


# ---------------------------------------------------------------- the audit page


def auditor(server: RunningServer) -> requests.Session:
    return in_branch(server, "auditor", "", Role.AUDITOR)


def rows(page: str) -> list[int]:
    return [int(one) for one in re.findall(r'<td class="number">(\d+)</td>', page)]


def test_an_auditor_finds_every_look_at_a_face_by_kind_person_case_and_day(
    server: RunningServer, station: EnrolledStation
) -> None:
    case_id = deliver(server, station, 1)
    other = deliver(server, station, 2)
    manager = server.log_in()
    manager.get(f"{server.url}/cases/{case_id}/pictures/live")
    manager.get(f"{server.url}/cases/{other}")
    session = auditor(server)

    def found(**asked: str) -> list[tuple[str, str]]:
        page = session.get(f"{server.url}/audit", params=asked)
        assert page.status_code == 200
        assert NAME not in page.text
        links = {link.index: link for link in audit_of(server.data).links}
        return [(links[index].kind, links[index].subject) for index in rows(page.text)]

    assert found(kind="picture_seen") == [("picture_seen", case_id)]
    assert found(actor="manager", subject=other) == [("case_seen", other)]
    today = datetime.datetime.now().astimezone().date()
    assert ("case_seen", other) in found(since=today.isoformat(), until=today.isoformat())
    assert found(since=(today + datetime.timedelta(days=1)).isoformat()) == []
    assert found(until=(today - datetime.timedelta(days=1)).isoformat()) == []
    for wrong in ({"since": "yesterday"}, {"after": "x"}, {"until": "9999-12-31"}, {"after": "-1"}):
        assert session.get(f"{server.url}/audit", params=wrong).status_code == 422


def test_pages_of_the_record_follow_each_other_without_a_gap(server: RunningServer) -> None:
    for _ in range(120):
        server.records.note_start()
    session = auditor(server)
    found, following = [], "/audit?kind=server_started"
    while following:
        page = session.get(server.url + following).text
        found += rows(page)
        more = re.search(r'class="more" href="([^"]+)"', page)
        following = more[1].replace("&amp;", "&") if more and "after=" in more[1] else ""
    assert len(found) == 120
    assert found == sorted(found, reverse=True)


def test_a_manager_sees_what_happened_to_the_branchs_cases_and_exports_nothing(
    server: RunningServer, station: EnrolledStation
) -> None:
    case_id = deliver(server, station, 1)
    session = server.log_in()
    page = session.get(f"{server.url}/audit").text
    assert case_id in page
    kinds = [link.kind for link in audit_of(server.data).links if link.index in rows(page)]
    assert set(kinds) == {"station_enrolled", "case_received"}
    assert "audit/export" not in page
    assert session.get(f"{server.url}/audit/export").status_code == 403
    assert in_branch(server, "half", "main", Role.AUDITOR).get(f"{server.url}/audit/export").status_code == 403


@pytest.mark.full
def test_the_export_is_noted_and_verified_like_the_database_and_a_broken_download_shows(
    server: RunningServer, station: EnrolledStation, tmp_path: Path, place: Path
) -> None:
    deliver(server, station, 1)
    for _ in range(600):
        server.records.note_start()
    server.records.proof.heads.write(at_once=True)
    answer = auditor(server).get(f"{server.url}/audit/export")
    assert re.fullmatch(r'attachment; filename="audit-\d{8}-\d{6}\.jsonl"', answer.headers["content-disposition"])
    export = tmp_path / "export.jsonl"
    export.write_bytes(answer.content)
    record = read_audit(export, heads=place)
    assert check_chain(record) is None
    last = record.links[-1]
    assert (last.kind, last.actor) == ("audit_exported", "auditor")
    assert sum(1 for _ in record.receipts()) == 1
    export.write_bytes(answer.content[: len(answer.content) // 2].rpartition(b"\n")[0] + b"\n")
    fault = check_chain(read_audit(export))
    assert fault is not None
    assert fault.kind == "truncated"


@pytest.mark.logs_warnings
def test_the_page_says_how_the_chain_and_its_second_place_fare(server: RunningServer, place: Path) -> None:
    session = auditor(server)
    begin_second_place(server.records)
    page = session.get(f"{server.url}/audit").text
    assert "检查正在进行" in page
    assert "第二存放处已存到第" in page
    assert "同一磁盘" in page
    for task in tasks(server.records):
        task.run()
    page = session.get(f"{server.url}/audit").text
    assert re.search(r"审计链完整：[^。]+检查了全部 \d+ 条", page)
    for file in place.iterdir():
        file.unlink()
    place.rmdir()
    server.records.proof.heads.write(at_once=True)
    page = session.get(f"{server.url}/audit").text
    assert "第二存放处无法写入" in page
    assert "签名链头无法写入第二存放处" in session.get(f"{server.url}/station-alerts").text
    figures = requests.get(f"{server.url}/metrics", timeout=10).text
    assert "teller_assist_second_place_failing 1.0" in figures
    assert "teller_assist_station_alerts_open 1.0" in figures


@pytest.mark.logs_warnings
def test_persons_are_counted_by_the_task_and_not_by_whoever_looks_at_the_figures(
    server: RunningServer, station: EnrolledStation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    deliver(server, station, 1)
    (counting,) = [one for one in tasks(server.records) if one.name == "counting persons"]
    assert counting.every_s == 3600.0
    assert "teller_assist_persons 0.0" in requests.get(f"{server.url}/metrics", timeout=10).text
    counting.run()
    figures = requests.get(f"{server.url}/metrics", timeout=10).text
    assert "teller_assist_persons 1.0" in figures
    assert "teller_assist_cases 1.0" in figures
    assert "file with the authority" not in caplog.text
    monkeypatch.setattr(server.records.retention, "persons", lambda: PersonCount(90_000, 100_000, told=True))
    counting.run()
    assert "faces of 90000 persons were compared" in caplog.text


def test_cases_are_counted_at_most_once_a_minute(server: RunningServer, station: EnrolledStation) -> None:
    now_s = [0.0]
    metrics = Metrics(lambda: now_s[0])
    deliver(server, station, 1)
    assert b"teller_assist_cases 1.0" in metrics.text(server.records)
    deliver(server, station, 2)
    now_s[0] = 59.0
    assert b"teller_assist_cases 1.0" in metrics.text(server.records)
    now_s[0] = 60.0
    assert b"teller_assist_cases 2.0" in metrics.text(server.records)


@pytest.mark.full
@pytest.mark.logs_warnings
def test_the_running_check_finds_an_altered_entry_by_itself(server: RunningServer) -> None:
    for _ in range(1200):
        server.records.note_start()
    while server.records.proof.check.step():
        pass
    assert server.records.proof.check.state().complete_entries == 1200
    server.records.note_start()
    server.records.note_start()
    with sql_in(server.data) as sql:
        sql.execute("UPDATE audit_entries SET actor='nobody' WHERE number=1202")
    server.records.proof.check.step()
    state = server.records.proof.check.state()
    assert state.fault is not None
    assert (state.fault.index, state.fault.kind.value) == (1202, "altered")
    assert "第1202条被改动" in auditor(server).get(f"{server.url}/audit").text
    assert server.records.proof.alerts.open_count() == 1


@pytest.mark.full
def test_a_stale_request_is_measured_by_the_clock_that_never_goes_back(tmp_path: Path) -> None:
    from tests.stand_ins.branch import fixed_clock

    clock, move = fixed_clock(datetime.datetime.now(datetime.UTC))
    running = RunningServer(tmp_path / "other", now=clock)
    try:
        station = running.enrol(tmp_path / "its station")
        document = heartbeat(station)
        request = requests.Request("POST", running.url + HEARTBEATS, data=json.dumps(document).encode()).prepare()
        from teller_assist.alerts.http_signatures import sign_request

        sign_request(request, json.dumps(document).encode(), key=station.key, key_id=station.enrolment.station_id)
        with requests.Session() as session:
            session.trust_env = False
            assert session.send(request.copy(), timeout=10).status_code == 200
            move(datetime.timedelta(hours=1))
            station.post(HEARTBEATS, heartbeat(station))  # the first one's nonce is forgotten here
            move(-datetime.timedelta(hours=1))
            answer = session.send(request.copy(), timeout=10)
        assert refusal(answer) == (401, "signature_stale")
        told = datetime.datetime.fromisoformat(answer.json()["server_time"])
        assert told > datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=59)
        assert station.post(HEARTBEATS, heartbeat(station))["schema"] == "heartbeat_answer/1", "honest stations go on"
    finally:
        running.stop()
