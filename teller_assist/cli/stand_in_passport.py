"""``teller-assist stand-in passport``: a made-up travel document in the slot of a reader that vpcd imitates."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from teller_assist.cli.output import EXIT_DONE, set_up_command_logs, write_lines

if TYPE_CHECKING:
    from teller_assist.demonstration.stand_ins.passport import Passport
    from teller_assist.demonstration.stand_ins.vpcd import VpcdSlot

# Tests hold them to the enumeration, which is imported when it is needed.
PASSPORT_FAULTS = (
    "pulled", "silent", "slow", "wrong_zone", "tampered_portrait", "tampered_signature", "malformed_signature", "no_signature",
    "foreign_signer", "pace_only", "pace_unknown", "no_portrait",
)  # fmt: skip
_VPCD_PORT = 35963  # of Debian's vsmartcard-vpcd, as it is installed


def add_parser(devices: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the device to those of ``stand-in``."""
    parser = devices.add_parser("passport", help="a chip passport on a PC/SC reader that vpcd (vsmartcard) imitates")
    parser.add_argument("--vpcd-port", type=int, default=_VPCD_PORT, help=f"where vpcd listens (default {_VPCD_PORT})")
    parser.add_argument("--portrait", type=Path, help="picture of the face; left out: a drawn person")
    parser.add_argument("--as-card", action="store_true", help="a card with three lines of zone (TD1)")
    parser.add_argument("--pace", action="store_true", help="the chip offers PACE beside BAC")
    parser.add_argument("--jpeg-2000", action="store_true", help="the portrait is JPEG 2000 in the place of JPEG")
    parser.add_argument("--csca-folder", type=Path, help="folder into which the issuing state's certificate is written")
    parser.add_argument(
        "--fault", action="append", default=[], choices=PASSPORT_FAULTS, help="what is wrong with it; may be repeated"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Lay the document down and serve it until told to end; lines on standard input lift and lay it."""
    from teller_assist.demonstration.stand_ins.vpcd import VpcdSlot
    from teller_assist.errors import UsageError

    set_up_command_logs()
    folder = arguments.csca_folder
    if not 0 < arguments.vpcd_port <= 65_535 or (folder is not None and not folder.is_dir()):
        raise UsageError(what="command_line")
    document = _document(arguments)
    if folder is not None:
        (folder / "utopia.der").write_bytes(document.authority)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with VpcdSlot(arguments.vpcd_port) as slot, contextlib.suppress(KeyboardInterrupt):
        _tell(*document.zone)
        _serve(slot, document, sys.stdin or ())
    return EXIT_DONE


def _serve(slot: VpcdSlot, document: Passport, orders: Iterable[str]) -> None:
    """Obey "lay", "lift", "end"; without a standard input serve until the process is told to end."""
    _obey(slot, document, "lay")
    for order in orders:
        if order.strip() == "end":
            return
        _obey(slot, document, order.strip())
    signal.pause() if hasattr(signal, "pause") else sys.stdin.read()


def _obey(slot: VpcdSlot, document: Passport, order: str) -> None:
    if order == "lay":
        _tell("lay: done" if slot.insert(document.chip) else "lay: nobody listens at that port yet")
    elif order == "lift":
        slot.remove()
        _tell("lift: done")
    else:
        _tell(f"{order}: unknown; lay, lift or end")


def _document(arguments: argparse.Namespace) -> Passport:
    from teller_assist.demonstration.drawn_faces import LOOKS, drawn_person
    from teller_assist.demonstration.stand_ins.passport import made_up_passport
    from teller_assist.demonstration.stand_ins.passport_content import PORTRAIT_PX, Holder, portrait_file
    from teller_assist.demonstration.stand_ins.passport_faults import PassportFault
    from teller_assist.pictures.decode import PictureLimits, read_picture

    if arguments.portrait is None:
        pixels = drawn_person(*PORTRAIT_PX, LOOKS[2])
    else:
        limits = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)
        pixels = read_picture(arguments.portrait, role="reference", limits=limits).pixels
    return made_up_passport(
        Holder(),
        portrait_file(pixels, jpeg_2000=arguments.jpeg_2000),
        as_card=arguments.as_card,
        pace=arguments.pace,
        faults=map(PassportFault, arguments.fault),
    )


def _tell(*lines: str) -> None:
    write_lines(*lines)
    sys.stdout.flush()  # whoever drives it through a pipe waits for the line
