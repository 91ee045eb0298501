"""Suite "guomi" 国密: SM2 (GB/T 32918), SM3 (GB/T 32905), SM4-GCM (GB/T 32907, RFC 8998).

What is sealed is self-describing:

    "TAG1" | length of the next field, 2 bytes big-endian | SM4 key, SM2-encrypted (SM2Cipher of GB/T 35276: C1 C3 C2 in DER)
    | nonce, 12 bytes | SM4-GCM ciphertext and its tag of 16 bytes; everything up to the nonce is associated data

SM2 is GmSSL's, SM3 and SM4 are those of OpenSSL in ``cryptography``.
"""

from __future__ import annotations

import secrets
from typing import Any

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from teller_assist.alerts.suites import guomi_examples as examples
from teller_assist.errors import EnvelopeError, ShapeError, SuiteError

try:
    import gmssl_pyx
except ImportError:  # probe() says so: whoever runs the other suite needs none of it
    gmssl_pyx: Any = None  # type: ignore[no-redef]

_MAGIC = b"TAG1"
_LENGTH_BYTES = 2
_NONCE_BYTES, _TAG_BYTES, _SM4_KEY_BYTES = 12, 16, 16
_PRIVATE_BYTES, _POINT_BYTES = 32, 64
_HALF_BYTES = 32  # of a signature, r and s
_UNCOMPRESSED = b"\x04"
_USER = (128).to_bytes(2, "big") + b"1234567812345678"  # the default user id and its length in bits
_CURVE = bytes.fromhex(  # a, b and the base point (GB/T 32918.5)
    "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc"
    "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93"
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"
)
_RECIPIENT, _IDENTITY = "sm2-", "SM2-SECRET-KEY-"


