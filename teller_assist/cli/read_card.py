"""``teller-assist read-card [--device ID]``: what the chip of an ID card says, through one device plugin."""

from __future__ import annotations

import argparse
import math
import threading
import time
from typing import TYPE_CHECKING

from teller_assist.cli.given_settings import given_settings
from teller_assist.cli.output import EXIT_DONE, write_document, write_lines, write_progress
from teller_assist.errors import DeviceTimeoutError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from teller_assist.devices.id_card_reader import IdCardReaderDevice
    from teller_assist.settings.declaring import Value
    from teller_assist.settings.plugin_choice import PluginChoice

_READY_WITHIN_S = 30.0
_LONGEST_WAIT_S = 600.0


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser("read-card", help="read the chip of an ID card 读取身份证芯片")
    parser.add_argument("--device", metavar="ID", help="the plugin that drives the reader; left out: the counter's own")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the plugin, for this once")
    parser.add_argument("--wait-s", type=float, default=30.0, help="how long to wait for a card, in seconds (default 30)")
    parser.add_argument("--with-portrait", action="store_true", help="the portrait, too, with --json")
    parser.add_argument("--json", action="store_true", help="print one card/1 document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Wait for one card and read it."""
    from teller_assist.app import open_installation
    from teller_assist.devices.chosen import open_chosen, refused_as_given
    from teller_assist.devices.id_card_reader import IdCardReaderDevice
    from teller_assist.documents.chip_card import card_body, card_lines

    wait_s = arguments.wait_s
    if not (math.isfinite(wait_s) and 0 < wait_s <= _LONGEST_WAIT_S):
        raise UsageError(what="command_line")
    installation = open_installation()
    given = given_settings(arguments.set)
    with refused_as_given(given):
        device = open_chosen(
            installation.plugin_shelf(),
            IdCardReaderDevice,
            _choice(arguments.device, given, installation.settings.devices.id_card_reader),
            devices_settings=installation.settings.devices,
            limits=installation.picture_limits,
            on_state=lambda _kind, _state: None,
        )
    try:
        device.wait_until_ready(_READY_WITHIN_S)
        write_progress("请放上证件。")
        _wait_for_card(device, wait_s)
        began_s = time.perf_counter()
        card = device.read(threading.Event())
        took_ms = round(1000 * (time.perf_counter() - began_s), 1)
    finally:
        device.close()
    if arguments.json:
        body = card_body(card, with_portrait=arguments.with_portrait)
        write_document("card/1", {"device": device.plugin_id, **body, "latency_ms": {"card_read": took_ms}})
    else:
        write_lines(*card_lines(card))
    return EXIT_DONE


def _choice(asked: str | None, given: Mapping[str, Value], of_site: PluginChoice) -> PluginChoice:
    """Return the reader that was asked for; the counter's own has the site's settings, too."""
    from teller_assist.settings.plugin_choice import PluginChoice

    plugin = of_site.plugin if asked is None else asked
    return PluginChoice(plugin, {**of_site.settings_of(plugin), **given})


def _wait_for_card(device: IdCardReaderDevice, wait_s: float) -> None:
    over = threading.Event()
    timer = threading.Timer(wait_s, over.set)
    timer.daemon = True
    timer.start()
    device.wait_for_card(over)
    timer.cancel()
    if over.is_set():
        raise DeviceTimeoutError(device=device.kind.value, plugin=device.plugin_id, operation="find_card", why="no_card")
