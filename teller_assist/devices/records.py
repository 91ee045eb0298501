"""Records of a plugin become evidence here, or are refused.

A malformed record is never repaired: a portrait that does not decode or a number that does not fit its birth date means that the
card was not read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from teller_assist.devices.record_parts import date, picture, plain, portrait, require
from teller_assist.errors import PluginFailedError
from teller_assist.evidence.id_number import IdNumber, Sex
from teller_assist.evidence.identity import IdentityCard
from teller_assist.evidence.pictures import Picture
from teller_assist.pictures.decode import PictureLimits
from teller_assist.settings.personal import Personal

# Longest texts, in characters: a resident's chip holds 15 (name, issuer) and 35 (address), a foreigner's English name 60.
_LONGEST = {"name": 60, "ethnicity": 10, "address": 100, "issuer": 40}
_CARD_KEYS = {
    "name", "sex", "ethnicity", "birth_date", "address", "number", "issuer", "valid_from", "valid_until", "portrait",
}  # fmt: skip
_LIFELONG = "long_term"
_WITHOUT_ETHNICITY = ("81", "82", "83")  # how numbers of Hong Kong, Macau and Taiwan residents begin: their permits name none
_DPI_RANGE = (50, 2400)
_LARGEST_STATUS = 50
_SELFTEST_TYPES = {"check": str, "passed": bool, "detail": str}


@dataclass(frozen=True)
class SelftestLine:
    """One check of a plugin's self-test.

    Attributes
    ----------
    check
        The plugin's own code for it.
    detail
        Technical text for IT.
    """

    check: str
    passed: bool
    detail: str


def read_identity_card(record: Any, limits: PictureLimits) -> IdentityCard:
    """Turn a reader's record into evidence.

    Raises
    ------
    CardUnreadableError
        ``why`` is a code of the wording group ``card_why``: record, name, sex, ethnicity, birth_date, address, number_form,
        number_birth_date, number_check_character, number_sex, number_differs, issuer, validity, portrait.
    """
    require(isinstance(record, dict) and record.keys() == _CARD_KEYS, "record")
    number = IdNumber(plain(record["number"], "number_form", 18))
    require(record["sex"] in tuple(Sex), "sex")
    require(number.sex == record["sex"], "number_sex")
    birth_date = date(record["birth_date"], "birth_date")
    require(number.birth_date == birth_date, "number_differs")
    valid_from = date(record["valid_from"], "validity")
    valid_until = None if record["valid_until"] == _LIFELONG else date(record["valid_until"], "validity")
    require(birth_date <= valid_from and (valid_until is None or valid_from <= valid_until), "validity")
    face, orientation_known = portrait(record["portrait"], limits)
    return IdentityCard(
        name=Personal(_text(record, "name")),
        sex=number.sex,
        ethnicity=_ethnicity(record, number),
        birth_date=Personal(birth_date),
        address=Personal(_text(record, "address")),
        number=Personal(number),
        issuer=_text(record, "issuer"),
        valid_from=valid_from,
        valid_until=valid_until,
        portrait=face,
        portrait_orientation_known=orientation_known,
    )


def read_scan(record: Any, limits: PictureLimits, plugin_id: str) -> Picture:
    """Turn a scanner's record into a picture with the role "document".

    Raises
    ------
    PluginFailedError
        ``why`` "record": it is not one.
    PictureError
        The picture itself cannot be used.
    """
    refuse = _plugin_refusal(plugin_id, "scan")
    if not isinstance(record, dict) or record.keys() != {"picture", "dpi"}:
        refuse()
    dpi = record["dpi"]
    if type(dpi) not in (int, float) or not _DPI_RANGE[0] <= dpi <= _DPI_RANGE[1]:
        refuse()
    told = record["picture"]
    if not isinstance(told, dict) or told.keys() != {"format", "data"}:
        refuse()
    return picture(told, "document", limits, refuse)


def read_scanner_opened(record: Any, plugin_id: str) -> bool:
    """Return whether a scanner that was opened delivers previews; PluginFailedError where it does not say."""
    if not isinstance(record, dict) or {name: type(value) for name, value in record.items()} != {"previews": bool}:
        _plugin_refusal(plugin_id, "open")()
    return bool(record["previews"])


def read_presence(record: Any, plugin_id: str) -> bool:
    """Return whether a card lies there; PluginFailedError where the answer is neither yes nor no."""
    if not isinstance(record, bool):
        _plugin_refusal(plugin_id, "find_card")()
    return record


def read_status(record: Any, plugin_id: str) -> dict[str, Any]:
    """Return a status as told, if it is a flat table of words and numbers; otherwise PluginFailedError."""
    if not isinstance(record, dict) or len(record) > _LARGEST_STATUS:
        _plugin_refusal(plugin_id, "status")()
    for value in record.values():
        if not isinstance(value, str | int | float | bool):
            _plugin_refusal(plugin_id, "status")()
    return dict(record)


def read_selftest(record: Any, plugin_id: str) -> tuple[SelftestLine, ...]:
    """Return a self-test's lines; PluginFailedError where it is none."""
    if not isinstance(record, list):
        _plugin_refusal(plugin_id, "selftest")()
    lines = []
    for one in record:
        if not isinstance(one, dict) or {name: type(value) for name, value in one.items()} != _SELFTEST_TYPES:
            _plugin_refusal(plugin_id, "selftest")()
        lines.append(SelftestLine(one["check"], one["passed"], one["detail"]))
    return tuple(lines)


def _ethnicity(record: Mapping[str, Any], number: IdNumber) -> str:
    if record["ethnicity"] == "" and number.text.startswith(_WITHOUT_ETHNICITY):
        return ""
    text = _text(record, "ethnicity")
    # A card prints and a chip means the bare name. A code, or the word for "people" behind it, would contradict every print.
    require(not text.endswith("族") and not text.isdigit(), "ethnicity")
    return text


def _text(record: Mapping[str, Any], key: str) -> str:
    return plain(record[key], key, _LONGEST[key])


def _plugin_refusal(plugin_id: str, operation: str) -> Callable[[], NoReturn]:
    def refuse() -> NoReturn:
        raise PluginFailedError(plugin=plugin_id, operation=operation, why="record")

    return refuse
