"""The chip of a card on a stand-in reader, through the plugin that ships, as card/1 and as lines."""

from __future__ import annotations

import base64
import io
import json
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image

from teller_assist.cli import main
from tests.stand_ins.packages import Publisher
from tests.stand_ins.sam_cards import NUMBER, PERMIT_NUMBER, permit_card, resident_card

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are there on Linux only")


@pytest.fixture
def sam(tmp_path: Path) -> Iterator[Any]:
    from teller_assist.demonstration.stand_ins.sam_reader import SamReader

    with SamReader(tmp_path / "reader") as reader:
        yield reader


def read(sam: Any, *more: str) -> int:
    device = ["--device", "sam_serial_id_reader", "--set", f"port={sam.link}", "--set", "photo_decoder=test-webp"]
    return main(["read-card", *device, *more])


def checked(stdout: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(stdout)
    schema = json.loads(resources.files("teller_assist.documents").joinpath("schemas", "card-1.json").read_text("utf-8"))
    jsonschema.validate(answer, schema)
    return answer


def test_a_card_is_told_field_by_field_with_its_portrait_only_where_it_is_asked_for(sam: Any, capsys: Capture) -> None:
    sam.lay(resident_card())
    assert read(sam, "--json", "--with-portrait") == 0
    answer = checked(capsys.readouterr().out)
    fields = {name: field["value"] for name, field in answer["fields"].items()}
    assert (fields["name"], fields["sex"], fields["ethnicity"], fields["birth"]) == ("林晓样", "男", "满", "1990-03-15")
    assert (fields["id_number"], fields["valid_to"]) == (NUMBER, "长期")
    assert [check["check"] for check in answer["fields"]["id_number"]["checks"]][:1] == ["gb11643"]
    with Image.open(io.BytesIO(base64.b64decode(answer["portrait_png_base64"]))) as portrait:
        assert (portrait.format, portrait.size) == ("PNG", (102, 126))
    sam.lay(resident_card())
    assert read(sam, "--json") == 0
    assert "portrait_png_base64" not in checked(capsys.readouterr().out)


def test_a_permit_has_no_ethnicity(sam: Any, capsys: Capture) -> None:
    sam.lay(permit_card())
    assert read(sam, "--json") == 0
    fields = checked(capsys.readouterr().out)["fields"]
    assert "ethnicity" not in fields
    assert fields["id_number"]["value"] == PERMIT_NUMBER


def test_people_read_lines(sam: Any, capsys: Capture) -> None:
    sam.lay(resident_card())
    assert read(sam, "--set", "baud_rate=57600") == 0
    told = capsys.readouterr()
    assert "姓名  林晓样\n" in told.out
    assert "请放上证件" in told.err


def test_without_a_card_it_ends_after_the_wait(sam: Any, capsys: Capture) -> None:
    assert read(sam, "--json", "--wait-s", "0.5") == 3
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["reason"], error["facts"]["why"]) == ("device_timeout", "no_card")
    assert error["zh"].startswith("在等待时间内，读卡器上没有放证件。"), "the reader is well"


@pytest.mark.logs_warnings
def test_a_reader_that_is_not_there_is_a_missing_device(capsys: Capture) -> None:
    assert main(["read-card", "--device", "sam_serial_id_reader", "--set", "port=/dev/no_such_port", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["reason"] == "device_missing"


def test_a_refused_setting_is_told_as_the_commands(capsys: Capture) -> None:
    assert main(["read-card", "--device", "sam_serial_id_reader", "--set", "photo_key=1000001", "--json"]) == 3
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["zh"].startswith("命令的--set中“devices.id_card_reader.settings.photo_key”")
    assert "0至1000000之间" in error["zh"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--device", "no_such_plugin"], 3),
        (["--device", "../config"], 3),
        (["--device", "sam_serial_id_reader", "--set", "port"], 2),
        (["--device", "sam_serial_id_reader", "--set", "colour=red"], 3),
        (["--device", "sam_serial_id_reader", "--wait-s", "nan"], 2),
        (["--device", "sam_serial_id_reader", "--wait-s", "0"], 2),
    ],
)
def test_what_cannot_be_asked_ends_with_its_reason(arguments: list[str], code: int) -> None:
    assert main(["read-card", *arguments]) == code


def of_site(monkeypatch: pytest.MonkeyPatch, sam: Any, **settings: str) -> None:
    chosen = {
        "plugin": "sam_serial_id_reader",
        "settings__port": str(sam.link),
        "settings__photo_decoder": "test-webp",
        **settings,
    }
    for name, value in chosen.items():
        monkeypatch.setenv(f"TELLER_ASSIST__DEVICES__ID_CARD_READER__{name.upper()}", value)


def test_without_a_name_the_counters_own_reader_is_read_with_the_sites_settings(
    sam: Any, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_site(monkeypatch, sam)
    sam.lay(resident_card())
    assert main(["read-card", "--json"]) == 0
    answer = checked(capsys.readouterr().out)
    assert (answer["device"], answer["fields"]["id_number"]["value"]) == ("sam_serial_id_reader", NUMBER)


@pytest.mark.full
@pytest.mark.logs_warnings
def test_what_is_given_for_this_once_stands_before_the_sites(sam: Any, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    of_site(monkeypatch, sam, settings__port="/dev/no_such_port")
    assert main(["read-card", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["reason"] == "device_missing"
    sam.lay(resident_card())
    assert main(["read-card", "--set", f"port={sam.link}", "--json"]) == 0
    sam.lay(resident_card())
    assert main(["read-card", "--device", "sam_serial_id_reader", "--set", f"port={sam.link}", "--json"]) == 0


def test_a_refused_setting_of_the_site_is_told_as_the_sites(sam: Any, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    of_site(monkeypatch, sam, settings__baud_rate="1")
    assert main(["read-card", "--set", "photo_key=1", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["facts"]["origin"] == "site"


def test_a_counter_without_a_reader_says_that_none_is_chosen(capsys: Capture) -> None:
    assert main(["read-card", "--json"]) == 3
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["reason"], error["facts"]["why"]) == ("device_missing", "not_chosen")


def test_an_installed_plugin_is_read_through_and_refused_once_it_was_changed(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    Publisher(tmp_path).installed_at(site)
    (site / "site.toml").touch()
    monkeypatch.setenv("TELLER_ASSIST_SITE_SETTINGS", str(site / "site.toml"))
    assert main(["read-card", "--device", "willing", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["device"] == "willing"
    [code] = (site / "plugins").rglob("main.py")
    code.write_text("pass", encoding="utf-8")
    assert main(["read-card", "--device", "willing", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["facts"]["why"] == "file_changed"
