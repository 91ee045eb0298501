"""Whole documents, read in this process without PC/SC; nothing of them stands in a hint."""

from __future__ import annotations

import base64
import datetime
import threading
from pathlib import Path
from typing import Any

import pytest
from teller_assist_sdk import DeviceProblem
from teller_assist_smartcard import Loopback

from device_plugins.pcsc_travel_document.access import access_items
from device_plugins.pcsc_travel_document.chip import Chip
from device_plugins.pcsc_travel_document.issuers import Issuers, read_issuers
from device_plugins.pcsc_travel_document.record import read_record
from teller_assist.demonstration.stand_ins.passport import Passport
from teller_assist.demonstration.stand_ins.passport_content import Holder
from teller_assist.demonstration.stand_ins.passport_faults import PassportFault
from teller_assist.demonstration.stand_ins.passport_session import AES_128, AES_192, AES_256, TRIPLE_DES
from teller_assist.devices.travel_records import read_travel_document
from teller_assist.pictures.decode import PictureLimits
from tests.stand_ins.passports import ACCESS, SECRETS, jpeg, jpeg_2000, passport

TODAY = datetime.date(2026, 12, 1)
LIMITS = PictureLimits(max_bytes=20_000_000, max_pixels=20_000_000)
NO_ISSUERS = Issuers({})


def read(document: Passport, issuers: Issuers = NO_ISSUERS, access: dict[str, str] | None = None) -> dict[str, Any]:
    return read_record(Chip(Loopback(document.chip)), access_items(access or ACCESS), issuers, TODAY)


def issuers_of(document: Passport, folder: Path) -> Issuers:
    (folder / "utopia.der").write_bytes(document.authority)
    return read_issuers(str(folder))


def test_a_passport_is_read_and_checked(tmp_path: Path) -> None:
    document = passport()
    assert read(document, issuers_of(document, tmp_path)) == {
        "document_type": "P",
        "issuing_state": "UTO",
        "nationality": "UTO",
        "number": "L0000000X",
        "primary_identifier": "SAMPLE",
        "secondary_identifier": "ALEX MARIA",
        "sex": "female",
        "birth_date": "1990-03-07",
        "valid_until": "2035-12-31",
        "optional_data": "",
        "portrait": {"format": "jpeg", "data": jpeg(), "orientation_known": True},
        "access_by": "bac",
        "checks": {"data_groups": "passed", "signature": "passed", "issuer": "passed"},
    }


def test_a_card_with_a_long_number_and_jpeg_2000() -> None:
    holder = Holder(number="AB1234567890")
    told = read(passport(holder=holder, as_card=True, portrait=jpeg_2000()), access=ACCESS | {"document_number": holder.number})
    assert (told["document_type"], told["number"]) == ("I", "AB1234567890")
    assert (told["portrait"]["format"], told["portrait"]["data"]) == ("jpeg2000", jpeg_2000())


@pytest.mark.parametrize("cipher", [TRIPLE_DES, AES_128, AES_192, AES_256])
@pytest.mark.parametrize("faults", [(), (PassportFault.PACE_ONLY,)])
def test_a_chip_that_offers_pace_is_opened_by_it(cipher: int, faults: tuple[PassportFault, ...]) -> None:
    told = read(passport(pace=True, cipher=cipher, faults=faults))
    assert (told["access_by"], told["portrait"]["data"]) == ("pace", jpeg())


def test_a_chip_that_offers_pace_and_does_not_want_it_is_opened_by_bac() -> None:
    document = passport(pace=True)
    document.chip._pace = None
    assert read(document)["access_by"] == "bac"


@pytest.mark.parametrize("portrait", [jpeg, jpeg_2000])
def test_the_product_takes_the_record(portrait: Any) -> None:
    told = read(passport(portrait=portrait()))
    told["portrait"]["data"] = base64.b64encode(told["portrait"]["data"]).decode()
    document = read_travel_document(told, LIMITS)
    assert document.name.reveal() == "SAMPLE ALEX MARIA"
    assert (document.portrait.width_px, document.portrait.height_px) == (413, 531)


@pytest.mark.parametrize(
    ("fault", "checks"),
    [
        (PassportFault.TAMPERED_PORTRAIT, ("failed", "passed", "passed")),
        (PassportFault.TAMPERED_SIGNATURE, ("passed", "failed", "passed")),
        (PassportFault.FOREIGN_SIGNER, ("passed", "passed", "failed")),
        (PassportFault.MALFORMED_SIGNATURE, ("failed", "failed", "not_checked")),
        (PassportFault.NO_SIGNATURE, ("failed", "failed", "not_checked")),
    ],
)
def test_a_forged_document_is_read_and_its_failed_check_is_told(
    fault: PassportFault, checks: tuple[str, str, str], tmp_path: Path
) -> None:
    document = passport(faults=[fault])
    told = read(document, issuers_of(document, tmp_path))["checks"]
    assert (told["data_groups"], told["signature"], told["issuer"]) == checks


@pytest.mark.parametrize(
    ("faults", "pace", "code"),
    [
        ([PassportFault.WRONG_ZONE], False, "access_refused"),
        ([PassportFault.WRONG_ZONE], True, "access_refused"),
        ([PassportFault.PACE_UNKNOWN], False, "access_unsupported"),
        ([PassportFault.NO_PORTRAIT], False, "card_unreadable"),
        ([PassportFault.PULLED], False, "card_removed"),
        ([PassportFault.SILENT], True, "device_timeout"),
    ],
)
def test_what_ends_a_read_has_its_problem_and_quotes_nothing(faults: list[PassportFault], pace: bool, code: str) -> None:
    with pytest.raises(DeviceProblem) as caught:
        read(passport(faults=faults, pace=pace))
    assert caught.value.code == code
    assert not any(secret in caught.value.hint for secret in SECRETS)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("item", sorted(ACCESS))
def test_each_of_the_three_items_must_be_right(item: str) -> None:
    wrong = {"document_number": "L0000001X", "birth_date": "900308", "expiry_date": "360101"}
    with pytest.raises(DeviceProblem, match="access_refused") as caught:
        read(passport(), access=ACCESS | {item: wrong[item]})
    assert not any(value in caught.value.hint for value in (*SECRETS, *wrong.values()))


def test_a_cancelled_read_ends_with_the_next_command() -> None:
    cancel = threading.Event()
    document = passport()

    class Cancelling(Loopback):
        def transmit(self, sent: bytes) -> tuple[bytes, int]:
            told = super().transmit(sent)
            if sent[0] == 0x0C:
                cancel.set()
            return told

    with pytest.raises(DeviceProblem, match="device_timeout"):
        read_record(Chip(Cancelling(document.chip, cancel)), access_items(ACCESS), NO_ISSUERS, TODAY)


def test_only_what_is_needed_is_asked_of_the_chip() -> None:
    """Fingerprints (data group 3) and the rest are nobody's business here."""
    document = passport()
    asked: list[int] = []
    selected = document.chip._selected

    def noting(p1: int, data: bytes) -> bytes:
        if p1 != 0x04:
            asked.append(int.from_bytes(data, "big"))
        return selected(p1, data)

    document.chip._selected = noting  # type: ignore[method-assign]
    read(document)
    assert asked == [0x011C, 0x011E, 0x0101, 0x0102, 0x011D]
