"""Who may do what at the branch server: one table, asked by records, pages and interface alike."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from teller_assist.errors import LoginError
from teller_assist.review.people import LoggedIn, Role


class Action(StrEnum):
    """Something that not everybody may do."""

    LIST_CASES = "list_cases"
    SEE_CASE = "see_case"  # with name and number, and what managers noted
    SEE_PICTURE = "see_picture"
    SEE_EVENTS = "see_events"
    SEE_REVIEW = "see_review"
    FIND = "find"
    SIGN_OFF = "sign_off"
    NOTE_DIFFERENT_PEOPLE = "note_different_people"
    MAKE_EVIDENCE_PACK = "make_evidence_pack"
    SEE_STATISTICS = "see_statistics"
    SEE_OWN_AGREEMENT = "see_own_agreement"
    SEE_TELLERS_AGREEMENT = "see_tellers_agreement"
    SEE_STATION_ALERTS = "see_station_alerts"
    READ_STATION_ALERT_NOTES = "read_station_alert_notes"  # a person may be named in one
    ACKNOWLEDGE_STATION_ALERTS = "acknowledge_station_alerts"
    SEE_AUDIT = "see_audit"
    EXPORT_AUDIT = "export_audit"
    LIST_STATIONS = "list_stations"
    MANAGE_STATIONS = "manage_stations"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_BRANCHES = "manage_branches"
    SIGN_ON_AT_STATION = "sign_on_at_station"
    CHANGE_OWN_PASSWORD = "change_own_password"  # noqa: S105 (no password)


_OWN = frozenset({Action.CHANGE_OWN_PASSWORD})
_SERVES = frozenset({Action.SIGN_ON_AT_STATION, Action.SEE_OWN_AGREEMENT})
_OVERSEES = frozenset(
    {
        Action.LIST_CASES,
        Action.SEE_EVENTS,
        Action.SEE_REVIEW,
        Action.SEE_STATISTICS,
        Action.SEE_TELLERS_AGREEMENT,
        Action.SEE_STATION_ALERTS,
        Action.READ_STATION_ALERT_NOTES,
        Action.SEE_AUDIT,
        Action.LIST_STATIONS,
    }
)
_REVIEWS = frozenset(
    {
        Action.SEE_CASE,
        Action.SEE_PICTURE,
        Action.FIND,
        Action.SIGN_OFF,
        Action.NOTE_DIFFERENT_PEOPLE,
        Action.MAKE_EVIDENCE_PACK,
        Action.ACKNOWLEDGE_STATION_ALERTS,
    }
)

RIGHTS: Mapping[Role, frozenset[Action]] = {
    Role.TELLER: _OWN | _SERVES,
    Role.MANAGER: _OWN | _OVERSEES | _REVIEWS | _SERVES,  # a manager serves, too, where a teller is missing
    Role.AUDITOR: _OWN | _OVERSEES | {Action.EXPORT_AUDIT},
    Role.IT: _OWN
    | {
        Action.SEE_STATION_ALERTS,
        Action.LIST_STATIONS,
        Action.MANAGE_STATIONS,
        Action.MANAGE_PEOPLE,
        Action.MANAGE_BRANCHES,
    },
}


def may(person: LoggedIn, action: Action) -> bool:
    """Return whether somebody may do something now."""
    if person.must_change and action is not Action.CHANGE_OWN_PASSWORD:
        return False
    return action in RIGHTS[person.role]


def require(person: LoggedIn, action: Action) -> None:
    """See that somebody may do something.

    Raises
    ------
    LoginError
        "not_permitted", or "password_must_change" where that is all that stands between.
    """
    if may(person, action):
        return
    raise LoginError("password_must_change" if person.must_change and action in RIGHTS[person.role] else "not_permitted")
