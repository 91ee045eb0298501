"""PACE with the zone as password: elliptic curves, generic mapping (ICAO Doc 9303-11, 4.4).

Chip authentication mapping maps as the generic one does; what else it proves, that the chip is no copy, is not checked.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, replace

from teller_assist_sdk import DeviceProblem
from teller_assist_smartcard import OK, command
from teller_assist_tlv import TlvProblem, find_tlv, read_tlv, tlv

from .access import AccessItems, refused
from .bac import NotOfferedError, Transmitter
from .ciphers import FOR_CHECKSUM, FOR_ENCRYPTION, FOR_PACE, AesSuite, CipherSuite, TripleDesSuite
from .curves import Curve, CurveError, Point, standard_curves
from .secure_messaging import SecureMessaging

_PACE = bytes.fromhex("04007F0007020204")  # 0.4.0.127.0.7.2.2.4
_MAPPINGS = {1: "DH-GM", 2: "ECDH-GM", 3: "DH-IM", 4: "ECDH-IM", 6: "ECDH-CAM"}
_GENERIC = (2, 6)
_SUITES: dict[int, CipherSuite] = {1: TripleDesSuite(), 2: AesSuite(16), 3: AesSuite(24), 4: AesSuite(32)}
_VERSION = b"\x02"
_SET, _INFO, _OBJECT_IDENTIFIER, _INTEGER = 0x31, 0x30, 0x06, 0x02
_PASSWORD_IS_ZONE = b"\x01"
_CHAINED, _LAST = 0x10, 0x00
_DYNAMIC_DATA, _PUBLIC_KEY = 0x7C, 0x7F49
_NONCE, _MAPPING_KEY, _MAPPING_ANSWER, _KEY, _KEY_ANSWER, _TOKEN, _TOKEN_ANSWER = 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86
_NONCE_BYTES = 16
_AUTHENTICATION_FAILED = 0x6300


@dataclass(frozen=True)
class PaceOffer:
    """One way of PACE that a chip offers: its object identifier as encoded, and its curve's number.

    ``is_one_of_several``: the chip offers the protocol with other curves, too, and must be told which one is meant.
    """

    protocol: bytes
    parameter_id: int
    is_one_of_several: bool = False

    @property
    def suite(self) -> CipherSuite:
        """The cipher that the protocol names."""
        return _SUITES[self.protocol[-1]]

    @property
    def curve(self) -> Curve:
        """The curve that the number means."""
        return standard_curves()[self.parameter_id]


@dataclass(frozen=True)
class CardAccess:
    """What EF.CardAccess offers: ways that are known here, in the chip's order, and the names of others."""

    usable: tuple[PaceOffer, ...] = ()
    unknown: tuple[str, ...] = ()


def read_card_access(content: bytes | None) -> CardAccess:
    """Return what EF.CardAccess offers; nothing where it is absent or malformed: it is a way in, and proves nothing."""
    if content is None:
        return CardAccess()
    usable, unknown = [], []
    try:
        for outer in read_tlv(content):
            for info in outer.objects() if outer.tag == _SET else []:
                told = _offer(info.value) if info.tag == _INFO else None
                if isinstance(told, PaceOffer):
                    usable.append(told)
                elif told is not None:
                    unknown.append(told)
    except TlvProblem:
        return CardAccess()
    protocols = Counter(offer.protocol for offer in usable)
    told_apart = (replace(offer, is_one_of_several=protocols[offer.protocol] > 1) for offer in usable)
    return CardAccess(tuple(told_apart), tuple(unknown))


def _offer(info: bytes) -> PaceOffer | str | None:
    """Return what one SecurityInfo offers, its name where it is no way known here; None: it is not about PACE."""
    parts = read_tlv(info)
    integers = [part.value for part in parts[1:] if part.tag == _INTEGER]
    if not parts or parts[0].tag != _OBJECT_IDENTIFIER or len(parts[0].value) != len(_PACE) + 2 or not integers:
        return None
    protocol = parts[0].value
    if not protocol.startswith(_PACE):
        return None
    mapping, cipher = protocol[-2:]
    parameter_id = int.from_bytes(integers[1], "big") if len(integers) > 1 else -1
    known = mapping in _GENERIC and cipher in _SUITES and parameter_id in standard_curves() and integers[0] == _VERSION
    return PaceOffer(protocol, parameter_id) if known else f"{_MAPPINGS.get(mapping, mapping)} {cipher} {parameter_id}"


