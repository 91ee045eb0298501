"""The certificates of issuing states that the bank keeps, and whether a document signer's comes from one of them.

ICAO Doc 9303-12: a country signing certificate authority (CSCA) signs the certificates of document signers.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import pem, x509

from .signatures import UnknownSignatureError, algorithm_of, holds
from .states import countries_of

_LARGEST_FILE_BYTES = 100_000
_MOST_FILES = 2000
_SUFFIXES = {".der", ".cer", ".crt", ".pem"}
# What asn1crypto raises for what is no certificate; it parses a part when the part is first asked for.
_MALFORMED = (UnknownSignatureError, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)


@dataclass(frozen=True)
class Issuers:
    """Certificates by country, two capital letters; ``refused`` are the names of files that are no such certificate."""

    by_country: dict[str, tuple[x509.Certificate, ...]]
    refused: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many certificates there are."""
        return sum(map(len, self.by_country.values()))

    def check(self, signer: x509.Certificate, issuing_state: str, signed_on: datetime.datetime | None) -> str:
        """Return "passed", "failed", or "not_checked" where no certificate of that state is kept.

        Parameters
        ----------
        issuing_state
            As the document's zone has it: a signer of another state's is none for this document.
        signed_on
            When the document was signed, where that is told; else the signer's first day counts.
        """
        kept = [one for country in countries_of(issuing_state) for one in self.by_country.get(country, ())]
        if not kept:
            return "not_checked"
        try:
            return "passed" if any(_issued(issuer, signer, signed_on) for issuer in kept) else "failed"
        except _MALFORMED:
            return "failed"


def read_issuers(folder: str) -> Issuers:
    """Read the folder of certificates, DER or PEM; "": there is none.

    Raises
    ------
    OSError
        The folder cannot be read.
    """
    by_country: dict[str, list[x509.Certificate]] = {}
    refused = []
    for path in _files(folder):
        try:
            certificates = [_authority(encoded) for encoded in _encoded(path.read_bytes())]
        except (OSError, *_MALFORMED):
            certificates = []
        if not certificates:
            refused.append(path.name)
        for country, certificate in certificates:
            by_country.setdefault(country, []).append(certificate)
    return Issuers({country: tuple(found) for country, found in by_country.items()}, tuple(refused))


def _files(folder: str) -> list[Path]:
    if not folder:
        return []
    return [path for path in sorted(Path(folder).iterdir()) if path.suffix.lower() in _SUFFIXES and path.is_file()][:_MOST_FILES]


def _encoded(content: bytes) -> Iterator[bytes]:
    if len(content) > _LARGEST_FILE_BYTES:
        raise ValueError("too large")
    if not pem.detect(content):
        yield content
        return
    for name, _, encoded in pem.unarmor(content, multiple=True):
        if name == "CERTIFICATE":
            yield encoded


def _authority(encoded: bytes) -> tuple[str, x509.Certificate]:
    """Return the country and the certificate, which must be one of an authority."""
    certificate = x509.Certificate.load(encoded, strict=True)
    if not certificate.ca:
        raise ValueError("not an authority's")
    country = str(certificate.subject.native["country_name"]).upper()
    certificate.public_key.dump()
    return country, certificate


def _issued(issuer: x509.Certificate, signer: x509.Certificate, signed_on: datetime.datetime | None) -> bool:
    """Return whether one certificate was signed with the other's key while that was valid, and was itself valid in time."""
    begins = signer.not_valid_before
    used = begins if signed_on is None else signed_on
    if not (issuer.not_valid_before <= begins <= issuer.not_valid_after and begins <= used <= signer.not_valid_after):
        return False
    usage = signer.key_usage_value
    if signer.ca or (usage is not None and "digital_signature" not in usage.native):
        return False
    algorithm = algorithm_of(signer["signature_algorithm"], "")
    return holds(issuer.public_key, algorithm, bytes(signer["signature_value"]), signer["tbs_certificate"].dump())
