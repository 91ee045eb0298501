"""What the report finds on this machine and on broken installations."""

from __future__ import annotations

import getpass
import json
import shutil
import socket
from pathlib import Path

import pytest

from teller_assist.cli import main
from teller_assist.diagnosis.parts import parts
from teller_assist.diagnosis.report import PartState, make_report
from teller_assist.settings.home import installation_root
from teller_assist.wording import codes


def _states(*names: str) -> dict[str, PartState]:
    chosen = {name: look for name, look in parts().items() if name in names}
    return {report.part: report.state for report in make_report(chosen)}


@pytest.fixture(autouse=True)
def _no_engine_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole report is asked for here; ``test_documents.py`` looks at that part."""
    monkeypatch.setenv("TELLER_ASSIST__DOCUMENTS__INTERPRETER", str(tmp_path / "python"))


@pytest.fixture
def copied_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A second installation with this one's configuration and plugins, and no model files."""
    root = installation_root()
    for folder in ("config", "device_plugins"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "models").mkdir()
    shutil.copy(root / "models" / "manifest.toml", tmp_path / "models")
    monkeypatch.setenv("TELLER_ASSIST_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.full
def test_the_document_names_every_part_with_a_state_and_facts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "doctor/1"
    assert [part["part"] for part in document["parts"]] == list(parts())
    assert all(part["state"] in {"ready", "attention", "failed"} for part in document["parts"])


@pytest.mark.full
def test_the_report_names_no_person_no_host_and_no_folder(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor"])
    told = capsys.readouterr().out
    assert str(installation_root()) not in told
    assert socket.gethostname() not in told or socket.gethostname() == "localhost"
    assert f"/{getpass.getuser()}" not in told


def test_one_opencv_is_counted_in_this_environment() -> None:
    report = make_report({"packages": parts()["packages"]})[0]
    assert (report.state, report.facts["opencv_owners"]) == (PartState.READY, 1)


def test_a_plugin_whose_component_is_not_installed_is_not_available_and_no_fault(
    copied_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("teller_assist.devices.manifest.PathFinder.find_spec", lambda name: None if name == "serial" else name)
    monkeypatch.setattr("teller_assist.devices.manifest._OPTIONAL_MODULES", {"serial": "pyscard_missing"})
    report = make_report({"device_plugins": parts()["device_plugins"]})[0]
    assert report.facts["sam_serial_id_reader"] == "not available: pyscard_missing"
    assert report.state is PartState.READY


def test_without_python_sane_the_report_says_what_is_not_available(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("teller_assist.diagnosis.parts._installed_versions", dict)
    report = make_report({"sane_scanners": parts()["sane_scanners"]})[0]
    assert report.facts == {"python_sane": False}
    assert report.notes_zh == ("未安装扫描组件python-sane，SANE扫描仪不可用。",)


def test_a_plugin_that_was_tampered_with_is_listed_with_its_reason(copied_home: Path) -> None:
    sound = make_report({"device_plugins": parts()["device_plugins"]})[0]
    assert sound.state is PartState.READY
    assert str(sound.facts["simulated_counter"]).startswith("ready: camera")
    (copied_home / "device_plugins" / "simulated_counter" / "main.py").write_text("pass\n", encoding="utf-8")
    tampered = make_report({"device_plugins": parts()["device_plugins"]})[0]
    assert tampered.state is PartState.ATTENTION
    assert tampered.facts["simulated_counter"] == "refused: file_changed"


def test_missing_models_fail_their_part_and_say_what_is_switched_off(copied_home: Path) -> None:
    report = make_report({"models": parts()["models"]})[0]
    assert report.state is PartState.FAILED
    assert any("人脸比对不可用" in note for note in report.notes_zh)
    assert any("被动活体检测不可用" in note for note in report.notes_zh)


def test_an_altered_policy_is_named(copied_home: Path) -> None:
    policy = copied_home / "config" / "policy.toml"
    policy.write_text(policy.read_text(encoding="utf-8").replace('"1e-4"', '"1e-3"'), encoding="utf-8")
    report = make_report({"shipped_files": parts()["shipped_files"]})[0]
    assert (report.state, report.facts["altered"]) == (PartState.FAILED, "config/policy.toml")


def test_a_broken_site_file_fails_the_settings_and_the_report_goes_on(copied_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLER_ASSIST__FACE__NO_SUCH", "1")
    assert _states("settings", "packages") == {"settings": PartState.FAILED, "packages": PartState.READY}


def test_without_a_display_the_window_part_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    report = make_report({"window": parts()["window"]})[0]
    assert (report.state, report.facts) == (PartState.ATTENTION, {"display": False})


def test_the_window_part_starts_a_real_qt_application(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")  # xcb itself is tested in tests/ui
    report = make_report({"window": parts()["window"]})[0]
    assert report.facts.get("platform") == "offscreen"


def test_every_part_has_a_name_in_words() -> None:
    assert set(parts()) <= set(codes("part"))
