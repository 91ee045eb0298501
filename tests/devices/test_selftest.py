"""What IT reads about a plugin and its devices."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.plugins import PlacedPlugin
from teller_assist.devices.selftest import SelftestCheck, run_selftest
from teller_assist.errors import DeviceTimeoutError
from teller_assist.wording import codes
from tests.devices.conftest import QUICK
from tests.stand_ins.authorities import AnyFiles

READER, CAMERA, SCANNER = DeviceKind.ID_CARD_READER, DeviceKind.CAMERA, DeviceKind.DOCUMENT_SCANNER


@pytest.fixture
def placed(plugins_root: Path) -> PlacedPlugin:
    return PlacedPlugin("willing", plugins_root / "device_plugins" / "willing", AnyFiles())


def told(placed: PlacedPlugin, *kinds: DeviceKind, **settings: Any) -> dict[str, list[tuple[str, bool]]]:
    return {
        part: [(line.check, line.passed) for line in lines]
        for part, lines in run_selftest(placed, kinds, dict.fromkeys(DeviceKind, settings), QUICK).items()
    }


def lines(placed: PlacedPlugin, kind: DeviceKind, **settings: Any) -> dict[str, SelftestCheck]:
    return {line.check: line for line in run_selftest(placed, (kind,), {kind: settings}, QUICK)[kind.value]}


def test_a_plugin_that_is_well_passes_every_check_of_every_device(placed: PlacedPlugin) -> None:
    opened = [("process", True), ("devices", True), ("open", True), ("status", True), ("selftest", True), ("plugin.opened", True)]
    assert told(placed) == {
        "plugin": [("files", True)],
        "camera": [*opened, ("frames", True), ("close", True)],
        "id_card_reader": [*opened, ("find_card", True), ("close", True)],
        "document_scanner": [*opened, ("close", True)],
    }
    assert {check for part in told(placed).values() for check, _ in part if "." not in check} == set(codes("selftest_check"))


def test_what_a_maker_wants_to_know_stands_in_the_details(placed: PlacedPlugin) -> None:
    found = lines(placed, READER)
    assert "bits=64" in found["process"].detail
    assert "greeting=hello" in found["status"].detail
    assert (found["selftest"].detail, found["plugin.opened"].detail) == ("1 of 1", "opened in no time")
    assert found["find_card"].detail == "card=true"


def test_a_refused_plugin_is_not_started(placed: PlacedPlugin) -> None:
    assert placed.folder is not None
    (placed.folder / "manifest.json").write_text("{}", encoding="utf-8")
    [line] = run_selftest(placed, (), {}, QUICK)["plugin"]
    assert (line.check, line.passed) == ("files", False)
    assert "missing_entry" in line.detail
    assert told(placed) == {"plugin": [("files", False)]}
    assert told(replace(placed, folder=None)) == {"plugin": [("files", False)]}


@pytest.mark.parametrize(
    ("fault", "when"),
    [
        ("segfault", "open"),
        pytest.param("hang", "open", marks=pytest.mark.full),
        pytest.param("hang", "import", marks=pytest.mark.full),
    ],
)
def test_after_a_check_that_fails_nothing_that_needs_it_is_tried(plugins_root: Path, fault: str, when: str) -> None:
    placed = PlacedPlugin("misbehaving", plugins_root / "device_plugins" / "misbehaving", AnyFiles())
    outcome = [("devices", False)] if when == "import" else [("devices", True), ("open", False)]
    assert told(placed, READER, fault=fault, when=when)["id_card_reader"] == [("process", True), *outcome]


def test_a_plugin_that_checks_nothing_does_not_pass(plugins_root: Path) -> None:
    placed = PlacedPlugin("misbehaving", plugins_root / "device_plugins" / "misbehaving", AnyFiles())
    found = lines(placed, READER)
    assert not found["selftest"].passed
    assert found["find_card"].passed


def test_wrong_settings_are_told_before_anything_is_started(placed: PlacedPlugin) -> None:
    found = told(placed, READER, frames_per_s=9_999)
    assert found["id_card_reader"] == [("process", False)]


@pytest.mark.parametrize(("given", "origin"), [((), "site"), (("greting",), "command"), (("other",), "site")])
def test_a_refused_setting_has_the_sites_name_and_where_it_was_given(
    placed: PlacedPlugin, given: tuple[str, ...], origin: str
) -> None:
    [line] = run_selftest(placed, (READER,), {READER: {"greting": "hi"}}, QUICK, given=given)["id_card_reader"]
    assert f"(key=devices.id_card_reader.settings.greting, origin={origin}, " in line.detail


@pytest.mark.parametrize(
    ("was", "becomes", "check", "detail"),
    [
        ("DEVICES = {", "DEVICES = dict() or {}\n_ = {", "devices", "main.py: DEVICES names no id_card_reader"),
        ("DEVICES = {", "DEVICES = {)", "devices", "SyntaxError at main.py:"),
        (
            "def find_card(self) -> bool:\n        return",
            'def find_card(self) -> bool:\n        return "yes" or',
            "find_card",
            "operation=find_card",
        ),
    ],
)
def test_its_maker_reads_where_a_plugin_went_wrong(plugins_root: Path, was: str, becomes: str, check: str, detail: str) -> None:
    folder = plugins_root / "device_plugins" / "willing"
    code = (folder / "main.py").read_text(encoding="utf-8")
    assert was in code
    (folder / "main.py").write_text(code.replace(was, becomes), encoding="utf-8")
    line = lines(PlacedPlugin("willing", folder, AnyFiles()), READER)[check]
    assert not line.passed
    assert detail in line.detail


def test_a_frame_of_the_wrong_size_is_told_with_its_bytes(plugins_root: Path) -> None:
    folder = plugins_root / "device_plugins" / "willing"
    short = "class Short(DEVICES['camera']):\n    def frames(self, stop):\n        yield 64, 48, b'short'"
    with (folder / "main.py").open("a", encoding="utf-8") as code:
        code.write(f"\n\n{short}\n\n\nDEVICES['camera'] = Short\n")
    assert "frame of 5 bytes for 64x48" in lines(PlacedPlugin("willing", folder, AnyFiles()), CAMERA)["frames"].detail


def test_a_kind_that_it_does_not_drive_is_told(placed: PlacedPlugin) -> None:
    assert told(placed, DeviceKind.BANK_CARD_READER)["bank_card_reader"] == [("process", False)]


def test_a_number_that_a_plugin_lets_slip_does_not_reach_the_report(placed: PlacedPlugin) -> None:
    found = lines(placed, READER, greeting="990000199003070021")
    assert "990000199003070021" not in found["status"].detail
    assert "greeting=***" in found["status"].detail


def test_a_hint_of_the_driver_is_told(plugins_root: Path) -> None:
    placed = PlacedPlugin("misbehaving", plugins_root / "device_plugins" / "misbehaving", AnyFiles())
    detail = lines(placed, READER, fault="problem", when="open", text="device_busy")["open"].detail
    assert detail.startswith("device_busy")
    assert "SW 69?82" in detail


def test_the_device_that_was_chosen_is_named(plugins_root: Path, tmp_path: Path) -> None:
    bus = tmp_path / "bus"
    bus.mkdir()
    (bus / "port_1").write_text("SN-1")
    placed = PlacedPlugin("pluggable", plugins_root / "device_plugins" / "pluggable", AnyFiles())
    found = lines(placed, READER, bus=str(bus))
    assert (found["devices"].passed, found["devices"].detail) == (True, "SN-1 (reader at port_1)")
    assert found["close"].passed
    absent = lines(placed, READER, bus=str(bus), device="SN-2")
    assert (list(absent), absent["devices"].passed) == (["process", "devices"], False)


def test_each_line_is_told_as_soon_as_it_stands(placed: PlacedPlugin) -> None:
    heard: list[tuple[str, str]] = []
    found = run_selftest(placed, (SCANNER,), {}, QUICK, told=lambda part, line: heard.append((part, line.check)))
    assert heard == [(part, line.check) for part, lines in found.items() for line in lines]


def test_a_check_that_fails_says_what_to_do_in_two_sentences(plugins_root: Path) -> None:
    placed = PlacedPlugin("misbehaving", plugins_root / "device_plugins" / "misbehaving", AnyFiles())
    failed = lines(placed, READER)["selftest"]
    assert failed.why is not None
    assert failed.why.zh.count("。") == 2
    assert lines(placed, READER)["open"].why is None


def test_one_that_is_stopped_ends_at_once_without_a_line_for_what_was_cut_short(plugins_root: Path) -> None:
    placed = PlacedPlugin("misbehaving", plugins_root / "device_plugins" / "misbehaving", AnyFiles())
    heard: list[str] = []
    cancel = threading.Event()

    def told(_part: str, line: SelftestCheck) -> None:
        heard.append(line.check)
        if line.check == "process":
            threading.Timer(0.1, cancel.set).start()

    began_s = time.monotonic()
    with pytest.raises(DeviceTimeoutError) as stopped:
        run_selftest(placed, (READER,), {READER: {"fault": "hang", "when": "open"}}, QUICK, told=told, cancel=cancel)
    assert stopped.value.facts["why"] == "cancelled"
    assert heard == ["files", "process", "devices"]
    assert time.monotonic() - began_s < 2.9, "not the time limit of 3 s"
