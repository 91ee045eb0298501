"""The ports by which these libraries name readers, and the search for the first that answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from teller_assist_sdk import DeviceProblem

ALL: tuple[int, ...] = (*range(1001, 1017), *range(1, 17))  # USB, then serial
_SEARCH_S = 0.7  # a card is looked for within a second, also where the reader has to be found again


def reader_identity(port: int) -> str:
    """Return what the host locks: the port that is set, the same for every library, since nothing tells two readers at one apart.

    Parameters
    ----------
    port
        0: the first that answers.
    """
    return f"id card reader at port {port}" if port else "id card reader at any port"


def opened_port(wanted: int, open_port: Callable[[int], Any], opened: int) -> int:
    """Open the first port that answers, and return it.

    Parameters
    ----------
    wanted
        The only port to be tried; 0: all.
    open_port
        The library's function.
    opened
        What that returns where it opened the port.

    Raises
    ------
    DeviceProblem
        device_missing: none answers.
    """
    until_s = time.monotonic() + _SEARCH_S
    returned = 0
    ports: tuple[int, ...] = (wanted,) if wanted else ALL
    for port in ports:
        returned = open_port(port)
        if returned == opened:
            return port
        if time.monotonic() >= until_s:
            break
    raise DeviceProblem("device_missing", f"no reader at any port, the last one returns {returned}")
