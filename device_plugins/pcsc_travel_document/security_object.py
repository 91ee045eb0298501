"""EF.SOD: what the issuing state signed (ICAO Doc 9303-10, 4.7.11; CMS, RFC 5652)."""

from __future__ import annotations

import datetime
import hmac
from dataclasses import dataclass

from asn1crypto import algos, cms, core, keys, x509
from teller_assist_tlv import TlvProblem, find_tlv, read_tlv

from .signatures import HASHES, Algorithm, UnknownSignatureError, algorithm_of, digest_of, holds

_SOD = 0x77
_LDS_SECURITY_OBJECT = "2.23.136.1.1.1"
_MOST_DATA_GROUPS = 16


class SecurityObjectError(Exception):
    """The bytes are no security object as the standard wants it; the text says what is not and quotes nothing."""


class _DataGroupHash(core.Sequence):  # type: ignore[misc]
    _fields = [("number", core.Integer), ("digest", core.OctetString)]  # noqa: RUF012 (the library's form)


class _DataGroupHashes(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _DataGroupHash


class _VersionInfo(core.Sequence):  # type: ignore[misc]
    _fields = [("lds_version", core.PrintableString), ("unicode_version", core.PrintableString)]  # noqa: RUF012


class _LdsSecurityObject(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012
        ("version", core.Integer),
        ("hash_algorithm", algos.DigestAlgorithm),
        ("hashes", _DataGroupHashes),
        ("version_info", _VersionInfo, {"optional": True}),
    ]


@dataclass(frozen=True)
class SecurityObject:
    """A security object that was parsed; nothing in it is checked yet.

    Attributes
    ----------
    hashes
        What the data groups must hash to, by number.
    signed_attributes
        As they are signed: the bytes of a SET.
    signing_time
        Where the signer tells it.
    """

    hash_name: str
    hashes: dict[int, bytes]
    content: bytes
    content_digest: bytes
    content_digest_name: str
    signed_attributes: bytes
    algorithm: Algorithm
    signature: bytes
    signer: x509.Certificate
    signers_key: keys.PublicKeyInfo
    signing_time: datetime.datetime | None

    def has_data_group(self, number: int, content: bytes) -> bool:
        """Return whether a data group is the one that was signed."""
        wanted = self.hashes.get(number)
        return wanted is not None and hmac.compare_digest(wanted, digest_of(self.hash_name, content))

    def is_signed(self) -> bool:
        """Return whether the signature holds with the key of the certificate that came with it."""
        if not hmac.compare_digest(self.content_digest, digest_of(self.content_digest_name, self.content)):
            return False
        return holds(self.signers_key, self.algorithm, self.signature, self.signed_attributes)


def read_security_object(content: bytes) -> SecurityObject:
    """Parse EF.SOD.

    Raises
    ------
    SecurityObjectError
        It is malformed, or of a form that the standard does not know.
    """
    try:
        wrapped = find_tlv(read_tlv(content), _SOD)
        if wrapped is None:
            raise SecurityObjectError("tag 77")
        return _parsed(wrapped)
    except UnknownSignatureError as problem:
        raise SecurityObjectError(str(problem)) from None
    # The library raises these for what is not DER; OverflowError and KeyError come from numbers and names out of its range.
    except (TlvProblem, ValueError, TypeError, AttributeError, IndexError, KeyError, OverflowError, RecursionError):
        raise SecurityObjectError("malformed") from None


def _parsed(encoded: bytes) -> SecurityObject:
    outer = cms.ContentInfo.load(encoded)
    _require(outer["content_type"].native == "signed_data", "content type")
    signed = outer["content"]
    inner = signed["encap_content_info"]
    _require(inner["content_type"].dotted == _LDS_SECURITY_OBJECT, "signed content type")
    content = bytes(inner["content"])
    told = _LdsSecurityObject.load(content, strict=True)
    hashes = {entry["number"].native: entry["digest"].native for entry in told["hashes"]}
    _require(0 < len(hashes) == len(told["hashes"]) <= _MOST_DATA_GROUPS, "data group hashes")
    _require(len(signed["signer_infos"]) >= 1, "signer")
    signer = signed["signer_infos"][0]
    digest_name = _hash_name(signer["digest_algorithm"])
    certificate = _certificate(signed["certificates"], signer["sid"])
    content_digest, signing_time = _attributes(signer["signed_attrs"])
    return SecurityObject(
        hash_name=_hash_name(told["hash_algorithm"]),
        hashes=hashes,
        content=content,
        content_digest=content_digest,
        content_digest_name=digest_name,
        signed_attributes=b"\x31" + signer["signed_attrs"].dump()[1:],
        algorithm=algorithm_of(signer["signature_algorithm"], digest_name),
        signature=signer["signature"].native,
        signer=certificate,
        signers_key=certificate.public_key,  # asked for here: a part is parsed, and found malformed, when it is first asked for
        signing_time=signing_time,
    )


def _attributes(attributes: cms.CMSAttributes) -> tuple[bytes, datetime.datetime | None]:
    """Return the digest of the content, and when it was signed; the content type is told with them (RFC 5652, 5.3)."""
    found = {one["type"].native: one["values"] for one in attributes}
    _require(all(len(found.get(name, ())) == 1 for name in ("content_type", "message_digest")), "signed attributes")
    _require(found["content_type"][0].dotted == _LDS_SECURITY_OBJECT, "signed attributes")
    times = found.get("signing_time", ())
    return found["message_digest"][0].native, times[0].native if len(times) == 1 else None


def _certificate(certificates: cms.CertificateSet, signer: cms.SignerIdentifier) -> x509.Certificate:
    """Return the certificate that the signer names."""
    for choice in certificates:
        if choice.name != "certificate":
            continue
        certificate = choice.chosen
        if signer.name == "subject_key_identifier":
            if certificate.key_identifier == signer.chosen.native:
                return certificate
        elif (certificate.issuer, certificate.serial_number) == (
            signer.chosen["issuer"],
            signer.chosen["serial_number"].native,
        ):
            return certificate
    raise SecurityObjectError("no certificate of the signer")


def _hash_name(algorithm: algos.DigestAlgorithm) -> str:
    name = str(algorithm["algorithm"].native)
    _require(name in HASHES, "hash algorithm")
    return name


def _require(fits: bool, what: str) -> None:
    if not fits:
        raise SecurityObjectError(what)
