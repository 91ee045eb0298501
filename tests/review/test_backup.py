"""Backups: of a server at work, restored into either kind of database; a wrong or damaged file is refused and changes nothing."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from teller_assist.alerts.durable import PARTIAL_PREFIX
from teller_assist.alerts.envelope import seal_case
from teller_assist.alerts.keys import SigningKey
from teller_assist.errors import BackupError, DatabaseError
from teller_assist.review.audit_check import check_chain, read_audit
from teller_assist.review.backup import read_head, restore_backup
from teller_assist.review.database import FILE, Database
from teller_assist.review.engines import DatabasePlace, database_place
from teller_assist.review.people import Role
from teller_assist.review.records import BranchRecords
from teller_assist.review.server_keys import PUBLIC_FILE
from teller_assist.review.tables import Base, EnrolmentTry, Station
from tests.stand_ins.branch import PASSWORD, QUICK
from tests.stand_ins.cases import STATION, made_up_case, number
from tests.stand_ins.databases import address_of
from tests.stand_ins.faces import MODEL, PIPELINE, face

KEY = SigningKey(bytes(range(32)))
MOMENT = "2026-11-27T09:00:00.000Z"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[BranchRecords]:
    """A server's records with something in most tables."""
    from teller_assist.evidence.id_number import IdNumber
    from teller_assist.review.recent_faces import SentFace

    folder = tmp_path / "server"
    made = BranchRecords(folder, database=address_of(folder), hasher=QUICK, recent_faces_days=7)
    with made.database.writing() as session:
        session.add(
            Station(station_id=STATION, name="一号", verify_key=KEY.verify_key, enrolled=MOMENT, last_seen=MOMENT, revoked=True)
        )
        session.add(EnrolmentTry(at=MOMENT))
    for sequence in (1, 2):
        deliver(made, sequence)
    made.people.add("manager", "王经理", Role.MANAGER, PASSWORD, actor="test")
    made.people.log_in("manager", PASSWORD)
    made.recent_faces.begin()
    made.recent_faces.keep(
        SentFace(IdNumber(number(17)), face(1), MODEL, PIPELINE), case_id="1" * 32, business_kind="loss_report"
    )
    yield made
    made.close()


def deliver(records: BranchRecords, sequence: int) -> None:
    case = made_up_case(sequence, pictures=True, alerts=(("kinship", "review", "possible_twin"),))
    records.intake.take_case(STATION, KEY.verify_key, seal_case(case, recipient=records.keys.public.recipient, key=KEY))


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path, postgres: object) -> Iterator[DatabasePlace]:
    """Where a backup is restored to: of its own kind or of the other."""
    from tests.stand_ins.postgres import PostgresCluster

    assert isinstance(postgres, PostgresCluster)
    if request.param == "sqlite":
        yield database_place(tmp_path / "restored" / FILE)
        return
    name = postgres.make_empty()
    yield database_place(postgres.url(name))
    postgres.drop([name])


def rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.reading() as session:
        tables = Base.metadata.sorted_tables
        return {one.name: [tuple(row) for row in session.execute(select(one).order_by(*one.primary_key))] for one in tables}


@pytest.mark.full
def test_every_row_comes_back_in_either_kind_of_database_with_a_whole_chain(
    records: BranchRecords, target: DatabasePlace, tmp_path: Path
) -> None:
    head = records.back_up(tmp_path / "backup", actor="test")
    told = restore_backup(tmp_path / "backup", target, tmp_path / "restored")
    assert told == head == read_head(tmp_path / "backup")
    assert head.kind == records.database.kind.value
    again = Database(target)
    found, before = rows(again), rows(records.database)
    assert found == before
    assert all(found[name] for name in ("cases", "alerts", "audit_entries", "people", "login_sessions", "recent_faces"))
    public_keys = tmp_path / "server" / PUBLIC_FILE
    record = read_audit(target.file or target.url.set(drivername="postgresql").render_as_string(), public_keys=public_keys)
    assert check_chain(record) is None
    assert (head.entries, head.head) == (len(record.links), record.links[-1].hash)
    with again.writing() as session:  # numbers that the database gives out go on after the restored ones
        session.add(EnrolmentTry(at=MOMENT))
        session.flush()
        assert session.scalar(select(func.max(EnrolmentTry.number))) == 2
    again.close()
    assert not list(tmp_path.rglob(f"{PARTIAL_PREFIX}*"))
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o600


@pytest.mark.full
def test_a_restored_server_opens_its_cases_once_its_keys_are_back(records: BranchRecords, tmp_path: Path) -> None:
    import shutil

    records.back_up(tmp_path / "backup", actor="test")
    shutil.copytree(tmp_path / "server.keys", tmp_path / "restored.keys")
    restore_backup(tmp_path / "backup", database_place(tmp_path / "restored" / FILE), tmp_path / "restored")
    again = BranchRecords(tmp_path / "restored", hasher=QUICK)
    person = again.people.logged_in(again.people.log_in("manager", PASSWORD))
    page = again.cases.page(person, size=5)
    listed, case = again.cases.one(person, page.cases[0].case_id)
    assert case["case_id"] == listed.case_id
    again.close()


