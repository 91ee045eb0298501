"""Who may do what at the branch server: one table, asked by records, pages and interface alike."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from teller_assist.errors import LoginError
from teller_assist.review.people import LoggedIn, Role


class Action(StrEnum):
    """Something that not everybody may do."""

    LIST_CASES = "list_cases"
    SEE_CASE = "see_case"  # with faces, name and number
    SEE_EVENTS = "see_events"
    LIST_STATIONS = "list_stations"
    MANAGE_STATIONS = "manage_stations"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_BRANCHES = "manage_branches"
    SIGN_ON_AT_STATION = "sign_on_at_station"
    CHANGE_OWN_PASSWORD = "change_own_password"  # noqa: S105 (no password)


_OWN = frozenset({Action.CHANGE_OWN_PASSWORD})

RIGHTS: Mapping[Role, frozenset[Action]] = {
    Role.TELLER: _OWN | {Action.SIGN_ON_AT_STATION},
    Role.MANAGER: _OWN
    | {
        Action.LIST_CASES,
        Action.SEE_CASE,
        Action.SEE_EVENTS,
        Action.LIST_STATIONS,
        Action.SIGN_ON_AT_STATION,  # a manager serves, too, where a teller is missing
    },
    Role.AUDITOR: _OWN | {Action.LIST_CASES, Action.SEE_EVENTS, Action.LIST_STATIONS},
    Role.IT: _OWN | {Action.LIST_STATIONS, Action.MANAGE_STATIONS, Action.MANAGE_PEOPLE, Action.MANAGE_BRANCHES},
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
