from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import teller_assist
from teller_assist.errors import BugError, KnownError, SettingOutOfRangeError, SettingsFileError, UnknownSettingError
from teller_assist.settings.loading import load_settings
from teller_assist.settings.schema import Origin, Settings, schema

ROOT = Path(teller_assist.__file__).parents[1]


def load(site: str | bytes = "", environ: Mapping[str, str] | None = None, *, folder: Path) -> Settings:
    path = folder / "site.toml"
    path.write_bytes(site if isinstance(site, bytes) else site.encode())
    return load_settings(ROOT, {"TELLER_ASSIST_SITE_SETTINGS": str(path), **(environ or {})})


def refused(site: str | bytes = "", environ: Mapping[str, str] | None = None, *, folder: Path) -> KnownError:
    with pytest.raises(KnownError) as caught:
        load(site, environ, folder=folder)
    return caught.value


def flat(table: str, entries: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in entries.items():
        found |= flat(f"{table}{name}.", value) if isinstance(value, dict) else {f"{table}{name}": value}
    return found


def test_the_shipped_defaults_are_the_schema_s_defaults() -> None:
    listed = flat("", tomllib.loads((ROOT / "config" / "defaults.toml").read_text(encoding="utf-8")))
    assert listed == {key: one.default for key, one in schema().items()}


def test_every_setting_has_a_meaning_and_every_number_a_range() -> None:
    for key, one in schema().items():
        assert one.meaning.zh, key
        assert one.meaning.en, key
        if one.value_type in (int, float):
            assert one.meaning.minimum is not None, key
            assert one.meaning.maximum is not None, key


def test_units_in_names_are_the_units_of_the_meaning() -> None:
    units = {"_mb": "MB", "_megapixels": "megapixels", "_px": "px", "_per_s": "1/s", "_s": "s"}
    for key, one in schema().items():
        ending = next((ending for ending in units if key.endswith(ending)), None)
        assert ending is None or one.meaning.unit == units[ending], key


def test_later_layers_win_and_every_value_knows_its_origin(tmp_path: Path) -> None:
    site = "[pictures]\nmax_file_mb = 12\nmax_megapixels = 8.5\n"
    settings = load(site, {"TELLER_ASSIST__PICTURES__MAX_FILE_MB": "10"}, folder=tmp_path)
    assert (settings.pictures.max_file_mb, settings.pictures.max_megapixels) == (10.0, 8.5)
    assert settings.pictures.max_bytes == 10_000_000
    assert settings.pictures.max_pixels == 8_500_000
    assert settings.origin("pictures.max_file_mb") is Origin.ENVIRONMENT
    assert settings.origin("pictures.max_megapixels") is Origin.SITE
    assert settings.origin("face.detection_side_px") is Origin.DEFAULTS
    assert set(settings.origins) == set(schema())


def test_an_origin_is_asked_for_a_setting_that_exists(tmp_path: Path) -> None:
    with pytest.raises(BugError):
        load(folder=tmp_path).origin("pictures.colour")


def test_text_from_the_environment_becomes_its_declared_type(tmp_path: Path) -> None:
    environ = {"TELLER_ASSIST__FACE__DETECTION_SIDE_PX": "480", "TELLER_ASSIST__LOGS__LEVEL": "DEBUG"}
    settings = load(environ=environ, folder=tmp_path)
    assert (settings.face.detection_side_px, settings.logs.level) == (480, "DEBUG")


@pytest.mark.parametrize(
    ("site", "key", "suggestion"),
    [
        ("[pictures]\nmax_file_mbs = 10\n", "pictures.max_file_mbs", "pictures.max_file_mb"),
        ("[picture]\nmax_file_mb = 10\n", "picture", "pictures"),
        ("[logs]\nmax_file_mb = 10\n", "logs.max_file_mb", "pictures.max_file_mb"),
    ],
)
def test_an_unknown_key_stops_the_start_with_a_suggestion(site: str, key: str, suggestion: str, tmp_path: Path) -> None:
    error = refused(site, folder=tmp_path)
    assert isinstance(error, UnknownSettingError)
    assert error.facts == {"key": key, "origin": "site", "suggestion": suggestion}


def test_an_unknown_key_without_anything_close_has_no_suggestion(tmp_path: Path) -> None:
    error = refused(environ={"TELLER_ASSIST__ZZZZ__QQQQ": "1"}, folder=tmp_path)
    assert isinstance(error, UnknownSettingError)
    assert error.facts == {"key": "zzzz.qqqq", "origin": "environment"}


@pytest.mark.parametrize("value", ["0", "100.1", "-1", "nan", "inf", '"10"', "true", "[10]"])
def test_a_value_of_wrong_type_or_out_of_range_stops_the_start(value: str, tmp_path: Path) -> None:
    error = refused(f"[pictures]\nmax_file_mb = {value}\n", folder=tmp_path)
    assert isinstance(error, SettingOutOfRangeError)
    facts = dict(error.facts)
    facts.pop("value", None)
    assert facts == {
        "key": "pictures.max_file_mb",
        "origin": "site",
        "expected": "float",
        "minimum": 0.1,
        "maximum": 100.0,
        "unit": "MB",
    }


@pytest.mark.parametrize("text", ["", "ten", "320.5", "1e3", "0x200"])
def test_a_text_that_is_no_number_stops_the_start(text: str, tmp_path: Path) -> None:
    error = refused(environ={"TELLER_ASSIST__FACE__DETECTION_SIDE_PX": text}, folder=tmp_path)
    assert isinstance(error, SettingOutOfRangeError)
    assert error.facts["origin"] == "environment"


def test_a_refused_text_is_not_repeated(tmp_path: Path) -> None:
    error = refused('[logs]\nlevel = "/home/zhangsan"\n', folder=tmp_path)
    assert isinstance(error, SettingOutOfRangeError)
    assert "zhangsan" not in str(error)
    assert error.facts["allowed"] == "DEBUG, INFO, WARNING, ERROR"


def test_a_section_must_be_a_table(tmp_path: Path) -> None:
    assert isinstance(refused("pictures = 3\n", folder=tmp_path), SettingOutOfRangeError)


@pytest.mark.parametrize("content", [b"[pictures\n", b"\xff\xfe\x00", b"a = 1\na = 2\n", b"a = " + b"[" * 100_000])
def test_a_site_file_that_is_no_toml_stops_the_start(content: bytes, tmp_path: Path) -> None:
    error = refused(content, folder=tmp_path)
    assert isinstance(error, SettingsFileError)
    assert error.facts == {"origin": "site", "why": "not_toml"}


def test_a_byte_order_mark_is_allowed(tmp_path: Path) -> None:
    assert load(b"\xef\xbb\xbf[pictures]\nmax_file_mb = 5\n", folder=tmp_path).pictures.max_file_mb == 5


def test_a_named_site_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsFileError) as caught:
        load_settings(ROOT, {"TELLER_ASSIST_SITE_SETTINGS": str(tmp_path / "nothing.toml")})
    assert caught.value.facts == {"origin": "site", "why": "missing"}
    with pytest.raises(SettingsFileError) as caught:
        load_settings(ROOT, {"TELLER_ASSIST_SITE_SETTINGS": str(tmp_path)})
    assert caught.value.facts == {"origin": "site", "why": "not_readable"}


