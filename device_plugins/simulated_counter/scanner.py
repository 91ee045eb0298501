"""The document scanner: the card lies on its glass, or a hand lays it down under a camera."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from teller_assist_sdk import DeviceProblem, DocumentScanner

from .faults import Faults
from .footage import Pixels
from .glass import lay_on_glass
from .preview import PreviewScene

DPI = 300
PAGE_DPI = 200
_PREVIEW_PERIOD_S = 1 / 15


class SimulatedScanner(DocumentScanner):
    """Scans ``card_front.jpg`` of one customer's folder, or a page with that and ``card_back.jpg``."""

    def open(self) -> None:
        """Connect to the scanner."""
        cv2.setNumThreads(1)
        self._picture = Path(self.settings["folder"]) / "card_front.jpg"
        self._as_filed = self.settings["card_lies"] == "as_filed"
        self._rng = np.random.default_rng(int(self.settings["scan_seed"]) or None)
        # Where nothing is filed, a scan says so at once: nobody is to wait for a card that never comes.
        self.previews = bool(self.settings["previews"]) and self._picture.is_file()
        self._scene: PreviewScene | None = None
        self._began_s = self._due_s = 0.0
        self._faults = Faults(self.settings)
        self._faults.strike()

    def status(self) -> dict[str, Any]:
        """Return the resolution."""
        self._faults.strike()
        return {"dpi": DPI if self._as_filed else PAGE_DPI}

    def selftest(self) -> list[dict[str, Any]]:
        """Check that something lies on the glass."""
        self._faults.strike()
        return [{"check": "document", "passed": self._picture.is_file(), "detail": "card_front.jpg"}]

    def scan(self, cancel: threading.Event) -> dict[str, Any]:
        """Return the picture, as slowly as a real scanner."""
        self._faults.strike()
        if cancel.wait(float(self.settings["scan_s"])):
            raise DeviceProblem("device_timeout", "given up")
        try:
            if self._as_filed:
                return {"picture": {"format": "jpeg", "data": self._picture.read_bytes()}, "dpi": DPI}
            back = self._picture.with_name("card_back.jpg")
            files = [self._picture, back] if back.is_file() else [self._picture]
            sides = [_decoded(path.read_bytes()) for path in files]
        except OSError as error:
            raise DeviceProblem("card_unreadable", type(error).__name__) from error
        return {"picture": {"format": "jpeg", "data": lay_on_glass(sides, self._rng)}, "dpi": PAGE_DPI}

    def preview(self, cancel: threading.Event) -> tuple[int, int, Any]:
        """Return the camera's next frame; the card is laid down from the first one on."""
        self._faults.strike()
        stalled = self._faults.due("preview_stalled")
        if cancel.wait(None if stalled else max(0.0, self._due_s - time.monotonic())):
            raise DeviceProblem("device_timeout", "given up")
        if self._scene is None:
            self._scene = self._new_scene()
            self._began_s = time.monotonic()
        now_s = time.monotonic()
        self._due_s = now_s + _PREVIEW_PERIOD_S
        pixels = self._scene.at(now_s - self._began_s)
        return pixels.shape[1], pixels.shape[0], pixels

    def _new_scene(self) -> PreviewScene:
        try:
            card = _decoded(self._picture.read_bytes())
        except OSError as error:
            raise DeviceProblem("card_unreadable", type(error).__name__) from error
        laying_s, focusing_s = float(self.settings["laying_s"]), float(self.settings["focusing_s"])
        return PreviewScene(card, laying_s, focusing_s, int(self.settings["noise_seed"]))


def _decoded(data: bytes) -> Pixels:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if pixels is None:
        raise DeviceProblem("card_unreadable", "not a picture")
    return np.asarray(pixels, dtype=np.uint8)
