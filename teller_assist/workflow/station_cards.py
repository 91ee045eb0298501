"""Cards that are read when the teller asks: the chip of a passport or travel permit, and the customer's bank card."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from teller_assist.errors import CardRemovedError, CardUnreadableError, KnownError, SessionError
from teller_assist.evidence.bank_card import BankCard
from teller_assist.evidence.travel_document import ChipAccess, TravelDocument
from teller_assist.settings.schema import Settings
from teller_assist.wording import Sentences, error_sentences, sentence
from teller_assist.workflow.asked_cards import AskedBankCard, AskedChip
from teller_assist.workflow.asked_reading import AskedReading
from teller_assist.workflow.case_keeper import CaseKeeping
from teller_assist.workflow.counter_session import SCANNABLE, SessionEvent
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.equipment import EquipmentSource
from teller_assist.workflow.instruments import Instruments
from teller_assist.workflow.portraits import whole_portrait
from teller_assist.workflow.station_scans import StationScans
from teller_assist.workflow.workers import Work


class StationCards(StationScans):
    """Adds them to ``StationScans``, whose parameters it takes; without such a reader nothing can be asked for."""

    def __init__(
        self,
        instruments: Instruments,
        source: EquipmentSource,
        settings: Settings,
        keeping: CaseKeeping | None = None,
        *,
        draw: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        self._chip_asked, self._bank_card_asked = threading.Event(), threading.Event()  # set: nobody waits for it
        self._chip_asked.set()
        self._bank_card_asked.set()
        super().__init__(instruments, source, settings, keeping, draw=draw)

    # ------------------------------------------------------------ travel documents

    def read_travel_document(self, access: ChipAccess) -> None:
        """See ``Station``."""
        with self._lock:
            self._customer_of_cards()
            equipment = self._counter.equipment
            reader = None if equipment is None else equipment.travel_document_reader
            if reader is None:
                raise SessionError(why="no_travel_document_reader")
            self._require_chip_to_come()
            self._chip_asked.set()
            self._chip_asked = threading.Event()
            self._change({"asked_chip": AskedChip.READING, "problem": None})
            reading = AskedReading(
                reader, lambda asked: reader.read(asked, access), done=self._chip_read, failed=self._chip_failed
            )
            self._workers.submit(Work.TRAVEL_DOCUMENT, reading.run, self._chip_asked)
        self._announcer.changed()

    def stop_travel_document(self) -> None:
        """See ``Station``."""
        with self._lock:
            self._customer_of_cards()
            self._stop_chip()
        self._announcer.changed()

    def _require_chip_to_come(self) -> None:
        customer = self._known_customer()
        if customer.has_chip or customer.number is not None or not self._session.accepts(SessionEvent.CARD_READ):
            raise SessionError(state=self._session.state.value, event=SessionEvent.CARD_READ.value)

    def _chip_read(self, asked: threading.Event, document: TravelDocument, read_ms: float) -> None:
        with self._lock:
            if asked is not self._chip_asked or asked.is_set() or not self._session.accepts(SessionEvent.CARD_READ):
                return
            asked.set()
            self._post(
                self._session.transaction,
                SessionEvent.CARD_READ,
                travel_document=document,
                stated=None,
                asked_chip=AskedChip.NOT_ASKED,
                chip_shown=whole_portrait(document.portrait.pixels),
                took=("card_read", read_ms),
            )

    def _chip_failed(self, asked: threading.Event, error: KnownError, goes_on: bool) -> None:
        with self._lock:
            if asked is not self._chip_asked or asked.is_set():
                return
            state = AskedChip.FAILED if goes_on else AskedChip.REFUSED
            told = _told("travel_document", error) if goes_on else sentence("travel_document", str(error.facts.get("why")))
            self._change({"asked_chip": state, "problem": told})
        self._announcer.changed()

    def _stop_chip(self) -> None:
        self._chip_asked.set()
        if self._customer is not None and self._customer.asked_chip is not AskedChip.NOT_ASKED:
            self._change({"asked_chip": AskedChip.NOT_ASKED, "problem": None})

    # ------------------------------------------------------------ the bank card

    def read_bank_card(self) -> None:
        """See ``Station``."""
        with self._lock:
            customer = self._customer_of_cards()
            equipment = self._counter.equipment
            reader = None if equipment is None else equipment.bank_card_reader
            if reader is None:
                raise SessionError(why="no_bank_card_reader")
            self._bank_card_asked.set()
            self._bank_card_asked = threading.Event()
            self._change({"bank_card": AskedBankCard(reading=True, card=customer.bank_card.card)})
            reading = AskedReading(reader, reader.read, done=self._bank_card_read, failed=self._bank_card_failed)
            self._workers.submit(Work.BANK_CARD, reading.run, self._bank_card_asked)
        self._announcer.changed()

    def stop_bank_card(self) -> None:
        """See ``Station``."""
        with self._lock:
            self._customer_of_cards()
            self._stop_bank_card()
        self._announcer.changed()

    def _bank_card_read(self, asked: threading.Event, card: BankCard, read_ms: float) -> None:
        self._bank_card_changed(asked, AskedBankCard(card=card), read_ms)

    def _bank_card_failed(self, asked: threading.Event, error: KnownError, goes_on: bool) -> None:
        self._bank_card_changed(asked, AskedBankCard(reading=goes_on, problem=_told("bank_card", error)), None)

    def _bank_card_changed(self, asked: threading.Event, changed: AskedBankCard, read_ms: float | None) -> None:
        with self._lock:
            if asked is not self._bank_card_asked or asked.is_set() or self._customer is None:
                return
            took = {} if read_ms is None else {"took": ("bank_card_read", read_ms)}
            self._change({"bank_card": changed, **took})
        self._announcer.changed()

    def _stop_bank_card(self) -> None:
        self._bank_card_asked.set()
        if self._customer is not None and self._customer.bank_card.reading:
            self._change({"bank_card": replace(self._customer.bank_card, reading=False, problem=None)})

    # ------------------------------------------------------------ both

    def _customer_of_cards(self) -> Customer:
        self._require_somebody()
        self._desk.touch(time.monotonic())
        if self._customer is None or self._session.state not in SCANNABLE:
            raise SessionError(state=self._session.state.value, event="read_card")
        return self._customer

    def _permit(self) -> None:
        super()._permit()
        if self._customer is None or self._session.state not in SCANNABLE:  # decided: nobody waits for a card any longer
            self._stop_bank_card()
            self._stop_chip()
        elif self._customer.has_chip or self._customer.number is not None:  # by another document meanwhile
            self._stop_chip()

    def _let_readers_go(self) -> None:
        """Ask no reader any more: they are closed for a while."""
        self._work.let_reader_go()
        with self._lock:
            self._stop_bank_card()
            self._stop_chip()


def _told(group: str, error: KnownError) -> Sentences:
    """Return why a card was not read; what every reader says of an ID card is said of this kind of card."""
    if isinstance(error, CardUnreadableError):
        return sentence(group, "unreadable")
    return sentence(group, "removed") if isinstance(error, CardRemovedError) else error_sentences(error)
