"""The reader of the citizen's ID card."""

from __future__ import annotations

import threading
from typing import ClassVar

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.records import read_identity_card, read_presence
from teller_assist.devices.supervision import OpenedDevice
from teller_assist.errors import DeviceTimeoutError
from teller_assist.evidence.identity import IdentityCard

# Vendors ask for at least 0.3 s between two looks for a card.
_LOOK_EVERY_S = 0.4


class IdCardReaderDevice(OpenedDevice):
    """An ID card reader under supervision."""

    kind: ClassVar[DeviceKind] = DeviceKind.ID_CARD_READER

    def wait_for_card(self, cancel: threading.Event) -> None:
        """Return once a card lies on the reader, or when cancelled.

        Raises
        ------
        KnownError
            The reader is down, or its plugin reports a problem.
        """
        while not cancel.is_set():
            try:
                if read_presence(self._call("find_card", cancel), self.plugin_id):
                    return
            except DeviceTimeoutError:
                if not cancel.is_set():
                    raise
            cancel.wait(_LOOK_EVERY_S)

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
