"""Basic Access Control: chip and reader prove to each other that they know the zone (ICAO Doc 9303-11, 4.3)."""

from __future__ import annotations

import secrets
from typing import Protocol

from teller_assist_sdk import DeviceProblem
from teller_assist_smartcard import OK, command

from .access import AccessItems, refused
from .ciphers import FOR_CHECKSUM, FOR_ENCRYPTION, TripleDesSuite, pad
from .secure_messaging import SecureMessaging

_NONCE_BYTES, _KEY_BYTES, _MAC_BYTES = 8, 16, 8
_SUITE = TripleDesSuite()
# Chips that want PACE instead: conditions not satisfied, command unknown ...; a wrong zone shows with the second command only.
NOT_OFFERED = (0x6982, 0x6985, 0x6A81, 0x6A86, 0x6D00, 0x6E00)
_DAMAGED = "BAC: the chip's answer"


class Transmitter(Protocol):
    """What carries commands to a chip."""

    def transmit(self, sent: bytes) -> tuple[bytes, int]:
        """Return data and status word."""


class NotOfferedError(Exception):
    """The chip does not open by this protocol at all."""


def open_by_bac(card: Transmitter, items: AccessItems) -> SecureMessaging:
    """Open the chip's application, which is selected, and return the session.

    Raises
    ------
    NotOfferedError
        The chip does not know the protocol.
    DeviceProblem
        access_refused: the items are not the document's; card_unreadable.
    """
    challenge, status = card.transmit(command(0x00, 0x84, 0x00, 0x00, le=_NONCE_BYTES))
    if status in NOT_OFFERED:
        raise NotOfferedError
    if status != OK or len(challenge) != _NONCE_BYTES:
        raise DeviceProblem("card_unreadable", f"BAC: challenge, status {status:04X}")
    asked = MutualAuthentication(items.key_seed, challenge, secrets.token_bytes(_NONCE_BYTES), secrets.token_bytes(_KEY_BYTES))
    answer, status = card.transmit(command(0x00, 0x82, 0x00, 0x00, asked.command_data(), le=40))
    if status != OK:
        raise refused("bac", status)
    return asked.session(answer)


class MutualAuthentication:
    """One run of the protocol from the reader's side, with its random numbers given (9303-11, appendix D.3)."""

    def __init__(self, key_seed: bytes, challenge: bytes, nonce: bytes, key: bytes) -> None:
        self._encryption_key = _SUITE.key(key_seed, FOR_ENCRYPTION)
        self._mac_key = _SUITE.key(key_seed, FOR_CHECKSUM)
        self._challenge, self._nonce, self._key = challenge, nonce, key

    def command_data(self) -> bytes:
        """Return what EXTERNAL AUTHENTICATE carries: cryptogram and checksum."""
        cryptogram = _SUITE.encrypt(self._encryption_key, self._nonce + self._challenge + self._key)
        return cryptogram + _SUITE.mac(self._mac_key, pad(cryptogram, _SUITE.block_bytes))

    def session(self, answer: bytes) -> SecureMessaging:
        """Return the session that the chip's answer opens; DeviceProblem card_unreadable where it is not a fitting one."""
        cryptogram, checksum = answer[:-_MAC_BYTES], answer[-_MAC_BYTES:]
        if len(cryptogram) != 2 * _NONCE_BYTES + _KEY_BYTES:
            raise DeviceProblem("card_unreadable", _DAMAGED)
        if checksum != _SUITE.mac(self._mac_key, pad(cryptogram, _SUITE.block_bytes)):
            raise DeviceProblem("card_unreadable", _DAMAGED)
        plain = _SUITE.decrypt(self._encryption_key, cryptogram)
        if plain[:16] != self._challenge + self._nonce:
            raise DeviceProblem("card_unreadable", _DAMAGED)
        seed = bytes(one ^ other for one, other in zip(self._key, plain[16:], strict=True))
        counter = self._challenge[-4:] + self._nonce[-4:]
        return SecureMessaging(_SUITE, _SUITE.key(seed, FOR_ENCRYPTION), _SUITE.key(seed, FOR_CHECKSUM), counter)
