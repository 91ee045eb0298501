from __future__ import annotations

import io
import json
import stat
from pathlib import Path

import pytest

from teller_assist.cli import main
from teller_assist.netcheck.opening import CREDENTIAL_NAME
from teller_assist.settings.secrets import KeyFileSecrets


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The station's folder; not there yet, as on a station that was never enrolled."""
    monkeypatch.setenv("TELLER_ASSIST__BRANCH__DATA_FOLDER", str(tmp_path / "state" / "records"))
    monkeypatch.setenv("TELLER_ASSIST__NETCHECK__CREDENTIAL_PLACE", "file")
    return tmp_path / "state" / "records"


def test_a_credential_comes_from_standard_input_into_a_private_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("s3cret\n"))
    assert main(["netcheck", "credential", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["credential"] == "file"
    assert "s3cret" not in told.out + told.err
    assert KeyFileSecrets(folder).read(CREDENTIAL_NAME) == b"s3cret"
    assert stat.S_IMODE((folder / f"{CREDENTIAL_NAME}.key").stat().st_mode) == 0o600


def test_a_credential_that_no_header_can_carry_is_refused_and_not_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("凭据\n"))
    assert main(["netcheck", "credential", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["reason"] == "gateway_credential_unusable"
    assert not folder.exists()
