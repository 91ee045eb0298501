"""The scanner or document camera: scans, and of some the picture of what lies under the lens before a scan is taken."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

from teller_assist.devices.channel import read_frame
from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.process import PluginProcess
from teller_assist.devices.records import read_scan, read_scanner_opened
from teller_assist.devices.supervision import OpenedDevice
from teller_assist.errors import PluginFailedError
from teller_assist.evidence.pictures import Picture, Pixels


class DocumentScannerDevice(OpenedDevice):
    """A scanner under supervision."""

    kind: ClassVar[DeviceKind] = DeviceKind.DOCUMENT_SCANNER
    _previews = False

    @property
    def previews(self) -> bool:
        """Whether it delivers previews; as it was opened last, not before."""
        return self._previews

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

    def preview_frame(self, cancel: threading.Event) -> Pixels:
        """Return what lies under the lens now, without taking a scan; a call like any other, so never beside one.

        Returns
        -------
        uint8, shape (height, width, 3), BGR, not writeable; as small as the plugin makes it, and at most its ``max_frame_px``.

        Raises
        ------
        DeviceTimeoutError
            "time_limit", or "cancelled" where the caller gave up.
        PluginFailedError
            "frame_lie", "nonsense": what was told is no frame; the process was ended.
        KnownError
            The scanner is down, or its plugin reports a problem.
        """
        process = self._ready_process(cancel)
        return _copied(process, process.call("preview", cancel))

    def _learn(self, opened: Any) -> None:
        self._previews = read_scanner_opened(opened, self.plugin_id)


def _copied(process: PluginProcess, told: Any) -> Pixels:
    """Copy a frame out of the shared memory: nobody writes there before the next call."""
    try:
        frame = read_frame(told)
    except PluginFailedError as error:
        raise process.fail("nonsense") from error
    memory = process.frame_memory
    pixels = memory.copied(frame) if memory is not None and memory.can_hold(frame) else None
    if pixels is None:
        raise process.fail("frame_lie")
    return pixels
