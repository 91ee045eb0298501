"""One customer at the counter as a table: state and event to action and next state.

    IDLE -> OPENED -> CARD_KNOWN / WATCHING -> SEARCHING -> COMPARING -> DECIDING -> TAKEN -> IDLE
                                   HELD (face first, card later)  JUDGING (the teller judges before the reading is shown)
                      BY_HAND ... at any time: face recognition is not the only way

A pair that is not in the table is refused with a sentence. The table knows nothing of threads, devices or Qt.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from teller_assist.errors import SessionError


class SessionState(StrEnum):
    """Where one customer's transaction stands."""

    IDLE = "idle"  # no customer
    OPENED = "opened"  # neither card nor consent yet
    CARD_KNOWN = "card_known"  # card read, consent outstanding: no detector may run
    WATCHING = "watching"  # consent on record, looking for a face, no card yet
    HELD = "held"  # a face is captured, the card is still to come
    SEARCHING = "searching"  # card and consent are there, looking for a face
    COMPARING = "comparing"
    JUDGING = "judging"  # compared, and nothing of it shown: the teller judges first
    DECIDING = "deciding"  # the reading is shown
    WITHOUT_READING = "without_reading"  # card and consent, but nothing could be compared
    BY_HAND = "by_hand"  # the non-face path, no card yet
    BY_HAND_WITH_CARD = "by_hand_with_card"
    TAKEN = "taken"  # the teller decided; it can still be undone


class SessionEvent(StrEnum):
    """What can happen."""

    BEGUN = "begun"
    CARD_READ = "card_read"
    CARD_FAILED = "card_failed"
    CONSENT_RECORDED = "consent_recorded"
    CARD_PUT_ASIDE = "card_put_aside"  # the wrong one, misread or mistyped, before anything came of it
    CONSENT_LAPSED = "consent_lapsed"  # the card shows that the customer is too young to give it
    BY_HAND_CHOSEN = "by_hand_chosen"  # the customer refuses face recognition, or the teller leaves its path
    FACE_CAPTURED = "face_captured"
    FACE_LOST = "face_lost"  # gone, or another face in its place
    NETCHECK_ANSWERED = "netcheck_answered"
    NETCHECK_ASKED_AGAIN = "netcheck_asked_again"  # it was down, or said something that the teller is to verify
    COMPARED = "compared"
    COMPARED_UNSEEN = "compared_unseen"  # the teller's own judgement is to come first
    COMPARISON_FAILED = "comparison_failed"
    JUDGED = "judged"  # the teller gave it
    ANSWER_NOTED = "answer_noted"  # the customer answered a question that the card answers
    RETAKE_ASKED = "retake_asked"
    DECIDED = "decided"
    UNDONE = "undone"
    SETTLED = "settled"  # the undo period is over
    ABANDONED = "abandoned"


class SessionAction(StrEnum):
    """What the station does about it."""

    ASK_FOR_CARD = "ask_for_card"
    KEEP_CARD = "keep_card"
    KEEP_CARD_AND_COMPARE = "keep_card_and_compare"
    TELL_PROBLEM = "tell_problem"
    READ_AGAIN = "read_again"
    ASK_CONSENT_AGAIN = "ask_consent_again"
    LOOK = "look"  # for a face, from the beginning
    HOLD_CAPTURE = "hold_capture"
    COMPARE = "compare"
    KEEP_NETCHECK = "keep_netcheck"
    ASK_AUTHORITY_AGAIN = "ask_authority_again"
    COMPARE_NETCHECK = "compare_netcheck"  # the reading is there already: add the other two edges
    KEEP_READING = "keep_reading"  # out of sight
    SHOW_READING = "show_reading"
    SHOW_WHY_NOT = "show_why_not"
    GO_BY_HAND = "go_by_hand"
    TAKE_DECISION = "take_decision"
    TAKE_BACK = "take_back"
    SETTLE = "settle"
    CLEAR = "clear"


_State, _Event, _Action = SessionState, SessionEvent, SessionAction

# None as the next state: the one before the decision.
_Entry = tuple[SessionAction, SessionState | None]

