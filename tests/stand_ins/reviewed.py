"""A branch's records in a test's hands, without HTTP: cases arrive, people review them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

from teller_assist.alerts.envelope import seal_case
from teller_assist.alerts.keys import SigningKey
from teller_assist.review.people import LoggedIn, Role
from teller_assist.review.records import BranchRecords
from teller_assist.review.tables import Station
from tests.stand_ins.branch import PASSWORD, QUICK, fixed_clock
from tests.stand_ins.cases import STATION, made_up_case
from tests.stand_ins.databases import address_of

KEY = SigningKey(bytes(range(32)))
NOW = datetime.datetime(2026, 12, 1, 9, 0, tzinfo=datetime.UTC)
KINSHIP = ("kinship", "review", "possible_twin")
STOP = ("netcheck_result", "stop", "card_lost")
INFO = ("quality", "info", "quality")


class ReviewedBranch:
    """Records with one station in each of two branches, at a clock that stands still."""

    def __init__(self, folder: Path, **more: Any) -> None:
        self.folder = folder
        self.clock, self.move = fixed_clock(NOW)
        self._more = more
        self._sequence = 0
        self.open()
        self.records.branches.add("north", "城北支行", actor="test")
        self.other_station = "1" * 32
        for station_id, branch_id in ((STATION, "main"), (self.other_station, "north")):
            self._add_station(station_id, branch_id)

    def open(self) -> None:
        self.records = BranchRecords(self.folder, database=address_of(self.folder), hasher=QUICK, now=self.clock, **self._more)

    def close(self) -> None:
        self.records.close()

    def _add_station(self, station_id: str, branch_id: str) -> None:
        moment = "2026-11-27T09:00:00.000Z"
        with self.records.database.writing() as session:
            session.add(
                Station(
                    station_id=station_id,
                    name=f"{branch_id}-1",
                    verify_key=KEY.verify_key,
                    enrolled=moment,
                    last_seen=moment,
                    revoked=False,
                    branch_id=branch_id,
                )
            )

    def arrive(self, *alerts: tuple[str, str, str], station: str = STATION, **changed: Any) -> str:
        """Have a case arrive; returns its id."""
        self._sequence += 1
        case = made_up_case(self._sequence, station=station, alerts=alerts, **changed)
        envelope = seal_case(case, recipient=self.records.keys.public.recipient, key=KEY)
        self.records.intake.take_case(station, KEY.verify_key, envelope)
        return str(case["case_id"])

    def person(self, login: str, role: Role = Role.MANAGER, branch_id: str = "main", name: str = "") -> LoggedIn:
        self.records.people.add(login, name or login, role, PASSWORD, actor="test", branch_id=branch_id)
        return self.records.people.logged_in(self.records.people.log_in(login, PASSWORD))


def refusal(call: Callable[[], object]) -> str:
    """Return the reason that a call is refused with; "" where it is not."""
    from teller_assist.errors import KnownError

    try:
        call()
    except KnownError as error:
        return error.reason
    return ""
