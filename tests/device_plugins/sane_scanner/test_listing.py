"""By which identities scanners are listed: the same at every plug, each once."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from device_plugins.sane_scanner.listing import listed_scanners
from teller_assist.devices.plugged_in import read_devices
from tests.device_plugins.sane_scanner.test_usb_places import plug

LIDE = ("Canon", "LiDE 210", "flatbed scanner")
NOWHERE = Path("/no_such_folder")


def test_a_stable_name_is_the_identity() -> None:
    found = listed_scanners([("pixma:04A91912_1234AB", *LIDE)], system_usb=NOWHERE)
    assert [one.told() for one in found] == [
        {"identity": "sane pixma:04A91912_1234AB", "name": "Canon LiDE 210 (flatbed scanner)"}
    ]


def test_a_place_is_told_by_the_device_behind_it_wherever_it_is_plugged_in(tmp_path: Path) -> None:
    plug(tmp_path, "1-4", "1:5", serial="AB12")
    before = listed_scanners([("genesys:libusb:001:005", *LIDE)], system_usb=tmp_path)
    plug(tmp_path, "1-4", "1:9", serial="")
    plug(tmp_path, "1-2", "1:10", serial="AB12")
    after = listed_scanners([("genesys:libusb:001:010", *LIDE)], system_usb=tmp_path)
    assert before[0].identity == after[0].identity == "usb 04a9:2213 AB12"
    assert after[0].name == "genesys:libusb:001:010"


def test_twins_with_one_serial_number_are_told_by_their_ports(tmp_path: Path) -> None:
    plug(tmp_path, "1-2", "1:6", serial="0001")
    plug(tmp_path, "1-4", "1:5", serial="0001")
    found = listed_scanners([("genesys:libusb:001:005", *LIDE), ("genesys:libusb:001:006", *LIDE)], system_usb=tmp_path)
    assert [(one.identity, one.name) for one in found] == [
        ("usb 04a9:2213 1-2", "genesys:libusb:001:006"),
        ("usb 04a9:2213 1-4", "genesys:libusb:001:005"),
    ]


def test_one_device_of_two_backends_is_listed_once_and_by_its_serial_number(tmp_path: Path) -> None:
    plug(tmp_path, "1-4", "1:5", serial="AB12")
    found = listed_scanners([("escl:libusb:001:005", *LIDE), ("genesys:libusb:001:005", *LIDE)], system_usb=tmp_path)
    assert [(one.identity, one.name) for one in found] == [("usb 04a9:2213 AB12", "escl:libusb:001:005")]
    only = listed_scanners([("escl:libusb:001:005", *LIDE), ("genesys:libusb:001:005", *LIDE)], "genesys", tmp_path)
    assert [one.name for one in only] == ["genesys:libusb:001:005"]


def test_of_a_place_that_the_system_does_not_know_maker_and_model_are_told() -> None:
    found = listed_scanners([("plustek:libusb:001:006", "Canon", "LiDE 30", "flatbed scanner")], system_usb=NOWHERE)
    assert [one.identity for one in found] == ["sane plustek Canon LiDE 30"]


def test_a_backend_is_named_by_its_whole_name() -> None:
    devices = [("test:0", *LIDE), ("tester:0", *LIDE)]
    assert [one.name for one in listed_scanners(devices, "test", NOWHERE)] == ["test:0"]


TEXT = st.text(max_size=200)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT), max_size=5))
def test_whatever_a_backend_calls_its_devices_the_host_takes_the_list(devices: list[tuple[str, str, str, str]]) -> None:
    found = [one.told() for one in listed_scanners(devices, system_usb=NOWHERE)]
    told = read_devices(found, "sane_scanner")
    assert told is not None
    assert len(told) == len(found)
