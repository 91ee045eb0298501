"""The entry module: which class drives which kind of device."""

from .bank_card import SimulatedBankCardReader
from .camera import SimulatedCamera
from .reader import SimulatedReader
from .scanner import SimulatedScanner
from .travel_document import SimulatedTravelDocumentReader

DEVICES = {
    "camera": SimulatedCamera,
    "id_card_reader": SimulatedReader,
    "document_scanner": SimulatedScanner,
    "travel_document_reader": SimulatedTravelDocumentReader,
    "bank_card_reader": SimulatedBankCardReader,
}
