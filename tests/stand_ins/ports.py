"""A port for a service that ends and comes back at the same one."""

from __future__ import annotations

import random
import socket

# Below those that the system hands out by itself: there, another program may get the port while the service is away.
_RANGE = range(20_000, 32_000)


def port_to_come_back_to() -> int:
    """Return a free port of this machine that nobody gets by chance."""
    while True:
        port = random.choice(_RANGE)  # noqa: S311 (no secret)
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