def test_altered_or_absent_defaults_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsFileError) as caught:
        load_settings(tmp_path, {})
    assert caught.value.reason == "settings_unreadable"
    (tmp_path / "config").mkdir()
    shipped = (ROOT / "config" / "defaults.toml").read_text(encoding="utf-8")
    (tmp_path / "config" / "defaults.toml").write_text(
        shipped.replace("max_file_mb = 20.0", "max_file_mb = 90.0"), encoding="utf-8"
    )
    with pytest.raises(SettingsFileError) as caught:
        load_settings(tmp_path, {})
    assert caught.value.reason == "settings_altered"


CAMERA = """[devices.camera]
plugin = "video_camera"
[devices.camera.settings]
source = "file"
width_px = 640
frames_per_s = 12.5
"""


def test_a_device_has_its_plugin_and_that_plugins_own_settings(tmp_path: Path) -> None:
    environ = {
        "TELLER_ASSIST__DEVICES__CAMERA__SETTINGS__WIDTH_PX": "800",
        "TELLER_ASSIST__DEVICES__ID_CARD_READER__PLUGIN": "acme",
    }
    devices = load(CAMERA, environ, folder=tmp_path).devices
    assert devices.camera.plugin == "video_camera"
    assert devices.camera.settings == {"source": "file", "width_px": 800, "frames_per_s": 12.5}
    assert (devices.id_card_reader.plugin, devices.id_card_reader.settings) == ("acme", {})
    assert not devices.document_scanner.is_made
    assert devices.hello_timeout_s == 10.0


@pytest.mark.parametrize(
    ("site", "reason", "key"),
    [
        ("[devices.kamera]\nplugin = 'x'\n", "setting_unknown", "devices.kamera"),
        ("[devices.camera]\nplugins = 'x'\n", "setting_unknown", "devices.camera.plugins"),
        ("[devices.camera]\nplugin = 3\n", "setting_out_of_range", "devices.camera.plugin"),
        ("[devices]\ncamera = 'video_camera'\n", "setting_out_of_range", "devices.camera"),
        ("[devices.camera]\nsettings = 'usb'\n", "setting_out_of_range", "devices.camera.settings"),
        ("[devices.camera.settings]\nsource = ['usb']\n", "setting_out_of_range", "devices.camera.settings.source"),
        ("[devices.camera.settings.source]\nkind = 'usb'\n", "setting_out_of_range", "devices.camera.settings.source"),
        ("[devices]\n'camera.plugin' = 'x'\n", "setting_unknown", "devices.camera.plugin"),
        ("[devices.camera]\n'settings.source' = 'usb'\n", "setting_unknown", "devices.camera.settings.source"),
        ("'devices.camera' = {plugin = 'x'}\n", "setting_unknown", "devices.camera"),
        ("[devices.camera.settings]\nsince = 2026-01-01\n", "setting_out_of_range", "devices.camera.settings.since"),
    ],
)
def test_what_is_no_table_of_a_device_stops_the_start(tmp_path: Path, site: str, reason: str, key: str) -> None:
    error = refused(site, folder=tmp_path)
    assert (error.reason, error.facts["key"]) == (reason, key)


@pytest.mark.parametrize(("site", "environ"), [("[devices]\n'camera.plugin' = 'x'\n", {}), ("", {"TELLER_ASSIST__DEVICES": "x"})])
def test_what_is_refused_is_not_suggested(tmp_path: Path, site: str, environ: dict[str, str]) -> None:
    assert "suggestion" not in refused(site, environ, folder=tmp_path).facts
