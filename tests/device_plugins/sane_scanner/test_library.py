"""SANE begun anew for each list, left alone while a scanner is open; the library is told, not there."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from teller_assist_sdk import DeviceProblem

from device_plugins.sane_scanner import library
from device_plugins.sane_scanner.library import CONFIG_VARIABLE, SaneLibrary
from device_plugins.sane_scanner.listing import listed_scanners
from tests.device_plugins.sane_scanner.test_usb_places import plug

SETTINGS: dict[str, Any] = {"config_folder": "", "backend": ""}
IDENTITY = "usb 04a9:2213 AB12"


class ToldSane:
    """What python-sane offers, by what is plugged in now; as some backends, it looks for devices at its start only."""

    def __init__(self) -> None:
        self.plugged = ["genesys:libusb:001:005"]
        self.begun = 0
        self.problem = ""
        self._found: list[str] = []

    def init(self) -> tuple[int, int, int, int]:
        if self.problem == "init":
            raise RuntimeError("Out of memory")
        self.begun += 1
        self._found = list(self.plugged)
        return (0, 1, 2, 1)

    def exit(self) -> None:
        self._found = []

    def get_devices(self, local_only: bool) -> list[tuple[str, str, str, str]]:
        assert local_only, "the process has no network"
        return [(name, "Canon", "LiDE 210", "flatbed scanner") for name in self._found]

    def open(self, name: str) -> Any:
        if self.problem:
            raise RuntimeError(self.problem)
        return SimpleNamespace(name=name, close=lambda: None)


@pytest.fixture
def sane(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ToldSane:
    told = ToldSane()
    monkeypatch.setitem(sys.modules, "sane", told)
    monkeypatch.setattr(library, "listed_scanners", partial(listed_scanners, system_usb=tmp_path))
    plug(tmp_path, "1-4", "1:5", serial="AB12")
    return told


def identities(one: SaneLibrary) -> list[str]:
    return [scanner.identity for scanner in one.scanners(SETTINGS)]


def test_a_scanner_that_is_plugged_in_later_is_found_though_the_backend_looks_at_its_start_only(sane: ToldSane) -> None:
    one = SaneLibrary()
    sane.plugged = []
    assert identities(one) == []
    sane.plugged = ["genesys:libusb:001:005"]
    assert identities(one) == [IDENTITY]
    assert one.version == "1.2"


def test_while_one_is_open_nothing_is_begun_and_its_plug_is_watched(sane: ToldSane, tmp_path: Path) -> None:
    one = SaneLibrary()
    identities(one)
    scanner, handle = one.open(SETTINGS, IDENTITY)
    assert (scanner.name, handle.name) == ("genesys:libusb:001:005",) * 2
    begun = sane.begun
    assert identities(one) == [IDENTITY]
    plug(tmp_path, "1-4", "1:6", serial="AB12")  # pulled, and put in again
    assert identities(one) == []
    assert sane.begun == begun
    one.release(handle)
    sane.plugged = ["genesys:libusb:001:006"]
    assert identities(one) == [IDENTITY]
    assert one.open(SETTINGS, IDENTITY)[0].name == "genesys:libusb:001:006"


def test_a_scanner_that_is_not_listed_is_missing(sane: ToldSane) -> None:
    with pytest.raises(DeviceProblem) as caught:
        SaneLibrary().open(SETTINGS, "usb 04a9:2213 CD34")
    assert (caught.value.code, caught.value.hint) == ("device_missing", "SANE does not list it")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("Device busy", "device_busy"),
        ("Access to resource has been denied", "device_denied"),
        ("Invalid argument", "device_missing"),
    ],
)
def test_why_it_cannot_be_opened_is_told_and_the_library_goes_on_listing(sane: ToldSane, status: str, code: str) -> None:
    one = SaneLibrary()
    sane.problem = status
    with pytest.raises(DeviceProblem) as caught:
        one.open(SETTINGS, IDENTITY)
    assert (caught.value.code, caught.value.hint) == (code, f"open: {status}")
    begun = sane.begun
    assert identities(one) == [IDENTITY]
    assert sane.begun == begun + 1


def test_a_library_that_cannot_be_begun_is_the_plugins_fault_and_is_tried_again(sane: ToldSane) -> None:
    one = SaneLibrary()
    sane.problem = "init"
    with pytest.raises(DeviceProblem) as caught:
        identities(one)
    assert (caught.value.code, caught.value.hint) == ("plugin_failed", "list: Out of memory")
    sane.problem = ""
    assert identities(one) == [IDENTITY]


def test_the_configuration_is_the_settings_own(sane: ToldSane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, "as it was")
    SaneLibrary().scanners(SETTINGS)
    assert os.environ[CONFIG_VARIABLE] == "as it was"
    SaneLibrary().scanners({**SETTINGS, "config_folder": "/opt/sane"})
    assert os.environ[CONFIG_VARIABLE] == "/opt/sane"
