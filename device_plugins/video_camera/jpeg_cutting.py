"""Cuts whole JPEG pictures out of a stream of bytes, whatever stands between them.

The headers of the parts are not believed: cameras get boundaries and lengths wrong. A picture is what ITU-T T.81 says: from SOI
through its segments to EOI. What is cut off or broken inside is passed over.
"""

from __future__ import annotations

LARGEST_PICTURE_BYTES = 8_000_000

_START = b"\xff\xd8\xff"  # SOI, and the first byte of the next marker
_EOI = 0xD9
_SOS = 0xDA
_INSIDE_SCAN = frozenset((0x00, *range(0xD0, 0xD8)))  # a stuffed byte, RST0 to RST7
# Segments that a picture may have, before its first scan or between two: SOF, DHT, SOS, DQT, DNL, DRI, APPn, COM.
_SEGMENTS = frozenset((*range(0xC0, 0xD0), *range(0xDA, 0xDE), *range(0xE0, 0xF0), 0xFE)) - {0xC8, 0xCC}
_BROKEN, _UNFINISHED = -1, -2


class JpegCutter:
    """Takes bytes as they come and gives pictures as soon as they are whole.

    Attributes
    ----------
    dropped
        Beginnings of pictures that were no whole ones.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._waiting = bytearray()
        self._at, self._in_scan = 2, False  # how far the picture that waits was walked through

    def pictures(self, received: bytes) -> list[bytes]:
        """Take what was received and return the pictures that are whole now; each stands from SOI to EOI."""
        self._waiting += received
        found = []
        while self._begins():
            end = self._end()
            if end == _UNFINISHED and len(self._waiting) <= LARGEST_PICTURE_BYTES:
                break
            if end > 0:
                found.append(bytes(self._waiting[:end]))
            else:
                self.dropped += 1
            del self._waiting[: max(2, end)]
            self._at, self._in_scan = 2, False
        return found

    def _begins(self) -> bool:
        """Drop what stands before the next picture; return whether there is one."""
        start = self._waiting.find(_START)
        del self._waiting[: start if start >= 0 else max(0, len(self._waiting) - 2)]
        return start >= 0

    def _end(self) -> int:
        """Return where the picture at the front ends, or _UNFINISHED, or _BROKEN; goes on where it stopped the last time."""
        data = self._waiting
        while True:
            if self._in_scan:
                following = data.find(0xFF, self._at)
                self._at = following if following >= 0 else len(data)
            if self._at + 2 > len(data):
                return _UNFINISHED
            marker = data[self._at + 1]
            if data[self._at] != 0xFF:
                return _BROKEN
            if marker == _EOI:
                return self._at + 2
            if marker == 0xFF:
                self._at += 1  # a fill byte
            elif self._in_scan and marker in _INSIDE_SCAN:
                self._at += 2
            elif marker not in _SEGMENTS:
                return _BROKEN
            elif self._at + 4 > len(data):
                return _UNFINISHED
            else:
                self._at += 2 + int.from_bytes(data[self._at + 2 : self._at + 4], "big")
                self._in_scan = self._in_scan or marker == _SOS
