"""Messages of the WebSocket service: bare base64 is a picture, ``Begin<command><value>End<command>`` the answer to a command."""

from __future__ import annotations

import re
from dataclasses import dataclass

PICTURE = ""
LARGEST_MESSAGE_BYTES = 12_000_000
_BEGIN, _END = "Begin", "End"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,39}")
_JPEG_BASE64 = "/9j/"  # FF D8 FF
_DATA_URL = "data:image/"


@dataclass(frozen=True, repr=False)
class Message:
    """One message.

    Attributes
    ----------
    name
        The command that is answered; ``PICTURE``: a picture that nobody asked for.
    value
        The answer, or the picture's base64.
    """

    name: str
    value: str


def read_message(text: str | bytes) -> Message | None:
    """Read a message; None where it means nothing to us."""
    if not isinstance(text, str):
        return None
    if text.startswith((_JPEG_BASE64, _DATA_URL)):
        return Message(PICTURE, text)
    # Name and value run into each other; only the end tells where the name ends.
    value, end, name = text.rpartition(_END)
    if not end or _NAME.fullmatch(name) is None or not value.startswith(_BEGIN + name):
        return None
    return Message(name, value[len(_BEGIN) + len(name) :])


def says_yes(message: Message) -> bool:
    """Return whether a command was done; services write true or TRUE."""
    return message.value.strip().lower() == "true"
