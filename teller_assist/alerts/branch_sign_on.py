"""Signing a teller on: the branch server says yes or no; while it cannot be reached, its last dated statement does.

A thread of its own asks every minute whether the tellers that this station knows still stand. Whoever does not is forgotten, and
signed off where they sit; so is everybody once the server does not know the station any more.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

from teller_assist.alerts.branch_client import BranchClient
from teller_assist.alerts.offline_sign_on import OfflineSignOns
from teller_assist.alerts.states import SignedOn, SignOnWay
from teller_assist.errors import (
    BranchRefusedError,
    BranchUnreachableError,
    KnownError,
    LoginError,
    ResourceError,
    SignatureError,
    SignOnError,
)
from teller_assist.settings.logs import Subject, logger_for

ASK_EVERY_S = 60.0
_LOGIN = re.compile(r"[a-z0-9._-]{1,64}")
_PASSWORD_MOST = 1024
# What the server's refusals are to a teller.
_REFUSALS: dict[str, type[KnownError]] = {
    "login_bad": LoginError,
    "login_locked": LoginError,
    "password_must_change": LoginError,
    "sign_on_not_permitted": SignOnError,
    "station_unknown": SignatureError,
}
_logger = logger_for(Subject.BRANCH)


class BranchSignOn:
    """One station's sign-ons. Its methods wait for the server: never call them on a window's thread."""

    def __init__(self, client: BranchClient, offline: OfflineSignOns, *, ask_every_s: float = ASK_EVERY_S) -> None:
        self._client, self._offline, self._ask_every_s = client, offline, ask_every_s
        self._asking = threading.Lock()  # one connection: one question at a time
        self._present: dict[str, str] = {}  # who sits here: login and account
        self._ended: Callable[[str], None] = lambda _login: None
        self._closed = threading.Event()
        # As the courier's: a request that hangs ends within its time-out, or with the process.
        self._thread = threading.Thread(target=self._run, name="sign-ons", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return "BranchSignOn(***)"

    def on_ended(self, ended: Callable[[str], None]) -> None:
        """Have a function called, from any thread, with the login of who sits here and may no longer."""
        self._ended = ended

    def sign_on(self, login: str, password: str, *, stays: bool = True) -> SignedOn:
        """Check a teller.

        Parameters
        ----------
        stays
            They sit here from now on, in place of who did before; False: they only sign for something.

        Raises
        ------
        LoginError, SignOnError, SignatureError
            They may not sign on, or not now.
        EnrolmentError, ShapeError, BranchRefusedError
            The answer is not the pinned server's, or makes no sense.
        ResourceError
            The server is away, and a try cannot be counted.
        """
        login = login.strip().lower()
        if not _LOGIN.fullmatch(login) or not 0 < len(password) <= _PASSWORD_MOST:
            raise LoginError("login_bad")
        try:
            with self._asking:
                paper = self._client.sign_on(login, password)
        except BranchUnreachableError:
            paper, way = self._offline.check(login, password), SignOnWay.OFFLINE
        except BranchRefusedError as error:
            self._note_refusal(login, str(error.facts.get("why", "")))
            raise _told(error) from error
        else:
            way = SignOnWay.BRANCH
            try:
                self._offline.keep(paper, password)
            except ResourceError as error:  # they work on all the same, and need the server the next time
                _logger.warning("a teller cannot sign on without the server later: %s", error)
        if stays:
            self._present = {login: str(paper["account"])}
        return SignedOn(login, str(paper["name"]), way)

    def ask_now(self) -> None:
        """Ask whether everybody whom this station knows still stands; without effect while the server is away."""
        present = self._present
        accounts = {**self._offline.accounts(), **present}
        if not accounts:
            return
        try:
            with self._asking:
                answer = self._client.standing(accounts)
            fallen = {login: account for login, account in accounts.items() if login not in answer["standing"]}
            self._forget(lambda: self._offline.forget_fallen(fallen, str(answer["at"])))
        except BranchRefusedError as error:
            if error.facts.get("why") != "station_unknown":
                return
            fallen = accounts
            self._forget(self._offline.forget_all)
        except KnownError as error:
            _logger.debug("nobody could be asked about tellers: %s", error)
            return
        for login, account in present.items():
            if fallen.get(login) == account == self._present.get(login):
                self._present = {}
                self._ended(login)

    def close(self, timeout_s: float) -> None:
        """Stop asking."""
        self._ended = lambda _login: None
        self._closed.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._closed.wait(self._ask_every_s):
            self.ask_now()

    def _note_refusal(self, login: str, why: str) -> None:
        """Forget whom the server refused: what was known before must not serve once the cable is pulled."""
        if why == "station_unknown":
            self._forget(self._offline.forget_all)
        elif why in _REFUSALS:
            self._forget(lambda: self._offline.forget(login))

    def _forget(self, forget: Callable[[], None]) -> None:
        try:
            forget()
        except ResourceError as error:
            _logger.error("a teller could not be forgotten on the disk: %s", error)


def _told(error: BranchRefusedError) -> KnownError:
    why = str(error.facts.get("why", ""))
    kind = _REFUSALS.get(why)
    return error if kind is None else kind(why)
