"""The devices that every contract is held against: a stand-in's, and those of the plugins that ship.

A plugin is one entry of ``FOLDERS`` and one fixture ``<id>_settings``: settings with which it has a card, a page or frames
to show.

On real hardware: ``pytest tests/contracts --device ID [--device-setting NAME=VALUE ...]`` holds a plugin below ``device_plugins``
against the contracts of its kinds. A card must lie on the reader; most readers want it lifted and laid down again for each test.
"""

from __future__ import annotations

import datetime
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from teller_assist.cli.given_settings import given_settings
from teller_assist.demonstration.stand_ins.bank_card import BankCardChip
from teller_assist.demonstration.stand_ins.mjpeg_camera import MjpegCamera, drawn_pictures
from teller_assist.demonstration.stand_ins.scanner_card import drawn_card_fields
from teller_assist.demonstration.stand_ins.scanner_http import ScannerHttp
from teller_assist.demonstration.stand_ins.scanner_pages import ScannerPages, drawn_pages
from teller_assist.demonstration.stand_ins.scanner_websocket import ScannerWebSocket
from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.opening import DEVICES
from teller_assist.documents.mrz import read_chip_access
from teller_assist.evidence.id_number import check_character
from teller_assist.evidence.travel_document import ChipAccess
from teller_assist.settings.home import installation_root
from tests.stand_ins.passports import HOLDER, passport
from tests.stand_ins.pcsc_daemon import running_daemon
from tests.stand_ins.plugin_devices import devices_of
from tests.stand_ins.sam_cards import resident_card
from tests.stand_ins.sane_backend import SaneTestBackend
from tests.stand_ins.vendor_reader import VendorStandIn, build_library

SHIPPED = installation_root() / "device_plugins"
FOLDERS = {
    "willing": Path(__file__).parents[1] / "stand_ins" / "plugins" / "willing",
    "simulated_counter": SHIPPED / "simulated_counter",
    "sam_serial_id_reader": SHIPPED / "sam_serial_id_reader",
    "video_camera": SHIPPED / "video_camera",
    "vendor_dll_id_reader": SHIPPED / "vendor_dll_id_reader",
    "sane_scanner": SHIPPED / "sane_scanner",
    "scanner_service": SHIPPED / "scanner_service",
    "scanner_service_websocket": SHIPPED / "scanner_service",
    "pcsc_bank_card": SHIPPED / "pcsc_bank_card",
    "pcsc_travel_document": SHIPPED / "pcsc_travel_document",
}
LISTING = {  # with these settings they name what they open
    "sam_serial_id_reader",
    "vendor_dll_id_reader",
    "sane_scanner",
    "scanner_service",
    "scanner_service_websocket",
    "pcsc_bank_card",
    "pcsc_travel_document",
}
KINDS = {"scanner_service_websocket": ["document_scanner"]}  # where these settings drive fewer than the manifest names

IN_FULL_TIER = {"pcsc_bank_card", "pcsc_travel_document", *KINDS}  # real daemons, and the same plugin in another way
ZONE = "".join(HOLDER.passport_zone())  # of the travel document that lies on every plugin's reader
READY_WITHIN_S = 20.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take a real device in the place of those that are programs."""
    parser.addoption(
        "--device", default="", metavar="ID", help="hold the plugin of this id, on real hardware, against the contracts"
    )
    parser.addoption("--device-setting", action="append", default=[], metavar="NAME=VALUE", help="a setting of that plugin")

    parser.addoption("--zone", default="", metavar="TEXT", help="the machine-readable zone of the travel document on the reader")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Hold each kind's contract against every plugin that drives the kind."""
    if "plugin_id" in metafunc.fixturenames:
        real = metafunc.config.getoption("device", "")
        ids = [real] if real else sorted(FOLDERS)
        driving = [name for name in ids if metafunc.cls.kind in kinds_of(name)]
        marks = {name: [pytest.mark.full] if name in IN_FULL_TIER else [] for name in driving}
        metafunc.parametrize("plugin_id", [pytest.param(name, marks=marks[name]) for name in driving])


def folder_of(plugin_id: str) -> Path:
    """Return where a plugin lies; one that these tests do not know is looked for among the shipped ones."""
    return FOLDERS.get(plugin_id, SHIPPED / plugin_id)


def manifest_of(plugin_id: str) -> dict[str, Any]:
    """Return what a plugin says about itself."""
    return dict(json.loads((folder_of(plugin_id) / "manifest.json").read_text(encoding="utf-8")))


