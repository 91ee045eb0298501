"""A real PC/SC service with an imitated reader, and the plugin in its own process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from teller_assist.demonstration.stand_ins.vpcd import VpcdSlot
from teller_assist.devices.bank_card_reader import BankCardReaderDevice
from tests.stand_ins.pcsc_daemon import PcscDaemon, running_daemon
from tests.stand_ins.plugin_devices import devices_of

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def daemon() -> Iterator[PcscDaemon]:
    with running_daemon() as one:
        yield one


@pytest.fixture
def slot(daemon: PcscDaemon) -> Iterator[VpcdSlot]:
    """The reader's first slot, empty."""
    with daemon.slot() as one:
        yield one


@pytest.fixture
def open_plugin(daemon: PcscDaemon) -> Iterator[Callable[..., BankCardReaderDevice]]:
    """Open the plugin through the product's host; all are closed at the end."""
    with devices_of(ROOT, "pcsc_bank_card") as open_one:
        yield lambda **changed: open_one(BankCardReaderDevice, {"reader": "00 00", **changed})
