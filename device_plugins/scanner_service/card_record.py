"""The record of a card as the product wants it, from what the service read. Nothing is guessed: what is unknown is not read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from teller_assist_sdk import DeviceProblem

from .answers import Answer, decoded_base64

_ETHNICITIES = Path(__file__).with_name("ethnicities.toml")
_PEOPLE = "族"
_SEXES = {"男": "male", "女": "female"}
_SEX_CODES = {"1": "male", "2": "female"}  # GB/T 2261.1
_WITHOUT_ETHNICITY = ("81", "82", "83")  # how numbers of Hong Kong, Macau and Taiwan residents begin: their permits name none
# One separator for the whole date; day and month of one digit only where they cannot be taken for each other.
_DATES = (
    re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"),
    re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"),
    re.compile(r"([0-9]{4})\.([0-9]{2})\.([0-9]{2})"),
    re.compile(r"([0-9]{4})/([0-9]{2})/([0-9]{2})"),
    re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日"),
)
_LIFELONG = "长期"
_PICTURES = {b"\xff\xd8\xff": "jpeg", b"\x89PNG": "png", b"BM": "bmp"}
_LARGEST_PORTRAIT_BYTES = 2_000_000


def card_record(answer: Answer) -> dict[str, Any]:
    """Return the record of the card that an answer to ``card=idcard`` carries.

    Raises
    ------
    DeviceProblem
        card_unreadable: a field is missing, or in a form that is not known.
    """
    told = answer.fields.get("IDCardInfo")
    if not isinstance(told, dict):
        raise _unreadable("IDCardInfo", "missing")
    number = _text(told, "cardID")
    return {
        "name": _text(told, "name"),
        "sex": _sex(told),
        "ethnicity": _ethnicity(told, number),
        "birth_date": _day(told, "birthday"),
        "address": _text(told, "address"),
        "number": number,
        "issuer": _text(told, "issueOrgan"),
        "valid_from": _day(told, "validStart"),
        "valid_until": "long_term" if _text(told, "validEnd") == _LIFELONG else _day(told, "validEnd"),
        "portrait": _portrait(told),
    }


def _unreadable(field: str, why: str) -> DeviceProblem:
    """Name the field and what is wrong with it, never what stands in it."""
    return DeviceProblem("card_unreadable", f"{field}: {why}")


def _text(told: Mapping[str, Any], field: str, *, needed: bool = True) -> str:
    value = told.get(field, "")
    if not isinstance(value, str):
        raise _unreadable(field, "no text")
    if needed and not value.strip():
        raise _unreadable(field, "missing")
    return value.strip()


def _agreed(field: str, *found: str | None) -> str:
    """Return what the name and the code of one thing both say; either may be missing, not both."""
    said = {one for one in found if one is not None}
    if len(said) != 1:
        raise _unreadable(field, "name and code differ" if said else "missing")
    return said.pop()


def _looked_up(names: Mapping[str, str], value: str, field: str) -> str | None:
    if value and value not in names:
        raise _unreadable(field, "unknown")
    return names[value] if value else None


def _sex(told: Mapping[str, Any]) -> str:
    by_name = _looked_up(_SEXES, _text(told, "sex", needed=False), "sex")
    return _agreed("sex", by_name, _looked_up(_SEX_CODES, _text(told, "sexCode", needed=False), "sexCode"))


def _ethnicity(told: Mapping[str, Any], number: str) -> str:
    name, code = _text(told, "nation", needed=False), _text(told, "nationCode", needed=False)
    if not name and not code and number.startswith(_WITHOUT_ETHNICITY):
        return ""
    names = ethnicity_names()
    bare = {one: one for one in names.values()}
    with_people = {one + _PEOPLE: one for one in names.values()}
    by_name = _looked_up({**bare, **with_people}, name, "nation")
    return _agreed("nation", by_name, _looked_up(names, code, "nationCode"))


@cache
def ethnicity_names() -> dict[str, str]:
    """Return the names by their codes of two digits (GB/T 3304)."""
    told = tomllib.loads(_ETHNICITIES.read_text(encoding="utf-8"))
    return {**{f"{code:02d}": name for code, name in enumerate(told["names"], 1)}, **told["beyond"]}


def _day(told: Mapping[str, Any], field: str) -> str:
    text = _text(told, field)
    for form in _DATES:
        found = form.fullmatch(text)
        if found is not None:
            year, month, day = found.groups()
            return f"{year}-{int(month):02d}-{int(day):02d}"
    raise _unreadable(field, "no date")


def _portrait(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the chip's photo, which the service has decoded; which way up it stands is not said anywhere."""
    try:
        content = decoded_base64(_text(told, "photoBase64"), "photoBase64")
    except DeviceProblem as problem:
        raise DeviceProblem("card_unreadable", problem.hint) from None
    for beginning, name in _PICTURES.items():
        if content.startswith(beginning) and len(content) <= _LARGEST_PORTRAIT_BYTES:
            return {"format": name, "data": content, "orientation_known": False}
    raise _unreadable("photoBase64", "no picture")
