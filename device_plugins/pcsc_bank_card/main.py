"""The entry module: which class drives which kind of device."""

from .reader import PcscBankCardReader

DEVICES = {"bank_card_reader": PcscBankCardReader}
