from __future__ import annotations

import base64
import datetime
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from teller_assist.devices.travel_records import read_travel_document
from teller_assist.errors import CardUnreadableError, PictureError
from teller_assist.evidence.id_number import Sex
from teller_assist.evidence.travel_document import AccessProtocol, CheckState
from teller_assist.pictures.decode import PictureLimits
from teller_assist.wording import codes

LIMITS = PictureLimits(max_bytes=1_000_000, max_pixels=1_000_000)


def picture(file_format: str) -> str:
    stream = io.BytesIO()
    Image.new("RGB", (240, 320), "grey").save(stream, file_format)
    return base64.b64encode(stream.getvalue()).decode()


def document(**changed: Any) -> dict[str, Any]:
    record = {
        "document_type": "P",
        "issuing_state": "UTO",
        "nationality": "D",
        "number": "L0000000X",
        "primary_identifier": "SAMPLE",
        "secondary_identifier": "ALEX MARIA",
        "sex": "female",
        "birth_date": "1990-03-07",
        "valid_until": "2035-12-31",
        "optional_data": "",
        "portrait": {"format": "jpeg", "data": picture("JPEG"), "orientation_known": True},
        "access_by": "bac",
        "checks": {"data_groups": "passed", "signature": "failed", "issuer": "not_checked"},
    }
    return {**record, **changed}


def checks(**changed: Any) -> dict[str, Any]:
    return {"checks": {**document()["checks"], **changed}}


def test_a_record_becomes_a_travel_document() -> None:
    read = read_travel_document(document(), LIMITS)
    assert (read.document_type, read.issuing_state, read.nationality) == ("P", "UTO", "D")
    assert (read.number.reveal(), read.name.reveal(), read.optional_data.reveal()) == ("L0000000X", "SAMPLE ALEX MARIA", "")
    assert (read.sex, read.valid_until) == (Sex.FEMALE, datetime.date(2035, 12, 31))
    assert read.birth_date is not None
    assert read.birth_date.reveal() == datetime.date(1990, 3, 7)
    assert (read.portrait.role, read.portrait.width_px, read.portrait_orientation_known) == ("reference", 240, True)
    assert read.access_by is AccessProtocol.BAC
    told = read.authentication
    assert (told.data_groups, told.signature, told.issuer) == (CheckState.PASSED, CheckState.FAILED, CheckState.NOT_CHECKED)
    assert told.failed


def test_nothing_personal_prints() -> None:
    printed = repr(read_travel_document(document(optional_data="PERSONAL7"), LIMITS))
    assert not any(word in printed for word in ("L0000000X", "SAMPLE", "ALEX", "1990", "PERSONAL7"))


@pytest.mark.parametrize(
    "changed",
    [
        {"document_type": "PM"},
        {"document_type": "C1"},
        {"number": "A" * 22},
        {"number": "C01X<Y"},
        {"secondary_identifier": ""},
        {"birth_date": ""},
        {"sex": "unspecified"},
        {"access_by": "pace"},
        {"portrait": {"format": "jpeg2000", "data": picture("JPEG2000"), "orientation_known": False}},
    ],
)
def test_what_a_zone_may_leave_open_passes(changed: dict[str, Any]) -> None:
    read = read_travel_document(document(**changed), LIMITS)
    assert read.birth_date is None or changed.get("birth_date") != ""
    assert (read.sex is None) is (changed.get("sex") == "unspecified")


@pytest.mark.parametrize(
    ("why", "changed"),
    [
        ("record", {"extra": 1}),
        ("document_type", {"document_type": ""}),
        ("document_type", {"document_type": "P<"}),
        ("document_type", {"document_type": "1P"}),
        ("nationality", {"issuing_state": "UTOP"}),
        ("nationality", {"issuing_state": "D<<"}),
        ("nationality", {"nationality": 7}),
        ("document_number", {"number": ""}),
        ("document_number", {"number": "l0000000x"}),
        ("document_number", {"number": "C01X<"}),
        ("document_number", {"number": "A" * 23}),
        ("name", {"primary_identifier": ""}),
        ("name", {"primary_identifier": "SAMPLE\n"}),
        ("name", {"secondary_identifier": "A" * 81}),
        ("sex", {"sex": "X"}),
        ("birth_date", {"birth_date": "1990-02-30"}),
        ("birth_date", {"birth_date": "900307"}),
        ("validity", {"valid_until": ""}),
        ("validity", {"valid_until": "1990-03-07"}),
        ("optional_data", {"optional_data": "A" * 31}),
        ("portrait", {"portrait": {"format": "jpeg"}}),
        ("portrait", {"portrait": {"format": "gif", "data": "", "orientation_known": True}}),
        ("access", {"access_by": "eac"}),
        ("checks", {"checks": {}}),
        ("checks", checks(signature="perhaps")),
        ("checks", checks(extra="passed")),
    ],
)
def test_what_is_not_as_it_must_be_is_no_document_and_has_its_reason(why: str, changed: dict[str, Any]) -> None:
    with pytest.raises(CardUnreadableError) as caught:
        read_travel_document(document(**changed), LIMITS)
    assert caught.value.facts["why"] == why
    assert why in codes("card_why")


@pytest.mark.parametrize("missing", sorted(document()))
def test_every_field_must_be_there(missing: str) -> None:
    record = document()
    del record[missing]
    with pytest.raises(CardUnreadableError):
        read_travel_document(record, LIMITS)


def test_jpeg_2000_that_calls_itself_jpeg_is_refused() -> None:
    portrait = {"format": "jpeg", "data": picture("JPEG2000"), "orientation_known": True}
    with pytest.raises(CardUnreadableError) as caught:
        read_travel_document(document(portrait=portrait), LIMITS)
    assert caught.value.facts["why"] == "portrait"


@given(
    st.dictionaries(
        st.sampled_from(sorted(document())),
        st.none() | st.integers() | st.text(max_size=12) | st.lists(st.text(max_size=3)) | st.dictionaries(st.text(), st.text()),
    )
)
def test_no_record_breaks_it(changed: dict[str, Any]) -> None:
    try:
        read = read_travel_document(document(**changed), LIMITS)
    except (CardUnreadableError, PictureError):
        return
    assert read.number.reveal()
