"""What takes time for one customer: reading the card, asking the authority, measuring photos, comparing. Runs on workers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from teller_assist.comparison.searching import SearchProbe
from teller_assist.decision.judgement import EdgeName
from teller_assist.decision.kinship import KinshipRegister, ask_register
from teller_assist.decision.second_identity import RecentFacesUse
from teller_assist.errors import DeviceError, EvidenceError, KnownError, PluginError
from teller_assist.evidence.kinds import PhotoKind
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.netcheck.provider import CardValidity, NetcheckProvider, NetcheckRequest
from teller_assist.pad.assessment import NOT_LIVE
from teller_assist.pictures.decode import PictureLimits, read_picture
from teller_assist.pictures.shrink import shrunk
from teller_assist.wording import error_sentences
from teller_assist.workflow.counter_session import SessionEvent
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.equipment import CardReader, CounterEquipment
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.portraits import whole_portrait
from teller_assist.workflow.triangle import MeasuredPhoto
from teller_assist.workflow.workers import Work, Workers

_IMPORTED_LONGEST_PX = 1920  # a large camera frame's: whatever a telephone took, the case with it stays small enough to be sent
_AGAIN_AFTER_S = 1.0  # a card that could not be read is tried again as long as the transaction waits for one


class Post(Protocol):
    """Hands an answer back to the station."""

    def __call__(
        self,
        transaction: int,
        event: SessionEvent | None,
        *,
        of_capture: MeasuredPhoto | None = None,
        of_identity: object = None,
        **changes: Any,
    ) -> None:
        """Change the customer and handle the event; without one, the change alone.

        Parameters
        ----------
        of_capture
            The answer is about this capture: dropped where another one has taken its place.
        of_identity
            The answer is about this card, or what was typed in its place: dropped where it was put aside.
        changes
            Fields of the customer; ``took`` is a stage and its milliseconds.
        """


class CustomerWork:
    """The work on one customer, each piece on a worker of its own kind.

    Parameters
    ----------
    register
        The branch server's; None: the equipment's own is asked, where it has one.
    recent_faces
        The branch server's; None: there is no server.
    snapshot
        Returns the customer as known now, or None when nobody is there.
    """

    def __init__(
        self,
        instruments: Instruments,
        workers: Workers,
        register: KinshipRegister | None,
        recent_faces: RecentFacesUse | None,
        *,
        post: Post,
        snapshot: Callable[[], Customer | None],
    ) -> None:
        self._instruments = instruments
        self._register, self._recent_faces = register, recent_faces
        self._workers = workers
        self._post = post
        self._snapshot = snapshot
        self._reader: CardReader | None = None

    def read_card(self, reader: CardReader, transaction: int, cancel: threading.Event) -> None:
        """Wait for a card and read it."""
        self._reader = reader
        self._workers.submit(Work.CARD, self._read_card, reader, transaction, cancel)

    def let_reader_go(self) -> None:
        """Read no more from the reader of before: it is closed for a while, and who opens another one asks again."""
        self._reader = None

    def ask_register(self, equipment: CounterEquipment, customer: Customer) -> None:
        """Look relatives up; a register that is slow to answer holds up no authority."""
        register = self._register or equipment.register
        if register is not None:
            self._workers.submit(Work.REGISTER, self._ask_register, register, customer)

    def ask_authority(self, netcheck: NetcheckProvider, customer: Customer, cancel: threading.Event) -> None:
        """Ask the authority about the document, with the live picture where it is part of the question."""
        self._workers.submit(Work.NETCHECK, self._ask_authority, netcheck, customer, cancel)

    def measure_references(self, transaction: int) -> None:
        """Measure the reference photos ahead of the comparison; nothing is measured without consent."""
        self._workers.submit(Work.COMPARE, self._measure_references, transaction)

    def compare(self, transaction: int) -> None:
        """Compare what is there."""
        self._workers.submit(Work.COMPARE, self._compare, transaction)

    def import_picture(self, path: Path, limits: PictureLimits, transaction: int) -> None:
        """Read a file and measure the face on it, as the capture of this customer; consent must be on record."""
        self._workers.submit(Work.COMPARE, self._import_picture, path, limits, transaction)

    def _import_picture(self, path: Path, limits: PictureLimits, transaction: int) -> None:
        measurer = self._instruments.measurer
        if measurer is None:
            return
        try:
            picture = shrunk(read_picture(path, role="probe", limits=limits), _IMPORTED_LONGEST_PX)
            capture = MeasuredPhoto.of(picture, measurer.measure(picture))
        except KnownError as error:
            self._post(transaction, None, problem=error_sentences(error))
            return
        self._post(transaction, SessionEvent.FACE_CAPTURED, capture=capture, imported=True, pad=NOT_LIVE, problem=None)

    def keep_face(self, customer: Customer, case_id: str) -> None:
        """Hand the face of a decided case over to be searched for some days, where the branch server keeps faces."""
        if self._recent_faces is not None and self._recent_faces.permitted and case_id and customer.may_keep_face:
            self._workers.submit(Work.REGISTER, self._keep_face, self._recent_faces, customer, case_id)

    def _read_card(self, reader: CardReader, transaction: int, cancel: threading.Event) -> None:
        while not cancel.is_set() and self._reader is reader:
            try:
                reader.wait_for_card(cancel)
                if cancel.is_set():
                    return
                started_s = time.perf_counter()
                card = reader.read(cancel)
                took_ms = 1000 * (time.perf_counter() - started_s)
            except (DeviceError, PluginError, EvidenceError) as error:
                if self._reader is not reader:
                    return
                if not cancel.is_set():
                    self._post(transaction, SessionEvent.CARD_FAILED, problem=error_sentences(error))
                cancel.wait(_AGAIN_AFTER_S)
                continue
            shown = whole_portrait(card.portrait.pixels)
            took = ("card_read", took_ms)
            self._post(transaction, SessionEvent.CARD_READ, card=card, stated=None, chip_shown=shown, took=took)
            return

    def _ask_register(self, register: KinshipRegister, customer: Customer) -> None:
        if customer.number is not None:
            found = ask_register(register, customer.number.reveal())
            self._post(customer.transaction, None, of_identity=customer.identity, kinship=found)

    def _ask_authority(self, netcheck: NetcheckProvider, customer: Customer, cancel: threading.Event) -> None:
        card, number, name = customer.card, customer.number, customer.name
        if number is None or name is None:
            return
        validity = None if card is None else CardValidity(card.valid_from, card.valid_until)
        live = customer.live_picture if netcheck.asks_with_live else None
        request = NetcheckRequest(number, name, validity, live)
        result = netcheck.verify(request, cancel)
        if result.code is not NetcheckCode.NOT_ASKED:
            shown = None if result.photo is None else whole_portrait(result.photo.pixels)
            answered, identity = SessionEvent.NETCHECK_ANSWERED, customer.identity
            self._post(customer.transaction, answered, of_identity=identity, netcheck=result, netcheck_shown=shown)

    def _measure_references(self, transaction: int) -> None:
        customer = self._present(transaction)
        if customer is not None:
            with suppress(KnownError):  # the comparison meets it again and says so
                self._post(transaction, None, of_identity=customer.identity, **self._measured_references(customer))

    def _compare(self, transaction: int) -> None:
        started_s = time.perf_counter()
        customer = self._present(transaction)
        triangle = self._instruments.triangle
        if customer is None or customer.capture is None or triangle is None:
            return
        changes: dict[str, MeasuredPhoto] = {}
        try:
            changes = self._measured_references(customer)
            edges = triangle.compare(
                customer.capture,
                changes.get("chip", customer.chip),
                changes.get("netcheck_photo", customer.netcheck_photo),
                printed=changes.get("printed_photo", customer.printed_portrait),
                chip_kind=PhotoKind.CHIP if customer.travel_document is None else PhotoKind.ARCHIVE,
                started_s=started_s,
            )
        except KnownError as error:  # a calibration that is not for what runs here, a model that does not run
            failed = SessionEvent.COMPARISON_FAILED
            self._post(transaction, failed, of_capture=customer.capture, problem=error_sentences(error), **changes)
            return
        compared = any(edge.answer is not None for name, edge in edges.items() if name is not EdgeName.CHIP_NETCHECK)
        event = SessionEvent.COMPARED if compared else SessionEvent.COMPARISON_FAILED
        self._post(transaction, event, of_capture=customer.capture, edges=edges, **changes)
        if compared and self._recent_faces is not None:
            # Behind the register's answer, which says whether faces are kept; the reading is there already.
            self._workers.submit(Work.REGISTER, self._search_face, self._recent_faces, transaction)

    def _search_face(self, recent_faces: RecentFacesUse, transaction: int) -> None:
        customer = self._present(transaction)
        if customer is None:
            return
        if not recent_faces.permitted or customer.consent is None or customer.second_identity.search is not None:
            return
        probe = self._search_probe(customer, recent_faces.target_fmr)
        if probe is None or customer.number is None:
            return
        found = recent_faces.faces.ask(customer.number.reveal(), probe)
        if found.search is not None:
            of, identity = customer.capture, customer.identity
            self._post(transaction, None, of_capture=of, of_identity=identity, second_identity=found)

    def _keep_face(self, recent_faces: RecentFacesUse, customer: Customer, case_id: str) -> None:
        probe = self._search_probe(customer, recent_faces.target_fmr)
        if probe is not None and customer.number is not None:
            number, kind = customer.number.reveal(), customer.business_kind.value
            recent_faces.faces.keep(number, probe, case_id=case_id, business_kind=kind)

    def _search_probe(self, customer: Customer, target_fmr: str) -> SearchProbe | None:
        """Return what the captured face is searched by; None where it cannot be, of which nothing is claimed."""
        triangle = self._instruments.triangle
        if customer.capture is None or customer.number is None or triangle is None:
            return None
        try:
            return triangle.search_probe(customer.capture, target_fmr=target_fmr)
        except KnownError:  # a calibration of the bank's that no longer fits: `doctor` says so
            return None

    def _measured_references(self, customer: Customer) -> dict[str, MeasuredPhoto]:
        """Measure the reference photos that are there and were not measured yet."""
        triangle = self._instruments.triangle
        measured: dict[str, MeasuredPhoto] = {}
        if triangle is None or customer.consent is None:
            return measured
        card = customer.card or customer.travel_document
        if card is not None and customer.chip is None:
            known = card.portrait_orientation_known
            measured["chip"] = triangle.measure_photo(card.portrait, has_mesh=False, orientation_known=known)
        photo = None if customer.netcheck is None else customer.netcheck.photo
        if photo is not None and customer.netcheck_photo is None:
            measured["netcheck_photo"] = triangle.measure_photo(photo, has_mesh=True)
        portrait = customer.scanned.portrait
        if portrait is not None and customer.printed_portrait is None:
            measured["printed_photo"] = triangle.measure_photo(portrait, has_mesh=False)
        return measured

    def _present(self, transaction: int) -> Customer | None:
        customer = self._snapshot()
        return customer if customer is not None and customer.transaction == transaction else None
