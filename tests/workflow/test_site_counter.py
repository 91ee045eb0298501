"""The counter's devices as the site's settings choose them: what is there works, what is not says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.plugins import PluginShelf
from teller_assist.errors import GatewayError
from teller_assist.evidence.netcheck import NetcheckCode
from teller_assist.netcheck.provider import NetcheckProvider
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.home import installation_root
from teller_assist.settings.plugin_choice import PluginChoice
from teller_assist.settings.schema import DevicesSettings
from teller_assist.workflow.equipment import SESSION_DEVICES, CounterEquipment
from teller_assist.workflow.site_counter import SiteCounter
from tests.stand_ins.equipment import ToldAuthority, bare_counter
from tests.stand_ins.packages import site_with_plugin

LIMITS = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)
WILLING = PluginChoice("willing", {"card_after_s": 0.1})
Open = Callable[..., CounterEquipment]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A bank that installed a plugin of its own."""
    return site_with_plugin(tmp_path)


@pytest.fixture
def opened(site: Path) -> Iterator[Open]:
    """Open a counter; its devices are closed at the end."""
    made: list[CounterEquipment] = []

    def open_one(*, leaves_out_installed: bool = False, **choices: Any) -> CounterEquipment:
        shelf = PluginShelf(installation_root(), site, leaves_out_installed=leaves_out_installed)
        settings = DevicesSettings(**{"restart_after_s": 0.1, **choices})
        made.append(SiteCounter(shelf, settings, limits=LIMITS).open(lambda kind, state: None))
        return made[-1]

    yield open_one
    for one in made:
        one.close()


def test_shipped_and_installed_plugins_stand_side_by_side_with_their_own_settings(opened: Open, tmp_path: Path) -> None:
    clip = PluginChoice("video_camera", {"source": "file", "file": str(tmp_path / "none.mp4")})
    equipment = opened(camera=clip, id_card_reader=WILLING)
    assert {kind: device.plugin_id for kind, device in equipment.devices().items()} == {
        DeviceKind.CAMERA: "video_camera",
        DeviceKind.ID_CARD_READER: "willing",
    }
    assert list(equipment.absent) == [DeviceKind.DOCUMENT_SCANNER]
    assert "没有为高拍仪选定插件" in equipment.absent[DeviceKind.DOCUMENT_SCANNER].zh


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (PluginChoice("absent_camera"), "没有安装在本机"),
        (PluginChoice("sam_serial_id_reader"), "不能驱动"),
        (PluginChoice("video_camera", {"colour": "red"}), "devices.camera.settings.colour"),
        (PluginChoice("video_camera", {"width_px": 4000}), "“devices.camera.settings.width_px”的值类型不对或超出范围"),
        (PluginChoice("video_camera", {"width_px": 4000}), "320至1920"),
        (PluginChoice("video_camera", {"source": "television"}), "usb, rtsp, http_mjpeg, file"),
        (PluginChoice("", {"source": "usb"}), "devices.camera.settings.source"),
    ],
)
def test_a_device_that_cannot_be_opened_says_why_and_the_others_work(opened: Open, choice: PluginChoice, words: str) -> None:
    equipment = opened(camera=choice, id_card_reader=WILLING)
    assert equipment.camera is None
    assert words in equipment.absent[DeviceKind.CAMERA].zh
    assert equipment.reader is not None
    assert equipment.reader.plugin_id == "willing"


@pytest.mark.logs_warnings
def test_an_altered_installed_plugin_is_not_available_and_says_so(opened: Open, site: Path) -> None:
    folder = PluginShelf(installation_root(), site).find("willing").place
    (folder / "main.py").write_text("import os", encoding="utf-8")
    equipment = opened(id_card_reader=WILLING)
    assert "与授权时不一致" in equipment.absent[DeviceKind.ID_CARD_READER].zh
    (site / "plugins" / "willing" / "installed.json").write_text("{}", encoding="utf-8")
    assert "willing" in opened(id_card_reader=WILLING).absent[DeviceKind.ID_CARD_READER].zh


@pytest.mark.logs_warnings
def test_after_a_start_that_did_not_finish_what_was_installed_is_not_available_and_what_ships_is(opened: Open) -> None:
    equipment = opened(
        leaves_out_installed=True, id_card_reader=WILLING, document_scanner=PluginChoice("simulated_counter", {"folder": ""})
    )
    assert "上次启动没有完成" in equipment.absent[DeviceKind.ID_CARD_READER].zh
    assert equipment.scanner is not None


def test_a_counter_without_devices_asks_the_gateway_and_lets_it_go() -> None:
    gateway = ToldAuthority(NetcheckCode.MATCH_NO_PHOTO)
    equipment = bare_counter(lambda: gateway).open(lambda kind, state: None)
    assert set(equipment.absent) == set(SESSION_DEVICES)
    assert equipment.netcheck is gateway
    equipment.close()
    assert gateway.closed


def test_a_gateway_that_cannot_be_used_takes_no_device_with_it(site: Path) -> None:
    def refused() -> NetcheckProvider:
        raise GatewayError("gateway_address_unusable", why="not_encrypted")

    settings = DevicesSettings(id_card_reader=WILLING)
    equipment = SiteCounter(PluginShelf(installation_root(), site), settings, limits=LIMITS, open_netcheck=refused).open(
        lambda kind, state: None
    )
    try:
        assert equipment.netcheck_problem is not None
        assert equipment.reader is not None
    finally:
        equipment.close()
