"""Starts the window: painted first, the station after it. Imports nothing heavy, so that the first paint is early."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType

from PyQt5.QtCore import QCoreApplication, QSocketNotifier, Qt, QTimer
from PyQt5.QtGui import QGuiApplication
from PyQt5.QtWidgets import QApplication
from PyQt5.sip import voidptr

from teller_assist.errors import ResourceError
from teller_assist.settings.schema import StationSettings
from teller_assist.ui import qt_environment
from teller_assist.ui.collection import OneThreadCollection
from teller_assist.ui.counter_window import CounterWindow
from teller_assist.wording import sentence
from teller_assist.workflow.station import Station

ENDING_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_COLLECT_EVERY_MS = 100


def run_window(
    open_station: Callable[[], Station],
    settings: StationSettings,
    *,
    prepared: Callable[[CounterWindow], None] = lambda _window: None,
) -> int:
    """Run the docked window until the program is told to end.

    Parameters
    ----------
    open_station
        Builds the station. Called once, on a worker thread, after the first paint: heavy imports belong there. A
        ``KnownError`` from it is told in the window, which stays.
    settings
        Section "station".
    prepared
        Called with the window before it is shown, for who measures it.

    Returns
    -------
    The program's exit code.

    Raises
    ------
    ResourceError
        "no_display": there is no screen to show a window on.
    """
    qt_environment.clean()
    application = make_application()
    with _garbage_collected_here():
        window = CounterWindow(open_station, settings)
        prepared(window)
        with _ended_by_signals(), _faults_told_by(window):
            window.open()
            exit_code = int(application.exec_())
            window.close()
    return exit_code


def make_application() -> QApplication:
    """Return this process's QApplication with its scaling settled.

    Windows scales by the screen's own factor, also 150 %. On X11 a factor between whole numbers blurs and shifts what the strut
    reserves: whole numbers only, unless the administrator sets QT_SCALE_FACTOR.

    Raises
    ------
    ResourceError
        "no_display"
    """
    if sys.platform == "linux" and os.environ.get("QT_QPA_PLATFORM") != "offscreen":
        _choose_x11()
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_EnableHighDpiScaling)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_UseHighDpiPixmaps)
    rounding = Qt.HighDpiScaleFactorRoundingPolicy
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        rounding.PassThrough if sys.platform == "win32" else rounding.RoundPreferFloor
    )
    application = QApplication(sys.argv[:1])
    application.setApplicationName("teller-assist")
    application.setApplicationDisplayName(sentence("dock", "product").zh)
    application.setQuitOnLastWindowClosed(True)
    return application


def _choose_x11() -> None:
    """Have Qt use X11, also inside a Wayland session, unless the administrator chose; Qt would abort where there is no server."""
    if os.environ.setdefault("QT_QPA_PLATFORM", "xcb") == "xcb":
        library = ctypes.CDLL("libX11.so.6")
        library.XOpenDisplay.restype = ctypes.c_void_p
        display = library.XOpenDisplay(None)
        if not display:
            raise ResourceError("no_display")
        library.XCloseDisplay(ctypes.c_void_p(display))


@contextmanager
def _garbage_collected_here() -> Iterator[None]:
    collection, timer = OneThreadCollection(), QTimer()
    timer.timeout.connect(collection.collect_due)
    timer.start(_COLLECT_EVERY_MS)
    try:
        yield
    finally:
        timer.stop()
        collection.end()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """End the event loop on SIGTERM and SIGINT. Python would only look at them when Qt next calls Python."""
    reading, writing = socket.socketpair()
    for end in (reading, writing):
        end.setblocking(False)
    notifier = QSocketNotifier(voidptr(reading.fileno()), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: _drain(reading))
    before_fd = signal.set_wakeup_fd(writing.fileno())
    before = {one: signal.signal(one, _end) for one in ENDING_SIGNALS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        signal.set_wakeup_fd(before_fd)
        notifier.setEnabled(False)
        reading.close()
        writing.close()


def _drain(reading: socket.socket) -> None:
    with suppress(BlockingIOError):
        reading.recv(64)


def _end(_number: int, _frame: FrameType | None) -> None:
    QCoreApplication.quit()


@contextmanager
def _faults_told_by(window: CounterWindow) -> Iterator[None]:
    """Have an exception that nobody caught reported as before, and told to the teller. PyQt aborts where no hook is set."""
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        before(kind, error, where)
        window.show_own_fault()

    sys.excepthook = hook
    try:
        yield
    finally:
        sys.excepthook = before
