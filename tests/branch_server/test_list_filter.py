"""The list's address: what it asks for, and what the chips make of it."""

from __future__ import annotations

import datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from teller_assist.branch_server.list_filter import ListFilter
from teller_assist.errors import RequestError

NOW = datetime.datetime(2026, 12, 1, 15, 30).astimezone()


def at(day: datetime.date) -> str:
    midnight = datetime.datetime(day.year, day.month, day.day).astimezone().astimezone(datetime.UTC)
    return midnight.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_an_address_without_anything_asks_for_what_waits() -> None:
    wanted = ListFilter.of({}).cases(NOW)
    assert set(wanted.states) == {"waiting", "second_review", "disagreed", "sign_off"}
    assert (wanted.only_alerts, wanted.begin, wanted.end) == (False, "", "")
    assert ListFilter().address() == "/"


@pytest.mark.parametrize(
    ("days", "begin", "end"),
    [
        ("today", datetime.date(2026, 12, 1), None),
        ("yesterday", datetime.date(2026, 11, 30), datetime.date(2026, 12, 1)),
        ("week", datetime.date(2026, 11, 25), None),
        ("month", datetime.date(2026, 11, 2), None),
    ],
)
def test_a_span_is_of_the_servers_own_days(days: str, begin: datetime.date, end: datetime.date | None) -> None:
    wanted = ListFilter.of({"days": days}).cases(NOW)
    assert (wanted.begin, wanted.end) == (at(begin), "" if end is None else at(end))


def test_dates_are_inclusive() -> None:
    wanted = ListFilter.of({"show": "all", "from": "2026-11-03", "to": "2026-11-04"}).cases(NOW)
    assert (wanted.begin, wanted.end) == (at(datetime.date(2026, 11, 3)), at(datetime.date(2026, 11, 5)))
    assert wanted.states == ()


def test_a_chip_changes_one_thing_and_the_address_says_the_same_again() -> None:
    wanted = ListFilter.of({"kind": "kinship", "days": "yesterday", "teller": "李 & 柜员"})
    query = dict(parse_qsl(urlsplit(wanted.address(show="all")).query))
    assert query == {"kind": "kinship", "days": "yesterday", "teller": "李 & 柜员", "show": "all"}
    assert ListFilter.of(query) == ListFilter(show="all", kind="kinship", days="yesterday", teller="李 & 柜员")
    assert dict(parse_qsl(urlsplit(wanted.address(kind="")).query)).keys() == {"days", "teller"}


@pytest.mark.parametrize(
    "query",
    [
        {"show": "everything"},
        {"days": "never"},
        {"state": "lost"},
        {"from": "2026-13-01"},
        {"to": "tomorrow"},
        {"teller": "x" * 65},
        {"kind": "kin\0ship"},
    ],
)
def test_what_no_page_of_ours_asks_for_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(RequestError):
        ListFilter.of(query)
