from __future__ import annotations

import pytest

from teller_assist.documents import divisions


@pytest.mark.parametrize("code", ["110101", "320521", "512324", "330113", "469031", "110000"])
def test_codes_of_every_year_are_known(code: str) -> None:
    assert divisions.is_known(code)


@pytest.mark.parametrize("code", ["999999", "110199", "", "11010", "０"])
def test_a_code_that_never_was_is_not(code: str) -> None:
    assert not divisions.is_known(code)


def test_provinces_cities_and_counties_hang_together() -> None:
    assert {"江苏省", "北京市", "香港特别行政区"} <= divisions.places_under("").keys()
    assert "南通市" in divisions.places_under("32")
    assert "如东县" in divisions.places_under("3206")
    assert {"密云区", "密云县"} <= divisions.places_under("11").keys()
    assert "仙桃市" in divisions.places_under("42")
    assert "如东县" in divisions.counties_of_province("32")


def test_levels_that_no_address_prints_are_no_places() -> None:
    named = {name for code in ("", "11", "46", "3206") for name in divisions.places_under(code)}
    assert not named & {"市辖区", "县", "省直辖县级行政区划"}


@pytest.mark.parametrize("name", ["如东县公安局", "上海市公安局金山分局", "鄂尔多斯市公安局康巴什分局", "南通市公安局"])
def test_offices_are_called_by_their_divisions(name: str) -> None:
    assert name in divisions.authorities()[len(name)]
