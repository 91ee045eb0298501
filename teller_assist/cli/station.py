"""``teller-assist station``: the docked window on the teller's screen."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from teller_assist.app import Installation
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

    qt_environment.clean()  # importing OpenCV has pointed Qt into itself; device processes must not inherit that
    installation = open_installation()
    if profile == "counter":
        return _open_counter(installation)
    from teller_assist.demonstration.customers import prepare_customers, read_customers
    from teller_assist.demonstration.simulated_counter import SimulatedCounter

    source = SimulatedCounter(
        installation.root,
        lambda: read_customers(footage) if footage else prepare_customers(installation.root, _say_progress),
        devices_settings=installation.settings.devices,
        limits=installation.picture_limits,
    )
    station = installation.open_station(source, reads_documents=True)  # made-up customers are no cases
    installation.listen_for_core_system(station)
    return station


def _open_counter(installation: Installation) -> CounterStation:
    """Open the counter's station; where the last start did not finish, without the plugins that the bank installed."""
    from teller_assist.wording import sentence
    from teller_assist.workflow.start_watch import WatchedStart

    mark = installation.start_mark
    with ExitStack() as undo:
        last_finished = mark.begin()
        undo.callback(mark.finish)
        left_out = installation.plugin_shelf().has_installed() and not last_finished
        notices = (sentence("notice", "plugins_left_out"),) if left_out else ()
        source = WatchedStart(installation.site_counter(leaves_out_installed=left_out), mark.finish)
        station = installation.open_station(
            source,
            records=installation.open_records(),
            reads_documents=True,
            notices=notices,
            plugins=installation.plugin_shelf(leaves_out_installed=left_out),
        )
        station.accompany(source)
        undo.pop_all()
    installation.listen_for_core_system(station)
    return station


def _say_progress(line: str) -> None:
    with suppress(OSError, ValueError):  # nobody listens any more
        if sys.stderr is not None:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
