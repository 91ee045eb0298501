from __future__ import annotations

import base64
import datetime
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from teller_assist.devices.records import (
    read_identity_card,
    read_presence,
    read_scan,
    read_scanner_opened,
    read_selftest,
    read_status,
)
from teller_assist.errors import CardUnreadableError, PictureError, PluginFailedError
from teller_assist.evidence.id_number import Sex, check_character
from teller_assist.pictures.decode import PictureLimits
from teller_assist.wording import codes

LIMITS = PictureLimits(max_bytes=1_000_000, max_pixels=1_000_000)


def picture(file_format: str, size: tuple[int, int] = (102, 126)) -> str:
    stream = io.BytesIO()
    Image.new("RGB", size, "grey").save(stream, file_format)
    return base64.b64encode(stream.getvalue()).decode()


def card(**changed: Any) -> dict[str, Any]:
    record = {
        "name": "林晓样",
        "sex": "female",
        "ethnicity": "汉",
        "birth_date": "1990-03-07",
        "address": "样本省示例市样本路1号",
        "number": "990000199003070021",
        "issuer": "示例市公安局",
        "valid_from": "2020-01-01",
        "valid_until": "2040-01-01",
        "portrait": {"format": "jpeg", "data": picture("JPEG"), "orientation_known": True},
    }
    return {**record, **changed}


def portrait(**changed: Any) -> dict[str, Any]:
    return {"portrait": {**card()["portrait"], **changed}}


def test_a_record_becomes_an_identity_card() -> None:
    read = read_identity_card(card(), LIMITS)
    assert (read.name.reveal(), read.sex, read.ethnicity) == ("林晓样", Sex.FEMALE, "汉")
    assert read.birth_date.reveal() == datetime.date(1990, 3, 7)
    assert read.number.reveal().text == "990000199003070021"
    assert (read.valid_from, read.valid_until) == (datetime.date(2020, 1, 1), datetime.date(2040, 1, 1))
    assert (read.portrait.role, read.portrait.width_px, read.portrait.height_px) == ("reference", 102, 126)
    assert "林晓样" not in repr(read)
    assert read_identity_card(card(valid_until="long_term"), LIMITS).valid_until is None


@pytest.mark.parametrize("name", ["阿卜杜拉·买买提", "Maria da Conceição", "\ue000样", "\U00020021样", "䶮"])
def test_rare_names_pass(name: str) -> None:
    assert read_identity_card(card(name=name), LIMITS).name.reveal() == name


@pytest.mark.parametrize(
    ("why", "changed"),
    [
        ("record", {"extra": 1}),
        ("name", {"name": ""}),
        ("name", {"name": " 林晓样"}),
        ("name", {"name": "林\n晓样"}),
        ("name", {"name": "林\u202e晓样"}),
        ("name", {"name": "林\ud800样"}),
        ("name", {"name": "样" * 61}),
        ("name", {"name": 7}),
        ("sex", {"sex": "男"}),
        ("sex", {"sex": ["female"]}),
        ("number_sex", {"sex": "male"}),
        ("ethnicity", {"ethnicity": None}),
        ("ethnicity", {"ethnicity": "汉族"}),
        ("ethnicity", {"ethnicity": "01"}),
        ("birth_date", {"birth_date": "19900307"}),
        ("birth_date", {"birth_date": "1990-02-30"}),
        ("birth_date", {"birth_date": "1990-W10-3"}),
        ("number_differs", {"birth_date": "1990-03-08"}),
        ("number_form", {"number": "99000019900307002"}),
        ("number_form", {"number": 990000199003070021}),
        ("number_birth_date", {"number": "990000199013070021"}),
        ("number_check_character", {"number": "990000199003070022"}),
        ("issuer", {"issuer": "公" * 41}),
        ("validity", {"valid_from": "2041-01-01"}),
        ("validity", {"valid_from": "1980-01-01"}),
        ("validity", {"valid_until": "forever"}),
        ("validity", {"valid_until": None}),
        ("portrait", {"portrait": None}),
        ("portrait", portrait(more=1)),
        ("portrait", portrait(format="png")),
        ("portrait", portrait(format="tiff")),
        ("portrait", portrait(format=["jpeg"])),
        ("portrait", portrait(data="")),
        ("portrait", portrait(data="no base64!")),
        ("portrait", portrait(data=picture("JPEG")[:200])),
        ("portrait", portrait(data=picture("JPEG", (2000, 2000)))),
        ("portrait", portrait(data=base64.b64encode(b"GIF89a").decode())),
        ("portrait", portrait(orientation_known=1)),
        ("ethnicity", {"ethnicity": ""}),
    ],
)
def test_a_malformed_record_is_a_card_that_was_not_read(why: str, changed: dict[str, Any]) -> None:
    with pytest.raises(CardUnreadableError) as caught:
        read_identity_card(card(**changed), LIMITS)
    assert caught.value.facts["why"] == why
    assert why in codes("card_why")


