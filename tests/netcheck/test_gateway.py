from __future__ import annotations

import datetime

import pytest

from teller_assist.errors import SettingsFileError
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.netcheck.gateway import read_gateway_mapping
from teller_assist.netcheck.provider import CardValidity, VerificationMode
from tests.stand_ins.gateway import MAPPING


def test_a_mapping_says_where_everything_stands() -> None:
    mapping = read_gateway_mapping(MAPPING.encode(), file="gateway.toml")
    assert mapping.request_body({"mode": "01", "number": "1", "name": "样"}) == {
        "head": {"channel": "counter", "type": "01"},
        "body": {"idNo": "1", "name": "样"},
    }
    assert mapping.modes[VerificationMode.NUMBER_NAME_VALIDITY_LIVE] == "04"
    assert set(mapping.codes.values()) == set(NetcheckCode) - {NetcheckCode.NOT_ASKED}
    life = CardValidity(datetime.date(2020, 1, 2), None)
    assert mapping.validity_values(life) == {"valid_from": "20200102", "valid_until": "长期"}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"result": {"code": "00"}}, "00"),
        ({"result": {"code": 0}}, "0"),
        ({"result": {"code": True}}, ""),
        ({"result": {"code": None}}, ""),
        ({"result": ["00"]}, ""),
        ({}, ""),
        ([], ""),
        ("00", ""),
    ],
)
def test_an_answer_of_another_form_says_nothing(body: object, found: str) -> None:
    assert read_gateway_mapping(MAPPING.encode(), file="gateway.toml").answered("code", body) == found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('name = "body.name"', 'name = "body.idNo"'),
        ('"head.channel" = "counter"', '"head.type" = "counter"'),
        ('"head.channel" = "counter"', '"head" = "counter"'),
        ('"head.channel" = "counter"', '"body.idNo.kind" = "counter"'),
        ("%Y%m%d", "%Y%m"),
        ("%Y%m%d", "today"),
    ],
)
def test_a_mapping_that_would_lose_a_value_is_refused(old: str, new: str) -> None:
    assert MAPPING.replace(old, new) != MAPPING
    with pytest.raises(SettingsFileError, match="settings_unreadable"):
        read_gateway_mapping(MAPPING.replace(old, new).encode(), file="gateway.toml")


def test_what_a_mapping_does_not_place_is_not_sent() -> None:
    without = MAPPING.replace('live = "body.photo"\n', "").replace('name = "result.name"\n', "")
    mapping = read_gateway_mapping(without.encode(), file="gateway.toml")
    assert "photo" not in mapping.request_body({"mode": "02", "number": "1", "name": "样", "live": "AA"})["body"]
    assert mapping.answered("name", {"result": {"name": "样"}}) == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("netcheck-gateway/1", "netcheck-gateway/2"),
        ('path = "/verify"', 'path = "verify"'),
        ('number_name_live = "02"\n', ""),
        ('number = "body.idNo"\n', ""),
        ('number = "body.idNo"', 'number = "body..idNo"'),
        ('number = "body.idNo"', "number = 5"),
        ('live = "body.photo"', 'picture = "body.photo"'),
        ('code = "result.code"\n', ""),
        ('20 = "NOT_FOUND"', '20 = "GONE"'),
        ('20 = "NOT_FOUND"', '20 = "NOT_ASKED"'),
        ("[answer.codes]", "[answer.kodes]"),
        ("[request]", "[request"),
        ('valid_for_life = "长期"\n', ""),
    ],
)
def test_a_mapping_that_is_not_whole_is_refused(old: str, new: str) -> None:
    assert MAPPING.replace(old, new) != MAPPING
    with pytest.raises(SettingsFileError, match="settings_unreadable"):
        read_gateway_mapping(MAPPING.replace(old, new).encode(), file="gateway.toml")


def test_a_mapping_in_another_encoding_is_refused() -> None:
    with pytest.raises(SettingsFileError):
        read_gateway_mapping(MAPPING.encode("gb18030"), file="gateway.toml")
