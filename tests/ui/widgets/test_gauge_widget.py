from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from PyQt5.QtGui import QColor

from teller_assist.evidence.kinds import Outcome
from teller_assist.ui.theme import LIGHT
from teller_assist.ui.widgets.gauge import Gauge
from teller_assist.ui.words import Language, Words
from teller_assist.wording import sentence
from tests.stand_ins.looking import clipped, settled, texts
from tests.stand_ins.view_parts import gauge

Show = Callable[[Any], Any]


@pytest.mark.parametrize(
    ("language", "outcome", "word"),
    [
        ("zh", Outcome.MATCH, "系统判断为同一人"),
        ("zh", Outcome.NON_MATCH, "系统判断为不同人"),
        ("zh", Outcome.INCONCLUSIVE, "系统无法判断是否为同一人"),
        ("en", Outcome.MATCH, "The system judges: the same person"),
        ("en", Outcome.NON_MATCH, "The system judges: different persons"),
        ("en", Outcome.INCONCLUSIVE, "The system cannot tell whether it is the same person"),
    ],
)
def test_outcome_headline_and_calibration_are_said(shown: Show, language: Language, outcome: Outcome, word: str) -> None:
    view = gauge(outcome)
    widget = shown(Gauge(Words(language), LIGHT))
    widget.show_gauge(view, "none")
    said = texts(widget)
    assert said[0] == word
    assert Words(language).of(view.headline) in said
    assert Words(language).of(view.calibration) in said


def test_the_empty_gauge_waits_for_the_capture(shown: Show, zh: Words) -> None:
    assert texts(shown(Gauge(zh, LIGHT))) == ["等待采集"]


def test_a_reading_goes_again(shown: Show, zh: Words) -> None:
    widget = shown(Gauge(zh, LIGHT))
    widget.show_gauge(gauge(Outcome.MATCH), "none")
    widget.show_gauge(None, "waiting")
    assert texts(widget) == ["等待采集"]


@pytest.mark.parametrize(("outcome", "there"), [(Outcome.MATCH, True), (Outcome.INCONCLUSIVE, False), (Outcome.NON_MATCH, False)])
def test_the_reading_against_a_relative_stands_on_a_pass_only_and_names_its_source(
    shown: Show, zh: Words, outcome: Outcome, there: bool
) -> None:
    widget = shown(Gauge(zh, LIGHT))
    widget.show_gauge(gauge(outcome), "none")
    said = texts(widget)
    assert ("与近亲属相比：不能区分" in said) is there
    assert ("数据来自其他算法的公开评测（NIST FRTE twins 2026-08）" in said) is there
    assert widget.relative.isVisible() is there


def test_the_plain_sentences_are_one_click_away(shown: Show, zh: Words) -> None:
    view = gauge(Outcome.MATCH)
    widget = shown(Gauge(zh, LIGHT))
    widget.show_gauge(view, "none")
    assert not widget.told.isVisible()
    widget.more.click()
    assert {one.zh for one in view.told} <= set(texts(widget))
    assert widget.more.text() == "收起"
    assert clipped(settled(widget)) == []


@pytest.mark.parametrize("stated", [True, False])
def test_zones_are_named_where_the_calibration_states_them(shown: Show, zh: Words, stated: bool) -> None:
    widget = shown(Gauge(zh, LIGHT))
    limits = {} if stated else {"non_match_until": None, "match_from": None}
    widget.show_gauge(gauge(Outcome.INCONCLUSIVE, **limits), "none")
    assert ({"不同人", "无法判断", "同一人"} <= set(texts(widget))) is stated


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("non_match_until", "match_from"), [(-9.0, -8.9), (9.8, 10.4), (-9.4, 10.4), (0.0, 0.1)])
def test_words_below_the_axis_never_run_into_each_other(
    shown: Show, language: Language, non_match_until: float, match_from: float
) -> None:
    widget = shown(Gauge(Words(language), LIGHT))
    widget.show_gauge(gauge(Outcome.INCONCLUSIVE, non_match_until=non_match_until, match_from=match_from), "none")
    zones = sorted((one.geometry() for one in widget.stranger._zones), key=lambda one: one.left())
    assert [one.right() < two.left() for one, two in pairwise(zones)] == [True, True]


@pytest.mark.parametrize("clamped", [True, False])
def test_a_reading_at_the_edge_of_what_the_counts_carry_says_so(shown: Show, zh: Words, clamped: bool) -> None:
    widget = shown(Gauge(zh, LIGHT))
    widget.show_gauge(gauge(Outcome.MATCH, clamped=clamped), "none")
    assert (sentence("advice", "calibration_clamped").zh in texts(widget)) is clamped


def dark_columns(widget: Gauge) -> list[int]:
    """Where the marker's middle line is dark: its disc and its whisker."""
    picture = widget.stranger.grab().toImage()
    return [x for x in range(picture.width()) if QColor(picture.pixel(x, 12)).lightness() < 50]


@pytest.mark.parametrize(("reading", "share"), [(-9.5, 0.0), (0.5, 0.5), (10.5, 1.0)])
def test_the_marker_stands_where_the_reading_is(shown: Show, zh: Words, reading: float, share: float) -> None:
    widget = shown(Gauge(zh, LIGHT))
    limits = {"non_match_until": None, "match_from": None}
    widget.show_gauge(gauge(Outcome.MATCH, stranger=reading, stranger_ci95=None, **limits), "none")
    columns = dark_columns(widget)
    middle = (columns[0] + columns[-1]) / 2
    assert abs(middle - (6 + share * (widget.stranger.width() - 12))) <= 1.5


def test_a_reading_that_is_not_stated_has_no_marker(shown: Show, zh: Words) -> None:
    widget = shown(Gauge(zh, LIGHT))
    widget.show_gauge(gauge(Outcome.MATCH, stranger=None, stranger_ci95=None, non_match_until=None, match_from=None), "none")
    assert dark_columns(widget) == []


def test_the_interval_makes_the_whisker_wider(shown: Show, zh: Words) -> None:
    widget = shown(Gauge(zh, LIGHT))
    widths = []
    for interval in ((0.0, 1.0), (-3.0, 4.0)):
        widget.show_gauge(
            gauge(Outcome.MATCH, stranger=0.5, stranger_ci95=interval, non_match_until=None, match_from=None), "none"
        )
        columns = dark_columns(widget)
        widths.append(columns[-1] - columns[0])
    assert widths[1] > 5 * widths[0]
