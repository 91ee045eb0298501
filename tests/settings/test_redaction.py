from __future__ import annotations

import base64
import hashlib
import time
import uuid

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from teller_assist.settings.redaction import redact

ID_NUMBER = "11010519491231002X"  # the standard's own example, nobody's
PICTURE_BASE64 = base64.b64encode(hashlib.sha512(b"picture").digest() * 8).decode()


@pytest.mark.parametrize(
    "personal",
    [
        ID_NUMBER,
        ID_NUMBER.lower(),
        "110105194912310021",
        "110105 19491231 002X",
        "110105-1949-1231-002X",
        "110105491231002",
        "6222021234567890128",
        "6222 0212 3456 7890 128",
        "6222-0212-3456-7890",
        "4111111111111111",
        "13800138000",
        "138 0013 8000",
        "+8613800138000",
        "+86 138-0013-8000",
        "１１０１０５１９４９１２３１００２１",
        PICTURE_BASE64,
        base64.urlsafe_b64encode(bytes(range(256))).decode(),
        repr(bytes(range(128, 200))),
        repr(b"\xff\xd8\xff\xe0JFIF and a portrait behind it, all of it"),
    ],
)
def test_personal_data_is_hidden_in_every_surrounding(personal: str) -> None:
    surroundings = (
        "{}",
        "number={}",
        "身份证号{}不符",
        "ID{}",
        "<{}>",
        "{}.jpg",
        "/home/{}/x.png",
        "a {} b {}",
        "'{}',",
        "第1.{}",
        "姓名:{}\n",
        "_{}_",
    )
    for surrounding in surroundings:
        text = redact(surrounding.replace("{}", personal))
        assert personal not in text, surrounding
        assert "***" in text
        assert sum(character.isdigit() for character in text) <= 1, (surrounding, text)


@pytest.mark.parametrize(
    "kept",
    [
        "358800 comparisons, 358,800 non-mated",
        "latency 58.1 ms, 3.1e-05, cosine 0.613042",
        "sha256:" + hashlib.sha256(b"model").hexdigest(),
        hashlib.sha1(b"commit", usedforsecurity=False).hexdigest(),
        "request " + uuid.uuid5(uuid.NAMESPACE_URL, "another").hex,
        str(uuid.uuid5(uuid.NAMESPACE_URL, "request")),
        "sface-2021dec/live-chip/2026-11-25",
        "2026-11-21 21:51:26,123",
        "onnxruntime 1.31.1, opencv 5.0.0.93",
        "file lib/python3.11/site-packages/teller_assist/settings/loading.py line 100",
        "20000000 bytes, 30000x30000 pixels",
        "现场照中没有检测到人脸。",
    ],
)
def test_what_support_needs_survives(kept: str) -> None:
    assert redact(kept) == kept


def test_a_hash_survives_beside_an_id_number() -> None:
    digest = hashlib.sha256(b"model").hexdigest()
    assert redact(f"{digest} {ID_NUMBER} {digest}") == f"{digest} *** {digest}"


@pytest.mark.full
@given(st.text(), st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True), st.text())
def test_no_id_number_survives_any_text(before: str, number: str, after: str) -> None:
    assume(not (before[-1:].isalnum() or after[:1].isalnum()))
    assert number not in redact(before + number + after)


@given(st.uuids())
def test_request_ids_survive(identifier: uuid.UUID) -> None:
    assume(any(character in "abcdef" for character in identifier.hex))
    assert redact(f"request {identifier.hex}") == f"request {identifier.hex}"


@pytest.mark.full
def test_long_texts_take_linear_time() -> None:
    started_s = time.process_time()
    for piece in ("a", "aB3", "1", "1 ", "b'", "\\x4", "1234 ", "138 ", "a1B2/", "'"):
        redact(piece * 100_000)
    assert time.process_time() - started_s < 5
