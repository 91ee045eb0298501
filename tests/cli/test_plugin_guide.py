"""What docs/plugin-guide.md tells a new vendor to type and to write does what it says there."""

from __future__ import annotations

import importlib
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from teller_assist.cli import build_parser
from teller_assist.devices.kinds import DeviceKind
from teller_assist.devices.manifest import TIME_LIMITS_S, read_manifest
from teller_assist.devices.process import SDK_PATH
from teller_assist.devices.records import _LONGEST
from teller_assist.settings.home import installation_root
from teller_assist.settings.loading import load_settings
from teller_assist.wording import codes

ROOT = installation_root()
GUIDE = (ROOT / "docs" / "plugin-guide.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


CODE = next(block for block in blocks("python") if "DEVICES" in block)
MANIFEST, CARD = blocks("json")
DESK, AGAIN = blocks("sh")


def commands(block: str) -> list[list[str]]:
    """Return every call of the product in a block, as a shell reads it."""
    lines = [shlex.split(line, comments=True) for line in block.splitlines()]
    return [words[1:] for words in lines if words[:1] == ["teller-assist"]]


@pytest.mark.parametrize("command", [*commands(DESK), *commands(AGAIN)], ids=" ".join)
def test_every_command_is_one(command: list[str]) -> None:
    assert build_parser().parse_args(command).run


def test_every_task_of_plugin_is_shown() -> None:
    shown = {words[1] for words in (*commands(DESK), *commands(AGAIN)) if words[0] == "plugin"}
    assert shown == {"new", "keygen", "pack", "verify", "install", "list", "selftest", "rollback", "remove"}


def typed(folder: Path, lines: str) -> str:
    """Type lines into a shell, of a user who is no administrator of anything, and return what it says."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHON": sys.executable, "HOME": str(folder)}
    script = 'set -e\nteller-assist() { "$PYTHON" -m teller_assist "$@"; }\n' + lines
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.full
@pytest.mark.skipif(sys.platform == "win32", reason="the lines are for a Linux shell")
def test_who_types_it_line_by_line_reads_a_card_and_goes_back_a_version(tmp_path: Path) -> None:
    (tmp_path / "reader").mkdir()
    (tmp_path / "reader" / "card.json").write_text(CARD, encoding="utf-8")
    Image.new("RGB", (102, 126), "tan").save(tmp_path / "reader" / "portrait.jpg")
    before, made, after = DESK.partition(next(line for line in DESK.splitlines(keepends=True) if "plugin new" in line))
    typed(tmp_path, before + made)
    (tmp_path / "my_reader" / "main.py").write_text(CODE, encoding="utf-8")
    site = 'export TELLER_ASSIST_SITE_SETTINGS="$PWD/site/site.toml"\n'
    said = typed(tmp_path, site + after)
    assert "未通过" not in said
    assert f"姓名  {json.loads(CARD)['name']}\n" in said
    until_rollback, remove, _ = AGAIN.partition("teller-assist plugin remove my_reader")
    said = typed(tmp_path, site + until_rollback + "teller-assist plugin list\n")
    assert re.search(r"^my_reader +0\.1\.0 ", said, re.MULTILINE)
    typed(tmp_path, site + remove)
    assert sorted(path.name for path in (tmp_path / "site").iterdir()) == ["plugins", "site.toml", "trusted_keys.toml"]


def test_the_manifest_is_right(tmp_path: Path) -> None:
    told = json.loads(MANIFEST)
    folder = tmp_path / told["id"]
    for path in (told["entry"], told["interpreter"]):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()
    manifest = read_manifest(MANIFEST.encode(), folder)
    assert manifest.checked_settings(_of_the_site(tmp_path)) == {"port": "/dev/ttyS4", "baud_rate": 57600}


def _of_the_site(tmp_path: Path) -> dict[str, object]:
    """Return what the guide's site file sets for the reader, read as the product reads it."""
    [told] = [block for block in blocks("toml") if "[devices.id_card_reader]" in block]
    assert tomllib.loads(told)["devices"]["id_card_reader"]["plugin"] == json.loads(MANIFEST)["id"]
    (tmp_path / "site.toml").write_text(told, encoding="utf-8")
    devices = load_settings(ROOT, {"TELLER_ASSIST_SITE_SETTINGS": str(tmp_path / "site.toml")}).devices
    return dict(devices.choices[DeviceKind.ID_CARD_READER.value].settings)


def test_its_figures_are_the_products() -> None:
    rows = GUIDE[GUIDE.index("## 4.") : GUIDE.index("## 5.")]
    for operation, limit_s in TIME_LIMITS_S.items():
        assert re.search(rf"`{operation}`[^`]*?\({limit_s:g}[;)]|`{operation}`(, `\w+`)* \({limit_s:g} each\)", rows), operation
    assert "at most {name}, {ethnicity}, {address}, {issuer} characters".format(**_LONGEST) in GUIDE


def test_it_names_every_code_with_which_a_card_is_refused() -> None:
    section = GUIDE[GUIDE.index("## 5.") : GUIDE.index("## 6.")]
    assert [code for code in codes("card_why") if f"`{code}`" not in section] == []


def test_what_it_promises_of_the_product_is_there() -> None:
    assert f"`{SDK_PATH.relative_to(ROOT).as_posix()}`" in GUIDE
    [line] = [line for line in GUIDE.splitlines() if line.startswith("* `provided`")]
    for module in re.findall(r"`(\w+)`", line.partition(":")[2]):
        importlib.import_module(module)
