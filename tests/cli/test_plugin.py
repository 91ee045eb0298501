"""``teller-assist plugin`` from nothing to an installed plugin, and what is refused on the way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from teller_assist.cli import main
from teller_assist.cli.plugin import KINDS, PURPOSES
from teller_assist.devices.packages.skeleton import KINDS as SKELETON_KINDS
from teller_assist.devices.packages.store import PluginStore
from teller_assist.settings.signing import Purpose
from tests.stand_ins.packages import WILLING


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "site.toml").touch()
    monkeypatch.setenv("TELLER_ASSIST_SITE_SETTINGS", str(folder / "site.toml"))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*arguments: str, code: int = 0) -> Any:
        assert main(["plugin", *arguments, "--json"]) == code
        said = capsys.readouterr().out
        assert said.count("\n") == 1
        return json.loads(said)

    return run


@pytest.fixture
def trusted(site: Path, told: Any) -> None:
    """A key that the site trusts, as an administrator does it: its lines are added to the file."""
    entry = told("keygen", "vendor.key", "--owner", "示例公司")["trusted_key"]
    assert (site.parent / "vendor.key.pub.toml").read_text(encoding="utf-8") == entry
    (site / "trusted_keys.toml").write_text('schema = "trusted_keys/1"\n' + entry, encoding="utf-8")


def row(told: Any, plugin_id: str) -> dict[str, Any]:
    document = told("list")
    assert (document["schema"], "product_version" in document) == ("plugin-list/1", True)
    [found] = [one for one in document["plugins"] if one["id"] == plugin_id] or [{}]
    return dict(found)


@pytest.mark.usefixtures("trusted")
def test_from_nothing_to_an_installed_plugin_and_back(told: Any, tmp_path: Path) -> None:
    assert told("new", "acme_reader", "--kind", "id_card_reader")["files"] == ["manifest.json", "main.py", "README.md"]
    packed = told("pack", "acme_reader", "--key", "vendor.key")
    assert (packed["package"], packed["files"]) == ("acme_reader-0.1.0.tadp", 2)
    verified = told("verify", packed["package"])
    assert (verified["schema"], verified["verified"], verified["key"]["owner"]) == ("plugin-verify/1", True, "示例公司")
    assert row(told, "acme_reader") == {}, "nothing was installed"
    installed = told("install", packed["package"])
    assert (installed["changed"], installed["key"]) == (True, verified["key"])
    assert not told("install", packed["package"])["changed"]
    listed = row(told, "acme_reader")
    assert (listed["version"], listed["state"], listed["reason"], listed["zh"]) == ("0.1.0", "ready", None, "可用")
    manifest = tmp_path / "acme_reader" / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"0.1.0",\n "name"', '"0.2.0",\n "name"'), encoding="utf-8")
    assert told("pack", "acme_reader", "--key", "vendor.key", "--out", "second.tadp")["version"] == "0.2.0"
    second = told("install", "second.tadp")
    assert (second["version"], second["previous_version"]) == ("0.2.0", "0.1.0")
    assert told("rollback", "acme_reader")["version"] == "0.1.0"
    assert row(told, "acme_reader")["version"] == "0.1.0"
    assert told("remove", "acme_reader")["id"] == "acme_reader"
    assert row(told, "acme_reader") == {}


@pytest.mark.usefixtures("trusted")
def test_whoever_tries_again_reads_what_stands_in_the_way(told: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told("new", "acme", "--kind", "camera")
    told("pack", "acme", "--key", "vendor.key")
    (tmp_path / "acme" / "main.py").write_text("DEVICES = {}\n", encoding="utf-8")
    again = told("pack", "acme", "--key", "vendor.key", code=3)["error"]
    assert again["facts"] == {"file": "acme-0.1.0.tadp", "why": "package_there"}
    assert "version" in again["zh"], "and not only that something is there"
    assert told("install", "acme-0.1.0.tadp")["previous_version"] is None
    (tmp_path / "acme-0.1.0.tadp").unlink()
    told("pack", "acme", "--key", "vendor.key")
    assert main(["plugin", "install", "acme-0.1.0.tadp"]) == 0
    assert "plugin rollback可以恢复0.1.0" in capsys.readouterr().out, "the same version with other content"


def test_a_site_whose_settings_file_is_not_there_is_told(told: Any, site: Path) -> None:
    (site / "site.toml").unlink()
    assert "TELLER_ASSIST_SITE_SETTINGS" in told("selftest", "simulated_counter", code=3)["error"]["zh"]


@pytest.mark.usefixtures("site")
def test_a_refused_package_names_the_file_for_people_too(told: Any, capsys: pytest.CaptureFixture[str]) -> None:
    key_id = told("keygen", "vendor.key", "--owner", "示例公司")["key_id"]
    told("new", "acme", "--kind", "camera")
    told("pack", "acme", "--key", "vendor.key")
    assert main(["plugin", "verify", "acme-0.1.0.tadp"]) == 3
    said = capsys.readouterr().err
    assert "trusted_keys.toml" in said
    assert f"why=unknown_key, key_id={key_id}" in said
    assert told("verify", "acme-0.1.0.tadp", code=3)["error"]["en"].startswith("acme-0.1.0.tadp is signed"), "a name as it is"


@pytest.mark.usefixtures("trusted")
def test_a_plugin_that_was_changed_after_its_installation_is_listed_with_its_reason(told: Any, site: Path) -> None:
    told("new", "acme", "--kind", "camera")
    told("pack", "acme", "--key", "vendor.key")
    told("install", "acme-0.1.0.tadp")
    [entry] = (site / "plugins" / "acme").glob("*/acme/main.py")
    entry.write_text("import os", encoding="utf-8")
    listed = row(told, "acme")
    assert (listed["state"], listed["reason"], listed["why"]) == ("refused", "plugin_not_authorised", "file_changed")
    assert "插件文件被改动过" in listed["zh"]
    told("selftest", "acme", code=3)
    told("install", "acme-0.1.0.tadp")
    assert row(told, "acme")["state"] == "ready"


def test_an_unsigned_or_unknown_package_has_no_way_in(told: Any, site: Path) -> None:
    told("keygen", "vendor.key", "--owner", "示例公司")
    told("new", "acme", "--kind", "camera")
    told("pack", "acme", "--key", "vendor.key")
    for command in ("verify", "install"):
        error = told(command, "acme-0.1.0.tadp", code=3)["error"]
        assert (error["reason"], error["facts"]["why"]) == ("plugin_not_authorised", "unknown_key")
        assert "受信任的密钥" in error["zh"]
    with pytest.raises(SystemExit) as ended:
        main(["plugin", "install", "acme-0.1.0.tadp", "--allow-unsigned"])
    assert ended.value.code == 2


@pytest.mark.usefixtures("trusted")
def test_what_ships_can_neither_be_replaced_nor_removed(told: Any) -> None:
    told("new", "simulated_counter", "--kind", "camera")
    told("pack", "simulated_counter", "--key", "vendor.key")
    for command in (
        ("install", "simulated_counter-0.1.0.tadp"),
        ("remove", "simulated_counter"),
        ("rollback", "simulated_counter"),
    ):
        assert told(*command, code=3)["error"]["reason"] == "plugin_ships"
    assert row(told, "simulated_counter")["origin"] == "shipped"


@pytest.mark.usefixtures("trusted")
def test_an_installed_plugin_whose_id_ships_since_the_product_was_renewed_can_be_removed(told: Any, site: Path) -> None:
    told("new", "simulated_counter", "--kind", "camera")
    told("pack", "simulated_counter", "--key", "vendor.key")
    PluginStore(site).install(Path("simulated_counter-0.1.0.tadp"), frozenset())
    assert told("rollback", "simulated_counter", code=3)["error"]["reason"] == "plugin_ships"
    assert told("remove", "simulated_counter")["version"] == "0.1.0"
    assert PluginStore(site).installed() == ()


@pytest.mark.usefixtures("site")
def test_whoever_packs_reads_what_is_wrong_with_the_folder(told: Any, tmp_path: Path) -> None:
    told("keygen", "vendor.key", "--owner", "示例公司")
    told("new", "acme", "--kind", "camera")
    manifest = tmp_path / "acme" / "manifest.json"
    whole = manifest.read_text(encoding="utf-8")
    manifest.write_text(whole.replace('"0.1.0"', '"0.1"', 1), encoding="utf-8")
    assert "清单中的“version”有误" in told("pack", "acme", "--key", "vendor.key", code=3)["error"]["zh"]
    manifest.write_text(whole, encoding="utf-8")
    (tmp_path / "acme" / "lib").symlink_to(tmp_path)
    assert "不允许的文件路径或链接" in told("pack", "acme", "--key", "vendor.key", code=3)["error"]["zh"]
    manifest.unlink()
    assert "没有清单" in told("pack", "acme", "--key", "vendor.key", code=3)["error"]["zh"]


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("reason", "command"),
    [
        ("package_missing", ("verify", "absent.tadp")),
        ("plugin_not_installed", ("remove", "absent")),
        ("plugin_not_installed", ("rollback", "../absent")),
        ("device_missing", ("selftest", "absent")),
        ("plugin_incompatible", ("pack", "absent", "--key", "absent.key")),
        ("plugin_incompatible", ("new", "Wrong-Name", "--kind", "camera")),
        ("plugin_output_taken", ("new", "site", "--kind", "camera")),
    ],
)
def test_what_cannot_be_done_is_told(told: Any, reason: str, command: tuple[str, ...]) -> None:
    assert told(*command, code=3)["error"]["reason"] == reason


@pytest.mark.usefixtures("site")
def test_no_key_is_overwritten(told: Any, tmp_path: Path) -> None:
    told("keygen", "vendor.key", "--owner", "示例公司")
    assert told("keygen", "vendor.key", "--owner", "x", code=3)["error"]["reason"] == "plugin_output_taken"
    (tmp_path / "vendor.key.pub.toml").unlink()
    assert told("keygen", "vendor.key", "--owner", "x", code=3)["error"]["reason"] == "signing_key_unusable"
    assert told("keygen", "other.key", "--owner", " ", code=2)["error"]["reason"] == "usage"


@pytest.mark.usefixtures("trusted")
def test_the_self_test_of_an_installed_plugin_is_a_report_for_its_maker(told: Any, tmp_path: Path) -> None:
    shutil.copytree(WILLING, tmp_path / "willing", ignore=shutil.ignore_patterns("__pycache__"))
    told("pack", "willing", "--key", "vendor.key")
    told("install", "willing-1.0.0.tadp")
    document = told("selftest", "willing", "--kind", "id_card_reader", "--set", "greeting=hi", "--report", "report.json")
    assert (document["schema"], document["passed"], document["version"]) == ("selftest/1", True, "1.0.0")
    assert [part["part"] for part in document["parts"]] == ["plugin", "id_card_reader"]
    [status] = [line for line in document["parts"][1]["checks"] if line["check"] == "status"]
    assert "greeting=hi" in status["detail"]
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == document
    failed = told("selftest", "willing", "--kind", "id_card_reader", "--set", "width_px=0", code=3)
    assert (failed["schema"], failed["passed"]) == ("selftest/1", False)
    [unknown] = told("selftest", "willing", "--kind", "id_card_reader", "--set", "greting=hi", code=3)["parts"][1]["checks"]
    assert unknown["why"]["zh"].startswith("命令的--set中的“devices.id_card_reader.settings.greting”")
    assert "名称=值" in told("selftest", "willing", "--set", "greeting", code=2)["error"]["zh"]


@pytest.mark.full
@pytest.mark.usefixtures("trusted")
def test_a_device_is_tested_as_the_site_set_it_unless_something_else_is_given(
    told: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(WILLING, tmp_path / "willing", ignore=shutil.ignore_patterns("__pycache__"))
    told("pack", "willing", "--key", "vendor.key")
    told("install", "willing-1.0.0.tadp")
    for kind, setting, value in (("ID_CARD_READER", "GREETING", "of the site"), ("DOCUMENT_SCANNER", "WIDTH_PX", "0")):
        monkeypatch.setenv(f"TELLER_ASSIST__DEVICES__{kind}__PLUGIN", "willing")
        monkeypatch.setenv(f"TELLER_ASSIST__DEVICES__{kind}__SETTINGS__{setting}", value)

    def greeting(*given: str) -> str:
        document = told("selftest", "willing", "--kind", "id_card_reader", *given)
        [detail] = [line["detail"] for line in document["parts"][1]["checks"] if line["check"] == "status"]
        return str(detail)

    assert "greeting=of the site" in greeting(), "and no setting of the scanner's"
    assert "greeting=hi" in greeting("--set", "greeting=hi")
    assert not told("selftest", "willing", "--kind", "document_scanner", code=3)["passed"]
    monkeypatch.setenv("TELLER_ASSIST__DEVICES__ID_CARD_READER__PLUGIN", "sam_serial_id_reader")
    assert "greeting=hello" in greeting(), "what is set for another plugin is not this one's"


@pytest.mark.usefixtures("trusted")
def test_people_read_it_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ["new", "acme", "--kind", "camera"],
        ["pack", "acme", "--key", "vendor.key"],
        ["verify", "acme-0.1.0.tadp"],
        ["install", "acme-0.1.0.tadp"],
        ["list"],
        ["remove", "acme"],
    ):
        assert main(["plugin", *arguments]) == 0
    said = capsys.readouterr().out
    assert "插件包有效：“acme”0.1.0，由“示例公司”签名" in said
    assert "simulated_counter" in said


def test_the_kinds_and_purposes_that_are_offered_are_those_that_exist() -> None:
    assert set(KINDS) == {kind.value for kind in SKELETON_KINDS}
    assert set(PURPOSES) == {purpose.value for purpose in Purpose}
