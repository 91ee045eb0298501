"""The same face under another number, by real requests to a real server; what is hostile is refused and changes nothing."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from teller_assist.alerts.canonical import to_base64
from teller_assist.alerts.envelope import seal_case
from teller_assist.alerts.keys import seal_to
from teller_assist.alerts.shapes import check_shape
from teller_assist.branch_server import serving
from teller_assist.branch_server.periodic import periodically
from teller_assist.errors import BranchRefusedError
from tests.stand_ins.branch import EnrolledStation, RunningServer, fixed_clock
from tests.stand_ins.cases import made_up_case, number
from tests.stand_ins.equipment import wait_until
from tests.stand_ins.faces import MODEL, PIPELINE, face

NOW = datetime.datetime(2026, 11, 27, 9, 0, tzinfo=datetime.UTC)
ASK, KEEP = "/api/v1/second_identity", "/api/v1/recent-faces"


@pytest.fixture
def searching(tmp_path: Path) -> Iterator[RunningServer]:
    """A server that keeps faces for a week."""
    running = RunningServer(tmp_path / "server", recent_faces_days=7)
    yield running
    running.stop()


@pytest.fixture
def its_station(searching: RunningServer, tmp_path: Path) -> EnrolledStation:
    return searching.enrol(tmp_path / "station")


def told(server: RunningServer, person: int, seed: int, **changed: Any) -> dict[str, Any]:
    """Return what both requests have in common; what is bytes is sealed."""
    usual = {"number_sealed": number(person).encode(), "face_sealed": face(seed).tobytes(), "model_id": MODEL}
    document = {**usual, "pipeline_sha256": PIPELINE, **changed}
    recipient = server.records.keys.public.recipient
    return {name: to_base64(seal_to(recipient, one)) if isinstance(one, bytes) else one for name, one in document.items()}


def question(server: RunningServer, person: int, seed: int, **changed: Any) -> dict[str, Any]:
    limit = {"least_score": 0.7, "target_fmr": "1e-4", "fmr": 1e-4, "calibration_id": "made-up/live-archive/2026-01-01"}
    return {"schema": "second_identity/1", **limit, **told(server, person, seed, **changed)}


def to_keep(server: RunningServer, person: int, seed: int, **changed: Any) -> dict[str, Any]:
    case = {"case_id": f"{person:032x}", "business_kind": "loss_report"}
    return {"schema": "recent_face/1", **case, **told(server, person, seed, **changed)}


def test_the_second_customer_with_the_same_face_is_told_of_and_the_first_one_again_is_not(
    searching: RunningServer, its_station: EnrolledStation
) -> None:
    nobody = its_station.post(ASK, question(searching, 17, seed=1))
    assert (nobody["searched"], nobody["fpir_extrapolated"], nobody["matches"]) == (0, 0.0, [])
    assert its_station.post(KEEP, to_keep(searching, 17, seed=1)) == {"schema": "recent_face_answer/1", "kept": True}
    other = check_shape(its_station.post(ASK, question(searching, 30, seed=1)), "second_identity_answer/1")
    (match,) = other["matches"]
    assert set(match) == {"case_id", "day", "business_kind"}
    assert (match["case_id"], match["business_kind"]) == (f"{17:032x}", "loss_report")
    assert (other["on"], other["days"], other["searched"], other["fpir_extrapolated"]) == (True, 7, 1, pytest.approx(1e-4))
    assert number(17) not in json.dumps(other)
    again = its_station.post(ASK, question(searching, 17, seed=1))
    assert (again["searched"], again["matches"]) == (0, [])


def test_asked_twice_the_answer_is_the_same_and_kept_twice_it_is_kept_once(
    searching: RunningServer, its_station: EnrolledStation
) -> None:
    for _ in range(2):
        its_station.post(KEEP, to_keep(searching, 17, seed=1))
    first, second = (its_station.post(ASK, question(searching, 30, seed=1)) for _ in range(2))
    assert first == second
    assert searching.records.recent_faces.count() == 1


def test_off_is_the_default_and_then_nothing_is_kept_searched_or_wanted(server: RunningServer, station: EnrolledStation) -> None:
    assert station.post(KEEP, to_keep(server, 17, seed=1)) == {"schema": "recent_face_answer/1", "kept": False}
    assert station.post(ASK, question(server, 30, seed=1)) == {"schema": "second_identity_answer/1", "on": False}
    recipient = server.records.keys.public.recipient
    kinship = {"schema": "kinship/1", "number_sealed": to_base64(seal_to(recipient, number(17).encode()))}
    assert "recent_faces_days" not in station.post("/api/v1/kinship", kinship)
    assert server.records.recent_faces.count() == 0


def test_the_registers_answer_says_that_faces_are_wanted(searching: RunningServer, its_station: EnrolledStation) -> None:
    recipient = searching.records.keys.public.recipient
    kinship = {"schema": "kinship/1", "number_sealed": to_base64(seal_to(recipient, number(17).encode()))}
    assert check_shape(its_station.post("/api/v1/kinship", kinship), "kinship_answer/1")["recent_faces_days"] == 7


def test_a_server_that_was_stopped_finds_what_it_kept(searching: RunningServer, its_station: EnrolledStation) -> None:
    its_station.post(KEEP, to_keep(searching, 17, seed=1))
    searching.stop()
    searching.start()
    assert len(its_station.post(ASK, question(searching, 30, seed=1))["matches"]) == 1


def test_what_is_too_old_is_found_no_more(tmp_path: Path) -> None:
    clock, move = fixed_clock(datetime.datetime.now(datetime.UTC))  # signed requests are held to the real time
    running = RunningServer(tmp_path / "server", recent_faces_days=7, now=clock)
    try:
        station = running.enrol(tmp_path / "station")
        station.post(KEEP, to_keep(running, 17, seed=1))
        move(datetime.timedelta(days=8))
        running.records.recent_faces.forget_old()
        move(-datetime.timedelta(days=8))
        assert station.post(ASK, question(running, 30, seed=1))["searched"] == 0
    finally:
        running.stop()


def _spoilt(value: float) -> bytes:
    vector = face(1).copy()
    vector[5] = value
    return vector.tobytes()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"face_sealed": face(1).tobytes()[:-1]}, "shape_invalid"),
        ({"face_sealed": b""}, "shape_invalid"),
        ({"face_sealed": np.ones(1, np.float32).tobytes()}, "shape_invalid"),
        ({"face_sealed": (np.ones(5000, np.float32) / np.float32(5000**0.5)).tobytes()}, "shape_invalid"),
        ({"face_sealed": _spoilt(float("nan"))}, "shape_invalid"),
        ({"face_sealed": _spoilt(float("inf"))}, "shape_invalid"),
        ({"face_sealed": _spoilt(3e38)}, "shape_invalid"),
        ({"face_sealed": bytes(512)}, "shape_invalid"),
        ({"face_sealed": (face(1) * np.float32(2)).tobytes()}, "shape_invalid"),
        ({"face_sealed": to_base64(face(1).tobytes())}, "envelope_unreadable"),
        ({"face_sealed": "no base64"}, "shape_invalid"),
        ({"number_sealed": b"no number"}, "shape_invalid"),
        ({"number_sealed": to_base64(number(17).encode())}, "envelope_unreadable"),
        ({"model_id": "../../etc"}, "shape_invalid"),
        ({"model_id": ""}, "shape_invalid"),
        ({"pipeline_sha256": "22"}, "shape_invalid"),
        ({"model_id": None}, "shape_invalid"),
    ],
)
def test_a_hostile_face_is_refused_and_a_good_one_right_after_is_taken(
    searching: RunningServer, its_station: EnrolledStation, changed: dict[str, Any], reason: str
) -> None:
    for path, make in ((ASK, question), (KEEP, to_keep)):
        with pytest.raises(BranchRefusedError) as caught:
            its_station.post(path, make(searching, 17, seed=1, **changed))
        assert caught.value.facts == {"status": 422, "why": reason}
    assert searching.records.recent_faces.count() == 0
    its_station.post(KEEP, to_keep(searching, 17, seed=1))
    assert len(its_station.post(ASK, question(searching, 30, seed=1))["matches"]) == 1


@pytest.mark.parametrize("name", ["least_score", "fmr"])
def test_no_number_is_no_threshold(searching: RunningServer, its_station: EnrolledStation, name: str) -> None:
    with pytest.raises(BranchRefusedError) as caught:
        its_station.post(ASK, {**question(searching, 17, seed=1), name: float("nan")})
    assert caught.value.facts == {"status": 422, "why": "body_malformed"}


@pytest.mark.parametrize(
    "changed",
    [
        {"least_score": -1.0},
        {"least_score": 1.5},
        {"fmr": 2},
        {"target_fmr": "1e-3"},
        {"calibration_id": 7},
        {"schema": "recent_face/1"},
    ],
)
def test_a_threshold_that_is_none_is_refused(
    searching: RunningServer, its_station: EnrolledStation, changed: dict[str, Any]
) -> None:
    with pytest.raises(BranchRefusedError) as caught:
        its_station.post(ASK, {**question(searching, 17, seed=1), **changed})
    assert caught.value.facts == {"status": 422, "why": "shape_invalid"}


@pytest.mark.parametrize("changed", [{"case_id": "x"}, {"business_kind": "<script>"}, {"case_id": "0" * 33}])
def test_a_case_that_is_none_is_refused(searching: RunningServer, its_station: EnrolledStation, changed: dict[str, Any]) -> None:
    with pytest.raises(BranchRefusedError):
        its_station.post(KEEP, {**to_keep(searching, 17, seed=1), **changed})
    assert searching.records.recent_faces.count() == 0


def test_features_of_another_length_under_a_known_models_name_meet_nobody_and_disturb_nobody(
    searching: RunningServer, its_station: EnrolledStation
) -> None:
    longer = np.concatenate([face(1), face(2)]) / np.float32(2**0.5)
    its_station.post(KEEP, to_keep(searching, 17, seed=1, face_sealed=longer.astype(np.float32).tobytes()))
    its_station.post(KEEP, to_keep(searching, 18, seed=1))
    answer = its_station.post(ASK, question(searching, 30, seed=1))
    assert [match["case_id"] for match in answer["matches"]] == [f"{18:032x}"]


def test_a_station_that_may_no_longer_send_learns_nothing(searching: RunningServer, its_station: EnrolledStation) -> None:
    searching.records.stations.revoke(its_station.enrolment.station_id, actor="test")
    with pytest.raises(BranchRefusedError) as caught:
        its_station.post(ASK, question(searching, 30, seed=1))
    assert caught.value.facts["status"] == 403


def test_every_hour_old_faces_go_though_nobody_asks(tmp_path: Path) -> None:
    clock, move = fixed_clock(NOW)
    running = RunningServer(tmp_path / "server", recent_faces_days=7, now=clock)
    try:
        running.records.second_identity.keep(to_keep(running, 17, seed=1))
        move(datetime.timedelta(days=8))
        forgetting = [one for one in serving.tasks(running.records) if one.name == "deleting old faces"]
        assert [one.every_s for one in forgetting] == [3600.0]
        with periodically(forgetting):
            wait_until(lambda: running.records.recent_faces.count() == 0)
    finally:
        running.stop()


# ---------------------------------------------------------------- the manager's page


def test_the_managers_page_leads_to_the_earlier_case_and_says_what_the_hint_is_worth(
    searching: RunningServer, its_station: EnrolledStation
) -> None:
    earlier, recipient = "a" * 32, searching.records.keys.public.recipient
    found = {
        "state": "searched", "days": 7, "searched": 400, "least_score": 0.706, "target_fmr": "1e-4", "fmr": 9.9e-5,
        "fpir_extrapolated": 0.039, "calibration_id": "m/live-archive/2026-11-30", "model_id": "m",
        "matches": [{"case_id": earlier, "day": "2026-11-27", "business_kind": "loss_report"}],
    }  # fmt: skip
    alerts = (("second_identity", "review", "second_identity_recent"),)
    case = made_up_case(1, station=its_station.enrolment.station_id, alerts=alerts, second_identity=found)
    its_station.post("/api/v1/cases", seal_case(case, recipient=recipient, key=its_station.key))
    page = searching.log_in().get(f"{searching.url}/cases/{case['case_id']}").text
    for words in ("双胞胎", "2026-11-27", "挂失", f"/cases/{earlier}", "400张人脸", "每26次检索有一次", "不能据此拒绝", "0.706"):
        assert words in page, words


@pytest.mark.parametrize("found", [{"state": "not_searched"}, None])
def test_where_nothing_was_searched_or_found_the_page_says_nothing_of_it(
    searching: RunningServer, its_station: EnrolledStation, found: dict[str, Any] | None
) -> None:
    more: dict[str, Any] = {} if found is None else {"second_identity": found}
    case = made_up_case(1, station=its_station.enrolment.station_id, **more)
    recipient = searching.records.keys.public.recipient
    its_station.post("/api/v1/cases", seal_case(case, recipient=recipient, key=its_station.key))
    page = searching.log_in().get(f"{searching.url}/cases/{case['case_id']}").text
    assert "检索" not in page
    assert "另一证件" not in page
