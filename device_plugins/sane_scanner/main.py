"""The entry module: which class drives which kind of device."""

from .scanner import SaneScanner

DEVICES = {"document_scanner": SaneScanner}
