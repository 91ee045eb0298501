"""A station at a counter with a scanner and a reader of documents, all in a test's hands."""

from __future__ import annotations

from collections.abc import Callable

from teller_assist.evidence.printed import FieldName
from teller_assist.workflow.view import Step, StepState
from teller_assist.workflow.view_scan import PrintedFieldView, ScanState, ScanView
from tests.stand_ins.counter import Counter
from tests.stand_ins.scans import ToldDocumentReader, ToldScanner

Make = Callable[..., "ScanningCounter"]


class ScanningCounter:
    """A counter with a scanner and a reader of documents."""

    def __init__(self, counter: Counter, scanner: ToldScanner, reader: ToldDocumentReader) -> None:
        self.counter, self.scanner, self.reader = counter, scanner, reader
        self.station = counter.station

    def begin(self) -> None:
        self.counter.camera.show(self.counter.person * 0)  # nobody sits there
        self.station.sign_on("柜员一")
        self.station.begin()

    def lay_down(self) -> None:
        self.counter.reader.lay_down(self.counter.card)

    @property
    def scan(self) -> ScanView:
        scan = self.counter.view.scan
        assert scan is not None
        return scan

    def wait(self, condition: Callable[[ScanView], bool]) -> ScanView:
        self.counter.wait_for(lambda view: view.scan is not None and condition(view.scan))
        return self.scan

    def read(self) -> ScanView:
        return self.wait(lambda scan: scan.state is ScanState.READ)

    def field(self, name: FieldName) -> PrintedFieldView:
        found = self.scan.field(name)
        assert found is not None
        return found

    def step(self) -> StepState:
        return self.counter.view.steps[Step.SCAN]
