from __future__ import annotations

import json
from dataclasses import replace

import pytest

from teller_assist.devices.bank_records import read_bank_card
from teller_assist.documents.chip_bank_card import bank_card_body, bank_card_lines
from teller_assist.evidence.bank_card import BankCard
from teller_assist.evidence.issuing_banks import CardType, Issuer

NUMBER = "9900000000000000010"
DEBIT = Issuer("甲银行", CardType.DEBIT)


@pytest.fixture
def card() -> BankCard:
    return read_bank_card(
        {
            "number": NUMBER,
            "valid_until": "2035-12",
            "holder_name": "LIN/XIAOYANG",
            "sequence_number": "01",
            "application": "A000000333010101",
            "interface": "contactless",
        }
    )


def test_fields_are_told_and_the_whole_number_nowhere(card: BankCard) -> None:
    body = bank_card_body(card, DEBIT)
    values = {name: field["value"] for name, field in body["fields"].items()}
    assert values == {
        "card_number": "990000*********0010",
        "issuing_bank": "甲银行",
        "card_type": "debit",
        "holder_name": "LIN/XIAOYANG",
        "valid_to": "2035-12-31",
        "sequence_number": "01",
        "application": "A000000333010101",
        "interface": "contactless",
    }
    assert body["fields"]["card_number"]["checks"] == [{"check": "luhn", "passed": True}]
    assert NUMBER not in json.dumps(body) + "".join(bank_card_lines(card, DEBIT))


def test_people_read_words(card: BankCard) -> None:
    lines = bank_card_lines(card, DEBIT)
    assert "卡号  990000*********0010" in lines
    assert "卡种  借记卡" in lines
    assert "读取方式  感应" in lines


def test_what_is_not_known_is_left_out(card: BankCard) -> None:
    bare = replace(card, valid_until=None, holder_name=None, sequence_number="")
    assert set(bank_card_body(bare, None)["fields"]) == {"card_number", "application", "interface"}
    only_bank = bank_card_body(card, Issuer("甲银行", CardType.PREFIX_ONLY))["fields"]
    assert "card_type" not in only_bank
    assert only_bank["issuing_bank"]["value"] == "甲银行"
