from __future__ import annotations

import json
from pathlib import Path

import pytest

from teller_assist.app import Installation
from teller_assist.cli import main


@pytest.mark.parametrize(
    "arguments",
    [["--headless"], ["--headless", "--out", "x", "--seed", "-1"], ["--headless", "--out", "x", "--portraits", "oil"]],
)
def test_a_wish_that_cannot_be_understood_is_a_usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(["demo", *arguments])
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 2
    assert capsys.readouterr().err


def test_a_folder_without_customers_is_told_and_no_server_is_left(
    tmp_path: Path, installation: Installation, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("TELLER_ASSIST__STATION__UNDO_S", "1.0")
    (tmp_path / "empty").mkdir()
    code = main(["demo", "--headless", "--json", "--out", str(tmp_path / "out"), "--footage", str(tmp_path / "empty")])
    document = json.loads(capsys.readouterr().out)
    assert (code, document["schema"], document["error"]["reason"]) == (3, "error/1", "set_invalid")
