"""The plugin in its own process, with SANE's own library and its test backend."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from teller_assist.devices.document_scanner import DocumentScannerDevice
from teller_assist.devices.kinds import DeviceState
from teller_assist.errors import (
    DeviceBusyError,
    DeviceDeniedError,
    DeviceMissingError,
    DeviceTimeoutError,
    KnownError,
    PluginFailedError,
    ScanStoppedError,
)
from teller_assist.wording import error_sentences
from tests.device_plugins.sane_scanner.conftest import ROOT
from tests.stand_ins import sane_backend
from tests.stand_ins.equipment import wait_until
from tests.stand_ins.plugin_devices import devices_of
from tests.stand_ins.sane_backend import SaneTestBackend

NEVER = threading.Event()
Opener = Callable[..., DocumentScannerDevice]

pytestmark = pytest.mark.logs_warnings


def ready(device: DocumentScannerDevice) -> DocumentScannerDevice:
    device.wait_until_ready(20.0)
    return device


def hint_of(device: DocumentScannerDevice) -> str:
    assert device.process is not None
    return device.process.last_hint


def test_a_page_in_colours_has_the_size_that_the_settings_say(opened: Opener) -> None:
    scanner = ready(opened(resolution_dpi=200))
    page = scanner.scan(NEVER)
    assert (page.width_px, page.height_px) == (629, 472)  # 80 x 60 mm
    assert len({tuple(pixel) for pixel in page.pixels[::20, ::20].reshape(-1, 3).tolist()}) > 2
    assert scanner.status() == {
        "name": "test:0",
        "vendor": "Noname",
        "model": "frontend-tester",
        "type": "virtual device",
        "dpi": 200,
        "sane": scanner.status()["sane"],
    }


def test_the_self_test_says_what_is_there_and_what_a_scan_will_be(opened: Opener) -> None:
    lines = {line.check: line for line in ready(opened(source="feeder")).selftest()}
    assert all(line.passed for line in lines.values())
    assert lines["library"].detail.startswith("SANE 1.")
    assert lines["listed"].detail == "sane test:0 = test:0"
    assert lines["page"].detail == "314x236 pixels, 100 dpi"
    assert lines["mode"].detail == "Color of ['Gray', 'Color']"
    assert lines["source"].detail.startswith("Automatic Document Feeder of ")


def test_of_two_scanners_the_one_that_the_setting_names_is_opened(backend: SaneTestBackend, opened: Opener) -> None:
    backend.plug(2)
    assert ready(opened(device="sane test:1")).status()["name"] == "test:1"
    assert ready(opened()).status()["name"] == "test:0"


FAULTS: dict[str, tuple[type[KnownError], str]] = {
    "JAMMED": (ScanStoppedError, "高拍仪卡纸。请打开盖子取出纸张，合上后重新扫描。"),
    "COVER_OPEN": (ScanStoppedError, "高拍仪的盖子没有合上。请合上盖子后重新扫描。"),
    "NO_DOCS": (ScanStoppedError, "高拍仪的进纸器中没有纸张。请放入证件或纸张后重新扫描。"),
    "CANCELLED": (ScanStoppedError, "扫描在高拍仪上被取消。如仍需要，请重新扫描。"),
    "DEVICE_BUSY": (DeviceBusyError, "高拍仪正被其他程序占用。请关闭占用它的程序后重试。"),
    "ACCESS_DENIED": (DeviceDeniedError, "高拍仪已连接，但当前用户没有使用权限。请IT人员为当前用户开通该设备的权限。"),
    "IO_ERROR": (PluginFailedError, "sane_scanner运行中出错，已停止。请重试一次，仍不行请联系IT人员。"),
    "NO_MEM": (PluginFailedError, "sane_scanner运行中出错，已停止。请重试一次，仍不行请联系IT人员。"),
}


@pytest.mark.parametrize("status", FAULTS)
def test_a_fault_is_told_in_two_sentences_and_the_scanner_stays_ready(
    backend: SaneTestBackend, opened: Opener, status: str
) -> None:
    scanner = ready(opened(backend.fault(status)))
    process = scanner.process
    for _ in range(2):
        with pytest.raises(KnownError) as caught:
            scanner.scan(NEVER)
        assert (type(caught.value), error_sentences(caught.value).zh) == FAULTS[status]
    assert hint_of(scanner).startswith("scan: ")
    assert (scanner.state, scanner.process) == (DeviceState.READY, process)


def test_a_page_without_a_line_is_no_page(backend: SaneTestBackend, opened: Opener) -> None:
    scanner = ready(opened(backend.fault("EOF")))
    with pytest.raises(PluginFailedError):
        scanner.scan(NEVER)
    assert hint_of(scanner) == "scan: Scanner returned no data"


def test_a_slow_scan_that_is_given_up_ends_within_half_a_second_and_its_process_lives(
    backend: SaneTestBackend, opened: Opener
) -> None:
    scanner = ready(opened(backend.slow()))
    process = scanner.process
    cancel = threading.Event()
    began_s = time.monotonic()
    threading.Timer(0.5, cancel.set).start()
    with pytest.raises(DeviceTimeoutError) as caught:
        scanner.scan(cancel)
    took_s = time.monotonic() - began_s - 0.5
    assert caught.value.facts["why"] == "cancelled"
    assert took_s < 1.0, "half a second, and half a second for a busy machine"
    assert scanner.process is process, "its process was not killed"
    assert isinstance(scanner.status()["dpi"], int | float)


@pytest.mark.full
def test_a_driver_that_hangs_in_a_scan_is_killed_and_comes_back(backend: SaneTestBackend, tmp_path: Path) -> None:
    """The library that heeds no cancel stands in the place of python-sane; each read of its backend takes ever so long."""
    copy = plugin_copy(tmp_path, time_limit_s=1.0)
    (copy / "wheels").mkdir()
    (copy / "wheels" / "sane.py").write_text(HANGING, encoding="utf-8")
    with devices_of(tmp_path, copy.name) as open_one:
        scanner = ready(open_one(DocumentScannerDevice, backend.settings(options="")))
        process = scanner.process
        began_s = time.monotonic()
        with pytest.raises(DeviceTimeoutError) as caught:
            scanner.scan(NEVER)
        assert caught.value.facts["why"] == "time_limit"
        assert time.monotonic() - began_s < 1.0 + 0.5 + 2.0
        wait_until(lambda: scanner.process is not process and scanner.state is DeviceState.READY)
        assert scanner.status()["name"] == "hanging:0"


@pytest.mark.full
def test_a_scan_that_takes_too_long_is_ended_by_its_limit_and_the_process_lives(backend: SaneTestBackend, tmp_path: Path) -> None:
    copy = plugin_copy(tmp_path, time_limit_s=1.0)
    with devices_of(tmp_path, copy.name) as open_one:
        scanner = ready(open_one(DocumentScannerDevice, backend.slow()))
        process = scanner.process
        with pytest.raises(DeviceTimeoutError) as caught:
            scanner.scan(NEVER)
        assert caught.value.facts["why"] == "time_limit"
        assert scanner.status()["name"] == "test:0"
        assert scanner.process is process


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({"mode": "Lineart"}, "mode: Gray, Color"),
        ({"options": "no-such-option=1"}, "no_such_option: no such option"),
        ({"width_mm": 300}, "br_x: 0 to 200"),
        ({"resolution_dpi": 1200, "width_mm": 200, "height_mm": 200}, "page of 89 megapixels, at most 20"),
    ],
)
def test_a_setting_that_the_scanner_does_not_take_is_named_when_it_is_opened(
    opened: Opener, settings: dict[str, Any], hint: str
) -> None:
    scanner = opened(**settings)
    with pytest.raises(PluginFailedError):
        scanner.wait_until_ready(20.0)
    assert hint_of(scanner).startswith(hint)


def test_a_backend_that_is_not_there_has_no_scanner(opened: Opener) -> None:
    scanner = opened(backend="pixma")
    with pytest.raises(DeviceMissingError) as caught:
        scanner.wait_until_ready(20.0)
    assert caught.value.facts["why"] == "not_plugged_in"


@pytest.mark.parametrize(("variable", "outcome"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_without_sane_these_tests_are_skipped_and_fail_where_all_parts_must_be_there(
    variable: str, outcome: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sane_backend, "_has_backend", lambda: False)
    for name in sane_backend.REQUIRED:
        monkeypatch.setenv(name, variable)
    with pytest.raises(outcome, match="libsane1 is not installed"):
        SaneTestBackend(tmp_path / "other")


def plugin_copy(root: Path, time_limit_s: float) -> Path:
    """Copy the plugin and give its scans another time limit."""
    copy = root / "device_plugins" / "sane_scanner"
    shutil.copytree(ROOT / "device_plugins" / "sane_scanner", copy, ignore=shutil.ignore_patterns("__pycache__"))
    manifest = copy / "manifest.json"
    told = manifest.read_text(encoding="utf-8")
    assert '"scan": 60' in told
    manifest.write_text(told.replace('"scan": 60', f'"scan": {time_limit_s}'), encoding="utf-8")
    return copy


HANGING = """
import time


def init():
    return (0, 1, 2, 3)


def exit():
    pass


def get_devices(local):
    return [("hanging:0", "Made up", "Hanging", "virtual device")]


class Handle:
    opt = {}

    class resolution_option:
        pass

    def get_parameters(self):
        return ("color", 1, (100, 100), 8, 300)

    def __getitem__(self, name):
        return self.opt[name]

    def start(self):
        pass

    def snap(self, progress):
        while True:
            time.sleep(1)

    def cancel(self):
        while True:
            time.sleep(1)

    def close(self):
        pass


class Measure:
    type, unit, size, constraint = 2, 3, 4, None

    def is_active(self):
        return True

    is_settable = is_active


Handle.opt = {name: Measure() for name in ("tl_x", "tl_y", "br_x", "br_y")}
Handle.tl_x = Handle.tl_y = 0.0
Handle.br_x = Handle.br_y = 25.4


def open(name):
    return Handle()
"""
