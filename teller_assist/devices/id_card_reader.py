"""The reader of the citizen's ID card."""

from __future__ import annotations

import threading
from typing import ClassVar

from teller_assist.devices.card_reader import CardReaderDevice
from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.records import read_identity_card
from teller_assist.evidence.identity import IdentityCard


class IdCardReaderDevice(CardReaderDevice):
    """An ID card reader under supervision."""

    kind: ClassVar[DeviceKind] = DeviceKind.ID_CARD_READER

    def read(self, cancel: threading.Event) -> IdentityCard:
        """Read the card that lies on the reader.

        Raises
        ------
        CardRemovedError
            It was taken away.
        CardUnreadableError
            The reader, or this product, cannot make sense of it.
        DeviceTimeoutError
            "time_limit", or "cancelled" where the caller gave up.
        KnownError
            The reader is down, or its plugin reports a problem.
        """
        return read_identity_card(self._call("read", cancel), self._limits)
