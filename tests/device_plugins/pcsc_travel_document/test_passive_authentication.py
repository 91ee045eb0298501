"""Passive authentication: whatever was changed, or signed by somebody else, fails, and only that."""

from __future__ import annotations

import datetime
import hashlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from device_plugins.pcsc_travel_document.curves import standard_curves
from device_plugins.pcsc_travel_document.issuers import Issuers, read_issuers
from device_plugins.pcsc_travel_document.passive_authentication import checks_of
from device_plugins.pcsc_travel_document.security_object import SecurityObjectError, read_security_object
from device_plugins.pcsc_travel_document.states import countries_of
from teller_assist.demonstration.stand_ins.passport_signer import Authority, security_object, sign_with

SEED, FUZZED_BUFFERS, PARTS = 20261201, 200_000, 4
GROUPS = {1: b"zone", 2: b"portrait"}
NO_ISSUERS = Issuers({})
PASSED = {"data_groups": "passed", "signature": "passed", "issuer": "passed"}


class State:
    """An issuing state whose keys are made once for all tests."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.authority = Authority.made_up()
        self.certificate = self.authority.signer_certificate(self.key).public_bytes(Encoding.DER)
        self.sod = security_object(GROUPS, self.certificate, sign_with(self.key))


@pytest.fixture(scope="module")
def state() -> State:
    return State()


@pytest.fixture
def issuers(state: State, tmp_path: Path) -> Issuers:
    return kept(tmp_path, ut=state.authority.encoded)


def kept(folder: Path, **files: bytes) -> Issuers:
    for name, content in files.items():
        (folder / f"{name}.der").write_bytes(content)
    return read_issuers(str(folder))


def test_a_whole_document_passes_all_three(state: State, issuers: Issuers) -> None:
    assert checks_of(state.sod, GROUPS, "UTO", issuers) == PASSED


def test_without_the_banks_folder_the_issuer_is_not_checked(state: State) -> None:
    assert checks_of(state.sod, GROUPS, "UTO", NO_ISSUERS) == PASSED | {"issuer": "not_checked"}


@pytest.mark.parametrize("groups", [{1: b"zone", 2: b"other"}, {1: b"other", 2: b"portrait"}, {1: b"zone", 3: b"portrait"}])
def test_a_data_group_that_is_not_the_signed_one_fails(state: State, issuers: Issuers, groups: dict[int, bytes]) -> None:
    assert checks_of(state.sod, groups, "UTO", issuers) == PASSED | {"data_groups": "failed"}


def test_hashes_that_were_changed_fail_the_signature(state: State, issuers: Issuers) -> None:
    forged = state.sod.replace(hashlib.sha256(b"portrait").digest(), hashlib.sha256(b"another").digest())
    assert checks_of(forged, {1: b"zone", 2: b"another"}, "UTO", issuers) == PASSED | {"signature": "failed"}


def test_a_signature_that_was_changed_fails(state: State, issuers: Issuers) -> None:
    forged = state.sod[:-5] + bytes([state.sod[-5] ^ 1]) + state.sod[-4:]
    assert checks_of(forged, GROUPS, "UTO", issuers) == PASSED | {"signature": "failed"}


def test_somebody_elses_signer_fails_the_issuer(state: State, issuers: Issuers) -> None:
    foreign = Authority.made_up().signer_certificate(state.key).public_bytes(Encoding.DER)
    sod = security_object(GROUPS, foreign, sign_with(state.key))
    assert checks_of(sod, GROUPS, "UTO", issuers) == PASSED | {"issuer": "failed"}


def test_a_signer_of_another_state_is_none_for_this_document(state: State, tmp_path: Path) -> None:
    other = Authority.made_up("DE")
    both = kept(tmp_path, ut=state.authority.encoded, de=other.encoded)
    sod = security_object(GROUPS, other.signer_certificate(state.key, "DE").public_bytes(Encoding.DER), sign_with(state.key))
    assert checks_of(sod, GROUPS, "UTO", both)["issuer"] == "failed"
    assert checks_of(sod, GROUPS, "D", both)["issuer"] == "passed"
    assert checks_of(sod, GROUPS, "FRA", both)["issuer"] == "not_checked"


def test_an_authority_signs_no_document_itself(state: State, issuers: Issuers) -> None:
    assert isinstance(state.authority.key, ec.EllipticCurvePrivateKey)
    sod = security_object(GROUPS, state.authority.encoded, sign_with(state.authority.key))
    assert checks_of(sod, GROUPS, "UTO", issuers) == PASSED | {"issuer": "failed"}


@pytest.mark.parametrize(("year", "issuer"), [(2019, "failed"), (2020, "passed"), (2044, "passed"), (2045, "failed")])
def test_the_signer_must_be_valid_when_it_signed(state: State, issuers: Issuers, year: int, issuer: str) -> None:
    signed_on = datetime.datetime(year, 6, 1, tzinfo=datetime.UTC)
    sod = security_object(GROUPS, state.certificate, sign_with(state.key), signing_time=signed_on)
    assert checks_of(sod, GROUPS, "UTO", issuers)["issuer"] == issuer


def test_a_signer_that_does_not_tell_the_time_is_checked_all_the_same(state: State, issuers: Issuers) -> None:
    sod = security_object(GROUPS, state.certificate, sign_with(state.key), signing_time=None)
    assert checks_of(sod, GROUPS, "UTO", issuers) == PASSED


@pytest.mark.parametrize("sod", [None, b"", b"\x77\x00", b"\x77\x04\x30\x02\x05\x00", b"\x30\x00", b"\x77\x82\x10\x00"])
def test_a_missing_or_malformed_security_object_is_a_failed_check_and_no_bad_reading(sod: bytes | None, issuers: Issuers) -> None:
    assert checks_of(sod, GROUPS, "UTO", issuers) == {"data_groups": "failed", "signature": "failed", "issuer": "not_checked"}


# ------------------------------------------------------------ algorithms


def pss(hash_name: str, salt_bytes: int) -> dict[str, Any]:
    mask = {"algorithm": "mgf1", "parameters": {"algorithm": hash_name}}
    parameters = {"hash_algorithm": {"algorithm": hash_name}, "mask_gen_algorithm": mask, "salt_length": salt_bytes}
    return {"algorithm": "rsassa_pss", "parameters": parameters}


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.mark.parametrize(
    ("algorithm", "sign"),
    [
        ({"algorithm": "sha256_rsa"}, lambda key, text: key.sign(text, padding.PKCS1v15(), hashes.SHA256())),
        ({"algorithm": "rsassa_pkcs1v15"}, lambda key, text: key.sign(text, padding.PKCS1v15(), hashes.SHA256())),
        ({"algorithm": "sha512_rsa"}, lambda key, text: key.sign(text, padding.PKCS1v15(), hashes.SHA512())),
        (pss("sha256", 32), lambda key, text: key.sign(text, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())),
        (pss("sha384", 20), lambda key, text: key.sign(text, padding.PSS(padding.MGF1(hashes.SHA384()), 20), hashes.SHA384())),
    ],
)
def test_rsa_signatures(
    state: State, issuers: Issuers, rsa_key: rsa.RSAPrivateKey, algorithm: dict[str, Any], sign: Callable[[Any, bytes], bytes]
) -> None:
    certificate = state.authority.signer_certificate(rsa_key).public_bytes(Encoding.DER)
    sod = security_object(GROUPS, certificate, lambda text: sign(rsa_key, text), algorithm)
    assert checks_of(sod, GROUPS, "UTO", issuers) == PASSED
    forged = security_object(GROUPS, certificate, lambda text: sign(rsa_key, text + b"."), algorithm)
    assert checks_of(forged, GROUPS, "UTO", issuers) == PASSED | {"signature": "failed"}


@pytest.mark.parametrize("curve", [ec.SECP224R1(), ec.SECP384R1(), ec.SECP521R1(), ec.BrainpoolP256R1(), ec.BrainpoolP512R1()])
def test_elliptic_curves_by_name(state: State, issuers: Issuers, curve: ec.EllipticCurve) -> None:
    key = ec.generate_private_key(curve)
    certificate = state.authority.signer_certificate(key).public_bytes(Encoding.DER)
    assert checks_of(security_object(GROUPS, certificate, sign_with(key)), GROUPS, "UTO", issuers) == PASSED


@pytest.mark.parametrize(("curve", "number"), [(ec.SECP256R1(), 12), (ec.BrainpoolP384R1(), 16)])
def test_elliptic_curves_whose_parameters_are_written_out(
    state: State, issuers: Issuers, curve: ec.EllipticCurve, number: int
) -> None:
    key = ec.generate_private_key(curve)
    certificate = written_out(state.authority, key, number)
    assert checks_of(security_object(GROUPS, certificate, sign_with(key)), GROUPS, "UTO", issuers) == PASSED


def test_a_generator_of_the_forgers_own_choice_proves_nothing(state: State, issuers: Issuers) -> None:
    """With Q as the generator, 1 would be the private key of any public key Q (CVE-2020-0601)."""
    real = ec.generate_private_key(ec.SECP256R1())
    numbers = real.public_key().public_numbers()
    certificate = written_out(state.authority, real, 12, generator=(numbers.x, numbers.y))
    forger = ec.derive_private_key(1, ec.SECP256R1())
    sod = security_object(GROUPS, certificate, sign_with(forger))
    assert checks_of(sod, GROUPS, "UTO", issuers)["signature"] == "failed"


def written_out(
    authority: Authority, key: ec.EllipticCurvePrivateKey, number: int, generator: tuple[int, int] | None = None
) -> bytes:
    """Return a signer's certificate whose curve is told by its parameters; signed anew."""
    curve = standard_curves()[number]
    told = asn1_x509.Certificate.load(authority.signer_certificate(key).public_bytes(Encoding.DER))
    domain = keys.SpecifiedECDomain({
        "version": 1,
        "field_id": {"field_type": "prime_field", "parameters": curve.p},
        "curve": {"a": curve.a.to_bytes(curve.coordinate_bytes, "big"), "b": curve.b.to_bytes(curve.coordinate_bytes, "big")},
        "base": curve.encoded(generator or curve.base),
        "order": curve.order,
        "cofactor": 1,
    })  # fmt: skip
    body = told["tbs_certificate"]
    body["subject_public_key_info"] = keys.PublicKeyInfo({
        "algorithm": {"algorithm": "ec", "parameters": keys.ECDomainParameters("specified", domain)},
        "public_key": bytes(told.public_key["public_key"]),
    })  # fmt: skip
    assert isinstance(authority.key, ec.EllipticCurvePrivateKey)
    signature = authority.key.sign(body.dump(force=True), ec.ECDSA(hashes.SHA256()))
    return bytes(
        asn1_x509.Certificate(
            {"tbs_certificate": body, "signature_algorithm": told["signature_algorithm"], "signature_value": signature}
        ).dump()
    )


