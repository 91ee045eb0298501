"""What can be wrong with the stand-in reader."""

from __future__ import annotations

from enum import StrEnum


class SamFault(StrEnum):
    """One fault; several may be on at a time."""

    NOISE = "noise"  # bytes that mean nothing before and after each answer
    SPLIT = "split"  # answers arrive in pieces
    BAD_CHECKSUM = "bad_checksum"  # the card's answer has a wrong check byte
    SILENT = "silent"  # nothing is answered
    SLOW = "slow"  # each answer comes after 1.5 s
    SELF_TEST_FAILED = "self_test_failed"  # the module says that it is broken
    NOT_AUTHORISED = "not_authorised"  # the module says that it may not be used
    STALL = "stall"  # the card's answer stops in the middle
    CUT = "cut"  # the plug is pulled in the middle of the card's answer
    READ_FAILS = "read_fails"  # the card is found and cannot be read
    READ_FAILS_ONCE = "read_fails_once"  # it can be read after the module was reset
    THREE_LENGTHS = "three_lengths"  # the card's answer announces a fingerprint of 0 bytes
