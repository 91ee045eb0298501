from __future__ import annotations

import datetime
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teller_assist.documents.engine import TextLine
from teller_assist.documents.fields.parse import PLAUSIBLE, FieldsRead, read_fields
from teller_assist.documents.fields.vocabulary import ETHNICITIES
from teller_assist.evidence.printed import DocumentKind, FieldName
from tests.stand_ins.card_lines import SIZE_PX, Item, Person, all_items, back_items, front_items, merged, text_lines, wrapped

LABELS = {"name": "姓名", "sex": "性别", "ethnicity": "民族", "birth": "出生", "address": "住址"}
PERSONS = [
    Person(),
    Person("欧阳样样", "女", "土家", "1985-12-31", "湖南省张家界市永定区样家坡街道大样路1999号3栋2单元1204室", "430802"),
    Person("阿依样·买样提", "男", "维吾尔", "2001-10-10", "新疆维吾尔自治区喀什地区疏附县样克乡1村12组", "653121"),
    Person("样", "女", "壮", "1962-01-09", "北京市密云区样凰新村25幢4-8-1号", "110118"),
    Person("李䶮样", "女", "鄂温克", "1999-11-02", "内蒙古自治区呼伦贝尔市鄂温克族自治旗样镇A座1705", "150724"),
]


def values(read: FieldsRead) -> dict[str, str]:
    return {name.value: one.value for name, one in read.fields.items()}


def read(items: list[Item], **laid_out: object) -> FieldsRead:
    return read_fields(text_lines(items, **laid_out), SIZE_PX)  # type: ignore[arg-type]


@pytest.mark.parametrize("person", PERSONS)
def test_a_front_is_read_whole_and_nobody_needs_to_look(person: Person) -> None:
    front = read(all_items(front_items(person)))
    assert front.kind is DocumentKind.FRONT
    assert front.plausibility > 2 * PLAUSIBLE
    assert values(front) == person.values
    to_look_at = {FieldName.NAME} if "䶮" in person.name else set()
    assert {name for name, one in front.fields.items() if not one.accepted} == to_look_at


@pytest.mark.full
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_rendering_of_a_card_gives_the_same_fields(data: st.DataObject) -> None:
    person = data.draw(st.sampled_from(PERSONS))
    rows = front_items(person, data.draw(st.sampled_from(["公民身份号码", "公民身份号", "公民身纷号码", "民身份号码", ""])))
    garbled = data.draw(st.fixed_dictionaries({name: st.sampled_from(["whole", "one_wrong", "one_missing"]) for name in LABELS}))
    together = data.draw(st.sets(st.sampled_from(sorted(LABELS))))
    items: list[Item] = []
    for name, row in rows.items():
        if name in LABELS and name not in together:
            row[0] = _garbled(row[0], garbled[name])
        items += [merged(row), *row[2:]] if name in together and name in LABELS else row
    found = read(
        [item for item in items if item.text],
        tilt_deg=data.draw(st.floats(-4, 4)),
        scale=data.draw(st.floats(0.96, 1.04)),
        shift=(data.draw(st.floats(-12, 12)), data.draw(st.floats(-12, 12))),
        jitter_px=1.0,
        seed=data.draw(st.integers(0, 999)),
    )
    assert found.kind is DocumentKind.FRONT
    assert values(found) == person.values


def _garbled(label: Item, how: str) -> Item:
    texts = {
        "whole": label.text,
        "one_wrong": label.text[0] + "各",
        "one_missing": label.text[:1],
    }
    return replace(label, text=texts[how])


@pytest.mark.parametrize("label", list(LABELS))
def test_a_label_that_was_not_recognised_costs_no_field(label: str) -> None:
    person = PERSONS[1]
    rows = front_items(person)
    rows[label] = rows[label][1:]
    assert values(read(all_items(rows))) == person.values


def test_a_row_that_is_one_line_with_both_labels_is_taken_apart() -> None:
    person = PERSONS[1]
    rows = front_items(person)
    row = f"性别{person.sex}民族{person.ethnicity}"
    rows["sex"], rows["ethnicity"] = [replace(rows["sex"][0], text=row)], []
    assert values(read(all_items(rows))) == person.values


