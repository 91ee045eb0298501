from __future__ import annotations

import datetime

import pytest
import requests

from teller_assist.alerts.http_signatures import sign_request, verify_request
from teller_assist.alerts.keys import SigningKey
from teller_assist.alerts.suites.choice import GUOMI, INTERNATIONAL
from teller_assist.alerts.suites.suite import Suite
from teller_assist.errors import DatabaseError, SignatureError

KEY = SigningKey(bytes(range(32)))
URL = "http://127.0.0.1:1/api/v1/cases"


def signed(body: bytes = b"{}", *, late: datetime.timedelta = datetime.timedelta(), key: SigningKey = KEY) -> dict[str, str]:
    request = requests.Request("POST", URL, data=body).prepare()
    sign_request(request, body, key=key, key_id="station-1", now=datetime.datetime.now(datetime.UTC) + late)
    return {name: str(value) for name, value in request.headers.items()}


def verified(headers: dict[str, str], body: bytes = b"{}", method: str = "POST", url: str = URL, known: bool = True) -> str:
    return verify_request(method, url, headers, body, find_key=lambda _id: KEY.verify_key if known else None).key_id


def test_a_signed_request_tells_its_sender() -> None:
    assert verified(signed()) == "station-1"


def test_two_requests_have_two_nonces() -> None:
    nonces = {verify_request("POST", URL, signed(), b"{}", find_key=lambda _id: KEY.verify_key).nonce for _ in range(3)}
    assert len(nonces) == 3


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"body": b"{ }"}, "signature_bad"),
        ({"method": "PUT"}, "signature_bad"),
        ({"url": URL + "/x"}, "signature_bad"),
        ({"known": False}, "station_unknown"),
    ],
)
def test_what_was_altered_is_found_out(changed: dict[str, object], reason: str) -> None:
    with pytest.raises(SignatureError) as caught:
        verified(signed(), **changed)  # type: ignore[arg-type]
    assert caught.value.reason == reason


@pytest.mark.parametrize("name", ["Signature", "Signature-Input", "Content-Digest"])
def test_a_request_that_lacks_a_part_is_unsigned(name: str) -> None:
    with pytest.raises(SignatureError) as caught:
        verified({key: value for key, value in signed().items() if key != name})
    assert caught.value.reason == "signature_missing"


@pytest.mark.parametrize("name", ["Signature", "Signature-Input", "Content-Digest"])
@pytest.mark.parametrize("value", ["", "x", "station=()", "station=:AAAA:", "é", "sha-256=:AAAA:", "a" * 5000])
def test_garbage_in_a_header_is_a_bad_signature(name: str, value: str) -> None:
    with pytest.raises(SignatureError) as caught:
        verified({**signed(), name: value})
    assert caught.value.reason == "signature_bad"


@pytest.mark.parametrize(("minutes", "fits"), [(-6, False), (-4, True), (4, True), (6, False)])
def test_a_clock_may_be_five_minutes_off(minutes: int, fits: bool) -> None:
    headers = signed(late=datetime.timedelta(minutes=minutes))
    if fits:
        assert verified(headers)
        return
    with pytest.raises(SignatureError) as caught:
        verified(headers)
    assert caught.value.reason == "signature_stale"


def test_another_key_is_a_bad_signature() -> None:
    with pytest.raises(SignatureError) as caught:
        verified(signed(key=SigningKey(b"\x05" * 32)))
    assert caught.value.reason == "signature_bad"


def test_a_signature_that_covers_too_little_does_not_count() -> None:
    """Somebody who signs the method alone could be made to say anything."""
    from http_message_signatures import HTTPMessageSigner

    from teller_assist.alerts.http_signatures import _Ed25519, _OneKey

    request = requests.Request("POST", URL, data=b"{}").prepare()
    signer = HTTPMessageSigner(signature_algorithm=_Ed25519, key_resolver=_OneKey(KEY))
    signer.sign(request, key_id="station-1", nonce="n", label="station", covered_component_ids=("@method", "@path"))
    headers = {**{name: str(value) for name, value in request.headers.items()}, "Content-Digest": "sha-256=:AAAA:"}
    with pytest.raises(SignatureError) as caught:
        verified(headers)
    assert caught.value.reason == "signature_bad"


def test_a_request_of_the_suite_guomi_names_its_own_algorithm() -> None:
    key = SigningKey.generate(GUOMI)
    headers = signed(key=key)
    assert 'alg="sm2-sm3"' in headers["Signature-Input"]
    assert verify_request("POST", URL, headers, b"{}", find_key=lambda _id: key.verify_key, suite=GUOMI).key_id == "station-1"
    with pytest.raises(SignatureError) as caught:
        verify_request("POST", URL, headers, b"{ }", find_key=lambda _id: key.verify_key, suite=GUOMI)
    assert caught.value.reason == "signature_bad"


@pytest.mark.parametrize("suite", [INTERNATIONAL, GUOMI])
def test_a_request_of_the_other_suite_is_a_bad_signature(suite: Suite) -> None:
    other = SigningKey.generate(GUOMI if suite is INTERNATIONAL else INTERNATIONAL)
    known = {"station-1": SigningKey.generate(suite).verify_key}
    with pytest.raises(SignatureError) as caught:
        verify_request("POST", URL, signed(key=other), b"{}", find_key=known.get, suite=suite)
    assert caught.value.reason == "signature_bad"


def test_an_algorithm_that_is_not_named_is_the_servers_own() -> None:
    """The name is left out of what is signed: the server's suite counts, never what a request would like."""
    headers = signed(key=SigningKey.generate(GUOMI))
    unnamed = {**headers, "Signature-Input": headers["Signature-Input"].replace(';alg="sm2-sm3"', "")}
    with pytest.raises(SignatureError):
        verified(unnamed)


def test_a_key_that_cannot_be_looked_up_is_no_bad_signature() -> None:
    def gone(_key_id: str) -> bytes | None:
        raise DatabaseError("database_unreachable")

    with pytest.raises(DatabaseError):
        verify_request("POST", URL, signed(), b"{}", find_key=gone)
