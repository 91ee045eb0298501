"""A station in a process of its own at a simulated counter: it refers its customer and tells what it shows of the answer.

    python -m tests.stand_ins.referring_station STATION_FOLDER CUSTOMERS_FOLDER LOGIN PASSWORD

Prints "referred ID", then a line for every change of what the teller sees: stage and what to do; ends once an answer stands.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

from teller_assist.alerts.station_records import open_station_records
from teller_assist.app import Installation
from teller_assist.demonstration.customers import read_customers
from teller_assist.demonstration.simulated_counter import SimulatedCounter
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.settings.home import installation_root
from teller_assist.settings.personal import Personal
from teller_assist.settings.schema import BranchSettings
from teller_assist.workflow.counter_station import CounterStation
from teller_assist.workflow.view import Screen

LIMIT_S = 120.0


def main() -> None:
    folder, customers, login, password = sys.argv[1:]
    installation = Installation(installation_root())
    settings = installation.settings
    installation.__dict__["settings"] = replace(settings, station=replace(settings.station, undo_s=0.5))
    source = SimulatedCounter(
        installation.root,
        lambda: read_customers(Path(customers)),
        devices_settings=settings.devices,
        limits=installation.picture_limits,
        plugin_settings={},
    )
    records = open_station_records(BranchSettings(data_folder=folder, retry_first_s=0.1, retry_most_s=0.5))
    station = installation.open_station(source, records=records)
    try:
        refer(station, login, password)
        watch(station)
    finally:
        station.close()


def refer(station: CounterStation, login: str, password: str) -> None:
    station.sign_on_with(login, Personal(password))
    wait(lambda: station.view().screen is Screen.READY and station.view().simulated is not None)
    station.begin()
    station.refuse_consent()
    wait(lambda: station.view().identity is not None)
    station.decide(TellerDecision.REFER, reason="cannot_tell", second_teller="", documents=())
    wait(lambda: bool(station.view().reviews.rows))
    tell(f"referred {station.view().reviews.rows[0].case_id}")


def watch(station: CounterStation) -> None:
    shown, end_s = "", time.monotonic() + LIMIT_S
    while time.monotonic() < end_s:
        [row] = station.view().reviews.rows
        told = f"{row.stage.value} {'-' if row.act is None else row.act.value}"
        if told != shown:
            shown = told
            tell(f"{time.time():.3f} {told}")
        if row.is_answered:
            return
        time.sleep(0.02)


def wait(condition: object) -> None:
    end_s = time.monotonic() + LIMIT_S
    while not condition():  # type: ignore[operator]
        if time.monotonic() > end_s:
            raise TimeoutError("the station did not come so far")
        time.sleep(0.02)


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
