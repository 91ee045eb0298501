"""How long each stage of a reading takes, and when it has to come to an end."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

STAGES = ("locate", "rectify", "orient", "recognise", "fields")


class Stopwatch:
    """The time of one reading.

    Parameters
    ----------
    clock
        Seconds, rising.
    cancel
        Set where nobody waits for the answer any longer.
    """

    def __init__(self, clock: Callable[[], float], cancel: threading.Event | None) -> None:
        self._clock = clock
        self._cancel = cancel
        self._begun_s = clock()
        self._stages_s = dict.fromkeys(STAGES, 0.0)
        self._begun_stages = set[str]()

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time inside to a stage."""
        begun_s = self._clock()
        self._begun_stages.add(name)
        try:
            yield
        finally:
            self._stages_s[name] += self._clock() - begun_s

    def has_begun(self, name: str) -> bool:
        """Return whether a stage was entered so far."""
        return name in self._begun_stages

    @property
    def gone_s(self) -> float:
        """Seconds since the reading began."""
        return self._clock() - self._begun_s

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits any longer."""
        return self._cancel is not None and self._cancel.is_set()

    def latency_ms(self) -> dict[str, float]:
        """Return milliseconds by stage, and in all."""
        return {**{name: 1000 * spent_s for name, spent_s in self._stages_s.items()}, "total": 1000 * self.gone_s}
