"""Checks who signs on, or signs as the second teller, off the window's thread: a server may be slow, a hash must be."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from teller_assist.alerts.branch_sign_on import BranchSignOn
from teller_assist.alerts.states import SignedOn
from teller_assist.errors import KnownError, SessionError
from teller_assist.settings.personal import Personal
from teller_assist.wording import error_sentences
from teller_assist.workflow.desk import Desk
from teller_assist.workflow.view_sign_on import NO_PASSWORD, SignOnView
from teller_assist.workflow.workers import Work, Workers


class Signing:
    """One station's signing. Called under the station's lock, which it takes itself on the worker.

    Parameters
    ----------
    sign_on
        None: this station asks for names alone.
    changed
        Called when the view did.
    """

    def __init__(
        self, sign_on: BranchSignOn | None, workers: Workers, *, lock: threading.RLock, changed: Callable[[], None]
    ) -> None:
        self._sign_on, self._workers, self._lock, self._changed = sign_on, workers, lock, changed
        self._asked_in: int | None = None
        self._view = NO_PASSWORD if sign_on is None else SignOnView(by_password=True)

    @property
    def by_password(self) -> bool:
        """Whether tellers prove who they are."""
        return self._sign_on is not None

    def view(self, desk: Desk, transaction: int) -> SignOnView:
        """Return what to show; why somebody was refused only where they were: at the desk, or in this very transaction."""
        locked = desk.signed_on.login if desk.presence.locked else ""
        here = None if locked or not desk.teller else transaction
        refused = self._view.refused if here == self._asked_in else None
        return replace(self._view, login=locked, way=desk.signed_on.way, refused=refused)

    def ask(
        self,
        login: str,
        password: Personal[str],
        done: Callable[[SignedOn], None],
        *,
        signs_in: int | None = None,
        referred_case: str = "",
    ) -> None:
        """Have a login and a password checked.

        Parameters
        ----------
        done
            Called under the station's lock with who it is; what it raises is told as a refusal is.
        signs_in
            The transaction that they only sign in, or after; None: they sit here from now on.
        referred_case
            The referred customer's that they sign about; "": nobody was referred.

        Raises
        ------
        SessionError
            Others are being checked.
        """
        if self._sign_on is None or self._view.checking:
            raise SessionError(why="sign_on_checked")
        self._view = replace(self._view, checking=True, refused=None, referred_case=referred_case)
        self._asked_in = signs_in
        self._workers.submit(Work.SIGN_ON, self._check, self._sign_on, login, password, done, signs_in is None)

    def tell(self, error: KnownError) -> None:
        """Say why nobody is signed on any more."""
        self._view, self._asked_in = replace(self._view, refused=error_sentences(error), referred_case=""), None

    def _check(
        self, sign_on: BranchSignOn, login: str, password: Personal[str], done: Callable[[SignedOn], None], stays: bool
    ) -> None:
        refused: KnownError | None = None
        try:
            signed = sign_on.sign_on(login, password.reveal(), stays=stays)
            with self._lock:
                done(signed)
        except KnownError as error:
            refused = error
        finally:
            with self._lock:
                self._view = replace(self._view, checking=False, refused=None if refused is None else error_sentences(refused))
            self._changed()
