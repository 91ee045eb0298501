"""How long the customer waits: from the later of card and consent to the reading, on the simulated counter's real processes."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from teller_assist.app import Installation
from teller_assist.demonstration.customers import SimulatedCustomer
from teller_assist.demonstration.memory import peak_memory_mb
from teller_assist.demonstration.simulated_counter import PLUGIN_ID, SimulatedCounter
from teller_assist.devices.authority import ShippedAuthority
from teller_assist.devices.id_card_reader import IdCardReaderDevice
from teller_assist.devices.opening import open_device
from teller_assist.errors import DeviceTimeoutError
from teller_assist.evidence.transaction import BusinessKind
from teller_assist.workflow.counter_station import CounterStation
from teller_assist.workflow.view import StationView

CARD_READ_S = 0.6
_LIMIT_S = 30.0
_ROUND_TRIPS = 200


def time_card_to_gauge(installation: Installation, customer: SimulatedCustomer, runs: int) -> tuple[list[float], float | None]:
    """Return how long each transaction took from the last of {card, consent} to the reading, and the plugins' peak memory.

    In every other transaction the card comes last, else the consent. The customer stands before the camera all the time.

    Returns
    -------
    Milliseconds, one value a transaction; and the peak memory of the plugins' processes together in MB, None where the system
    does not tell it.

    Raises
    ------
    DeviceTimeoutError
        A transaction did not come to a reading.
    """
    station = installation.open_station(_counter(installation, (customer,)))
    changed = threading.Event()
    station.subscribe(changed.set, lambda: None)
    try:
        station.sign_on("bench")
        waits_ms = [_one(station, changed, consent_first=bool(number % 2)) for number in range(runs)]
        return waits_ms, _children_peak_mb()
    finally:
        station.close()


def time_plugin_round_trip(installation: Installation, customer: SimulatedCustomer) -> list[float]:
    """Return the milliseconds of one call to a plugin's process and back, for each of many calls."""
    reader = open_device(
        installation.root,
        PLUGIN_ID,
        IdCardReaderDevice,
        customer.plugin_settings,
        devices_settings=installation.settings.devices,
        authority=ShippedAuthority(),
        limits=installation.picture_limits,
        on_state=lambda _kind, _state: None,
    )
    try:
        reader.wait_until_ready(_LIMIT_S)
        return [_timed_ms(reader.status) for _ in range(_ROUND_TRIPS)]
    finally:
        reader.close()


def _counter(installation: Installation, customers: tuple[SimulatedCustomer, ...]) -> SimulatedCounter:
    # An activation, which the shipped policy never lets the teller judge first: the comparison is what is timed.
    customers = tuple(replace(one, business_kind=BusinessKind.ACTIVATION) for one in customers)
    return SimulatedCounter(
        installation.root,
        lambda: customers,
        devices_settings=installation.settings.devices,
        limits=installation.picture_limits,
        plugin_settings={"read_s": CARD_READ_S},
    )


def _one(station: CounterStation, changed: threading.Event, *, consent_first: bool) -> float:
    station.begin()
    if consent_first:
        station.record_consent()
    else:
        _wait(station, changed, lambda view: view.identity is not None)
        station.record_consent()
    _wait(station, changed, lambda view: view.gauge is not None)
    latency_ms = station.latency_ms()["card_to_gauge"]
    station.abandon()
    return latency_ms


def _wait(station: CounterStation, changed: threading.Event, condition: Callable[[StationView], bool]) -> None:
    end_s = time.monotonic() + _LIMIT_S
    while not condition(station.view()):
        if not changed.wait(max(0.0, end_s - time.monotonic())):
            raise DeviceTimeoutError(device="simulated_counter")
        changed.clear()


def _children_peak_mb() -> float | None:
    if not sys.platform.startswith("linux"):
        return None
    children = [pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]
    return sum(peak_memory_mb(pid) for pid in children)


def _timed_ms(action: Callable[[], object]) -> float:
    started_s = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - started_s)
