"""Cases at rest: in parts, each under a key that lies outside the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from teller_assist.alerts.canonical import utc_text
from teller_assist.errors import CaseErasedError, DatabaseError, SecretsError
from teller_assist.review.case_keys import FILE as KEYS
from teller_assist.review.case_parts import IDENTITY, RECORD, parts_sha256, picture_part
from teller_assist.review.records import BranchRecords
from tests.stand_ins.branch import QUICK
from tests.stand_ins.cases import NAME, NUMBER, made_up_case
from tests.stand_ins.databases import address_of, audit_of, copied, sql_in
from tests.stand_ins.reviewed import KINSHIP, NOW, ReviewedBranch


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[ReviewedBranch]:
    made = ReviewedBranch(tmp_path / "server")
    yield made
    made.close()


def opened(branch: ReviewedBranch, case_id: str, *, pictures: bool = False) -> dict[str, object]:
    with branch.records.database.reading() as session:
        return branch.records.store.opened(session, case_id, pictures=pictures)


def test_a_case_comes_back_as_it_was_sent(branch: ReviewedBranch) -> None:
    case_id = branch.arrive(KINSHIP, pictures=True, case_id="a" * 32)
    sent = made_up_case(1, alerts=(KINSHIP,), pictures=True, case_id="a" * 32)
    sent["transaction"]["reference"] = ""
    assert opened(branch, case_id, pictures=True) == {**sent, "identity_erased": False}
    without = opened(branch, case_id)
    assert "data_base64" not in str(without)
    assert all(one["kept"] and one["width_px"] == 102 for one in without["evidence"])  # type: ignore[attr-defined]


def test_each_part_has_a_key_of_its_own_and_none_of_them_is_in_the_database(branch: ReviewedBranch) -> None:
    branch.arrive(KINSHIP, pictures=True)
    with sql_in(branch.folder) as database:
        parts = {row[0]: row[1] for row in database.execute("SELECT part, encrypted FROM case_parts")}
        assert database.execute("SELECT max(length(ciphertext)) FROM cases").fetchone() == (0,)
    assert set(parts) == {RECORD, IDENTITY, *(picture_part(role) for role in ("live", "chip", "netcheck"))}
    with closing(sqlite3.connect(branch.folder.with_name("server.keys") / KEYS)) as keys:
        wrapped = [row[0] for row in keys.execute("SELECT wrapped FROM part_keys")]
    assert len(set(wrapped)) == len(parts)
    files = [path.read_bytes() for path in branch.folder.rglob("*") if path.is_file()]
    assert not any(key in content for key in wrapped for content in files)


@pytest.mark.full
def test_without_the_folder_of_keys_nothing_of_a_copy_of_the_data_can_be_read(branch: ReviewedBranch, tmp_path: Path) -> None:
    case_id = branch.arrive(KINSHIP, pictures=True)
    branch.close()
    copied(branch.folder, tmp_path / "copy", with_keys=False)
    with pytest.raises(SecretsError) as caught:
        BranchRecords(tmp_path / "copy", database=address_of(tmp_path / "copy"), hasher=QUICK)
    assert caught.value.reason == "server_keys_missing"
    other = BranchRecords(tmp_path / "other", database=address_of(tmp_path / "other"), hasher=QUICK)
    other.close()
    thief = BranchRecords(tmp_path / "copy", database=address_of(tmp_path / "copy"), hasher=QUICK, keys=tmp_path / "other.keys")
    with thief.database.reading() as session, pytest.raises(DatabaseError) as unreadable:
        thief.store.opened(session, case_id)
    assert unreadable.value.reason == "case_key_missing"
    thief.close()
    branch.open()


def test_a_part_that_was_exchanged_or_altered_in_the_database_is_found_out(branch: ReviewedBranch) -> None:
    first, second = (branch.arrive(KINSHIP, case_id=letter * 32) for letter in "ab")
    with sql_in(branch.folder) as database:
        (other,) = database.execute("SELECT encrypted FROM case_parts WHERE case_id=? AND part=?", (second, RECORD)).fetchone()
        database.execute("UPDATE case_parts SET encrypted=? WHERE case_id=? AND part=?", (other, first, RECORD))
    with pytest.raises(DatabaseError) as caught:
        opened(branch, first)
    assert caught.value.reason == "case_altered"


def test_the_chain_holds_the_hash_of_the_parts_and_says_nothing_about_them(branch: ReviewedBranch) -> None:
    case_id = branch.arrive(KINSHIP)
    with sql_in(branch.folder) as database:
        hashes = dict(database.execute("SELECT part, sha256 FROM case_parts").fetchall())
    (entry,) = [link for link in audit_of(branch.folder).links if link.subject == case_id]
    assert entry.facts["parts_sha256"] == parts_sha256(hashes)
    # The same content again has another hash: whoever guesses a name cannot check the guess.
    assert branch.records.store.parted(made_up_case()).hashes[IDENTITY] != hashes[IDENTITY]


def test_an_erased_part_is_gone_and_the_rest_stays(branch: ReviewedBranch) -> None:
    case_id = branch.arrive(KINSHIP, pictures=True)
    at = utc_text(NOW)
    with branch.records.database.writing() as session:
        branch.records.store.erase(session, [(case_id, IDENTITY), (case_id, picture_part("live"))], at=at)
    case = opened(branch, case_id, pictures=True)
    assert case["persons"] == []
    assert case["identity_erased"] is True
    evidence = {one["role"]: one for one in case["evidence"]}  # type: ignore[attr-defined]
    assert evidence["live"] == {"role": "live", "kept": False, "why": "retention"}
    assert evidence["chip"]["data_base64"]
    for secret in (NAME, NUMBER):
        assert secret not in str(case)
    with branch.records.database.writing() as session:
        branch.records.store.erase(session, [(case_id, RECORD)], at=at)
    with pytest.raises(CaseErasedError):
        opened(branch, case_id)


def test_keys_are_kept_for_this_user_alone_and_a_file_that_is_none_stops_the_start(branch: ReviewedBranch) -> None:
    path = branch.folder.with_name("server.keys") / KEYS
    assert path.stat().st_mode & 0o777 == 0o600
    branch.close()
    path.write_bytes(b"not a database" * 500)
    with pytest.raises(DatabaseError) as caught:
        branch.open()
    assert caught.value.reason == "case_keys_unreadable"
    path.unlink()
    branch.open()


def test_a_copy_of_the_keys_opens_the_cases_and_forgets_what_was_destroyed(branch: ReviewedBranch, tmp_path: Path) -> None:
    case_id = branch.arrive(KINSHIP)
    copy = tmp_path / KEYS
    branch.records.case_keys.copy_to(copy)
    with closing(sqlite3.connect(copy)) as keys:
        assert keys.execute("SELECT count(*) FROM part_keys").fetchone() == (2,)
    with branch.records.database.writing() as session:
        branch.records.store.erase(session, [(case_id, IDENTITY)], at=utc_text(NOW))
    branch.records.case_keys.copy_to(copy)
    with closing(sqlite3.connect(copy)) as keys:
        assert keys.execute("SELECT part FROM part_keys").fetchall() == [(RECORD,)]
