"""The entry module: which class drives which kind of device."""

from .reader import SamSerialReader

DEVICES = {"id_card_reader": SamSerialReader}
