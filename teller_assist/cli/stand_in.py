"""``teller-assist stand-in DEVICE``: a device that is a program, for training and for trying a plugin without hardware."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from teller_assist.cli.output import EXIT_DONE, set_up_command_logs, write_lines

# Tests hold them to the enumerations, which are imported when they are needed.
SAM_FAULTS = (
    "noise", "split", "bad_checksum", "silent", "slow", "self_test_failed", "not_authorised", "stall", "cut", "read_fails",
    "read_fails_once", "three_lengths",
)  # fmt: skip


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand with one device after the other."""
    parser = subcommands.add_parser("stand-in", help="a device that is a program, for training 模拟设备")
    devices = parser.add_subparsers(dest="device", required=True, metavar="DEVICE")
    if sys.platform != "win32":  # it needs a pseudo terminal
        _add_sam(devices)


def _add_sam(devices: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = devices.add_parser("sam", help="an ID card reader on a serial line (SAM_V)")
    parser.add_argument("--link", type=Path, required=True, help="name of the port that is made, in a folder that is there")
    parser.add_argument(
        "--customer", type=Path, help="folder of a simulated customer whose card is laid down; else a drawn person's"
    )
    parser.add_argument("--baud-rate", type=int, default=115_200, help="answers take as long as on such a line; 0: no time")
    parser.add_argument("--fault", action="append", default=[], choices=SAM_FAULTS, help="what is wrong with it; may be repeated")
    parser.set_defaults(run=run_sam)


def run_sam(arguments: argparse.Namespace) -> int:
    """Serve one reader until told to end; lines on standard input lay and lift the card, pull the plug and switch faults."""
    from teller_assist.demonstration.stand_ins.sam_cards import customers_card, drawn_card
    from teller_assist.demonstration.stand_ins.sam_console import SamConsole
    from teller_assist.demonstration.stand_ins.sam_faults import SamFault
    from teller_assist.demonstration.stand_ins.sam_reader import SamReader
    from teller_assist.errors import UsageError
    from teller_assist.settings.home import installation_root

    set_up_command_logs()
    link = arguments.link
    if not (0 <= arguments.baud_rate <= 115_200) or not link.parent.is_dir() or (link.exists() and not link.is_symlink()):
        raise UsageError(what="command_line")
    root = installation_root()
    card = drawn_card(root) if arguments.customer is None else customers_card(root, arguments.customer)
    with SamReader(link, faults=map(SamFault, arguments.fault), baud_rate=arguments.baud_rate) as reader:
        console = SamConsole(reader, card, _tell)
        console.obey("lay")
        return _serve(lambda: console.serve(sys.stdin), f"port: {link}")


def _serve(serve: Callable[[], None], announcement: str) -> int:
    """Say where the device is, and serve until the process is told to end."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _tell(announcement)
    with contextlib.suppress(KeyboardInterrupt):
        serve()
    return EXIT_DONE


def _tell(line: str) -> None:
    write_lines(line)
    sys.stdout.flush()  # whoever drives it through a pipe waits for the line
