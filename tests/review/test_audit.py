"""The audit chain against somebody with full access to the database: whatever is done to it is found, named and placed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from teller_assist.alerts.canonical import to_base64
from teller_assist.alerts.envelope import seal_case
from teller_assist.alerts.keys import SigningKey
from teller_assist.errors import DatabaseError
from teller_assist.review.audit import Link, head_signed_bytes
from teller_assist.review.audit_check import ChainFault, Tampering, check_chain, read_audit
from teller_assist.review.records import BranchRecords
from teller_assist.review.server_keys import PUBLIC_FILE
from teller_assist.review.tables import Station
from tests.stand_ins.branch import QUICK
from tests.stand_ins.cases import STATION, made_up_case
from tests.stand_ins.databases import CURRENT, Sql, address_of, audit_of, copied, sql_in

COLUMNS = "number, at, kind, actor, subject, facts, previous, hash, signature"
STATION_KEY = SigningKey(bytes(range(32)))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, database_kind: str) -> Path:
    """A server's folder with five cases; entries 1 (start) and 2 to 6, then the log of a look-alike entry as 7."""
    folder = tmp_path_factory.mktemp("audit") / "server"
    records = BranchRecords(folder, database=address_of(folder), hasher=QUICK)
    receipts = with_five_cases(records)
    records.close()
    (folder / "receipts.jsonl").write_text("".join(json.dumps(one) + "\n" for one in receipts))
    return folder


def with_five_cases(records: BranchRecords) -> list[dict[str, Any]]:
    """Write seven entries; returns the cases' receipts."""
    records.note_start()
    with records.database.writing() as session:
        moment = "2026-11-27T09:00:00.000Z"
        session.add(
            Station(
                station_id=STATION,
                name="一号",
                verify_key=STATION_KEY.verify_key,
                enrolled=moment,
                last_seen=moment,
                revoked=False,
                branch_id="main",
            )
        )
    receipts = []
    for sequence in range(1, 6):
        envelope = seal_case(made_up_case(sequence), recipient=records.keys.public.recipient, key=STATION_KEY)
        receipts.append(records.intake.take_case(STATION, STATION_KEY.verify_key, envelope).body)
    records.add_relatives([], actor="test")
    return receipts


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return copied(written, tmp_path / "server")


Tamper = Callable[[Sql], None]


def verdict(folder: Path, tamper: Tamper | None = None, *, receipts: bool = False) -> ChainFault | None:
    if tamper is not None:
        with sql_in(folder) as sql:
            tamper(sql)
    return check_chain(audit_of(folder, folder / "receipts.jsonl" if receipts else None))


def rehashed(connection: Sql, first: int, key: SigningKey | None = None) -> None:
    """Make every hash anew from an entry on, as somebody would who wants the chain to look whole."""
    rows = connection.execute(f"SELECT {COLUMNS} FROM audit_entries ORDER BY number").fetchall()  # noqa: S608
    previous = "0" * 64
    for number, at, kind, actor, subject, facts, old_previous, old_hash, signature in rows:
        if number < first:
            previous = old_hash
            continue
        del old_previous
        link = Link(number, at, kind, actor, subject, json.loads(facts), previous, "", signature)
        previous_now, previous = previous, link.computed_hash()
        signed = to_base64(key.sign(head_signed_bytes(number, previous))) if key else signature
        connection.execute(
            "UPDATE audit_entries SET previous=?, hash=?, signature=? WHERE number=?", (previous_now, previous, signed, number)
        )


def renumbered(connection: Sql, gone: int) -> None:
    connection.execute("DELETE FROM audit_entries WHERE number=?", (gone,))
    for (number,) in connection.execute("SELECT number FROM audit_entries WHERE number>? ORDER BY number", (gone,)).fetchall():
        connection.execute("UPDATE audit_entries SET number=? WHERE number=?", (number - 1, number))


