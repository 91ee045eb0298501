"""The entry module: which class drives which kind of device."""

from .reader import VendorReader

DEVICES = {"id_card_reader": VendorReader}
