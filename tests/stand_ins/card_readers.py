"""Readers of travel documents and bank cards without processes; persons and issuers are made up."""

from __future__ import annotations

import datetime
import threading
from dataclasses import replace
from typing import Any

from teller_assist.errors import CardUnreadableError, KnownError
from teller_assist.evidence.bank_card import BankCard, CardInterface, CardNumber
from teller_assist.evidence.id_number import Sex
from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.travel_document import AccessProtocol, CheckState, ChipAccess, PassiveAuthentication, TravelDocument
from teller_assist.settings.personal import Personal

DOCUMENT_NUMBER = "XA0000012"
CARD_NUMBER = "9900000000000010"
BORN, VALID_UNTIL = datetime.date(1988, 3, 14), datetime.date(2033, 5, 1)
ACCESS = ChipAccess(Personal(DOCUMENT_NUMBER), Personal(BORN), Personal(VALID_UNTIL))
PASSED, FAILED, NOT_CHECKED = CheckState.PASSED, CheckState.FAILED, CheckState.NOT_CHECKED
USUAL_CHECKS = PassiveAuthentication(PASSED, PASSED, NOT_CHECKED)


def made_up_passport(portrait: Picture, **changed: Any) -> TravelDocument:
    """Return a passport of nobody's state."""
    made = TravelDocument(
        document_type="P",
        issuing_state="UTO",
        nationality="UTO",
        number=Personal(DOCUMENT_NUMBER),
        primary_identifier=Personal("SAMPLE"),
        secondary_identifier=Personal("MARTA"),
        sex=Sex.FEMALE,
        birth_date=Personal(BORN),
        valid_until=VALID_UNTIL,
        optional_data=Personal("OPTIONAL777"),
        portrait=portrait,
        authentication=USUAL_CHECKS,
        access_by=AccessProtocol.BAC,
    )
    return replace(made, **changed)


def made_up_bank_card(**changed: Any) -> BankCard:
    """Return a card of an issuer that does not exist."""
    made = BankCard(
        number=Personal(CardNumber(CARD_NUMBER)),
        valid_until=datetime.date(2030, 11, 30),
        holder_name=Personal("SAMPLE/MARTA"),
        sequence_number="01",
        application="A000000333010101",
        interface=CardInterface.CONTACT,
    )
    return replace(made, **changed)


class _ToldCards:
    """Finds a card once one is laid down."""

    plugin_id = "told"
    problem: KnownError | None = None

    def __init__(self) -> None:
        self._laid_down = threading.Event()
        self._card: Any = None
        self.reads = 0
        self.closed = False

    def lay_down(self, card: Any) -> None:
        self._card = card
        self._laid_down.set()

    def wait_for_card(self, cancel: threading.Event) -> None:
        while not cancel.is_set() and not self._laid_down.wait(0.01):
            pass

    def close(self) -> None:
        self.closed = True

    def _read(self) -> Any:
        self.reads += 1
        if isinstance(self._card, KnownError):
            raise self._card
        return self._card


class ToldTravelDocumentReader(_ToldCards):
    """Opens a document with its own number and dates only."""

    def read(self, cancel: threading.Event, access: ChipAccess) -> TravelDocument:
        document: TravelDocument = self._read()
        if access.number.reveal() != document.number.reveal():
            raise CardUnreadableError(why="access_refused", device="travel_document_reader")
        assert not cancel.is_set()
        return document


class ToldBankCardReader(_ToldCards):
    """Reads whatever stands in it."""

    def read(self, cancel: threading.Event) -> BankCard:
        card: BankCard = self._read()
        assert not cancel.is_set()
        return card
