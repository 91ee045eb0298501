"""The scanner or document camera."""

from __future__ import annotations

import threading
from typing import ClassVar

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.records import read_scan
from teller_assist.devices.supervision import OpenedDevice
from teller_assist.evidence.pictures import Picture


class DocumentScannerDevice(OpenedDevice):
    """A scanner under supervision."""

    kind: ClassVar[DeviceKind] = DeviceKind.DOCUMENT_SCANNER

    def scan(self, cancel: threading.Event) -> Picture:
        """Scan one page, with the role "document".

        Raises
        ------
        DeviceTimeoutError
            "time_limit", or "cancelled" where the caller gave up.
        PictureError
            The scan cannot be decoded.
        KnownError
            The scanner is down, or its plugin reports a problem.
        """
        return read_scan(self._call("scan", cancel), self._limits, self.plugin_id)
