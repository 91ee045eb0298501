"""What people of the role ``it`` do from the pages: people, stations, branches. Every act is held against the rights first.

Nobody changes or removes themselves here: so there is always an administrator left, and nobody gives themselves another role.
"""

from __future__ import annotations

from teller_assist.alerts.enrolment import EnrolmentCode
from teller_assist.errors import LoginError, PasswordError, UsageError
from teller_assist.review.branches import Branches, ListedBranch
from teller_assist.review.database import Database
from teller_assist.review.passwords import one_time_password
from teller_assist.review.people import ListedPerson, LoggedIn, People, Role
from teller_assist.review.rights import Action, require
from teller_assist.review.stations import StationRow, Stations
from teller_assist.review.tables import Person, Station

_STATION_NAME_LONGEST = 64


class Administration:
    """The administrators' side of one server.

    An administrator of one branch reaches into that branch alone, one of all branches everywhere.
    """

    def __init__(self, database: Database, people: People, stations: Stations, branches: Branches) -> None:
        self._database = database
        self._people, self._stations, self._branches = people, stations, branches

    def people(self, person: LoggedIn) -> list[ListedPerson]:
        """Return whom this administrator looks after.

        Raises
        ------
        LoginError
        """
        require(person, Action.MANAGE_PEOPLE)
        return self._people.listed(person.branch_id)

    def add_person(self, person: LoggedIn, login: str, name: str, role: Role, branch_id: str) -> str:
        """Add somebody and return the one-time password to give to them.

        Raises
        ------
        LoginError
            "not_permitted"
        UsageError
            Login, name or branch are none that can be used, or the login is taken.
        """
        require(person, Action.MANAGE_PEOPLE)
        _reach(person, branch_id)
        with self._database.reading() as session:
            known = session.get(Person, login)
        if known is not None and not known.removed:
            raise UsageError(what="login")
        password = one_time_password()
        self._people.add(login, name, role, password, actor=person.login, branch_id=branch_id, must_change=True)
        return password

    def change_person(self, person: LoggedIn, login: str, role: Role, branch_id: str) -> None:
        """Give somebody another role or branch.

        Raises
        ------
        LoginError, UsageError
        """
        self._require_other(person, login)
        _reach(person, branch_id)
        self._people.change(login, role, branch_id, actor=person.login)

    def renew_password(self, person: LoggedIn, login: str) -> str:
        """Give somebody a one-time password in place of the one that was forgotten, and return it.

        Raises
        ------
        LoginError, UsageError
        """
        self._require_other(person, login)
        password = one_time_password()
        self._people.set_password(login, password, actor=person.login, must_change=True)
        return password

    def unlock(self, person: LoggedIn, login: str) -> None:
        """Let somebody try again before the time of a lock is over.

        Raises
        ------
        LoginError, UsageError
        """
        self._require_other(person, login)
        self._people.unlock(login, actor=person.login)

    def remove_person(self, person: LoggedIn, login: str) -> None:
        """Let somebody log in and sign on no more.

        Raises
        ------
        LoginError, UsageError
        """
        self._require_other(person, login)
        self._people.remove(login, actor=person.login)

    def stations(self, person: LoggedIn) -> list[StationRow]:
        """Return the stations of this administrator.

        Raises
        ------
        LoginError
        """
        require(person, Action.MANAGE_STATIONS)
        return self._stations.listed(person.branch_id)

    def make_code(self, person: LoggedIn, name: str, branch_id: str) -> EnrolmentCode:
        """Give out a code for one station.

        Raises
        ------
        LoginError
            "not_permitted"
        UsageError
            The name is none, or there is no such branch.
        """
        require(person, Action.MANAGE_STATIONS)
        _reach(person, branch_id)
        if not 0 < len(name.strip()) <= _STATION_NAME_LONGEST:
            raise UsageError(what="name")
        return self._stations.make_code(name.strip(), actor=person.login, branch_id=branch_id)

    def revoke_station(self, person: LoggedIn, station_id: str) -> None:
        """Take nothing from a station any more, from this moment on.

        Raises
        ------
        LoginError
            "not_permitted"
        UsageError
            There is no such station.
        """
        require(person, Action.MANAGE_STATIONS)
        with self._database.reading() as session:
            found = session.get(Station, station_id)
        if found is None:
            raise UsageError(what="station")
        _reach(person, found.branch_id)
        self._stations.revoke(station_id, actor=person.login)

    def branches(self, person: LoggedIn) -> list[ListedBranch]:
        """Return the branches that this administrator reaches into.

        Raises
        ------
        LoginError
        """
        require(person, Action.MANAGE_PEOPLE)
        return [one for one in self._branches.listed() if person.sees(one.branch_id)]

    def add_branch(self, person: LoggedIn, branch_id: str, name: str) -> None:
        """Add a branch, or give one another name.

        Raises
        ------
        LoginError
            "not_permitted": also an administrator of one branch, who makes no others.
        UsageError
        """
        require(person, Action.MANAGE_BRANCHES)
        _reach(person, "")
        self._branches.add(branch_id, name, actor=person.login)

    def _require_other(self, person: LoggedIn, login: str) -> None:
        """See that the administrator may act on somebody: within reach, and not on themselves."""
        require(person, Action.MANAGE_PEOPLE)
        with self._database.reading() as session:
            found = session.get(Person, login)
        if found is None or found.removed:
            raise UsageError(what="login")
        if found.login == person.login:
            raise LoginError("not_permitted")
        _reach(person, found.branch_id)


def change_own_password(people: People, person: LoggedIn, token: str, old: str, new: str, again: str) -> None:
    """Give oneself another password; every other session of one's own ends.

    Raises
    ------
    PasswordError
        "password_not_repeated", or the new one is none that may be used.
    LoginError
        "login_bad", "login_locked": the old one is wrong.
    """
    require(person, Action.CHANGE_OWN_PASSWORD)
    if new != again:
        raise PasswordError("password_not_repeated")
    if new == old:
        raise PasswordError("password_too_easy")
    people.verify(person.login, old)
    people.set_password(person.login, new, actor=person.login, must_change=False, keep_token=token)


def _reach(person: LoggedIn, branch_id: str) -> None:
    if not person.sees(branch_id):
        raise LoginError("not_permitted")
