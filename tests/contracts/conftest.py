"""The devices that every contract is held against: a stand-in's, and those of the plugins that ship.

A plugin is one entry of ``FOLDERS`` and one fixture ``<id>_settings``: settings with which it has a card, a page or frames
to show.
"""

from __future__ import annotations

import json
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
from tests.stand_ins.sam_cards import resident_card

SHIPPED = installation_root() / "device_plugins"
FOLDERS = {
    "willing": Path(__file__).parents[1] / "stand_ins" / "plugins" / "willing",
    "simulated_counter": SHIPPED / "simulated_counter",
    "sam_serial_id_reader": SHIPPED / "sam_serial_id_reader",
}
LIMITS = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)
READY_WITHIN_S = 20.0


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Hold each kind's contract against every plugin that drives the kind."""
    if "plugin_id" in metafunc.fixturenames:
        kind = metafunc.cls.kind
        metafunc.parametrize("plugin_id", [name for name in sorted(FOLDERS) if kind in kinds_of(FOLDERS[name])])


def kinds_of(folder: Path) -> list[str]:
    """Return what a plugin says that it drives."""
    return list(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["kinds"])


@pytest.fixture
def plugin_settings(plugin_id: str, request: pytest.FixtureRequest) -> dict[str, Any]:
    """Settings with which the plugin has something to show."""
    settings: dict[str, Any] = request.getfixturevalue(f"{plugin_id}_settings")
    return settings


@pytest.fixture
def willing_settings() -> dict[str, Any]:
    """The stand-in needs none."""
    return {"previews": True}


@pytest.fixture
def simulated_counter_settings(tmp_path: Path) -> dict[str, Any]:
    """A made-up customer, drawn in one colour each."""
    folder = tmp_path / "customer"
    folder.mkdir()
    for name, size in (("live_1.jpg", (320, 240)), ("chip.jpg", (102, 126)), ("card_front.jpg", (1011, 638))):
        Image.new("RGB", size, "tan").save(folder / name)
    number = "99000019900307002" + check_character("99000019900307002")
    told = f'name = "林晓样"\nnumber = "{number}"\nbusiness_kind = "activation"\nnetcheck = "MATCH_NO_PHOTO"\n'
    (folder / "customer.toml").write_text(told, encoding="utf-8")
    return {"folder": str(folder), "read_s": 0.1, "scan_s": 0.1}


@pytest.fixture
def sam_serial_id_reader_settings(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A reader on a pseudo terminal, whose module finds a card again without its being lifted."""
    pytest.importorskip("pty", reason="pseudo terminals are there on Linux only")
    from teller_assist.demonstration.stand_ins.sam_reader import SamReader

    with SamReader(tmp_path / "reader", hides_read_card=False) as reader:
        reader.lay(resident_card())
        yield {"port": str(reader.link), "photo_decoder": "test-webp"}


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
