"""``teller-assist stand-in DEVICE``: a device that is a program, for training and for trying a plugin without hardware."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from teller_assist.cli import stand_in_bank_card, stand_in_passport
from teller_assist.cli.output import EXIT_DONE, set_up_command_logs, write_lines

if TYPE_CHECKING:
    from teller_assist.demonstration.stand_ins.scanner_pages import ScannerPages

# Tests hold them to the enumerations, which are imported when they are needed.
MJPEG_FAULTS = ("none", "stall", "cut", "slow", "noise", "resized", "silent", "refused", "page")
SAM_FAULTS = (
    "noise", "split", "bad_checksum", "silent", "slow", "self_test_failed", "not_authorised", "stall", "cut", "read_fails",
    "read_fails_once", "three_lengths",
)  # fmt: skip
SCANNER_FAULTS = (
    "none", "service_gone", "stalled_stream", "cut", "slow", "busy", "silent", "still_unanswered", "refused", "redirect",
    "bad_base64", "not_a_jpeg", "huge_answer",
)  # fmt: skip
SCANNER_HTTP_FAULTS = (*SCANNER_FAULTS, "lens_unplugged", "wrong_json", "card_absent", "card_unknown")
SCANNER_WEBSOCKET_FAULTS = (*SCANNER_FAULTS, "wrong_messages")


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand with one device after the other."""
    parser = subcommands.add_parser("stand-in", help="a device that is a program, for training 模拟设备")
    devices = parser.add_subparsers(dest="device", required=True, metavar="DEVICE")
    _add_mjpeg(devices)
    _add_scanner_http(devices)
    _add_scanner_websocket(devices)
    if sys.platform != "win32":  # it needs a pseudo terminal
        _add_sam(devices)
    stand_in_bank_card.add_parser(devices)
    stand_in_passport.add_parser(devices)


def _add_mjpeg(devices: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = devices.add_parser("mjpeg", help="a network camera on this machine, MJPEG over HTTP")
    parser.add_argument("--port", type=int, default=0, help="port to listen at; 0: a free one, which is printed (default)")
    parser.add_argument("--pictures", type=Path, help="folder with live_*.jpg to be shown in the place of a drawn test picture")
    parser.add_argument("--frames-per-s", type=float, default=25.0, help="pictures per second, 1 to 60 (default 25)")
    parser.add_argument("--fault", default="none", choices=MJPEG_FAULTS, help="what is wrong with it")
    parser.add_argument("--fault-after-s", type=float, default=0.0, help="when the fault begins, in seconds (default 0)")
    parser.set_defaults(run=run_mjpeg)


def run_mjpeg(arguments: argparse.Namespace) -> int:
    """Serve pictures until told to end."""
    from teller_assist.demonstration.stand_ins.mjpeg_camera import Fault, MjpegCamera, drawn_pictures, filed_pictures
    from teller_assist.errors import UsageError
    from teller_assist.pictures.decode import PictureLimits

    set_up_command_logs()
    if not (1 <= arguments.frames_per_s <= 60 and 0 <= arguments.fault_after_s <= 3600 and 0 <= arguments.port <= 65535):
        raise UsageError(what="command_line")
    limits = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)
    pictures = drawn_pictures(1280, 720) if arguments.pictures is None else filed_pictures(arguments.pictures, limits)
    camera = MjpegCamera(
        arguments.port,
        pictures,
        frames_per_s=arguments.frames_per_s,
        fault=Fault(arguments.fault),
        fault_after_s=arguments.fault_after_s,
    )
    return _serve(camera.serve, f"listening on {camera.url}")


def _add_scanner_http(devices: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = devices.add_parser("scanner-http", help="a document camera's local service, HTTP, with a card reader")
    parser.add_argument(
        "--customer", type=Path, help="folder of a simulated customer whose card lies there; else a drawn person's"
    )
    _add_scanner_arguments(parser, SCANNER_HTTP_FAULTS)
    parser.set_defaults(run=run_scanner_http)


def _add_scanner_websocket(devices: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = devices.add_parser("scanner-websocket", help="a document camera's local service, text over a WebSocket")
    _add_scanner_arguments(parser, SCANNER_WEBSOCKET_FAULTS)
    parser.set_defaults(run=run_scanner_websocket)


def _add_scanner_arguments(parser: argparse.ArgumentParser, faults: tuple[str, ...]) -> None:
    parser.add_argument("--port", type=int, default=0, help="port to listen at; 0: a free one, which is printed (default)")
    parser.add_argument("--pictures", type=Path, help="folder with page_*.jpg or card_front.jpg in the place of a drawn page")
    parser.add_argument("--fault", default="none", choices=faults, help="what is wrong with it")
    parser.add_argument("--fault-after-s", type=float, default=0.0, help="when the fault begins, in seconds (default 0)")


def run_scanner_http(arguments: argparse.Namespace) -> int:
    """Serve one scanner until told to end."""
    from teller_assist.demonstration.stand_ins.cut_server import HOST
    from teller_assist.demonstration.stand_ins.scanner_card import customers_card_fields, drawn_card_fields
    from teller_assist.demonstration.stand_ins.scanner_faults import ScannerFault
    from teller_assist.demonstration.stand_ins.scanner_http import ScannerHttp
    from teller_assist.settings.home import installation_root

    pages = _scanner_pages(arguments)
    root, folder = installation_root(), arguments.customer
    card = drawn_card_fields(root) if folder is None else customers_card_fields(root, folder)
    fault = ScannerFault(arguments.fault)
    scanner = ScannerHttp(arguments.port, pages, card, fault=fault, fault_after_s=arguments.fault_after_s)
    return _serve(scanner.serve, f"listening on http://{HOST}:{scanner.port}/")


def run_scanner_websocket(arguments: argparse.Namespace) -> int:
    """Serve one scanner until told to end."""
    from teller_assist.demonstration.stand_ins.cut_server import HOST
    from teller_assist.demonstration.stand_ins.scanner_faults import ScannerFault
    from teller_assist.demonstration.stand_ins.scanner_websocket import ScannerWebSocket

    pages = _scanner_pages(arguments)
    fault = ScannerFault(arguments.fault)
    scanner = ScannerWebSocket(arguments.port, pages, fault=fault, fault_after_s=arguments.fault_after_s)
    return _serve(scanner.serve, f"listening on ws://{HOST}:{scanner.port}/")


def _scanner_pages(arguments: argparse.Namespace) -> ScannerPages:
    """Judge what both scanners are told, and return what lies under their lenses."""
    from teller_assist.demonstration.stand_ins.scanner_pages import drawn_pages, filed_pages
    from teller_assist.errors import UsageError
    from teller_assist.pictures.decode import PictureLimits

    set_up_command_logs()
    if not (0 <= arguments.fault_after_s <= 3600 and 0 <= arguments.port <= 65535):
        raise UsageError(what="command_line")
    if arguments.pictures is None:
        return drawn_pages()
    return filed_pages(arguments.pictures, PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000))


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
        orders = sys.stdin or ()  # none where it was started without one, as a service is
        return _serve(lambda: console.serve(orders), f"port: {link}")


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
