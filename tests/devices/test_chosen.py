"""What a site chose is judged without running any of it, and named as the site's file names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from teller_assist.devices.chosen import find_chosen, judge_chosen
from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.plugins import PluginShelf
from teller_assist.errors import DeviceMissingError, KnownError, SettingOutOfRangeError, UnknownSettingError
from teller_assist.settings.home import installation_root
from teller_assist.settings.plugin_choice import PluginChoice
from tests.devices.conftest import QUICK

CAMERA = DeviceKind.CAMERA


@pytest.fixture
def shelf(tmp_path: Path) -> PluginShelf:
    return PluginShelf(installation_root(), tmp_path)


def test_a_right_choice_is_judged_with_its_settings(shelf: PluginShelf) -> None:
    choice = PluginChoice("video_camera", {"width_px": 640, "frames_per_s": 10})
    assert judge_chosen(shelf, CAMERA, choice, QUICK).plugin_id == "video_camera"


@pytest.mark.parametrize(
    ("choice", "error_type", "facts"),
    [
        (PluginChoice(), DeviceMissingError, {"why": "not_chosen", "device": "camera"}),
        (PluginChoice("absent"), DeviceMissingError, {"why": "no_plugin", "device": "camera"}),
        (PluginChoice("../config"), DeviceMissingError, {"why": "no_plugin"}),
        (PluginChoice("", {"file": "x"}), UnknownSettingError, {"key": "devices.camera.settings.file"}),
        (PluginChoice("video_camera", {"colour": 1}), UnknownSettingError, {"key": "devices.camera.settings.colour"}),
        (
            PluginChoice("video_camera", {"silence_s": 60}),
            SettingOutOfRangeError,
            {"key": "devices.camera.settings.silence_s", "minimum": 0.2, "maximum": 10.0, "unit": "s", "origin": "site"},
        ),
        (PluginChoice("video_camera", {"width_px": "wide"}), SettingOutOfRangeError, {"key": "devices.camera.settings.width_px"}),
    ],
)
def test_a_wrong_choice_is_refused_by_its_name_in_the_sites_file(
    shelf: PluginShelf, choice: PluginChoice, error_type: type[KnownError], facts: dict[str, object]
) -> None:
    with pytest.raises(error_type) as caught:
        judge_chosen(shelf, CAMERA, choice, QUICK)
    assert {name: caught.value.facts.get(name) for name in facts} == facts


def test_the_value_of_a_text_is_in_no_fact(shelf: PluginShelf) -> None:
    with pytest.raises(SettingOutOfRangeError) as caught:
        judge_chosen(shelf, CAMERA, PluginChoice("video_camera", {"source": "rtsp://user:secret@camera"}), QUICK)
    assert "secret" not in str(caught.value)


def test_what_is_chosen_is_found_before_it_is_judged(shelf: PluginShelf) -> None:
    assert find_chosen(shelf, DeviceKind.ID_CARD_READER, PluginChoice("video_camera")).plugin_id == "video_camera"
