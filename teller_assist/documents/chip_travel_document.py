"""What a travel document's chip says, in the form in which a printed card's fields are told (card/1)."""

from __future__ import annotations

from typing import Any

from teller_assist.documents.chip_fields import chip_field, portrait_parts
from teller_assist.evidence.travel_document import TravelDocument
from teller_assist.wording import sentence

# A zone whose check digits do not fit is not read at all: the plugin refuses it.
_CHECKED_BY_DIGIT = ("document_number", "birth", "valid_to")
_UNSPECIFIED = "unspecified"
_WORDING_OF_CHECK = {"data_groups": "chip_data_groups", "signature": "chip_signature", "issuer": "chip_issuer"}


def travel_document_body(document: TravelDocument, *, with_portrait: bool) -> dict[str, Any]:
    """Return the body of a card/1 document, without the times; a field that the document leaves open is left out.

    Parameters
    ----------
    with_portrait
        Whether the portrait itself goes with it, as a PNG file in Base64.
    """
    checks = dict.fromkeys(_CHECKED_BY_DIGIT, ("mrz_check_digit",))
    return {
        "kind": "travel_document",
        "fields": {name: chip_field(value, checks.get(name, ())) for name, value in _values(document).items()},
        "checks": _checks(document),
        **portrait_parts(document.portrait, orientation_known=document.portrait_orientation_known, with_portrait=with_portrait),
    }


def travel_document_lines(document: TravelDocument) -> list[str]:
    """Return the same for people, field by field, then what each check of its authenticity means."""
    values = _values(document)
    values["sex"] = sentence("chip_sex", values["sex"]).zh
    fields = [f"{sentence('chip_field', name).zh}  {value}" for name, value in values.items()]
    return fields + [sentence(_WORDING_OF_CHECK[check], state).zh for check, state in _checks(document).items()]


def _values(document: TravelDocument) -> dict[str, str]:
    values = {
        "document_type": document.document_type,
        "issuing_state": document.issuing_state,
        "nationality": document.nationality,
        "document_number": document.number.reveal(),
        "name": document.name.reveal(),
        "sex": (document.sex or _UNSPECIFIED),
        "birth": "" if document.birth_date is None else document.birth_date.reveal().isoformat(),
        "valid_to": document.valid_until.isoformat(),
        "optional_data": document.optional_data.reveal(),
        "access_by": document.access_by.value.upper(),
    }
    return {name: str(value) for name, value in values.items() if value}


def _checks(document: TravelDocument) -> dict[str, str]:
    told = document.authentication
    return {"data_groups": told.data_groups.value, "signature": told.signature.value, "issuer": told.issuer.value}
