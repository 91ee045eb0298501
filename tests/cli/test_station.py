"""A start that did not finish, as the next start of the counter's window meets it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from teller_assist.app import Installation
from teller_assist.cli.station import _open_counter
from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.packages.start_mark import StartMark
from teller_assist.devices.plugins import PluginShelf
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.home import installation_root
from teller_assist.settings.plugin_choice import PluginChoice
from teller_assist.settings.schema import DevicesSettings
from teller_assist.wording import Sentences, sentence
from teller_assist.workflow.site_counter import SiteCounter
from tests.stand_ins.packages import site_with_plugin

DIES_WHILE_IT_STARTS = """
import os, sys
from pathlib import Path
from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.packages.start_mark import StartMark
StartMark(Path(sys.argv[1])).begin()
os._exit(9)
"""


class Opened:
    """A station that was opened: what it was given, and its first equipment."""

    def __init__(self, source: Any, notices: tuple[Sentences, ...], plugins: PluginShelf) -> None:
        self.source, self.notices, self.plugins = source, notices, plugins
        self.companions: list[Any] = []

    def accompany(self, companion: Any) -> None:
        self.companions.append(companion)

    def close(self) -> None:
        for one in self.companions:
            one.close()


class Bare:
    """An installation without models, its records in a folder of the test."""

    def __init__(self, site: Path, fails: bool = False) -> None:
        self.start_mark = StartMark(site / "records")
        self._site, self._fails = site, fails

    def plugin_shelf(self, *, leaves_out_installed: bool = False) -> PluginShelf:
        return PluginShelf(installation_root(), self._site, leaves_out_installed=leaves_out_installed)

    def site_counter(self, *, leaves_out_installed: bool) -> SiteCounter:
        shelf = PluginShelf(installation_root(), self._site, leaves_out_installed=leaves_out_installed)
        settings = DevicesSettings(id_card_reader=PluginChoice("willing"))
        return SiteCounter(shelf, settings, limits=PictureLimits(1_000_000, 1_000_000))

    def open_records(self) -> None:
        return None

    def open_station(self, source: Any, *, notices: tuple[Sentences, ...], plugins: PluginShelf, **_more: Any) -> Opened:
        if self._fails:
            raise OSError("made up")
        return Opened(source, notices, plugins)

    def listen_for_core_system(self, station: Any) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return site_with_plugin(tmp_path)


def start(site: Path, *, fails: bool = False) -> Opened:
    return cast(Opened, _open_counter(cast(Installation, Bare(site, fails))))


def die_while_starting(site: Path) -> None:
    subprocess.run([sys.executable, "-c", DIES_WHILE_IT_STARTS, str(site / "records")], check=False)


@pytest.mark.logs_warnings
def test_after_a_start_that_did_not_finish_the_window_says_what_is_left_out_and_the_next_uses_it_again(site: Path) -> None:
    die_while_starting(site)
    station = start(site)
    assert station.notices == (sentence("notice", "plugins_left_out"),)
    assert [one.refusal.facts["why"] for one in station.plugins.listed() if one.refusal is not None] == ["start_unfinished"]
    equipment = station.source.open(lambda kind, state: None)
    assert equipment.reader is None
    assert "上次启动没有完成" in equipment.absent[DeviceKind.ID_CARD_READER].zh
    station.close()
    again = start(site)
    assert again.notices == ()
    assert all(one.refusal is None for one in again.plugins.listed())
    equipment = again.source.open(lambda kind, state: None)
    assert equipment.reader is not None
    equipment.close()
    again.close()


def test_a_bank_without_plugins_of_its_own_is_told_nothing(tmp_path: Path) -> None:
    die_while_starting(tmp_path)
    station = start(tmp_path)
    assert station.notices == ()
    station.close()


def test_a_station_that_is_closed_before_its_devices_are_ready_has_started(site: Path) -> None:
    start(site).close()
    station = start(site)
    assert station.notices == ()
    station.close()


def test_a_station_that_says_why_it_cannot_open_is_no_unfinished_start(site: Path) -> None:
    with pytest.raises(OSError, match="made up"):
        start(site, fails=True)
    station = start(site)
    assert station.notices == ()
    station.close()
