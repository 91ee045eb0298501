"""What the card says, by where it comes from, and where two sources differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from teller_assist.evidence.id_number import IdNumber, mask_number
from teller_assist.evidence.printed import LONG_TERM
from teller_assist.evidence.travel_document import mask_document_number
from teller_assist.review.words import Told, word

NOTHING = Told("—")
_TYPED = "typed"
_FIELDS = ("name", "number", "sex", "birth_date", "ethnicity", "address", "issuer", "valid_from", "valid_until")
_NUMBER_AND_NAME_AGREE = frozenset({"MATCH_PHOTO_SAME", "MATCH_PHOTO_DIFFERENT", "MATCH_NO_PHOTO"})
# What the authority's answer says of one field: answer -> field -> (code of the wording group "page", agrees).
_ANSWERED: Mapping[str, Mapping[str, tuple[str, bool]]] = {
    **{code: {"name": ("field_agrees", True), "number": ("field_agrees", True)} for code in _NUMBER_AND_NAME_AGREE},
    "NAME_MISMATCH": {"name": ("field_differs", False)},
    "NOT_FOUND": {"number": ("field_unknown", False)},
    "CARD_LOST": {"valid_until": ("field_lost", False)},
    "CARD_INVALID": {"valid_until": ("field_invalid", False)},
}
# The same fields by their names in "printed".
_PRINTED = {
    "name": "name",
    "id_number": "number",
    "sex": "sex",
    "birth": "birth_date",
    "ethnicity": "ethnicity",
    "address": "address",
    "authority": "issuer",
    "valid_from": "valid_from",
    "valid_to": "valid_until",
}
_SEXES = {"男": "male", "女": "female"}
_ADDRESS = "address"
_NAME_ENCODING = "netcheck_name_encoding"


@dataclass(frozen=True)
class FieldTold:
    """One field in every column.

    Attributes
    ----------
    differs
        Two sources do not agree.
    """

    field: Told
    cells: tuple[Told, ...]
    compared: Told
    differs: bool


@dataclass(frozen=True)
class PersonFields:
    """The fields of one person.

    Attributes
    ----------
    columns
        Heading and, where a column has nothing at all, why.
    """

    role: Told
    columns: tuple[tuple[Told, Told], ...]
    fields: tuple[FieldTold, ...]


def persons_told(case: Mapping[str, Any]) -> tuple[PersonFields, ...]:
    """Return the fields of every person whose card was read or typed."""
    return tuple(_person(case, person) for person in case["persons"])


def _person(case: Mapping[str, Any], person: Mapping[str, Any]) -> PersonFields:
    typed = person.get("source") == _TYPED  # a station of an earlier version read chips only
    asked = case["netcheck"] != "NOT_ASKED"
    printed = {_PRINTED[one["field"]]: one for one in person.get("printed", {}).get("fields", ()) if one["field"] in _PRINTED}
    columns = (
        (word("page", "from_typed" if typed else "from_chip"), Told("")),
        (word("page", "from_print"), Told("") if printed else word("page", "no_scan")),
        (word("page", "from_number"), Told("")),
        (word("page", "netcheck"), word("page", "answers_only" if asked else "not_asked")),
    )
    derived = _from_number(person)
    answered = dict(_ANSWERED.get(case["netcheck"], {}))
    if any(alert["why"] == _NAME_ENCODING for alert in case["alerts"]):
        answered["name"] = ("field_spelling", False)
    fields = []
    for name in _FIELDS:
        read = printed.get(name)
        if name != _ADDRESS or read is not None:  # it stays on the chip unless the print differs
            said = _said(person, name) or _differing_chip(read)
            told = "document_number" if name == "number" and "travel_document" in person else name
            fields.append(_field(told, said, read, derived.get(name), answered.get(name)))
    return PersonFields(word("server", f"role_{person['role']}"), columns, tuple(fields))


def _field(
    name: str,
    said: Told | None,
    printed: Mapping[str, Any] | None,
    derived: Told | None,
    answered: tuple[str, bool] | None,
) -> FieldTold:
    agreements = [] if answered is None or said is None else [answered[1]]
    if said is not None and derived is not None:
        agreements.append(said == derived)
    agreement = "missing" if printed is None else printed["agreement"]
    if agreement != "missing":
        agreements.append(agreement != "different")
    differs = not all(agreements)
    code, tone, mark = ("field_differs", "attention", "≠") if differs else ("field_agrees", "good", "✓")
    if not differs and agreement == "equivalent":
        code, mark = "field_equivalent", "≈"
    if not agreements:
        code, tone, mark = "field_alone", "", ""
    compared = word("page", code)
    authority = NOTHING if answered is None else word("page", answered[0])
    cells = (said or NOTHING, NOTHING if printed is None else _printed(name, printed), derived or NOTHING, authority)
    return FieldTold(word("field", name), cells, Told(compared.zh, compared.en, tone, mark), differs)


def _differing_chip(printed: Mapping[str, Any] | None) -> Told | None:
    """Return what the chip says of a field that stays on the card otherwise."""
    return None if printed is None or not printed.get("chip") else Told(printed["chip"])


def _printed(name: str, printed: Mapping[str, Any]) -> Told:
    """Return what was read, and what the teller did about it; a field whose value stays on the card says that alone."""
    value = _shown(name, printed["value"]) if "value" in printed else word("page", "field_on_card")
    if printed["settled"] == "edited":
        told = _said_of("printed_edited", value=value, read=_shown(name, printed.get("read", "")))
        return Told(told.zh, told.en, "attention", "✎")
    if printed["settled"] == "confirmed":
        return _said_of("printed_confirmed", value=value)
    if not printed["accepted"]:
        told = _said_of("printed_doubtful", value=value)
        return Told(told.zh, told.en, "attention", "?")
    return value


def _said_of(code: str, **values: Told) -> Told:
    zh = word("page", code, **{name: one.zh for name, one in values.items()})
    en = word("page", code, **{name: one.en or one.zh for name, one in values.items()})
    return Told(zh.zh, en.en)


def _shown(name: str, value: str) -> Told:
    """Return a printed value as the chip's is shown; a misread number as well, for that is what is to be looked at."""
    if name == "number":
        return Told(mask_number(value)) if value else NOTHING
    if name == "sex":
        return word("sex", _SEXES[value]) if value in _SEXES else Told(value or "—")
    return word("server", "long_term") if value == LONG_TERM else Told(value or "—")


def _said(person: Mapping[str, Any], name: str) -> Told | None:
    value = person.get(name, "")
    if not value:
        return None
    if name == "number":
        return Told(mask_document_number(value)) if "travel_document" in person else _masked(value)
    if name == "sex":
        return word("sex", value)
    return word("server", "long_term") if value == "long_term" else Told(str(value))


def _masked(text: str) -> Told:
    number = IdNumber.or_none(text)
    return NOTHING if number is None else Told(number.masked)


def _from_number(person: Mapping[str, Any]) -> dict[str, Told]:
    """Return what the number itself says of its holder."""
    number = IdNumber.or_none(person["number"])
    if number is None:
        return {}
    return {"sex": word("sex", number.sex.value), "birth_date": Told(number.birth_date.isoformat())}
