"""A scanner and a reader of documents in a test's hands, and what they may deliver. Nobody in it exists."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import numpy as np

from teller_assist.errors import DeviceTimeoutError, KnownError
from teller_assist.evidence.pictures import Picture, Pixels, Points
from teller_assist.evidence.printed import (
    CARD_SIZE_PX,
    DocumentKind,
    FieldName,
    LocatedBy,
    Location,
    PrintedDocument,
    PrintedField,
    ScanFinding,
    ScanReading,
)
from teller_assist.settings.personal import Personal
from tests.stand_ins.equipment import NAME, NUMBER

# As the stand-in reader's card has it.
FRONT = {
    FieldName.NAME: NAME,
    FieldName.SEX: "男",
    FieldName.ETHNICITY: "汉",
    FieldName.BIRTH: "1990-03-15",
    FieldName.ADDRESS: "样本省示例市演示路1号",
    FieldName.ID_NUMBER: NUMBER,
}
BACK = {FieldName.AUTHORITY: "示例市公安局", FieldName.VALID_FROM: "2015-01-01", FieldName.VALID_TO: "长期"}
_OF_KIND = {DocumentKind.FRONT: FRONT, DocumentKind.BACK: BACK, DocumentKind.TEMPORARY: {**FRONT, **BACK}}
QUAD: Points = np.array([(100, 100), (500, 100), (500, 350), (100, 350)], np.float32)


def a_scan(width_px: int = 640, height_px: int = 480) -> Picture:
    pixels = np.full((height_px, width_px, 3), 70, np.uint8)
    pixels.flags.writeable = False
    return Picture(pixels, "JPEG", "document")


def printed(value: str, *, doubtful: tuple[int, ...] = (), accepted: bool | None = None) -> PrintedField:
    crop = np.full((40, 200, 3), 230, np.uint8)
    sure = not doubtful if accepted is None else accepted
    return PrintedField(Personal(value), 0.99 if sure else 0.6, (170, 70, 200, 40), crop, (), doubtful, sure)


def document(
    kind: DocumentKind = DocumentKind.FRONT,
    *,
    doubtful: Mapping[FieldName, tuple[int, ...]] | None = None,
    by: LocatedBy = LocatedBy.CONTOUR,
    **changed: str,
) -> PrintedDocument:
    """A document; ``changed`` names fields by their codes."""
    values = {**_OF_KIND.get(kind, {}), **{FieldName(name): value for name, value in changed.items()}}
    fields = {name: printed(value, doubtful=(doubtful or {}).get(name, ())) for name, value in values.items()}
    card = np.full((CARD_SIZE_PX[1], CARD_SIZE_PX[0], 3), 235, np.uint8)
    has_portrait = kind in (DocumentKind.FRONT, DocumentKind.TEMPORARY)
    portrait = Picture(np.full((388, 314, 3), 150, np.uint8), "frame", "reference") if has_portrait else None
    return PrintedDocument(kind, Location(QUAD, by), fields, card, portrait)


def reading(*documents: PrintedDocument, finding: ScanFinding | None = None) -> ScanReading:
    told = None if documents else finding or ScanFinding.NO_DOCUMENT
    return ScanReading(documents, told, {"total": 412.0})


class ToldScanner:
    """Delivers what it is told to; a scan takes as long as a test wants."""

    plugin_id = "told"
    problem = None
    previews = False

    def __init__(self) -> None:
        self.shown: Picture | KnownError = a_scan()
        self.may_scan = threading.Event()
        self.may_scan.set()
        self.scans = 0

    def scan(self, cancel: threading.Event) -> Picture:
        self.scans += 1
        while not self.may_scan.wait(0.01):
            if cancel.is_set():
                raise DeviceTimeoutError("device_timeout", device="document_scanner", why="cancelled")
        if isinstance(self.shown, KnownError):
            raise self.shown
        return self.shown

    def preview_frame(self, cancel: threading.Event) -> Pixels:
        raise AssertionError("a flatbed has no preview")

    def close(self) -> None:
        self.may_scan.set()


class ToldDocumentReader:
    """Reads what it is told to, one after the other, the last one again and again; may hang until it is cancelled."""

    def __init__(self, *readings: ScanReading | Exception) -> None:
        self.readings: list[ScanReading | Exception] = list(readings) or [reading(document())]
        self.quads: list[Points | None] = []
        self.threads: set[str] = set()
        self.cancelled = 0
        self.may_read = threading.Event()
        self.may_read.set()

    def read(self, scan: Picture, *, quad: Points | None = None, cancel: threading.Event | None = None) -> ScanReading:
        self.quads.append(quad)
        self.threads.add(threading.current_thread().name)
        while not self.may_read.wait(0.01):
            if cancel is not None and cancel.is_set():
                self.cancelled += 1
                break
        told = self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]
        if isinstance(told, Exception):
            raise told
        return told
