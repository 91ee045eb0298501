"""Killing this very process at the n-th call of something: no handler runs, nothing is put in order."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any, NoReturn


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("a killed process went on")


def dying_at(real: Callable[..., Any], number: int, *, after: bool) -> Callable[..., Any]:
    """Return the function that kills its process at the n-th call (from 1), before or after the call did its work."""
    calls = [0]

    def call(*arguments: Any, **named: Any) -> Any:
        calls[0] += 1
        if calls[0] < number:
            return real(*arguments, **named)
        if after:
            real(*arguments, **named)
        die()

    return call
