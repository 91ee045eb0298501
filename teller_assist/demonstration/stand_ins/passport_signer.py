"""The made-up issuing state: its authority, its document signer, and the security objects that they make (ICAO Doc 9303-10, -12).

Keys are made anew for each run and never kept: nothing that they sign is a document of any state.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from teller_assist.demonstration.stand_ins.data_objects import data_object

LDS_SECURITY_OBJECT = "2.23.136.1.1.1"
_BEGINS, _ENDS = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), datetime.datetime(2045, 1, 1, tzinfo=datetime.UTC)
_SIGNED_ON = datetime.datetime(2025, 12, 31, tzinfo=datetime.UTC)

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Sign = Callable[[bytes], bytes]


class _DataGroupHash(core.Sequence):  # type: ignore[misc]
    _fields = [("number", core.Integer), ("digest", core.OctetString)]  # noqa: RUF012 (the library's form)


class _DataGroupHashes(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _DataGroupHash


class _LdsSecurityObject(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012
        ("version", core.Integer),
        ("hash_algorithm", algos.DigestAlgorithm),
        ("hashes", _DataGroupHashes),
    ]


@dataclass(frozen=True)
class Authority:
    """A country signing certificate authority."""

    key: PrivateKey
    certificate: x509.Certificate

    @property
    def encoded(self) -> bytes:
        """Its certificate as DER."""
        return self.certificate.public_bytes(Encoding.DER)

    @classmethod
    def made_up(cls, country: str = "UT", key: PrivateKey | None = None) -> Authority:
        """Return a new authority of a country, two letters; UT is Utopia's."""
        own = key or ec.generate_private_key(ec.SECP256R1())
        name = _name(country, "Specimen CSCA")
        return cls(own, _certificate(name, name, own.public_key(), own, is_authority=True))

    def signer_certificate(self, key: PrivateKey, country: str = "UT") -> x509.Certificate:
        """Return a document signer's certificate."""
        return _certificate(
            _name(country, "Specimen Document Signer"), self.certificate.subject, key.public_key(), self.key, is_authority=False
        )


def sign_with(key: ec.EllipticCurvePrivateKey) -> Sign:
    """Return what signs with an elliptic key and SHA-256."""
    return lambda content: key.sign(content, ec.ECDSA(hashes.SHA256()))


def security_object(
    data_groups: Mapping[int, bytes],
    certificate: bytes,
    sign: Sign,
    algorithm: Mapping[str, Any] | None = None,
    signing_time: datetime.datetime | None = _SIGNED_ON,
) -> bytes:
    """Return EF.SOD.

    Parameters
    ----------
    data_groups
        By number.
    certificate
        The signer's, DER.
    algorithm
        The signature's algorithm in the form of asn1crypto; ECDSA with SHA-256 where left out.
    """
    signed = _LdsSecurityObject({
        "version": 0,
        "hash_algorithm": {"algorithm": "sha256"},
        "hashes": [
            {"number": number, "digest": hashlib.sha256(content).digest()} for number, content in sorted(data_groups.items())
        ],
    }).dump()  # fmt: skip
    signer = asn1_x509.Certificate.load(certificate)
    attributes = [("content_type", LDS_SECURITY_OBJECT), ("message_digest", hashlib.sha256(signed).digest())]
    if signing_time is not None:
        attributes.append(("signing_time", cms.Time({"utc_time": signing_time})))
    told = cms.CMSAttributes([cms.CMSAttribute({"type": name, "values": [value]}) for name, value in attributes])
    return _wrapped(signed, signer, told, sign(told.dump()), algorithm or {"algorithm": "sha256_ecdsa"})


def _wrapped(
    signed: bytes, signer: asn1_x509.Certificate, told: cms.CMSAttributes, signature: bytes, algorithm: Mapping[str, Any]
) -> bytes:
    identifier = {"issuer": signer.issuer, "serial_number": signer.serial_number}
    info = {
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", cms.IssuerAndSerialNumber(identifier)),
        "digest_algorithm": {"algorithm": "sha256"},
        "signed_attrs": told,
        "signature_algorithm": dict(algorithm),
        "signature": signature,
    }
    content = cms.SignedData({
        "version": "v3",
        "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": LDS_SECURITY_OBJECT, "content": core.ParsableOctetString(signed)},
        "certificates": [signer],
        "signer_infos": [info],
    })  # fmt: skip
    return data_object(0x77, cms.ContentInfo({"content_type": "signed_data", "content": content}).dump())


def _name(country: str, common_name: str) -> x509.Name:
    return x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, country),
        x509.NameAttribute(NameOID.COMMON_NAME, common_name),
    ])  # fmt: skip


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: Any, issuers_key: PrivateKey, *, is_authority: bool
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(_BEGINS).not_valid_after(_ENDS)
    builder = builder.add_extension(x509.BasicConstraints(is_authority, 0 if is_authority else None), critical=True)
    return builder.add_extension(usage, critical=True).sign(issuers_key, hashes.SHA256())
