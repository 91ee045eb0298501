"""Who may log in at the branch server: argon2 hashes, a lock after wrong passwords, sessions of which only a hash is kept."""

from __future__ import annotations

import datetime
import hashlib
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import utc_text
from teller_assist.errors import LoginError, UsageError
from teller_assist.review.audit import AuditKind, append
from teller_assist.review.branches import ALL_BRANCHES, FIRST_BRANCH, require_branch
from teller_assist.review.database import Database
from teller_assist.review.passwords import check_password
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.stations import Now
from teller_assist.review.tables import LoginSession, Person

FAILURES_MOST = 5
LOCKED_FOR = datetime.timedelta(minutes=15)
IDLE_MOST = datetime.timedelta(minutes=30)
SESSION_MOST = datetime.timedelta(hours=8)
_LOGIN = re.compile(r"[a-z0-9._-]{1,64}")
_NAME_LONGEST = 64


class Role(StrEnum):
    """What somebody may do."""

    TELLER = "teller"
    MANAGER = "manager"
    AUDITOR = "auditor"
    IT = "it"


# The others answer for one branch, whose cases they see.
OF_ALL_BRANCHES = frozenset({Role.AUDITOR, Role.IT})


@dataclass(frozen=True)
class ListedPerson:
    """Somebody as a list shows them."""

    login: str
    name: str
    role: Role
    branch_id: str
    locked: bool
    must_change: bool = False


@dataclass(frozen=True)
class LoggedIn:
    """Somebody who is logged in.

    Attributes
    ----------
    form_token
        Goes with every form of this session, so that another site's form does nothing here.
    branch_id
        Whose cases and stations; "" is all branches.
    must_change
        The password was given out by somebody else: until it is changed, nothing else may be done.
    """

    login: str
    name: str
    role: Role
    form_token: str
    branch_id: str = FIRST_BRANCH
    must_change: bool = False

    def sees(self, branch_id: str) -> bool:
        """Return whether this person's role reaches into a branch."""
        return self.branch_id in (ALL_BRANCHES, branch_id)


