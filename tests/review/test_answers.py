"""What a station learns of the review of its cases, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.alerts.shapes import check_shape
from tests.stand_ins.branch import EnrolledStation, RunningServer
from tests.stand_ins.reviews import reviewed
from tests.stand_ins.stations_cases import deliver_case

UNHEARD = "f" * 32


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path / "server")
    yield running
    running.stop()


@pytest.fixture
def station(server: RunningServer, tmp_path: Path) -> EnrolledStation:
    return server.enrol(tmp_path / "station")


def told(server: RunningServer, station: EnrolledStation, case_id: str) -> tuple[str, str, str]:
    [answer] = server.records.answers.find(station.enrolment.station_id, [case_id])
    return answer.state, answer.finding, answer.outcome


def test_another_stations_case_looks_like_one_that_never_came(
    server: RunningServer, station: EnrolledStation, tmp_path: Path
) -> None:
    case_id = deliver_case(server, station)
    reviewed(server.records, case_id, "closed", "genuine", "proceed")
    other = server.enrol(tmp_path / "other", "4号柜台").enrolment.station_id
    [foreign, unheard] = server.records.answers.find(other, [case_id, UNHEARD])
    assert {**foreign.to_body(), "case_id": "", "revision": ""} == {**unheard.to_body(), "case_id": "", "revision": ""}
    assert foreign.state == "unknown"
    assert foreign.received == ""


@pytest.mark.parametrize("state", ["waiting", "second_review", "disagreed"])
def test_a_finding_that_does_not_stand_yet_is_told_to_nobody(server: RunningServer, station: EnrolledStation, state: str) -> None:
    case_id = deliver_case(server, station)
    reviewed(server.records, case_id, state, "impostor", "do_not_proceed")
    assert told(server, station, case_id) == (state, "none", "none")


def test_what_a_second_login_agreed_to_stands_also_where_a_later_finding_says_otherwise(
    server: RunningServer, station: EnrolledStation
) -> None:
    case_id = deliver_case(server, station)
    reviewed(server.records, case_id, "sign_off", "twin", "more_documents", agreed=True)
    reviewed(server.records, case_id, "closed", "impostor", "do_not_proceed", agreed=False)
    assert told(server, station, case_id) == ("closed", "twin", "more_documents")


def test_without_a_word_of_a_second_login_the_last_finding_stands(server: RunningServer, station: EnrolledStation) -> None:
    case_id = deliver_case(server, station)
    reviewed(server.records, case_id, "second_review", "impostor", "do_not_proceed")
    reviewed(server.records, case_id, "closed", "quality", "proceed")
    assert told(server, station, case_id) == ("closed", "quality", "proceed")


def test_the_revision_changes_with_what_is_answered_and_with_nothing_else(
    server: RunningServer, station: EnrolledStation
) -> None:
    case_id, station_id = deliver_case(server, station), station.enrolment.station_id
    before = server.records.answers.find(station_id, [case_id])[0].revision
    deliver_case(server, station, 2)
    assert server.records.answers.find(station_id, [case_id])[0].revision == before
    reviewed(server.records, case_id, "waiting")
    waiting = server.records.answers.find(station_id, [case_id])[0].revision
    reviewed(server.records, case_id, "closed", "genuine", "proceed")
    assert len({before, waiting, server.records.answers.find(station_id, [case_id])[0].revision}) == 3


def test_every_answer_has_the_promised_shape(server: RunningServer, station: EnrolledStation) -> None:
    case_id = deliver_case(server, station)
    for state in ("none", "waiting", "second_review", "sign_off", "disagreed", "closed"):
        reviewed(server.records, case_id, state, "relative", "two_tellers")
        found = server.records.answers.find(station.enrolment.station_id, [case_id, UNHEARD])
        check_shape(server.records.answers.body(found), "answers_answer/1")


def test_the_chain_is_read_on_from_an_entry(server: RunningServer, station: EnrolledStation) -> None:
    answers = server.records.answers
    newest = answers.newest_entry()
    assert answers.touched_since(newest) == (newest, frozenset())
    case_id = deliver_case(server, station)
    assert answers.touched_since(newest) == (answers.newest_entry(), frozenset({case_id}))
