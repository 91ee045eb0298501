"""A station at a counter of real plugin processes; the scripts' folder joins the search path, last: it holds a `test.py`."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.app import Installation
from teller_assist.demonstration.customers import read_customers
from teller_assist.demonstration.simulated_counter import SimulatedCounter
from teller_assist.evidence.transaction import TellerJudgement
from teller_assist.workflow.counter_station import CounterStation
from teller_assist.workflow.view import StationView
from tests.stand_ins.equipment import wait_until

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
if str(SCRIPTS) not in sys.path:
    sys.path.append(str(SCRIPTS))


class SimulatedStation:
    """A station at a simulated counter, in a test's hands."""

    def __init__(self, installation: Installation, folder: Path, settings: dict[str, Any], *, reads: bool = False) -> None:
        source = SimulatedCounter(
            installation.root,
            lambda: read_customers(folder),
            devices_settings=installation.settings.devices,
            limits=installation.picture_limits,
            plugin_settings=settings,
        )
        self.station: CounterStation = installation.open_station(source, reads_documents=reads)
        self.station.sign_on("柜员一")

    @property
    def view(self) -> StationView:
        return self.station.view()

    def wait_for(self, condition: Callable[[StationView], bool], *, limit_s: float = 30.0) -> StationView:
        wait_until(lambda: condition(self.view), limit_s=limit_s)
        return self.view

    def begin(self) -> None:
        """Begin once the counter is set up: what the customer came for is known then."""
        self.wait_for(lambda view: view.simulated is not None)
        self.station.begin()
        self.station.record_consent()

    def judge(self) -> None:
        """Judge first: the customer comes for a loss report."""
        self.wait_for(lambda view: view.judgement_asked)
        self.station.judge_first(TellerJudgement.CANNOT_SAY)


@pytest.fixture
def open_station(installation: Installation, customer_folder: Path) -> Iterator[Callable[..., SimulatedStation]]:
    """Open a station whose simulated devices have the given settings; ``reads``: with the engine that reads documents."""
    opened: list[SimulatedStation] = []

    def open_one(*, reads: bool = False, **settings: Any) -> SimulatedStation:
        opened.append(SimulatedStation(installation, customer_folder, settings, reads=reads))
        return opened[-1]

    yield open_one
    for one in opened:
        one.station.close()


@pytest.fixture
def log_text(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Everything that any logger said, before redaction."""
    caplog.set_level(logging.DEBUG)
    return lambda: "\n".join(f"{record.getMessage()} {record.args} {record.exc_text}" for record in caplog.records)
