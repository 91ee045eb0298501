"""The service's forms of a card become the product's, and what is unknown is not read."""

from __future__ import annotations

import base64
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teller_assist_sdk import DeviceProblem

from device_plugins.scanner_service.answers import Answer
from device_plugins.scanner_service.card_record import card_record, ethnicity_names
from teller_assist.devices.records import read_identity_card
from teller_assist.documents.fields.vocabulary import ETHNICITIES
from tests.conftest import LIMITS

Read = Callable[..., dict[str, Any]]


@pytest.fixture
def read(card: dict[str, str]) -> Read:
    """Read the card with some of its fields changed."""
    return lambda **changed: card_record(Answer("0", {"IDCardInfo": {**card, **changed}}))


def test_a_card_is_read_and_the_product_takes_it(read: Read, card: dict[str, str]) -> None:
    record = read()
    portrait = record["portrait"]
    assert portrait["orientation_known"] is False
    told = {**record, "portrait": {**portrait, "data": base64.b64encode(portrait["data"]).decode("ascii")}}
    evidence = read_identity_card(told, LIMITS)
    assert evidence.name.reveal() == card["name"]
    assert evidence.number.reveal().text == card["cardID"]
    assert evidence.ethnicity == card["nation"]
    assert evidence.valid_until is None


@pytest.mark.parametrize(
    "day", ["20150102", "2015-01-02", "2015.01.02", "2015/01/02", "2015年1月2日", "2015年01月02日", " 20150102 "]
)
def test_dates_in_every_known_form(read: Read, day: str) -> None:
    record = read(validStart=day, validEnd=day)
    assert (record["valid_from"], record["valid_until"]) == ("2015-01-02", "2015-01-02")


@pytest.mark.parametrize(
    "day", ["", "150102", "2015-1-2", "02/01/2015", "2015-01/02", "2015-01-02 00:00:00", "二〇一五年", "２０１５0102", 20150102]
)
def test_a_date_in_another_form_is_not_guessed(read: Read, day: Any) -> None:
    for field in ("birthday", "validStart", "validEnd"):
        with pytest.raises(DeviceProblem, match="card_unreadable") as caught:
            read(**{field: day})
        assert caught.value.hint.startswith(f"{field}: ")


@pytest.mark.parametrize(("name", "code", "wanted"), [("男", "1", "male"), ("女", "", "female"), ("", "2", "female")])
def test_the_sex_by_name_or_code(read: Read, name: str, code: str, wanted: str) -> None:
    assert read(sex=name, sexCode=code)["sex"] == wanted


@pytest.mark.parametrize(("name", "code"), [("男", "2"), ("", ""), ("M", ""), ("男", "0"), ("", "9"), (1, "1")])
def test_a_sex_that_is_unknown_or_contradicts_itself_is_not_guessed(read: Read, name: Any, code: str) -> None:
    with pytest.raises(DeviceProblem, match="card_unreadable"):
        read(sex=name, sexCode=code)


@pytest.mark.parametrize(
    ("name", "code", "wanted"),
    [
        ("汉", "01", "汉"),
        ("汉族", "01", "汉"),
        ("维吾尔族", "", "维吾尔"),
        ("", "11", "满"),
        ("其他", "97", "其他"),
        ("", "98", "外国血统中国籍人士"),
    ],
)
def test_the_ethnicity_becomes_its_bare_name(read: Read, name: str, code: str, wanted: str) -> None:
    assert read(nation=name, nationCode=code)["ethnicity"] == wanted


@pytest.mark.parametrize(("name", "code"), [("汉", "02"), ("", ""), ("汉人", ""), ("", "1"), ("", "57"), ("族", "")])
def test_an_ethnicity_that_is_unknown_or_contradicts_itself_is_not_guessed(read: Read, name: str, code: str) -> None:
    with pytest.raises(DeviceProblem, match="card_unreadable"):
        read(nation=name, nationCode=code)


def test_a_residence_permit_names_no_ethnicity(read: Read) -> None:
    assert read(nation="", nationCode="", cardID="810000199001010018")["ethnicity"] == ""


def test_the_names_are_those_of_the_standard() -> None:
    names = ethnicity_names()
    assert [names[f"{code:02d}"] for code in range(1, 57)] == list(ETHNICITIES)[:56]
    assert set(names) == {f"{code:02d}" for code in range(1, 57)} | {"97", "98"}


@pytest.mark.parametrize(
    "field", ["name", "address", "cardID", "issueOrgan", "birthday", "validStart", "validEnd", "photoBase64"]
)
@pytest.mark.parametrize("value", ["", "   ", None, 5, ["x"]])
def test_a_field_that_is_missing_or_no_text_is_named(read: Read, field: str, value: Any) -> None:
    with pytest.raises(DeviceProblem, match="card_unreadable") as caught:
        read(**{field: value})
    assert caught.value.hint.startswith(f"{field}: ")


@pytest.mark.parametrize(
    "portrait", ["*", "图", base64.b64encode(b"GIF89a").decode(), base64.b64encode(b"WLf\0" + bytes(1020)).decode()]
)
def test_a_portrait_that_is_no_picture_is_not_passed_on(read: Read, portrait: str) -> None:
    with pytest.raises(DeviceProblem, match="card_unreadable"):
        read(photoBase64=portrait)


@pytest.mark.parametrize(("beginning", "wanted"), [(b"BM", "bmp"), (b"\x89PNG\r\n", "png"), (b"\xff\xd8\xff\xe0", "jpeg")])
def test_the_portraits_format_is_what_its_first_bytes_say(read: Read, beginning: bytes, wanted: str) -> None:
    assert read(photoBase64=base64.b64encode(beginning + bytes(20)).decode("ascii"))["portrait"]["format"] == wanted


def test_an_answer_without_a_card_is_none() -> None:
    for fields in ({}, {"IDCardInfo": None}, {"IDCardInfo": "x"}, {"IDCardInfo": 5}):
        with pytest.raises(DeviceProblem, match="card_unreadable"):
            card_record(Answer("0", fields))


@given(field=st.sampled_from(("sex", "sexCode", "nation", "nationCode", "birthday", "validStart", "validEnd", "photoBase64")))
def test_what_cannot_be_read_is_never_repeated(field: str) -> None:
    secret = "秘密SECRET19000119"
    fields = dict.fromkeys(("name", "address", "issueOrgan", "cardID"), secret)
    fields |= {
        "sex": "男",
        "nation": "汉",
        "birthday": "19900101",
        "validStart": "20200101",
        "validEnd": "长期",
        "photoBase64": "/9j/",
    }
    with pytest.raises(DeviceProblem) as caught:
        card_record(Answer("0", {"IDCardInfo": {**fields, field: secret}}))
    shown = caught.value.hint + "".join(traceback.format_exception(caught.value)).partition("DeviceProblem")[2]
    assert "SECRET" not in shown
    assert secret not in repr(Answer("0", fields))
