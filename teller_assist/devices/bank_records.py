"""The record of a bank card becomes evidence here, or is refused."""

from __future__ import annotations

import re
from typing import Any

from teller_assist.devices.record_parts import plain, require
from teller_assist.evidence.bank_card import BankCard, CardInterface, CardNumber, last_day_of_month
from teller_assist.settings.personal import Personal

_KEYS = {"number", "valid_until", "holder_name", "sequence_number", "application", "interface"}
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
_APPLICATION = re.compile(r"(?:[0-9A-F]{2}){5,16}")  # ISO/IEC 7816-5: 5 to 16 bytes
_LONGEST_NAME = 45  # EMV 4.3 Book 3: tags 5F20 (26) and 9F0B (45)


def read_bank_card(record: Any) -> BankCard:
    """Turn a reader's record into evidence.

    Raises
    ------
    CardUnreadableError
        ``why`` is a code of the wording group ``card_why``: record, card_number, validity, name, application, interface.
    """
    require(isinstance(record, dict) and record.keys() == _KEYS, "record")
    require(isinstance(record["number"], str), "card_number")
    require(record["interface"] in tuple(CardInterface), "interface")
    name = None if record["holder_name"] == "" else Personal(plain(record["holder_name"], "name", _LONGEST_NAME))
    require(
        isinstance(record["sequence_number"], str) and re.fullmatch(r"(?:[0-9]{2})?", record["sequence_number"]) is not None,
        "record",
    )
    month = _matched(_MONTH, record["valid_until"], "validity") if record["valid_until"] != "" else None
    return BankCard(
        number=Personal(CardNumber(record["number"])),
        valid_until=None if month is None else last_day_of_month(int(month[1]), int(month[2])),
        holder_name=name,
        sequence_number=record["sequence_number"],
        application=_matched(_APPLICATION, record["application"], "application")[0],
        interface=CardInterface(record["interface"]),
    )


def _matched(form: re.Pattern[str], value: Any, why: str) -> re.Match[str]:
    found = form.fullmatch(value) if isinstance(value, str) else None
    require(found is not None, why)
    assert found is not None  # noqa: S101 (for the type checker)
    return found
