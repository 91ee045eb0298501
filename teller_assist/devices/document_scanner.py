"""The scanner or document camera."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import ClassVar

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.process import Launch
from teller_assist.devices.records import read_scan
from teller_assist.devices.supervision import OpenedDevice, StateListener
from teller_assist.evidence.pictures import Picture
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.schema import DevicesSettings


class DocumentScannerDevice(OpenedDevice):
    """A scanner under supervision.

    Parameters
    ----------
    limits
        How large a scan may be.
    """

    kind: ClassVar[DeviceKind] = DeviceKind.DOCUMENT_SCANNER

    def __init__(
        self,
        plugin_id: str,
        launch: Callable[[], Launch],
        settings: DevicesSettings,
        on_state: StateListener,
        limits: PictureLimits,
    ) -> None:
        self._limits = limits
        super().__init__(plugin_id, launch, settings, on_state)

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
