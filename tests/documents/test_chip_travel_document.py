from __future__ import annotations

import base64
import io
import json

import jsonschema
import pytest
from PIL import Image

from teller_assist.devices.travel_records import read_travel_document
from teller_assist.documents.chip_travel_document import travel_document_body, travel_document_lines
from teller_assist.evidence.travel_document import TravelDocument
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.home import installation_root
from tests.stand_ins.passports import jpeg

LIMITS = PictureLimits(max_bytes=1_000_000, max_pixels=1_000_000)
SCHEMA = installation_root() / "teller_assist/documents/schemas/card-1.json"


def document(**changed: str) -> TravelDocument:
    record = {
        "document_type": "P",
        "issuing_state": "UTO",
        "nationality": "UTO",
        "number": "L0000000X",
        "primary_identifier": "SAMPLE",
        "secondary_identifier": "ALEX MARIA",
        "sex": "female",
        "birth_date": "1990-03-07",
        "valid_until": "2035-12-31",
        "optional_data": "",
        "portrait": {"format": "jpeg", "data": base64.b64encode(jpeg()).decode(), "orientation_known": True},
        "access_by": "bac",
        "checks": {"data_groups": "passed", "signature": "failed", "issuer": "not_checked"},
    }
    return read_travel_document(record | changed, LIMITS)


def fields(told: TravelDocument) -> dict[str, str]:
    return {name: field["value"] for name, field in travel_document_body(told, with_portrait=False)["fields"].items()}


def test_every_field_that_it_has_is_told() -> None:
    assert fields(document(optional_data="77")) == {
        "document_type": "P",
        "issuing_state": "UTO",
        "nationality": "UTO",
        "document_number": "L0000000X",
        "name": "SAMPLE ALEX MARIA",
        "sex": "female",
        "birth": "1990-03-07",
        "valid_to": "2035-12-31",
        "optional_data": "77",
        "access_by": "BAC",
    }


def test_what_it_leaves_open_is_left_out() -> None:
    told = fields(document(birth_date="", sex="unspecified"))
    assert "birth" not in told
    assert "optional_data" not in told
    assert told["sex"] == "unspecified"


@pytest.mark.parametrize("with_portrait", [False, True])
def test_it_is_a_card_document(with_portrait: bool) -> None:
    body = travel_document_body(document(), with_portrait=with_portrait)
    assert body["checks"] == {"data_groups": "passed", "signature": "failed", "issuer": "not_checked"}
    whole = {
        "schema": "card/1",
        "product_version": "0",
        "device": "pcsc_travel_document",
        **body,
        "latency_ms": {"card_read": 1.0},
    }
    jsonschema.validate(whole, json.loads(SCHEMA.read_text(encoding="utf-8")))
    if with_portrait:
        with Image.open(io.BytesIO(base64.b64decode(body["portrait_png_base64"]))) as picture:
            assert (picture.format, picture.size) == ("PNG", (413, 531))


def test_people_read_fields_and_what_each_check_means() -> None:
    lines = travel_document_lines(document())
    assert "姓名  SAMPLE ALEX MARIA" in lines
    assert "性别  女" in lines
    assert lines[-3:] == [
        "芯片内容与签名所列摘要一致。",
        "芯片的签名无效，请由主管核对证件。",
        "未核对签名证书是否由签发国签发：本行没有该国的证书。",
    ]
