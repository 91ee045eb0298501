"""The devices that every contract is held against: a stand-in's, and those of the simulated counter that ships."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.opening import DEVICES, open_device
from teller_assist.devices.supervision import OpenedDevice
from teller_assist.evidence.id_number import check_character
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.home import installation_root
from teller_assist.settings.schema import DevicesSettings
from tests.stand_ins.authorities import AnyFiles

FOLDERS = {
    "willing": Path(__file__).parents[1] / "stand_ins" / "plugins" / "willing",
    "simulated_counter": installation_root() / "device_plugins" / "simulated_counter",
}
LIMITS = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)
READY_WITHIN_S = 20.0


@pytest.fixture
def customer_folder(tmp_path: Path) -> Path:
    """A made-up customer for the simulated counter, drawn in one colour each."""
    folder = tmp_path / "customer"
    folder.mkdir()
    for name, size in (("live_1.jpg", (320, 240)), ("chip.jpg", (102, 126)), ("card_front.jpg", (1011, 638))):
        Image.new("RGB", size, "tan").save(folder / name)
    number = "99000019900307002" + check_character("99000019900307002")
    told = f'name = "林晓样"\nnumber = "{number}"\nbusiness_kind = "activation"\nnetcheck = "MATCH_NO_PHOTO"\n'
    (folder / "customer.toml").write_text(told, encoding="utf-8")
    return folder


@pytest.fixture(params=sorted(FOLDERS))
def plugin_id(request: pytest.FixtureRequest) -> str:
    """Each plugin in turn."""
    return str(request.param)


@pytest.fixture
def plugin_settings(plugin_id: str, customer_folder: Path) -> dict[str, Any]:
    """Settings with which the plugin has a card, a page and frames to show."""
    quick = {"folder": str(customer_folder), "read_s": 0.1, "scan_s": 0.1}
    return quick if plugin_id == "simulated_counter" else {"previews": True}


@pytest.fixture
def open_contract_device(tmp_path: Path, plugin_id: str, plugin_settings: dict[str, Any]) -> Iterator[Callable[..., Any]]:
    """Open one device of the plugin and wait until it is ready; all are closed at the end."""
    shutil.copytree(FOLDERS[plugin_id], tmp_path / "device_plugins" / plugin_id, ignore=shutil.ignore_patterns("__pycache__"))
    opened: list[OpenedDevice] = []

    def open_one(kind: DeviceKind) -> Any:
        device = open_device(
            tmp_path,
            plugin_id,
            DEVICES[kind],
            plugin_settings,
            devices_settings=DevicesSettings(),
            authority=AnyFiles(),
            limits=LIMITS,
            on_state=lambda kind, state: None,
        )
        opened.append(device)
        device.wait_until_ready(READY_WITHIN_S)
        return device

    yield open_one
    for device in opened:
        device.close()