@pytest.mark.parametrize("known", [True, False])
def test_whether_the_portrait_is_known_to_stand_upright_goes_with_it(known: bool) -> None:
    assert read_identity_card(card(**portrait(orientation_known=known)), LIMITS).portrait_orientation_known is known


@pytest.mark.parametrize("first", ["81", "82", "83"])
def test_a_residence_permit_names_no_ethnicity(first: str) -> None:
    first_17 = f"{first}000019900307002"
    number = first_17 + check_character(first_17)
    assert read_identity_card(card(number=number, ethnicity=""), LIMITS).ethnicity == ""


@pytest.mark.parametrize("record", [None, [], "card", {}, {"name": "林晓样"}])
def test_what_is_no_record_is_a_card_that_was_not_read(record: Any) -> None:
    with pytest.raises(CardUnreadableError):
        read_identity_card(record, LIMITS)


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.lists(st.integers(), max_size=2)


@given(st.sampled_from(sorted(card())), VALUES | st.dictionaries(st.text(max_size=5), VALUES, max_size=3))
def test_no_value_in_any_field_escapes_as_anything_else(field: str, value: object) -> None:
    try:
        read_identity_card(card(**{field: value}), LIMITS)
    except CardUnreadableError as error:
        told = str(error)
    else:
        return
    assert str(value) not in told or len(str(value)) < 3, "the error quotes nothing of the card"


def test_a_scan_becomes_a_picture() -> None:
    scan = read_scan({"picture": {"format": "png", "data": picture("PNG", (300, 200))}, "dpi": 300}, LIMITS, "a_plugin")
    assert (scan.role, scan.width_px, scan.height_px) == ("document", 300, 200)


@pytest.mark.parametrize(
    "record",
    [
        None,
        {},
        {"picture": {"format": "png", "data": picture("PNG")}},
        {"picture": {"format": "png", "data": picture("PNG")}, "dpi": 0},
        {"picture": {"format": "png", "data": picture("PNG")}, "dpi": True},
        {"picture": {"format": "jpeg", "data": picture("PNG")}, "dpi": 300},
        {"picture": {"format": "png", "data": "?"}, "dpi": 300},
        {"picture": "png", "dpi": 300},
    ],
)
def test_a_malformed_scan_is_the_plugins_fault(record: Any) -> None:
    with pytest.raises(PluginFailedError) as caught:
        read_scan(record, LIMITS, "a_plugin")
    assert caught.value.facts == {"plugin": "a_plugin", "operation": "scan", "why": "record"}


def test_a_scan_that_does_not_decode_is_the_pictures_fault() -> None:
    with pytest.raises(PictureError):
        read_scan({"picture": {"format": "png", "data": picture("PNG")[:80]}, "dpi": 300}, LIMITS, "a_plugin")


@pytest.mark.parametrize("record", [None, 0, 1, "yes", [], {}])
def test_whether_a_card_lies_there_is_yes_or_no(record: Any) -> None:
    assert read_presence(True, "some_plugin") is True
    assert read_presence(False, "some_plugin") is False
    with pytest.raises(PluginFailedError) as caught:
        read_presence(record, "some_plugin")
    assert caught.value.facts == {"plugin": "some_plugin", "operation": "find_card", "why": "record"}


@pytest.mark.parametrize("record", [None, [], {"a": None}, {"a": {}}, {str(number): 1 for number in range(51)}])
def test_a_status_is_a_flat_table(record: Any) -> None:
    with pytest.raises(PluginFailedError):
        read_status(record, "a_plugin")
    assert read_status({"sam": "ok", "temperature": 3.5}, "a_plugin") == {"sam": "ok", "temperature": 3.5}


@pytest.mark.parametrize("record", [None, {}, [1], [{"check": "x", "passed": 1, "detail": ""}], [{"check": "x", "passed": True}]])
def test_a_selftest_is_a_list_of_lines(record: Any) -> None:
    with pytest.raises(PluginFailedError):
        read_selftest(record, "a_plugin")
    (line,) = read_selftest([{"check": "x", "passed": False, "detail": "SW 60"}], "a_plugin")
    assert (line.check, line.passed, line.detail) == ("x", False, "SW 60")


@pytest.mark.parametrize("record", [None, True, {}, {"previews": 1}, {"previews": None}, {"previews": True, "more": 1}])
def test_whether_a_scanner_has_a_preview_is_yes_or_no(record: Any) -> None:
    assert read_scanner_opened({"previews": True}, "any")
    assert not read_scanner_opened({"previews": False}, "any")
    with pytest.raises(PluginFailedError):
        read_scanner_opened(record, "any")
