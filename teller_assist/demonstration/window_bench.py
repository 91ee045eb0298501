"""Start and preview of the real window, in a process of its own: a camera of 1280x720 at 30 fps, a customer who agreed, no card.

Everything that runs at a counter runs here: capture, search for a face ten times a second, panel and preview. Only the camera's
own process is left out; its frames are copied out of memory as from there.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING

from PyQt5.QtCore import QEvent, QObject, QTimer
from PyQt5.QtWidgets import QApplication

from teller_assist.demonstration.memory import peak_memory_mb
from teller_assist.settings.home import installation_root
from teller_assist.settings.loading import load_settings
from teller_assist.ui.start import run_window
from teller_assist.workflow.preview_frame import PreviewFrame
from teller_assist.workflow.view import Screen, StationView

if TYPE_CHECKING:
    from teller_assist.app import Installation
    from teller_assist.devices.id_card_reader import IdCardReaderDevice
    from teller_assist.evidence.frames import CameraFrame
    from teller_assist.evidence.identity import IdentityCard
    from teller_assist.evidence.pictures import Pixels
    from teller_assist.pictures.decode import PictureLimits
    from teller_assist.ui.counter_window import CounterWindow
    from teller_assist.workflow.counter_station import CounterStation
    from teller_assist.workflow.equipment import CounterEquipment, StateListener

WIDTH_PX, HEIGHT_PX, FRAMES_PER_S = 1280, 720, 30
_FRAMES = 10
_HUNG_READER = "--hung-reader"
_HANGS_AFTER_S = 1.0  # after it was opened: in finding a card
WARM_UP_S, MEASURED_S, LIMIT_S = 3.0, 10.0, 90.0


def window_can_be_shown() -> bool:
    """Return whether this process has a screen to show a window on."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("QT_QPA_PLATFORM"))


