from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.manifest import TIME_LIMITS_S, read_manifest
from teller_assist.errors import PluginIncompatibleError, SettingOutOfRangeError, UnknownSettingError
from teller_assist.wording import codes, sentence

OF_LONG_AGO = {"min": "0.0.1", "max_exclusive": "0.0.2"}
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def folder(plugins_root: Path) -> Path:
    return plugins_root / "device_plugins" / "willing"


def told_by(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return told


def refusal(folder: Path, content: bytes) -> dict[str, Any]:
    with pytest.raises(PluginIncompatibleError) as caught:
        read_manifest(content, folder)
    facts = dict(caught.value.facts)
    assert facts.pop("plugin") == folder.name
    assert facts["why"] in codes("plugin_why")
    return facts


def test_a_manifest_says_what_the_plugin_is(folder: Path) -> None:
    manifest = read_manifest((folder / "manifest.json").read_bytes(), folder)
    assert manifest.kinds == (DeviceKind.CAMERA, DeviceKind.ID_CARD_READER, DeviceKind.DOCUMENT_SCANNER)
    assert manifest.time_limits_s == {**TIME_LIMITS_S, "open": 5.0, "read": 3.0}
    assert manifest.max_frame_px == (1920, 1080)
    assert manifest.checked_settings({})["frames_per_s"] == 30.0
    assert type(manifest.checked_settings({"frames_per_s": 5})["frames_per_s"]) is float
    for wrong in ({"frames_per_s": 501}, {"frames_per_s": "5"}, {"width_px": 1.5}, {"greeting": 7}):
        with pytest.raises(SettingOutOfRangeError):
            manifest.checked_settings(wrong)
    with pytest.raises(UnknownSettingError):
        manifest.checked_settings({"Greeting": "hello"})


@pytest.mark.parametrize(
    "name", ["schema", "id", "api", "product_version", "kinds", "entry", "settings", "time_limits_s", "network"]
)
def test_nothing_may_be_left_out(folder: Path, name: str) -> None:
    told = told_by(folder)
    del told[name]
    assert refusal(folder, json.dumps(told).encode()) == {"why": "missing_entry", "key": f"manifest.{name}"}


@pytest.mark.parametrize(
    ("why", "key", "change"),
    [
        ("unknown_entry", "manifest.autostart", lambda told: told.update(autostart=True)),
        ("schema", "schema", lambda told: told.update(schema="plugin/2")),
        ("id_differs", "id", lambda told: told.update(id="another")),
        ("api_mismatch", "api", lambda told: told.update(api=2)),
        ("api_mismatch", "api", lambda told: told.update(api=True)),
        ("wrong_value", "version", lambda told: told.update(version="1.0")),
        ("wrong_type", "version", lambda told: told.update(version=1)),
        ("wrong_value", "version", lambda told: told.update(version="1.0.0\n")),
        ("product_too_old", "product_version.min", lambda told: told["product_version"].update(min="0.99.0")),
        ("product_too_new", "product_version.max_exclusive", lambda told: told.update(product_version=OF_LONG_AGO)),
        ("wrong_value", "product_version", lambda told: told["product_version"].update(max_exclusive="0.1.0")),
        ("missing_entry", "product_version.min", lambda told: told["product_version"].pop("min")),
        ("wrong_platform", "platforms", lambda told: told.update(platforms=[])),
        ("wrong_value", "platforms", lambda told: told.update(platforms=["linux", "beos"])),
        ("wrong_value", "kinds", lambda told: told.update(kinds=[])),
        ("wrong_value", "kinds", lambda told: told.update(kinds=["camera", "camera"])),
        ("wrong_value", "kinds", lambda told: told.update(kinds=["netcheck"])),
        ("wrong_type", "kinds", lambda told: told.update(kinds="camera")),
        ("wrong_value", "entry", lambda told: told.update(entry="../main.py")),
        ("entry_missing", "entry", lambda told: told.update(entry="other.py")),
        ("wrong_value", "interpreter", lambda told: told.update(interpreter="/usr/bin/python3")),
        ("wrong_value", "interpreter", lambda told: told.update(interpreter="bin/../../python")),
        ("wrong_value", "interpreter", lambda told: told.update(interpreter="C:\\python.exe")),
        ("interpreter_missing", "interpreter", lambda told: told.update(interpreter="bin/python")),
        ("provided_missing", "provided.no_such_module", lambda told: told.update(provided=["no_such_module"])),
        ("provided_elsewhere", "provided", lambda told: told.update(provided=["json"], interpreter="main.py")),
        ("wrong_value", "provided", lambda told: told.update(provided=["os.path"])),
        ("wrong_type", "network", lambda told: told.update(network="no")),
        ("wrong_value", "licence", lambda told: told.update(licence=" ")),
        ("unknown_entry", "time_limits_s.dance", lambda told: told["time_limits_s"].update(dance=1)),
        ("wrong_value", "time_limits_s.read", lambda told: told["time_limits_s"].update(read=0)),
        ("wrong_type", "time_limits_s.read", lambda told: told["time_limits_s"].update(read=True)),
        ("wrong_value", "max_frame_px.width", lambda told: told.update(max_frame_px={"width": 10**9, "height": 1})),
        ("unknown_entry", "name.fr", lambda told: told["name"].update(fr="docile")),
        ("wrong_type", "settings.greeting.type", lambda told: told["settings"]["greeting"].update(type="text")),
        ("wrong_type", "settings.greeting.type", lambda told: told["settings"]["greeting"].update(type=["string"])),
        ("unknown_entry", "settings.greeting.minimum", lambda told: told["settings"]["greeting"].update(minimum=1)),
        ("missing_entry", "settings.width_px.minimum", lambda told: told["settings"]["width_px"].pop("minimum")),
        ("wrong_value", "settings.width_px.default", lambda told: told["settings"]["width_px"].update(default=0)),
        ("wrong_value", "settings.greeting.default", lambda told: told["settings"]["greeting"].update(choices=["hi"])),
        ("wrong_value", "settings.Greeting", lambda told: told["settings"].update(Greeting=told["settings"]["greeting"])),
    ],
)  # fmt: skip
def test_a_manifest_that_is_not_right_is_refused_with_place_and_reason(folder: Path, why: str, key: str, change: Change) -> None:
    told = told_by(folder)
    change(told)
    assert refusal(folder, json.dumps(told).encode()) == {"why": why, "key": key}


@pytest.mark.parametrize(
    ("module", "why", "zh"),
    [("smartcard", "pyscard_missing", "未安装读卡组件pyscard"), ("sane", "python_sane_missing", "未安装扫描组件python-sane")],
)
def test_a_component_that_the_set_up_could_not_build_is_named(
    folder: Path, module: str, why: str, zh: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("teller_assist.devices.manifest.PathFinder.find_spec", lambda name: None)
    told = {**told_by(folder), "provided": [module]}
    assert refusal(folder, json.dumps(told).encode()) == {"why": why, "key": f"provided.{module}"}
    assert sentence("plugin_why", why).zh == zh


@pytest.mark.parametrize("module", ["cv2", "numpy", "PIL", "serial", "requests", "websockets", "cryptography", "asn1crypto"])
def test_what_the_guide_says_can_be_taken_from_the_product_is_there(folder: Path, module: str) -> None:
    told = {**told_by(folder), "provided": [module]}
    assert read_manifest(json.dumps(told).encode(), folder).provided == (module,)


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"", ":1"), (b'{\n "id": "a"\n "version"', ":3"), (b"\xff\xfe", ""), (b"[" * 100_000, ""), (b"9" * 10_000, "")],
)
def test_what_is_no_json_is_refused_with_the_line_where_it_ends_to_be_some(folder: Path, content: bytes, line: str) -> None:
    assert refusal(folder, content) == {"why": "not_json", "key": f"manifest.json{line}"}


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=5)
    | st.lists(st.text(max_size=3), max_size=2)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_value_anywhere_in_it_breaks_the_judge(folder: Path, data: st.DataObject) -> None:
    told = told_by(folder)
    place = told
    for _ in range(data.draw(st.integers(0, 2))):
        inner = [value for value in place.values() if isinstance(value, dict) and value]
        place = data.draw(st.sampled_from(inner)) if inner else place
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(
        VALUES | st.dictionaries(st.text(max_size=3), VALUES, max_size=2)
    )
    try:
        read_manifest(json.dumps(told).encode(), folder)
    except PluginIncompatibleError as error:
        why = error.facts["why"]
    else:
        return
    assert why in codes("plugin_why")