_FORWARD: dict[tuple[SessionState, SessionEvent], _Entry] = {
    (_State.IDLE, _Event.BEGUN): (_Action.ASK_FOR_CARD, _State.OPENED),
    (_State.OPENED, _Event.CARD_READ): (_Action.KEEP_CARD, _State.CARD_KNOWN),
    (_State.OPENED, _Event.CONSENT_RECORDED): (_Action.LOOK, _State.WATCHING),
    (_State.CARD_KNOWN, _Event.CONSENT_RECORDED): (_Action.LOOK, _State.SEARCHING),
    (_State.WATCHING, _Event.CARD_READ): (_Action.KEEP_CARD, _State.SEARCHING),
    (_State.WATCHING, _Event.FACE_CAPTURED): (_Action.HOLD_CAPTURE, _State.HELD),
    (_State.WATCHING, _Event.FACE_LOST): (_Action.LOOK, _State.WATCHING),
    (_State.HELD, _Event.CARD_READ): (_Action.KEEP_CARD_AND_COMPARE, _State.COMPARING),
    (_State.HELD, _Event.FACE_LOST): (_Action.LOOK, _State.WATCHING),
    (_State.HELD, _Event.RETAKE_ASKED): (_Action.LOOK, _State.WATCHING),
    (_State.SEARCHING, _Event.FACE_CAPTURED): (_Action.COMPARE, _State.COMPARING),
    (_State.SEARCHING, _Event.FACE_LOST): (_Action.LOOK, _State.SEARCHING),
    (_State.COMPARING, _Event.COMPARED): (_Action.SHOW_READING, _State.DECIDING),
    (_State.COMPARING, _Event.COMPARED_UNSEEN): (_Action.KEEP_READING, _State.JUDGING),
    (_State.COMPARING, _Event.COMPARISON_FAILED): (_Action.SHOW_WHY_NOT, _State.WITHOUT_READING),
    (_State.JUDGING, _Event.COMPARED_UNSEEN): (_Action.KEEP_READING, _State.JUDGING),
    (_State.JUDGING, _Event.JUDGED): (_Action.SHOW_READING, _State.DECIDING),
    (_State.JUDGING, _Event.RETAKE_ASKED): (_Action.LOOK, _State.SEARCHING),
    (_State.DECIDING, _Event.COMPARED): (_Action.SHOW_READING, _State.DECIDING),
    (_State.DECIDING, _Event.ANSWER_NOTED): (_Action.SHOW_READING, _State.DECIDING),
    (_State.DECIDING, _Event.RETAKE_ASKED): (_Action.LOOK, _State.SEARCHING),
    (_State.WITHOUT_READING, _Event.RETAKE_ASKED): (_Action.LOOK, _State.SEARCHING),
    # without a chip the authority's photograph, which may come last, is all there is to compare with
    (_State.WITHOUT_READING, _Event.COMPARED): (_Action.SHOW_READING, _State.DECIDING),
    (_State.WITHOUT_READING, _Event.COMPARED_UNSEEN): (_Action.KEEP_READING, _State.JUDGING),
    (_State.WITHOUT_READING, _Event.COMPARISON_FAILED): (_Action.SHOW_WHY_NOT, _State.WITHOUT_READING),
    (_State.CARD_KNOWN, _Event.CARD_PUT_ASIDE): (_Action.READ_AGAIN, _State.OPENED),
    (_State.SEARCHING, _Event.CARD_PUT_ASIDE): (_Action.READ_AGAIN, _State.WATCHING),
    (_State.BY_HAND_WITH_CARD, _Event.CARD_PUT_ASIDE): (_Action.READ_AGAIN, _State.BY_HAND),
    (_State.SEARCHING, _Event.CONSENT_LAPSED): (_Action.ASK_CONSENT_AGAIN, _State.CARD_KNOWN),
    (_State.COMPARING, _Event.CONSENT_LAPSED): (_Action.ASK_CONSENT_AGAIN, _State.CARD_KNOWN),
    (_State.BY_HAND, _Event.CARD_READ): (_Action.KEEP_CARD, _State.BY_HAND_WITH_CARD),
    (_State.BY_HAND, _Event.CONSENT_RECORDED): (_Action.LOOK, _State.WATCHING),
    (_State.BY_HAND_WITH_CARD, _Event.CONSENT_RECORDED): (_Action.LOOK, _State.SEARCHING),
    (_State.TAKEN, _Event.UNDONE): (_Action.TAKE_BACK, None),
    (_State.TAKEN, _Event.SETTLED): (_Action.SETTLE, _State.IDLE),
}
_NO_CARD_YET = (_State.OPENED, _State.WATCHING, _State.HELD, _State.BY_HAND)
_KEEPS_NETCHECK = (
    _State.CARD_KNOWN,
    _State.SEARCHING,
    _State.COMPARING,
    _State.WITHOUT_READING,
    _State.BY_HAND_WITH_CARD,
    _State.TAKEN,
)
_ASKS_NETCHECK_AGAIN = (
    _State.CARD_KNOWN,
    _State.SEARCHING,
    _State.JUDGING,
    _State.DECIDING,
    _State.WITHOUT_READING,
    _State.BY_HAND_WITH_CARD,
)
_FACE_PATH = (_State.CARD_KNOWN, _State.SEARCHING, _State.COMPARING, _State.JUDGING, _State.DECIDING)  # once the card is known
_TO_BE_DECIDED = (_State.DECIDING, _State.WITHOUT_READING, _State.BY_HAND, _State.BY_HAND_WITH_CARD)

