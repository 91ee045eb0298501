"""The first person of a new server: a one-time code, shown where the server runs, makes one administrator of all branches."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from base64 import b32encode

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import utc_text
from teller_assist.errors import LoginError
from teller_assist.review.audit import AuditKind, append
from teller_assist.review.branches import ALL_BRANCHES
from teller_assist.review.database import Database
from teller_assist.review.people import People, Role
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.stations import Now
from teller_assist.review.tables import FirstCode, Person

CODE_VALID = datetime.timedelta(minutes=30)
TRIES_MOST = 5
_CODE_BYTES = 10
_GROUP = 4


class FirstAdministrator:
    """Makes the first administrator of one server; without effect once there is anybody."""

    def __init__(self, database: Database, keys: PrivateKeys, people: People, now: Now) -> None:
        self._database, self._keys, self._people, self._now = database, keys, people, now

    @property
    def is_wanted(self) -> bool:
        """Whether there is nobody yet."""
        with self._database.reading() as session:
            return _is_empty(session)

    def make_code(self, *, actor: str) -> str:
        """Return a code in place of every earlier one; only its hash is kept.

        Raises
        ------
        LoginError
            "first_code_bad": there is somebody already.
        """
        code = b32encode(secrets.token_bytes(_CODE_BYTES)).decode("ascii")
        with self._database.writing() as session:
            if not _is_empty(session):
                raise LoginError("first_code_bad")
            session.execute(delete(FirstCode))
            session.add(FirstCode(code_sha256=_sha256(code), expires=utc_text(self._now() + CODE_VALID), tries=0))
            append(session, self._keys.signing, AuditKind.FIRST_CODE_MADE, actor=actor)
        return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))

    def make(self, code: str, login: str, name: str, password: str) -> None:
        """Use a code up and make the administrator.

        Raises
        ------
        LoginError
            "first_code_bad": wrong, too old, tried too often, or there is somebody already.
        UsageError, PasswordError
            Login, name or password are none that can be used; the code is still good then.
        """
        self._check(code)  # before the slow hash: nobody keeps the server busy with wrong codes
        hashed = self._people.hashed(login, name, password)
        with self._database.writing() as session:
            if not _is_empty(session) or self._known(session, code) is None:
                raise LoginError("first_code_bad")
            session.execute(delete(FirstCode))
            person = Person(login=login, name=name.strip(), password_hash=hashed, must_change=False)
            self._people.put(session, person, Role.IT, ALL_BRANCHES)
            append(session, self._keys.signing, AuditKind.FIRST_ADMINISTRATOR_MADE, actor=login, subject=login)

    def _check(self, code: str) -> None:
        """Refuse a wrong code, and count it: that is committed, so the error comes after."""
        with self._database.writing() as session:
            if _is_empty(session) and self._known(session, code) is not None:
                return
            for kept in session.scalars(select(FirstCode)):
                kept.tries += 1
            append(session, self._keys.signing, AuditKind.FIRST_CODE_REFUSED, actor="unknown")
        raise LoginError("first_code_bad")

    def _known(self, session: Session, code: str) -> FirstCode | None:
        found = session.get(FirstCode, _sha256(code))
        if found is None or found.tries >= TRIES_MOST or found.expires <= utc_text(self._now()):
            return None
        return found


def _is_empty(session: Session) -> bool:
    return not session.scalar(select(func.count()).select_from(Person))


def _sha256(code: str) -> str:
    typed = "".join(code.upper().replace("-", " ").split())
    return hashlib.sha256(typed.encode("ascii", "replace")).hexdigest()