def open_by_pace(card: Transmitter, offer: PaceOffer, items: AccessItems) -> SecureMessaging:
    """Run the protocol and return the session.

    Raises
    ------
    NotOfferedError
        The chip does not want it so, whatever it offered.
    DeviceProblem
        access_refused: the items are not the document's; card_unreadable.
    """
    _select(card, offer)
    curve = offer.curve
    agreement = KeyAgreement(offer, items.digest, secrets.randbelow(curve.order - 1) + 1, secrets.randbelow(curve.order - 1) + 1)
    try:
        agreement.take_nonce(_authenticate(card, _CHAINED, b"", _NONCE))
        agreement.take_mapping_key(_authenticate(card, _CHAINED, tlv(_MAPPING_KEY, agreement.mapping_key), _MAPPING_ANSWER))
        agreement.take_key(_authenticate(card, _CHAINED, tlv(_KEY, agreement.key), _KEY_ANSWER))
        token = _authenticate(card, _LAST, tlv(_TOKEN, agreement.token), _TOKEN_ANSWER)
    except CurveError as problem:
        raise DeviceProblem("card_unreadable", f"PACE: {problem}") from None
    if token != agreement.token_of_chip:
        raise DeviceProblem("card_unreadable", "PACE: the chip's token")
    return agreement.session


class KeyAgreement:
    """One run from the reader's side with its private keys given (9303-11, appendix G.1); its steps go in the order of the names.

    Parameters
    ----------
    password
        SHA-1 of the zone's items.
    """

    def __init__(self, offer: PaceOffer, password: bytes, mapping_private: int, private: int) -> None:
        self._offer, self._curve, self._suite = offer, offer.curve, offer.suite
        self._password, self._mapping_private, self._private = password, mapping_private, private
        self._nonce = 0
        self._base: Point = self._curve.base
        self._chips_key: Point = self._curve.base
        self._secret = b""

    def take_nonce(self, encrypted: bytes) -> None:
        """Decrypt the chip's nonce with the password."""
        if len(encrypted) != _NONCE_BYTES:
            raise CurveError("nonce")
        plain = self._suite.decrypt(self._suite.key(self._password, FOR_PACE), encrypted, b"")
        self._nonce = int.from_bytes(plain, "big")

    @property
    def mapping_key(self) -> bytes:
        """The public key that maps the nonce."""
        return self._curve.encoded(self._curve.times(self._mapping_private, self._curve.base))

    def take_mapping_key(self, encoded: bytes) -> None:
        """Map the nonce to the base point that both go on with (appendix A.3.1)."""
        curve = self._curve
        shared = curve.times(self._mapping_private, curve.decoded(encoded))
        self._base = curve.sum(curve.times(self._nonce, curve.base), shared)

    @property
    def key(self) -> bytes:
        """The public key of the agreement."""
        return self._curve.encoded(self._curve.times(self._private, self._base))

    def take_key(self, encoded: bytes) -> None:
        """Agree on the secret; the chip's key must not be the reader's own."""
        if encoded == self.key:
            raise CurveError("the reader's own key")
        self._chips_key = self._curve.decoded(encoded)
        x, _ = self._curve.times(self._private, self._chips_key)
        self._secret = x.to_bytes(self._curve.coordinate_bytes, "big")

    @property
    def token(self) -> bytes:
        """What proves to the chip that the reader knows the password."""
        return self._token(self._curve.encoded(self._chips_key))

    @property
    def token_of_chip(self) -> bytes:
        """What the chip must prove it with."""
        return self._token(self.key)

    @property
    def session(self) -> SecureMessaging:
        """The session with the agreed keys; its counter begins at zero."""
        suite, secret = self._suite, self._secret
        return SecureMessaging(
            suite, suite.key(secret, FOR_ENCRYPTION), suite.key(secret, FOR_CHECKSUM), bytes(suite.block_bytes)
        )

    def _token(self, public_key: bytes) -> bytes:
        signed = tlv(_PUBLIC_KEY, tlv(_OBJECT_IDENTIFIER, self._offer.protocol) + tlv(0x86, public_key))
        return self._suite.token(self._suite.key(self._secret, FOR_CHECKSUM), signed)


def _select(card: Transmitter, offer: PaceOffer) -> None:
    """Name the protocol, the password and the curve."""
    told = tlv(0x80, offer.protocol) + tlv(0x83, _PASSWORD_IS_ZONE)
    if offer.is_one_of_several:
        told += tlv(0x84, bytes([offer.parameter_id]))
    _, status = card.transmit(command(0x00, 0x22, 0xC1, 0xA4, told))
    if status != OK:
        raise NotOfferedError


def _authenticate(card: Transmitter, cla: int, data: bytes, wanted: int) -> bytes:
    """Go one step (GENERAL AUTHENTICATE) and return what the chip answers."""
    answer, status = card.transmit(command(cla, 0x86, 0x00, 0x00, tlv(_DYNAMIC_DATA, data), 256))
    if status != OK:
        if status == _AUTHENTICATION_FAILED or status >> 4 == 0x63C:
            raise refused("pace", status)
        raise DeviceProblem("card_unreadable", f"PACE: status {status:04X}")
    try:
        value = find_tlv(read_tlv(answer), _DYNAMIC_DATA, wanted)
    except TlvProblem:
        value = None
    if value is None:
        raise DeviceProblem("card_unreadable", "PACE: the chip's answer")
    return value