TABLE: Mapping[tuple[SessionState, SessionEvent], _Entry] = MappingProxyType(
    _FORWARD
    | {(state, _Event.CARD_FAILED): (_Action.TELL_PROBLEM, state) for state in _NO_CARD_YET}
    | {(state, _Event.NETCHECK_ANSWERED): (_Action.KEEP_NETCHECK, state) for state in _KEEPS_NETCHECK}
    | {(state, _Event.NETCHECK_ANSWERED): (_Action.COMPARE_NETCHECK, state) for state in (_State.JUDGING, _State.DECIDING)}
    | {(state, _Event.NETCHECK_ASKED_AGAIN): (_Action.ASK_AUTHORITY_AGAIN, state) for state in _ASKS_NETCHECK_AGAIN}
    | {(state, _Event.BY_HAND_CHOSEN): (_Action.GO_BY_HAND, _State.BY_HAND) for state in (*_NO_CARD_YET[:3],)}
    | {
        (state, _Event.BY_HAND_CHOSEN): (_Action.GO_BY_HAND, _State.BY_HAND_WITH_CARD)
        for state in (*_FACE_PATH, _State.WITHOUT_READING)
    }
    | {(state, _Event.DECIDED): (_Action.TAKE_DECISION, _State.TAKEN) for state in _TO_BE_DECIDED}
    | {(state, _Event.ABANDONED): (_Action.CLEAR, _State.IDLE) for state in _State if state not in (_State.IDLE, _State.TAKEN)}
)

# A detector may see frames in these states only: consent or the legal basis is on record. Once a face is captured it only watches
# whether the person stays (HELD) and whether what is before the camera is alive.
CHOOSING = frozenset({_State.WATCHING, _State.SEARCHING})
LOOKING = CHOOSING | {_State.HELD, _State.COMPARING, _State.JUDGING, _State.DECIDING}
# A face was captured and compared, or is being: what comes to be compared later is compared at once.
COMPARED = frozenset({_State.COMPARING, _State.JUDGING, _State.DECIDING, _State.WITHOUT_READING})
# A document may be scanned, and what was read of it be looked at, as long as nothing is decided: as with the card, no consent is
# needed for what the customer hands over.
SCANNABLE = frozenset(_State) - {_State.IDLE, _State.TAKEN}
BY_HAND = frozenset({_State.BY_HAND, _State.BY_HAND_WITH_CARD, _State.WITHOUT_READING})
DECIDABLE = frozenset(_TO_BE_DECIDED)


class CounterSession:
    """One counter's session: the state, and the number of the transaction that late answers are checked against."""

    def __init__(self) -> None:
        self.state = SessionState.IDLE
        self.transaction = 0
        self._before_decision = SessionState.IDLE

    def accepts(self, event: SessionEvent) -> bool:
        """Return whether the event is possible now."""
        return (self.state, event) in TABLE

    def handle(self, event: SessionEvent) -> SessionAction:
        """Change the state and return what is to be done.

        Raises
        ------
        SessionError
            The event is impossible in this state; nothing changed.
        """
        if not self.accepts(event):
            raise SessionError(state=self.state.value, event=event.value)
        action, following = TABLE[self.state, event]
        if event is SessionEvent.BEGUN:
            self.transaction += 1
        if event is SessionEvent.DECIDED:
            self._before_decision = self.state
        self.state = self._before_decision if following is None else following
        return action
