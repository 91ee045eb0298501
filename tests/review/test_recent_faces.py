"""Faces of recent cases without HTTP: kept for some days, encrypted, found again after a restart."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.evidence.id_number import IdNumber
from teller_assist.review.audit_check import check_chain
from teller_assist.review.recent_faces import MATCHES_MOST, SentFace
from teller_assist.review.records import BranchRecords
from tests.stand_ins.branch import QUICK, fixed_clock
from tests.stand_ins.cases import number
from tests.stand_ins.databases import address_of, audit_of, sql_in
from tests.stand_ins.faces import MODEL, PIPELINE, face

NOW = datetime.datetime(2026, 11, 27, 9, 0, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
Open = Callable[..., BranchRecords]


def sent(person: int, seed: int, *, model_id: str = MODEL, pipeline_sha256: str = PIPELINE) -> SentFace:
    return SentFace(IdNumber(number(person)), face(seed), model_id, pipeline_sha256)


def keep(records: BranchRecords, person: int, seed: int, **more: Any) -> bool:
    return records.recent_faces.keep(sent(person, seed, **more), case_id=f"{person:032x}", business_kind="loss_report")


def found(records: BranchRecords, person: int, seed: int, **more: Any) -> list[int]:
    searched = records.recent_faces.search(sent(person, seed, **more), least_score=0.7, actor="0" * 32)
    return [int(one.case_id, 16) for one in searched.seen]


def rows(folder: Path) -> int:
    with sql_in(folder) as sql:
        (count,) = sql.execute("SELECT count(*) FROM recent_faces").fetchone()
    return int(count)


@pytest.fixture
def clock() -> tuple[Callable[[], datetime.datetime], Callable[[datetime.timedelta], None]]:
    return fixed_clock(NOW)


@pytest.fixture
def open_records(tmp_path: Path, clock: Any) -> Iterator[Open]:
    opened: list[BranchRecords] = []

    def make(days: int = 7) -> BranchRecords:
        while opened:
            opened.pop().close()
        records = BranchRecords(
            tmp_path / "server", database=address_of(tmp_path / "server"), hasher=QUICK, now=clock[0], recent_faces_days=days
        )
        records.recent_faces.begin()
        opened.append(records)
        return records

    yield make
    while opened:
        opened.pop().close()


@pytest.mark.full
def test_the_same_face_under_another_number_is_found_and_under_its_own_is_not(open_records: Open) -> None:
    records = open_records()
    keep(records, 17, seed=1)
    assert found(records, 30, seed=1) == [17]
    assert found(records, 17, seed=1) == []
    assert found(records, 30, seed=2) == [], "a stranger"


def test_a_search_tells_day_and_business_and_how_many_faces_it_went_through(open_records: Open) -> None:
    records = open_records()
    for person in (17, 18, 30):
        keep(records, person, seed=person)
    searched = records.recent_faces.search(sent(30, seed=17), least_score=0.7, actor="0" * 32)
    assert searched.searched == 2, "the own number's face is not searched"
    (seen,) = searched.seen
    assert (seen.case_id, seen.business_kind) == (f"{17:032x}", "loss_report")
    assert seen.day == NOW.astimezone().date()


def test_searching_keeps_nothing(open_records: Open, tmp_path: Path) -> None:
    records = open_records()
    found(records, 17, seed=1)
    assert (rows(tmp_path / "server"), records.recent_faces.count()) == (0, 0)


def test_a_numbers_later_face_takes_the_place_of_its_earlier_one(open_records: Open, tmp_path: Path) -> None:
    records = open_records()
    keep(records, 17, seed=1)
    keep(records, 17, seed=2)
    assert (found(records, 30, seed=1), found(records, 30, seed=2)) == ([], [17])
    assert (rows(tmp_path / "server"), records.recent_faces.count()) == (1, 1)


def test_the_same_again_changes_nothing(open_records: Open, tmp_path: Path) -> None:
    records = open_records()
    assert [keep(records, 17, seed=1) for _ in range(2)] == [True, True]
    assert (rows(tmp_path / "server"), records.recent_faces.count(), found(records, 30, seed=1)) == (1, 1, [17])


@pytest.mark.parametrize("other", [{"model_id": "another"}, {"pipeline_sha256": "33" * 32}])
def test_faces_of_another_model_or_pipeline_are_never_compared(open_records: Open, other: dict[str, str]) -> None:
    records = open_records()
    keep(records, 17, seed=1)
    assert found(records, 30, seed=1, **other) == []
    assert records.recent_faces.search(sent(30, 1, **other), least_score=0.7, actor="0" * 32).searched == 0
    keep(records, 17, seed=2, **other)
    assert (found(records, 30, seed=1), found(records, 30, seed=2, **other)) == ([17], [17])


def test_at_most_so_many_are_told(open_records: Open) -> None:
    records = open_records()
    for person in range(10, 20):
        keep(records, person, seed=1)
    assert len(found(records, 30, seed=1)) == len(found(records, 10, seed=1)) == MATCHES_MOST


def test_what_is_too_old_is_deleted_at_the_next_use(open_records: Open, tmp_path: Path, clock: Any) -> None:
    records = open_records(days=7)
    keep(records, 17, seed=1)
    clock[1](7 * DAY)
    assert found(records, 30, seed=1) == [17], "not older than seven days"
    clock[1](datetime.timedelta(seconds=1))
    assert found(records, 30, seed=1) == []
    assert (rows(tmp_path / "server"), records.recent_faces.count()) == (0, 0)
    deleted = [link for link in audit_of(tmp_path / "server").links if link.kind == "recent_faces_deleted"]
    assert [link.facts["count"] for link in deleted] == [1]


def test_while_nobody_asks_it_is_deleted_all_the_same(open_records: Open, tmp_path: Path, clock: Any) -> None:
    records = open_records(days=7)
    keep(records, 17, seed=1)
    clock[1](8 * DAY)
    records.recent_faces.forget_old()
    assert rows(tmp_path / "server") == 0


@pytest.mark.full
def test_after_a_restart_everything_is_found_again_and_what_grew_too_old_meanwhile_is_not(open_records: Open, clock: Any) -> None:
    records = open_records(days=7)
    keep(records, 17, seed=1)
    clock[1](5 * DAY)
    keep(records, 18, seed=2)
    again = open_records(days=7)
    assert (again.recent_faces.count(), found(again, 30, seed=1), found(again, 30, seed=2)) == (2, [17], [18])
    clock[1](5 * DAY)
    later = open_records(days=7)
    assert (later.recent_faces.count(), found(later, 30, seed=1), found(later, 30, seed=2)) == (1, [], [18])


def test_fewer_days_delete_what_is_older_than_that(open_records: Open, clock: Any) -> None:
    keep(open_records(days=30), 17, seed=1)
    clock[1](10 * DAY)
    assert open_records(days=7).recent_faces.count() == 0


def test_switched_off_nothing_is_kept_and_everything_is_deleted(open_records: Open, tmp_path: Path) -> None:
    keep(open_records(), 17, seed=1)
    records = open_records(days=0)
    assert rows(tmp_path / "server") == 0
    assert keep(records, 17, seed=1) is False
    assert (rows(tmp_path / "server"), found(records, 30, seed=1)) == (0, [])


def test_the_administrators_program_beside_the_server_deletes_nothing(open_records: Open, tmp_path: Path) -> None:
    records = open_records()
    keep(records, 17, seed=1)
    BranchRecords(tmp_path / "server", database=address_of(tmp_path / "server"), hasher=QUICK).close()
    assert (rows(tmp_path / "server"), found(records, 30, seed=1)) == (1, [17])


def test_neither_face_nor_number_is_in_any_file(open_records: Open, tmp_path: Path) -> None:
    records = open_records()
    keep(records, 17, seed=1)
    found(records, 30, seed=1)
    content = face(1).tobytes()
    for path in (tmp_path / "server").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert content[:16] not in data, path.name
            assert number(17).encode() not in data, path.name


def test_a_face_put_under_another_number_or_of_a_key_that_is_gone_is_deleted_and_never_found(
    open_records: Open, tmp_path: Path
) -> None:
    records = open_records()
    keep(records, 17, seed=1)
    keep(records, 18, seed=2)
    with sql_in(tmp_path / "server") as sql:
        sql.execute("UPDATE recent_faces SET number_hmac = ? WHERE case_id = ?", (os.urandom(32).hex(), f"{17:032x}"))
    again = open_records()
    assert (found(again, 30, seed=1), found(again, 30, seed=2), rows(tmp_path / "server")) == ([], [18], 1)


def test_what_a_search_found_is_on_record_with_the_earlier_case(open_records: Open, tmp_path: Path) -> None:
    records = open_records()
    keep(records, 17, seed=1)
    found(records, 30, seed=1)
    found(records, 30, seed=2)
    record = audit_of(tmp_path / "server")
    noted = [link for link in record.links if link.kind == "second_identity_found"]
    assert [(link.subject, link.actor, link.facts) for link in noted] == [(f"{17:032x}", "0" * 32, {"searched": 1})]
    assert check_chain(record) is None


def test_nothing_of_it_prints(open_records: Open) -> None:
    records = open_records()
    assert repr(sent(17, 1)) == "SentFace(***)"
    assert repr(records.recent_faces) == "RecentFaces(7 days, ***)"


def test_an_erased_persons_face_leaves_rows_and_memory_at_once(open_records: Open, tmp_path: Path) -> None:
    records = open_records()
    keep(records, 17, seed=1)
    keep(records, 18, seed=2)
    records.persons.erase(IdNumber(number(17)), actor="test")
    assert (rows(tmp_path / "server"), records.recent_faces.count()) == (1, 1)
    assert (found(records, 30, seed=1), found(records, 30, seed=2)) == ([], [18])


def test_a_face_that_another_program_erased_leaves_the_servers_memory_within_the_hour(open_records: Open, tmp_path: Path) -> None:
    records = open_records()
    keep(records, 17, seed=1)
    folder = tmp_path / "server"
    beside = BranchRecords(folder, database=address_of(folder), hasher=QUICK)
    beside.persons.erase(IdNumber(number(17)), actor="administrator")
    beside.close()
    assert found(records, 30, seed=1) == [], "nobody is told of it even before"
    records.recent_faces.forget_old()
    assert records.recent_faces.count() == 0