class People:
    """The people of one server.

    Parameters
    ----------
    hasher
        argon2id with its library's own settings when left out.
    """

    def __init__(self, database: Database, keys: PrivateKeys, now: Now, hasher: PasswordHasher | None = None) -> None:
        self._database, self._keys, self._now = database, keys, now
        self._hasher = hasher or PasswordHasher()
        # An unknown login costs as much time as a wrong password.
        self._nobodys_hash = self._hasher.hash(secrets.token_urlsafe(16))

    def add(
        self,
        login: str,
        name: str,
        role: Role,
        password: str,
        *,
        actor: str,
        branch_id: str = FIRST_BRANCH,
        must_change: bool = False,
    ) -> None:
        """Add somebody, or give somebody another name, role, branch and password; every session of theirs ends.

        Parameters
        ----------
        must_change
            The password is only good for choosing another one.

        Raises
        ------
        UsageError
            Login, name or branch are none that can be used: a teller and a manager belong to one branch.
        PasswordError
        """
        hashed = self.hashed(login, name, password)
        with self._database.writing() as session:
            person = Person(login=login, name=name.strip(), password_hash=hashed, must_change=must_change)
            self.put(session, person, role, branch_id)
            facts = {"role": role.value, "branch": branch_id}
            append(session, self._keys.signing, AuditKind.PERSON_ADDED, actor=actor, subject=login, **facts)

    def hashed(self, login: str, name: str, password: str) -> str:
        """Return the hash of a new person's password; slow, so outside of a transaction.

        Raises
        ------
        UsageError, PasswordError
            Login, name or password are none that can be used.
        """
        if not _LOGIN.fullmatch(login):
            raise UsageError(what="login")
        if not 0 < len(name.strip()) <= _NAME_LONGEST:
            raise UsageError(what="name")
        check_password(login, password)
        return self._hasher.hash(password)

    def put(self, session: Session, person: Person, role: Role, branch_id: str) -> None:
        """Keep a person in place of whoever had the login; every session of theirs ends.

        Raises
        ------
        UsageError
            The branch is none of such a role.
        """
        check_branch(session, role, branch_id)
        session.execute(delete(LoginSession).where(LoginSession.login == person.login))
        person.role, person.branch_id = role.value, branch_id
        person.failures, person.locked_until, person.removed = 0, "", False
        session.merge(person)

    def change(self, login: str, role: Role, branch_id: str, *, actor: str) -> None:
        """Give somebody another role or branch; every session of theirs ends.

        Raises
        ------
        UsageError
            There is no such person, or the branch is none of such a role.
        """
        with self._database.writing() as session:
            person = _known(session, login)
            check_branch(session, role, branch_id)
            person.role, person.branch_id = role.value, branch_id
            session.execute(delete(LoginSession).where(LoginSession.login == login))
            facts = {"role": role.value, "branch": branch_id}
            append(session, self._keys.signing, AuditKind.PERSON_CHANGED, actor=actor, subject=login, **facts)

    def unlock(self, login: str, *, actor: str) -> None:
        """Let somebody try again before the time of a lock is over.

        Raises
        ------
        UsageError
            There is no such person.
        """
        with self._database.writing() as session:
            person = _known(session, login)
            person.failures, person.locked_until = 0, ""
            append(session, self._keys.signing, AuditKind.PERSON_UNLOCKED, actor=actor, subject=login)

    def set_password(self, login: str, password: str, *, actor: str, must_change: bool, keep_token: str = "") -> None:
        """Give somebody another password; every session but the one of ``keep_token`` ends.

        Raises
        ------
        UsageError
            There is no such person.
        PasswordError
        """
        check_password(login, password)
        hashed = self._hasher.hash(password)
        with self._database.writing() as session:
            person = _known(session, login)
            person.password_hash, person.must_change = hashed, must_change
            person.failures, person.locked_until = 0, ""
            kept = _sha256(keep_token)
            session.execute(delete(LoginSession).where(LoginSession.login == login, LoginSession.token_sha256 != kept))
            append(session, self._keys.signing, AuditKind.PASSWORD_CHANGED, actor=actor, subject=login, given_out=must_change)

    def remove(self, login: str, *, actor: str) -> bool:
        """Let somebody log in no more; what they did stays with their login. Returns whether there was such a person."""
        with self._database.writing() as session:
            person = session.get(Person, login)
            if person is None or person.removed:
                return False
            person.removed, person.password_hash = True, ""
            session.execute(delete(LoginSession).where(LoginSession.login == login))
            append(session, self._keys.signing, AuditKind.PERSON_REMOVED, actor=actor, subject=login)
        return True

    def listed(self, branch_id: str = ALL_BRANCHES) -> list[ListedPerson]:
        """Return everybody of a branch, or of all, by login."""
        query = select(Person).where(~Person.removed).order_by(Person.login)
        if branch_id != ALL_BRANCHES:
            query = query.where(Person.branch_id == branch_id)
        now = utc_text(self._now())
        with self._database.reading() as session:
            return [
                ListedPerson(one.login, one.name, Role(one.role), one.branch_id, one.locked_until > now, one.must_change)
                for one in session.execute(query).scalars()
            ]

    def log_in(self, login: str, password: str) -> str:
        """Return the token of a new session, for a cookie.

        Raises
        ------
        LoginError
            "login_bad" or, after five wrong passwords in a row, "login_locked" for a quarter of an hour.
        """
        self.verify(login, password)
        with self._database.writing() as session:
            return self.begin_session(session, login)

    def log_in_vouched(self, login: str) -> str:
        """Return the token of a new session of somebody whom the bank's own provider vouches for.

        Raises
        ------
        LoginError
            "provider_refused": there is no such person here, and none is made; "login_locked".
        """
        with self._database.writing() as session:
            person = session.get(Person, login)
            if person is not None and not person.removed:
                if person.locked_until > utc_text(self._now()):
                    raise LoginError("login_locked")
                return self.begin_session(session, login, by="provider")
            append(session, self._keys.signing, AuditKind.LOGIN_FAILED, actor="unknown", by="provider")
        raise LoginError("provider_refused", why="login_unknown")

    def verify(self, login: str, password: str, *, failed: AuditKind = AuditKind.LOGIN_FAILED, subject: str = "") -> None:
        """Hold a login and a password against each other; a wrong one is counted and noted.

        Parameters
        ----------
        failed, subject
            How a wrong one is noted, and about what.

        Raises
        ------
        LoginError
            "login_bad" or "login_locked".
        """
        with self._database.reading() as session:
            person = session.get(Person, login)
            hashed = self._nobodys_hash if person is None or person.removed else person.password_hash
            locked = person is not None and person.locked_until > utc_text(self._now())
        right = self._is_right(hashed, password) and person is not None and not person.removed
        if locked:
            raise LoginError("login_locked")
        if right:
            return
        with self._database.writing() as session:
            self._note_failure(session, login, failed, subject)
        raise LoginError("login_bad")

    def logged_in(self, token: str, *, counts_as_use: bool = True) -> LoggedIn:
        """Return whose session a token is, and note that it was used, unless a page asked by itself.

        Raises
        ------
        LoginError
            "login_missing": nobody's, or it is over.
        """
        now = self._now()
        with self._database.reading() as session:
            found = session.get(LoginSession, _sha256(token)) if token else None
            person = None if found is None else session.get(Person, found.login)
            if found is None or person is None or not _goes_on(found, now):
                raise LoginError("login_missing")
            used = found.used
            somebody = LoggedIn(
                person.login, person.name, Role(person.role), found.form_token, person.branch_id, person.must_change
            )
        if counts_as_use and used < utc_text(now - datetime.timedelta(minutes=1)):  # not a write for every page
            with self._database.writing() as session:
                again = session.get(LoginSession, _sha256(token))
                if again is not None:
                    again.used = utc_text(now)
        return somebody

    def log_out(self, token: str) -> None:
        """End a session."""
        with self._database.writing() as session:
            found = session.get(LoginSession, _sha256(token))
            if found is not None:
                append(session, self._keys.signing, AuditKind.LOGGED_OUT, actor=found.login)
                session.delete(found)

    def _is_right(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (Argon2Error, InvalidHashError):
            return False

    def begin_session(self, session: Session, login: str, *, by: str = "password") -> str:
        """Begin a session of somebody who proved who they are, and return its token.

        Parameters
        ----------
        by
            How: "password" or "provider".

        Raises
        ------
        LoginError
            "login_bad": removed meanwhile.
        """
        token, now = secrets.token_urlsafe(32), utc_text(self._now())
        person = session.get(Person, login)
        if person is None or person.removed:
            raise LoginError("login_bad")
        person.failures, person.locked_until = 0, ""
        session.execute(delete(LoginSession).where(LoginSession.begun < utc_text(self._now() - SESSION_MOST)))
        form_token = secrets.token_urlsafe(24)
        session.add(LoginSession(token_sha256=_sha256(token), login=login, form_token=form_token, begun=now, used=now))
        append(session, self._keys.signing, AuditKind.LOGGED_IN, actor=login, by=by)
        return token

    def _note_failure(self, session: Session, login: str, failed: AuditKind, subject: str) -> None:
        person = session.execute(select(Person).where(Person.login == login)).scalar_one_or_none()
        if person is None:  # what was typed may be a password: it is not kept
            append(session, self._keys.signing, failed, actor="unknown", subject=subject)
            return
        person.failures += 1
        append(session, self._keys.signing, failed, actor=login, subject=subject, failures=person.failures)
        if person.failures >= FAILURES_MOST:
            person.failures, person.locked_until = 0, utc_text(self._now() + LOCKED_FOR)
            append(session, self._keys.signing, AuditKind.LOGIN_LOCKED, actor=login)


def check_branch(session: Session, role: Role, branch_id: str) -> None:
    """See that a role may be of a branch.

    Raises
    ------
    UsageError
    """
    if branch_id != ALL_BRANCHES:
        require_branch(session, branch_id)
    elif role not in OF_ALL_BRANCHES:
        raise UsageError(what="branch")


def _known(session: Session, login: str) -> Person:
    person = session.get(Person, login)
    if person is None or person.removed:
        raise UsageError(what="login")
    return person


def _goes_on(found: LoginSession, now: datetime.datetime) -> bool:
    return found.used > utc_text(now - IDLE_MOST) and found.begun > utc_text(now - SESSION_MOST)


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
