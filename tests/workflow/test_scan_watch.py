"""Waiting under a document camera: how often it looks, for how long, and what it tells meanwhile."""

from __future__ import annotations

import threading
import time

import pytest

from teller_assist.documents.steadiness import Capture
from teller_assist.wording import Sentences, codes, sentence
from teller_assist.workflow import scan_watch
from teller_assist.workflow.scan_watch import ScanWatch, SeenLine
from tests.stand_ins.previews import LYING, FastRule, PreviewingScanner, lying

SETTLING, NO_CARD, NOT_SHARP = (sentence("scan_watch", one) for one in ("settling", "no_card", "not_sharp"))


def told(*seen: tuple[Capture, float]) -> list[Sentences]:
    """What a line tells of what is seen, each at its time in seconds."""
    said: list[Sentences] = []
    line = SeenLine(said.append)
    for capture, at_s in seen:
        line.see(capture, at_s)
    return said


# ---------------------------------------------------------------- the line


def test_it_tells_at_once_what_is_waited_for() -> None:
    assert told() == [SETTLING]


def test_every_line_has_two_sentences() -> None:
    for code in codes("scan_watch"):
        words = sentence("scan_watch", code)
        assert words.zh.count("。") == 2
        assert words.en.count(".") == 2


def test_what_is_seen_is_told_once_after_it_held_for_half_a_second() -> None:
    seen = [(Capture.NO_CARD, 10 + 0.125 * number) for number in range(4)]
    assert told(*seen) == [SETTLING]
    assert told(*seen, (Capture.NO_CARD, 10.5), (Capture.NO_CARD, 10.7)) == [SETTLING, NO_CARD]


def test_what_changes_all_the_time_does_not_make_it_flicker() -> None:
    seen = [((Capture.NO_CARD, Capture.MOVING, Capture.NOT_SHARP)[number // 3 % 3], 0.125 * number) for number in range(60)]
    assert told(*seen) == [SETTLING]


def test_moving_and_not_yet_still_long_enough_are_one_thing_to_a_teller() -> None:
    seen = [(Capture.MOVING if number % 2 else Capture.SETTLING, 1 + 0.125 * number) for number in range(12)]
    assert told((Capture.NO_CARD, 0.0), (Capture.NO_CARD, 0.6), *seen) == [SETTLING, NO_CARD, SETTLING]


def test_after_a_scan_the_readings_words_stand_until_something_moves() -> None:
    said: list[Sentences] = []
    line = SeenLine(said.append)
    line.leave_to_reading()
    for capture, at_s in ((Capture.TAKEN, 1.0), (Capture.NOT_SHARP, 2.0), (Capture.NOT_SHARP, 3.0)):
        line.see(capture, at_s)
    assert said == [SETTLING]
    for at_s in (4.0, 4.3, 4.6):
        line.see(Capture.MOVING, at_s)
    assert said == [SETTLING, SETTLING]


# ---------------------------------------------------------------- the watch


@pytest.mark.full
def test_it_looks_eight_times_a_second_at_most() -> None:
    scanner, asked = PreviewingScanner(), threading.Event()
    threading.Timer(0.6, asked.set).start()
    began_s = time.monotonic()
    assert not ScanWatch(scanner, FastRule(), lambda told: None).wait_for_card(asked)
    assert 1 <= scanner.previewed <= 8 * (time.monotonic() - began_s) + 1


def test_it_ends_soon_when_nobody_waits_any_more() -> None:
    scanner, asked = PreviewingScanner(), threading.Event()
    asked.set()
    assert not ScanWatch(scanner, FastRule(), lambda told: None).wait_for_card(asked)
    assert scanner.previewed == 0


def test_it_gives_up_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_watch, "GIVEN_UP_AFTER_S", 0.3)
    began_s = time.monotonic()
    assert not ScanWatch(PreviewingScanner(), FastRule(), lambda told: None).wait_for_card(threading.Event())
    assert 0.3 <= time.monotonic() - began_s < 1.0


def test_a_card_that_lies_still_is_awaited_and_found() -> None:
    scanner = PreviewingScanner()
    scanner.under_lens = lying(LYING)
    assert ScanWatch(scanner, FastRule(), lambda told: None).wait_for_card(threading.Event())
    assert scanner.scans == 0, "the scan itself is not the watch's"
