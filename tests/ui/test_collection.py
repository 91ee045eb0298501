"""Garbage in cycles is collected by the thread that asks for it, and by no other."""

from __future__ import annotations

import gc
import subprocess
import sys
import textwrap
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from teller_assist.ui.collection import WHOLE_EVERY_S, OneThreadCollection


class Knot:
    """In a cycle with itself, so that only a collection ends it; notes which thread that was."""

    def __init__(self, ended_in: list[str]) -> None:
        self.itself, self.ended_in = self, ended_in

    def __del__(self) -> None:
        self.ended_in.append(threading.current_thread().name)


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def collection() -> Iterator[OneThreadCollection]:
    gc.collect()
    made = OneThreadCollection(Clock())
    yield made
    made.end()


def allocate_in_a_worker() -> list[list[int]]:
    """Return what another thread made, more than the young generations take; it counts as long as it is kept."""
    first, second, _ = gc.get_threshold()
    kept: list[list[int]] = []
    thread = threading.Thread(target=lambda: kept.extend([] for _ in range(4 * first * second)), name="worker")
    thread.start()
    thread.join()
    return kept


def test_a_worker_that_allocates_ends_nothing_that_lies_in_a_cycle(collection: OneThreadCollection) -> None:
    ended_in: list[str] = []
    Knot(ended_in)
    kept = allocate_in_a_worker()
    assert not ended_in
    collection.collect_due()
    assert kept
    assert ended_in == [threading.current_thread().name]


@pytest.mark.full
def test_without_it_the_worker_would_have_ended_it() -> None:
    ended_in: list[str] = []
    was_on = gc.isenabled()
    gc.collect()
    gc.enable()
    try:
        Knot(ended_in)
        allocate_in_a_worker()
    finally:
        if not was_on:
            gc.disable()
    assert ended_in == ["worker"]


def test_nothing_is_collected_before_a_threshold_is_passed(collection: OneThreadCollection) -> None:
    before = [generation["collections"] for generation in gc.get_stats()]
    collection.collect_due()
    assert [generation["collections"] for generation in gc.get_stats()] == before


def test_everything_is_collected_no_more_often_than_the_window_can_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    collection = OneThreadCollection(clock)
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 11))
    wholes: list[float] = []
    monkeypatch.setattr(gc, "collect", lambda generation=2: wholes.append(clock.now_s))
    for _ in range(int(10 * WHOLE_EVERY_S)):
        clock.now_s += 0.25
        collection.collect_due()
    collection.end()
    assert wholes == [WHOLE_EVERY_S, 2 * WHOLE_EVERY_S]


def test_what_is_in_no_cycle_ends_with_its_last_reference(collection: OneThreadCollection) -> None:
    held = Clock()
    seen = weakref.ref(held)
    del held
    assert seen() is None


def test_collecting_is_given_back_as_it_was() -> None:
    was_on = gc.isenabled()
    for before in (True, False):
        (gc.enable if before else gc.disable)()
        collection = OneThreadCollection()
        assert not gc.isenabled()
        collection.end()
        assert gc.isenabled() is before
    (gc.enable if was_on else gc.disable)()


# A window that nobody refers to any more, and that is still asked to paint.
PAINTING = """
    import gc, sys
    from PyQt5.QtCore import QRectF, Qt
    from PyQt5.QtGui import QBrush, QColor, QPainter
    from PyQt5.QtTest import QTest
    from PyQt5.QtWidgets import QApplication, QWidget
    from teller_assist.ui.collection import OneThreadCollection

    class Child(QWidget):
        left = False

        def paintEvent(self, _event):
            painter, kept = QPainter(self), []
            for _ in range(4 * gc.get_threshold()[0] * gc.get_threshold()[1] if Child.left else 1):
                kept.append([])
            for _ in range(2000):
                painter.fillRect(QRectF(0, 0, 50, 50), QBrush(QColor("blue"), Qt.BrushStyle.BDiagPattern))

    def leave_a_window():
        window = QWidget()
        window.itself = window
        window.resize(200, 200)
        Child(window).resize(100, 100)
        window.show()
        assert QTest.qWaitForWindowExposed(window)

    application = QApplication([])
    gc.collect()  # what follows is young
    collection = OneThreadCollection() if sys.argv[1] == "between events" else None
    leave_a_window()
    Child.left = True
    for child in [child for window in application.topLevelWidgets() for child in window.findChildren(QWidget)]:
        child.repaint()
    del child
    if collection is not None:
        collection.collect_due()
    print(len(application.topLevelWidgets()), "left")
"""


@pytest.mark.parametrize(("collecting", "lived"), [("anywhere", False), ("between events", True)])
def test_a_window_nobody_refers_to_is_not_destroyed_while_it_paints(collecting: str, lived: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PAINTING), collecting],
        env={"QT_QPA_PLATFORM": "offscreen"}, cwd=Path(__file__).resolve().parents[2],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) is lived, done.stderr
    assert ("0 left" in done.stdout) is lived
