"""One branch server and its station from enrolment to the exported record, in both suites; and neither takes the other's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests

from teller_assist.alerts.branch_client import BranchClient
from teller_assist.alerts.canonical import canonical_bytes, to_base64
from teller_assist.alerts.enrolling import enrol_station
from teller_assist.alerts.enrolment import STATION_FILE, EnrolmentCode, checked_server, enrolment_request, read_enrolment
from teller_assist.alerts.envelope import seal_case
from teller_assist.alerts.keys import SigningKey, seal_to
from teller_assist.alerts.receipts import check_receipt
from teller_assist.alerts.shapes import check_shape
from teller_assist.alerts.states import Kept
from teller_assist.alerts.suites import choice, guomi
from teller_assist.alerts.suites.choice import GUOMI, INTERNATIONAL, SUITES
from teller_assist.alerts.suites.suite import Suite
from teller_assist.comparison.searching import SearchProbe, SearchThreshold
from teller_assist.errors import BranchRefusedError, SecretsError, SuiteError
from teller_assist.review.audit_check import check_chain, read_audit
from teller_assist.review.server_keys import keys_folder, open_keys
from teller_assist.settings.schema import BranchSettings
from tests.stand_ins.branch import EnrolledStation, RunningServer
from tests.stand_ins.cases import NAME, NUMBER, made_up_case, number
from tests.stand_ins.databases import audit_of
from tests.stand_ins.equipment import wait_until

HEADER = ("version", "suite", "case_id", "station", "sequence", "created", "ciphertext_sha256")


@pytest.fixture(params=SUITES)
def suite(request: pytest.FixtureRequest) -> Suite:
    return SUITES[request.param]


@pytest.fixture
def other(suite: Suite) -> Suite:
    return GUOMI if suite is INTERNATIONAL else INTERNATIONAL


@pytest.fixture
def server(tmp_path: Path, suite: Suite) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path / "server", suite_name=suite.name, recent_faces_days=7)
    yield running
    running.stop()


def refused(station: EnrolledStation, path: str, document: Any) -> tuple[Any, Any]:
    with pytest.raises(BranchRefusedError) as caught:
        station.post(path, document)
    return caught.value.facts["status"], caught.value.facts["why"]


def envelope(server: RunningServer, station: EnrolledStation, sequence: int = 1) -> dict[str, Any]:
    case = made_up_case(sequence, station=station.enrolment.station_id, pictures=True)
    return seal_case(case, recipient=server.records.keys.public.recipient, key=station.key)


def signed_again(envelope: dict[str, Any], key: SigningKey, **changed: Any) -> dict[str, Any]:
    altered = {**envelope, **changed}
    signature = key.sign(canonical_bytes({name: altered[name] for name in HEADER}))
    return {**altered, "signature": to_base64(signature)}


def probe(toward: int) -> SearchProbe:
    vector = np.zeros(128, np.float32)
    vector[toward] = 1
    threshold = SearchThreshold(0.5, "1e-5", 1e-5, "made up")
    return SearchProbe(vector, "sface-2021dec", "0" * 64, threshold)


def test_a_case_goes_all_the_way(server: RunningServer, suite: Suite, tmp_path: Path) -> None:
    station = server.enrol(tmp_path / "station")
    assert station.key.suite is station.enrolment.server.suite is server.records.keys.suite is suite
    records = station.open()
    try:
        begun = records.begin(lambda begun: _case(station, begun.sequence, begun.case_id))
        records.keep(_case(station, begun.sequence, begun.case_id))
        wait_until(lambda: records.kept(begun.case_id) is Kept.DELIVERED)
    finally:
        records.close()
    assert server.case_ids() == [begun.case_id]
    (receipt,) = [json.loads(line) for line in (station.folder / "receipts.jsonl").read_text().splitlines()]
    check_receipt({**receipt, "schema": "receipt/1"}, begun.case_id, station.enrolment.server.verify_key)
    manager = server.log_in()
    assert NAME in manager.get(f"{server.url}/cases/{begun.case_id}").text
    manager.close()
    _check_the_record(server, station.folder / "receipts.jsonl", tmp_path / "export.jsonl")


def _case(station: EnrolledStation, sequence: int, case_id: str) -> dict[str, Any]:
    return made_up_case(sequence, station=station.enrolment.station_id, case_id=case_id, pictures=True)


def _check_the_record(server: RunningServer, receipts: Path, export: Path) -> None:
    entries = server.records.export_audit(export, actor="auditor")
    for record in (audit_of(server.data, receipts), read_audit(export, receipts)):
        assert record.keys == server.records.keys.public
        assert (len(record.links), check_chain(record)) == (entries, None)
    assert {link.suite for link in record.links} == {server.records.keys.suite}


def test_the_register_and_the_recent_faces_answer(server: RunningServer, tmp_path: Path) -> None:
    station = server.enrol(tmp_path / "station")
    client = BranchClient(station.enrolment, station.key, 10.0)
    try:
        assert not client.ask_register(number(18))["relative"]
        station.post("/api/v1/cases", envelope(server, station))
        assert client.ask_register(number(18))["relative"]
        assert client.keep_recent_face(number(17), probe(1), case_id="a" * 32, business_kind="loss_report")["kept"]
        assert [one["case_id"] for one in client.ask_second_identity(number(19), probe(1))["matches"]] == ["a" * 32]
        server.stop()
        server.start()
        assert [one["case_id"] for one in client.ask_second_identity(number(19), probe(1))["matches"]] == ["a" * 32]
    finally:
        client.close()


def test_name_and_number_are_in_no_file_of_either_side(server: RunningServer, tmp_path: Path) -> None:
    station = server.enrol(tmp_path / "station")
    station.post("/api/v1/cases", envelope(server, station))
    places = [*server.data.rglob("*"), *station.folder.rglob("*")]
    written = b"".join(path.read_bytes() for path in places if path.is_file())
    assert NUMBER.encode() not in written
    assert NAME.encode() not in written


def test_the_server_tells_its_suite_and_the_code_vouches_for_it(server: RunningServer, suite: Suite, tmp_path: Path) -> None:
    keys = requests.get(f"{server.url}/api/v1/keys", timeout=10).json()
    assert check_shape(keys, "server_keys/1").get("suite", "international") == suite.name
    station = server.enrol(tmp_path / "station")
    assert read_enrolment(station.folder) == station.enrolment
    assert station.enrolment.server.fingerprint == keys["fingerprint"]


@pytest.mark.parametrize("named_only", [True, False])
def test_an_envelope_of_the_other_suite_is_unprocessable(
    server: RunningServer, other: Suite, tmp_path: Path, named_only: bool
) -> None:
    station = server.enrol(tmp_path / "station")
    good = envelope(server, station)
    if named_only:
        wrong, reason = signed_again(good, station.key, suite=other.name), "envelope_unreadable"
    else:
        case = made_up_case(1, station=station.enrolment.station_id)
        foreign = other.recipient(other.new_identity())
        wrong, reason = seal_case(case, recipient=foreign, key=SigningKey.generate(other)), "envelope_damaged"
    assert refused(station, "/api/v1/cases", wrong) == (422, reason)
    assert server.case_ids() == []
    assert station.post("/api/v1/cases", good)["schema"] == "receipt/1"


def test_what_is_sealed_in_the_other_suite_is_unprocessable(server: RunningServer, other: Suite, tmp_path: Path) -> None:
    station = server.enrol(tmp_path / "station")
    foreign = other.recipient(other.new_identity())
    sealed = seal_to(foreign, canonical_bytes(made_up_case(1, station=station.enrolment.station_id)))
    changed = {"ciphertext": to_base64(sealed), "ciphertext_sha256": hashlib.sha256(sealed).hexdigest()}
    wrong = signed_again(envelope(server, station), station.key, **changed)
    assert refused(station, "/api/v1/cases", wrong) == (422, "envelope_unreadable")
    question = {"schema": "kinship/1", "number_sealed": to_base64(seal_to(foreign, NUMBER.encode()))}
    assert refused(station, "/api/v1/kinship", question) == (422, "envelope_unreadable")


def test_a_request_signed_in_the_other_suite_is_unauthorised(server: RunningServer, other: Suite, tmp_path: Path) -> None:
    station = server.enrol(tmp_path / "station")
    forged = EnrolledStation(station.enrolment, SigningKey.generate(other), station.settings, station.secrets)
    assert refused(forged, "/api/v1/cases", envelope(server, station)) == (401, "signature_bad")


def test_a_station_with_a_key_of_the_other_suite_is_not_enrolled_and_its_code_stays_good(
    server: RunningServer, other: Suite, tmp_path: Path
) -> None:
    code = server.records.stations.make_code("一号", actor="test")
    document = enrolment_request(code, "一号", SigningKey.generate(other), server.records.keys.public)
    answer = requests.post(f"{server.url}/api/v1/enrolments", json=document, timeout=10)
    assert (answer.status_code, answer.json()["reason"]) == (422, "shape_invalid")
    settings = BranchSettings(data_folder=str(tmp_path / "station"))
    assert enrol_station(settings, code.text, server.url, "一号", key_in_file=True).server.suite is not other


def test_keys_keep_their_suite(server: RunningServer, suite: Suite, other: Suite, tmp_path: Path) -> None:
    with pytest.raises(SuiteError) as caught:
        RunningServer(server.data, suite_name=other.name)
    assert caught.value.reason == "suite_differs"
    assert (caught.value.facts["kept"], caught.value.facts["wanted"]) == (suite.name, other.name)


def test_a_station_whose_pinned_server_is_of_another_suite_than_its_key_does_not_open(
    server: RunningServer, suite: Suite, other: Suite, tmp_path: Path
) -> None:
    station = server.enrol(tmp_path / "station")
    station.secrets.write("station", other.new_signing_secret())
    with pytest.raises(SuiteError) as caught:
        station.open()
    assert caught.value.facts["wanted"] == suite.name


def test_without_the_suites_parts_neither_server_nor_station_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = RunningServer(tmp_path / "server", suite_name="guomi")
    code = server.records.stations.make_code("一号", actor="test")
    answer = requests.get(f"{server.url}/api/v1/keys", timeout=10).json()
    server.stop()
    monkeypatch.setattr(guomi, "gmssl_pyx", None)
    choice.usable_suite.cache_clear()
    try:
        with pytest.raises(SuiteError) as caught:
            RunningServer(tmp_path / "server", suite_name="guomi")
        assert caught.value.reason == "suite_not_available"
        with pytest.raises(SuiteError):
            RunningServer(tmp_path / "new", suite_name="guomi")
        assert not (tmp_path / "new.keys" / "server.json").exists()
        with pytest.raises(SuiteError):
            checked_server(answer, EnrolmentCode("A" * 16, code.fingerprint))
    finally:
        choice.usable_suite.cache_clear()


def test_a_file_of_keys_of_two_suites_is_none(server: RunningServer, other: Suite) -> None:
    path = keys_folder(server.data) / "server.json"
    body = json.loads(path.read_text())
    path.write_text(json.dumps({**body, "identity": other.new_identity()}))
    with pytest.raises(SecretsError):
        open_keys(server.data, keys_folder(server.data), server.records.keys.suite.name)


def test_a_stations_file_says_the_suite_only_where_it_is_not_the_usual_one(
    server: RunningServer, suite: Suite, tmp_path: Path
) -> None:
    station = server.enrol(tmp_path / "station")
    body = json.loads((station.folder / STATION_FILE).read_text())["server"]
    assert body.get("suite") == (None if suite is INTERNATIONAL else "guomi")
