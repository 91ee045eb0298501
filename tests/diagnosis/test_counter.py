"""Which plugin drives this counter's devices, as the report tells it."""

from __future__ import annotations

import json

import pytest

from teller_assist.diagnosis.counter import look_at_counter
from teller_assist.diagnosis.report import PartState
from teller_assist.settings.home import installation_root


def choose(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"TELLER_ASSIST__DEVICES__{name.upper()}", value)


def test_a_counter_without_any_plugin_says_so() -> None:
    found = look_at_counter()
    assert (found.state, found.notes) == (PartState.ATTENTION, (("doctor", "no_counter_plugin"),))
    assert found.facts == {"camera": "-", "id_card_reader": "-", "document_scanner": "-"}


def test_what_is_chosen_and_set_rightly_is_ready_with_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, camera__plugin="video_camera", camera__settings__width_px="640")
    found = look_at_counter()
    manifest = json.loads((installation_root() / "device_plugins" / "video_camera" / "manifest.json").read_text(encoding="utf-8"))
    assert (found.state, found.facts["camera"]) == (PartState.READY, f"ready: video_camera {manifest['version']}")


def test_a_wrong_choice_is_told_with_its_reason_and_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, camera__plugin="video_camera", camera__settings__source="secret")
    choose(monkeypatch, id_card_reader__plugin="absent", document_scanner__plugin="video_camera")
    found = look_at_counter()
    assert (found.state, found.notes) == (PartState.ATTENTION, (("doctor", "counter_plugin_unusable"),))
    assert found.facts == {
        "camera": "refused: video_camera, setting_out_of_range devices.camera.settings.source",
        "id_card_reader": "refused: absent, device_missing no_plugin",
        "document_scanner": "refused: video_camera, plugin_incompatible kind_not_driven",
    }