@pytest.mark.parametrize("most", [7.0, 9.0, 11.0])
def test_an_address_of_several_lines_is_joined_in_their_order(most: float) -> None:
    person = PERSONS[1]
    rows = front_items(person)
    lines = wrapped(person.address, most)
    rows["address"] = [rows["address"][0], *(Item(line, 168, 305 + 44 * place, 40) for place, line in enumerate(lines))]
    assert values(read(all_items(rows)))["address"] == person.address


def test_a_line_that_was_cut_in_two_is_joined_and_the_piece_that_both_have_counts_once() -> None:
    rows = front_items(PERSONS[0])
    rows["birth"] = [rows["birth"][0], Item("1990", 168, 246, 45), Item("3年3月7日", 238, 246, 45)]
    rows["birth"][2].confidences = [0.4, 0.99, 0.99, 0.99, 0.99, 0.99]
    assert values(read(all_items(rows)))["birth"] == "1990-03-07"


def test_a_second_scripts_lines_above_and_below_are_no_part_of_the_values() -> None:
    person = PERSONS[2]
    rows = front_items(person)
    rows["second"] = [
        Item("ئابدۇ", 166, 52, 30), Item("Vunz", 300, 140, 26), Item("Ngoenz", 60, 212, 26), Item("1s7", 168, 285, 26),
        Item("Swngdaih", 168, 470, 28),
    ]  # fmt: skip
    assert values(read(all_items(rows))) == person.values


def test_text_of_the_portrait_and_beside_the_card_is_left_out() -> None:
    rows = front_items(PERSONS[0])
    rows["noise"] = [Item("样", 760, 94, 40), Item("号", 880, 330, 30), Item("三", 700, 246, 40)]
    assert values(read(all_items(rows))) == PERSONS[0].values


@pytest.mark.parametrize("sign", ["·", "•", "‧", ".", "．", "・"])
def test_the_dot_between_the_parts_of_a_name_is_always_the_same(sign: str) -> None:
    rows = front_items(replace(PERSONS[2], name=PERSONS[2].name.replace("·", sign)))
    assert values(read(all_items(rows)))["name"] == PERSONS[2].name


def test_wide_digits_are_plain_ones() -> None:
    rows = front_items(PERSONS[0])
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    for row in rows.values():
        for item in row:
            item.text = item.text.translate(wide)
    assert values(read(all_items(rows))) == PERSONS[0].values


def test_the_residual_tilt_and_the_order_of_the_lines_do_not_matter() -> None:
    assert values(read(all_items(front_items(PERSONS[1])), tilt_deg=6.0, seed=5)) == PERSONS[1].values


@pytest.mark.parametrize(
    ("authority", "validity", "expected"),
    [
        ("如东县公安局", "2019.01.01-2039.01.01", ("如东县公安局", "2019-01-01", "2039-01-01")),
        ("上海市公安局金山分局", "2008.02.29-长期", ("上海市公安局金山分局", "2008-02-29", "长期")),
        ("西藏自治区公安厅", "2019.01.01—2024.01.01", ("西藏自治区公安厅", "2019-01-01", "2024-01-01")),
        ("如东县公安局", "2019年1月1日-2039年1月1日", ("如东县公安局", "2019-01-01", "2039-01-01")),
    ],
)
def test_a_back_is_read(authority: str, validity: str, expected: tuple[str, str, str]) -> None:
    back = read(back_items(authority, validity))
    assert back.kind is DocumentKind.BACK
    assert values(back) == dict(zip(("authority", "valid_from", "valid_to"), expected, strict=True))
    assert all(one.accepted for one in back.fields.values())


@pytest.mark.parametrize("label", ["签发机关", "等发机关", "签发机", "签发机美", "发机关"])
def test_a_back_whose_labels_and_values_are_single_lines_is_read(label: str) -> None:
    items = back_items()
    items[2].text, items[4].text = label, "有效期很"
    found = read([*items[:2], merged(items[2:4]), merged(items[4:6])])
    assert values(found) == {"authority": "如东县公安局", "valid_from": "2019-01-01", "valid_to": "2039-01-01"}


@pytest.mark.parametrize("before", ["2003年2月18日", "机关"])
def test_what_has_something_else_before_its_place_is_never_accepted_however_surely_it_was_read(before: str) -> None:
    person = PERSONS[1]
    rows = front_items(person)
    rows["address"][1].text = before + rows["address"][1].text
    address = read(all_items(rows)).fields[FieldName.ADDRESS]
    authority = read(back_items(before + "如东县公安局")).fields[FieldName.AUTHORITY]
    assert not address.accepted
    assert not authority.accepted