def inserted(connection: Sql, place: int) -> None:
    for (number,) in connection.execute(
        "SELECT number FROM audit_entries WHERE number>=? ORDER BY number DESC", (place,)
    ).fetchall():
        connection.execute("UPDATE audit_entries SET number=? WHERE number=?", (number + 1, number))
    (previous,) = connection.execute("SELECT hash FROM audit_entries WHERE number=?", (place - 1,)).fetchone()
    link = Link(place, "2026-11-27T09:00:00.000Z", "case_seen", "manager", "x", {}, previous, "", "")
    connection.execute(
        f"INSERT INTO audit_entries ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)",  # noqa: S608
        (place, link.at, link.kind, link.actor, link.subject, "{}", previous, link.computed_hash(), ""),
    )


def swapped(connection: Sql, one: int, other: int) -> None:
    connection.execute("UPDATE audit_entries SET number=-1 WHERE number=?", (one,))
    connection.execute("UPDATE audit_entries SET number=? WHERE number=?", (one, other))
    connection.execute("UPDATE audit_entries SET number=? WHERE number=-1", (other,))


def test_what_nobody_touched_is_whole(folder: Path) -> None:
    assert verdict(folder) is None
    assert verdict(folder, receipts=True) is None
    assert len(audit_of(folder).links) == 7


@pytest.mark.parametrize("column", ["at", "kind", "actor", "subject", "facts"])
@pytest.mark.parametrize("number", [1, 4, 7])
def test_an_altered_entry_is_named(folder: Path, column: str, number: int) -> None:
    value = '{"sequence": 99}' if column == "facts" else "other"

    def tamper(connection: Sql) -> None:
        connection.execute(f"UPDATE audit_entries SET {column}=? WHERE number=?", (value, number))  # noqa: S608

    assert verdict(folder, tamper) == ChainFault(number, Tampering.ALTERED)


def test_facts_that_are_no_json_any_more_are_an_altered_entry(folder: Path) -> None:
    broken = lambda connection: connection.execute("UPDATE audit_entries SET facts='{' WHERE number=3")  # noqa: E731
    assert verdict(folder, broken) == ChainFault(3, Tampering.ALTERED)


def test_an_altered_entry_with_a_hash_made_anew_is_named(folder: Path) -> None:
    def tamper(connection: Sql) -> None:
        connection.execute("UPDATE audit_entries SET actor='nobody' WHERE number=7")
        rehashed(connection, 7)

    assert verdict(folder, tamper) == ChainFault(7, Tampering.HEAD_SIGNATURE)

    def middle(connection: Sql) -> None:
        connection.execute("UPDATE audit_entries SET actor='nobody' WHERE number=3")
        (previous,) = connection.execute("SELECT previous FROM audit_entries WHERE number=3").fetchone()
        row = connection.execute("SELECT at, kind, actor, subject, facts FROM audit_entries WHERE number=3").fetchone()
        link = Link(3, row[0], row[1], row[2], row[3], json.loads(row[4]), previous, "", "")
        connection.execute("UPDATE audit_entries SET hash=? WHERE number=3", (link.computed_hash(),))

    assert verdict(folder, middle) == ChainFault(3, Tampering.ALTERED)


@pytest.mark.parametrize("number", [1, 3, 6])
def test_a_removed_entry_is_named(folder: Path, number: int) -> None:
    gone = lambda connection: connection.execute("DELETE FROM audit_entries WHERE number=?", (number,))  # noqa: E731
    assert verdict(folder, gone) == ChainFault(number, Tampering.REMOVED)


@pytest.mark.parametrize("number", [1, 3, 6])
def test_a_removed_entry_is_named_although_the_later_ones_were_renumbered(folder: Path, number: int) -> None:
    assert verdict(folder, lambda connection: renumbered(connection, number)) == ChainFault(number, Tampering.REMOVED)


@pytest.mark.parametrize("place", [2, 4, 7])
def test_an_inserted_entry_is_named(folder: Path, place: int) -> None:
    assert verdict(folder, lambda connection: inserted(connection, place)) == ChainFault(place, Tampering.INSERTED)


@pytest.mark.parametrize(("one", "other"), [(2, 3), (3, 6), (1, 7)])
def test_a_changed_order_is_named(folder: Path, one: int, other: int) -> None:
    assert verdict(folder, lambda connection: swapped(connection, one, other)) == ChainFault(one, Tampering.REORDERED)


