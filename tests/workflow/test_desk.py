from __future__ import annotations

import datetime

import pytest

from teller_assist.alerts.states import BranchState, Kept
from teller_assist.errors import SessionError
from teller_assist.evidence.transaction import BusinessKind, TellerDecision
from teller_assist.settings.schema import StationSettings
from teller_assist.workflow.desk import TODAY_ROWS_MAX, Desk

SETTINGS = StationSettings(blank_after_idle_s=60, lock_after_idle_s=300)
NOON = datetime.datetime(2026, 11, 21, 12, 0, tzinfo=datetime.UTC)


def note(
    desk: Desk,
    at: datetime.datetime = NOON,
    decision: TellerDecision | None = TellerDecision.PASS,
    transaction: int = 1,
    *,
    without_face: bool = False,
) -> None:
    kind = BusinessKind.ACTIVATION
    desk.note(transaction, ended=at, masked_name="林*样", kind=kind, decision=decision, alert=False, without_face=without_face)


@pytest.mark.parametrize("name", ["", "   ", "字" * 33])
def test_a_teller_has_a_name_of_sensible_length(name: str) -> None:
    with pytest.raises(SessionError):
        Desk(SETTINGS).sign_on(name, 0.0)


def test_faces_are_blanked_after_a_minute_and_the_desk_locks_after_five() -> None:
    desk = Desk(SETTINGS)
    desk.sign_on("柜员一", 0.0)
    assert not desk.let_time_pass(59.9)
    assert desk.let_time_pass(60.0)
    assert desk.presence.blanked
    assert not desk.let_time_pass(61.0)
    assert desk.let_time_pass(300.0)
    assert desk.presence.locked


def test_a_touch_unblanks_but_does_not_unlock() -> None:
    desk = Desk(SETTINGS)
    desk.sign_on("柜员一", 0.0)
    desk.let_time_pass(60.0)
    assert desk.touch(61.0)
    assert not desk.presence.blanked
    desk.lock()
    assert not desk.touch(62.0)
    assert desk.presence.locked


def test_nobody_signed_on_is_neither_blanked_nor_locked() -> None:
    desk = Desk(SETTINGS)
    desk.lock()
    assert not desk.let_time_pass(1e9)
    assert not desk.presence.locked


def test_todays_list_is_newest_first_counts_and_ends_with_its_day() -> None:
    desk = Desk(SETTINGS)
    for hour, decision in enumerate((TellerDecision.PASS, TellerDecision.REFER, None)):
        note(desk, NOON + datetime.timedelta(hours=hour), decision)
    today = desk.today()
    assert [row.ended.hour for row in today.rows] == [14, 13, 12]
    assert (today.checked, today.referred, today.waiting) == (2, 1, None)
    note(desk, NOON + datetime.timedelta(days=1))
    assert len(desk.today().rows) == 1


def test_who_was_checked_without_face_recognition_is_counted_once_decided() -> None:
    desk = Desk(SETTINGS)
    for decision, without_face in ((TellerDecision.PASS, True), (TellerDecision.REFER, False), (None, True)):
        note(desk, NOON, decision, without_face=without_face)
    assert (desk.today().checked, desk.today().without_face) == (2, 1)


def test_todays_list_is_bounded() -> None:
    desk = Desk(SETTINGS)
    for _ in range(TODAY_ROWS_MAX + 5):
        note(desk)
    assert len(desk.today().rows) == TODAY_ROWS_MAX


def test_a_row_says_how_far_its_own_case_has_come_and_the_list_what_waits() -> None:
    desk = Desk(SETTINGS)
    note(desk, transaction=1)
    note(desk, transaction=2)
    branch = BranchState(reachable=False, waiting=2, refused=1, unsaved=1, problem=None)
    today = desk.today(branch, {1: Kept.DELIVERED, 2: Kept.SAVED}.__getitem__)
    assert [row.kept for row in today.rows] == [Kept.SAVED, Kept.DELIVERED]
    assert (today.waiting, today.unsaved, today.refused) == (2, 1, 1)


def test_a_station_that_is_not_enrolled_claims_to_keep_nothing() -> None:
    desk = Desk(SETTINGS)
    note(desk)
    assert desk.today().rows[0].kept is None
    assert desk.today().waiting is None