@pytest.mark.parametrize("validity", ["2018.01.01-2039.01.01", "2019.01.01-2038.01.01", "2019.11.01-2039.01.01"])
def test_neither_day_of_a_span_that_no_card_has_is_accepted(validity: str) -> None:
    fields = read(back_items(validity=validity)).fields
    assert not fields[FieldName.VALID_FROM].accepted
    assert not fields[FieldName.VALID_TO].accepted


def test_a_first_day_that_was_read_unsurely_is_in_doubt_although_the_span_is_one_that_cards_have() -> None:
    items = back_items()
    items[5].confidences = [0.7, *[0.99] * 9, 0.99, 0.7, *[0.99] * 9]
    fields = read(items).fields
    assert fields[FieldName.VALID_FROM].doubtful == (0,)
    assert fields[FieldName.VALID_TO].accepted


def test_an_authority_in_two_lines_is_joined() -> None:
    items = back_items("鄂尔多斯市公安局康巴")
    found = read([*items, Item("什分局", 396, 498, 40)])
    assert values(found)["authority"] == "鄂尔多斯市公安局康巴什分局"


def test_a_long_term_of_which_a_character_is_missing_is_told_but_in_doubt() -> None:
    last = read(back_items(validity="2019.01.01-长")).fields[FieldName.VALID_TO]
    assert (last.value, last.accepted) == ("长期", False)


def test_a_temporary_card_has_all_its_fields_on_one_side() -> None:
    rows = front_items(PERSONS[0])
    below = [Item("签发机关", 60, 470, 34), Item("如东县公安局", 200, 470, 34), Item("有效期限", 60, 506, 34),
             Item("2026.10.01-2027.01.01", 200, 506, 34)]  # fmt: skip
    rows["number"] = [replace(item, y=596) for item in rows["number"]]
    card = read([*all_items(rows), *below])
    assert card.kind is DocumentKind.TEMPORARY
    assert values(card) == PERSONS[0].values | {"authority": "如东县公安局", "valid_from": "2026-10-01", "valid_to": "2027-01-01"}
    assert all(one.accepted for one in card.fields.values())


def test_the_title_of_a_temporary_card_tells_its_kind() -> None:
    card = read([Item("中华人民共和国", 323, 115, 70), Item("临时居民身份证", 290, 241, 100)])
    assert (card.kind, dict(card.fields)) == (DocumentKind.TEMPORARY, {})
    assert card.plausibility >= PLAUSIBLE


def test_a_form_or_upside_down_text_is_no_card() -> None:
    form = [Item("个人业务凭证", 300, 60, 40), Item("客户姓名:王样", 100, 160, 40), Item("日期2026年1月3日", 100, 260, 40)]
    assert read(form).kind is DocumentKind.UNKNOWN
    assert read(form).plausibility < PLAUSIBLE
    assert read([]).plausibility < PLAUSIBLE


def test_the_validity_is_held_against_the_day_of_reading() -> None:
    lines = text_lines(back_items())
    for year, in_force in ((2018, False), (2026, True), (2040, False)):
        last = read_fields(lines, SIZE_PX, datetime.date(year, 6, 1)).fields[FieldName.VALID_TO]
        assert {check.check: check.passed for check in last.checks}["in_force"] is in_force
        assert last.accepted is in_force


def test_a_number_in_another_typeface_moves_no_other_field() -> None:
    rows = front_items(PERSONS[0])
    rows["number"][1].pitch = 0.8
    assert values(read(all_items(rows))) == PERSONS[0].values


LINE = st.builds(
    lambda text, confidences, corners: TextLine(text, 0.5, tuple(confidences), np.array(corners, np.float32)),
    st.text(
        st.sampled_from(
            "姓名性别民族出生住址公身份号码签发机关有效期限长省市县区男女汉年月日0123456789X.-·局公安 ﷺ㎡\u0000\ue000A"
        ),
        max_size=24,
    ),
    st.lists(st.floats(0, 1), max_size=24),
    st.lists(st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)), min_size=4, max_size=4),
)


