"""A counter without processes: a camera that shows what a test tells it to, a reader, an authority. Persons are made up."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from teller_assist.decision.kinship import KinshipRegister, NumberRegister
from teller_assist.devices.kinds import DeviceKind, DeviceState
from teller_assist.devices.plugins import PluginShelf
from teller_assist.errors import CardRemovedError, DeviceTimeoutError, KnownError
from teller_assist.evidence.frames import CameraFrame
from teller_assist.evidence.id_number import IdNumber, Sex, check_character
from teller_assist.evidence.identity import IdentityCard
from teller_assist.evidence.netcheck import NetcheckCode, NetcheckResult
from teller_assist.evidence.pictures import Picture, Pixels
from teller_assist.netcheck.provider import NetcheckProvider, NetcheckRequest
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.home import installation_root
from teller_assist.settings.personal import Personal
from teller_assist.settings.schema import DevicesSettings
from teller_assist.workflow.equipment import CounterEquipment, Scanner, StateListener
from teller_assist.workflow.site_counter import SiteCounter

FIRST_17 = "19000119900315017"  # no area's code begins with 19
NUMBER = FIRST_17 + check_character(FIRST_17)
NAME = "林晓样"


def made_up_card(portrait: Picture, *, valid_until: datetime.date | None = None) -> IdentityCard:
    return IdentityCard(
        name=Personal(NAME),
        sex=Sex.MALE,
        ethnicity="汉",
        birth_date=Personal(IdNumber(NUMBER).birth_date),
        address=Personal("样本省示例市演示路1号"),
        number=Personal(IdNumber(NUMBER)),
        issuer="示例市公安局",
        valid_from=datetime.date(2015, 1, 1),
        valid_until=valid_until,
        portrait=portrait,
    )


def portrait_of(picture: Picture, *, role: str = "reference") -> Picture:
    """A chip-like portrait, 102x126, of a face in the upper half of a square photograph (the packaged astronaut)."""
    cut = np.ascontiguousarray(picture.pixels[20:300, 110:337])
    pixels = np.asarray(cv2.resize(cut, (102, 126), interpolation=cv2.INTER_AREA), np.uint8)
    return Picture(pixels, "frame", role)


def write_picture(path: Path, picture: Picture) -> None:
    assert cv2.imwrite(str(path), picture.pixels)


class ToldCamera:
    """Delivers what it is told to show, with a sensor's noise, at its own pace."""

    def __init__(self, shown: Pixels, *, frames_per_s: float = 30.0) -> None:
        self._lock = threading.Lock()
        self._pause_s = 1 / frames_per_s
        self._sequence = 0
        self._noise = np.random.default_rng(1)
        self._failure: KnownError | None = None
        self._closed = threading.Event()
        self._shown = shown

    plugin_id = "told"

    @property
    def problem(self) -> KnownError | None:
        return self._failure

    def show(self, pixels: Pixels) -> None:
        with self._lock:
            self._shown, self._failure = pixels, None

    def fail(self, error: KnownError) -> None:
        with self._lock:
            self._failure = error

    def next_frame(self, timeout_s: float) -> CameraFrame:
        if self._closed.wait(min(timeout_s, self._pause_s)):
            raise DeviceTimeoutError(device="camera")
        with self._lock:
            if self._failure is not None:
                raise self._failure
            self._sequence += 1
            noise = self._noise.integers(0, 3, self._shown.shape, dtype=np.uint8)
            pixels = np.asarray(cv2.add(self._shown, noise), np.uint8)
            pixels.flags.writeable = False
            return CameraFrame(pixels, self._sequence, time.monotonic())

    def reopen(self) -> None:
        self._closed.clear()

    def close(self) -> None:
        self._closed.set()


class ToldReader:
    """Finds a card once one is laid down."""

    def __init__(self) -> None:
        self._card: IdentityCard | KnownError | None = None
        self._laid_down = threading.Event()
        self.reads = 0

    plugin_id = "told"
    problem = None

    def lay_down(self, card: IdentityCard | KnownError) -> None:
        self._card = card
        self._laid_down.set()

    def reopen(self) -> None:
        if self._card is None:
            self._laid_down.clear()

    def wait_for_card(self, cancel: threading.Event) -> None:
        while not cancel.is_set() and not self._laid_down.wait(0.01):
            pass

    def read(self, cancel: threading.Event) -> IdentityCard:
        self.reads += 1
        if isinstance(self._card, KnownError):
            raise self._card
        if self._card is None or cancel.is_set():
            raise CardRemovedError(device="id_card_reader")
        return self._card

    def close(self) -> None:
        self._laid_down.set()


class _OpenedReader:
    """One opening of a told reader: what a thread that is slow to end still holds is not what was opened after it."""

    plugin_id = ToldReader.plugin_id
    problem = ToldReader.problem

    def __init__(self, told: ToldReader) -> None:
        self.wait_for_card, self.read, self.close = told.wait_for_card, told.read, told.close


class ToldAuthority:
    """Answers with one result, once it may."""

    def __init__(self, code: NetcheckCode, photo: Picture | None = None) -> None:
        self.code, self.photo = code, photo
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.asked = 0
        self.asks_with_live = False
        self.requests: list[NetcheckRequest] = []
        self.closed = False

    def close(self) -> None:
        self.closed = True

    def verify(self, request: NetcheckRequest, cancel: threading.Event) -> NetcheckResult:
        self.asked += 1
        self.requests.append(request)
        while not self.may_answer.wait(0.01):
            if cancel.is_set():
                return NetcheckResult(NetcheckCode.NOT_ASKED, None)
        return NetcheckResult(self.code, self.photo)


class ToldSource:
    """Sets the same equipment up again and again."""

    def __init__(
        self,
        camera: ToldCamera,
        reader: ToldReader,
        netcheck: NetcheckProvider | None = None,
        register: KinshipRegister | None = None,
        scanner: Scanner | None = None,
        **more: object,
    ) -> None:
        self.camera, self.reader, self.scanner = camera, reader, scanner
        self._netcheck, self._register, self._more = netcheck, register, more
        self.opened = 0

    def open(self, on_state: StateListener, /) -> CounterEquipment:
        self.opened += 1
        self.camera.reopen()
        self.reader.reopen()
        for kind in (DeviceKind.CAMERA, DeviceKind.ID_CARD_READER):
            on_state(kind, DeviceState.READY)
        return CounterEquipment(
            self.camera,
            _OpenedReader(self.reader),
            self.scanner,
            self._netcheck,
            register=self._register or NumberRegister(()),
            **self._more,  # type: ignore[arg-type]
        )


def wait_until(condition: Callable[[], bool], *, limit_s: float = 20.0) -> None:
    """Wait for what a thread will do; a limit, not a measurement."""
    end_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end_s, "it never happened"
        time.sleep(0.005)


def bare_counter(open_netcheck: Callable[[], NetcheckProvider | None] = lambda: None) -> SiteCounter:
    """A counter for which the site chose no plugin."""
    shelf = PluginShelf(installation_root(), Path("no such site"))
    return SiteCounter(shelf, DevicesSettings(), limits=PictureLimits(20_000_000, 20_000_000), open_netcheck=open_netcheck)
