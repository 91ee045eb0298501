"""Made-up views of the devices dialog: what drives each device, self-tests in every stage, refused plugins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from teller_assist.devices.kinds import DeviceState
from teller_assist.devices.selftest import SelftestCheck
from teller_assist.errors import DeviceBusyError, DeviceMissingError
from teller_assist.wording import Sentences, error_sentences, sentence
from teller_assist.workflow.device_care import check_row
from teller_assist.workflow.view import DeviceChip
from teller_assist.workflow.view_devices import DeviceDetails, DevicesView, RefusedPlugin, SelftestView
from tests.stand_ins.view_parts import devices

CAMERA, READER, SCANNER = "camera", "id_card_reader", "document_scanner"
HELD = DeviceBusyError(device=READER, why="held", program="teller-assist read-card", user="counter03", process_id=4711)
GONE = DeviceMissingError(device=READER, why="not_found")
PLUGINS = {
    CAMERA: ("UVC、RTSP与MJPEG摄像头", "UVC, RTSP and MJPEG cameras", "video_camera"),
    READER: ("串口身份证读卡器（SAM_V）", "ID card reader on a serial line (SAM_V)", "sam_serial_id_reader"),
    SCANNER: ("示例牌高拍仪", "Sample scanner", "sample_scanner"),
}
PASSED = (
    SelftestCheck("files", True, "sam_serial_id_reader 1.0.0", 4),
    SelftestCheck("process", True, "bits=64", 148),
    SelftestCheck("open", True, "", 61),
    SelftestCheck("status", True, "", 12),
    SelftestCheck("selftest", True, "1 of 1", 230),
    SelftestCheck("plugin.sam_answers", True, "SAM_V status 90"),
    SelftestCheck("find_card", True, "card=false", 41),
    SelftestCheck("close", True, "", 3),
)
FAILED = (*PASSED[:2], SelftestCheck("open", False, "device_missing not_found: no port answered", 2012, error_sentences(GONE)))
REFUSED = (
    RefusedPlugin("acme_reader", "2.3.1", sentence("plugin_why", "bad_signature")),
    RefusedPlugin("old_scanner", "", sentence("plugin_why", "installation_damaged")),
)


def selftest(*lines: SelftestCheck, **changed: Any) -> SelftestView:
    return SelftestView(tuple(check_row(line) for line in lines), **changed)


def plugin(device: str) -> Sentences:
    zh, en, plugin_id = PLUGINS[device]
    named = [sentence("devices_dialog", "plugin", name=name, version="1.0.0", plugin=plugin_id) for name in (zh, en)]
    return Sentences(zh=named[0].zh, en=named[1].en)


def care(**tests: SelftestView) -> DevicesView:
    """All three driven by a plugin, and looked at."""
    free = not any(test.running for test in tests.values())
    details = tuple(DeviceDetails(one, plugin(one), True, free, tests.get(one)) for one in PLUGINS)
    return DevicesView(details, (), listed=True)


def _busy() -> tuple[tuple[DeviceChip, ...], DevicesView]:
    chips = tuple(
        replace(one, state=DeviceState.RESTARTING, why=error_sentences(HELD)) if one.device == READER else one
        for one in devices()
    )
    return chips, care()


def _nothing() -> tuple[tuple[DeviceChip, ...], DevicesView]:
    chips = [
        DeviceChip(kind, DeviceState.NOT_AVAILABLE, error_sentences(DeviceMissingError(device=kind, why="not_chosen")))
        for kind in PLUGINS
    ]
    server = DeviceChip("branch_server", DeviceState.NOT_AVAILABLE, sentence("notice", "not_enrolled"))
    return (*chips, server), DevicesView(tuple(DeviceDetails(kind) for kind in PLUGINS), REFUSED, listed=True)


OUTCOME = {
    True: sentence("selftest_outcome", "all_passed", count=0),
    False: sentence("selftest_outcome", "some_failed", count=1),
    None: sentence("selftest_outcome", "stopped", count=0),
}
DEVICE_VIEWS: dict[str, Callable[[], tuple[tuple[DeviceChip, ...], DevicesView]]] = {
    "looking": lambda: (devices(), replace(care(), listed=False)),
    "well": lambda: (devices(), care()),
    "busy": _busy,
    "no_plugins": _nothing,
    "refused": lambda: (
        devices(id_card_reader=DeviceState.NOT_AVAILABLE, camera=DeviceState.OUT_OF_ORDER, document_scanner=DeviceState.STARTING),
        replace(care(), refused=REFUSED),
    ),
    "testing": lambda: (devices(), care(id_card_reader=selftest(*PASSED[:3], running=True))),
    "stopping": lambda: (devices(), care(id_card_reader=selftest(*PASSED[:3], running=True, stopping=True))),
    "passed": lambda: (devices(), care(id_card_reader=selftest(*PASSED, passed=True, outcome=OUTCOME[True]))),
    "failed": lambda: (
        devices(id_card_reader=DeviceState.OUT_OF_ORDER),
        care(id_card_reader=selftest(*FAILED, passed=False, outcome=OUTCOME[False])),
    ),
    "stopped": lambda: (devices(), care(camera=selftest(*PASSED[:2], outcome=OUTCOME[None]))),
    "customer_present": lambda: (devices(), replace(care(), asks_first=sentence("devices_dialog", "customer_present"))),
}
