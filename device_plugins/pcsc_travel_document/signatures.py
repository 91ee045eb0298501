"""Signatures over passports and certificates: RSA (PKCS #1 v1.5, PSS) and ECDSA (ICAO Doc 9303-12, 4.4)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from asn1crypto import algos, keys
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512,
}  # fmt: skip
_RSA_KEYS = ("rsa", "rsassa_pss")
_CURVES: tuple[type[ec.EllipticCurve], ...] = (
    ec.SECP192R1, ec.SECP224R1, ec.SECP256R1, ec.SECP384R1, ec.SECP521R1,
    ec.BrainpoolP256R1, ec.BrainpoolP384R1, ec.BrainpoolP512R1,
)  # fmt: skip
_BY_NAME = {str(curve().name).lower(): curve for curve in _CURVES}
_BY_ORDER = {curve().group_order: curve for curve in _CURVES}
_SHORTEST_RSA_BITS = 2048  # ICAO Doc 9303-12, 4.4.1


class UnknownSignatureError(Exception):
    """An algorithm or key that the standard does not know, or that is malformed."""


@dataclass(frozen=True)
class Algorithm:
    """How something was signed: "rsassa_pkcs1v15", "rsassa_pss" or "ecdsa"; the last two items are those of PSS."""

    name: str
    hash_name: str
    mask_hash_name: str = ""
    salt_bytes: int = 0


def algorithm_of(told: algos.SignedDigestAlgorithm, digest_name: str) -> Algorithm:
    """Return what an algorithm identifier says; ``digest_name`` is the hash where it names none.

    Raises
    ------
    UnknownSignatureError
        The algorithm is none of those; ValueError and the like where it is malformed.
    """
    name = told.signature_algo if told["algorithm"].native != "ecdsa" else "ecdsa"
    if name == "rsassa_pss":
        given = told["parameters"]
        mask = given["mask_gen_algorithm"]
        algorithm = Algorithm(
            name,
            str(given["hash_algorithm"]["algorithm"].native),
            str(mask["parameters"]["algorithm"].native),
            int(given["salt_length"].native),
        )
        _require(mask["algorithm"].native == "mgf1" and algorithm.mask_hash_name in HASHES and algorithm.salt_bytes >= 0)
    else:
        bare = told["algorithm"].native in ("rsassa_pkcs1v15", "ecdsa")
        algorithm = Algorithm(name, digest_name if bare else told.hash_algo)
    _require(algorithm.name in ("rsassa_pkcs1v15", "rsassa_pss", "ecdsa") and algorithm.hash_name in HASHES)
    return algorithm


def digest_of(hash_name: str, content: bytes) -> bytes:
    """Return the hash of something; ``hash_name`` is one of ``HASHES``."""
    return hashlib.new(hash_name, content, usedforsecurity=False).digest()


def holds(key: keys.PublicKeyInfo, algorithm: Algorithm, signature: bytes, signed: bytes) -> bool:
    """Return whether a signature was made with a key; a malformed key or one that does not fit the algorithm made none."""
    hash_algorithm = HASHES[algorithm.hash_name]()
    try:
        if algorithm.name == "ecdsa":
            _elliptic(key).verify(signature, signed, ec.ECDSA(hash_algorithm))
        else:
            _rsa(key).verify(signature, signed, _padding(algorithm), hash_algorithm)
    except (InvalidSignature, UnsupportedAlgorithm, UnknownSignatureError):
        return False
    # A malformed key raises the first three in asn1crypto and cryptography, numbers out of range the rest.
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return False
    return True


def _padding(algorithm: Algorithm) -> padding.AsymmetricPadding:
    if algorithm.name == "rsassa_pss":
        return padding.PSS(padding.MGF1(HASHES[algorithm.mask_hash_name]()), algorithm.salt_bytes)
    return padding.PKCS1v15()


def _rsa(key: keys.PublicKeyInfo) -> rsa.RSAPublicKey:
    _require(key["algorithm"]["algorithm"].native in _RSA_KEYS)
    told = key["public_key"].parsed
    modulus = int(told["modulus"].native)
    _require(modulus.bit_length() >= _SHORTEST_RSA_BITS)
    return rsa.RSAPublicNumbers(int(told["public_exponent"].native), modulus).public_key()


def _elliptic(key: keys.PublicKeyInfo) -> ec.EllipticCurvePublicKey:
    """Return the key on its curve.

    Curve parameters that are written out name one of the standard's curves by their order. That curve's own generator counts,
    never the one that came with them: whoever may choose it can make a signature for any key.
    """
    _require(key["algorithm"]["algorithm"].native == "ec")
    told = key["algorithm"]["parameters"]
    if told.name == "named":
        curve = _BY_NAME.get(str(told.chosen.native).lower())
    else:
        curve = _BY_ORDER.get(int(told.chosen["order"].native)) if told.name == "specified" else None
    if curve is None:
        raise UnknownSignatureError("curve")
    return ec.EllipticCurvePublicKey.from_encoded_point(curve(), bytes(key["public_key"]))


def _require(fits: bool) -> None:
    if not fits:
        raise UnknownSignatureError("signature algorithm")
