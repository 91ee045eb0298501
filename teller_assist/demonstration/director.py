"""Plays the teller: serves one customer after the other in the real window and takes a picture of each outcome.

Whatever the window does not offer, the director cannot do. It knows no scenario and no truth.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from PyQt5.QtCore import QObject, QTimer
from PyQt5.QtGui import QColor, QImage, QPainter
from PyQt5.QtWidgets import QApplication

from teller_assist.decision.judgement import AlertKind, NextStep
from teller_assist.demonstration.branch import MadeUpTeller
from teller_assist.evidence.transaction import TellerDecision, TellerJudgement
from teller_assist.evidence.travel_document import ChipAccess
from teller_assist.ui.counter_window import CounterWindow
from teller_assist.workflow.station import Station
from teller_assist.workflow.view import PassNeeds, Screen, StationView, Step, StepState
from teller_assist.workflow.view_portraits import PairWord

_TICK_MS = 60
_NO_FACE_AFTER_S = 9.0  # then documents are asked for, as a teller would
_NO_CARD_AFTER_S = 6.0
_CUSTOMER_MOST_S = 25.0
_SETTLED_AFTER_MOST_S = 40.0
_ARRIVAL_MOST_S = 12.0
_OVERVIEW_MOST = 3
_OVERVIEW_GAP_PX = 12
_REASONS = {
    AlertKind.IMPOSTOR: "pictures_differ",
    AlertKind.KINSHIP: "possible_relative",
    AlertKind.LOOK_ALIKE: "possible_relative",
    AlertKind.NETCHECK_RESULT: "netcheck_result",
    AlertKind.DOCUMENT_MISMATCH: "document_doubt",
    AlertKind.DEVICE: "device_failed",
}


@dataclass(frozen=True)
class Pace:
    """How long an outcome stays before the teller decides, and what happens after the last customer.

    Attributes
    ----------
    dwell_s
        Long enough for what comes after the reading (authority, attack detection); with a person watching, to read it.
    stays_open
        The window stays after the last customer.
    """

    dwell_s: float
    stays_open: bool


@dataclass(frozen=True)
class Papers:
    """What a customer hands over beside an ID card.

    Attributes
    ----------
    access
        What stands on the data page of a passport; None where there is none.
    """

    access: ChipAccess | None = None
    has_bank_card: bool = False


class _Stage(Enum):
    OPENING = auto()
    SERVING = auto()
    DECIDED = auto()
    ALL_SERVED = auto()


class Director(QObject):
    """Serves ``customers`` customers.

    Parameters
    ----------
    pictures
        Folder for customer_NN.png.
    teller
        Who signs on.
    papers
        Returns what a customer hands over beside an ID card, by number, from 1.
    arrived
        Returns whether every case has been delivered or will not be; asked after the last customer.
    finished
        Called once, before the window closes or is left to whoever watches.
    """

    def __init__(
        self,
        window: CounterWindow,
        customers: int,
        pictures: Path,
        pace: Pace,
        *,
        teller: MadeUpTeller,
        papers: Callable[[int], Papers],
        arrived: Callable[[], bool],
        finished: Callable[[], None],
    ) -> None:
        super().__init__()
        self._teller, self._papers = teller, papers
        self._window, self._customers, self._pictures, self._pace = window, customers, pictures, pace
        self._arrived, self._finished = arrived, finished
        self._stage = _Stage.OPENING
        self._number = 1
        self._view: StationView | None = None
        self._since_s = time.monotonic()
        self._settled_s: float | None = None
        self._asked: set[str] = set()
        window.link.view_changed.connect(self._take)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _take(self, view: StationView) -> None:
        self._view = view

    def _tick(self) -> None:
        if self._view is not None:
            {
                _Stage.OPENING: self._open,
                _Stage.SERVING: self._serve,
                _Stage.DECIDED: self._go_on,
                _Stage.ALL_SERVED: self._end,
            }[self._stage](self._view)

    def _wish(self, name: str, ask: Callable[[Station], None]) -> None:
        """Ask for something once a customer."""
        if name not in self._asked:
            self._asked.add(name)
            self._window.link.wish(ask)

    def _open(self, view: StationView) -> None:
        if view.screen is Screen.SIGN_ON:
            if view.sign_on.refused is not None and not view.sign_on.checking:
                self._asked.discard("sign_on")  # the server was not quick enough: once more
            self._wish("sign_on", lambda station: sign_on(station, view, self._teller))
        elif view.screen is Screen.READY and view.simulated is not None:
            self._wish("begin", lambda station: station.begin())
        elif view.screen is Screen.CUSTOMER:
            self._begin_serving()

    def _begin_serving(self) -> None:
        self._stage, self._since_s, self._settled_s = _Stage.SERVING, time.monotonic(), None
        self._asked = set()

    def _serve(self, view: StationView) -> None:
        waited_s = time.monotonic() - self._since_s
        self._read_papers(view, self._papers(self._number))
        if view.consent.asked and (view.identity is not None or waited_s > _NO_CARD_AFTER_S):
            self._wish("consent", lambda station: station.record_consent())
        if not view.capture.captured and view.consent.may_leave and waited_s > _NO_FACE_AFTER_S:
            self._wish("documents", lambda station: station.leave_face_path())
        if view.judgement_asked:  # it sees no pictures, and does not pretend to
            self._wish("judge", lambda station: station.judge_first(TellerJudgement.CANNOT_SAY))
        now_s = time.monotonic()
        if not _is_settled(view) and waited_s < _CUSTOMER_MOST_S:
            self._settled_s = None
            return
        self._settled_s = self._settled_s or now_s
        if now_s - self._settled_s >= self._pace.dwell_s or waited_s >= _CUSTOMER_MOST_S:
            self._picture()
            self._decide(view)

    def _read_papers(self, view: StationView, papers: Papers) -> None:
        """Type what stands on the passport's data page, and have the bank card read."""
        access = papers.access
        if access is not None and view.travel_document.may_read:
            self._wish("passport", lambda station: station.read_travel_document(access))
        if papers.has_bank_card and view.identity is not None and view.bank_card is not None and view.bank_card.may_read:
            self._wish("bank_card", lambda station: station.read_bank_card())

    def _picture(self) -> None:
        QApplication.processEvents()
        self._window.panel.grab().save(str(self._pictures / picture_name(self._number)))

    def _decide(self, view: StationView) -> None:
        decision, reason = chosen_decision(view)
        if decision is None:
            self._wish("abandon", lambda station: station.abandon())
        else:
            taken = decision
            self._wish("decide", lambda station: station.decide(taken, reason=reason, second_teller="", documents=()))
        self._stage, self._since_s = _Stage.DECIDED, time.monotonic()

    def _go_on(self, view: StationView) -> None:
        """Bring the next customer, which settles the decision; after the last one wait until it can no longer be undone."""
        if self._number < self._customers:
            self._wish("next", lambda station: station.next_customer())
            came = view.simulated is not None and view.simulated.customer == self._number + 1
            if came and view.screen is Screen.CUSTOMER:
                self._number += 1
                self._begin_serving()
            return
        if time.monotonic() - self._since_s > _SETTLED_AFTER_MOST_S:
            self._wish("abandon", lambda station: station.abandon())
        if view.screen is Screen.READY:
            self._stage, self._since_s = _Stage.ALL_SERVED, time.monotonic()

    def _end(self, _view: StationView) -> None:
        if not self._arrived() and time.monotonic() - self._since_s < _ARRIVAL_MOST_S:
            return
        self._timer.stop()
        self._finished()
        if not self._pace.stays_open:
            QApplication.quit()