def test_a_chain_made_anew_with_another_key_is_found_by_its_signatures(folder: Path) -> None:
    def tamper(connection: Sql) -> None:
        connection.execute("UPDATE audit_entries SET actor='nobody' WHERE number=4")
        rehashed(connection, 4, SigningKey(b"\x08" * 32))

    found = verdict(folder, tamper)
    assert found in (ChainFault(4, Tampering.HEAD_SIGNATURE), ChainFault(4, Tampering.ALTERED))


def test_a_cut_off_end_is_found_by_the_cases_that_are_still_there(folder: Path) -> None:
    cut = lambda connection: connection.execute("DELETE FROM audit_entries WHERE number>=5")  # noqa: E731
    assert verdict(folder, cut) == ChainFault(5, Tampering.TRUNCATED)


def test_a_cut_off_end_with_its_cases_is_found_by_the_stations_receipts_alone(folder: Path) -> None:
    def tamper(connection: Sql) -> None:
        connection.execute("DELETE FROM audit_entries WHERE number>=5")
        gone = "(SELECT case_id FROM cases WHERE chain_index>=5)"
        for table in ("case_parts", "case_persons", "cases"):
            connection.execute(f"DELETE FROM {table} WHERE case_id IN {gone}")  # noqa: S608

    assert verdict(folder, tamper) is None, "without receipts nobody can know"
    assert verdict(folder, receipts=True) == ChainFault(5, Tampering.TRUNCATED)


def test_an_export_says_the_same_as_the_database(folder: Path) -> None:
    records = BranchRecords(folder, database=address_of(folder), hasher=QUICK)
    assert records.export_audit(folder / "export.jsonl", actor="auditor") == 8
    records.close()
    record = read_audit(folder / "export.jsonl", folder / "receipts.jsonl")
    assert (len(record.links), check_chain(record)) == (8, None)
    lines = (folder / "export.jsonl").read_text().splitlines()
    (folder / "export.jsonl").write_text("\n".join([*lines[:4], *lines[5:]]) + "\n")
    assert check_chain(read_audit(folder / "export.jsonl")) == ChainFault(4, Tampering.REMOVED)
    (folder / "export.jsonl").write_text("\n".join(lines[:6]) + "\n")
    assert check_chain(read_audit(folder / "export.jsonl")) == ChainFault(6, Tampering.TRUNCATED), "a broken download"


@pytest.mark.parametrize("place", [2, 3])
def test_of_several_inserted_entries_the_first_is_named(folder: Path, place: int) -> None:
    def twice(connection: Sql) -> None:
        inserted(connection, place)
        inserted(connection, place + 1)

    assert verdict(folder, twice) == ChainFault(place, Tampering.INSERTED)


def test_a_database_in_use_can_be_checked(folder: Path) -> None:
    records = BranchRecords(folder, database=address_of(folder), hasher=QUICK)
    with records.database.writing() as session:
        session.flush()
        assert verdict(folder) is None
    records.close()


def test_somebody_who_may_only_read_those_two_tables_can_check_the_record(folder: Path) -> None:
    if CURRENT.cluster is None:
        pytest.skip("a file is read whole or not at all")
    with sql_in(folder) as sql:
        sql.execute("CREATE ROLE auditor LOGIN")
        sql.execute("GRANT SELECT ON audit_entries, cases TO auditor")
        sql.execute("UPDATE alembic_version SET version_num = '9999'")  # nor does it matter which program wrote it
    address = CURRENT.cluster.url(CURRENT.name(folder), user="auditor")
    record = read_audit(address, public_keys=folder / PUBLIC_FILE)
    assert (len(record.links), check_chain(record)) == (7, None)
    CURRENT.drop_below(folder)
    CURRENT.cluster.run("DROP ROLE auditor")


@pytest.mark.parametrize("content", [b"", b"{}", b"SQLite format 3\0garbage", b"\xff\xfe", b"[1]\n[2]"])
def test_what_is_no_audit_record_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(DatabaseError):
        read_audit(tmp_path / "x")
    with pytest.raises(DatabaseError):
        read_audit(tmp_path / "absent")
