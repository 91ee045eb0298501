from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.alerts.branch_client import BranchHttp
from teller_assist.alerts.enrolling import enrol_station
from teller_assist.alerts.enrolment import EnrolmentCode, parse_code, read_enrolment, records_folder
from teller_assist.errors import BranchRefusedError, BranchUnreachableError, EnrolmentError, OutboxError, UsageError
from teller_assist.review.stations import CODE_VALID, TRIES_MOST
from teller_assist.settings.schema import BranchSettings
from tests.stand_ins.branch import EnrolledStation, MemorySecrets, RunningServer, fixed_clock

BASE32 = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=16, max_size=16)


@given(secret=BASE32, first=BASE32, second=BASE32)
def test_a_code_reads_back_however_it_is_typed(secret: str, first: str, second: str) -> None:
    code = EnrolmentCode(secret, first + second)
    assert parse_code(code.text) == code
    assert parse_code(code.text.lower().replace("-", " ")) == code
    assert secret in code.fingerprint or secret not in repr(code)


@given(st.text(max_size=80))
def test_anything_else_is_refused(text: str) -> None:
    try:
        code = parse_code(text)
    except EnrolmentError:
        return
    assert len(code.secret) == 16


def test_a_station_remembers_its_server_and_no_secret_is_in_the_file(server: RunningServer, station: EnrolledStation) -> None:
    remembered = read_enrolment(station.folder)
    assert remembered == station.enrolment
    assert remembered.server == server.records.keys.public
    text = (station.folder / "station.json").read_text()
    assert station.key.seed.hex() not in text


def test_a_code_is_for_one_station(server: RunningServer, tmp_path: Path) -> None:
    code = server.records.stations.make_code("一号", actor="test")
    settings = [BranchSettings(data_folder=str(tmp_path / name)) for name in ("a", "b")]
    enrol_station(settings[0], code.text, server.url, "一号", key_in_file=True)
    with pytest.raises(BranchRefusedError) as caught:
        enrol_station(settings[1], code.text, server.url, "一号", key_in_file=True)
    assert caught.value.facts["why"] == "enrolment_code_bad"
    assert read_enrolment(tmp_path / "b") is None


def test_a_server_that_is_not_the_one_in_the_code_learns_no_secret(server: RunningServer, tmp_path: Path) -> None:
    code = server.records.stations.make_code("一号", actor="test")
    other = EnrolmentCode(code.secret, "A" * 32)
    with pytest.raises(EnrolmentError) as caught:
        enrol_station(BranchSettings(data_folder=str(tmp_path / "a")), other.text, server.url, "一号", key_in_file=True)
    assert caught.value.reason == "server_not_the_pinned_one"
    enrol_station(BranchSettings(data_folder=str(tmp_path / "a")), code.text, server.url, "一号", key_in_file=True)


def test_a_code_is_good_for_ten_minutes(tmp_path: Path) -> None:
    clock, move = fixed_clock(datetime.datetime.now(datetime.UTC))
    server = RunningServer(tmp_path / "server", now=clock)
    try:
        code = server.records.stations.make_code("一号", actor="test")
        move(CODE_VALID)
        with pytest.raises(BranchRefusedError) as caught:
            server_enrols(server, code, tmp_path)
        assert caught.value.facts["why"] == "enrolment_code_expired"
    finally:
        server.stop()


def server_enrols(server: RunningServer, code: EnrolmentCode, folder: Path) -> None:
    enrol_station(BranchSettings(data_folder=str(folder / "x")), code.text, server.url, "一号", key_in_file=True)


def test_a_secret_can_be_guessed_five_times(server: RunningServer, tmp_path: Path) -> None:
    code = server.records.stations.make_code("一号", actor="test")
    for guess in range(TRIES_MOST):
        with pytest.raises(BranchRefusedError):
            server_enrols(server, EnrolmentCode("A" * 15 + "ABCDEFG"[guess], code.fingerprint), tmp_path)
    with pytest.raises(BranchRefusedError) as caught:
        server_enrols(server, code, tmp_path)
    assert caught.value.facts["why"] == "enrolment_code_expired"
    server_enrols(server, server.records.stations.make_code("一号", actor="test"), tmp_path)


def test_a_station_is_not_enrolled_again_while_something_waits(server: RunningServer, station: EnrolledStation) -> None:
    code = server.records.stations.make_code("一号", actor="test")
    with pytest.raises(EnrolmentError) as caught:
        enrol_station(station.settings, code.text, server.url, "一号", key_in_file=True)
    assert caught.value.reason == "already_enrolled"
    (station.folder / "outbox").mkdir()
    (station.folder / "outbox" / "x.json").write_text("{}")
    with pytest.raises(EnrolmentError):
        enrol_station(station.settings, code.text, server.url, "一号", key_in_file=True, again=True)
    (station.folder / "outbox" / "x.json").unlink()
    secrets = MemorySecrets()
    again = enrol_station(station.settings, code.text, server.url, "二号", key_in_file=False, again=True, secrets=secrets)
    assert again.station_id != station.enrolment.station_id


@pytest.mark.parametrize("name", ["", "  ", "字" * 65])
def test_a_station_has_a_name_of_sensible_length(server: RunningServer, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        enrol_station(BranchSettings(data_folder=str(tmp_path / "a")), "x", server.url, name, key_in_file=True)


@pytest.mark.parametrize(
    "url",
    ["http://192.0.2.1:80", "ftp://localhost", "https://", "http://localhost/path", "localhost:80", "http://example.test:1"],
)
def test_plain_http_is_for_this_machine_only(url: str) -> None:
    with pytest.raises(UsageError):
        BranchHttp(url, 1)


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    code = EnrolmentCode("A" * 16, "A" * 32)
    with pytest.raises(BranchUnreachableError):
        enrol_station(BranchSettings(data_folder=str(tmp_path)), code.text, "http://127.0.0.1:9", "一号", key_in_file=True)


def test_a_damaged_enrolment_stops_and_is_not_taken_for_none(station: EnrolledStation) -> None:
    (station.folder / "station.json").write_text('{"station_id": 1}')
    with pytest.raises(OutboxError):
        read_enrolment(station.folder)


def test_the_usual_place_of_records_is_the_systems(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert records_folder("") == tmp_path / "teller-assist"
    assert records_folder("/somewhere") == Path("/somewhere")


def test_a_tampered_proof_is_refused(server: RunningServer) -> None:
    from teller_assist.alerts.enrolment import enrolment_request
    from teller_assist.alerts.keys import SigningKey

    code = server.records.stations.make_code("一号", actor="test")
    document = enrolment_request(code, "一号", SigningKey.generate(), server.records.keys.public)
    answer = requests.post(f"{server.url}/api/v1/enrolments", json={**document, "station_name": "二号"}, timeout=10)
    assert (answer.status_code, answer.json()["reason"]) == (403, "enrolment_code_bad")
