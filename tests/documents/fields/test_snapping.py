from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_assist.documents.fields.snapping import placed_address, snapped_authority
from teller_assist.documents.fields.text import Glyph, Text


def text(characters: str, unsure: str = "", confidence: float = 0.6) -> Text:
    return Text(
        tuple(
            Glyph(one, confidence if one in unsure else 0.99, 40.0 * place, 100, 45, (40.0 * place, 80, 40.0 * place + 38, 120))
            for place, one in enumerate(characters)
        )
    )


def marked(found: Text) -> str:
    return "".join(glyph.character for glyph in found.glyphs if not glyph.certain)


@pytest.mark.parametrize(
    ("read", "unsure", "told", "doubtful"),
    [
        ("山东省临沂市郊城县样街3号", "郊", "山东省临沂市郯城县样街3号", "郯"),
        ("吉林省延边翻鲜族自治州军春市样街", "翻军", "吉林省延边朝鲜族自治州珲春市样街", "朝珲"),
        ("汀苏省如东县样镇", "汀", "江苏省如东县样镇", "江"),
        ("江蘇省南通市如東縣样镇", "", "江苏省南通市如东县样镇", ""),
    ],
)
def test_a_division_with_a_badly_read_character_is_told_and_stays_marked(
    read: str, unsure: str, told: str, doubtful: str
) -> None:
    found = placed_address(text(read, unsure), None)
    assert (found.text.characters, marked(found.text)) == (told, doubtful)


@pytest.mark.parametrize(
    ("read", "unsure", "told", "doubtful"),
    [
        ("样省样宾胡间16号", "间", "样省样宾胡同16号", "同"),
        ("样省样路3栋2单兀401室", "兀", "样省样路3栋2单元401室", "元"),
        ("样省样镇样宾胡周", "周", "样省样镇样宾胡同", "同"),
        ("样省样镇胡家村3号", "家", "样省样镇胡家村3号", ""),
        ("样省样镇胡间3号", "", "样省样镇胡间3号", ""),
    ],
)
def test_a_badly_read_alley_or_unit_before_a_number_is_told_and_stays_marked(
    read: str, unsure: str, told: str, doubtful: str
) -> None:
    found = placed_address(text(read, unsure), None)
    assert (found.text.characters, marked(found.text)) == (told, doubtful)


def test_what_the_number_names_as_well_is_certain() -> None:
    found = placed_address(text("山东省临沂市郊城县样街3号", "郊"), "371322")
    assert (found.text.characters[6:9], marked(found.text)) == ("郯城县", "")


@pytest.mark.parametrize(
    ("read", "unsure"),
    [
        ("江苏省泰州市高新区样街3号", ""),  # a development zone, beside 高港区
        ("江苏省泰州市中城路3号", ""),
        ("江苏省泰州市某某区样街", "某"),
        ("样街3号", "样"),
        ("", ""),
    ],
)
def test_what_may_stand_there_is_left_as_it_was_read(read: str, unsure: str) -> None:
    found = placed_address(text(read, unsure), None)
    assert (found.text.characters, marked(found.text)) == (read, "")


@pytest.mark.parametrize(
    ("read", "doubtful"),
    [("山东省临沂市郊城县样街3号", "郊"), ("湖南省怀化市淑浦县西山路4号", "淑"), ("山束省临沂市郯城县样街3号", "束")],
)
def test_what_was_surely_read_and_misses_a_place_by_one_character_is_left_and_doubted(read: str, doubtful: str) -> None:
    found = placed_address(text(read, ""), None)
    assert (found.text.characters, marked(found.text)) == (read, doubtful)


def test_what_follows_the_division_is_never_touched() -> None:
    assert placed_address(text("江苏省如东县江苏首如东具", "首具"), "320623").text.characters == "江苏省如东县江苏首如东具"


@pytest.mark.parametrize(
    ("read", "codes"),
    [
        ("江苏省南通市如东县样镇", {"320623"}),
        ("江苏省如东县样镇", {"320623"}),
        ("北京市密云区样镇", {"110118"}),
        ("湖北省仙桃市样镇", {"429004"}),
        ("广东省东莞市样镇", {"441900"}),
        ("样镇", set()),
    ],
)
def test_the_division_is_told_by_its_codes(read: str, codes: set[str]) -> None:
    assert codes <= placed_address(text(read), None).codes
    assert bool(codes) == bool(placed_address(text(read), None).codes)


@pytest.mark.parametrize(
    ("read", "unsure", "told", "doubtful"),
    [
        ("丹东市公安网振兴分局", "网", "丹东市公安局振兴分局", "局"),
        ("如東縣公安局", "", "如东县公安局", ""),
        ("丹东市公安网振兴分局", "", "丹东市公安网振兴分局", "网"),
        ("阜阳市公安局颖泉分局", "", "阜阳市公安局颖泉分局", "颖"),
        ("西藏自治区公安厅", "", "西藏自治区公安厅", ""),
        ("样样县公安局", "样", "样样县公安局", ""),
    ],
)
def test_an_authority_is_called_as_offices_are(read: str, unsure: str, told: str, doubtful: str) -> None:
    found = snapped_authority(text(read, unsure))
    assert (found.characters, marked(found)) == (told, doubtful)


@given(st.text(st.sampled_from("江苏省南通市如东县北京海区山西安阳州新疆样0号"), max_size=14), st.floats(0, 1))
def test_an_address_keeps_its_length_and_what_was_surely_read(characters: str, confidence: float) -> None:
    read = text(characters, "南东山", confidence)
    found = placed_address(read, None).text
    assert len(found.characters) == len(characters)
    assert all(
        one.character == other.character for one, other in zip(read.glyphs, found.glyphs, strict=True) if one.confidence >= 0.95
    )
