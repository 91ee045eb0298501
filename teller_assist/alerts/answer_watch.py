"""Asks the branch server what managers decided, on a thread of its own, as long as something waits and not a moment longer.

A case that is referred while a question is under way begins another one at once, on another thread; the server lets the older
question go, and what it brings does not count any more.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from teller_assist.alerts.review_states import ReviewAnswer
from teller_assist.errors import KnownError
from teller_assist.settings.logs import Subject, logger_for
from teller_assist.settings.schema import BranchSettings

ASK_WAIT_S = 10  # so long the server may let us wait
CASES_MOST = 50  # in one question
_AFTER_AN_OUTAGE_MOST_S = 5.0  # the manager may have answered in between
_AT_ONCE_S = 1.0
_logger = logger_for(Subject.BRANCH)


class AnswersClient(Protocol):
    """As much of ``alerts.branch_client.BranchClient`` as is needed here."""

    def ask_answers(self, known: Mapping[str, str], wait_s: int) -> list[ReviewAnswer]:
        """Ask about cases, each with the revision that is known of it; may raise a KnownError."""

    def close(self) -> None:
        """Close the connection."""


class AnswerWatch:
    """The thread; it begins with the first case that is watched.

    Parameters
    ----------
    open_client
        Opens a connection of a thread's own.
    """

    def __init__(self, open_client: Callable[[], AnswersClient], settings: BranchSettings) -> None:
        self._open_client, self._settings = open_client, settings
        self._condition = threading.Condition()  # over everything below
        self._known: dict[str, str] = {}  # case -> revision
        self._closed = self._woken = self._asking = False
        self._threads: list[threading.Thread] = []
        self._newest = 0  # only the newest thread counts
        self._failures = 0
        self._came: Callable[[ReviewAnswer], None] = lambda _answer: None

    def subscribe(self, came: Callable[[ReviewAnswer], None]) -> None:
        """Have a function called, on the thread, with every answer that says something new."""
        self._came = came

    def watch(self, case_ids: Iterable[str]) -> None:
        """Ask about these cases, too."""
        with self._condition:
            new = {case_id: "" for case_id in case_ids if case_id not in self._known}
            self._known |= new
            if not new or self._closed:
                return
            self._woken = True
            if self._asking or not self._threads:
                self._begin()
            self._condition.notify_all()

    def forget(self, case_id: str) -> None:
        """Ask about a case no more."""
        with self._condition:
            self._known.pop(case_id, None)

    def close(self, timeout_s: float) -> None:
        """Stop, or leave behind a request that is under way."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
            threads = list(self._threads)
        end_s = time.monotonic() + timeout_s
        for one in threads:
            one.join(max(0.0, end_s - time.monotonic()))

    def _begin(self) -> None:
        self._newest += 1
        self._asking = False
        # A request that hangs must not keep the program: it ends within its time-out, or with the process.
        made = threading.Thread(target=self._run, args=(self._newest,), name="answers", daemon=True)
        self._threads = [*(one for one in self._threads if one.is_alive()), made]
        made.start()

    def _run(self, number: int) -> None:
        client = self._open_client()
        try:
            while True:
                asked = self._next_question(number)
                if not asked:
                    return
                rest_s = self._ask(client, number, asked)
                with self._condition:
                    self._condition.wait_for(lambda: self._woken or self._is_over(number), rest_s)
        finally:
            client.close()

    def _next_question(self, number: int) -> dict[str, str]:
        """Return what to ask about, once something waits; nothing: the thread is over."""
        with self._condition:
            self._condition.wait_for(lambda: self._known or self._is_over(number))
            if self._is_over(number):
                return {}
            self._asking, self._woken = True, False
            return dict(list(self._known.items())[-CASES_MOST:])

    def _ask(self, client: AnswersClient, number: int, asked: Mapping[str, str]) -> float:
        """Ask once and pass on what is new; returns how long to rest afterwards."""
        began_s = time.monotonic()
        try:
            answers = client.ask_answers(asked, ASK_WAIT_S)
        except KnownError as error:
            with self._condition:
                return 0.0 if self._is_over(number) else self._failed(error)
        with self._condition:
            if self._is_over(number):
                return 0.0
            self._asking, self._failures = False, 0
            news = [one for one in answers if self._known.get(one.case_id, one.revision) != one.revision]
            self._known |= {one.case_id: one.revision for one in news}
        for one in news:
            self._came(one)
        # Without news and without a wait, the server lets nobody wait at the moment.
        return 0.0 if news or time.monotonic() - began_s >= _AT_ONCE_S else _AT_ONCE_S

    def _failed(self, error: KnownError) -> float:
        self._asking = False
        self._failures += 1
        if self._failures == 1:  # an outage is logged once
            _logger.info("managers' answers cannot be asked for: %s", error)
        doubled = self._settings.retry_first_s * float(2 ** min(self._failures - 1, 16))
        return max(min(doubled, _AFTER_AN_OUTAGE_MOST_S), float(error.facts.get("retry_after_s", 0)))

    def _is_over(self, number: int) -> bool:
        return self._closed or number != self._newest