def test_an_authority_with_rsa_issues_signers_with_curves(state: State, tmp_path: Path, rsa_key: rsa.RSAPrivateKey) -> None:
    authority = Authority.made_up(key=rsa_key)
    certificate = authority.signer_certificate(state.key).public_bytes(Encoding.DER)
    sod = security_object(GROUPS, certificate, sign_with(state.key))
    assert checks_of(sod, GROUPS, "UTO", kept(tmp_path, ut=authority.encoded)) == PASSED


@pytest.mark.parametrize("algorithm", ["sha256_dsa", "ed25519", "sha3_256_ecdsa", "md5_rsa"])
def test_an_algorithm_that_the_standard_does_not_know_signs_nothing(state: State, issuers: Issuers, algorithm: str) -> None:
    sod = security_object(GROUPS, state.certificate, sign_with(state.key), {"algorithm": algorithm})
    assert checks_of(sod, GROUPS, "UTO", issuers)["signature"] == "failed"


def test_a_short_rsa_key_signs_nothing(state: State, issuers: Issuers) -> None:
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 (that is the point)
    certificate = state.authority.signer_certificate(weak).public_bytes(Encoding.DER)
    sod = security_object(
        GROUPS, certificate, lambda text: weak.sign(text, padding.PKCS1v15(), hashes.SHA256()), {"algorithm": "sha256_rsa"}
    )
    assert checks_of(sod, GROUPS, "UTO", issuers)["signature"] == "failed"


