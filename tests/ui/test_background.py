from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PyQt5.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from teller_assist.errors import BugError, DeviceTimeoutError
from teller_assist.ui.background import Background, Coalesced


@pytest.fixture
def background(qapp: QCoreApplication) -> Iterator[Background]:
    made = Background("test-worker")
    yield made
    assert made.close(5.0)


def never(value: object) -> None:
    raise AssertionError(f"must not be called: {value!r}")


def test_work_runs_in_the_worker_and_reports_in_the_gui_thread(background: Background, qtbot: QtBot) -> None:
    seen: list[tuple[str, threading.Thread]] = []
    background.submit(
        lambda: threading.current_thread().name, lambda name: seen.append((name, threading.current_thread())), never
    )
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [("test-worker", threading.main_thread())]


@pytest.mark.parametrize("error", [DeviceTimeoutError(device="camera"), BugError("broke"), ValueError("foreign")])
def test_the_exception_object_itself_crosses(background: Background, qtbot: QtBot, error: Exception) -> None:
    def fail() -> None:
        raise error

    failures: list[Exception] = []
    background.submit(fail, never, failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    assert failures[0] is error


def test_work_is_done_in_turn_also_after_a_failure(background: Background, qtbot: QtBot) -> None:
    done: list[object] = []
    background.submit(lambda: 1, done.append, never)
    background.submit(lambda: 1 // 0, never, lambda error: done.append(type(error)))
    background.submit(lambda: 3, done.append, never)
    qtbot.waitUntil(lambda: len(done) == 3)
    assert done == [1, ZeroDivisionError, 3]


def test_nothing_is_reported_after_close(qtbot: QtBot) -> None:
    background, started, go_on = Background("closing"), threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        go_on.wait(10)

    background.submit(work, never, never)
    background.submit(lambda: None, never, never)
    assert started.wait(10)
    assert not background.close(0.0), "work that hangs does not hold up close"
    go_on.set()
    assert background.close(10.0)
    QCoreApplication.processEvents()


def test_many_calls_make_one_signal(qtbot: QtBot) -> None:
    coalesced = Coalesced()
    arrivals: list[threading.Thread] = []
    coalesced.arrived.connect(lambda: arrivals.append(threading.current_thread()))
    callers = [threading.Thread(target=coalesced.call) for _ in range(20)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert arrivals == [], "a call returns before anything is done"
    QCoreApplication.processEvents()
    assert arrivals == [threading.main_thread()]


def test_a_call_while_the_receiver_looks_comes_again(qtbot: QtBot) -> None:
    coalesced = Coalesced()
    arrivals: list[int] = []

    def look() -> None:
        arrivals.append(len(arrivals))
        if len(arrivals) < 3:
            coalesced.call()

    coalesced.arrived.connect(look)
    coalesced.call()
    qtbot.waitUntil(lambda: len(arrivals) == 3)
    QCoreApplication.processEvents()
    assert arrivals == [0, 1, 2]
