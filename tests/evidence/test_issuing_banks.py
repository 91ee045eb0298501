from __future__ import annotations

import pytest

from teller_assist.errors import SettingOutOfRangeError, SettingsFileError
from teller_assist.evidence.bank_card import CardNumber, luhn_digit
from teller_assist.evidence.issuing_banks import CardType, Issuer, read_issuing_banks
from teller_assist.settings.home import installation_root

HEAD = 'schema = "issuing_banks/1"\ndate = 2026-12-01\nauthor = "IT"\n'


def number(digits: str) -> CardNumber:
    return CardNumber(digits + luhn_digit(digits))


def read(rest: str) -> object:
    return read_issuing_banks((HEAD + rest).encode())


def test_the_longest_beginning_counts() -> None:
    banks = read_issuing_banks(
        (HEAD + '[[banks]]\nname = "甲银行"\nprefixes = ["62"]\n[[banks]]\nname = "乙银行"\ncredit = ["6299"]\n').encode()
    )
    assert banks.issuer_of(number("629900000000000")) == Issuer("乙银行", CardType.CREDIT)
    assert banks.issuer_of(number("629800000000000")) == Issuer("甲银行", CardType.PREFIX_ONLY)
    assert banks.issuer_of(number("990000000000000")) is None


@pytest.mark.parametrize(
    ("digits", "bank", "card_type"),
    [
        ("622202000000000000", "中国工商银行", CardType.DEBIT),
        ("622848000000000000", "中国农业银行", CardType.DEBIT),
        ("622166000000000", "中国建设银行", CardType.CREDIT),
        ("955990000000000000", "中国农业银行", CardType.DEBIT),
    ],
)
def test_the_file_that_ships_names_the_large_banks(digits: str, bank: str, card_type: CardType) -> None:
    shipped = read_issuing_banks((installation_root() / "config" / "issuing_banks.toml").read_bytes())
    assert shipped.issuer_of(number(digits)) == Issuer(bank, card_type)


def test_the_made_up_issuer_of_the_stand_ins_is_nobody() -> None:
    shipped = read_issuing_banks((installation_root() / "config" / "issuing_banks.toml").read_bytes())
    assert shipped.issuer_of(number("990000000000000001")) is None


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "banks = 1",
        '[[banks]]\nname = "甲"\ndebit = ["62"]\n[other]\nx = 1',
        '[[banks]]\ndebit = ["62"]',
        '[[banks]]\nname = ""',
        '[[banks]]\nname = "甲"\nprepaid = ["62"]',
        '[[banks]]\nname = "甲"\ndebit = "62"',
        '[[banks]]\nname = "甲"\ndebit = [62]',
        '[[banks]]\nname = "甲"\ndebit = ["6"]',
        '[[banks]]\nname = "甲"\ndebit = ["62"]\ncredit = ["62"]',
        '[[banks]]\nname = "甲"\ndebit = ["62"]\n[[banks]]\nname = "乙"\ndebit = ["62"]',
    ],
)
def test_a_file_that_is_not_exactly_so_is_refused(rest: str) -> None:
    with pytest.raises(SettingOutOfRangeError):
        read(rest)


def test_a_file_of_another_schema_is_refused() -> None:
    with pytest.raises(SettingsFileError):
        read_issuing_banks(b'schema = "policy/1"\n')