# ------------------------------------------------------------ the folder


def test_the_folder_may_hold_der_and_pem_and_names_what_is_neither(state: State, tmp_path: Path) -> None:
    pem = state.authority.certificate.public_bytes(Encoding.PEM)
    other = Authority.made_up("CH").certificate.public_bytes(Encoding.PEM)
    (tmp_path / "two.pem").write_bytes(pem + other)
    (tmp_path / "signer.cer").write_bytes(state.certificate)  # not an authority's
    (tmp_path / "text.crt").write_text("-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n")
    (tmp_path / "huge.der").write_bytes(bytes(200_000))
    (tmp_path / "empty.der").write_bytes(b"")
    (tmp_path / "readme.txt").write_text("passed over")
    found = read_issuers(str(tmp_path))
    assert (found.count, sorted(found.by_country)) == (2, ["CH", "UT"])
    assert found.refused == ("empty.der", "huge.der", "signer.cer", "text.crt")


def test_no_folder_is_no_certificate_and_a_missing_one_is_an_error(tmp_path: Path) -> None:
    assert read_issuers("") == NO_ISSUERS
    with pytest.raises(OSError, match="missing"):
        read_issuers(str(tmp_path / "missing"))


def test_states_have_the_letters_of_their_certificates() -> None:
    assert [countries_of(state) for state in ("CHN", "D", "GBN", "UTO", "XXA", "")] == [
        ("CN",),
        ("DE",),
        ("GB",),
        ("UT",),
        (),
        (),
    ]


