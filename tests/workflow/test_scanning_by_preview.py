"""The scan step at a document camera: taken once the card lies still, without a click; nothing else is taken, nothing hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from teller_assist.errors import DeviceMissingError, DeviceTimeoutError
from teller_assist.evidence.pictures import Pixels
from teller_assist.evidence.printed import DocumentKind, ScanFinding
from teller_assist.evidence.transaction import TellerDecision
from teller_assist.wording import codes, error_sentences, sentence
from teller_assist.workflow import scan_watch, scan_work
from teller_assist.workflow.view import StepState
from teller_assist.workflow.view_scan import ScanState
from tests.stand_ins.equipment import wait_until
from tests.stand_ins.previews import BLURRED, ELSEWHERE, LYING, MAT, PreviewingScanner, lying, moving
from tests.stand_ins.scanning_counter import Make, ScanningCounter
from tests.stand_ins.scans import document, reading

MakePreviewing = Callable[..., tuple[ScanningCounter, PreviewingScanner]]
SOON_S = 0.5  # a limit, not a measurement
FRAMES = 12  # longer than anything must lie still


@pytest.fixture
def make_previewing(make: Make, monkeypatch: pytest.MonkeyPatch) -> MakePreviewing:
    """A counter with a document camera; time goes five times as fast there."""
    monkeypatch.setattr(scan_watch, "_FRAME_PERIOD_S", 0.0125)
    monkeypatch.setattr(scan_watch, "_TOLD_AFTER_S", 0.05)

    def made(*readings: object, **more: object) -> tuple[ScanningCounter, PreviewingScanner]:
        scanner = PreviewingScanner()
        return make(*readings, scanner=scanner, **more), scanner

    return made


def begin(at: ScanningCounter) -> None:
    at.begin()
    at.lay_down()


def watch_for(scanner: PreviewingScanner, frames: int) -> None:
    until = scanner.previewed + frames
    wait_until(lambda: scanner.previewed >= until)


def told(code: str) -> object:
    return sentence("scan_watch", code)


def test_a_card_is_scanned_once_when_it_lies_still(make_previewing: MakePreviewing) -> None:
    at, scanner = make_previewing()
    scanner.under_lens = lying(LYING)
    begin(at)
    assert at.read().kinds == (DocumentKind.FRONT,)
    assert at.step() is StepState.DONE
    seen = scanner.previewed
    time.sleep(0.1)
    assert (scanner.scans, scanner.previewed) == (1, seen), "nobody looks any longer"
    assert at.reader.threads == {"document_0"}


def test_nothing_is_looked_at_before_a_card_was_read(make_previewing: MakePreviewing) -> None:
    at, scanner = make_previewing()
    at.begin()
    time.sleep(0.1)
    assert scanner.previewed == 0


@pytest.mark.parametrize(
    ("frames", "code"),
    [(moving, "settling"), (lambda: lying(MAT), "no_card"), (lambda: lying(BLURRED), "not_sharp")],
    ids=["moving", "nothing_there", "blurred"],
)
def test_what_is_not_to_be_scanned_is_told_and_not_scanned(
    make_previewing: MakePreviewing, frames: Callable[[], Iterator[Pixels]], code: str
) -> None:
    at, scanner = make_previewing()
    scanner.under_lens = frames()
    begin(at)
    watch_for(scanner, FRAMES)
    scan = at.wait(lambda scan: scan.told == told(code))
    assert scan.state is ScanState.WATCHING
    assert at.step() is StepState.NOW
    assert scanner.scans == 0
    scanner.under_lens = lying(LYING)
    at.read()
    assert scanner.scans == 1


@pytest.mark.full
def test_a_card_that_was_not_read_is_scanned_again_once_it_was_moved(make_previewing: MakePreviewing) -> None:
    at, scanner = make_previewing(reading(finding=ScanFinding.COVERED), reading(document()))
    scanner.under_lens = lying(LYING)
    begin(at)
    covered = sentence("scan", ScanFinding.COVERED)
    at.wait(lambda scan: scan.told == covered)
    watch_for(scanner, FRAMES)
    assert (scanner.scans, at.scan.state, at.scan.told) == (1, ScanState.WATCHING, covered), "it lies as it lay"
    assert at.scan.may_draw_box
    scanner.under_lens = lying(ELSEWHERE)
    at.read()
    assert scanner.scans == 2


@pytest.mark.full
def test_it_is_scanned_no_more_often_than_without_a_preview(make_previewing: MakePreviewing) -> None:
    at, scanner = make_previewing(reading(finding=ScanFinding.NO_DOCUMENT))
    begin(at)
    for number in range(scan_work.SCANS_BY_ITSELF):
        scanner.under_lens = lying(ELSEWHERE if number % 2 else LYING)
        wait_until(lambda number=number: scanner.scans == number + 1)  # type: ignore[misc]
        at.wait(lambda scan: scan.told == sentence("scan", ScanFinding.NO_DOCUMENT))
    scan = at.wait(lambda scan: scan.state is ScanState.NOTHING_READ)
    assert scan.told == sentence("scan", ScanFinding.NO_DOCUMENT)
    seen = scanner.previewed
    time.sleep(0.1)
    assert scanner.previewed == seen


def test_what_is_no_matter_of_how_it_lies_is_told_at_once_and_ends_it(make_previewing: MakePreviewing) -> None:
    at, scanner = make_previewing(reading(finding=ScanFinding.TOO_SMALL))
    scanner.under_lens = lying(LYING)
    begin(at)
    at.wait(lambda scan: scan.state is ScanState.NOTHING_READ)
    assert scanner.scans == 1


def test_without_a_card_it_rests_after_its_time_and_says_so(
    make_previewing: MakePreviewing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_watch, "GIVEN_UP_AFTER_S", 0.3)
    at, scanner = make_previewing()
    begin(at)
    scan = at.wait(lambda scan: scan.state is ScanState.NOTHING_READ)
    assert scan.told == told("rested")
    assert at.step() is StepState.ATTENTION
    seen = scanner.previewed
    time.sleep(0.1)
    assert (scanner.scans, scanner.previewed) == (0, seen)


def test_where_it_rests_after_a_scan_the_readings_words_stand(
    make_previewing: MakePreviewing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_watch, "GIVEN_UP_AFTER_S", 0.4)
    at, scanner = make_previewing(reading(finding=ScanFinding.COVERED))
    scanner.under_lens = lying(LYING)
    begin(at)
    assert at.wait(lambda scan: scan.state is ScanState.NOTHING_READ).told == sentence("scan", ScanFinding.COVERED)
    assert scanner.scans == 1


# ---------------------------------------------------------------- previews that fail


@pytest.mark.logs_warnings
def test_a_stalled_preview_is_told_and_the_tries_take_its_place(make_previewing: MakePreviewing) -> None:
    at, scanner = make_previewing(reading(finding=ScanFinding.BLANK), reading(document()))
    scanner.stalls = True
    scanner.may_scan.clear()
    begin(at)
    trouble = error_sentences(DeviceTimeoutError(device="document_scanner", why="time_limit"))
    scan = at.wait(lambda scan: scan.told == trouble)
    assert scan.state is ScanState.SCANNING
    scanner.may_scan.set()
    at.read()
    assert (scanner.previewed, scanner.scans) == (1, 2)


@pytest.mark.logs_warnings
def test_a_preview_that_fails_in_the_middle_leaves_the_tries_that_are_left(make_previewing: MakePreviewing) -> None:
    at, scanner = make_previewing(reading(finding=ScanFinding.BLANK))
    scanner.under_lens = lying(LYING)
    begin(at)
    at.wait(lambda scan: scan.told == sentence("scan", ScanFinding.BLANK))
    scanner.under_lens = DeviceMissingError(device="document_scanner", why="pulled")
    at.wait(lambda scan: scan.state is ScanState.NOTHING_READ)
    assert scanner.scans == scan_work.SCANS_BY_ITSELF


# ---------------------------------------------------------------- what ends it


def ends_soon(scanner: PreviewingScanner) -> bool:
    """Return whether nobody looks any longer, after a moment."""
    time.sleep(SOON_S)
    seen = scanner.previewed
    time.sleep(0.1)
    return scanner.previewed == seen


@pytest.mark.parametrize("stalls", [False, True])
def test_the_customers_end_ends_it(make_previewing: MakePreviewing, stalls: bool) -> None:
    at, scanner = make_previewing()
    begin(at)
    watch_for(scanner, 3)
    scanner.stalls = stalls
    at.station.abandon()
    assert ends_soon(scanner)
    assert scanner.scans == 0


def test_a_decision_ends_it(make_previewing: MakePreviewing) -> None:
    at, scanner = make_previewing()
    begin(at)
    watch_for(scanner, 3)
    at.station.refuse_consent()
    at.station.decide(TellerDecision.REFER, reason=codes("refer_reason")[0], second_teller="", documents=())
    assert at.scan.state is ScanState.NOT_ASKED, "at once, not when something is seen next"
    assert ends_soon(scanner)
    assert scanner.scans == 0


def test_the_tellers_key_scans_at_once_and_takes_its_place(make_previewing: MakePreviewing) -> None:
    at, scanner = make_previewing()
    scanner.under_lens = moving()
    begin(at)
    watch_for(scanner, 3)
    began_s = time.monotonic()
    at.station.scan_document()
    at.read()
    assert time.monotonic() - began_s < SOON_S
    assert scanner.scans == 1
    assert ends_soon(scanner)


@pytest.mark.full
def test_a_box_drawn_meanwhile_takes_its_place(make_previewing: MakePreviewing) -> None:
    at, scanner = make_previewing(reading(finding=ScanFinding.NO_DOCUMENT), reading(document()))
    scanner.under_lens = lying(LYING)
    begin(at)
    at.wait(lambda scan: scan.state is ScanState.WATCHING and scan.large is not None)
    at.station.read_box((0.25, 0.25, 0.5, 0.5))
    at.read()
    assert scanner.scans == 1
    assert ends_soon(scanner)


def test_the_window_is_answered_at_once_while_a_preview_stalls(make_previewing: MakePreviewing) -> None:
    at, scanner = make_previewing()
    hangs = threading.Event()

    def never() -> Iterator[Pixels]:
        hangs.wait(5.0)
        yield MAT

    scanner.under_lens = never()
    begin(at)
    wait_until(lambda: scanner.previewed == 1)
    slowest_s = 0.0
    for ask in (at.station.view, at.station.touch, at.station.record_consent, at.station.view, at.station.abandon):
        started_s = time.perf_counter()
        ask()
        slowest_s = max(slowest_s, time.perf_counter() - started_s)
    hangs.set()
    assert slowest_s < 0.05
