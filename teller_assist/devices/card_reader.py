"""What all readers of cards share: waiting until one lies there."""

from __future__ import annotations

import threading

from teller_assist.devices.records import read_presence
from teller_assist.devices.supervision import OpenedDevice
from teller_assist.errors import DeviceTimeoutError

# Vendors ask for at least 0.3 s between two looks for a card.
_LOOK_EVERY_S = 0.4


class CardReaderDevice(OpenedDevice):
    """A reader of cards under supervision; a class per kind reads what lies there."""

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
