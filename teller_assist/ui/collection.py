"""Collects cyclic garbage between two events of the GUI thread, at no other time.

Python collects wherever something happens to be allocated, and windows often end in cycles: it would destroy one in the middle of
its own painting, or from a worker thread, and the whole program with it. Here it collects between two events and nowhere else.
What is in no cycle still ends where its last reference does.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

WHOLE_EVERY_S = 30.0


class OneThreadCollection:
    """Collecting is off from here to ``end``, but for calls of ``collect_due``, all of which come from one thread.

    Parameters
    ----------
    clock_s
        Monotonic.
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s, self._whole_s = clock_s, clock_s()
        self._was_on = gc.isenabled()
        gc.disable()

    def collect_due(self) -> None:
        """Collect what passed Python's own thresholds; everything at most every 30 s: the window stands still meanwhile."""
        due = [count > threshold > 0 for count, threshold in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if due[2] and self._clock_s() - self._whole_s >= WHOLE_EVERY_S:
            gc.collect()
            self._whole_s = self._clock_s()
        elif due[1] or due[0]:
            gc.collect(1 if due[1] else 0)

    def end(self) -> None:
        """Have Python collect by itself again if it did before."""
        if self._was_on:
            gc.enable()
