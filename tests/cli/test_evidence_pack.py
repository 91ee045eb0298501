"""The commands of whoever receives an evidence pack, as they are typed."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from teller_assist.cli import main
from teller_assist.review.evidence_pack.making import MadePack, make_pack
from tests.stand_ins.cases import made_up_case
from tests.stand_ins.packs import KEYS, OTHER_KEYS, content_of


@pytest.fixture(scope="module")
def made() -> MadePack:
    return make_pack(content_of(made_up_case(pictures=True)), KEYS)


@pytest.fixture
def pack(made: MadePack, tmp_path: Path) -> Path:
    path = tmp_path / made.file_name
    path.write_bytes(made.data)
    return path


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "public_keys.json"
    path.write_text(json.dumps({"schema": "server_keys/1", **KEYS.public.to_body()}))
    return path


@pytest.fixture
def typed(made: MadePack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{made.passphrase}\n"))


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    code = main(["evidence-pack", *map(str, arguments), "--json"])
    out = capsys.readouterr().out
    assert out.count("\n") == 1, "one document"
    return code, json.loads(out)


@pytest.mark.full
def test_a_pack_is_opened_into_a_folder_and_every_change_there_is_named(
    pack: Path, keys: Path, typed: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "opened"
    code, document = told(capsys, "open", pack, "--out", out, "--passphrase-stdin")
    assert (code, document["schema"], len(document["files"])) == (0, "evidence_pack_opened/1", 8)
    code, verdict = told(capsys, "verify", out, "--keys", keys)
    assert (code, verdict["schema"], verdict["intact"], verdict["keys"]) == (0, "evidence_pack_verdict/1", True, "pinned")
    assert "first_bad" not in verdict
    (out / "review.json").write_text("{}")
    code, verdict = told(capsys, "verify", out, "--keys", keys)
    assert (code, verdict["intact"]) == (3, False)
    assert verdict["first_bad"] == {"file": "review.json", "kind": "altered"}


@pytest.mark.full
def test_an_encrypted_pack_is_checked_without_writing_it_anywhere(
    pack: Path, typed: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(tmp_path.iterdir())
    assert main(["evidence-pack", "verify", str(pack), "--passphrase-stdin"]) == 0
    out = capsys.readouterr().out
    assert "证据包完整" in out
    assert KEYS.public.fingerprint in out, "the pack's own keys prove little: the receiver is told"
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.full
def test_the_passphrase_is_asked_for_where_somebody_sits(
    pack: Path, made: MadePack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda asked: made.passphrase if asked == "口令：" else "")
    assert told(capsys, "verify", pack)[1]["intact"]


@pytest.mark.full
def test_a_wrong_passphrase_is_said_in_two_sentences(
    pack: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("0000-1111\n"))
    assert main(["evidence-pack", "open", str(pack), "--out", str(tmp_path / "out"), "--passphrase-stdin"]) == 3
    captured = capsys.readouterr()
    assert "口令不正确" in captured.err
    assert "0000-1111" not in captured.err + captured.out
    assert not (tmp_path / "out").exists()


@pytest.mark.full
def test_keys_of_another_server_or_of_none_are_told_apart(
    pack: Path, keys: Path, made: MadePack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for body, code in (({"schema": "server_keys/1", **OTHER_KEYS.public.to_body()}, 3), ({}, 3), ("no keys", 3)):
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{made.passphrase}\n"))
        keys.write_text(json.dumps(body))
        assert told(capsys, "verify", pack, "--keys", keys, "--passphrase-stdin")[0] == code
    keys.unlink()
    assert told(capsys, "verify", pack, "--keys", keys)[1]["error"]["reason"] == "usage"
