"""A data folder of a program before the parts: its keys move out, its cases are parted, nothing is lost."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from teller_assist.alerts.canonical import from_base64
from teller_assist.alerts.envelope import seal_case
from teller_assist.evidence.id_number import IdNumber
from teller_assist.review import database as database_module
from teller_assist.review.audit_check import check_chain, read_audit
from teller_assist.review.database import FILE
from teller_assist.review.records import BranchRecords
from tests.stand_ins.branch import QUICK
from tests.stand_ins.cases import NUMBER, STATION, made_up_case
from tests.stand_ins.reviewed import KEY, KINSHIP, ReviewedBranch

MOMENT = "2026-11-27T09:00:00.000Z"


@pytest.fixture(autouse=True, scope="module")
def _on_both() -> None:
    """The program before kept its records in SQLite alone."""


def earlier_folder(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Return a data folder as the program of revision 0003 left it, with one case, and that case."""
    made = BranchRecords(folder, hasher=QUICK)
    recipient = made.keys.public.recipient
    made.close()
    (folder / FILE).unlink()
    keys = folder.with_name(f"{folder.name}.keys")
    (folder / "keys").mkdir(mode=0o700)
    body = json.loads((keys / "server.json").read_text())
    del body["master_key"]
    (folder / "keys" / "server.json").write_text(json.dumps(body))
    (folder / "keys" / "server.json").chmod(0o600)
    shutil.rmtree(keys)
    _migrate(folder / FILE, "0003")
    case = made_up_case(1, alerts=(KINSHIP,), pictures=True)
    envelope = seal_case(case, recipient=recipient, key=KEY)
    with closing(sqlite3.connect(folder / FILE)) as connection:
        row = (STATION, "一号", KEY.verify_key, MOMENT, MOMENT, False)
        connection.execute("INSERT INTO stations VALUES (?, ?, ?, ?, ?, ?)", row)
        values = {
            "case_id": case["case_id"],
            "station_id": STATION,
            "sequence": 1,
            "created": MOMENT,
            "received": MOMENT,
            "business_kind": "loss_report",
            "ending": "settled",
            "outcome": "MATCH",
            "next_step": "proceed",
            "decision": "pass",
            "with_alerts": True,
            "ciphertext": from_base64(envelope["ciphertext"], what="ciphertext"),
            "ciphertext_sha256": envelope["ciphertext_sha256"],
            "chain_index": 1,
            "chain_head": "0" * 64,
            "receipt_signature": "",
        }
        names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
        connection.execute(f"INSERT INTO cases ({names}) VALUES ({marks})", values)  # noqa: S608 (names of columns)
        alert = (case["alerts"][0]["id"], case["case_id"], 0, *KINSHIP)
        connection.execute("INSERT INTO alerts (alert_id, case_id, place, kind, severity, why) VALUES (?, ?, ?, ?, ?, ?)", alert)
        connection.commit()
    return folder, case


def _migrate(path: Path, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(database_module.__file__).with_name("migrations")))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


@pytest.mark.full
def test_an_earlier_programs_case_is_parted_once_and_reads_as_before(tmp_path: Path) -> None:
    folder, case = earlier_folder(tmp_path / "server")
    for _ in range(2):
        records = BranchRecords(folder, hasher=QUICK)
        with records.database.reading() as session:
            opened = records.store.opened(session, case["case_id"], pictures=True)
        records.close()
        assert opened["persons"] == case["persons"]
        assert opened["evidence"] == case["evidence"]
    with closing(sqlite3.connect(folder / FILE)) as connection:
        assert connection.execute("SELECT length(ciphertext), teller FROM cases").fetchone() == (0, "柜员一")
        assert connection.execute("SELECT received, branch_id FROM alerts").fetchone() == (MOMENT, "main")
    assert [link.kind for link in read_audit(folder / FILE).links] == ["case_parted"]


@pytest.mark.full
def test_the_keys_move_out_of_the_data_folder(tmp_path: Path) -> None:
    folder, _ = earlier_folder(tmp_path / "server")
    BranchRecords(folder, hasher=QUICK).close()
    assert not (folder / "keys" / "server.json").exists()
    assert (tmp_path / "server.keys" / "server.json").stat().st_mode & 0o777 == 0o600
    first = (tmp_path / "server.keys" / "server.json").read_bytes()
    BranchRecords(folder, hasher=QUICK).close()
    assert (tmp_path / "server.keys" / "server.json").read_bytes() == first, "the same master key at the next start"


@pytest.mark.full
def test_its_customer_is_found_by_the_number_and_can_be_erased(tmp_path: Path) -> None:
    folder, _ = earlier_folder(tmp_path / "server")
    records = BranchRecords(folder, hasher=QUICK)
    assert records.persons.erase(IdNumber(NUMBER), actor="test").cases == 1
    records.close()


@pytest.mark.full
@pytest.mark.parametrize("parted_before", [1, 2])
def test_an_interrupted_start_goes_on_where_it_ended(tmp_path: Path, parted_before: int) -> None:
    branch = ReviewedBranch(tmp_path / "server")
    ids = [branch.arrive(KINSHIP) for _ in range(3)]
    branch.close()
    envelopes = {}
    records = BranchRecords(tmp_path / "server", hasher=QUICK)
    for sequence, case_id in enumerate(ids, 1):
        sealed = seal_case(made_up_case(sequence, case_id=case_id), recipient=records.keys.public.recipient, key=KEY)
        envelopes[case_id] = from_base64(sealed["ciphertext"], what="ciphertext")
    records.close()
    with closing(sqlite3.connect(tmp_path / "server" / FILE)) as connection:
        for case_id in ids[parted_before:]:
            connection.execute("DELETE FROM case_parts WHERE case_id=?", (case_id,))
            connection.execute("UPDATE cases SET ciphertext=? WHERE case_id=?", (envelopes[case_id], case_id))
        connection.commit()
    records = BranchRecords(tmp_path / "server", hasher=QUICK)
    with records.database.reading() as session:
        assert all(records.store.opened(session, case_id)["persons"] for case_id in ids)
    records.close()
    assert check_chain(read_audit(tmp_path / "server" / FILE)) is None
