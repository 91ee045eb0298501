"""The suite "guomi" against the standards' examples, its layout, and what it says where a part of it is missing or wrong."""

from __future__ import annotations

from collections.abc import Iterator

import gmssl_pyx
import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from teller_assist.alerts.suites import choice, guomi
from teller_assist.alerts.suites import guomi_examples as examples
from teller_assist.alerts.suites.choice import GUOMI, usable_suite
from teller_assist.errors import SuiteError

SECRET = examples.SM2_PRIVATE + examples.SM2_POINT
IDENTITY = "SM2-SECRET-KEY-" + SECRET.hex().upper()


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    choice.usable_suite.cache_clear()
    yield
    choice.usable_suite.cache_clear()


def test_sm3_of_abc_and_of_the_second_example() -> None:
    assert GUOMI.hash(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert GUOMI.hash(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_sm4_gcm_opens_the_example_of_rfc_8998() -> None:
    kept = examples.SM4_NONCE + examples.SM4_CIPHERTEXT + examples.SM4_TAG
    assert GUOMI.decrypt_field(examples.SM4_KEY, kept, examples.SM4_ASSOCIATED) == examples.SM4_CLEAR


def test_sm2_knows_the_signature_of_the_standards_example() -> None:
    public = b"\4" + examples.SM2_POINT
    assert GUOMI.is_signed(b"message digest", examples.SM2_SIGNATURE, public)
    assert not GUOMI.is_signed(b"message digesT", examples.SM2_SIGNATURE, public)
    assert GUOMI.verify_key(SECRET) == public


def test_what_is_signed_is_the_hash_of_the_standards_example() -> None:
    told = guomi.Guomi().signed_hash(examples.SM2_POINT, b"message digest").hex()
    assert told == "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"


def test_what_we_sign_the_library_verifies_and_no_two_signatures_are_alike() -> None:
    first, second = (GUOMI.sign(SECRET, b"message digest") for _ in range(2))
    assert first[:32] != second[:32], "the same number twice would give the key away"
    numbers = (int.from_bytes(half, "big") for half in (first[:32], first[32:]))
    assert gmssl_pyx.sm2_verify(examples.SM2_POINT, b"message digest", encode_dss_signature(*numbers))


def test_sm2_opens_the_ciphertext_of_the_standards_example() -> None:
    assert gmssl_pyx.sm2_decrypt(examples.SM2_PRIVATE, examples.SM2_CIPHER) == b"encryption standard"


def test_what_is_sealed_is_laid_out_as_documented() -> None:
    sealed = GUOMI.seal(GUOMI.recipient(IDENTITY), b"a case")
    assert sealed[:4] == b"TAG1"
    length = int.from_bytes(sealed[4:6], "big")
    key = gmssl_pyx.sm2_decrypt(examples.SM2_PRIVATE, sealed[6 : 6 + length])
    assert GUOMI.decrypt_field(key, sealed[6 + length :], sealed[: 6 + length]) == b"a case"
    assert len(sealed) == 6 + length + 12 + len(b"a case") + 16


def test_two_halves_of_different_keys_are_no_key() -> None:
    with pytest.raises(ValueError, match="different keys"):
        GUOMI.verify_key(examples.SM2_PRIVATE + GUOMI.new_signing_secret()[32:])


@pytest.mark.parametrize("private", [bytes(32), b"\xff" * 32])
def test_a_number_out_of_range_is_no_key(private: bytes) -> None:
    with pytest.raises(ValueError, match="no private key"):
        GUOMI.verify_key(private + examples.SM2_POINT)


def test_a_machine_without_sm2_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guomi, "gmssl_pyx", None)
    with pytest.raises(SuiteError) as caught:
        usable_suite("guomi")
    assert (caught.value.reason, caught.value.facts["part"]) == ("suite_not_available", "SM2")
    assert usable_suite("international").name == "international"


@pytest.mark.parametrize(
    ("part", "example", "wrong"),
    [
        ("SM3", "SM3_HASH", bytes(32)),
        ("SM4", "SM4_TAG", bytes(16)),
        ("SM4", "SM4_CLEAR", b""),
        ("SM2", "SM2_SIGNATURE", bytes(64)),
        ("SM2", "SM2_CLEAR", b""),
        ("SM2", "SM2_CIPHER", bytes(126)),
    ],
)
def test_a_part_that_answers_wrongly_is_not_used(monkeypatch: pytest.MonkeyPatch, part: str, example: str, wrong: bytes) -> None:
    monkeypatch.setattr(examples, example, wrong)
    with pytest.raises(SuiteError) as caught:
        usable_suite("guomi")
    assert caught.value.facts["part"] == part
