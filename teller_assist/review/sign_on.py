"""Tellers at stations: who signs on where, and the dated statement by which a station knows them while the server is away.

The statement is signed, names one station and one teller, and holds no secret. What of the password a station needs it computes
itself. ``account`` changes with everything that should end an offline sign-on: password, role, branch, removal.
"""

from __future__ import annotations

import datetime
import hmac
from typing import Any

from sqlalchemy.orm import Session

from teller_assist.alerts.canonical import canonical_bytes, from_base64, parsed_json, to_base64, utc_text
from teller_assist.alerts.shapes import check_shape
from teller_assist.alerts.sign_on_papers import ANSWER, STANDING_ANSWER, answer_signed_bytes
from teller_assist.errors import EnvelopeError, LoginError, ShapeError, SignatureError, SignOnError
from teller_assist.review.audit import AuditKind, append
from teller_assist.review.branches import ALL_BRANCHES
from teller_assist.review.database import Database
from teller_assist.review.people import LoggedIn, People, Role
from teller_assist.review.rights import Action, may
from teller_assist.review.server_keys import PrivateKeys
from teller_assist.review.stations import Now
from teller_assist.review.tables import Person, Station

_ACCOUNT_CHARACTERS = 32  # 128 bits


class SignOns:
    """One server's sign-ons.

    Parameters
    ----------
    offline_days
        How long a station may go on by the statement alone; 0: not at all.
    """

    def __init__(self, database: Database, keys: PrivateKeys, people: People, now: Now, offline_days: int) -> None:
        self._database, self._keys, self._people, self._now = database, keys, people, now
        self._offline = datetime.timedelta(days=offline_days)

    def sign_on(self, station_id: str, document: object) -> dict[str, Any]:
        """Sign a teller on at a station that signed the request; returns a sign_on_answer/1.

        Raises
        ------
        ShapeError
            It is no sign_on/1, or its password is not sealed to this server.
        LoginError
            "login_bad", "login_locked", or "password_must_change": on the server's own page first.
        SignOnError
            "sign_on_not_permitted": neither teller nor manager, or of another branch.
        """
        asked = check_shape(document, "sign_on/1")
        login = str(asked["login"])
        password = self._opened(asked["password_sealed"], login, station_id)
        self._people.verify(login, password, failed=AuditKind.TELLER_SIGN_ON_FAILED, subject=station_id)
        with self._database.writing() as session:
            person, station = session.get(Person, login), session.get(Station, station_id)
            refused = _why_not(person, station)
            if person is None or refused is not None:
                why = "gone" if refused is None else refused.reason
                append(session, self._keys.signing, AuditKind.TELLER_SIGN_ON_FAILED, actor=login, subject=station_id, why=why)
                told = None
            else:
                person.failures, person.locked_until = 0, ""
                append(session, self._keys.signing, AuditKind.TELLER_SIGNED_ON, actor=login, subject=station_id)
                told = self._statement(person, station_id, str(asked["nonce"]))
        if told is None:
            raise refused or LoginError("login_bad")
        return self._signed(ANSWER, told)

    def standing(self, station_id: str, document: object) -> dict[str, Any]:
        """Say which of a station's tellers are as the station knows them; returns a sign_on_standing_answer/1.

        Raises
        ------
        ShapeError
            It is no sign_on_standing/1.
        """
        asked = check_shape(document, "sign_on_standing/1")
        with self._database.reading() as session:
            standing = [
                one["login"] for one in asked["accounts"] if self._stands(session, station_id, one["login"], one["account"])
            ]
        told = {"station": station_id, "nonce": asked["nonce"], "at": utc_text(self._now()), "standing": standing}
        return self._signed(STANDING_ANSWER, told)

    def _stands(self, session: Session, station_id: str, login: str, account: str) -> bool:
        person, station = session.get(Person, login), session.get(Station, station_id)
        if person is None or _why_not(person, station) is not None:
            return False
        return hmac.compare_digest(self._account(person), account)

    def _statement(self, person: Person, station_id: str, nonce: str) -> dict[str, Any]:
        now = self._now()
        return {
            "station": station_id,
            "login": person.login,
            "name": person.name,
            "account": self._account(person),
            "issued": utc_text(now),
            "expires": utc_text(now + self._offline),
            "nonce": nonce,
        }

    def _signed(self, schema: str, told: dict[str, Any]) -> dict[str, Any]:
        return {"schema": schema, **told, "signature": to_base64(self._keys.signing.sign(answer_signed_bytes(schema, told)))}

    def _account(self, person: Person) -> str:
        """Return what stands for the account as it is now; says nothing about the password to who lacks the key."""
        of_account = {"login": person.login, "hash": person.password_hash, "role": person.role, "branch": person.branch_id}
        key = self._keys.derived("sign-on accounts")
        return self._keys.suite.keyed_hash(key, canonical_bytes(of_account)).hex()[:_ACCOUNT_CHARACTERS]

    def _opened(self, sealed: str, login: str, station_id: str) -> str:
        """Return the password, which was sealed together with whose it is and where: elsewhere it is good for nothing."""
        try:
            told = parsed_json(self._keys.suite.open(self._keys.identity, from_base64(sealed, what="password_sealed")))
        except (EnvelopeError, ValueError, RecursionError) as error:
            raise ShapeError(what="sign_on/1", why="not_sealed", place="password_sealed") from error
        if not isinstance(told, dict) or (told.get("login"), told.get("station")) != (login, station_id):
            raise SignatureError("signature_bad")
        return str(told.get("password", ""))


def _why_not(person: Person | None, station: Station | None) -> LoginError | SignOnError | None:
    """Return why somebody may not sign on at a station; None: they may."""
    if person is None or person.removed or station is None or station.revoked:
        return SignOnError("sign_on_not_permitted")
    somebody = LoggedIn(person.login, person.name, Role(person.role), "", person.branch_id)
    # Who serves customers belongs to the branch where they sit; "all branches" is no desk.
    if not may(somebody, Action.SIGN_ON_AT_STATION) or person.branch_id == ALL_BRANCHES or not somebody.sees(station.branch_id):
        return SignOnError("sign_on_not_permitted")
    return LoginError("password_must_change") if person.must_change else None
