"""A plugin that does as it should: a made-up card, a white page, frames whose pixels are all their own number."""

from __future__ import annotations

import os
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from teller_assist_sdk import Camera, Device, DocumentScanner, IdCardReader

from .pictures import white_bmp


class Checked(Device):
    """What all three answer to a self-test."""

    def selftest(self) -> list[dict[str, Any]]:
        return [{"check": "opened", "passed": True, "detail": "opened in no time"}]


class Reader(Checked, IdCardReader):
    """Finds a card after a while and reads it at once."""

    def open(self) -> None:
        self.opened_s = time.monotonic()

    def status(self) -> dict[str, Any]:
        # What only a test asks for: where it runs and with what environment.
        return {"greeting": self.settings["greeting"], "environment": ",".join(sorted(os.environ)), "folder": str(Path.cwd())}

    def find_card(self) -> bool:
        return time.monotonic() - self.opened_s >= float(self.settings["card_after_s"])

    def read(self, cancel: threading.Event) -> dict[str, Any]:
        Path("left_over.txt").write_text("what a driver leaves behind", encoding="utf-8")
        return {
            "name": "林晓样",
            "sex": "female",
            "ethnicity": "汉",
            "birth_date": "1990-03-07",
            "address": "样本省示例市样本路1号",
            "number": "990000199003070021",
            "issuer": "示例市公安局",
            "valid_from": "2020-01-01",
            "valid_until": "long_term",
            "portrait": {"format": "bmp", "data": white_bmp(102, 126), "orientation_known": True},
        }


class Scanner(Checked, DocumentScanner):
    """Scans a white page; preview n has the value n % 256 everywhere."""

    def open(self) -> None:
        self.previews = self.settings["previews"]
        self.seen = 0

    def preview(self, cancel: threading.Event) -> tuple[int, int, Any]:
        width, height = self.settings["width_px"], self.settings["height_px"]
        self.seen += 1
        return width, height, struct.pack("B", self.seen % 256) * (width * height * 3)

    def scan(self, cancel: threading.Event) -> dict[str, Any]:
        return {"picture": {"format": "bmp", "data": white_bmp(400, 300)}, "dpi": 300}


class PlainCamera(Checked, Camera):
    """Frame n has the value n % 256 everywhere."""

    def frames(self, stop: threading.Event) -> Iterator[tuple[int, int, Any]]:
        width, height = self.settings["width_px"], self.settings["height_px"]
        pause_s = 1 / self.settings["frames_per_s"]
        number, due_s = 0, time.monotonic()
        while not stop.is_set():
            number += 1
            yield width, height, struct.pack("B", number % 256) * (width * height * 3)
            due_s += pause_s
            stop.wait(max(0.0, due_s - time.monotonic()))


DEVICES = {"camera": PlainCamera, "id_card_reader": Reader, "document_scanner": Scanner}