def kinds_of(plugin_id: str) -> list[str]:
    """Return the kinds that a plugin drives with the settings of these tests."""
    return KINDS.get(plugin_id) or list(manifest_of(plugin_id)["kinds"])


@pytest.fixture
def plugin_settings(plugin_id: str, request: pytest.FixtureRequest) -> dict[str, Any]:
    """Settings with which the plugin has something to show."""
    if request.config.getoption("device", ""):
        return dict(given_settings(request.config.getoption("device_setting")))
    settings: dict[str, Any] = request.getfixturevalue(f"{plugin_id}_settings")
    return settings


@pytest.fixture
def access(request: pytest.FixtureRequest) -> ChipAccess:
    """What opens the travel document on the reader."""
    zone = request.config.getoption("zone", "") or ZONE
    return read_chip_access(zone, datetime.date.today())


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
    Image.new("RGB", (300, 400), "tan").save(folder / "passport.jpg")
    (folder / "passport.toml").write_text(
        f'document_type = "P"\nissuing_state = "{HOLDER.state}"\nnationality = "{HOLDER.state}"\nnumber = "{HOLDER.number}"\n'
        f'primary_identifier = "{HOLDER.surname}"\nsecondary_identifier = "{HOLDER.given_names}"\nsex = "female"\n'
        "birth_date = 1990-03-07\nvalid_until = 2035-12-31\n",  # as HOLDER's
        encoding="utf-8",
    )
    (folder / "bank_card.toml").write_text('number = "9900000000000010"\nvalid_until = "2030-11"\n', encoding="utf-8")
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
def video_camera_settings() -> Iterator[dict[str, Any]]:
    """A network camera that is a program."""
    camera = MjpegCamera(0, drawn_pictures(320, 240))
    threading.Thread(target=camera.serve, daemon=True).start()
    yield {"source": "http_mjpeg", "address": camera.url}
    camera.close()


@pytest.fixture
def vendor_dll_id_reader_settings(tmp_path: Path) -> dict[str, Any]:
    """A vendor's library built with gcc."""
    (tmp_path / "built").mkdir()
    return VendorStandIn(tmp_path / "vendor", build_library(tmp_path / "built")).settings()


@pytest.fixture
def sane_scanner_settings(tmp_path: Path) -> dict[str, Any]:
    """Of SANE's own backend for tests, whose scanner is made of nothing."""
    return SaneTestBackend(tmp_path / "sane").settings()


@pytest.fixture
def scanner_service_settings() -> Iterator[dict[str, Any]]:
    """A scanner's HTTP service that is a program, with a drawn person's card."""
    yield from served(ScannerHttp(0, scanner_pages(), drawn_card_fields(installation_root())), "http_38088")


@pytest.fixture
def scanner_service_websocket_settings() -> Iterator[dict[str, Any]]:
    """A scanner's WebSocket service that is a program."""
    yield from served(ScannerWebSocket(0, scanner_pages()), "websocket_1818")


@cache
def scanner_pages() -> ScannerPages:
    """Return small test pages, drawn once."""
    return drawn_pages((640, 480), (320, 240))


def served(scanner: ScannerHttp | ScannerWebSocket, protocol: str) -> Iterator[dict[str, Any]]:
    """Run a scanner's service and give the settings that reach it."""
    threading.Thread(target=scanner.serve).start()
    yield {"protocol": protocol, "port": scanner.port}
    scanner.close()


@pytest.fixture
def pcsc_bank_card_settings() -> Iterator[dict[str, Any]]:
    """A made-up bank card in an imitated reader of a real PC/SC service."""
    with running_daemon() as daemon, daemon.slot() as slot:
        slot.insert(BankCardChip())
        yield {"reader": "00 00"}


@pytest.fixture
def pcsc_travel_document_settings() -> Iterator[dict[str, Any]]:
    """A made-up passport on an imitated reader of a real PC/SC service."""
    with running_daemon() as daemon, daemon.slot() as slot:
        slot.insert(passport().chip)
        yield {"reader": "00 00"}


@pytest.fixture
def open_contract_device(tmp_path: Path, plugin_id: str, plugin_settings: dict[str, Any]) -> Iterator[Callable[..., Any]]:
    """Open one device of the plugin and wait until it is ready; all are closed at the end."""
    folder = folder_of(plugin_id)
    shutil.copytree(folder, tmp_path / "device_plugins" / folder.name, ignore=shutil.ignore_patterns("__pycache__"))

    with devices_of(tmp_path, folder.name) as open_device:

        def open_one(kind: DeviceKind) -> Any:
            device = open_device(DEVICES[kind], plugin_settings)
            device.wait_until_ready(READY_WITHIN_S)
            return device

        yield open_one
