"""Recent faces as a station asks about them: only where the server keeps any, and without a claim where it is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.alerts.branch_client import BranchClient
from teller_assist.alerts.branch_faces import BranchFaces
from teller_assist.alerts.branch_register import BranchRegister
from teller_assist.decision.second_identity import NOT_SEARCHED
from teller_assist.evidence.id_number import IdNumber
from tests.stand_ins.branch import RunningServer
from tests.stand_ins.cases import number
from tests.stand_ins.faces import THRESHOLD, probe

ONE, OTHER = IdNumber(number(17)), IdNumber(number(30))
CASE = "0" * 32


@pytest.fixture
def searching(tmp_path: Path) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path / "searching", recent_faces_days=7)
    yield running
    running.stop()


class Asking:
    """A station's register and faces at one server."""

    def __init__(self, server: RunningServer, folder: Path) -> None:
        station = server.enrol(folder)
        self.client = BranchClient(station.enrolment, station.key, 2.0)
        self.register = BranchRegister(self.client)
        self.faces = BranchFaces(self.client, self.register)


@pytest.fixture
def asking(searching: RunningServer, tmp_path: Path) -> Iterator[Asking]:
    made = Asking(searching, tmp_path / "station")
    yield made
    made.client.close()


def test_a_face_of_another_number_is_found_with_what_the_search_is_worth(asking: Asking) -> None:
    asking.register.lookup(ONE)
    asking.faces.keep(ONE, probe(1), case_id=CASE, business_kind="loss_report")
    found = asking.faces.ask(OTHER, probe(1))
    (seen,) = found.seen
    assert (seen.case_id, seen.business_kind) == (CASE, "loss_report")
    assert found.search is not None
    assert (found.search.days, found.search.searched, found.search.fmr) == (7, 1, THRESHOLD.fmr)
    assert found.search.fpir == pytest.approx(THRESHOLD.fmr)
    assert (found.search.least_score, found.search.calibration_id) == (THRESHOLD.score, THRESHOLD.calibration_id)
    assert asking.faces.ask(ONE, probe(1)).seen == ()
    assert asking.faces.ask(OTHER, probe(2)).seen == ()


def test_before_the_server_said_that_it_keeps_faces_none_is_sent(asking: Asking, searching: RunningServer) -> None:
    assert asking.faces.days == 0
    assert asking.faces.ask(ONE, probe(1)) is NOT_SEARCHED
    asking.faces.keep(ONE, probe(1), case_id=CASE, business_kind="loss_report")
    assert searching.records.recent_faces.count() == 0
    asking.register.lookup(ONE)
    assert asking.faces.days == 7


def test_a_server_that_keeps_none_is_sent_none(server: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = Asking(server, tmp_path / "station")
    try:
        asking.register.lookup(ONE)
        monkeypatch.setattr(asking.client, "ask_second_identity", lambda *_: pytest.fail("a face left this machine"))
        monkeypatch.setattr(asking.client, "keep_recent_face", lambda *_, **__: pytest.fail("a face left this machine"))
        assert asking.faces.ask(ONE, probe(1)) is NOT_SEARCHED
        asking.faces.keep(ONE, probe(1), case_id=CASE, business_kind="loss_report")
    finally:
        asking.client.close()


def test_a_server_that_is_away_or_switched_off_meanwhile_is_no_finding(asking: Asking, searching: RunningServer) -> None:
    asking.register.lookup(ONE)
    searching.records.recent_faces.days = 0
    assert asking.faces.ask(OTHER, probe(1)) is NOT_SEARCHED
    searching.stop()
    assert asking.faces.ask(OTHER, probe(1)) is NOT_SEARCHED
    asking.faces.keep(ONE, probe(1), case_id=CASE, business_kind="loss_report")
    searching.start()


@pytest.mark.parametrize(
    "answer",
    [
        {"schema": "second_identity_answer/1"},
        {"schema": "second_identity_answer/1", "on": True},
        {"schema": "kinship_answer/1", "on": True},
        {
            "schema": "second_identity_answer/1", "on": True, "days": 7, "searched": 1, "fpir_extrapolated": 0.1,
            "matches": [{"case_id": CASE, "day": "2026-99-99", "business_kind": "loss_report"}],
        },
        {
            "schema": "second_identity_answer/1", "on": True, "days": 7, "searched": 10**400, "fpir_extrapolated": 0.1,
            "matches": [],
        },
        [],
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_no_finding(asking: Asking, monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    asking.register.lookup(ONE)
    monkeypatch.setattr(asking.client, "_post", lambda *_: answer)
    assert asking.faces.ask(OTHER, probe(1)) is NOT_SEARCHED


def test_nothing_of_it_prints(asking: Asking) -> None:
    assert repr(asking.faces) == "BranchFaces(***)"
