from __future__ import annotations

import datetime
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.documents.cross_check import chip_text, compare_values, cross_check
from teller_assist.evidence.document_agreement import Agreement, FieldComparison
from teller_assist.evidence.id_number import IdNumber, Sex
from teller_assist.evidence.identity import IdentityCard, NoChip, StatedIdentity
from teller_assist.evidence.netcheck import NetcheckCode, NetcheckResult
from teller_assist.evidence.person_name import NameAgreement
from teller_assist.evidence.pictures import Picture
from teller_assist.evidence.printed import FieldName
from teller_assist.settings.personal import Personal
from teller_assist.wording import codes
from tests.stand_ins.card_lines import Person

PERSON = Person()
CARD = IdentityCard(
    name=Personal(PERSON.name), sex=Sex.MALE, ethnicity="汉", birth_date=Personal(datetime.date(1990, 3, 7)),
    address=Personal(PERSON.address), number=Personal(IdNumber(PERSON.number)), issuer="如东县公安局",
    valid_from=datetime.date(2019, 1, 1), valid_until=None, portrait=Picture(np.zeros((126, 102, 3), np.uint8), "frame", "chip"),
)  # fmt: skip
PRINTED = {name: Personal(chip_text(CARD, name)) for name in FieldName}


def compared(printed: dict[FieldName, Personal[str]], *sources: object, **more: object) -> dict[FieldName, FieldComparison]:
    return {one.field: one for one in cross_check(printed, *sources, **more)}  # type: ignore[arg-type]


def test_a_card_agrees_with_its_own_chip_in_every_field() -> None:
    found = compared(PRINTED, CARD, None)
    assert {one.agreement for one in found.values()} == {Agreement.EQUAL}
    assert found[FieldName.VALID_TO].chip == Personal("长期")


@pytest.mark.parametrize(
    ("field", "one", "other", "why"),
    [
        (FieldName.NAME, "李䶮", "李\ue863", "rare_character"),
        (FieldName.NAME, "李䶮", "李?", "rare_character"),
        (FieldName.NAME, "阿依·样", "阿依•样", "middle_dot"),
        (FieldName.NAME, "阿依·样", "阿依．样", "middle_dot"),
        (FieldName.NAME, "王样", "王 样", "line_join"),
        (FieldName.ID_NUMBER, "11010519491231002X", "１１０１０５１９４９１２３１００２Ｘ", "full_width"),
        (FieldName.ID_NUMBER, "11010519491231002X", "11010519491231002x", "full_width"),
        (FieldName.BIRTH, "1990-03-07", "19900307", "date_form"),
        (FieldName.BIRTH, "1990-03-07", "1990年3月7日", "date_form"),
        (FieldName.VALID_TO, "2039-01-01", "2039.01.01", "date_form"),
        (FieldName.ETHNICITY, "汉", "漢", "traditional_form"),
        (FieldName.ETHNICITY, "汉", "汉族", "ethnicity_suffix"),
        (FieldName.ADDRESS, "江苏省如东县样镇3号", "江苏省如东县 样镇\n3号", "line_join"),
        (FieldName.ADDRESS, "江苏省如东县样镇3-4号", "江苏省如东县样镇３－４号", "full_width"),
        (FieldName.ADDRESS, "江苏省如东县样镇", "江蘇省如東縣样鎮", "traditional_form"),
        (FieldName.ADDRESS, "江苏省南通市如东县样镇", "如东县样镇", "province_prefix"),
        (FieldName.ADDRESS, "南通市如东县样镇", "江苏省南通市如东县样镇", "province_prefix"),
        (FieldName.AUTHORITY, "南通市公安局", "江苏省南通市公安局", "province_prefix"),
    ],
)
def test_two_writings_of_one_value_are_equivalent_and_it_is_said_why(field: FieldName, one: str, other: str, why: str) -> None:
    assert compare_values(field, one, other) == compare_values(field, other, one) == (Agreement.EQUIVALENT, why)
    assert why in codes("agreement_why")


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        (FieldName.NAME, "王样", "王祥"),
        (FieldName.NAME, "张样", "張样"),  # a name has no closed vocabulary: nobody decides that these are one
        (FieldName.SEX, "男", "女"),
        (FieldName.ETHNICITY, "汉", "回"),
        (FieldName.BIRTH, "1990-03-07", "1990-03-08"),
        (FieldName.ID_NUMBER, "11010519491231002X", "110105194912310020"),
        (FieldName.ADDRESS, "江苏省如东县样镇3号", "江苏省如东县样镇4号"),
        (FieldName.ADDRESS, "江苏省如东县样镇3号", "样镇3号"),
        (FieldName.ADDRESS, "江苏省如东县样镇3号", ""),
        (FieldName.VALID_TO, "长期", "2039-01-01"),
        (FieldName.AUTHORITY, "如东县公安局", "如皋市公安局"),
    ],
)
def test_other_values_are_different(field: FieldName, one: str, other: str) -> None:
    assert compare_values(field, one, other)[0] is compare_values(field, other, one)[0] is Agreement.DIFFERENT


