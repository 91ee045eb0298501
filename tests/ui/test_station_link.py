from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from operator import methodcaller
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from teller_assist.errors import BugError, ModelMissingError, SessionError
from teller_assist.ui import station_link
from teller_assist.ui.station_link import StationLink
from teller_assist.wording import error_sentences, sentence
from teller_assist.workflow.view import Screen, StationView
from tests.stand_ins.stations import ScriptedStation
from tests.stand_ins.views import preview_frame, view

MakeLink = Callable[..., StationLink]
AT_ONCE_S = 10.0  # far below the hang of a minute, far above what a busy machine adds


@pytest.fixture
def station() -> ScriptedStation:
    return ScriptedStation(view(Screen.READY))


@pytest.fixture
def link(station: ScriptedStation, qtbot: QtBot) -> Iterator[StationLink]:
    made = StationLink(lambda: station)
    with qtbot.waitSignal(made.opened):
        made.open()
    qtbot.waitUntil(lambda: station.views_given == 1)
    yield made
    station.go_on.set()
    assert made.close(10.0)


def gathered(signal: Any) -> list[Any]:
    found: list[Any] = []
    signal.connect(found.append)
    return found


def test_a_station_opens_in_the_background_and_is_closed_at_the_end(qtbot: QtBot) -> None:
    station, threads = ScriptedStation(view(Screen.SIGN_ON)), []

    def open_station() -> ScriptedStation:
        threads.append(threading.current_thread())
        return station

    link = StationLink(open_station)
    views: list[StationView] = gathered(link.view_changed)
    link.open()
    qtbot.waitUntil(lambda: bool(views))
    assert views[0].screen is Screen.SIGN_ON
    assert threads[0] is not threading.main_thread()
    assert link.close(10.0)
    assert station.is_closed


def test_wishes_reach_the_station_in_the_order_of_the_clicks(link: StationLink, station: ScriptedStation, qtbot: QtBot) -> None:
    for teller in "abcde":
        link.wish(methodcaller("sign_on", teller))
    qtbot.waitUntil(lambda: len(station.wishes) == 5)
    assert [arguments for _, arguments in station.wishes] == [("a",), ("b",), ("c",), ("d",), ("e",)]


def test_a_wish_that_hangs_holds_up_neither_the_window_nor_views_nor_frames(
    link: StationLink, station: ScriptedStation, qtbot: QtBot
) -> None:
    views, frames = gathered(link.view_changed), gathered(link.frame_arrived)
    station.hangs.add("begin")
    started_s = time.monotonic()
    link.wish(lambda station: station.begin())
    assert time.monotonic() - started_s < AT_ONCE_S
    qtbot.waitUntil(lambda: station.names() == ["begin"])
    station.show(view(Screen.CUSTOMER))
    station.send(preview_frame())
    qtbot.waitUntil(lambda: bool(views) and bool(frames))
    assert not station.go_on.is_set(), "the wish still hangs"
    assert views[-1].screen is Screen.CUSTOMER


@pytest.mark.parametrize("method", ["view", "newest_preview"])
def test_no_reading_method_that_hangs_holds_up_the_window(
    link: StationLink, station: ScriptedStation, qtbot: QtBot, method: str
) -> None:
    station.hangs.add(method)
    station.show(view(Screen.CUSTOMER))
    station.send(preview_frame())
    started_s = time.monotonic()
    qtbot.wait(10)
    assert time.monotonic() - started_s < AT_ONCE_S
    link.wish(lambda station: station.lock())
    qtbot.waitUntil(lambda: station.names() == ["lock"])


def test_after_a_while_of_hanging_a_wish_is_refused_in_words_and_not_kept_for_later(
    link: StationLink, station: ScriptedStation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(station_link, "HANGS_AFTER_S", 0.05)
    told = gathered(link.told)
    station.hangs.add("begin")
    link.wish(lambda station: station.begin())
    qtbot.waitUntil(link.hangs)
    link.wish(lambda station: station.lock())
    assert told == [sentence("dock", "station_hangs")]
    station.go_on.set()
    qtbot.waitUntil(lambda: not link.hangs())
    link.wish(lambda station: station.abandon())
    qtbot.waitUntil(lambda: station.names() == ["begin", "abandon"])


def test_a_view_that_hangs_is_asked_for_once_more_however_many_changes_came(
    link: StationLink, station: ScriptedStation, qtbot: QtBot
) -> None:
    views = gathered(link.view_changed)
    station.hangs.add("view")
    for _ in range(20):
        station.show(view(Screen.CUSTOMER))
        qtbot.wait(2)
    assert station.views_given == 1
    station.hangs.clear()
    station.show(view(Screen.LOCKED))
    station.go_on.set()
    qtbot.waitUntil(lambda: bool(views) and views[-1].screen is Screen.LOCKED)
    assert station.views_given <= 4


def test_a_refused_wish_is_told_in_the_errors_own_words(link: StationLink, station: ScriptedStation, qtbot: QtBot) -> None:
    told = gathered(link.told)
    station.raises["undo"] = SessionError()
    link.wish(lambda station: station.undo())
    qtbot.waitUntil(lambda: bool(told))
    assert told == [error_sentences(SessionError())]


@pytest.mark.parametrize("error", [BugError("broke"), ZeroDivisionError()])
def test_a_fault_of_ours_is_reported_like_every_other(
    link: StationLink, station: ScriptedStation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    reported: list[Any] = []
    monkeypatch.setattr(sys, "excepthook", lambda *what: reported.append(what))
    station.raises["retake"] = error
    link.wish(lambda station: station.retake())
    qtbot.waitUntil(lambda: bool(reported))
    kind, value, where = reported[0]
    assert (kind, value) == (type(error), error)
    assert where is not None


def test_a_station_that_cannot_be_opened_is_told(qtbot: QtBot) -> None:
    def open_station() -> ScriptedStation:
        raise ModelMissingError(model="made-up")

    link = StationLink(open_station)
    told = gathered(link.told)
    link.open()
    qtbot.waitUntil(lambda: bool(told))
    assert told == [error_sentences(ModelMissingError(model="made-up"))]
    link.wish(lambda station: station.begin())  # nobody is there to be asked
    assert link.close(10.0)


def test_a_station_that_opens_too_late_is_closed_again(qtbot: QtBot, station: ScriptedStation) -> None:
    started, go_on = threading.Event(), threading.Event()

    def open_station() -> ScriptedStation:
        started.set()
        go_on.wait(30)
        return station

    link = StationLink(open_station)
    link.open()
    assert started.wait(30)
    assert not link.close(0.0)
    go_on.set()
    qtbot.waitUntil(lambda: station.is_closed)


def test_a_station_that_does_not_close_is_left_behind(qtbot: QtBot, station: ScriptedStation) -> None:
    link = StationLink(lambda: station)
    with qtbot.waitSignal(link.opened):
        link.open()
    station.hangs.add("close")
    assert not link.close(0.1)
    station.go_on.set()
