"""One database or the other: what both promise, and what is told when one cannot be used."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from teller_assist.errors import DatabaseError, ResourceError, ShapeError, UsageError
from teller_assist.review.database import FILE, Database
from teller_assist.review.engines import DatabaseKind, database_place
from teller_assist.review.tables import EnrolmentTry, Person, Station
from tests.stand_ins.databases import CURRENT, record_of, sql_in

MOMENT = "2026-11-27T09:00:00.000Z"


def station(**changed: object) -> Station:
    usual = {
        "station_id": "0" * 32,
        "name": "一号",
        "verify_key": b"k",
        "enrolled": MOMENT,
        "last_seen": MOMENT,
        "revoked": False,
    }
    return Station(**{**usual, **changed})


@pytest.fixture
def database(tmp_path: Path) -> object:
    opened = Database(record_of(tmp_path))
    yield opened
    opened.close()


def test_a_reader_sees_one_state_while_a_writer_commits(database: Database) -> None:
    count = select(func.count()).select_from(EnrolmentTry)
    with database.reading() as session:
        assert session.scalar(count) == 0
        with database.writing() as writer:
            writer.add(EnrolmentTry(at=MOMENT))
        assert session.scalar(count) == 0
    with database.reading() as session:
        assert session.scalar(count) == 1


def test_a_reader_writes_nothing_on_postgresql(database: Database) -> None:
    if database.kind is DatabaseKind.SQLITE:
        pytest.skip("SQLite's readers are ours alone; nothing of theirs is committed")
    with pytest.raises(DatabaseError), database.reading() as session:
        session.execute(insert(EnrolmentTry), [{"at": MOMENT}])


def test_writers_come_one_after_the_other(database: Database) -> None:
    """Each counts and adds one more than it counted: two that did not wait for each other would count the same."""

    def write() -> None:
        for _ in range(10):
            with database.writing() as session:
                highest = session.scalar(select(func.count()).select_from(EnrolmentTry)) or 0
                session.add(EnrolmentTry(number=highest + 1, at=MOMENT))

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EnrolmentTry)) == 60


@pytest.mark.parametrize("name", ["a\0b", "\0", "a\ud800"])
def test_text_that_one_of_them_cannot_keep_is_refused_by_both(database: Database, name: str) -> None:
    with pytest.raises(ShapeError), database.writing() as session:
        session.add(station(name=name))
    with pytest.raises(ShapeError), database.reading() as session:
        session.get(Person, name)
    with database.reading() as session:
        assert session.get(Station, "0" * 32) is None


def test_a_stations_number_may_be_as_large_as_its_document_allows(database: Database) -> None:
    from teller_assist.review.tables import Announcement

    with database.writing() as session:
        session.add(station())
        session.flush()
        session.add(Announcement(station_id="0" * 32, sequence=2**53 - 1, started=MOMENT, announced=MOMENT))
    with database.reading() as session:
        assert session.get(Announcement, ("0" * 32, 2**53 - 1)) is not None


def test_moments_and_hashes_are_ordered_by_their_bytes(database: Database) -> None:
    with database.writing() as session:
        session.add_all(station(station_id=one) for one in ("a-b", "ab", "B", "a_b", "Z"))
    with database.reading() as session:
        assert list(session.scalars(select(Station.station_id).order_by(Station.station_id))) == ["B", "Z", "a-b", "a_b", "ab"]


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database" * 100)
    with pytest.raises(DatabaseError) as caught:
        Database(tmp_path / FILE)
    assert caught.value.reason == "database_unreadable"


@pytest.mark.parametrize(
    "told",
    [
        "mysql://somebody@host/name",
        "postgresql://",
        "postgresql://host",
        "postgresql+psycopg2://h/n",
        "x://",
        "postgresql://h:port/n",
    ],
)
def test_what_is_no_address_of_a_postgresql_database_is_refused(told: str) -> None:
    with pytest.raises(UsageError):
        database_place(told)


def test_an_address_never_prints_its_password() -> None:
    place = database_place("postgresql://somebody:very-secret@host/name")
    assert "very-secret" not in f"{place!r} {place} {place.url}"


def test_a_server_that_is_not_there_is_told_without_its_address(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError) as caught:
        Database(f"postgresql://somebody:very-secret@/name?host={tmp_path}")
    assert caught.value.reason == "database_unreachable"
    assert "very-secret" not in str(caught.value)


def test_a_database_of_another_encoding_or_order_is_refused() -> None:
    if CURRENT.cluster is None:
        pytest.skip("SQLite has one encoding and orders by bytes")
    for options in (
        ("ENCODING 'SQL_ASCII'", "LOCALE 'C'"),
        ("ENCODING 'UTF8'", "LOCALE_PROVIDER icu", "ICU_LOCALE 'en'", "LOCALE 'C'"),
    ):
        name = CURRENT.cluster.make_empty(*options)
        with pytest.raises(DatabaseError) as caught:
            Database(CURRENT.cluster.url(name))
        assert caught.value.reason == "database_unsuitable"
        CURRENT.cluster.drop([name])


def test_a_writer_that_waits_too_long_is_told(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from teller_assist.review import engines

    monkeypatch.setattr(engines, "BUSY_MS", 50)
    impatient = Database(record_of(tmp_path))
    with database.writing() as session:
        session.add(EnrolmentTry(at=MOMENT))
        session.flush()
        with pytest.raises(DatabaseError) as caught, impatient.writing():
            pass
    impatient.close()
    assert caught.value.reason == "database_busy"


def test_codes_of_postgresql_are_told_as_what_they_mean(database: Database, tmp_path: Path) -> None:
    if database.kind is DatabaseKind.SQLITE:
        pytest.skip("they are PostgreSQL's")
    told = {}
    for code in ("53100", "53300", "57P01", "08006", "22001", "42P01", "XX001"):
        statement = f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$"
        with pytest.raises((DatabaseError, ResourceError, ShapeError)) as caught, database.writing() as session:
            session.execute(text(statement))
        told[code] = caught.value.reason
    assert told == {
        "53100": "disk_full",
        "53300": "database_busy",
        "57P01": "database_unreachable",
        "08006": "database_unreachable",
        "22001": "shape_invalid",
        "42P01": "database_unreadable",
        "XX001": "database_unreadable",
    }
    with sql_in(tmp_path) as sql:
        assert sql.execute("SELECT count(*) FROM enrolment_tries").fetchone() == (0,)
