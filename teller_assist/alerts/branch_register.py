"""The branch server's register of relatives and look-alikes, as a station asks it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable

from teller_assist.alerts.branch_client import BranchClient
from teller_assist.decision.kinship import KinshipFinding, register_finding
from teller_assist.errors import BranchRefusedError, ShapeError
from teller_assist.evidence.id_number import IdNumber

REMEMBERED = 256
REMEMBERED_S = 600.0


class BranchRegister:
    """Asks the server about a number; answers are remembered in memory for a while, by a keyed hash of this process alone.

    Parameters
    ----------
    clock
        Monotonic, in seconds.
    """

    def __init__(self, client: BranchClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._clock = client, clock
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()  # over the two: one question at a time, one connection
        self._answers: dict[bytes, tuple[float, KinshipFinding]] = {}
        self.recent_faces_days = 0  # as the last answer said; 0: the server keeps no faces, or nobody has answered yet

    def __repr__(self) -> str:
        return "BranchRegister(***)"

    def lookup(self, number: IdNumber) -> KinshipFinding:
        """See ``decision.kinship.KinshipRegister``."""
        name = hmac.digest(self._key, number.text.encode("ascii"), hashlib.sha256)
        with self._lock:
            known = self._answers.get(name)
            if known is not None and self._clock() - known[0] < REMEMBERED_S:
                return known[1]
            finding = self._asked(number)
            self._answers.pop(name, None)
            self._answers[name] = (self._clock(), finding)
            while len(self._answers) > REMEMBERED:
                del self._answers[next(iter(self._answers))]
            return finding

    def forget(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._answers.clear()

    def _asked(self, number: IdNumber) -> KinshipFinding:
        try:
            answer = self._client.ask_register(number.text)
        except ShapeError as error:
            raise BranchRefusedError(why="shape_invalid") from error
        self.recent_faces_days = answer.get("recent_faces_days", 0)
        return register_finding(
            relative=answer["relative"], possible_twin=answer["possible_twin"], look_alike=answer["look_alike"]
        )
