from __future__ import annotations

from collections.abc import Iterator

import pytest

from teller_assist.alerts.branch_client import BranchClient
from teller_assist.alerts.branch_register import REMEMBERED_S, BranchRegister
from teller_assist.decision.judgement import Kinship
from teller_assist.decision.kinship import LOOK_ALIKE, NO_ENTRY, POSSIBLE_TWIN, RELATIVE, ask_register
from teller_assist.evidence.id_number import IdNumber
from tests.stand_ins.branch import EnrolledStation, RunningServer
from tests.stand_ins.cases import number

OWN = IdNumber(number(17))


@pytest.fixture
def client(station: EnrolledStation) -> Iterator[BranchClient]:
    made = BranchClient(station.enrolment, station.key, 5.0)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("others", "finding"),
    [
        ((), NO_ENTRY),
        ((17,), NO_ENTRY),
        ((30,), RELATIVE),
        ((21,), POSSIBLE_TWIN),
        ((13,), POSSIBLE_TWIN),
        ((22,), RELATIVE),
    ],
)
def test_the_register_finds_relatives_by_number(
    server: RunningServer, client: BranchClient, others: tuple[int, ...], finding: object
) -> None:
    server.records.add_relatives([IdNumber(number(one)) for one in others], actor="test")
    assert BranchRegister(client).lookup(OWN) == finding


def test_a_look_alike_is_told_from_both_sides(server: RunningServer, client: BranchClient) -> None:
    other = IdNumber(number(17, "19000219850722"))
    server.records.add_look_alikes([(OWN, other)], actor="test")
    register = BranchRegister(client)
    assert register.lookup(OWN) == LOOK_ALIKE
    assert register.lookup(other) == LOOK_ALIKE


def test_an_answer_is_remembered_for_a_while_and_no_longer(server: RunningServer, client: BranchClient) -> None:
    now = [0.0]
    register = BranchRegister(client, clock=lambda: now[0])
    assert register.lookup(OWN) == NO_ENTRY
    server.records.add_relatives([IdNumber(number(19))], actor="test")
    assert register.lookup(OWN) == NO_ENTRY
    now[0] = REMEMBERED_S
    assert register.lookup(OWN) == POSSIBLE_TWIN


def test_what_is_forgotten_is_asked_again(server: RunningServer, client: BranchClient) -> None:
    register = BranchRegister(client)
    register.lookup(OWN)
    server.records.add_relatives([IdNumber(number(19))], actor="test")
    register.forget()
    assert register.lookup(OWN) == POSSIBLE_TWIN


def test_without_a_server_relatives_are_unknown_and_no_answer_is_made_up(server: RunningServer, client: BranchClient) -> None:
    server.stop()
    finding = ask_register(BranchRegister(client), OWN)
    assert (finding.kinship, finding.why) == (Kinship.UNKNOWN, "kinship_server_unreachable")
    server.start()


def test_a_refused_station_learns_nothing(server: RunningServer, client: BranchClient, station: EnrolledStation) -> None:
    server.records.stations.revoke(station.enrolment.station_id, actor="test")
    assert ask_register(BranchRegister(client), OWN).why == "kinship_server_refused"


def test_no_number_is_in_the_registers_memory_or_the_servers_files(server: RunningServer, client: BranchClient) -> None:
    register = BranchRegister(client)
    register.lookup(OWN)
    server.records.add_relatives([OWN], actor="test")
    assert OWN.text not in repr(vars(register))
    for path in server.data.rglob("*"):
        if path.is_file():
            assert OWN.text.encode() not in path.read_bytes(), path.name
