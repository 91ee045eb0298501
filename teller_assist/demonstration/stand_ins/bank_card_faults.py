"""What can be wrong with the stand-in bank card."""

from __future__ import annotations

from enum import StrEnum


class BankCardFault(StrEnum):
    """One fault; several may be on at a time."""

    PULLED = "pulled"  # it is pulled out in the middle of the read
    SILENT = "silent"  # it stops to answer in the middle of the read
    MUTE = "mute"  # it does not answer to reset
    NO_DIRECTORY = "no_directory"  # it has no payment system environment (6A82)
    NO_NUMBER = "no_number"  # its number stands in the stripe's image only
    WRONG_CHECK_DIGIT = "wrong_check_digit"  # the number's last digit does not fit
    ENDLESS = "endless"  # it always says that there is more to fetch
    GARBAGE = "garbage"  # its records are no data objects
    REFUSING = "refusing"  # it does not let itself be read (6985)
