from __future__ import annotations

import json
from typing import Any

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.alerts.canonical import canonical_bytes
from teller_assist.alerts.envelope import open_envelope, seal_case, verify_envelope
from teller_assist.alerts.keys import ServerKeys, SigningKey
from teller_assist.errors import BugError, EnvelopeError, ShapeError
from tests.stand_ins.cases import NAME, NUMBER, made_up_case

IDENTITY = pyrage.x25519.Identity.generate()
RECIPIENT = str(IDENTITY.to_public())
KEY = SigningKey(bytes(range(32)))


def sealed(**changed: Any) -> dict[str, Any]:
    return seal_case(made_up_case(**changed), recipient=RECIPIENT, key=KEY)


def test_what_is_sealed_comes_out_as_it_went_in() -> None:
    case = made_up_case(7, pictures=True, later={"field": [1, 2.5, "三"]})
    envelope = seal_case(case, recipient=RECIPIENT, key=KEY)
    assert open_envelope(verify_envelope(envelope, KEY.verify_key), str(IDENTITY)) == case


def test_nothing_of_a_person_is_readable_in_an_envelope() -> None:
    text = json.dumps(sealed(pictures=True), ensure_ascii=False)
    assert NAME not in text
    assert NUMBER not in text
    assert "loss_report" not in text


@pytest.mark.parametrize("field", ["case_id", "station", "sequence", "created", "ciphertext_sha256", "signature", "ciphertext"])
def test_an_altered_field_is_found_out(field: str) -> None:
    one, other = sealed(sequence=1), sealed(sequence=2, station="1" * 32, created="2026-11-27T09:31:00.000Z")
    with pytest.raises(EnvelopeError) as caught:
        verify_envelope({**one, field: other[field]}, KEY.verify_key)
    assert caught.value.reason == "envelope_damaged"


def test_another_stations_envelope_is_refused() -> None:
    with pytest.raises(EnvelopeError):
        verify_envelope(sealed(), SigningKey(b"\x07" * 32).verify_key)


def test_an_envelope_for_another_server_cannot_be_opened() -> None:
    with pytest.raises(EnvelopeError) as caught:
        open_envelope(sealed(), str(pyrage.x25519.Identity.generate()))
    assert caught.value.reason == "envelope_unreadable"


def test_a_header_that_tells_of_another_case_than_is_sealed_is_found_out_although_it_is_signed() -> None:
    envelope = sealed()
    header = {**envelope, "case_id": "f" * 32}
    signed = {
        name: header[name] for name in ("version", "suite", "case_id", "station", "sequence", "created", "ciphertext_sha256")
    }
    from teller_assist.alerts.canonical import to_base64

    header["signature"] = to_base64(KEY.sign(canonical_bytes(signed)))
    with pytest.raises(EnvelopeError) as caught:
        open_envelope(verify_envelope(header, KEY.verify_key), str(IDENTITY))
    assert caught.value.facts["why"] == "header_of_another_case"


def test_what_is_no_case_is_not_sealed() -> None:
    with pytest.raises(ShapeError):
        seal_case({**made_up_case(), "station_sequence": 0}, recipient=RECIPIENT, key=KEY)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner), max_leaves=9
    )
)
def test_any_json_is_refused_as_an_envelope_and_nothing_else_happens(document: object) -> None:
    with pytest.raises(ShapeError):
        verify_envelope(document, KEY.verify_key)


def test_canonical_json_is_that_of_rfc_8785() -> None:
    assert canonical_bytes({"b": 1.0, "a": "\u20ac", "c": [True, None]}) == '{"a":"€","b":1,"c":[true,null]}'.encode()
    with pytest.raises(BugError):
        canonical_bytes({"a": float("nan")})


def test_a_fingerprint_belongs_to_both_keys() -> None:
    keys = ServerKeys(RECIPIENT, KEY.verify_key)
    others = {
        ServerKeys(str(pyrage.x25519.Identity.generate().to_public()), KEY.verify_key).fingerprint,
        ServerKeys(RECIPIENT, SigningKey(b"\x01" * 32).verify_key).fingerprint,
    }
    assert keys.fingerprint not in others
    assert ServerKeys.from_body(keys.to_body()) == keys


def test_a_key_never_prints() -> None:
    assert KEY.seed.hex() not in repr(KEY)
    assert "***" in repr(KEY)
