"""The suite "international" is what stations in the field have: its bytes stay as they are."""

from __future__ import annotations

import pyrage
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from teller_assist.alerts.keys import ServerKeys, SigningKey
from teller_assist.alerts.suites.choice import INTERNATIONAL

# RFC 8032, 7.1, test 2
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)
RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"  # of age's own documentation


def test_signatures_are_those_of_rfc_8032() -> None:
    key = SigningKey(SEED)
    assert (key.verify_key, key.sign(b"\x72"), key.seed) == (PUBLIC, SIGNATURE, SEED)


def test_server_keys_name_no_suite_and_keep_their_fingerprint() -> None:
    keys = ServerKeys(RECIPIENT, PUBLIC)
    assert keys.to_body() == {"recipient": RECIPIENT, "verify_key": "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="}
    assert keys.fingerprint == "2RQE3TMOT4HTNMOTHVBXHGSPATLTA73R"


def test_what_is_sealed_is_an_age_file() -> None:
    identity = pyrage.x25519.Identity.generate()
    sealed = INTERNATIONAL.seal(str(identity.to_public()), b"a case")
    assert sealed.startswith(b"age-encryption.org/v1\n")
    assert pyrage.decrypt(sealed, [identity]) == b"a case"


def test_a_kept_field_is_a_nonce_and_aes_256_gcm() -> None:
    kept = INTERNATIONAL.encrypt_field(b"\1" * 32, b"a face", b"a row")
    assert AESGCM(b"\1" * 32).decrypt(kept[:12], kept[12:], b"a row") == b"a face"
