"""A travel document as a sealed case holds it: what a review needs, and no more of the person than of an ID card's holder."""

from __future__ import annotations

from typing import Any

from teller_assist.evidence.travel_document import TravelDocument


def case_travel_document(document: TravelDocument) -> dict[str, Any]:
    """Return the entry of the field "persons" of a case/1 document, without role and source.

    What the issuing state put there beside (a personal number) stays on the document, as an ID card's address does. Sex and birth
    date are left out where the document leaves them open.
    """
    checks = document.authentication
    born = {} if document.birth_date is None else {"birth_date": document.birth_date.reveal().isoformat()}
    return {
        "name": document.name.reveal(),
        "number": document.number.reveal(),
        **({} if document.sex is None else {"sex": document.sex.value}),
        **born,
        "issuer": document.issuing_state,
        "valid_until": document.valid_until.isoformat(),
        "travel_document": {
            "document_type": document.document_type,
            "nationality": document.nationality,
            "access_by": document.access_by.value,
            "data_groups": checks.data_groups.value,
            "signature": checks.signature.value,
            "issuer": checks.issuer.value,
        },
    }
