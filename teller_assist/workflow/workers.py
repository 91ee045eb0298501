"""The station's worker threads, by what they wait for: a device, the authority, the register, a comparison, a sign-on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import StrEnum
from typing import ParamSpec

from teller_assist.settings.crash import places
from teller_assist.settings.logs import Subject, logger_for

P = ParamSpec("P")


class Work(StrEnum):
    """Kinds of work; each has its own threads, so that a hung device holds up no comparison."""

    EQUIPMENT = "equipment"
    CARD = "card"
    TRAVEL_DOCUMENT = "travel_document"
    BANK_CARD = "bank_card"
    DOCUMENT = "document"
    NETCHECK = "netcheck"
    REGISTER = "register"
    COMPARE = "compare"
    TRAINING = "training"
    SIGN_ON = "sign_on"
    PLUGINS = "plugins"  # judging their files


_THREADS = {work: 2 if work is Work.COMPARE else 1 for work in Work}


class Workers:
    """Runs functions off the caller's thread.

    Parameters
    ----------
    failed
        Called on the worker's thread when a function raised: an invariant of ours broke, known errors are handled earlier.
    """

    def __init__(self, failed: Callable[[], None]) -> None:
        self._failed = failed
        self._closed = False
        self._lock = threading.Lock()  # over closing and submitting
        self._pools = {work: ThreadPoolExecutor(count, work.value) for work, count in _THREADS.items()}

    def submit(self, work: Work, function: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Run a function as soon as a thread of its kind is free; once closed, nobody waits for what it would find."""
        with self._lock:
            if self._closed:
                return
            submitted = self._pools[work].submit(function, *args, **kwargs)
        submitted.add_done_callback(self._check)

    def close(self) -> None:
        """Forget what has not begun and wait for what has."""
        with self._lock:
            self._closed = True
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in self._pools.values():
            pool.shutdown(wait=True)

    def _check(self, done: Future[None]) -> None:
        if done.cancelled():
            return
        error = done.exception()
        if error is not None:
            # Places only: a message may quote what a card or the authority said.
            logger_for(Subject.COMMANDS).error("%s at %s", type(error).__name__, places(error.__traceback__))
            self._failed()
