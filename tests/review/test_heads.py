"""The second place: it is written durably and never rewritten, and it finds what somebody with the server's own key did."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.alerts.canonical import to_base64
from teller_assist.alerts.keys import SigningKey
from teller_assist.alerts.receipts import receipt_signed_bytes
from teller_assist.errors import DatabaseError, UsageError
from teller_assist.review.audit_check import ChainFault, Tampering, check_chain, verdict_on
from teller_assist.review.head_files import read_heads
from teller_assist.review.proof import ProofPolicy
from teller_assist.review.records import BranchRecords
from tests.review.test_audit import inserted, rehashed, renumbered, swapped, with_five_cases
from tests.stand_ins.branch import QUICK, fixed_clock
from tests.stand_ins.databases import Sql, address_of, audit_of, copied, sql_in

NOW = datetime.datetime(2026, 11, 27, 9, 0, tzinfo=datetime.UTC)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "second place"
    folder.mkdir()
    return folder


def opened(tmp_path: Path, place: Path | None, **more: Any) -> BranchRecords:
    policy = ProofPolicy(heads_folder=place, head_every_entries=3, head_every=datetime.timedelta(minutes=10))
    folder = tmp_path / "server"
    return BranchRecords(folder, database=address_of(folder), hasher=QUICK, proof=policy, **more)


@pytest.fixture
def written(tmp_path: Path, place: Path) -> Iterator[BranchRecords]:
    """Seven entries, all of them in the second place."""
    records = opened(tmp_path, place)
    with_five_cases(records)
    records.proof.heads.write(at_once=True)
    yield records
    records.close()


def rewritten(records: BranchRecords, tmp_path: Path, first: int, change: str) -> Path:
    """Return a copy whose chain was made anew with the server's own key: cases' receipts, too."""
    records.close()
    copy = copied(tmp_path / "server", tmp_path / "copy")
    with sql_in(copy) as sql:
        sql.execute(change)
        rehashed(sql, first, records.keys.signing)
        _sign_receipts_anew(sql, records.keys.signing)
    return copy


def _sign_receipts_anew(sql: Sql, key: SigningKey) -> None:
    for case_id, index in sql.execute("SELECT case_id, chain_index FROM cases").fetchall():
        (head,) = sql.execute("SELECT hash FROM audit_entries WHERE number=?", (index,)).fetchone()
        signature = to_base64(key.sign(receipt_signed_bytes(case_id, index, head)))
        sql.execute("UPDATE cases SET chain_head=?, receipt_signature=? WHERE case_id=?", (head, signature, case_id))


def test_what_nobody_touched_agrees_with_its_second_place(written: BranchRecords, tmp_path: Path, place: Path) -> None:
    verdict = verdict_on(audit_of(tmp_path / "server", heads=place))
    assert (verdict.fault, verdict.entries, verdict.heads, verdict.agreed_until) == (None, 7, 1, 7)
    (head,) = read_heads(place)
    assert head.is_signed(written.keys.public)
    assert (head.since, head.index, len(head.prefixes)) == (0, 7, 7)


@pytest.mark.parametrize("number", [1, 2, 4, 7])
def test_a_chain_made_anew_with_the_servers_own_key_is_found_and_the_very_entry_named(
    written: BranchRecords, tmp_path: Path, place: Path, number: int
) -> None:
    copy = rewritten(written, tmp_path, number, f"UPDATE audit_entries SET actor='nobody' WHERE number={number}")  # noqa: S608
    assert check_chain(audit_of(copy)) is None, "by itself nobody can know"
    verdict = verdict_on(audit_of(copy, heads=place))
    assert verdict.fault == ChainFault(number, Tampering.ALTERED)
    assert verdict.agreed_until == number - 1


def test_a_chain_made_anew_with_the_servers_own_key_is_found_by_the_receipts_of_several_stations(
    written: BranchRecords, tmp_path: Path
) -> None:
    receipts = list(audit_of(tmp_path / "server").receipts())
    for station, kept in (("one", receipts[:2]), ("two", receipts[2:])):
        (tmp_path / "collected" / station).mkdir(parents=True)
        lines = "".join(json.dumps({"schema": "receipt/1", **one}) + "\n" for one in kept)
        (tmp_path / "collected" / station / "receipts.jsonl").write_text(lines)
    copy = rewritten(written, tmp_path, 4, "UPDATE audit_entries SET actor='nobody' WHERE number=4")
    verdict = verdict_on(audit_of(copy, tmp_path / "collected"))
    assert (verdict.fault, verdict.agreed_until) == (ChainFault(4, Tampering.ALTERED), 3)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatabaseError):
        audit_of(copy, tmp_path / "empty")


def test_a_cut_off_end_is_found_by_the_second_place_alone(written: BranchRecords, tmp_path: Path, place: Path) -> None:
    written.close()
    with sql_in(tmp_path / "server") as sql:
        sql.execute("DELETE FROM audit_entries WHERE number>=5")
        gone = "(SELECT case_id FROM cases WHERE chain_index>=5)"
        for table in ("case_parts", "case_persons", "cases"):
            sql.execute(f"DELETE FROM {table} WHERE case_id IN {gone}")  # noqa: S608
    assert check_chain(audit_of(tmp_path / "server")) is None
    assert check_chain(audit_of(tmp_path / "server", heads=place)) == ChainFault(5, Tampering.TRUNCATED)


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        (lambda connection: renumbered(connection, 3), ChainFault(3, Tampering.REMOVED)),
        (lambda connection: inserted(connection, 4), ChainFault(4, Tampering.INSERTED)),
        (lambda connection: swapped(connection, 2, 5), ChainFault(2, Tampering.REORDERED)),
    ],
)
def test_what_the_chain_tells_by_itself_is_named_as_without_heads(
    written: BranchRecords, tmp_path: Path, place: Path, tamper: Any, fault: ChainFault
) -> None:
    written.close()
    with sql_in(tmp_path / "server") as sql:
        tamper(sql)
    assert check_chain(audit_of(tmp_path / "server", heads=place)) == fault


def test_a_forged_line_of_the_second_place_is_told(written: BranchRecords, tmp_path: Path, place: Path) -> None:
    from teller_assist.review.head_files import append_head, new_head

    forger = SigningKey(b"\x07" * 32)
    append_head(place, new_head(written.keys.public, forger, [(3, "f" * 64)], NOW))
    verdict = verdict_on(audit_of(tmp_path / "server", heads=place))
    assert verdict.fault == ChainFault(3, Tampering.HEAD_SIGNATURE)


def test_heads_come_after_so_many_entries_or_so_long(tmp_path: Path, place: Path) -> None:
    clock, move = fixed_clock(NOW)
    records = opened(tmp_path, place, now=clock)
    heads = records.proof.heads
    records.note_start()
    heads.write(at_once=True)
    records.note_start()
    heads.write()
    assert [one.index for one in read_heads(place)] == [1], "one entry, and no time has passed"
    for _ in range(2):
        records.note_start()
    heads.write()
    assert [(one.since, one.index) for one in read_heads(place)] == [(0, 1), (1, 4)]
    records.note_start()
    move(datetime.timedelta(minutes=10))
    heads.write()
    assert [one.index for one in read_heads(place)] == [1, 4, 5]
    move(datetime.timedelta(days=30))
    records.note_start()
    heads.write()
    assert sorted(path.name for path in place.iterdir()) == ["heads-2026-11.jsonl", "heads-2026-12.jsonl"]
    assert check_chain(audit_of(tmp_path / "server", heads=place)) is None
    records.close()


def test_a_line_that_a_crash_cut_short_is_passed_over_and_nothing_is_rewritten(
    written: BranchRecords, tmp_path: Path, place: Path
) -> None:
    written.close()
    (file,) = place.iterdir()
    torn = file.read_bytes() + file.read_bytes()[:100]
    file.write_bytes(torn)
    again = opened(tmp_path, place)
    again.note_start()
    again.proof.heads.write(at_once=True)
    assert file.read_bytes().startswith(torn)
    assert [(one.since, one.index) for one in read_heads(place)] == [(0, 7), (7, 8)]
    again.close()


@pytest.mark.full
@pytest.mark.logs_warnings
def test_a_folder_that_is_gone_stops_nothing_is_told_and_caught_up_with(tmp_path: Path, place: Path) -> None:
    place.rmdir()
    records = opened(tmp_path, place)
    records.note_start()
    records.proof.heads.write(at_once=True)
    assert not place.exists(), "a share that is not mounted must not become a folder of this disk"
    state = records.proof.heads.state()
    assert (state.is_set, state.writable, state.behind) == (True, False, 2)
    assert records.proof.alerts.open_count() == 1
    place.mkdir()
    records.proof.heads.write()
    state = records.proof.heads.state()
    assert (state.writable, state.index) == (True, 2)
    assert records.proof.alerts.open_count() == 0
    records.proof.heads.write(at_once=True)
    verdict = verdict_on(audit_of(tmp_path / "server", heads=place))
    kinds = [link.kind for link in audit_of(tmp_path / "server").links]
    assert kinds == ["server_started", "station_alert_raised", "station_alert_ended"]
    assert (verdict.fault, verdict.agreed_until) == (None, 3)
    records.close()


@pytest.mark.logs_warnings
def test_a_server_whose_chain_was_made_anew_or_cut_off_says_so_by_itself(
    written: BranchRecords, tmp_path: Path, place: Path
) -> None:
    copy = rewritten(written, tmp_path, 2, "UPDATE audit_entries SET actor='nobody' WHERE number=2")
    records = BranchRecords(copy, database=address_of(copy), hasher=QUICK, proof=ProofPolicy(heads_folder=place))
    records.note_start()
    records.proof.heads.write(at_once=True)
    assert records.proof.heads.state().differs
    assert records.proof.alerts.open_count() == 1
    records.close()
    assert check_chain(audit_of(copy, heads=place)) == ChainFault(2, Tampering.ALTERED), "also after new heads"


def test_without_a_second_place_nothing_is_written_and_the_state_says_so(tmp_path: Path) -> None:
    records = opened(tmp_path, None)
    records.note_start()
    records.proof.heads.write(at_once=True)
    assert not records.proof.heads.state().is_set
    records.close()


# ---------------------------------------------------------------- beginning in the middle


def test_a_check_may_begin_at_a_head_and_then_looks_at_the_rest_alone(
    written: BranchRecords, tmp_path: Path, place: Path
) -> None:
    for _ in range(3):
        written.note_start()
    written.proof.heads.write(at_once=True)
    written.close()

    def tamper(statement: str) -> None:
        with sql_in(tmp_path / "server") as sql:
            sql.execute(statement)

    tamper("UPDATE audit_entries SET actor='nobody' WHERE number=3")
    whole = audit_of(tmp_path / "server", heads=place)
    assert verdict_on(whole).fault == ChainFault(3, Tampering.ALTERED)
    late = verdict_on(whole, since=8)
    assert (late.fault, late.anchor, late.entries) == (None, 7, 3)
    tamper("UPDATE audit_entries SET actor='nobody' WHERE number=9")
    assert verdict_on(whole, since=8).fault == ChainFault(9, Tampering.ALTERED)
    tamper("UPDATE audit_entries SET hash='0' WHERE number=7")
    assert verdict_on(whole, since=8).fault == ChainFault(7, Tampering.ALTERED)
    tamper("DELETE FROM audit_entries WHERE number>=7")
    assert verdict_on(whole, since=8).fault == ChainFault(7, Tampering.TRUNCATED)


@pytest.mark.full
def test_a_check_cannot_begin_where_nothing_vouches_for_an_entry(tmp_path: Path) -> None:
    records = opened(tmp_path, None)
    records.note_start()
    records.close()
    with pytest.raises(UsageError):
        verdict_on(audit_of(tmp_path / "server"), since=1)


def test_heads_of_a_guomi_server_are_signed_and_checked_by_its_suite(tmp_path: Path, place: Path) -> None:
    records = opened(tmp_path, place, suite_name="guomi")
    for _ in range(3):
        records.note_start()
    records.proof.heads.write(at_once=True)
    while records.proof.check.step():
        pass
    assert records.proof.check.state().fault is None
    records.close()
    verdict = verdict_on(audit_of(tmp_path / "server", heads=place))
    assert (verdict.fault, verdict.agreed_until) == (None, 3)
    with sql_in(tmp_path / "server") as sql:
        sql.execute("UPDATE audit_entries SET actor='nobody' WHERE number=2")
    assert check_chain(audit_of(tmp_path / "server", heads=place)) == ChainFault(2, Tampering.ALTERED)


def test_what_is_checked_is_of_one_moment(written: BranchRecords, tmp_path: Path) -> None:
    record = audit_of(tmp_path / "server")
    with record.one_moment():
        before = len(record.links)
        written.note_start()
        assert len(record.links) == before
    assert len(record.links) == before + 1