def test_no_key_is_in_a_backup(records: BranchRecords, tmp_path: Path) -> None:
    records.back_up(tmp_path / "backup", actor="test")
    content = (tmp_path / "backup").read_bytes()
    kept = json.loads((tmp_path / "server.keys" / "server.json").read_text())
    for secret in kept.values():
        assert secret.encode() not in content
    assert records.keys.signing.seed not in content
    assert records.keys.register_key not in content


@pytest.mark.full
def test_a_backup_beside_a_writing_server_is_of_one_moment(records: BranchRecords, tmp_path: Path) -> None:
    ended = threading.Event()

    def write() -> None:
        sequence = 100
        while not ended.is_set():
            deliver(records, sequence)
            sequence += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        heads = [records.back_up(tmp_path / f"backup{one}", actor="test") for one in range(3)]
    finally:
        ended.set()
        thread.join()
    assert heads[0].entries < heads[1].entries < heads[2].entries
    for one in range(3):
        place = database_place(tmp_path / f"restored{one}" / FILE)
        restore_backup(tmp_path / f"backup{one}", place, tmp_path / f"restored{one}")
        record = read_audit(tmp_path / f"restored{one}" / FILE, public_keys=tmp_path / "server" / PUBLIC_FILE)
        assert check_chain(record) is None
        assert len(record.links) == heads[one].entries
        assert sum(link.kind == "case_received" for link in record.links) == sum(1 for _ in record.receipts())


def test_that_a_backup_was_made_stands_in_the_record(records: BranchRecords, tmp_path: Path) -> None:
    head = records.back_up(tmp_path / "backup", actor="administrator")
    with records.database.reading() as session:
        from teller_assist.review.audit import read_links

        last = list(read_links(session))[-1]
    assert (last.index, last.kind, last.actor, last.hash) == (head.entries, "backup_made", "administrator", head.head)


def test_where_records_are_nothing_is_restored(records: BranchRecords, tmp_path: Path) -> None:
    records.back_up(tmp_path / "backup", actor="test")
    before = rows(records.database)
    with pytest.raises(DatabaseError) as caught:
        restore_backup(tmp_path / "backup", records.database.place, tmp_path / "server")
    assert caught.value.reason == "database_not_empty"
    assert rows(records.database) == before


DAMAGES: tuple[tuple[Callable[[bytes], bytes], str], ...] = (
    (lambda content: content[:-1], "backup_damaged"),
    (lambda content: content + b"x", "backup_damaged"),
    (lambda content: content[:-5000] + b"\x01" + content[-4999:], "backup_damaged"),
    (lambda content: content[: content.index(b"\n") + 1], "backup_damaged"),
    (lambda content: content.replace(b'"backup/1"', b'"backup/2"'), "backup_unreadable"),
    (lambda content: content[content.index(b"\n") + 1 :], "backup_unreadable"),
    (lambda content: b"", "backup_unreadable"),
    (lambda content: b"[" * 4000, "backup_unreadable"),
    (lambda content: content.replace(b'"migration": "', b'"migration": "9'), "database_newer"),
)


@pytest.mark.full
def test_a_wrong_or_damaged_file_is_refused_and_leaves_nothing(
    records: BranchRecords, target: DatabasePlace, tmp_path: Path
) -> None:
    records.back_up(tmp_path / "backup", actor="test")
    content = (tmp_path / "backup").read_bytes()
    for damage, reason in DAMAGES:
        (tmp_path / "backup").write_bytes(damage(content))
        with pytest.raises((BackupError, DatabaseError)) as caught:
            restore_backup(tmp_path / "backup", target, tmp_path / "restored")
        assert caught.value.reason == reason
        assert not list(tmp_path.glob("restored/*"))
    if target.file is None:
        empty = Database(target)
        left = rows(empty)
        assert left.pop("branches") == [("main", "本网点")], "made with the tables"
        assert not any(left.values())
        empty.close()


def test_a_full_disk_leaves_the_backup_that_was_there(
    records: BranchRecords, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from teller_assist.errors import ResourceError

    records.back_up(tmp_path / "backup", actor="test")
    before = (tmp_path / "backup").read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ResourceError) as caught:
        records.back_up(tmp_path / "backup", actor="test")
    assert caught.value.reason == "disk_full"
    assert (tmp_path / "backup").read_bytes() == before
    assert not list(tmp_path.glob(f"{PARTIAL_PREFIX}*"))
