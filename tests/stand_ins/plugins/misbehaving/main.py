"""A plugin that goes wrong in one way, named by its settings. Importing it already may: its settings are found in the process."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator
from typing import Any

from teller_assist_sdk import Camera, DocumentScanner, IdCardReader, Server

from .faults import happen

WIDTH, HEIGHT = 64, 48


def _settings() -> dict[str, Any]:
    server = next(one for one in gc.get_objects() if isinstance(one, Server))
    return dict(server._start["settings"])


def _at(when: str, settings: dict[str, Any], cancel: threading.Event) -> Any:
    return happen(settings["fault"], settings["text"], cancel) if settings["when"] == when else None


_at("import", _settings(), threading.Event())


class Reader(IdCardReader):
    """Goes wrong when it is opened, read or closed."""

    def open(self) -> None:
        _at("open", self.settings, threading.Event())

    def status(self) -> dict[str, Any]:
        return {"told": "status"}

    def find_card(self) -> bool:
        return True

    def read(self, cancel: threading.Event) -> dict[str, Any]:
        result: dict[str, Any] = _at("read", self.settings, cancel)
        return result

    def close(self) -> None:
        _at("close", self.settings, threading.Event())


class Scanner(DocumentScanner):
    """Returns whatever the fault returns; its preview is black until it goes wrong."""

    previews = True

    def scan(self, cancel: threading.Event) -> dict[str, Any]:
        result: dict[str, Any] = _at("read", self.settings, cancel)
        return result

    def preview(self, cancel: threading.Event) -> tuple[int, int, Any]:
        wrong: tuple[int, int, Any] | None = _at("preview", self.settings, cancel)
        return wrong or (WIDTH, HEIGHT, bytes(WIDTH * HEIGHT * 3))


class PoorCamera(Camera):
    """Plays three good frames, then goes wrong."""

    def frames(self, stop: threading.Event) -> Iterator[tuple[int, int, Any]]:
        for _ in range(3):
            yield WIDTH, HEIGHT, bytes(WIDTH * HEIGHT * 3)
            time.sleep(0.02)
        wrong = _at("frames", self.settings, stop)
        if wrong is not None:
            yield wrong
            stop.wait()


DEVICES = {"camera": PoorCamera, "id_card_reader": Reader, "document_scanner": Scanner}
