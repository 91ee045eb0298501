"""The stand-in passport by itself: what it prints, what it gives to whom, and what is wrong with it when it shall be."""

from __future__ import annotations

import datetime
import hashlib
import io

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from teller_assist.demonstration.stand_ins.data_objects import data_object, data_objects
from teller_assist.demonstration.stand_ins.passport_chip import COM, DG2, SOD, PassportChip
from teller_assist.demonstration.stand_ins.passport_content import Holder, portrait_file, portrait_group
from teller_assist.demonstration.stand_ins.passport_faults import PassportFault
from teller_assist.demonstration.stand_ins.passport_pace import BRAINPOOL_256
from teller_assist.demonstration.stand_ins.passport_session import command_data
from teller_assist.documents.mrz import read_chip_access
from tests.stand_ins.passports import HOLDER, jpeg, jpeg_2000, passport, portrait_pixels

SELECT = bytes.fromhex("00A4040C07A0000002471001")
CHALLENGE = bytes.fromhex("0084000008")


def test_its_zones_have_the_standards_lengths_and_say_what_opens_the_chip() -> None:
    today = datetime.date(2026, 12, 1)
    assert [len(line) for line in HOLDER.passport_zone()] == [44, 44]
    assert [len(line) for line in HOLDER.card_zone()] == [30, 30, 30]
    for zone in (HOLDER.passport_zone(), HOLDER.card_zone()):
        assert read_chip_access("".join(zone), today).number.reveal() == HOLDER.number


def test_a_long_number_goes_on_behind() -> None:
    assert Holder(number="D23145890734").card_zone()[0] == "I<UTOD23145890<7349<<<<<<<<<<<"


def test_nothing_is_given_before_it_is_opened() -> None:
    chip = passport().chip
    assert chip.process(SELECT) == b"\x90\x00"
    assert chip.process(bytes.fromhex("00A4020C020101")) == b"\x69\x82"
    assert chip.process(bytes.fromhex("00B0000010")) == b"\x69\x82"
    assert chip.process(bytes.fromhex("0CB000000D9701048E08ED6705417E96BA5500")) == b"\x69\x88"


def test_a_challenge_counts_once() -> None:
    chip = passport().chip
    chip.process(SELECT)
    answer = chip.process(CHALLENGE)
    assert answer is not None
    assert len(answer) == 10
    attempt = bytes.fromhex("0082000028") + bytes(40) + b"\x28"
    assert chip.process(attempt) == b"\x63\x00"
    assert chip.process(attempt) == b"\x69\x85"


@pytest.mark.parametrize("command", ["", "00", "00A404", "0022C1A4", "00860000", "00FF000000", "0CA4020C", "00A4040C07A000"])
def test_no_command_breaks_it(command: str) -> None:
    answer = passport(pace=True).chip.process(bytes.fromhex(command))
    assert answer is not None
    assert len(answer) >= 2


def test_a_slow_one_takes_its_time() -> None:
    slept: list[float] = []
    chip = PassportChip({}, HOLDER.access_information(), faults=[PassportFault.SLOW], sleep=slept.append)
    chip.process(SELECT)
    assert slept == [0.2]


def test_what_it_signed_are_its_own_data_groups() -> None:
    files = passport().chip._files
    signed = cms.ContentInfo.load(data_objects(files[SOD])[0x77])["content"]
    assert hashlib.sha256(files[DG2]).digest() in bytes(signed["encap_content_info"]["content"])


def test_keys_are_new_each_time_and_the_authoritys_certificate_is_its_own() -> None:
    first, second = (x509.load_der_x509_certificate(passport().authority) for _ in range(2))
    assert first.public_key() != second.public_key()
    first.verify_directly_issued_by(first)


@pytest.mark.parametrize(
    ("fault", "changed"),
    [(PassportFault.NO_SIGNATURE, SOD), (PassportFault.NO_PORTRAIT, DG2)],
)
def test_what_is_missing_is_missing(fault: PassportFault, changed: int) -> None:
    files = passport(faults=[fault]).chip._files
    assert changed not in files
    assert COM in files


def test_portraits_are_of_a_passports_size_in_both_formats() -> None:
    for jpeg_2000_too in (False, True):
        content = portrait_file(portrait_pixels(), jpeg_2000=jpeg_2000_too)
        with Image.open(io.BytesIO(content)) as picture:
            assert (picture.format, picture.size) == ("JPEG2000" if jpeg_2000_too else "JPEG", (413, 531))
        assert 10_000 < len(content) < 100_000
    assert jpeg() in portrait_group(jpeg(), jpeg_2000())


@pytest.mark.parametrize("length", [0, 1, 127, 128, 255, 256, 65_535, 65_536])
def test_data_objects_come_out_as_they_went_in(length: int) -> None:
    value = bytes(length)
    assert data_objects(data_object(0x7F49, value) + data_object(0x86, b"x")) == {0x7F49: value, 0x86: b"x"}


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("00B00000", (b"", None)),
        ("00B0000000", (b"", 256)),
        ("00B0000010", (b"", 16)),
        ("00B00000000400", (b"", 1024)),
        ("00B00000000000", (b"", 65_536)),
        ("00A4000002ABCD", (b"\xab\xcd", None)),
        ("00A4000002ABCD00", (b"\xab\xcd", 256)),
        ("00A40000000002ABCD0000", (b"\xab\xcd", 65_536)),
    ],
)
def test_lengths_of_commands_are_understood(command: str, told: tuple[bytes, int | None]) -> None:
    assert command_data(bytes.fromhex(command)) == told


def test_its_curve_is_the_librarys() -> None:
    for factor in (1, 2, 3, 2**200 + 7):
        theirs = ec.derive_private_key(factor, ec.BrainpoolP256R1()).public_key().public_numbers()
        assert BRAINPOOL_256.times(factor, BRAINPOOL_256.base) == (theirs.x, theirs.y)
    base = BRAINPOOL_256.base
    assert BRAINPOOL_256.sum(base, BRAINPOOL_256.times(2, base)) == BRAINPOOL_256.times(3, base)
    assert BRAINPOOL_256.sum(base, base) == BRAINPOOL_256.times(2, base)
