"""The record of a card as the product wants it, from the text block and the portrait."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from teller_assist_sdk import DeviceProblem

from .text_block import DocumentKind, TextBlock

_ETHNICITIES = Path(__file__).with_name("ethnicities.toml")
_SEXES = {"1": "male", "2": "female"}  # 0 unknown and 9 not stated (GB/T 2261.1) do not stand on these cards
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_LIFELONG = "长期"
_WITH_RECORD = (DocumentKind.RESIDENT, DocumentKind.HMT_RESIDENCE_PERMIT)


def card_record(text: TextBlock, portrait: dict[str, Any], newest_address: str) -> dict[str, Any]:
    """Return the record of a card.

    Parameters
    ----------
    portrait
        As the record carries it.
    newest_address
        Stands in place of the printed one; "" where it is not wanted or not there.

    Raises
    ------
    DeviceProblem
        card_unreadable: a code that is none, or a card that the product has no record for.
    """
    if text.kind not in _WITH_RECORD:
        raise DeviceProblem("card_unreadable", f"layout {text.kind.value}: the product has no record for this card")
    values = text.values
    return {
        "name": values["name"],
        "sex": _looked_up(_SEXES, values["sex_code"], "sex"),
        "ethnicity": _ethnicity(text),
        "birth_date": _day(values["birth_date"], "birth date"),
        "address": newest_address or values["address"],
        "number": values["number"],
        "issuer": values["issuer"],
        "valid_from": _day(values["valid_from"], "first day"),
        "valid_until": "long_term" if values["valid_until"] == _LIFELONG else _day(values["valid_until"], "last day"),
        "portrait": portrait,
    }


def _ethnicity(text: TextBlock) -> str:
    """Return the name of the code; a permit names no ethnicity."""
    if text.kind is DocumentKind.HMT_RESIDENCE_PERMIT:
        return ""
    return _looked_up(ethnicity_names(), text.values["ethnicity_code"], "ethnicity")


@cache
def ethnicity_names() -> dict[str, str]:
    """Return the names by their codes of two digits."""
    told = tomllib.loads(_ETHNICITIES.read_text(encoding="utf-8"))
    return {**{f"{code:02d}": name for code, name in enumerate(told["names"], 1)}, **told["beyond"]}


def _looked_up(names: Mapping[str, str], code: str, what: str) -> str:
    if code not in names:
        raise DeviceProblem("card_unreadable", f"{what}: no such code")
    return names[code]


def _day(text: str, what: str) -> str:
    found = _DAY.fullmatch(text)
    if found is None:
        raise DeviceProblem("card_unreadable", f"{what}: no date")
    return "-".join(found.groups())
