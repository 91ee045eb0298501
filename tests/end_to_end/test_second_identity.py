"""The branch server's own process with its settings: recent faces survive its death and end with their switch."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.alerts.branch_client import BranchClient
from teller_assist.alerts.branch_faces import BranchFaces
from teller_assist.alerts.branch_register import BranchRegister
from teller_assist.alerts.enrolling import enrol_station
from teller_assist.alerts.enrolment import KEY_NAME
from teller_assist.alerts.keys import SigningKey
from teller_assist.decision.second_identity import NOT_SEARCHED
from teller_assist.demonstration.server_process import ServerProcess
from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.database import FILE
from teller_assist.review.records import BranchRecords
from teller_assist.settings.schema import BranchSettings
from tests.stand_ins.branch import QUICK, MemorySecrets
from tests.stand_ins.cases import number
from tests.stand_ins.faces import probe

ONE, OTHER = IdNumber(number(17)), IdNumber(number(30))
DAYS = "TELLER_ASSIST__RECENT_FACES__DAYS"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    running = ServerProcess("branch-server", "--data", str(tmp_path / "server"))
    yield running
    running.stop()


def kill(server: ServerProcess) -> None:
    assert server._process is not None
    server._process.kill()
    server.stop()


@pytest.mark.full
def test_what_was_kept_is_found_after_a_kill_and_gone_once_it_is_switched_off(
    server: ServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = BranchRecords(tmp_path / "server", hasher=QUICK)
    code = records.stations.make_code("一号", actor="test").text
    records.close()
    monkeypatch.setenv(DAYS, "7")
    server.start()
    secrets, settings = MemorySecrets(), BranchSettings(data_folder=str(tmp_path / "station"))
    enrolment = enrol_station(settings, code, server.url, "一号", key_in_file=False, secrets=secrets)
    client = BranchClient(enrolment, SigningKey(secrets.read(KEY_NAME)), 10.0)
    try:
        register = BranchRegister(client)
        faces = BranchFaces(client, register)
        register.lookup(ONE)
        faces.keep(ONE, probe(1), case_id="0" * 32, business_kind="loss_report")
        kill(server)
        server.start()
        assert [seen.case_id for seen in faces.ask(OTHER, probe(1)).seen] == ["0" * 32]
        server.stop()
        monkeypatch.delenv(DAYS)
        server.start()
        assert faces.ask(OTHER, probe(1)) is NOT_SEARCHED
    finally:
        client.close()
    connection = sqlite3.connect(tmp_path / "server" / FILE)
    assert connection.execute("SELECT count(*) FROM recent_faces").fetchone() == (0,)
    connection.close()