def sign_on(station: Station, view: StationView, teller: MadeUpTeller) -> None:
    """Sign on as the window asks: with the branch server, or by name where the site's settings want it so."""
    if view.sign_on.by_password:
        station.sign_on_with(teller.login, teller.password)
    else:
        station.sign_on(teller.name)


def picture_name(number: int) -> str:
    """Return the file name of one customer's picture."""
    return f"customer_{number:02d}.png"


def draw_overview(folder: Path, customers: int) -> None:
    """Draw the first customers' pictures side by side into overview.png, for the documentation."""
    images = [QImage(str(folder / picture_name(number))) for number in range(1, min(customers, _OVERVIEW_MOST) + 1)]
    images = [image for image in images if not image.isNull()]
    if not images:
        return
    width = sum(image.width() for image in images) + _OVERVIEW_GAP_PX * (len(images) - 1)
    overview = QImage(width, max(image.height() for image in images), QImage.Format_RGB32)
    overview.fill(QColor("white"))
    painter = QPainter(overview)
    x_px = 0
    for image in images:
        painter.drawImage(x_px, 0, image)
        x_px += image.width() + _OVERVIEW_GAP_PX
    painter.end()
    overview.save(str(folder / "overview.png"))


def chosen_decision(view: StationView) -> tuple[TellerDecision | None, str]:
    """Return what a teller who follows the advice decides, and the reason for it; None: nothing can be decided."""
    enabled = view.decision.enabled
    may_pass = TellerDecision.PASS in enabled and view.decision.pass_needs is PassNeeds.NOTHING
    if view.decision.next_step is NextStep.PROCEED and may_pass:
        return TellerDecision.PASS, ""
    if TellerDecision.REFER not in enabled:
        return None, ""
    alert = None if view.alert is None else view.alert.kind
    return TellerDecision.REFER, "cannot_tell" if alert is None else _REASONS.get(alert, "cannot_tell")


def _is_settled(view: StationView) -> bool:
    """Return whether everything has answered: reading or the reason why there is none, authority, all three pairs."""
    if view.screen is not Screen.CUSTOMER or view.decision.next_step is None:
        return False
    compared = view.gauge is not None or view.steps[Step.COMPARE] in (StepState.ATTENTION, StepState.SKIPPED)
    read = (view.scan is None or not view.scan.state_runs) and (view.bank_card is None or not view.bank_card.reading)
    return compared and read and PairWord.WAITING not in view.portraits.pairs.values()
