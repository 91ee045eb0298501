"""Lines of one rectified card -> its kind and its fields."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from teller_assist.documents import divisions
from teller_assist.documents.checks import checks_of, failed
from teller_assist.documents.engine import TextLine
from teller_assist.documents.fields.back import back_fields, back_plausibility, beside_front, without_back
from teller_assist.documents.fields.doubt import doubtful_places, is_accepted
from teller_assist.documents.fields.found import Found
from teller_assist.documents.fields.front import front_fields, front_plausibility
from teller_assist.documents.fields.labels import is_titled_temporary
from teller_assist.documents.fields.text import Text, box_px, texts_of
from teller_assist.evidence.printed import DocumentKind, FieldCheck, FieldName

_BACK = frozenset({FieldName.AUTHORITY, FieldName.VALID_FROM, FieldName.VALID_TO})
_FIELDS = {
    DocumentKind.FRONT: frozenset(FieldName) - _BACK,
    DocumentKind.BACK: _BACK,
    DocumentKind.TEMPORARY: frozenset(FieldName),
}
PLAUSIBLE = 1.0  # from here on the text is that of a card of the kind, and upright


@dataclass(frozen=True, eq=False)
class ReadField:
    """One field as it was read; see ``PrintedField`` for what its parts mean. Personal: its repr shows nothing.

    Attributes
    ----------
    whole
        False where characters of it seem to be missing.
    """

    value: str
    confidence: float
    box_px: tuple[int, int, int, int]
    doubtful: tuple[int, ...]
    checks: tuple[FieldCheck, ...]
    accepted: bool
    whole: bool = True

    def __repr__(self) -> str:
        return "ReadField(***)"


@dataclass(frozen=True, eq=False)
class FieldsRead:
    """What the lines of one card say.

    Attributes
    ----------
    plausibility
        Not negative, higher is surer that this is a card of that kind with its text upright; below 1 it probably is none, or
        lies upside down.
    fields
        Those that were found.
    """

    kind: DocumentKind
    plausibility: float
    fields: Mapping[FieldName, ReadField]

    @property
    def missing(self) -> frozenset[FieldName]:
        """Which fields of its kind were not found."""
        return _FIELDS.get(self.kind, frozenset()) - self.fields.keys()


def read_fields(lines: Sequence[TextLine], size_px: tuple[int, int], today: datetime.date | None = None) -> FieldsRead:
    """Return what stands in the fields of one card.

    Parameters
    ----------
    lines
        Of one rectified card, text upright, in any order; corners in pixels of the card.
    size_px
        (width, height) of the rectified card, normally ``CARD_SIZE_PX``.
    today
        None: whether the card is in force is not checked.
    """
    texts = texts_of(lines, size_px)
    back = back_fields(texts)
    beside = beside_front(texts, back)
    front, address_codes = front_fields(without_back(texts, beside), size_px)
    kind, plausibility, found = _side(texts, _with_doubt_of_address(front, beside), back, beside)
    values = {name: value.value for name, value in found.items()}
    checks = checks_of(kind, values, address_codes=address_codes, today=today)
    led = _with_something_before(values, address_codes)
    fields = {name: _read_field(name, value, checks.get(name, ()), whole=name not in led) for name, value in found.items()}
    return FieldsRead(kind if plausibility >= PLAUSIBLE else DocumentKind.UNKNOWN, plausibility, fields)


def _side(
    texts: Sequence[Text],
    front: Mapping[FieldName, Found],
    back: Mapping[FieldName, Found],
    beside: Mapping[FieldName, Found],
) -> tuple[DocumentKind, float, Mapping[FieldName, Found]]:
    """Return which side the texts are of, how surely, and its fields; a temporary card has all of them on one side."""
    as_front, as_back = front_plausibility(texts, front), back_plausibility(texts, back)
    is_front = as_front >= PLAUSIBLE
    temporary = is_titled_temporary(texts) or (is_front and FieldName.VALID_TO in back and not _runs_for_years(back))
    if temporary and max(as_front, as_back) >= PLAUSIBLE:
        fields = {**beside, **front} if is_front else back
        return DocumentKind.TEMPORARY, max(as_front, as_back), fields
    if as_front >= as_back:
        return DocumentKind.FRONT, as_front, front
    return DocumentKind.BACK, as_back, back


def _runs_for_years(back: Mapping[FieldName, Found]) -> bool:
    """Say whether a validity is that of a card with a chip: then both sides of one were copied side by side."""
    values = {name: found.value for name, found in back.items()}
    return not failed(checks_of(DocumentKind.BACK, values)[FieldName.VALID_TO])


def _with_doubt_of_address(front: Mapping[FieldName, Found], back: Mapping[FieldName, Found]) -> Mapping[FieldName, Found]:
    """Return a front whose address is in doubt where a line of it may have been taken for the authority."""
    is_sure = FieldName.AUTHORITY not in back or back[FieldName.AUTHORITY].whole
    if is_sure or FieldName.ADDRESS not in front:
        return front
    return {**front, FieldName.ADDRESS: replace(front[FieldName.ADDRESS], whole=False)}


def _with_something_before(values: Mapping[FieldName, str], address_codes: frozenset[str]) -> frozenset[FieldName]:
    """Return the fields in which something else stands before a known place, however surely it was read."""
    address, authority = values.get(FieldName.ADDRESS, ""), values.get(FieldName.AUTHORITY, "")
    provinces, offices = divisions.places_under(""), divisions.authorities()
    found = {
        FieldName.ADDRESS: not address_codes and any(address.find(province) > 0 for province in provinces),
        FieldName.AUTHORITY: authority not in offices.get(len(authority), ())
        and any(authority[start:] in offices.get(len(authority) - start, ()) for start in range(1, len(authority))),
    }
    return frozenset(name for name, is_found in found.items() if is_found)


def _read_field(name: FieldName, found: Found, checks: tuple[FieldCheck, ...], *, whole: bool) -> ReadField:
    doubtful = doubtful_places(name, found, checks)
    accepted = whole and is_accepted(doubtful, checks)
    return ReadField(found.value, found.text.confidence, box_px(found.text), doubtful, checks, accepted, found.whole)