def test_without_a_chip_there_is_nothing_to_compare_with() -> None:
    assert {one.agreement for one in compared(PRINTED, None, None).values()} == {Agreement.MISSING}


def test_what_was_not_read_is_not_compared() -> None:
    assert list(compared({FieldName.SEX: Personal("男")}, CARD, None)) == [FieldName.SEX]


@pytest.mark.parametrize(
    ("code", "confirmed"),
    [
        (NetcheckCode.MATCH_PHOTO_SAME, {FieldName.NAME, FieldName.ID_NUMBER}),
        (NetcheckCode.MATCH_NO_PHOTO, {FieldName.NAME, FieldName.ID_NUMBER}),
        (NetcheckCode.NAME_MISMATCH, {FieldName.ID_NUMBER}),
        (NetcheckCode.NOT_FOUND, set()),
        (NetcheckCode.SERVICE_DOWN, set()),
        (NetcheckCode.CARD_LOST, set()),
    ],
)
def test_the_authority_stands_beside_what_it_confirmed_and_nothing_else(code: NetcheckCode, confirmed: set[FieldName]) -> None:
    found = compared(PRINTED, CARD, NetcheckResult(code, None))
    assert {name for name, one in found.items() if one.netcheck is not None} == confirmed


def test_a_name_that_the_authority_has_in_another_encoding_is_not_different() -> None:
    answer = NetcheckResult(NetcheckCode.NAME_MISMATCH, None, NameAgreement.ENCODING)
    assert compared(PRINTED, CARD, answer)[FieldName.NAME].agreement is Agreement.EQUAL


def test_without_a_chip_what_is_printed_is_held_against_what_the_authority_was_asked() -> None:
    stated = StatedIdentity(NoChip.TEMPORARY_CARD, CARD.number, Personal("王祥"))
    found = compared(PRINTED, None, NetcheckResult(NetcheckCode.MATCH_NO_PHOTO, None), stated=stated)
    assert found[FieldName.ID_NUMBER].agreement is Agreement.EQUAL
    assert found[FieldName.NAME].agreement is Agreement.DIFFERENT
    assert found[FieldName.ADDRESS].agreement is Agreement.MISSING


def test_the_weightiest_of_two_comparisons_counts() -> None:
    card = replace(CARD, name=Personal("李?"))
    answer = NetcheckResult(NetcheckCode.MATCH_NO_PHOTO, None)
    assert compared({FieldName.NAME: Personal("李䶮")}, card, answer)[FieldName.NAME].why == "rare_character"


def test_no_value_shows_in_a_repr() -> None:
    assert PERSON.name not in repr(cross_check(PRINTED, CARD, None))


@given(st.sampled_from(FieldName), st.text(max_size=30), st.text(max_size=30))
def test_whatever_is_compared_it_does_not_matter_in_which_order(field: FieldName, one: str, other: str) -> None:
    found = compare_values(field, one, other)
    assert found == compare_values(field, other, one)
    assert compare_values(field, one, one) == (Agreement.EQUAL, "")
    assert (found[0] is Agreement.EQUIVALENT) == bool(found[1])


def test_every_reason_has_words() -> None:
    assert len(codes("agreement_why")) == 8
