"""``teller-assist station``: the docked window on the teller's screen."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from teller_assist.workflow.counter_station import CounterStation

PROFILES = ("counter", "simulated")


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("station", help="the docked window 柜台窗口")
    parser.add_argument(
        "--profile",
        choices=PROFILES,
        default="counter",
        help="counter: the devices of this desk; simulated: made-up customers, no device needed",
    )
    parser.add_argument("--footage", type=Path, help="simulated profile: a folder of customers in place of the product's own")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the window until it is closed."""
    # Nothing heavy before the first paint: the models, OpenCV and the devices are opened behind the window.
    from teller_assist.errors import UsageError
    from teller_assist.settings.home import installation_root
    from teller_assist.settings.loading import load_settings
    from teller_assist.ui.start import run_window

    if arguments.footage is not None and arguments.profile != "simulated":
        raise UsageError(what="footage_without_simulated")
    settings = load_settings(installation_root(), os.environ)
    exit_code = run_window(lambda: _open_station(arguments.profile, arguments.footage), settings.station)
    if threading.active_count() > 1:
        _leave(exit_code)
    return exit_code


def _leave(exit_code: int) -> NoReturn:
    """End although something still runs that did not close in time (a download, a device): the teller closed the window."""
    from teller_assist.demonstration.packages import stop_loading

    stop_loading()
    logging.shutdown()
    if sys.stderr is not None:
        sys.stderr.flush()
    os._exit(exit_code)


def _open_station(profile: str, footage: Path | None) -> CounterStation:
    """Build the station; runs on a worker thread after the first paint."""
    from teller_assist.app import open_installation
    from teller_assist.ui import qt_environment
    from teller_assist.workflow.equipment import EquipmentSource, NoDevices

    qt_environment.clean()  # importing OpenCV has pointed Qt into itself; device processes must not inherit that
    installation = open_installation()
    source: EquipmentSource = NoDevices(installation.open_netcheck)
    if profile == "simulated":
        from teller_assist.demonstration.customers import prepare_customers, read_customers
        from teller_assist.demonstration.simulated_counter import SimulatedCounter

        source = SimulatedCounter(
            installation.root,
            lambda: read_customers(footage) if footage else prepare_customers(installation.root, _say_progress),
            devices_settings=installation.settings.devices,
            limits=installation.picture_limits,
        )
    records = installation.open_records() if profile == "counter" else None  # made-up customers are no cases
    station = installation.open_station(source, records=records, reads_documents=True)
    installation.listen_for_core_system(station)
    return station


def _say_progress(line: str) -> None:
    with suppress(OSError, ValueError):  # nobody listens any more
        if sys.stderr is not None:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
