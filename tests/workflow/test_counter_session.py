"""The table itself: no Qt, no device, no thread."""

from __future__ import annotations

import itertools

import pytest

from teller_assist.errors import SessionError
from teller_assist.workflow.counter_session import (
    CHOOSING,
    DECIDABLE,
    LOOKING,
    TABLE,
    CounterSession,
    SessionAction,
    SessionEvent,
    SessionState,
)

S, E, A = SessionState, SessionEvent, SessionAction
WITHOUT_CARD = (S.OPENED, S.WATCHING, S.HELD, S.BY_HAND)


def session_in(state: SessionState, *, through: SessionState | None = None) -> CounterSession:
    """A session that came to the state on a way of real events."""
    ways: dict[SessionState, tuple[SessionEvent, ...]] = {
        S.IDLE: (),
        S.OPENED: (E.BEGUN,),
        S.CARD_KNOWN: (E.BEGUN, E.CARD_READ),
        S.WATCHING: (E.BEGUN, E.CONSENT_RECORDED),
        S.HELD: (E.BEGUN, E.CONSENT_RECORDED, E.FACE_CAPTURED),
        S.SEARCHING: (E.BEGUN, E.CARD_READ, E.CONSENT_RECORDED),
        S.COMPARING: (E.BEGUN, E.CARD_READ, E.CONSENT_RECORDED, E.FACE_CAPTURED),
        S.JUDGING: (E.BEGUN, E.CARD_READ, E.CONSENT_RECORDED, E.FACE_CAPTURED, E.COMPARED_UNSEEN),
        S.DECIDING: (E.BEGUN, E.CARD_READ, E.CONSENT_RECORDED, E.FACE_CAPTURED, E.COMPARED),
        S.WITHOUT_READING: (E.BEGUN, E.CARD_READ, E.CONSENT_RECORDED, E.FACE_CAPTURED, E.COMPARISON_FAILED),
        S.BY_HAND: (E.BEGUN, E.BY_HAND_CHOSEN),
        S.BY_HAND_WITH_CARD: (E.BEGUN, E.CARD_READ, E.BY_HAND_CHOSEN),
        S.TAKEN: (),
    }
    session = CounterSession()
    for event in ways[state if state is not S.TAKEN else through or S.DECIDING]:
        session.handle(event)
    if state is S.TAKEN:
        session.handle(E.DECIDED)
    assert session.state is state
    return session


@pytest.mark.parametrize(("state", "event"), list(itertools.product(S, E)))
def test_every_pair_is_in_the_table_or_refused_without_a_change(state: SessionState, event: SessionEvent) -> None:
    session = session_in(state)
    transaction = session.transaction
    if (state, event) in TABLE:
        action, following = TABLE[state, event]
        assert session.handle(event) is action
        assert session.state is (following or S.DECIDING)
        return
    with pytest.raises(SessionError) as refused:
        session.handle(event)
    assert refused.value.reason == "not_now"
    assert (session.state, session.transaction) == (state, transaction)


def test_card_first_and_consent_first_reach_the_same_search() -> None:
    card_first, consent_first = CounterSession(), CounterSession()
    for session, order in ((card_first, (E.CARD_READ, E.CONSENT_RECORDED)), (consent_first, (E.CONSENT_RECORDED, E.CARD_READ))):
        session.handle(E.BEGUN)
        for event in order:
            session.handle(event)
    assert card_first.state is consent_first.state is S.SEARCHING


def test_no_detector_may_run_before_consent_is_on_record() -> None:
    without_consent = {S.IDLE}
    reached = {S.IDLE}
    while reached:  # every state that can be reached without recording consent
        reached = {
            following
            for (state, event), (_, following) in TABLE.items()
            if state in reached and event is not E.CONSENT_RECORDED and following is not None and following not in without_consent
        }
        without_consent |= reached
    assert not without_consent & LOOKING
    assert S.CARD_KNOWN in without_consent


def test_refusing_face_recognition_is_possible_from_every_state_of_the_face_path() -> None:
    for state in (S.OPENED, S.CARD_KNOWN, S.WATCHING, S.HELD, S.SEARCHING, S.COMPARING, S.DECIDING, S.WITHOUT_READING):
        session = session_in(state)
        session.handle(E.BY_HAND_CHOSEN)
        assert session.state is (S.BY_HAND if state in WITHOUT_CARD else S.BY_HAND_WITH_CARD)
        assert session.state in DECIDABLE


def test_a_lost_face_restarts_the_capture_and_drops_a_held_one() -> None:
    for state, after in ((S.WATCHING, S.WATCHING), (S.HELD, S.WATCHING), (S.SEARCHING, S.SEARCHING)):
        session = session_in(state)
        assert session.handle(E.FACE_LOST) is A.LOOK
        assert session.state is after
        assert session.state in CHOOSING


def test_a_captured_face_waits_for_the_card_and_is_compared_at_once() -> None:
    session = session_in(S.HELD)
    assert session.handle(E.CARD_READ) is A.KEEP_CARD_AND_COMPARE
    assert session.state is S.COMPARING


@pytest.mark.parametrize("before", sorted(DECIDABLE))
def test_undoing_a_decision_leads_back_to_where_it_was_taken(before: SessionState) -> None:
    session = session_in(S.TAKEN, through=before)
    session.handle(E.UNDONE)
    assert session.state is before


def test_no_state_is_a_dead_end() -> None:
    for start in S:
        reached, pending = {start}, [start]
        while pending:
            state = pending.pop()
            following = {after for (before, _), (_, after) in TABLE.items() if before is state and after is not None}
            pending += following - reached
            reached |= following
        assert S.IDLE in reached, start


def test_every_state_and_every_action_is_used() -> None:
    assert {state for state, _ in TABLE} == set(S)
    assert {action for action, _ in TABLE.values()} == set(A)
    assert {event for _, event in TABLE} == set(E)


def test_each_transaction_has_a_number_of_its_own() -> None:
    session = session_in(S.DECIDING)
    first = session.transaction
    session.handle(E.ABANDONED)
    session.handle(E.BEGUN)
    assert session.transaction == first + 1
