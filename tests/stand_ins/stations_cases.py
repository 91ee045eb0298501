"""Cases that an enrolled station of a test delivers."""

from __future__ import annotations

from typing import Any

from teller_assist.alerts.envelope import seal_case
from tests.stand_ins.branch import EnrolledStation, RunningServer
from tests.stand_ins.cases import made_up_case


def deliver_case(server: RunningServer, station: EnrolledStation, sequence: int = 1, **changed: Any) -> str:
    """Deliver a made-up case over HTTP and return its id."""
    case = made_up_case(sequence, station=station.enrolment.station_id, **changed)
    station.post("/api/v1/cases", seal_case(case, recipient=server.records.keys.public.recipient, key=station.key))
    return str(case["case_id"])
