"""What every suite promises, on both; and that neither takes anything of the other's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teller_assist.alerts.keys import ServerKeys, SigningKey, is_signed, open_sealed, seal_to
from teller_assist.alerts.suites.choice import GUOMI, INTERNATIONAL, SUITES, usable_suite
from teller_assist.alerts.suites.suite import HASH_BYTES, SIGNATURE_BYTES, Suite
from teller_assist.errors import EnvelopeError, ShapeError

SECRETS = {name: suite.new_signing_secret() for name, suite in SUITES.items()}
IDENTITIES = {name: suite.new_identity() for name, suite in SUITES.items()}
OTHER = {INTERNATIONAL.name: GUOMI, GUOMI.name: INTERNATIONAL}
FEW = settings(max_examples=25, deadline=None)


@pytest.mark.parametrize("name", SUITES)
class TestEverySuite:
    @pytest.fixture
    def suite(self, name: str) -> Suite:
        return usable_suite(name)

    @FEW
    @given(data=st.binary(max_size=300))
    def test_what_is_signed_is_signed_by_this_key_and_no_other_data_is(self, name: str, data: bytes) -> None:
        suite = SUITES[name]
        signature, public = suite.sign(SECRETS[name], data), suite.verify_key(SECRETS[name])
        assert len(signature) == SIGNATURE_BYTES
        assert suite.is_signed(data, signature, public)
        assert not suite.is_signed(data + b"\0", signature, public)

    @FEW
    @given(place=st.integers(0, SIGNATURE_BYTES - 1), bit=st.integers(0, 7))
    def test_a_signature_with_one_bit_altered_is_none(self, name: str, place: int, bit: int) -> None:
        suite = SUITES[name]
        signature = bytearray(suite.sign(SECRETS[name], b"a case"))
        signature[place] ^= 1 << bit
        assert not suite.is_signed(b"a case", bytes(signature), suite.verify_key(SECRETS[name]))

    @pytest.mark.parametrize("signature", [b"", b"\0" * 64, b"\xff" * 64, b"\x30" * 63, b"\1" * 65])
    def test_what_is_no_signature_is_refused(self, suite: Suite, name: str, signature: bytes) -> None:
        assert not suite.is_signed(b"a case", signature, suite.verify_key(SECRETS[name]))

    @pytest.mark.parametrize("key", [b"", b"\4" + b"\0" * 64, b"\4" + b"\xff" * 64, b"\5" * 65, b"\4" * 66, b"\7" * 31])
    def test_what_is_no_public_key_verifies_nothing(self, suite: Suite, name: str, key: bytes) -> None:
        assert not suite.is_verify_key(key)
        assert not suite.is_signed(b"a case", suite.sign(SECRETS[name], b"a case"), key)

    def test_another_key_signed_nothing_of_this_ones(self, suite: Suite, name: str) -> None:
        signature = suite.sign(SECRETS[name], b"a case")
        assert not suite.is_signed(b"a case", signature, suite.verify_key(suite.new_signing_secret()))

    @FEW
    @given(data=st.binary(max_size=5000))
    def test_what_is_sealed_opens_with_its_identity(self, name: str, data: bytes) -> None:
        suite = SUITES[name]
        assert suite.open(IDENTITIES[name], suite.seal(suite.recipient(IDENTITIES[name]), data)) == data

    def test_nothing_is_readable_and_never_the_same_twice(self, suite: Suite, name: str) -> None:
        one, other = (suite.seal(suite.recipient(IDENTITIES[name]), b"a made-up name") for _ in range(2))
        assert b"made-up" not in one
        assert one != other

    @FEW
    @given(place=st.integers(0), bit=st.integers(0, 7))
    def test_a_sealed_document_with_one_bit_altered_does_not_open(self, name: str, place: int, bit: int) -> None:
        suite = SUITES[name]
        sealed = bytearray(suite.seal(suite.recipient(IDENTITIES[name]), b"a case"))
        sealed[place % len(sealed)] ^= 1 << bit
        with pytest.raises(EnvelopeError):
            suite.open(IDENTITIES[name], bytes(sealed))

    @FEW
    @given(length=st.integers(0, 1000))
    def test_a_sealed_document_that_is_cut_off_does_not_open(self, name: str, length: int) -> None:
        suite = SUITES[name]
        sealed = suite.seal(suite.recipient(IDENTITIES[name]), b"a case")
        with pytest.raises(EnvelopeError):
            suite.open(IDENTITIES[name], sealed[: length % len(sealed)])

    @FEW
    @given(data=st.binary(max_size=400))
    def test_garbage_does_not_open(self, name: str, data: bytes) -> None:
        with pytest.raises(EnvelopeError):
            SUITES[name].open(IDENTITIES[name], data)

    def test_another_identity_opens_nothing(self, suite: Suite, name: str) -> None:
        sealed = suite.seal(suite.recipient(IDENTITIES[name]), b"a case")
        with pytest.raises(EnvelopeError):
            suite.open(suite.new_identity(), sealed)

    def test_a_field_opens_with_its_key_beside_what_it_is_bound_to(self, suite: Suite) -> None:
        key, other = b"\1" * suite.field_key_bytes, b"\2" * suite.field_key_bytes
        kept = suite.encrypt_field(key, b"a face", b"a row")
        assert suite.decrypt_field(key, kept, b"a row") == b"a face"
        altered = bytes([*kept[:-1], kept[-1] ^ 1])
        for wrong in ((other, kept, b"a row"), (key, kept, b"another row"), (key, altered, b"a row"), (key, b"", b"a row")):
            with pytest.raises(EnvelopeError):
                suite.decrypt_field(*wrong)

    def test_hashes_have_one_length_and_depend_on_key_and_purpose(self, suite: Suite) -> None:
        found = {
            suite.hash(b"a"),
            suite.hash(b"b"),
            suite.keyed_hash(b"\1" * 32, b"a"),
            suite.keyed_hash(b"\2" * 32, b"a"),
            suite.derived_key(b"\1" * 32, b"one", HASH_BYTES),
            suite.derived_key(b"\1" * 32, b"other", HASH_BYTES),
        }
        assert len(found) == 6
        assert {len(one) for one in found} == {HASH_BYTES}

    def test_a_key_tells_its_suite(self, suite: Suite, name: str) -> None:
        key, recipient = SigningKey(SECRETS[name]), suite.recipient(IDENTITIES[name])
        assert key.suite is suite
        assert is_signed(b"a case", key.sign(b"a case"), key.verify_key)
        assert open_sealed(IDENTITIES[name], seal_to(recipient, b"a case")) == b"a case"
        keys = ServerKeys(recipient, key.verify_key)
        assert keys.suite is suite
        assert ServerKeys.from_body(keys.to_body()) == keys

    def test_nothing_of_the_other_suite_is_taken(self, suite: Suite, name: str) -> None:
        other = OTHER[name]
        secret, identity = SECRETS[other.name], IDENTITIES[other.name]
        recipient, public = other.recipient(identity), other.verify_key(secret)
        assert not suite.is_verify_key(public)
        assert not suite.is_recipient(recipient)
        assert not suite.is_signed(b"a case", other.sign(secret, b"a case"), public)
        assert not suite.is_signed(b"a case", other.sign(secret, b"a case"), suite.verify_key(SECRETS[name]))
        with pytest.raises(EnvelopeError):
            suite.open(IDENTITIES[name], other.seal(recipient, b"a case"))
        with pytest.raises(ShapeError):
            suite.seal(recipient, b"a case")
        with pytest.raises(ValueError, match=r"."):
            suite.verify_key(secret)
        with pytest.raises(ValueError, match=r"."):
            suite.recipient(identity)

    def test_keys_of_two_suites_are_no_servers_keys(self, name: str) -> None:
        other = OTHER[name].name
        one = ServerKeys(SUITES[name].recipient(IDENTITIES[name]), SigningKey(SECRETS[name]).verify_key).to_body()
        mixed = ServerKeys(SUITES[other].recipient(IDENTITIES[other]), SigningKey(SECRETS[other]).verify_key).to_body()
        for part in ("recipient", "verify_key"):
            with pytest.raises(ShapeError):
                ServerKeys.from_body({**one, part: mixed[part]})

    def test_a_private_key_never_prints(self, name: str) -> None:
        assert SECRETS[name].hex() not in repr(SigningKey(SECRETS[name]))


def test_a_suite_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ShapeError):
        usable_suite("rot13")
