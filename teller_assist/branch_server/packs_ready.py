"""Evidence packs that were made and wait to be fetched: in memory for some minutes, by who made them, once."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

from teller_assist.errors import RequestError

KEPT_S = 600.0
_PACKS_MOST = 8


class PacksReady:
    """The packs. Safe for several threads.

    Parameters
    ----------
    clock
        Monotonic, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._packs: dict[str, tuple[str, str, bytes, float]] = {}  # token -> login, file name, content, until when

    def put(self, login: str, file_name: str, data: bytes) -> str:
        """Keep a pack and return the token that fetches it; the oldest makes room."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._forget_old()
            while len(self._packs) >= _PACKS_MOST:
                del self._packs[next(iter(self._packs))]
            self._packs[token] = (login, file_name, data, self._clock() + KEPT_S)
        return token

    def take(self, login: str, token: str) -> tuple[str, bytes]:
        """Return a pack's file name and content, once.

        Raises
        ------
        RequestError
            "not_found": fetched before, too old, or somebody else's.
        """
        with self._lock:
            self._forget_old()
            kept = self._packs.get(token)
            if kept is None or kept[0] != login:
                raise RequestError("not_found")
            del self._packs[token]
        return kept[1], kept[2]

    def _forget_old(self) -> None:
        now_s = self._clock()
        self._packs = {token: kept for token, kept in self._packs.items() if kept[3] > now_s}
