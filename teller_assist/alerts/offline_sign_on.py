"""Whom this station knows while the branch server is away: dated statements of the server, and hashes of its own.

    sign_on.sealed = {seen, tellers: [{paper, hash, failures, locked_until}]}, encrypted as the station's suite does it

The key comes from the station's own key, which is in the keyring: on another machine the file says nothing. ``seen`` is the
latest moment that this station knows of: a clock set back below it does not bring an expired statement back.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from teller_assist.alerts.canonical import canonical_bytes, parsed_json, utc_text
from teller_assist.alerts.durable import write_durably
from teller_assist.alerts.enrolment import Enrolment
from teller_assist.alerts.http_signatures import CLOCK_SKEW_MOST
from teller_assist.alerts.keys import SigningKey
from teller_assist.alerts.sign_on_papers import ANSWER, checked_paper
from teller_assist.errors import BranchError, LoginError, RecordError, SignOnError
from teller_assist.settings.logs import Subject, logger_for

FILE = "sign_on.sealed"
FAILURES_MOST = 5
LOCKED_FOR = datetime.timedelta(minutes=15)
TELLERS_MOST = 50
_KEY_PURPOSE = b"teller-assist sign-on at a station"


@dataclass(frozen=True)
class _Known:
    """One teller; never prints."""

    paper: Mapping[str, Any]
    hash: str = field(repr=False)
    failures: int = 0
    locked_until: str = ""

    @property
    def login(self) -> str:
        return str(self.paper["login"])


class OfflineSignOns:
    """One station's tellers. Safe for several threads.

    Parameters
    ----------
    now
        The present moment, with a time zone.
    hasher
        argon2id with its library's own settings when left out.
    """

    def __init__(
        self,
        folder: Path,
        enrolment: Enrolment,
        key: SigningKey,
        *,
        now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC),
        hasher: PasswordHasher | None = None,
    ) -> None:
        self._path, self._station = folder / FILE, enrolment.station_id
        self._verify_key = enrolment.server.verify_key
        self._now, self._hasher = now, hasher or PasswordHasher()
        self._suite = key.suite
        self._key = key.suite.derived_key(key.seed, _KEY_PURPOSE, key.suite.field_key_bytes)
        self._lock = threading.RLock()  # over the two below and the file
        self._seen, self._tellers = self._read()

    def __repr__(self) -> str:
        return "OfflineSignOns(***)"

    def keep(self, paper: Mapping[str, Any], password: str) -> None:
        """Know a teller from now on by the server's statement, in place of what was known before.

        Raises
        ------
        ResourceError
            It cannot be written.
        """
        hashed = self._hasher.hash(password)
        with self._lock:
            self._tellers.pop(str(paper["login"]), None)
            if paper["expires"] > paper["issued"]:
                self._tellers[str(paper["login"])] = _Known(dict(paper), hashed)
            while len(self._tellers) > TELLERS_MOST:
                del self._tellers[next(iter(self._tellers))]
            self._note(str(paper["issued"]))
            self._write()

    def check(self, login: str, password: str) -> Mapping[str, Any]:
        """Return the statement about a teller whose password is right; a wrong one counts, also across a restart.

        Raises
        ------
        SignOnError
            Never signed on here with the server, too long ago, or the clock was set back.
        LoginError
            "login_bad" or "login_locked".
        ResourceError
            A try cannot be counted: none is allowed then.
        """
        with self._lock:
            known, now = self._tellers.get(login), self._now()
            if known is None:
                raise SignOnError("offline_sign_on_missing")
            if utc_text(now + CLOCK_SKEW_MOST) < max(self._seen, str(known.paper["issued"])):
                raise SignOnError("clock_set_back")
            self._note(utc_text(now))
            if self._seen >= str(known.paper["expires"]):
                self._write()  # it stays so, whatever the clock is set to before the next start
                raise SignOnError("offline_sign_on_expired")
            if known.locked_until > utc_text(now):
                raise LoginError("login_locked")
            self._count(known, now)  # before the password is looked at: ending the program gives no try back
            if not self._is_right(known.hash, password):
                raise LoginError("login_bad")
            self._tellers[login] = replace(known, failures=0, locked_until="")
            self._write()
            return known.paper

    def accounts(self) -> dict[str, str]:
        """Return which accounts are known, by login."""
        with self._lock:
            return {login: str(known.paper["account"]) for login, known in self._tellers.items()}

    def forget_fallen(self, fallen: Mapping[str, str], seen: str) -> None:
        """Forget the accounts that the server does not know as we did when we asked.

        Parameters
        ----------
        fallen
            Account by login; one who has signed on anew meanwhile is another account.
        seen
            The server's time.

        Raises
        ------
        ResourceError
            It cannot be written; they are forgotten in memory all the same.
        """
        with self._lock:
            for login, account in fallen.items():
                if login in self._tellers and self._tellers[login].paper["account"] == account:
                    del self._tellers[login]
            self._note(seen)
            self._write()

    def forget(self, login: str) -> None:
        """Forget one teller: the server refused them.

        Raises
        ------
        ResourceError
        """
        with self._lock:
            if self._tellers.pop(login, None) is not None:
                self._write()

    def forget_all(self) -> None:
        """Forget everybody: the server does not know this station any more.

        Raises
        ------
        ResourceError
        """
        with self._lock:
            if self._tellers:
                self._tellers = {}
                self._write()

    def _count(self, known: _Known, now: datetime.datetime) -> None:
        failures = known.failures + 1
        if failures >= FAILURES_MOST:
            counted = replace(known, failures=0, locked_until=utc_text(now + LOCKED_FOR))
        else:
            counted = replace(known, failures=failures)
        self._tellers[known.login] = counted
        self._write()

    def _is_right(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (Argon2Error, InvalidHashError):
            return False

    def _note(self, moment: str) -> None:
        self._seen = max(self._seen, moment)

    def _bound_to(self) -> bytes:
        return f"teller-assist {FILE} {self._station}".encode("ascii")

    def _write(self) -> None:
        tellers = [
            {"paper": one.paper, "hash": one.hash, "failures": one.failures, "locked_until": one.locked_until}
            for one in self._tellers.values()
        ]
        plain = canonical_bytes({"seen": self._seen, "tellers": tellers})
        write_durably(self._path, self._suite.encrypt_field(self._key, plain, self._bound_to()))

    def _read(self) -> tuple[str, dict[str, _Known]]:
        """Read the file; one that cannot be read knows nobody, which only means that everybody needs the server once."""
        try:
            sealed = self._path.read_bytes()
        except FileNotFoundError:
            return "", {}
        except OSError:
            sealed = b""
        try:
            body = parsed_json(self._suite.decrypt_field(self._key, sealed, self._bound_to()))
            tellers = [self._known(one) for one in body["tellers"]]
            return str(body["seen"]), {one.login: one for one in tellers}
        except (ValueError, KeyError, TypeError, RecordError, BranchError):
            logger_for(Subject.BRANCH).warning("what was kept for signing on without the server cannot be read: %s", FILE)
            return "", {}

    def _known(self, kept: Mapping[str, Any]) -> _Known:
        paper = checked_paper(kept["paper"], ANSWER, self._station, self._verify_key)
        return _Known(dict(paper), str(kept["hash"]), int(kept["failures"]), str(kept["locked_until"]))
