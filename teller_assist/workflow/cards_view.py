"""From the session to the cards that the teller has read, as the window shows them."""

from __future__ import annotations

import datetime

from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.evidence.issuing_banks import IssuingBanks
from teller_assist.wording import Sentences, error_sentences, sentence
from teller_assist.workflow.asked_cards import AskedChip
from teller_assist.workflow.counter_session import SCANNABLE, TABLE, SessionEvent
from teller_assist.workflow.customer import Customer
from teller_assist.workflow.scene import Scene
from teller_assist.workflow.view_cards import BankCardView, TravelDocumentView


def travel_document_view(scene: Scene, customer: Customer) -> TravelDocumentView:
    """Return how the chip of a passport or travel permit can be read, and how that stands."""
    why_not = _why_no_reader(scene, DeviceKind.TRAVEL_DOCUMENT_READER)
    to_come = not customer.has_chip and customer.number is None and (scene.state, SessionEvent.CARD_READ) in TABLE
    told = sentence("travel_document", "reading") if customer.asked_chip is AskedChip.READING else customer.problem
    return TravelDocumentView(
        may_read=to_come and why_not is None,
        why_not=why_not,
        state=customer.asked_chip,
        told=None if customer.asked_chip is AskedChip.NOT_ASKED else told,
    )


def bank_card_view(scene: Scene, customer: Customer, banks: IssuingBanks | None) -> BankCardView | None:
    """Return the customer's bank card; None where this counter has no reader of them.

    Parameters
    ----------
    banks
        None: who issued a card is not told.
    """
    equipment = scene.equipment
    kind = DeviceKind.BANK_CARD_READER
    if equipment is None or (equipment.bank_card_reader is None and kind not in equipment.absent):
        return None
    asked, why_not = customer.bank_card, _why_no_reader(scene, kind)
    card = asked.card
    number = "" if card is None else card.number.reveal().shown
    issuer = None if card is None or banks is None else banks.issuer_of(card.number.reveal())
    valid_until = None if card is None else card.valid_until
    expired = valid_until is not None and valid_until < datetime.datetime.now().astimezone().date()
    told = asked.problem or (sentence("bank_card", "reading") if asked.reading else None)
    return BankCardView(
        may_read=why_not is None and scene.state in SCANNABLE,
        reading=asked.reading,
        masked_number=number,
        bank="" if issuer is None else issuer.bank,
        valid_until=valid_until,
        failed=asked.problem is not None,
        expired=expired,
        told=told or why_not or (sentence("bank_card", "expired") if expired else None),
    )


def _why_no_reader(scene: Scene, kind: DeviceKind) -> Sentences | None:
    """Return why a reader cannot be asked; None where it can, be it that it still starts."""
    equipment = scene.equipment
    if equipment is None:
        return sentence("travel_document", "counter_opens")
    device = equipment.devices().get(kind)
    if device is None:
        return equipment.absent.get(kind) or sentence("travel_document", "no_reader")
    if scene.device_states.get(kind) is DeviceState.OUT_OF_ORDER:
        return sentence("travel_document", "out_of_order") if device.problem is None else error_sentences(device.problem)
    return None
