"""``teller-assist read-card [--device ID]``: what the chip of a card or travel document says, through one device plugin."""

from __future__ import annotations

import argparse
import datetime
import math
import threading
import time
from typing import TYPE_CHECKING, Any

from teller_assist.cli.given_settings import given_settings
from teller_assist.cli.output import EXIT_DONE, write_document, write_lines, write_progress
from teller_assist.cli.typed_access import add_arguments, typed_access
from teller_assist.errors import DeviceTimeoutError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from teller_assist.app import Installation
    from teller_assist.devices.card_reader import CardReaderDevice
    from teller_assist.devices.kinds import DeviceKind
    from teller_assist.evidence.travel_document import ChipAccess
    from teller_assist.settings.declaring import Value
    from teller_assist.settings.plugin_choice import PluginChoice

KINDS = ("id_card_reader", "travel_document_reader", "bank_card_reader")
_READY_WITHIN_S = 30.0
_LONGEST_WAIT_S = 600.0


def add_parser(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subcommands.add_parser(
        "read-card", help="read the chip of an ID card, a travel document or a bank card 读取身份证、旅行证件或银行卡芯片"
    )
    parser.add_argument("--device", metavar="ID", help="the plugin that drives the reader; left out: the counter's own")
    parser.add_argument("--kind", choices=KINDS, help="which of its readers, where the plugin drives several; else its only one")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the plugin, for this once")
    parser.add_argument("--wait-s", type=float, default=30.0, help="how long to wait for a card, in seconds (default 30)")
    parser.add_argument("--with-portrait", action="store_true", help="the portrait, too, with --json")
    parser.add_argument("--json", action="store_true", help="print one card/1 document")
    add_arguments(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Wait for one card and read it."""
    from teller_assist.app import open_installation
    from teller_assist.devices.kinds import DeviceKind

    if not (math.isfinite(arguments.wait_s) and 0 < arguments.wait_s <= _LONGEST_WAIT_S):
        raise UsageError(what="command_line")
    given = given_settings(arguments.set)
    installation = open_installation()
    kind = _kind(installation, arguments.device, arguments.kind)
    access = None
    if kind is DeviceKind.TRAVEL_DOCUMENT_READER:
        access = typed_access(arguments, datetime.date.today())
    device = _opened(installation, kind, arguments.device, given)
    try:
        device.wait_until_ready(_READY_WITHIN_S)
        write_progress("请放上证件。" if kind is not DeviceKind.BANK_CARD_READER else "请放上或插入银行卡。")
        _wait_for_card(device, arguments.wait_s)
        began_s = time.perf_counter()
        card = _read(device, access)
        took_ms = round(1000 * (time.perf_counter() - began_s), 1)
    finally:
        device.close()
    body, lines = _told(installation, card, with_portrait=arguments.with_portrait)
    if arguments.json:
        write_document("card/1", {"device": device.plugin_id, **body, "latency_ms": {"card_read": took_ms}})
    else:
        write_lines(*lines)
    return EXIT_DONE


def _kind(installation: Installation, plugin: str | None, asked: str | None) -> DeviceKind:
    """Return the kind that is asked for, or the only kind of card reader that the plugin drives.

    Raises
    ------
    UsageError
        The plugin drives several.
    """
    from teller_assist.devices.kinds import DeviceKind

    if asked is not None:
        return DeviceKind(asked)
    driven: list[DeviceKind] = []
    for listed in installation.plugin_shelf().listed() if plugin is not None else ():
        if listed.plugin_id == plugin:
            driven = [kind for kind in listed.kinds if kind.value in KINDS]
    if len(driven) > 1:
        raise UsageError(what="command_line")
    return driven[0] if driven else DeviceKind.ID_CARD_READER  # opening it tells what is wrong with the plugin


def _opened(installation: Installation, kind: DeviceKind, asked: str | None, given: Mapping[str, Value]) -> CardReaderDevice:
    from teller_assist.devices.card_reader import CardReaderDevice
    from teller_assist.devices.chosen import open_chosen, refused_as_given
    from teller_assist.devices.opening import DEVICES
    from teller_assist.errors import BugError
    from teller_assist.settings.plugin_choice import PluginChoice

    of_site = installation.settings.devices.choices.get(kind.value, PluginChoice())
    with refused_as_given(given):
        device = open_chosen(
            installation.plugin_shelf(),
            DEVICES[kind],
            _choice(asked, given, of_site),
            devices_settings=installation.settings.devices,
            limits=installation.picture_limits,
            on_state=lambda _kind, _state: None,
        )
    if not isinstance(device, CardReaderDevice):
        raise BugError("no reader of cards")
    return device


def _choice(asked: str | None, given: Mapping[str, Value], of_site: PluginChoice) -> PluginChoice:
    """Return the reader that was asked for; the counter's own has the site's settings, too."""
    from teller_assist.settings.plugin_choice import PluginChoice

    plugin = of_site.plugin if asked is None else asked
    return PluginChoice(plugin, {**of_site.settings_of(plugin), **given})


def _read(device: CardReaderDevice, access: ChipAccess | None) -> Any:
    from teller_assist.devices.bank_card_reader import BankCardReaderDevice
    from teller_assist.devices.id_card_reader import IdCardReaderDevice
    from teller_assist.devices.travel_document_reader import TravelDocumentReaderDevice
    from teller_assist.errors import BugError

    if isinstance(device, TravelDocumentReaderDevice) and access is not None:
        return device.read(threading.Event(), access)
    if isinstance(device, IdCardReaderDevice | BankCardReaderDevice):
        return device.read(threading.Event())
    raise BugError("a kind that is not read")


def _told(installation: Installation, card: Any, *, with_portrait: bool) -> tuple[dict[str, Any], list[str]]:
    """Return the body of card/1 and the lines for people."""
    from teller_assist.documents.chip_bank_card import bank_card_body, bank_card_lines
    from teller_assist.documents.chip_card import card_body, card_lines
    from teller_assist.documents.chip_travel_document import travel_document_body, travel_document_lines
    from teller_assist.evidence.bank_card import BankCard
    from teller_assist.evidence.travel_document import TravelDocument

    if isinstance(card, BankCard):
        issuer = installation.issuing_banks.issuer_of(card.number.reveal())
        return bank_card_body(card, issuer), bank_card_lines(card, issuer)
    if isinstance(card, TravelDocument):
        return travel_document_body(card, with_portrait=with_portrait), travel_document_lines(card)
    return card_body(card, with_portrait=with_portrait), card_lines(card)


def _wait_for_card(device: CardReaderDevice, wait_s: float) -> None:
    over = threading.Event()
    timer = threading.Timer(wait_s, over.set)
    timer.daemon = True
    timer.start()
    device.wait_for_card(over)
    timer.cancel()
    if over.is_set():
        raise DeviceTimeoutError(device=device.kind.value, plugin=device.plugin_id, operation="find_card", why="no_card")
