"""Which devices a plugin lists, and which one is meant."""

from __future__ import annotations

from typing import Any

import pytest

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.plugged_in import PluggedIn, choose, read_devices
from teller_assist.errors import DeviceMissingError, PluginFailedError

FIRST, SECOND = PluggedIn("SN-1", "left"), PluggedIn("SN-2", "right")


def test_a_list_is_read_as_it_stands() -> None:
    told = [{"identity": "SN-2", "name": "right"}, {"identity": "SN-1", "name": "left"}]
    assert read_devices(told, "one") == (SECOND, FIRST)
    assert read_devices([], "one") == ()


def test_a_plugin_that_lists_nothing_is_no_plugin_without_devices() -> None:
    assert read_devices(None, "one") is None


@pytest.mark.parametrize(
    "told",
    [
        {},
        "SN-1",
        [[]],
        [{"identity": "SN-1"}],
        [{"identity": "SN-1", "name": "left", "port": 1}],
        [{"identity": "", "name": "left"}],
        [{"identity": 7, "name": "left"}],
        [{"identity": "SN\n1", "name": "left"}],
        [{"identity": " SN-1", "name": "left"}],
        [{"identity": "x" * 121, "name": "left"}],
        [{"identity": "SN-1", "name": "left"}, {"identity": "SN-1", "name": "right"}],
        [{"identity": f"SN-{number}", "name": "one"} for number in range(65)],
    ],
)
def test_what_is_no_list_of_devices_is_refused(told: Any) -> None:
    with pytest.raises(PluginFailedError):
        read_devices(told, "one")


def test_the_setting_chooses() -> None:
    assert choose((FIRST, SECOND), {"device": "SN-2"}, DeviceKind.CAMERA) == SECOND


@pytest.mark.parametrize("settings", [{}, {"device": ""}])
def test_without_a_choice_it_is_the_same_one_in_whatever_order_they_are_listed(settings: dict[str, str]) -> None:
    assert choose((SECOND, FIRST), settings, DeviceKind.CAMERA) == choose((FIRST, SECOND), settings, DeviceKind.CAMERA) == FIRST


@pytest.mark.parametrize(("devices", "wanted"), [((), ""), ((FIRST,), "SN-2")])
def test_what_is_not_there_is_missing(devices: tuple[PluggedIn, ...], wanted: str) -> None:
    with pytest.raises(DeviceMissingError) as caught:
        choose(devices, {"device": wanted}, DeviceKind.ID_CARD_READER)
    assert caught.value.facts == {"device": "id_card_reader", "why": "not_plugged_in"}
