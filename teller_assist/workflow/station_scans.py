"""The station's scans: by themselves once a chip was read, or when the teller asks; what was read is the teller's to settle."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from teller_assist.decision.judgement import EdgeName
from teller_assist.errors import SessionError
from teller_assist.evidence.printed import FieldName
from teller_assist.settings.personal import Personal
from teller_assist.settings.schema import Settings
from teller_assist.workflow.case_keeper import CaseKeeping
from teller_assist.workflow.counter_session import COMPARED, SCANNABLE
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.equipment import EquipmentSource, Scanner
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.scan_work import ScanWork
from teller_assist.workflow.scanned import NOTHING_SCANNED, Scanned
from teller_assist.workflow.station_reviews import StationReviews
from teller_assist.workflow.view_scan import Box, ScanState

_SMALLEST_BOX_SHARE = 0.02  # of the scan's side: a click is no box


class StationScans(StationReviews):
    """Adds them to ``StationReviews``, whose parameters it takes; without a scanner or a reader there are none."""

    def __init__(
        self,
        instruments: Instruments,
        source: EquipmentSource,
        settings: Settings,
        keeping: CaseKeeping | None = None,
        *,
        draw: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        self._asked = threading.Event()  # of the present scan; set: nobody waits for it
        self._asked.set()
        super().__init__(instruments, source, settings, keeping, draw=draw)
        reader = instruments.document_reader
        new_rule = instruments.new_capture_rule
        work = None if reader is None else ScanWork(reader, self._workers, self._scan_changed, self._number_known, new_rule)
        self._scans = work
        if self._scans is not None and instruments.warm_documents is not None:
            self._scans.warm(instruments.warm_documents)

    def scan_document(self) -> None:
        """See ``Station``."""
        with self._lock:
            self._scannable_customer()
            scanner = self._scanner()
            if scanner is None or self._scans is None:
                raise SessionError(why="no_scanner")
            self._ask(Scanned.asked)
            self._scans.scan(scanner, self._asked)
        self._announcer.changed()

    def read_box(self, box: Box) -> None:
        """See ``Station``."""
        with self._lock:
            picture = self._scannable_customer().scanned.picture
            if picture is None or self._scans is None:
                raise SessionError(why="nothing_scanned")
            x, y, width, height = box
            if min(width, height) < _SMALLEST_BOX_SHARE or not (0 <= x <= x + width <= 1 and 0 <= y <= y + height <= 1):
                raise SessionError(why="box_too_small")
            corners = np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
            quad = (corners * (picture.whole.width_px - 1, picture.whole.height_px - 1)).astype(np.float32)
            self._ask(lambda scanned: scanned.reading(picture))
            self._scans.read_box(picture, quad, self._asked)
        self._announcer.changed()

    def settle_field(self, name: FieldName, value: Personal[str]) -> None:
        """See ``Station``."""
        with self._lock:
            scanned = self._scannable_customer().scanned.settle(name, value.reveal(), self._desk.signed_on)
            self._take_scanned(scanned)
        self._announcer.changed()

    def _typed_as_printed(self, values: Mapping[FieldName, Personal[str]]) -> dict[str, Any]:
        """Return the change of the customer by which what the teller typed beside a scan settles the fields that were read."""
        self._require_somebody()
        customer = self._customer
        scanned = NOTHING_SCANNED if customer is None else customer.scanned
        for name, value in values.items():
            if name in scanned.fields:
                scanned = scanned.settle(name, value.reveal(), self._desk.signed_on)
        return {"scanned": scanned} if scanned.settled else {}

    def _scannable_customer(self) -> Customer:
        self._require_somebody()
        self._desk.touch(time.monotonic())
        if self._customer is None or self._session.state not in SCANNABLE:
            raise SessionError(state=self._session.state.value, event="scan")
        return self._customer

    def _scanner(self) -> Scanner | None:
        equipment = self._counter.equipment
        return None if equipment is None else equipment.scanner

    def _ask(self, change: Callable[[Scanned], Scanned]) -> None:
        """Begin a request in place of the one before, whose answer nobody waits for any more."""
        self._asked.set()
        self._asked = threading.Event()
        self._change({"scanned": change(self._known_customer().scanned)})

    def _scan_changed(
        self, asked: threading.Event, change: Callable[[Scanned], Scanned], *, read_ms: float | None = None
    ) -> None:
        """Take what a worker says of a scan; see ``ScanChange``."""
        with self._lock:
            if asked is not self._asked or asked.is_set() or self._customer is None:
                return
            if self._session.state in SCANNABLE:
                if read_ms is not None:
                    self._change({"took": ("document_read", read_ms)})
                self._take_scanned(change(self._customer.scanned))
            else:  # decided meanwhile: it was decided without
                self._asked.set()
                self._change({"scanned": self._customer.scanned.stopped()})
        self._announcer.changed()

    def _take_scanned(self, scanned: Scanned) -> None:
        """Keep it, and judge anew where something was judged."""
        before = self._known_customer().scanned
        self._change({"scanned": scanned})
        if scanned.portrait is not before.portrait:
            self._compare_portrait()
        changed = scanned.documents != before.documents or scanned.settled != before.settled
        if changed and self._known_customer().judgement is not None:
            self._judge()

    def _compare_portrait(self) -> None:
        """Compare the portrait of a card that was scanned, at once or, where no face was captured yet, with everything else."""
        customer = self._known_customer()
        self._change({"edges": {name: edge for name, edge in customer.edges.items() if name is not EdgeName.LIVE_PRINTED}})
        if self._session.state in COMPARED:
            self._compare()
        elif customer.consent is not None:
            self._work.measure_references(customer.transaction)

    def _number_known(self) -> str:
        with self._lock:
            number = None if self._customer is None else self._customer.number
        return "" if number is None else number.reveal().text

    # ------------------------------------------------------------ with the card

    def _note_card(self) -> bool:
        lapsed = super()._note_card()
        customer, scanner = self._known_customer(), self._scanner()
        unread = customer.card is not None and not customer.scanned.documents and not customer.scanned.runs
        if unread and scanner is not None and self._scans is not None:
            self._ask(Scanned.asked)
            self._scans.scan_by_itself(scanner, self._asked)
        return lapsed

    def _start_reading(self) -> None:
        if not self._known_customer().scanned.runs:  # what was scanned of a card that was put aside went with it
            self._asked.set()
        super()._start_reading()

    def _permit(self) -> None:
        super()._permit()
        customer = self._customer
        if customer is not None and self._session.state not in SCANNABLE and customer.scanned.state is ScanState.WATCHING:
            self._asked.set()  # decided: nobody looks under the lens any longer
            self._change({"scanned": customer.scanned.stopped()})

    def _settle(self) -> None:
        self._asked.set()
        super()._settle()
