from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.evidence.person_name import (
    MIDDLE_DOTS,
    NameAgreement,
    compare_names,
    normalised_name,
    rare_positions,
    with_one_dot,
)

NAMES = st.text(st.sampled_from("王李张伟芳䶮㛃𬭎𠅤·\ue863\ue81e\ue000?〓 　\ufe00"), max_size=6)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("李䶮", "李\ue863"),  # FE9F of GBK
        ("张㧏", "张\ue827"),
        ("王龴", "王\ue81e"),
        ("王\U000241fe", "王\ue855"),
        ("林 晓样", "林晓样"),
        ("阿依·古丽样", "阿依•古丽样"),
        ("阿．样", "阿·样"),
        ("阿依 努尔・买买提", "阿依努尔·买买提"),
        ("欧陽", "欧陽\ufe00"),
        ("李明", "李\u200b明"),
        ("ＬＩ", "LI"),
        ("⼤卫", "大卫"),  # a radical in the place of the character
        ("金\uf90a", "金金"),  # a compatibility ideograph
    ],
)
def test_one_name_in_two_encodings_is_the_same(one: str, other: str) -> None:
    assert compare_names(one, other) is NameAgreement.SAME


@pytest.mark.parametrize("dot", MIDDLE_DOTS)
def test_every_dot_between_the_parts_of_a_name_is_one(dot: str) -> None:
    assert with_one_dot(f"阿依{dot}样") == "阿依·样"
    assert compare_names(f"阿依{dot}样", "阿依·样") is NameAgreement.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [("王𬭎", "王?"), ("王𬭎", "王????"), ("李\ue001明", "李璟明"), ("赵〓", "赵䶮"), ("钱□英", "钱�英")],
)
def test_a_character_that_could_not_be_written_is_no_mismatch(one: str, other: str) -> None:
    assert compare_names(one, other) is NameAgreement.ENCODING


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("王伟", "王芳"),
        ("王?伟", "李?伟"),
        ("王?", "王"),
        ("??", "王伟"),
        ("王", ""),
        ("王??", "王伟芳英"),
        ("王(", "王?伟"),
    ],
)
def test_other_names_are_different(one: str, other: str) -> None:
    assert compare_names(one, other) is NameAgreement.DIFFERENT


def test_a_text_that_is_no_name_is_not_searched_for_one() -> None:
    endless = "??a" * 300_000
    assert compare_names("王伟", endless) is compare_names(endless, "王伟") is NameAgreement.DIFFERENT
    assert compare_names(endless, endless) is NameAgreement.SAME


@given(NAMES, NAMES)
def test_both_orders_agree_and_a_name_agrees_with_itself(one: str, other: str) -> None:
    assert compare_names(one, other) is compare_names(other, one)
    assert compare_names(one, one) is NameAgreement.SAME
    assert normalised_name(normalised_name(one)) == normalised_name(one)


@given(st.text(max_size=8))
def test_any_text_has_a_normalised_form_that_stays(name: str) -> None:
    assert normalised_name(normalised_name(name)) == normalised_name(name)


def test_rare_characters_are_pointed_out() -> None:
    assert rare_positions("王𬭎") == (1,)
    assert rare_positions("李 \ue001明?") == (1, 3)
    assert rare_positions("李\ue863") == rare_positions("李䶮") == (1,)  # the one that systems write in two ways
    assert rare_positions("阿依努尔·买买提") == ()
