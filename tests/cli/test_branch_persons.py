"""What IT does for one customer and for the keys, by the command line: real records in a folder."""

from __future__ import annotations

import datetime
import io
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.cli import main
from teller_assist.review.evidence_pack.sealing import decrypt
from tests.stand_ins.cases import NAME, number
from tests.stand_ins.reviewed import INFO, KINSHIP, ReviewedBranch

HOLDER = number(21)


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[ReviewedBranch]:
    made = ReviewedBranch(tmp_path / "server")
    for _ in range(2):
        made.arrive(INFO, pictures=True, holder=HOLDER)
    made.arrive(INFO, pictures=True, holder=number(22))
    yield made
    made.close()


def told(capsys: pytest.CaptureFixture[str], branch: ReviewedBranch, *task: str) -> tuple[int, dict[str, Any]]:
    try:
        code = main(["branch-admin", "--data", str(branch.folder), "--json", *task])
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, json.loads(capsys.readouterr().out)


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{text}\n"))


@pytest.mark.full
def test_a_persons_copy_is_encrypted_with_a_passphrase_that_is_shown_once(
    branch: ReviewedBranch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, HOLDER)
    code, document = told(capsys, branch, "person-export", str(tmp_path / "copy.age"))
    assert (code, document["cases"]) == (0, 2)
    content = (tmp_path / "copy.age").read_bytes()
    assert NAME.encode() not in content
    copy = json.loads(decrypt(content, document["passphrase"]))
    assert [one["persons"][0]["number"] for one in copy["cases"]] == [HOLDER] * 2
    assert HOLDER not in json.dumps(document)


@pytest.mark.full
def test_a_person_is_erased_and_others_stay(
    branch: ReviewedBranch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting = branch.arrive(KINSHIP, holder=HOLDER)
    typed(monkeypatch, HOLDER)
    code, document = told(capsys, branch, "person-erase")
    assert (code, document["cases"], document["parts"], document["kept_for_dispute"]) == (0, 2, 8, [waiting])
    typed(monkeypatch, number(22))
    assert told(capsys, branch, "person-erase")[1]["cases"] == 1
    assert told(capsys, branch, "persons")[1]["persons"] == 1


@pytest.mark.parametrize("text", ["", "not a number", "19000119900315017"])
def test_what_is_no_number_erases_nobody(
    branch: ReviewedBranch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    typed(monkeypatch, text)
    code, document = told(capsys, branch, "person-erase")
    assert code in (2, 3)
    assert document["schema"] == "error/1"
    assert text not in json.dumps(document) or not text


@pytest.mark.full
def test_the_keys_are_copied_to_a_second_place_and_another_folder_of_keys_can_be_named(
    branch: ReviewedBranch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, branch, "copy-keys", str(tmp_path / "second"))[0] == 0
    assert {path.name for path in (tmp_path / "second").iterdir()} == {"server.json", "case_keys.sqlite3"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "second").iterdir())
    keys = branch.folder.with_name("server.keys")
    branch.close()
    keys.rename(tmp_path / "lost")
    code, document = told(capsys, branch, "persons")
    assert (code, document["error"]["reason"]) == (3, "server_keys_missing")
    assert told(capsys, branch, "--keys", str(tmp_path / "second"), "persons")[0] == 0
    (tmp_path / "lost").rename(keys)
    branch.open()


@pytest.mark.full
def test_branches_are_added_and_people_and_stations_belong_to_them(
    branch: ReviewedBranch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, branch, "add-branch", "south", "--name", "城南支行")[0] == 0
    listed = told(capsys, branch, "list-branches")[1]["branches"]
    assert {one["branch"] for one in listed} == {"main", "north", "south"}
    typed(monkeypatch, "a-long-enough-password")
    person = ("add-person", "--login", "li", "--name", "李经理", "--role", "manager", "--password-stdin")
    assert told(capsys, branch, *person, "--branch", "south")[0] == 0
    assert [one.branch_id for one in branch.records.people.listed()] == ["south"]
    assert told(capsys, branch, "enrolment-code", "--name", "1号柜台", "--branch", "nowhere")[0] == 2
    typed(monkeypatch, "a-long-enough-password")
    assert told(capsys, branch, *person, "--branch", "")[0] == 2, "a manager answers for one branch"


@pytest.mark.full
def test_a_restored_backup_is_without_what_was_erased_since(
    branch: ReviewedBranch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, branch, "backup", str(tmp_path / "backup"))[0] == 0
    branch.close()
    branch.move(datetime.datetime.now(datetime.UTC) - branch.clock() + datetime.timedelta(seconds=2))
    branch.open()
    typed(monkeypatch, HOLDER)
    assert told(capsys, branch, "person-erase")[1]["parts"] == 8
    branch.close()
    shutil.rmtree(branch.folder)
    code, document = told(capsys, branch, "restore", str(tmp_path / "backup"))
    assert (code, document["intact"], document["erased_again"]) == (0, True, 8)
    branch.open()
    typed(monkeypatch, HOLDER)
    assert told(capsys, branch, "person-erase")[1]["cases"] == 0
