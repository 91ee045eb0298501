"""The entry module: which class drives which kind of device."""

from .card_reader import ServiceCardReader
from .scanner import ServiceScanner

DEVICES = {"document_scanner": ServiceScanner, "id_card_reader": ServiceCardReader}
