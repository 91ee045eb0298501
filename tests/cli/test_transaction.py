"""What the core banking system calls; the station that answers is tested in tests/workflow/test_hand_off.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.cli import main
from teller_assist.cli.transaction import KINDS, ROLES
from teller_assist.errors import SessionError
from teller_assist.evidence.transaction import BusinessKind, PersonRole
from teller_assist.workflow.hand_off_channel import HandOffServer

TOLD = {"reference": "A-1", "business_kind": "loss_report", "state": "referred", "case_id": "0" * 32}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TELLER_ASSIST__BRANCH__DATA_FOLDER", str(tmp_path))
    return tmp_path


@pytest.fixture
def asked(folder: Path) -> Iterator[list[dict[str, str]]]:
    """A station that notes what it is asked and answers one thing; begins nothing."""
    requests: list[dict[str, str]] = []

    def answer(request: dict[str, str]) -> dict[str, str]:
        requests.append(dict(request))
        if request["action"] == "start":
            raise SessionError(why="customer_present")
        return TOLD

    server = HandOffServer(folder, answer)  # type: ignore[arg-type]
    yield requests
    server.close()


def test_the_kinds_offered_are_the_products() -> None:
    assert set(KINDS) == {kind.value for kind in BusinessKind}
    assert set(ROLES) == {role.value for role in PersonRole}


@pytest.mark.parametrize("action", ["status", "cancel"])
def test_the_answer_is_one_document(asked: list[dict[str, str]], capsys: pytest.CaptureFixture[str], action: str) -> None:
    assert main(["transaction", action, "--ref", "A-1", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {name: document[name] for name in TOLD} == TOLD
    assert document["schema"] == "transaction/1"
    assert asked == [{"action": action, "reference": "A-1", "kind": ""}]


@pytest.mark.usefixtures("asked")
def test_people_read_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transaction", "status", "--ref", "A-1"]) == 0
    assert capsys.readouterr().out.strip() == f"A-1：转复核，个案 {'0' * 32}"


@pytest.mark.usefixtures("asked")
def test_a_refusal_of_the_station_is_a_known_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transaction", "start", "--kind", "loss_report", "--ref", "A-1", "--json"]) == 3
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["reason"], error["facts"]) == ("not_now", {"why": "customer_present"})
    assert error["zh"] == "当前还有一位客户的核身没有结束。请先结束这位客户，再重试。"


@pytest.mark.usefixtures("folder")
def test_without_a_station_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["transaction", "status", "--ref", "A-1", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["reason"] == "station_not_running"


def test_a_kind_of_business_that_does_not_exist_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["transaction", "start", "--kind", "theft", "--ref", "A-1", "--json"])
    assert ended.value.code == 2
    assert json.loads(capsys.readouterr().out)["error"]["reason"] == "usage"
