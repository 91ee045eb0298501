"""The demonstration, whole: branch server, enrolled station, real window, customers one after the other, and a report.

folder in memory -> server process, station's records
customers -> sandbox process <- station, over HTTP as a bank's gateway is asked
customers -> simulated counter -> station -> window <- director
case of every customer -> outbox -> server; then list, audit, report.json
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from teller_assist import __version__
from teller_assist.alerts.station_records import StationRecords
from teller_assist.app import Installation, open_installation
from teller_assist.demonstration.bench import machine_body
from teller_assist.demonstration.branch import DemonstrationBranch
from teller_assist.demonstration.customers import SimulatedCustomer, netcheck_register, prepare_customers, read_customers
from teller_assist.demonstration.director import Director, Pace, Papers, draw_overview, picture_name
from teller_assist.demonstration.report import ServerTold, customer_body, models_body, server_body
from teller_assist.demonstration.server_process import ServerProcess
from teller_assist.demonstration.simulated_counter import SimulatedCounter
from teller_assist.errors import BranchError, ResourceError
from teller_assist.netcheck.opening import open_gateway
from teller_assist.netcheck.provider import NetcheckProvider
from teller_assist.processes.working_folder import WorkingFolder
from teller_assist.settings.schema import NetcheckSettings
from teller_assist.wording import sentence
from teller_assist.workflow.counter_station import CounterStation

HEADLESS_DWELL_S = 0.8
WATCHED_DWELL_S = 3.5
_UNDO_HEADLESS_S = 1.0
_NETCHECK_DELAY_MS = 300
_PANEL_HEIGHT_PX = 1040


@dataclass(frozen=True)
class Wanted:
    """What the caller asked for.

    Attributes
    ----------
    footage
        A folder of customers; None: the product's own.
    drawn
        Show drawn portraits in place of the footage.
    seed
        Of the simulated sensor's noise and of which drawing comes first; 0: another noise every time.
    """

    headless: bool
    out: Path
    footage: Path | None = None
    drawn: bool = False
    seed: int = 0


@dataclass
class _Served:
    """What comes to light while customers are served."""

    customers: tuple[SimulatedCustomer, ...]
    authority_url: str
    cases: list[Mapping[str, Any]] = field(default_factory=list)
    records: StationRecords | None = None
    delivered_ms: dict[str, float] = field(default_factory=dict)
    report: dict[str, Any] | None = None


def run_demonstration(wanted: Wanted, progress: Callable[[str], None]) -> dict[str, Any]:
    """Run the demonstration; returns the report, which is also written to ``out``.

    Raises
    ------
    SetError
        The folder of customers is none.
    ResourceError
        "no_display": there is no screen and ``headless`` was not asked for; "folder_not_writable": ``out``.
    BranchUnreachableError
        The server did not start.
    """
    started_s, load1 = time.monotonic(), os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    _prepare_surroundings(wanted)
    installation = open_installation()
    customers = read_customers(wanted.footage) if wanted.footage else prepare_customers(installation.root, progress)
    netcheck_register(customers, installation.picture_limits)  # a photograph that is none ends it here, not as "no photograph"
    with contextlib.ExitStack() as ending:
        folder = WorkingFolder()
        ending.callback(folder.remove)
        known = str(customers[0].folder.parent)
        authority = ServerProcess("netcheck-sandbox", "--delay-ms", str(_NETCHECK_DELAY_MS), "--customers", known)
        ending.callback(authority.stop)
        authority.start()
        relatives = [number.reveal() for one in customers for number in one.relatives]
        branch = DemonstrationBranch(folder.path, relatives, installation.settings)
        ending.callback(branch.stop)
        served = _Served(customers, authority.url)
        _serve(
            wanted,
            installation,
            branch,
            served,
            lambda: _report(wanted, installation, branch, served, started_s, load1),
            progress,
        )
    return served.report or {}


def _prepare_surroundings(wanted: Wanted) -> None:
    """Make the output folder, and have Qt draw where no screen is needed."""
    try:
        wanted.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ResourceError("folder_not_writable", folder="out") from error
    if wanted.headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ.setdefault("TELLER_ASSIST__STATION__UNDO_S", str(_UNDO_HEADLESS_S))


def _serve(
    wanted: Wanted,
    installation: Installation,
    branch: DemonstrationBranch,
    served: _Served,
    report: Callable[[], None],
    progress: Callable[[str], None],
) -> None:
    from teller_assist.ui.counter_window import CounterWindow
    from teller_assist.ui.start import run_window

    pace = Pace(HEADLESS_DWELL_S, stays_open=False) if wanted.headless else Pace(WATCHED_DWELL_S, stays_open=True)
    directors: list[Director] = []

    if not wanted.headless:  # who watches can sign on again after a lock: the password is good for this server's life alone
        progress(sentence("demo", "teller", login=branch.teller.login, password=branch.teller.password.reveal()).zh)

    def prepared(window: CounterWindow) -> None:
        if wanted.headless:
            window.panel.setMinimumHeight(_PANEL_HEIGHT_PX)
        directors.append(
            Director(
                window,
                len(served.customers),
                wanted.out,
                pace,
                teller=branch.teller,
                papers=lambda number: _papers(served.customers, number),
                arrived=lambda: _all_arrived(served),
                finished=report,
            )
        )

    run_window(lambda: _open_station(wanted, installation, branch, served), installation.settings.station, prepared=prepared)
    if served.report is None:  # closed before the last customer: what there is is told all the same
        report()


def _papers(customers: tuple[SimulatedCustomer, ...], number: int) -> Papers:
    customer = customers[(number - 1) % len(customers)]
    return Papers(customer.access, has_bank_card=customer.has_bank_card)


def _open_station(wanted: Wanted, installation: Installation, branch: DemonstrationBranch, served: _Served) -> CounterStation:
    """Build the station; runs on a worker thread after the first paint."""
    from teller_assist.demonstration.drawn_station import DrawnStation

    source = SimulatedCounter(
        installation.root,
        lambda: served.customers,
        devices_settings=installation.settings.devices,
        limits=installation.picture_limits,
        open_netcheck=lambda: _open_authority(installation, served.authority_url),
        plugin_settings=_plugin_settings(wanted),
    )
    served.records = branch.open_records()
    kind = DrawnStation if wanted.drawn else CounterStation
    station = installation.open_station(
        source, records=served.records, on_case=served.cases.append, kind=kind, reads_documents=True
    )
    if isinstance(station, DrawnStation):
        station.seed = wanted.seed
        station.scenario_of = lambda number: served.customers[number - 1].scenario
    return station


def _plugin_settings(wanted: Wanted) -> dict[str, str | int | float]:
    """Return the settings of the simulated devices; a card that somebody filed for this lies as it was filed."""
    settings: dict[str, str | int | float] = {"noise_seed": wanted.seed}
    if wanted.headless:  # nobody watches the cards being laid down: each lies there, and is scanned at once
        settings |= {"previews": False, "scan_s": 0.3}
    if not wanted.footage:
        settings |= {"card_lies": "anywhere", "scan_seed": wanted.seed}
    return settings


def _open_authority(installation: Installation, url: str) -> NetcheckProvider:
    """Open the way to the sandbox, whatever gateway the site's own settings name: made-up persons are no authority's matter."""
    settings = NetcheckSettings(gateway_url=url)
    return open_gateway(settings, installation.root, installation.picture_limits, installation.netcheck_secrets)


def _all_arrived(served: _Served) -> bool:
    records = served.records
    if records is None or len(served.cases) < len(served.customers):
        return False
    return records.state().waiting == 0


def _report(
    wanted: Wanted,
    installation: Installation,
    branch: DemonstrationBranch,
    served: _Served,
    started_s: float,
    load1: float,
) -> None:
    """Put the report together and write it."""
    records = served.records
    delivered = {} if records is None else {str(case["case_id"]): records.delivered_ms(case["case_id"]) for case in served.cases}
    body = {
        "schema": "demo/1",
        "product_version": __version__,
        "wall_s": round(time.monotonic() - started_s, 1),
        "machine": machine_body(load1),
        "models": models_body(installation.model_store),
        "customers": [
            customer_body(customer, case, delivered[case["case_id"]], picture_name(customer.number))
            for customer, case in zip(served.customers, served.cases, strict=False)
        ],
        "server": server_body(_told_by_server(branch, 0 if records is None else records.state().waiting)),
    }
    served.report = body
    if wanted.drawn:
        draw_overview(wanted.out, len(served.customers))
    text = json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False)
    try:
        (wanted.out / "report.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise ResourceError("folder_not_writable", folder="out") from error


def _told_by_server(branch: DemonstrationBranch, waiting: int) -> ServerTold:
    reachable, cases = True, []
    try:
        cases = branch.cases()
    except BranchError:
        reachable = False
    entries, fault = branch.audit()
    return ServerTold(reachable, cases, entries, fault, waiting)
