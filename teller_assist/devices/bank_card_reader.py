"""The reader of bank cards."""

from __future__ import annotations

import threading
from typing import ClassVar

from teller_assist.devices.bank_records import read_bank_card
from teller_assist.devices.card_reader import CardReaderDevice
from teller_assist.devices.kinds import DeviceKind
from teller_assist.evidence.bank_card import BankCard


class BankCardReaderDevice(CardReaderDevice):
    """A reader of bank cards under supervision."""

    kind: ClassVar[DeviceKind] = DeviceKind.BANK_CARD_READER

    def read(self, cancel: threading.Event) -> BankCard:
        """Read the card that lies on the reader; raises as the reader of ID cards does."""
        return read_bank_card(self._call("read", cancel))
