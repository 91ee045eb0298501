"""``teller-assist stand-in bank-card``: a made-up bank card in, or on, a reader that vpcd imitates."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from teller_assist.cli.output import EXIT_DONE, set_up_command_logs, write_lines

if TYPE_CHECKING:
    from teller_assist.demonstration.stand_ins.bank_card import BankCardChip
    from teller_assist.demonstration.stand_ins.vpcd import VpcdSlot

# Tests hold them to the enumeration, which is imported when it is needed.
BANK_CARD_FAULTS = (
    "pulled", "silent", "mute", "no_directory", "no_number", "wrong_check_digit", "endless", "garbage", "refusing",
)  # fmt: skip
_HELP = "lay | lift | fault NAME | no-fault | end"
_VPCD_PORT = 35963  # of Debian's vsmartcard-vpcd, as it is installed


def add_parser(devices: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the device to those of ``stand-in``."""
    parser = devices.add_parser("bank-card", help="a bank card with a chip on a PC/SC reader that vpcd (vsmartcard) imitates")
    parser.add_argument("--vpcd-port", type=int, default=_VPCD_PORT, help=f"where vpcd listens (default {_VPCD_PORT})")
    parser.add_argument("--contactless", action="store_true", help="it lies in the reader's field; else it stands in the reader")
    parser.add_argument(
        "--fault", action="append", default=[], choices=BANK_CARD_FAULTS, help="what is wrong with it; may be repeated"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Lay the card down and serve it until told to end; lines on standard input lift and lay it, and switch faults."""
    from teller_assist.demonstration.stand_ins.bank_card import BankCardChip, CardContent
    from teller_assist.demonstration.stand_ins.bank_card_faults import BankCardFault
    from teller_assist.demonstration.stand_ins.vpcd import VpcdSlot
    from teller_assist.errors import UsageError

    set_up_command_logs()
    if not 0 < arguments.vpcd_port <= 65_535:
        raise UsageError(what="command_line")
    content = CardContent()
    chip = BankCardChip(content, contactless=arguments.contactless, faults=map(BankCardFault, arguments.fault))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with VpcdSlot(arguments.vpcd_port) as slot, contextlib.suppress(KeyboardInterrupt):
        _tell(f"card: {content.number}")
        _serve(slot, chip, sys.stdin or ())
    return EXIT_DONE


def _serve(slot: VpcdSlot, chip: BankCardChip, orders: Iterable[str]) -> None:
    """Obey until a line says "end"; where the lines stop, serve until the process is told to end."""
    _obey(slot, chip, "lay")
    for order in orders:
        if order.strip() == "end":
            return
        _obey(slot, chip, order.strip())
    signal.pause() if hasattr(signal, "pause") else sys.stdin.read()


def _obey(slot: VpcdSlot, chip: BankCardChip, order: str) -> None:
    from teller_assist.demonstration.stand_ins.bank_card_faults import BankCardFault

    what, _, name = order.partition(" ")
    if order == "lay":
        _tell("lay: done" if slot.insert(chip) else "lay: nobody listens at that port yet")
    elif order == "lift":
        slot.remove()
        _tell("lift: done")
    elif order == "no-fault":
        chip.faults.clear()
        _tell("no-fault: done")
    elif what == "fault" and name in set(BankCardFault):
        chip.faults.add(BankCardFault(name))
        _tell(f"{order}: done")
    else:
        _tell(_HELP)


def _tell(line: str) -> None:
    write_lines(line)
    sys.stdout.flush()  # whoever drives it through a pipe waits for the line