@pytest.mark.full
@settings(max_examples=150, deadline=None)
@given(st.lists(LINE, max_size=25))
def test_whatever_recognition_answers_gives_fields_and_never_raises(lines: list[TextLine]) -> None:
    found = read_fields(lines, SIZE_PX)
    assert found.plausibility >= 0
    for one in found.fields.values():
        assert 0 <= one.confidence <= 1
        assert all(0 <= place < len(one.value) for place in one.doubtful)
        assert one.value


def test_corners_that_are_no_numbers_are_no_line() -> None:
    line = TextLine("姓名王样", 0.9, (0.9,) * 4, np.full((4, 2), np.nan, np.float32))
    assert not read_fields([line], SIZE_PX).fields


@pytest.mark.parametrize("group", ETHNICITIES)
def test_every_ethnic_group_is_read_as_it_is(group: str) -> None:
    person = replace(PERSONS[0], ethnicity=group)
    assert values(read(all_items(front_items(person))))["ethnicity"] == group


@pytest.mark.parametrize(("written", "group"), [("舞", "彝"), ("备", "畲"), ("社", "壮"), ("仏佬", "仫佬"), ("保像", "傈僳")])
def test_what_recognition_writes_for_a_group_means_it_and_stays_in_doubt(written: str, group: str) -> None:
    field = read(all_items(front_items(replace(PERSONS[0], ethnicity=written)))).fields[FieldName.ETHNICITY]
    assert (field.value, field.accepted) == (group, False)


def test_nothing_personal_shows_in_a_repr() -> None:
    front = read(all_items(front_items(PERSONS[0])))
    assert "王样" not in repr(front)
    assert PERSONS[0].number not in repr(front)


def test_a_number_in_which_two_dates_could_be_seen_is_no_validity() -> None:
    person = replace(PERSONS[0], birth="2011-07-03", area="130303")
    front = read(all_items(front_items(person)))
    assert front.kind is DocumentKind.FRONT
    assert values(front)["id_number"] == person.number


def test_a_badly_read_character_of_the_division_that_the_number_names_needs_no_look() -> None:
    rows = front_items(PERSONS[0])
    first = rows["address"][1]
    first.confidences = [0.99] * len(first.text)
    first.confidences[6] = 0.6
    assert read(all_items(rows)).fields[FieldName.ADDRESS].accepted
    first.confidences[-1] = 0.6
    assert read(all_items(rows)).fields[FieldName.ADDRESS].doubtful == (len(first.text) - 1,)


def test_a_character_of_a_name_below_the_threshold_is_doubtful_and_the_name_is_as_it_was_read() -> None:
    rows = front_items(PERSONS[0])
    rows["name"][1].confidences = [0.99, 0.91]
    name = read(all_items(rows)).fields[FieldName.NAME]
    assert (name.value, name.doubtful, name.accepted) == ("王样", (1,), False)


def test_a_name_whose_first_character_got_lost_is_in_doubt() -> None:
    rows = front_items(PERSONS[1])
    rows["name"][1] = replace(rows["name"][1], text="阳样样", x=rows["name"][1].x + 50)
    name = read(all_items(rows)).fields[FieldName.NAME]
    assert (name.value, name.accepted, name.whole) == ("阳样样", False, False)


def test_a_number_whose_box_reaches_over_the_end_of_its_label_keeps_its_first_digit() -> None:
    rows = front_items(PERSONS[0])
    number = rows["number"][1]
    rows["number"][0].pitch = 0.9
    rows["number"][1] = replace(number, x=rows["number"][0].x + rows["number"][0].width - 28)
    assert values(read(all_items(rows)))["id_number"] == PERSONS[0].number


def test_specks_are_no_dots_of_an_address() -> None:
    rows = front_items(PERSONS[0])
    rows["address"][-1].text = "." + rows["address"][-1].text
    assert values(read(all_items(rows)))["address"] == PERSONS[0].address


def test_what_was_read_of_a_second_script_before_the_province_is_left_out() -> None:
    rows = front_items(PERSONS[0])
    first = rows["address"][1]
    rows["address"][1] = replace(
        first, text="maarga可" + first.text, confidences=[0.4] * 7 + [0.99] * len(first.text), pitch=0.62
    )
    assert values(read(all_items(rows)))["address"] == PERSONS[0].address
