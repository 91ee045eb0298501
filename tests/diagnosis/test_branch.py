from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.alerts.enrolling import enrol_station
from teller_assist.diagnosis.branch import look_at_branch
from teller_assist.diagnosis.report import PartState, make_report
from teller_assist.settings.schema import BranchSettings
from tests.stand_ins.branch import RunningServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    running = RunningServer(tmp_path / "server")
    yield running
    running.stop()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TELLER_ASSIST__BRANCH__DATA_FOLDER", str(tmp_path / "station"))
    return tmp_path / "station"


def test_a_station_that_is_not_enrolled_is_told(folder: Path) -> None:
    found = look_at_branch()
    assert (found.state, found.facts) == (PartState.ATTENTION, {"enrolled": False})


def test_an_enrolled_station_says_where_its_key_is_what_waits_and_that_its_server_answers(
    server: RunningServer, folder: Path
) -> None:
    code = server.records.stations.make_code("一号", actor="test")
    enrol_station(BranchSettings(data_folder=str(folder)), code.text, server.url, "一号", key_in_file=True)
    (folder / "outbox").mkdir()
    (folder / "outbox" / "x.json").write_text("{}")
    (report,) = make_report({"branch": look_at_branch})
    assert report.state is PartState.READY
    assert (report.facts["key"], report.facts["waiting"], report.facts["server"]) == ("file", 1, "ready")
    assert "密钥在文件中" in report.notes_zh[0]
    server.stop()
    assert look_at_branch().facts["server"] == "server_unreachable"
    (folder / "station.key").chmod(0o644)
    (report,) = make_report({"branch": look_at_branch})
    assert (report.state, report.facts["reason"]) == (PartState.FAILED, "key_file_unsafe")
    server.start()