# ------------------------------------------------------------ any bytes


@given(st.binary(max_size=200))
def test_no_bytes_break_it(content: bytes) -> None:
    with pytest.raises(SecurityObjectError):
        read_security_object(content)
    with pytest.raises(SecurityObjectError):
        read_security_object(b"\x77" + bytes([len(content) & 0x7F]) + content[: len(content) & 0x7F])


@given(st.data())
def test_no_damage_breaks_it_or_passes(state: State, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(state.sod) - 1))
    damage = data.draw(st.integers(1, 255))
    content = state.sod[:place] + bytes([state.sod[place] ^ damage]) + state.sod[place + 1 :]
    assert set(checks_of(content, GROUPS, "UTO", NO_ISSUERS).values()) <= {"passed", "failed", "not_checked"}


@pytest.mark.full
@pytest.mark.parametrize("part", range(PARTS))  # a millisecond each: for as many processes as there are
def test_no_fuzzed_security_object_breaks_it(state: State, tmp_path: Path, part: int) -> None:
    rng = random.Random(SEED + part)  # noqa: S311 (no secret)
    issuers = kept(tmp_path, ut=state.authority.encoded)
    for _ in range(FUZZED_BUFFERS // PARTS):
        content = bytearray(state.sod)
        for _ in range(rng.randint(1, 5)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        if rng.randrange(4) == 0:
            del content[rng.randrange(len(content)) :]
        checks_of(bytes(content), GROUPS, "UTO", issuers)