def measure_window(*, hung_reader: bool = False) -> dict[str, float]:
    """Run the window for some seconds and return what was measured.

    Parameters
    ----------
    hung_reader
        Beside a card reader whose driver hangs in every call, is killed, started again and hangs again; else no card comes.

    Returns
    -------
    ``first_paint_ms`` and ``models_ready_ms`` from the start of the process; ``preview_fps``; ``preview_cpu_percent_of_core`` of
    the window's process, everything in it; ``preview_latency_p50_ms`` and ``preview_latency_p95_ms`` from a frame's arrival to
    its being painted; ``preview_longest_gap_ms`` between two of them; ``memory_peak_mb`` where the system tells it.
    """
    program = (sys.executable, "-m", "teller_assist.demonstration.window_bench")
    command = [*program, repr(time.monotonic()), *([_HUNG_READER] if hung_reader else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=LIMIT_S, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


@dataclass
class _Figures:
    first_paint_s: float = 0.0
    models_ready_s: float = 0.0
    since_s: float = 0.0
    cpu_since_s: float = 0.0
    frame: PreviewFrame | None = None
    latencies_s: list[float] = field(default_factory=list)
    painted_s: list[float] = field(default_factory=list)

    def begin(self) -> None:
        """Forget what was counted while everything warmed up."""
        self.latencies_s.clear()
        self.painted_s.clear()
        self.since_s, self.cpu_since_s = time.monotonic(), time.process_time()

    def told(self, started_s: float) -> dict[str, float]:
        """Return everything in the units of ``measure_window``."""
        seconds, cpu_s = time.monotonic() - self.since_s, time.process_time() - self.cpu_since_s
        ordered = sorted(self.latencies_s)
        return {
            "first_paint_ms": round(1000 * (self.first_paint_s - started_s), 1),
            "models_ready_ms": round(1000 * (self.models_ready_s - started_s), 1),
            "preview_fps": round(len(ordered) / seconds, 1),
            "preview_cpu_percent_of_core": round(100 * cpu_s / seconds, 1),
            "preview_latency_p50_ms": round(1000 * ordered[len(ordered) // 2], 1),
            "preview_latency_p95_ms": round(1000 * ordered[int(0.95 * len(ordered))], 1),
            "preview_longest_gap_ms": round(1000 * max(two - one for one, two in itertools.pairwise(self.painted_s)), 1),
            **_memory(),
        }


class _Observer(QObject):
    """Plays the teller and counts."""

    def __init__(self, window: CounterWindow, started_s: float) -> None:
        super().__init__()
        self._window, self._started_s, self._figures = window, started_s, _Figures()
        self._measures = False
        window.window.painted.connect(self._painted)
        window.link.opened.connect(self._opened)
        window.link.view_changed.connect(self._follow)
        window.link.frame_arrived.connect(self._frame_came)

    def eventFilter(self, _watched: QObject | None, event: QEvent | None) -> bool:  # noqa: N802 - Qt's name
        """See the preview being painted."""
        if event is not None and event.type() == QEvent.Type.Paint and self._figures.frame is not None:
            now_s = time.monotonic()
            self._figures.latencies_s.append(now_s - self._figures.frame.received_s)
            self._figures.painted_s.append(now_s)
            self._figures.frame = None
        return False

    def _painted(self) -> None:
        self._figures.first_paint_s = time.monotonic()

    def _opened(self) -> None:
        self._figures.models_ready_s = time.monotonic()

    def _frame_came(self, frame: PreviewFrame) -> None:
        self._figures.frame = frame

    def _follow(self, view: StationView) -> None:
        wish = self._window.link.wish
        if view.screen is Screen.SIGN_ON:
            wish(lambda station: station.sign_on("bench"))
        elif view.screen is Screen.READY:
            wish(lambda station: station.begin())
        elif view.consent.asked:
            wish(lambda station: station.record_consent())
        elif not self._measures:
            self._measures = True
            self._window.panel.preview.installEventFilter(self)
            QTimer.singleShot(round(1000 * WARM_UP_S), self._figures.begin)
            QTimer.singleShot(round(1000 * (WARM_UP_S + MEASURED_S)), self._end)

    def _end(self) -> None:
        sys.stdout.write(json.dumps(self._figures.told(self._started_s)) + "\n")
        QApplication.quit()


def _memory() -> dict[str, float]:
    return {"memory_peak_mb": round(peak_memory_mb(), 1)} if sys.platform.startswith("linux") else {}


# ---------------------------------------------------------------- the counter


class _BenchCamera:
    """Delivers frames when they are due; what nobody fetched in time is skipped, as a camera does."""

    plugin_id = "bench"
    problem = None

    def __init__(self, frames: list[Pixels]) -> None:
        self._frames = frames
        self._begun_s = time.monotonic()
        self._sequence = 0

    def next_frame(self, timeout_s: float) -> CameraFrame:
        """See ``workflow.equipment.Camera``."""
        from teller_assist.errors import DeviceTimeoutError
        from teller_assist.evidence.frames import CameraFrame

        self._sequence = max(self._sequence + 1, int((time.monotonic() - self._begun_s) * FRAMES_PER_S))
        wait_s = self._begun_s + self._sequence / FRAMES_PER_S - time.monotonic()
        if wait_s > timeout_s:
            raise DeviceTimeoutError(device="camera")
        time.sleep(max(0.0, wait_s))
        pixels = self._frames[self._sequence % len(self._frames)].copy()
        pixels.flags.writeable = False
        return CameraFrame(pixels, self._sequence, time.monotonic())

    def close(self) -> None:
        """Nothing to let go."""


class _NoCard:
    """A reader on which no card is ever laid."""

    plugin_id = "bench"
    problem = None

    def wait_for_card(self, cancel: threading.Event) -> None:
        """See ``workflow.equipment.CardReader``."""
        cancel.wait()

    def read(self, _cancel: threading.Event, /) -> IdentityCard:
        """See ``workflow.equipment.CardReader``."""
        from teller_assist.errors import CardRemovedError

        raise CardRemovedError(device="id_card_reader")

    def close(self) -> None:
        """Nothing to let go."""


class _BenchCounter:
    """An ``EquipmentSource``."""

    def __init__(self, installation: Installation, *, hung_reader: bool) -> None:
        self._installation = installation
        self._hung_reader = hung_reader

    def open(self, on_state: StateListener) -> CounterEquipment:
        """See ``workflow.equipment.EquipmentSource``."""
        from teller_assist.workflow.equipment import CounterEquipment

        camera = _BenchCamera(_moving_face(self._installation.picture_limits))
        reader = _reader_that_hangs(self._installation, on_state) if self._hung_reader else _NoCard()
        return CounterEquipment(camera=camera, reader=reader)


def _reader_that_hangs(installation: Installation, on_state: StateListener) -> IdCardReaderDevice:
    from teller_assist.demonstration.simulated_counter import PLUGIN_ID
    from teller_assist.devices.authority import ShippedAuthority
    from teller_assist.devices.id_card_reader import IdCardReaderDevice
    from teller_assist.devices.opening import open_device

    return open_device(
        installation.root,
        PLUGIN_ID,
        IdCardReaderDevice,
        {"folder": str(installation.root), "fault": "hang", "fault_after_s": _HANGS_AFTER_S},
        devices_settings=installation.settings.devices,
        authority=ShippedAuthority(),
        limits=installation.picture_limits,
        on_state=on_state,
    )


def _open_station(*, hung_reader: bool) -> CounterStation:
    from teller_assist.app import open_installation
    from teller_assist.ui import qt_environment

    qt_environment.clean()
    installation = open_installation()
    return installation.open_station(_BenchCounter(installation, hung_reader=hung_reader))


def _moving_face(limits: PictureLimits) -> list[Pixels]:
    """Return frames to play again and again: the astronaut that scikit-image carries, moving a little to and fro before noise."""
    import numpy as np

    from teller_assist.pictures.decode import decode_picture

    data = resources.files("skimage").joinpath("data/astronaut.png").read_bytes()
    face = decode_picture(data, role="probe", limits=limits).pixels
    rng = np.random.default_rng(0)
    wall = rng.integers(100, 120, (HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)
    frames = []
    for index in range(_FRAMES):
        left = 384 + round(8 * np.sin(2 * np.pi * index / _FRAMES))
        frame = wall.copy()
        frame[104 : 104 + face.shape[0], left : left + face.shape[1]] = face
        frames.append(frame)
    return frames


def main() -> int:
    """Run the window, measure, print one JSON object; the first argument is the monotonic clock at the process's start."""
    observers: list[_Observer] = []
    settings = load_settings(installation_root(), os.environ)
    open_station = functools.partial(_open_station, hung_reader=_HUNG_READER in sys.argv)
    return run_window(
        open_station, settings.station, prepared=lambda window: observers.append(_Observer(window, float(sys.argv[1])))
    )


if __name__ == "__main__":
    sys.exit(main())
