"""What can be wrong with a stand-in scanner's service."""

from __future__ import annotations

from enum import StrEnum


class ScannerFault(StrEnum):
    """One fault."""

    NONE = "none"
    SERVICE_GONE = "service_gone"  # it ends: its port is closed, every connection is cut
    LENS_UNPLUGGED = "lens_unplugged"  # the service says that there is no lens; pictures end
    STALLED_STREAM = "stalled_stream"  # the connection stays, no pictures come any more
    CUT = "cut"  # the connection ends in the middle of a picture
    SLOW = "slow"  # each answer comes after 1.5 s, two pictures a second
    BUSY = "busy"  # the lens does not open
    SILENT = "silent"  # connections are taken and nothing is answered
    STILL_UNANSWERED = "still_unanswered"  # pictures come, the still never
    REFUSED = "refused"  # status 503
    REDIRECT = "redirect"  # it sends whoever asks to another machine
    BAD_BASE64 = "bad_base64"  # the still is no base64
    NOT_A_JPEG = "not_a_jpeg"  # the still is something else
    WRONG_JSON = "wrong_json"  # answers are no JSON
    WRONG_MESSAGES = "wrong_messages"  # messages that mean nothing between the pictures
    HUGE_ANSWER = "huge_answer"  # the still's answer has 20 MB
    CARD_ABSENT = "card_absent"  # no card lies on the reader
    CARD_UNKNOWN = "card_unknown"  # the card's sex and dates are in forms that nobody knows


_EVERYWHERE = (
    ScannerFault.NONE, ScannerFault.SERVICE_GONE, ScannerFault.STALLED_STREAM, ScannerFault.CUT, ScannerFault.SLOW,
    ScannerFault.BUSY, ScannerFault.SILENT, ScannerFault.STILL_UNANSWERED, ScannerFault.REFUSED, ScannerFault.REDIRECT,
    ScannerFault.BAD_BASE64, ScannerFault.NOT_A_JPEG, ScannerFault.HUGE_ANSWER,
)  # fmt: skip
HTTP_FAULTS = (
    *_EVERYWHERE, ScannerFault.LENS_UNPLUGGED, ScannerFault.WRONG_JSON, ScannerFault.CARD_ABSENT, ScannerFault.CARD_UNKNOWN,
)  # fmt: skip
WEBSOCKET_FAULTS = (*_EVERYWHERE, ScannerFault.WRONG_MESSAGES)
