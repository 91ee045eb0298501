"""The window's side of a station: nothing a station does, or fails to do, holds up the GUI thread.

open_station() ─ wishes thread ─> Station
wish(...)      ─ wishes thread ─> Station's method        in the order of the clicks
changed()      ─ coalesced ─ views thread ─> view()       ─> view_changed
preview()      ─ coalesced ─ GUI thread: newest_preview() ─> frame_arrived
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

from PyQt5.QtCore import QObject, pyqtSignal

from teller_assist.errors import KnownError
from teller_assist.ui.background import Background, Coalesced
from teller_assist.wording import error_sentences, sentence
from teller_assist.workflow.preview_frame import PreviewFrame
from teller_assist.workflow.station import Station
from teller_assist.workflow.view import StationView

HANGS_AFTER_S = 3.0
_SHORT_S = 0.2  # for a thread that only has to wake up


class StationLink(QObject):
    """Opens a station, asks it and listens to it.

    Parameters
    ----------
    open_station
        Builds the station; slow, runs in the background.

    Attributes
    ----------
    opened
        The station is there.
    view_changed
        A new ``StationView``.
    frame_arrived
        A new ``PreviewFrame``.
    told
        ``Sentences`` about a wish that was refused.
    """

    opened = pyqtSignal()
    view_changed = pyqtSignal(object)
    frame_arrived = pyqtSignal(object)
    told = pyqtSignal(object)

    def __init__(self, open_station: Callable[[], Station]) -> None:
        super().__init__()
        self._open_station = open_station
        self._station: Station | None = None
        # A thread each: a wish that hangs stops no view, a view that hangs stops no frame.
        self._wishes, self._views, self._frames = (Background(f"station-{name}") for name in ("wishes", "views", "frames"))
        self._changed, self._preview = Coalesced(), Coalesced()
        self._changed.arrived.connect(self._ask_for_view)
        self._preview.arrived.connect(self._ask_for_frame)
        self._closing = False
        self._opened_station: Station | None = None  # set by the worker: the GUI thread may not have heard of it yet
        self._opening = threading.Lock()  # over the two above
        self._asking = self._ask_again = self._pulling = False
        self._wish_since_s: list[float] = []

    def open(self) -> None:
        """Open the station in the background."""
        self._wishes.submit(self._open, self._station_opened, self._tell)

    def wish(self, ask: Callable[[Station], None]) -> None:
        """Ask something of the station, after everything that was asked before; without effect while there is none."""
        station = self._station
        if station is None:
            return
        if self.hangs():
            self.told.emit(sentence("dock", "station_hangs"))
            return
        self._wish_since_s.append(time.monotonic())
        self._wishes.submit(lambda: ask(station), self._wish_done, self._wish_failed)

    def hangs(self) -> bool:
        """Return whether the station has not answered an earlier wish for a while."""
        return bool(self._wish_since_s) and time.monotonic() - self._wish_since_s[0] > HANGS_AFTER_S

    def close(self, timeout_s: float) -> bool:
        """Close the station, and return whether everything ended within the time; what hangs is left behind."""
        deadline_s = time.monotonic() + timeout_s
        with self._opening:
            self._closing = True
            station = self._opened_station
        closed = threading.Event()
        if station is not None:
            threading.Thread(target=_close, args=(station, closed), name="station-close", daemon=True).start()
            closed.wait(timeout_s)
        workers = (self._wishes, self._views, self._frames)
        ended = [worker.close(max(_SHORT_S, deadline_s - time.monotonic())) for worker in workers]
        return all(ended) and (station is None or closed.is_set())

    # ---------------------------------------------------------------- in the background

    def _open(self) -> Station:
        station = self._open_station()
        with self._opening:
            too_late = self._closing
            self._opened_station = station
        if too_late:
            station.close()
        station.subscribe(self._changed.call, self._preview.call)
        return station

    # ---------------------------------------------------------------- in the GUI thread

    def _station_opened(self, station: Station) -> None:
        self._station = station
        self._ask_for_view()
        self.opened.emit()

    def _ask_for_view(self) -> None:
        station = self._station
        if station is None:
            return
        self._ask_again = self._asking
        if not self._asking:
            self._asking = True
            self._views.submit(station.view, self._view_came, self._view_failed)

    def _view_came(self, view: StationView) -> None:
        self._asking = False
        if self._ask_again:
            self._ask_for_view()
        self.view_changed.emit(view)

    def _view_failed(self, error: Exception) -> None:
        self._asking = False
        self._tell(error)

    def _ask_for_frame(self) -> None:
        station = self._station
        if station is not None and not self._pulling:
            self._pulling = True
            self._frames.submit(station.newest_preview, self._frame_came, self._frame_failed)

    def _frame_came(self, frame: PreviewFrame | None) -> None:
        self._pulling = False
        if frame is not None:
            self.frame_arrived.emit(frame)

    def _frame_failed(self, error: Exception) -> None:
        self._pulling = False
        self._tell(error)

    def _wish_done(self, _nothing: None) -> None:
        del self._wish_since_s[0]
        self._restart_clock()

    def _wish_failed(self, error: Exception) -> None:
        self._wish_done(None)
        self._tell(error)

    def _restart_clock(self) -> None:
        # The next wish begins only now: it was not the one that took so long.
        if self._wish_since_s:
            self._wish_since_s[0] = time.monotonic()

    def _tell(self, error: Exception) -> None:
        if isinstance(error, KnownError):
            self.told.emit(error_sentences(error))
        else:
            sys.excepthook(type(error), error, error.__traceback__)  # a fault of ours: reported as every other


def _close(station: Station, closed: threading.Event) -> None:
    station.close()
    closed.set()
