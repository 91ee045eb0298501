"""What ships and what the bank installed, side by side."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.opening import DEVICES, open_in_folder
from teller_assist.devices.plugins import PluginOrigin, PluginShelf, PluginState
from teller_assist.errors import DeviceMissingError, PluginNotAuthorisedError
from teller_assist.settings.home import installation_root
from tests.devices.conftest import LIMITS, QUICK
from tests.stand_ins.packages import site_with_plugin


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return site_with_plugin(tmp_path)


def states(shelf: PluginShelf) -> dict[str, tuple[PluginOrigin, PluginState, object]]:
    return {
        one.plugin_id: (one.origin, one.state, one.refusal and one.refusal.facts["why"])
        for one in shelf.listed()
        if one.plugin_id in ("simulated_counter", "willing")
    }


def test_both_kinds_of_plugin_are_listed_and_judged_by_who_answers_for_them(site: Path) -> None:
    assert states(PluginShelf(installation_root(), site)) == {
        "simulated_counter": (PluginOrigin.SHIPPED, PluginState.READY, None),
        "willing": (PluginOrigin.INSTALLED, PluginState.READY, None),
    }


def test_a_refused_installed_plugin_is_listed_with_its_reason_and_version(site: Path) -> None:
    shelf = PluginShelf(installation_root(), site)
    folder = shelf.find("willing").folder
    assert folder is not None
    (folder / "main.py").write_text("import os", encoding="utf-8")
    listed = {one.plugin_id: one for one in shelf.listed()}["willing"]
    assert (listed.state, listed.version, listed.kinds) == (PluginState.REFUSED, "1.0.0", ())
    assert listed.refusal is not None
    assert listed.refusal.facts["why"] == "file_changed"
    (site / "plugins" / "willing" / "installed.json").write_text("{}", encoding="utf-8")
    assert states(shelf)["willing"] == (PluginOrigin.INSTALLED, PluginState.REFUSED, "installation_damaged")


def test_after_a_start_that_did_not_finish_what_was_installed_is_left_out_and_listed(site: Path) -> None:
    shelf = PluginShelf(installation_root(), site, leaves_out_installed=True)
    assert states(shelf) == {
        "simulated_counter": (PluginOrigin.SHIPPED, PluginState.READY, None),
        "willing": (PluginOrigin.INSTALLED, PluginState.REFUSED, "start_unfinished"),
    }


def test_an_installed_plugin_never_stands_in_for_one_that_ships(site: Path, tmp_path: Path) -> None:
    root = tmp_path / "installation"
    shutil.copytree(Path(__file__).parents[1] / "stand_ins" / "plugins" / "willing", root / "device_plugins" / "willing")
    shelf = PluginShelf(root, site)
    assert shelf.find("willing").folder == root / "device_plugins" / "willing"
    assert [one.refusal.facts["why"] for one in shelf.listed() if one.refusal] == ["file_added", "id_ships"]
    assert shelf.shipped_ids() == {"willing"}


def test_a_plugin_that_nobody_has_is_missing(site: Path) -> None:
    with pytest.raises(DeviceMissingError):
        PluginShelf(installation_root(), site).find("absent")


def test_an_installed_plugin_runs_and_is_judged_again_before_each_start(site: Path) -> None:
    placed = PluginShelf(installation_root(), site).find("willing")
    assert placed.folder is not None

    def opened() -> None:
        assert placed.folder is not None
        device = open_in_folder(
            placed.folder,
            DEVICES[DeviceKind.ID_CARD_READER],
            {},
            devices_settings=QUICK,
            authority=placed.authority,
            limits=LIMITS,
            on_state=lambda kind, state: None,
        )
        try:
            device.wait_until_ready(5.0)
        finally:
            device.close()

    opened()
    assert not list(placed.folder.rglob("__pycache__")), "a run adds nothing"
    opened()
    (placed.folder / "more.py").touch()
    with pytest.raises(PluginNotAuthorisedError):
        opened()
