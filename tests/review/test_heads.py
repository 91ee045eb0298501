"""The second place: it is written durably and never rewritten, and it finds what somebody with the server's own key did."""

from __future__ import annotations

import datetime
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.alerts.keys import SigningKey
from teller_assist.errors import DatabaseError, UsageError
from teller_assist.review.audit_check import ChainFault, Tampering, check_chain, read_audit, verdict_on
from teller_assist.review.database import FILE
from teller_assist.review.head_files import read_heads
from teller_assist.review.proof import ProofPolicy
from teller_assist.review.records import BranchRecords
from tests.review.test_audit import inserted, rehashed, renumbered, swapped, with_five_cases
from tests.stand_ins.branch import QUICK, fixed_clock

NOW = datetime.datetime(2026, 11, 27, 9, 0, tzinfo=datetime.UTC)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "second place"
    folder.mkdir()
    return folder


def opened(tmp_path: Path, place: Path | None, **more: Any) -> BranchRecords:
    policy = ProofPolicy(heads_folder=place, head_every_entries=3, head_every=datetime.timedelta(minutes=10))
    return BranchRecords(tmp_path / "server", hasher=QUICK, proof=policy, **more)


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
    copy = Path(shutil.copytree(tmp_path / "server", tmp_path / "copy"))
    connection = sqlite3.connect(copy / FILE)
    connection.execute(change)
    rehashed(connection, first, records.keys.signing)
    from teller_assist.alerts.canonical import to_base64
    from teller_assist.alerts.receipts import receipt_signed_bytes

    for case_id, index in connection.execute("SELECT case_id, chain_index FROM cases").fetchall():
        (head,) = connection.execute("SELECT hash FROM audit_entries WHERE number=?", (index,)).fetchone()
        signature = to_base64(records.keys.signing.sign(receipt_signed_bytes(case_id, index, head)))
        connection.execute("UPDATE cases SET chain_head=?, receipt_signature=? WHERE case_id=?", (head, signature, case_id))
    connection.commit()
    connection.close()
    return copy / FILE


def test_what_nobody_touched_agrees_with_its_second_place(written: BranchRecords, tmp_path: Path, place: Path) -> None:
    verdict = verdict_on(read_audit(tmp_path / "server" / FILE, heads=place))
    assert (verdict.fault, verdict.entries, verdict.heads, verdict.agreed_until) == (None, 7, 1, 7)
    (head,) = read_heads(place)
    assert head.is_signed(written.keys.public)
    assert (head.since, head.index, len(head.prefixes)) == (0, 7, 7)


@pytest.mark.parametrize("number", [1, 2, 4, 7])
def test_a_chain_made_anew_with_the_servers_own_key_is_found_and_the_very_entry_named(
    written: BranchRecords, tmp_path: Path, place: Path, number: int
) -> None:
    copy = rewritten(written, tmp_path, number, f"UPDATE audit_entries SET actor='nobody' WHERE number={number}")  # noqa: S608
    assert check_chain(read_audit(copy)) is None, "by itself nobody can know"
    verdict = verdict_on(read_audit(copy, heads=place))
    assert verdict.fault == ChainFault(number, Tampering.ALTERED)
    assert verdict.agreed_until == number - 1


def test_a_chain_made_anew_with_the_servers_own_key_is_found_by_the_receipts_of_several_stations(
    written: BranchRecords, tmp_path: Path
) -> None:
    receipts = list(read_audit(tmp_path / "server" / FILE).receipts())
    for station, kept in (("one", receipts[:2]), ("two", receipts[2:])):
        (tmp_path / "collected" / station).mkdir(parents=True)
        lines = "".join(json.dumps({"schema": "receipt/1", **one}) + "\n" for one in kept)
        (tmp_path / "collected" / station / "receipts.jsonl").write_text(lines)
    copy = rewritten(written, tmp_path, 4, "UPDATE audit_entries SET actor='nobody' WHERE number=4")
    verdict = verdict_on(read_audit(copy, tmp_path / "collected"))
    assert (verdict.fault, verdict.agreed_until) == (ChainFault(4, Tampering.ALTERED), 3)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatabaseError):
        read_audit(copy, tmp_path / "empty")


