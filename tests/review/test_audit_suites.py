"""The audit chain of a server with the suite "guomi": hashed with SM3, signed with SM2, checked like any other."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from teller_assist.alerts.canonical import to_base64
from teller_assist.alerts.envelope import seal_case
from teller_assist.alerts.keys import SigningKey
from teller_assist.alerts.suites.choice import GUOMI, INTERNATIONAL
from teller_assist.review.audit import head_signed_bytes
from teller_assist.review.audit_check import ChainFault, Tampering, check_chain, read_audit
from teller_assist.review.database import FILE
from teller_assist.review.records import BranchRecords
from teller_assist.review.server_keys import PUBLIC_FILE
from teller_assist.review.tables import Station
from tests.stand_ins.branch import QUICK
from tests.stand_ins.cases import STATION, made_up_case

MOMENT = "2026-11-27T09:00:00.000Z"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server's folder: entry 1 (start), three cases as 2 to 4, and their receipts."""
    folder = tmp_path_factory.mktemp("audit") / "server"
    key = SigningKey.generate(GUOMI)
    records = BranchRecords(folder, hasher=QUICK, suite_name="guomi")
    records.note_start()
    with records.database.writing() as session:
        known = {"station_id": STATION, "name": "一号", "verify_key": key.verify_key}
        session.add(Station(**known, enrolled=MOMENT, last_seen=MOMENT, revoked=False))
    receipts = []
    for sequence in range(1, 4):
        envelope = seal_case(made_up_case(sequence), recipient=records.keys.public.recipient, key=key)
        receipts.append(records.intake.take_case(STATION, key.verify_key, envelope).body)
    records.close()
    (folder / "receipts.jsonl").write_text("".join(json.dumps(one) + "\n" for one in receipts))
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "server"))


def changed(folder: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(folder / FILE)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def verdict(folder: Path) -> ChainFault | None:
    return check_chain(read_audit(folder / FILE, folder / "receipts.jsonl"))


def test_what_nobody_touched_is_whole_and_its_hashes_are_sm3(folder: Path) -> None:
    record = read_audit(folder / FILE, folder / "receipts.jsonl")
    assert check_chain(record) is None
    first = record.links[0]
    assert first.hash == replace(first, suite=GUOMI).computed_hash() != replace(first, suite=INTERNATIONAL).computed_hash()


def test_an_altered_entry_is_named(folder: Path) -> None:
    changed(folder, "UPDATE audit_entries SET actor='nobody' WHERE number=3")
    assert verdict(folder) == ChainFault(3, Tampering.ALTERED)


@pytest.mark.parametrize("suite", [GUOMI, INTERNATIONAL])
def test_an_entry_hashed_and_signed_anew_in_either_suite_is_named(folder: Path, suite: object) -> None:
    last = read_audit(folder / FILE).links[-1]
    forged = replace(last, actor="nobody", suite=suite)  # type: ignore[arg-type]
    head = forged.computed_hash()
    key = SigningKey.generate(forged.suite)
    signature = to_base64(key.sign(head_signed_bytes(forged.index, head)))
    changed(folder, "UPDATE audit_entries SET actor='nobody', hash=?, signature=? WHERE number=4", head, signature)
    found = verdict(folder)
    assert found is not None
    assert found.index == 4


def test_a_cut_off_end_is_found_by_the_receipts(folder: Path) -> None:
    changed(folder, "DELETE FROM audit_entries WHERE number>=3")
    changed(folder, "DELETE FROM cases WHERE chain_index>=3")
    assert verdict(folder) == ChainFault(3, Tampering.TRUNCATED)


def test_a_receipt_of_another_server_does_not_count(folder: Path) -> None:
    lines = [json.loads(line) for line in (folder / "receipts.jsonl").read_text().splitlines()]
    lines[1]["signature"] = lines[2]["signature"]
    (folder / "receipts.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    assert verdict(folder) == ChainFault(3, Tampering.HEAD_SIGNATURE)


def test_without_the_servers_keys_the_hash_that_fits_is_found(folder: Path) -> None:
    (folder / PUBLIC_FILE).unlink()
    assert verdict(folder) is None
    changed(folder, "UPDATE audit_entries SET actor='nobody' WHERE number=1")
    assert verdict(folder) == ChainFault(1, Tampering.ALTERED)
