from __future__ import annotations

import socket
from pathlib import Path

import pytest

from teller_assist.diagnosis.netcheck import look_at_netcheck
from teller_assist.diagnosis.report import PartState, make_report
from tests.stand_ins.gateway import running_gateway


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLER_ASSIST__NETCHECK__CONNECT_TIMEOUT_S", "1")


def set_up(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"TELLER_ASSIST__NETCHECK__{name.upper()}", value)


def test_a_station_without_a_gateway_says_so() -> None:
    found = look_at_netcheck()
    assert (found.state, found.facts) == (PartState.ATTENTION, {"set_up": False})


def test_a_gateway_is_connected_to_and_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_gateway() as gateway:
        set_up(monkeypatch, gateway_url=gateway.url)
        found = look_at_netcheck()
    assert (found.state, found.facts["gateway"], found.facts["credential"]) == (PartState.READY, "ready", "none")
    assert gateway.asked == []


def test_a_gateway_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        set_up(monkeypatch, gateway_url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        found = look_at_netcheck()
    assert (found.state, found.facts["gateway"]) == (PartState.ATTENTION, "no_connection")


def test_a_gateway_whose_certificate_nobody_vouches_for_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_gateway() as gateway:  # speaks no TLS at all
        set_up(monkeypatch, gateway_url=gateway.url.replace("http", "https"))
        assert look_at_netcheck().facts["gateway"] == "certificate_not_trusted"


def test_a_credential_that_is_missing_fails_the_part_and_names_no_host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TELLER_ASSIST__BRANCH__DATA_FOLDER", str(tmp_path))
    set_up(monkeypatch, gateway_url="https://gateway.example", credential_header="X-Station", credential_place="file")
    (report,) = make_report({"netcheck": look_at_netcheck})
    assert (report.state, report.facts["reason"]) == (PartState.FAILED, "gateway_credential_unusable")
    assert "gateway.example" not in str(report)
