"""The entry module: which class drives which kind of device."""

from .camera import SimulatedCamera
from .reader import SimulatedReader
from .scanner import SimulatedScanner

DEVICES = {"camera": SimulatedCamera, "id_card_reader": SimulatedReader, "document_scanner": SimulatedScanner}