class Guomi:
    """See ``suite.Suite``.

    A public key is the uncompressed point, 65 bytes; a private one 32 bytes and the point without its first byte, 96 bytes.
    Signatures are r and s, 64 bytes, with the standard's default user id.
    """

    name = "guomi"
    request_algorithm = "sm2-sm3"
    field_key_bytes = _SM4_KEY_BYTES

    def probe(self) -> None:
        """See ``Suite``: the examples of the standards."""
        if gmssl_pyx is None:
            raise SuiteError("suite_not_available", suite=self.name, part="SM2")
        answers = {"SM3": self._knows_sm3, "SM4": self._knows_sm4, "SM2": self._knows_sm2}
        for part, knows in answers.items():
            try:
                right = knows()
            except (UnsupportedAlgorithm, EnvelopeError) as error:
                raise SuiteError("suite_not_available", suite=self.name, part=part) from error
            if not right:
                raise SuiteError("suite_not_available", suite=self.name, part=part)

    def hash(self, data: bytes) -> bytes:
        """See ``Suite``."""
        state = Hash(SM3())
        state.update(data)
        return state.finalize()

    def keyed_hash(self, key: bytes, data: bytes) -> bytes:
        """See ``Suite``."""
        state = HMAC(key, SM3())
        state.update(data)
        return state.finalize()

    def derived_key(self, key: bytes, purpose: bytes, length: int) -> bytes:
        """See ``Suite``."""
        return HKDF(SM3(), length, salt=None, info=purpose).derive(key)

    def new_signing_secret(self) -> bytes:
        """See ``Suite``."""
        point, private = gmssl_pyx.sm2_key_generate()
        return bytes(private + point)

    def verify_key(self, signing_secret: bytes) -> bytes:
        """See ``Suite``."""
        private, point = _halves(signing_secret)
        public = _UNCOMPRESSED + point
        try:
            signature = self._signed(private, point, _MAGIC)
        except gmssl_pyx.GmsslInnerError as error:
            raise ValueError("no private key of the curve") from error
        if not self.is_signed(_MAGIC, signature, public):
            raise ValueError("two halves of different keys")
        return public

    def sign(self, signing_secret: bytes, data: bytes) -> bytes:
        """See ``Suite``."""
        return self._signed(*_halves(signing_secret), data)

    def is_signed(self, data: bytes, signature: bytes, verify_key: bytes) -> bool:
        """See ``Suite``."""
        if len(signature) != 2 * _HALF_BYTES or not _is_point(verify_key):
            return False
        r, s = (int.from_bytes(half, "big") for half in (signature[:_HALF_BYTES], signature[_HALF_BYTES:]))
        try:
            return bool(gmssl_pyx.sm2_verify(verify_key[1:], data, encode_dss_signature(r, s)))
        except gmssl_pyx.GmsslInnerError:  # no point of the curve, or no numbers that a signature is made of
            return False

    def is_verify_key(self, verify_key: bytes) -> bool:
        """See ``Suite``: also that the point lies on the curve."""
        if not _is_point(verify_key):
            return False
        try:
            gmssl_pyx.sm2_encrypt(verify_key[1:], _MAGIC)
        except gmssl_pyx.GmsslInnerError:
            return False
        return True

    def new_identity(self) -> str:
        """See ``Suite``."""
        return _IDENTITY + self.new_signing_secret().hex().upper()

    def recipient(self, identity: str) -> str:
        """See ``Suite``."""
        return _RECIPIENT + self.verify_key(_identity_bytes(identity)).hex()

    def is_recipient(self, recipient: str) -> bool:
        """See ``Suite``."""
        return self.is_verify_key(_recipient_bytes(recipient))

    def seal(self, recipient: str, data: bytes) -> bytes:
        """See ``Suite``."""
        key, point = secrets.token_bytes(_SM4_KEY_BYTES), _recipient_bytes(recipient)
        try:
            wrapped = bytes(gmssl_pyx.sm2_encrypt(point[1:], key))
        except gmssl_pyx.GmsslInnerError as error:
            raise ShapeError(what="recipient", why="no_key") from error
        header = _MAGIC + len(wrapped).to_bytes(_LENGTH_BYTES, "big") + wrapped
        return header + self.encrypt_field(key, data, header)

    def open(self, identity: str, sealed: bytes) -> bytes:
        """See ``Suite``."""
        begin = len(_MAGIC) + _LENGTH_BYTES
        if not sealed.startswith(_MAGIC) or len(sealed) < begin:
            raise EnvelopeError("envelope_unreadable")
        end = begin + int.from_bytes(sealed[len(_MAGIC) : begin], "big")
        private, _ = _halves(_identity_bytes(identity))
        try:
            key = bytes(gmssl_pyx.sm2_decrypt(private, sealed[begin:end]))
        except gmssl_pyx.GmsslInnerError as error:
            raise EnvelopeError("envelope_unreadable") from error
        if len(key) != _SM4_KEY_BYTES:
            raise EnvelopeError("envelope_unreadable")
        return self.decrypt_field(key, sealed[end:], sealed[:end])

    def encrypt_field(self, key: bytes, clear: bytes, bound_to: bytes) -> bytes:
        """See ``Suite``: nonce, then ciphertext and tag."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        cipher.authenticate_additional_data(bound_to)
        return nonce + cipher.update(clear) + cipher.finalize() + cipher.tag

    def decrypt_field(self, key: bytes, kept: bytes, bound_to: bytes) -> bytes:
        """See ``Suite``."""
        if len(kept) < _NONCE_BYTES + _TAG_BYTES:
            raise EnvelopeError("envelope_unreadable")
        nonce, content, tag = kept[:_NONCE_BYTES], kept[_NONCE_BYTES:-_TAG_BYTES], kept[-_TAG_BYTES:]
        cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
        cipher.authenticate_additional_data(bound_to)
        try:
            return cipher.update(content) + cipher.finalize()
        except InvalidTag as error:
            raise EnvelopeError("envelope_unreadable") from error

    def signed_hash(self, point: bytes, data: bytes) -> bytes:
        """Return what a signature is over (GB/T 32918.2, 5.5 and 6.1): SM3 of Z and the data, Z being SM3 of user and curve."""
        return self.hash(self.hash(_USER + _CURVE + point) + data)

    def _signed(self, private: bytes, point: bytes, data: bytes) -> bytes:
        # Of the hash and not of the data: GmSSL prepares 32 signatures for every message that it is given whole.
        r, s = decode_dss_signature(gmssl_pyx.sm2_sign_sm3_digest(private, self.signed_hash(point, data)))
        return r.to_bytes(_HALF_BYTES, "big") + s.to_bytes(_HALF_BYTES, "big")

    def _knows_sm3(self) -> bool:
        return self.hash(examples.SM3_MESSAGE) == examples.SM3_HASH

    def _knows_sm4(self) -> bool:
        kept = examples.SM4_NONCE + examples.SM4_CIPHERTEXT + examples.SM4_TAG
        return self.decrypt_field(examples.SM4_KEY, kept, examples.SM4_ASSOCIATED) == examples.SM4_CLEAR

    def _knows_sm2(self) -> bool:
        if not self.is_signed(examples.SM2_MESSAGE, examples.SM2_SIGNATURE, _UNCOMPRESSED + examples.SM2_POINT):
            return False
        try:
            return bool(gmssl_pyx.sm2_decrypt(examples.SM2_PRIVATE, examples.SM2_CIPHER) == examples.SM2_CLEAR)
        except gmssl_pyx.GmsslInnerError:
            return False


def _halves(signing_secret: bytes) -> tuple[bytes, bytes]:
    if len(signing_secret) != _PRIVATE_BYTES + _POINT_BYTES:
        raise ValueError("no SM2 key")
    return signing_secret[:_PRIVATE_BYTES], signing_secret[_PRIVATE_BYTES:]


def _identity_bytes(identity: str) -> bytes:
    if not identity.startswith(_IDENTITY):
        raise ValueError("no SM2 identity")
    return bytes.fromhex(identity.removeprefix(_IDENTITY))


def _is_point(verify_key: bytes) -> bool:
    return len(verify_key) == 1 + _POINT_BYTES and verify_key.startswith(_UNCOMPRESSED)


def _recipient_bytes(recipient: str) -> bytes:
    """Return the public key in a recipient; none where it is something else, which no key is."""
    try:
        return bytes.fromhex(recipient.removeprefix(_RECIPIENT)) if recipient.startswith(_RECIPIENT) else b""
    except ValueError:
        return b""
