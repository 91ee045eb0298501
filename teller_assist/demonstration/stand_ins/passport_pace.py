"""The stand-in chip's side of PACE: elliptic curve, generic mapping (ICAO Doc 9303-11, 4.4).

It was written apart from the plugin, and shares nothing with it: a mistake on one side shows as a chip that does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from teller_assist.demonstration.stand_ins.data_objects import data_object, data_objects
from teller_assist.demonstration.stand_ins.passport_session import FOR_CHECKSUM, FOR_PACE, ChipCipher, ChipSession, command_data

_PACE_ECDH_GM = bytes.fromhex("04007F000702020402")
_PACE_DH_IM = bytes.fromhex("04007F000702020403")
_GOOD, _WRONG, _FAILED = b"\x90\x00", b"\x6a\x80", b"\x63\x00"
_TOP_BIT_FIRST = "b"


@dataclass(frozen=True)
class ChipCurve:
    """A curve y² = x³ + ax + b over the field of p elements, its base point and order, and the number by which it is offered."""

    number: int
    p: int
    a: int
    base: tuple[int, int]
    order: int

    def times(self, factor: int, point: tuple[int, int]) -> tuple[int, int]:
        """Return a multiple of a point, by a ladder in projective coordinates (x, y, z)."""
        low, high = (0, 1, 0), (*point, 1)
        for bit in format(factor % self.order, _TOP_BIT_FIRST):
            total = self._add(low, high)
            low, high = (total, self._add(high, high)) if bit == "1" else (self._add(low, low), total)
        return self._plain(low)

    def sum(self, one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
        """Return the sum of two points."""
        return self._plain(self._add((*one, 1), (*other, 1)))

    def encoded(self, point: tuple[int, int]) -> bytes:
        """Return a point as bytes."""
        length = (self.p.bit_length() + 7) // 8
        return b"\x04" + point[0].to_bytes(length, "big") + point[1].to_bytes(length, "big")

    def decoded(self, encoded: bytes) -> tuple[int, int]:
        """Return the point of bytes; ValueError where they are none."""
        length = (self.p.bit_length() + 7) // 8
        if len(encoded) != 1 + 2 * length:
            raise ValueError("point")
        return int.from_bytes(encoded[1 : 1 + length], "big"), int.from_bytes(encoded[1 + length :], "big")

    def _plain(self, point: tuple[int, int, int]) -> tuple[int, int]:
        inverse = pow(point[2], self.p - 2, self.p)
        return point[0] * inverse % self.p, point[1] * inverse % self.p

    def _add(self, one: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[int, int, int]:
        """Add in homogeneous coordinates; z = 0 is the point at infinity."""
        if one[2] == 0 or other[2] == 0:
            return other if one[2] == 0 else one
        p, (x1, y1, z1), (x2, y2, z2) = self.p, one, other
        u, v = (y2 * z1 - y1 * z2) % p, (x2 * z1 - x1 * z2) % p
        if v == 0:
            return self._double(one) if u == 0 else (0, 1, 0)
        vv = v * v % p
        vvv, r = v * vv % p, vv * x1 * z2 % p
        top = (u * u * z1 * z2 - vvv - 2 * r) % p
        return v * top % p, (u * (r - top) - vvv * y1 * z2) % p, vvv * z1 * z2 % p

    def _double(self, point: tuple[int, int, int]) -> tuple[int, int, int]:
        p, (x, y, z) = self.p, point
        if y == 0:
            return 0, 1, 0
        w, s = (self.a * z * z + 3 * x * x) % p, y * z % p
        b = x * y * s % p
        h = (w * w - 8 * b) % p
        return 2 * h * s % p, (w * (4 * b - h) - 8 * y * y * s * s) % p, 8 * s * s * s % p


# brainpoolP256r1 (RFC 5639, 3.4), offered as number 13.
BRAINPOOL_256 = ChipCurve(
    13,
    0xA9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377,
    0x7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9,
    (
        0x8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262,
        0x547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997,
    ),
    0xA9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7,
)


def card_access(cipher: int, curve: ChipCurve) -> bytes:
    """Return EF.CardAccess that offers the protocol."""
    return _offering(_PACE_ECDH_GM + bytes([cipher]), curve.number)


def unknown_card_access() -> bytes:
    """Return EF.CardAccess that offers integrated mapping over a finite field only."""
    return _offering(_PACE_DH_IM + b"\x02", 0)


class PaceChip:
    """One chip's runs of the protocol; each step is a GENERAL AUTHENTICATE.

    Parameters
    ----------
    information
        The zone's items with their check digits.
    """

    def __init__(self, information: bytes, cipher: int, curve: ChipCurve) -> None:
        self._password = hashlib.new("sha1", information, usedforsecurity=False).digest()
        self._cipher, self._curve = ChipCipher(cipher), curve
        self._protocol = _PACE_ECDH_GM + bytes([cipher])
        self.forget()

    def forget(self) -> None:
        """Begin anew with the next run."""
        self.session: ChipSession | None = None
        self._nonce, self._base, self._secret = 0, self._curve.base, b""
        self._own = self._theirs = self._curve.base

    def begin(self, command: bytes) -> bytes:
        """Answer MSE: Set AT."""
        told = data_objects(command_data(command)[0])
        self.forget()
        return _GOOD if told.get(0x80) == self._protocol and told.get(0x83) == b"\x01" else _WRONG

    def step(self, command: bytes) -> bytes:
        """Answer GENERAL AUTHENTICATE."""
        told = data_objects(data_objects(command_data(command)[0]).get(0x7C, b""))
        try:
            if 0x81 in told:
                return self._mapped(told[0x81])
            if 0x83 in told:
                return self._agreed(told[0x83])
            if 0x85 in told:
                return self._proved(told[0x85])
        except ValueError:
            return _WRONG
        return self._began()

    def _began(self) -> bytes:
        nonce = secrets.token_bytes(16)
        self._nonce = int.from_bytes(nonce, "big")
        key = self._cipher.key(self._password, FOR_PACE)
        return _answer(0x80, self._cipher.crypt(key, nonce, b""))

    def _mapped(self, encoded: bytes) -> bytes:
        curve, private = self._curve, self._private()
        shared = curve.times(private, curve.decoded(encoded))
        self._base = curve.sum(curve.times(self._nonce, curve.base), shared)
        return _answer(0x82, curve.encoded(curve.times(private, curve.base)))

    def _agreed(self, encoded: bytes) -> bytes:
        curve, private = self._curve, self._private()
        self._own, self._theirs = curve.times(private, self._base), curve.decoded(encoded)
        self._secret = curve.encoded(curve.times(private, self._theirs))[1:][: (curve.p.bit_length() + 7) // 8]
        return _answer(0x84, curve.encoded(self._own))

    def _proved(self, token: bytes) -> bytes:
        if not hmac.compare_digest(token, self._token(self._own)):
            return _FAILED
        self.session = ChipSession(self._cipher, self._secret, bytes(self._cipher.block))
        return _answer(0x86, self._token(self._theirs))

    def _token(self, point: tuple[int, int]) -> bytes:
        told = data_object(0x7F49, data_object(0x06, self._protocol) + data_object(0x86, self._curve.encoded(point)))
        key = self._cipher.key(self._secret, FOR_CHECKSUM)
        return self._cipher.checksum(key, told if self._cipher.block == 16 else self._cipher.padded(told))

    def _private(self) -> int:
        return secrets.randbelow(self._curve.order - 1) + 1


def _offering(protocol: bytes, number: int) -> bytes:
    parts = data_object(0x06, protocol) + data_object(0x02, b"\x02") + data_object(0x02, bytes([number]))
    return data_object(0x31, data_object(0x30, parts))


def _answer(tag: int, value: bytes) -> bytes:
    return data_object(0x7C, data_object(tag, value)) + _GOOD
