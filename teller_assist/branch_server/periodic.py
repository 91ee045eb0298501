"""What the server does by itself: one thread, each task every so many seconds. One that fails is tried again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from teller_assist.errors import KnownError
from teller_assist.settings.crash import places
from teller_assist.settings.logs import Subject, logger_for

_logger = logger_for(Subject.BRANCH)


@dataclass(frozen=True)
class Task:
    """Something to be done now and then.

    Attributes
    ----------
    run
        Takes seconds at most; KnownError: it could not be done this time.
    """

    name: str
    every_s: float
    run: Callable[[], object]


class Schedule:
    """Which task is due when; all are due at the beginning.

    Parameters
    ----------
    clock_s
        Monotonic.
    """

    def __init__(self, tasks: Sequence[Task], clock_s: Callable[[], float] = time.monotonic) -> None:
        self._tasks, self._clock_s = tasks, clock_s
        self._due_s = dict.fromkeys((task.name for task in tasks), clock_s())
        self._failing: set[str] = set()

    def run_due(self, ended: Callable[[], bool] = lambda: False) -> float:
        """Run what is due; returns how many seconds nothing is.

        Parameters
        ----------
        ended
            Asked before each task: True leaves the rest undone.
        """
        for task in self._tasks:
            if not ended() and self._due_s[task.name] <= self._clock_s():
                self._run(task)
                self._due_s[task.name] = self._clock_s() + task.every_s
        return max(0.0, min(self._due_s.values(), default=60.0) - self._clock_s())

    def _run(self, task: Task) -> None:
        try:
            task.run()
        except KnownError as error:  # a full disk: the next time comes
            self._failed(task, str(error))
        except Exception as error:  # noqa: BLE001 (the border of one task: a fault of ours ends no other)
            self._failed(task, f"{type(error).__name__} at {places(error.__traceback__)}")
        else:
            self._failing.discard(task.name)

    def _failed(self, task: Task, why: str) -> None:
        if task.name not in self._failing:  # an outage is logged once
            self._failing.add(task.name)
            _logger.error("%s could not be done: %s", task.name, why)


@contextmanager
def periodically(tasks: Sequence[Task]) -> Iterator[None]:
    """Have tasks run while the block goes on."""
    ended = threading.Event()
    schedule = Schedule(tasks)

    def run() -> None:
        wait_s = 0.0
        while not ended.wait(wait_s):
            wait_s = schedule.run_due(ended.is_set)

    thread = threading.Thread(target=run, name="periodic", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