def test_a_cut_off_end_is_found_by_the_second_place_alone(written: BranchRecords, tmp_path: Path, place: Path) -> None:
    written.close()
    connection = sqlite3.connect(tmp_path / "server" / FILE)
    connection.execute("DELETE FROM audit_entries WHERE number>=5")
    connection.execute("DELETE FROM cases WHERE chain_index>=5")
    connection.commit()
    connection.close()
    assert check_chain(read_audit(tmp_path / "server" / FILE)) is None
    assert check_chain(read_audit(tmp_path / "server" / FILE, heads=place)) == ChainFault(5, Tampering.TRUNCATED)


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
    connection = sqlite3.connect(tmp_path / "server" / FILE)
    tamper(connection)
    connection.commit()
    connection.close()
    assert check_chain(read_audit(tmp_path / "server" / FILE, heads=place)) == fault


def test_a_forged_line_of_the_second_place_is_told(written: BranchRecords, tmp_path: Path, place: Path) -> None:
    from teller_assist.review.head_files import append_head, new_head

    forger = SigningKey(b"\x07" * 32)
    append_head(place, new_head(written.keys.public, forger, [(3, "f" * 64)], NOW))
    verdict = verdict_on(read_audit(tmp_path / "server" / FILE, heads=place))
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
    assert check_chain(read_audit(tmp_path / "server" / FILE, heads=place)) is None
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
    verdict = verdict_on(read_audit(tmp_path / "server" / FILE, heads=place))
    kinds = [link.kind for link in read_audit(tmp_path / "server" / FILE).links]
    assert kinds == ["server_started", "station_alert_raised", "station_alert_ended"]
    assert (verdict.fault, verdict.agreed_until) == (None, 3)
    records.close()


@pytest.mark.logs_warnings
def test_a_server_whose_chain_was_made_anew_or_cut_off_says_so_by_itself(
    written: BranchRecords, tmp_path: Path, place: Path
) -> None:
    copy = rewritten(written, tmp_path, 2, "UPDATE audit_entries SET actor='nobody' WHERE number=2")
    records = BranchRecords(copy.parent, hasher=QUICK, proof=ProofPolicy(heads_folder=place))
    records.note_start()
    records.proof.heads.write(at_once=True)
    assert records.proof.heads.state().differs
    assert records.proof.alerts.open_count() == 1
    records.close()
    assert check_chain(read_audit(copy, heads=place)) == ChainFault(2, Tampering.ALTERED), "also after new heads"


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
    connection = sqlite3.connect(tmp_path / "server" / FILE)
    connection.execute("UPDATE audit_entries SET actor='nobody' WHERE number=3")
    connection.commit()
    whole = read_audit(tmp_path / "server" / FILE, heads=place)
    assert verdict_on(whole).fault == ChainFault(3, Tampering.ALTERED)
    late = verdict_on(whole, since=8)
    assert (late.fault, late.anchor, late.entries) == (None, 7, 3)
    connection.execute("UPDATE audit_entries SET actor='nobody' WHERE number=9")
    connection.commit()
    assert verdict_on(whole, since=8).fault == ChainFault(9, Tampering.ALTERED)
    connection.execute("UPDATE audit_entries SET hash='0' WHERE number=7")
    connection.commit()
    assert verdict_on(whole, since=8).fault == ChainFault(7, Tampering.ALTERED)
    connection.execute("DELETE FROM audit_entries WHERE number>=7")
    connection.commit()
    assert verdict_on(whole, since=8).fault == ChainFault(7, Tampering.TRUNCATED)
    connection.close()


def test_a_check_cannot_begin_where_nothing_vouches_for_an_entry(tmp_path: Path) -> None:
    records = opened(tmp_path, None)
    records.note_start()
    records.close()
    with pytest.raises(UsageError):
        verdict_on(read_audit(tmp_path / "server" / FILE), since=1)
