from __future__ import annotations

import json
from pathlib import Path

import pytest

from teller_assist.cli import main
from teller_assist.settings.signing import make_signing_key

Capture = pytest.CaptureFixture[str]
OWN = 'schema = "issuing_banks/1"\ndate = 2026-12-01\nauthor = "IT"\n[[banks]]\nname = "样例银行"\ndebit = ["990000", "990001"]\n'


def test_the_file_in_force_is_counted(capsys: Capture) -> None:
    assert main(["issuing-banks", "check", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["banks"]) == ("issuing-banks-check/1", 15)
    assert main(["issuing-banks", "check"]) == 0
    assert "15家银行" in capsys.readouterr().out


def test_a_banks_own_file_is_checked_and_signed(tmp_path: Path, capsys: Capture) -> None:
    file, key = tmp_path / "issuing_banks.toml", tmp_path / "own.key"
    make_signing_key(key)
    file.write_text(OWN, encoding="utf-8")
    assert main(["issuing-banks", "check", "--file", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["author"], told["banks"], told["prefixes"]) == ("IT", 1, 2)
    assert main(["issuing-banks", "sign", str(file), "--key", str(key), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["signature"] == "issuing_banks.toml.signature.json"
    assert (tmp_path / "issuing_banks.toml.signature.json").exists()


def test_a_file_that_is_wrong_is_not_signed(tmp_path: Path, capsys: Capture) -> None:
    file, key = tmp_path / "issuing_banks.toml", tmp_path / "own.key"
    make_signing_key(key)
    file.write_text(OWN.replace('"990001"', '"990000"'), encoding="utf-8")
    assert main(["issuing-banks", "sign", str(file), "--key", str(key), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["facts"]["key"] == "banks 1 debit"
    assert not (tmp_path / "issuing_banks.toml.signature.json").exists()
    assert main(["issuing-banks", "check", "--file", str(tmp_path / "nothing.toml")]) == 3
