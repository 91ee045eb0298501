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
from teller_assist.demonstration.stand_ins.bank_card import BankCardChip, CardContent
from teller_assist.settings.signing import Purpose
from tests.stand_ins.packages import Publisher
from tests.stand_ins.passports import HOLDER, passport
from tests.stand_ins.pcsc_daemon import running_daemon
from tests.stand_ins.sam_cards import NUMBER, PERMIT_NUMBER, permit_card, resident_card

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="pseudo terminals and the PC/SC of the tests are there on Linux only"
)


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


def test_the_kinds_that_are_offered_are_those_of_card_readers() -> None:
    from teller_assist.cli.read_card import KINDS
    from teller_assist.devices.card_reader import CardReaderDevice
    from teller_assist.devices.opening import DEVICES

    assert {kind.value for kind, device in DEVICES.items() if issubclass(device, CardReaderDevice)} == set(KINDS)


# ---------------------------------------------------------------- over a real PC/SC service


@pytest.mark.full
@pytest.mark.parametrize("contactless", [False, True], ids=["contact", "contactless"])
def test_a_bank_card_is_told_without_its_whole_number(contactless: bool, capsys: Capture) -> None:
    arguments = ["read-card", "--device", "pcsc_bank_card", "--set", "reader=00 00"]
    with running_daemon() as daemon, daemon.slot() as slot:
        slot.insert(BankCardChip(contactless=contactless))
        assert main([*arguments, "--json"]) == 0
        told = capsys.readouterr()
        answer = checked(told.out)
        assert main(arguments) == 0
    values = {name: field["value"] for name, field in answer["fields"].items()}
    assert (answer["kind"], values["card_number"]) == ("bank_card", "990000*********0010")
    assert values["interface"] == ("contactless" if contactless else "contact")
    assert "issuing_bank" not in values
    lines = capsys.readouterr()
    assert "持卡人  LIN/XIAOYANG\n" in lines.out
    for text in (told.out, told.err, lines.out, lines.err):
        assert CardContent().number not in text


@pytest.mark.full
def test_a_bank_that_signed_its_own_list_reads_its_own_name(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = Publisher(tmp_path)
    site = tmp_path / "site"
    publisher.trusted_at(site, Purpose.BANK_FILE)
    (site / "site.toml").touch()
    monkeypatch.setenv("TELLER_ASSIST_SITE_SETTINGS", str(site / "site.toml"))
    head = 'schema = "issuing_banks/1"\ndate = 2026-12-01\nauthor = "IT"\n'
    (site / "issuing_banks.toml").write_text(head + '[[banks]]\nname = "样例银行"\ndebit = ["990000"]\n', encoding="utf-8")
    arguments = ["read-card", "--device", "pcsc_bank_card", "--set", "reader=00 00", "--json"]
    with running_daemon() as daemon, daemon.slot() as slot:
        slot.insert(BankCardChip())
        assert main(arguments) == 3
        error = json.loads(capsys.readouterr().out)["error"]
        assert (error["reason"], error["facts"]["file"]) == ("signature_not_trusted", "issuing_banks.toml")
        assert main(["issuing-banks", "sign", str(site / "issuing_banks.toml"), "--key", str(publisher.key_file)]) == 0
        capsys.readouterr()
        assert main(arguments) == 0
    fields = checked(capsys.readouterr().out)["fields"]
    assert (fields["issuing_bank"]["value"], fields["card_type"]["value"]) == ("样例银行", "debit")


@pytest.mark.full
@pytest.mark.parametrize("typed", ["zone", "items", "options"])
def test_a_travel_document_is_opened_with_what_is_typed(typed: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["read-card", "--device", "pcsc_travel_document", "--set", "reader=00 00", "--json"]
    items = (HOLDER.number, HOLDER.birth_date, HOLDER.expiry_date)
    lines = {"zone": HOLDER.passport_zone(), "items": items, "options": ()}[typed]
    if typed == "options":
        arguments += ["--document-number", items[0], "--birth-date", items[1], "--valid-until", items[2]]
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    with running_daemon() as daemon, daemon.slot() as slot:
        slot.insert(passport().chip)
        assert main(arguments) == 0
    told = capsys.readouterr()
    answer = checked(told.out)
    assert (answer["kind"], answer["fields"]["document_number"]["value"]) == ("travel_document", HOLDER.number)
    assert answer["checks"] == {"data_groups": "passed", "signature": "passed", "issuer": "not_checked"}
    assert HOLDER.number not in told.err


@pytest.mark.parametrize(
    ("arguments", "typed", "code"),
    [
        (["--mrz", "P<UTO"], "", 3),
        (["--mrz", "P<UTO", "--birth-date", "740812"], "", 2),
        (["--document-number", "L898902C3", "--birth-date", "741332"], "320415\n", 3),
        ([], "", 3),
        ([], "L898902C3\n740812\n", 3),
        ([], "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<11\n", 3),
    ],
)
def test_what_cannot_open_a_chip_is_refused_before_a_reader_is_looked_for(
    arguments: list[str], typed: str, code: int, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    assert main(["read-card", "--device", "pcsc_travel_document", "--json", *arguments]) == code
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["reason"] in ("zone_unreadable", "usage")
